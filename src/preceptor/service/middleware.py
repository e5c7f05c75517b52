"""What is done to every request and every answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from preceptor.service.accounts.models import User

Responder = Callable[[HttpRequest], HttpResponse]


def never_cached(get_response: Responder) -> Responder:
    """No page about a patient is kept by a browser or a proxy: a shared computer's Back button shows nothing."""

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if "Cache-Control" not in response:
            response["Cache-Control"] = "no-store"
        return response

    return respond


def no_flood(get_response: Responder) -> Responder:
    """No page takes a file, so a form that brings a long one is refused before any of it is read."""

    def respond(request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        is_long = not length.isdecimal() or int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if is_long and request.content_type == "multipart/form-data":
            raise RequestDataTooBig
        return get_response(request)

    return respond


class OwnPasswordFirst:
    """A password that a manager read out opens one page alone: the one where its owner chooses another."""

    _OPEN = frozenset({"account_change_password", "account_logout", "account_reauthenticate"})

    def __init__(self, get_response: Responder) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, *_: Any) -> HttpResponse | None:
        user = request.user
        if not isinstance(user, User) or not user.must_change_password:
            return None
        is_public = getattr(view, "login_required", True) is False
        if request.resolver_match is None or is_public or request.resolver_match.url_name in self._OPEN:
            return None
        if not request.headers.get("HX-Request"):
            messages.warning(
                request, "Choose a password of your own first. The one you were given was known to others."
            )
        return redirect("account_change_password")
