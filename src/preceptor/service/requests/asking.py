"""The patients' page: anybody may ask the practice for help, without signing in."""

from __future__ import annotations

import logging
import uuid
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from preceptor.advice import URGENCIES, Urgency
from preceptor.service.practices.models import Practice
from preceptor.service.requests.forms import AskForm
from preceptor.service.requests.models import Checked, Request
from preceptor.service.requests.receiving import (
    Arrival,
    BadArrival,
    IdempotencyClash,
    matching_patient,
    receive,
)

log = logging.getLogger(__name__)

_NOT_SAVED = (
    "We could not save what you wrote. It is still on this page: please send it again in a minute. "
    "If it cannot wait, call us, or 111. In an emergency call 999 now."
)
_SENT = "sent_request"  # in the session: what was sent is in no address


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask(http: HttpRequest, ods_code: str) -> HttpResponse:
    practice = _practice(http, ods_code)
    if http.method != "POST":
        return _form_page(http, AskForm(initial={"key": uuid.uuid4()}))
    form = AskForm(http.POST)
    if not form.is_valid():
        return _form_page(http, form, status=422)
    try:
        request = _receive(practice, form.cleaned_data)
    except BadArrival as why:
        form.add_error("text", str(why))
        return _form_page(http, form, status=422)
    except DatabaseError:
        log.exception("a request from the patients' page could not be saved")
        form.add_error(None, _NOT_SAVED)
        return _form_page(http, form, status=503)
    http.session[_SENT] = str(request.pk)
    return redirect("ask_sent", practice.ods_code)


@login_not_required
@require_GET
def sent(http: HttpRequest, ods_code: str) -> HttpResponse:
    """What to do now. Whether we found the person's record is nobody's business here, and is never told."""
    practice = _practice(http, ods_code)
    request = Request.objects.of(practice).filter(pk=http.session.get(_SENT)).first()
    if request is None:
        return redirect("ask", practice.ods_code)
    flags = sorted(request.red_flags, key=lambda flag: URGENCIES.index(Urgency(flag["urgency"])))
    context = {
        "reference": reference_of(request),
        "most_urgent": flags[0]["urgency"] if flags else None,
        "actions": list(dict.fromkeys(flag["action"] for flag in flags)),
        "checked": request.red_flags_checked == Checked.DONE,
        "telephone": request.telephone,
    }
    return render(http, "requests/sent.jinja", context)


def reference_of(request: Request) -> str:
    """Short enough to say on the phone; the practice finds the request by it and the name."""
    return str(request.pk)[:8].upper()


def _practice(http: HttpRequest, ods_code: str) -> Practice:
    if not ods_code.isalnum():
        raise Http404  # what is no code is no question to the database
    practice = get_object_or_404(Practice, ods_code=ods_code.upper())
    http.practice = practice  # type: ignore[attr-defined]  # for every template: see practices.context
    return practice


def _form_page(http: HttpRequest, form: AskForm, status: int = 200) -> HttpResponse:
    return render(http, "requests/ask.jinja", {"form": form}, status=status)


def _receive(practice: Practice, typed: dict[str, Any]) -> Request:
    def arrival(key: uuid.UUID) -> Arrival:
        return Arrival(
            text=typed["text"],
            source="page",
            patient=matching_patient(practice, typed["name"], typed["born"], typed["nhs_number"]),
            name_typed=typed["name"],
            born_typed=typed["born"],
            nhs_number_typed=typed["nhs_number"],
            telephone=typed["telephone"],
            writer=typed["writer"] if typed["for_whom"] == AskForm.SOMEBODY_ELSE else "",
            idempotency_key=f"page:{key}",
        )

    try:
        return receive(practice, arrival(typed["key"])).request
    except IdempotencyClash:
        # The sender went back and wrote something else: that is another request.
        return receive(practice, arrival(uuid.uuid4())).request
