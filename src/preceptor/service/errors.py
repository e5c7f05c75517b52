"""The pages for when something is wrong, in plain words."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

_NOT_SAVED = "What you sent was not saved. Go back, load the page again, and send it once more."


def bad_request(http: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return _page(http, 400, "We could not read that", "Go back and try again. If it is very long, make it shorter.")


def forbidden(http: HttpRequest, exception: Exception) -> HttpResponse:
    # Our own refusals say why; Django's and others' may hold what is no reader's business.
    why = str(exception) or "Your account may not do this. Your practice manager can say who may."
    return _page(http, 403, "You cannot see this", why)


def not_found(http: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return _page(http, 404, "There is no such page", "Check the address. It may be another practice’s.")


def broken(http: HttpRequest) -> HttpResponse:
    # Drawn without the request: whatever broke may be in what is known of it.
    words = {
        "title": "Something went wrong here",
        "lines": ["It is not your fault. Try again in a minute.", _NOT_SAVED],
        "csp_nonce": str(getattr(http, "csp_nonce", "")),
    }
    return HttpResponse(render_to_string("errors/error.jinja", words), status=500)


def csrf_failure(http: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    return _page(http, 403, "This page had been open too long", _NOT_SAVED)


def too_many(http: HttpRequest) -> HttpResponse:
    return _page(http, 429, "Too many tries", "Wait a few minutes, then try again.")


def _page(http: HttpRequest, status: int, title: str, *lines: str) -> HttpResponse:
    return render(http, "errors/error.jinja", {"title": title, "lines": lines}, status=status)
