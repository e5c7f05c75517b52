"""The page of a watch, that a card's source leads to: what it looks for and where the rule comes from."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from preceptor.service.findings.watches import PACK_TITLES
from preceptor.tools.watch import watch_named


@require_safe
@login_not_required  # it holds nothing of any patient, and is opened from another system
def watch(http: HttpRequest, slug: str) -> HttpResponse:
    try:
        found = watch_named(slug)
    except KeyError:
        raise Http404 from None
    return render(http, "hooks/watch.jinja", {"watch": found, "pack": PACK_TITLES.get(found.pack, found.pack)})
