"""Every watch, for whoever runs the practice: where it comes from, how often it would fire, what people make of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from preceptor.service.accounts.signed_in import practice_of, staff_of
from preceptor.service.findings.cards import limits_of
from preceptor.service.findings.forecast import WEEKS, forecasts_of
from preceptor.service.findings.forms import BudgetForm, PackForm
from preceptor.service.findings.models import PRIORITY_WORDS, Budget
from preceptor.service.findings.responses import FEWEST, responses_of
from preceptor.service.findings.watches import PACK_TITLES, settings_of, switch, version_of
from preceptor.service.ledger.chain import Actor, append
from preceptor.service.patients.models import Patient
from preceptor.tools.watch import PACKS, watch_named

PATIENTS_SHOWN = 50


@require_GET
def watches(http: HttpRequest) -> HttpResponse:
    practice = practice_of(http)
    expected, responses = forecasts_of(practice), responses_of(practice)
    context = {
        "packs": PACKS,
        "pack_titles": PACK_TITLES,
        "settings": settings_of(practice),
        "expected": expected,
        "made": next(iter(expected.values()), None),
        "responses": responses,
        "limits": limits_of(practice),
        "may_change": staff_of(http).may_govern,
    }
    return render(http, "findings/watches.jinja", _WORDS | context)


@require_GET
def watch(http: HttpRequest, watch_id: str) -> HttpResponse:
    """One watch: all of its card, and who would get it."""
    practice = practice_of(http)
    try:
        found = watch_named(watch_id)
    except KeyError:
        raise Http404 from None
    expected = forecasts_of(practice).get(watch_id)
    who = Patient.objects.of(practice).filter(pk__in=expected.row.who) if expected else Patient.objects.none()
    setting = settings_of(practice).get(found.pack)
    context = {
        "watch": found,
        "version": version_of(found),
        "pack": PACK_TITLES.get(found.pack, found.pack),
        "is_on": bool(setting and setting.on),
        "forecast": expected,
        "response": responses_of(practice).get(watch_id),
        "who": who.order_by("family_name", "given_names", "pk")[:PATIENTS_SHOWN],
        "how_many": len(expected.row.who) if expected else 0,
    }
    return render(http, "findings/watch.jinja", _WORDS | context)


@require_http_methods(["GET", "POST"])
def pack(http: HttpRequest, pack: str) -> HttpResponse:
    """Switch a pack on or off; what it would bring is beside the form."""
    practice, user = practice_of(http), staff_of(http)
    if pack not in PACKS:
        raise Http404
    if not user.may_govern:
        raise PermissionDenied("Only the practice manager or the clinical safety officer switches watches.")
    setting, expected = settings_of(practice).get(pack), forecasts_of(practice)
    form = PackForm(http.POST or None, initial={"on": "yes" if setting and setting.on else "no"})
    if http.method == "POST" and form.is_valid():
        on = form.cleaned_data["on"] == "yes"
        try:
            switch(practice, pack, on=on, user=user, why=form.cleaned_data["why"])
        except ValueError as fault:
            form.add_error("why", f"{fault}".capitalize())
        else:
            said = f"{PACK_TITLES.get(pack, pack)}: {'on' if on else 'off'}. It is in the ledger under your name."
            messages.success(http, said)
            return redirect(reverse("finding_watches") + f"#{pack}")
    of_pack = [expected[each.id] for each in PACKS[pack] if each.id in expected]
    context = {
        "pack": pack,
        "title": PACK_TITLES.get(pack, pack),
        "setting": setting,
        "form": form,
        "watches": PACKS[pack],
        "made": of_pack[0] if of_pack else None,
        "a_week": sum(each.a_week for each in of_pack),
        "at_first": sum(each.at_first for each in of_pack),
    }
    return render(http, "findings/pack.jinja", _WORDS | context, status=422 if form.errors else 200)


@require_POST
def budget(http: HttpRequest) -> HttpResponse:
    """How many cards are put up front."""
    practice, user = practice_of(http), staff_of(http)
    if not user.may_govern:
        raise PermissionDenied("Only the practice manager or the clinical safety officer sets the budget.")
    form = BudgetForm(http.POST)
    if not form.is_valid():
        messages.error(http, "The budget has to be 1 to 20 cards a patient, and 1 to 500 a session.")
        return redirect("finding_watches")
    with transaction.atomic():
        row = Budget.objects.create(practice=practice, signed_by=user, **form.cleaned_data)
        body = {"budget": row.pk} | form.cleaned_data
        append("findings.budget", "findings", body, actor=Actor.person(user), practice=practice)
    messages.success(http, f"From now on: {row}. It is in the ledger under your name.")
    return redirect("finding_watches")


_WORDS: dict[str, Any] = {"priority_words": PRIORITY_WORDS, "weeks": WEEKS, "fewest": FEWEST}
