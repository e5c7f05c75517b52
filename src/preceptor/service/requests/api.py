"""POST /api/requests: another program sends a request. What is documented at /api/docs is this file."""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Field, Header, NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError
from ninja.openapi.docs import Swagger
from ninja.responses import Status
from ninja.security import HttpBearer

from preceptor.service.patients.models import Patient
from preceptor.service.practices.keys import practice_of_key
from preceptor.service.practices.models import Practice
from preceptor.service.requests.models import Checked, Request
from preceptor.service.requests.receiving import Arrival, BadArrival, IdempotencyClash, matching_patient, receive

log = logging.getLogger(__name__)

NOT_CHECKED = "This request could not be checked for signs of an emergency. If it may be one, call 999 now."
# A sender's clock may be a little ahead of ours.
_CLOCKS_DIFFER = timedelta(minutes=5)
# Longer ago than any sender keeps what it could not deliver; and a year 1 has no time in every time zone.
_OLDEST = timedelta(days=400)


class Key(HttpBearer):
    """`Authorization: Bearer pk_...`, with a key made by `preceptor key`."""

    def authenticate(self, request: HttpRequest, token: str) -> Practice | None:  # noqa: ARG002
        return practice_of_key(token)


api = NinjaAPI(
    title="Preceptor",
    version="1",
    description="Send patients' requests to a practice. Each is saved before anything else happens to it.",
    auth=Key(),
    docs=Swagger(settings={"persistAuthorization": False, "validatorUrl": None}),
    urls_namespace="api",
)


class _Strict(Schema):
    # A field that we do not know is a mistake of the sender's, and is said so, never dropped.
    model_config = {"extra": "forbid"}  # noqa: RUF012 -- pydantic copies it


class WhoIn(_Strict):
    """Whom it is about: as exactly as the sender knows. Without a certain match it is kept as typed."""

    fhir_id: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9.\-]{1,64}$",
        description="the id of the FHIR Patient in this practice's records",
    )
    nhs_number: str | None = Field(default=None, max_length=20)
    name: str = Field(default="", max_length=200)
    born: date | None = None


class RequestIn(_Strict):
    text: str = Field(description="the patient's own words, unchanged")
    patient: WhoIn = WhoIn()
    telephone: str = Field(default="", max_length=100)
    written_by: str = Field(
        default="", max_length=100, description="who wrote it, when not the patient: daughter, carer"
    )
    received: datetime | None = Field(
        default=None, description="when the sender received it, with a time zone; now, if left out"
    )


class RedFlagOut(Schema):
    id: str
    title: str
    urgency: str
    action: str = Field(description="what the patient must be told at once")


class RequestOut(Schema):
    id: str
    received: datetime
    red_flags_checked: bool
    red_flags: list[RedFlagOut]
    action: str = Field(description="what to tell the patient now; empty when there is nothing urgent to tell")


class Fault(Schema):
    detail: str


@api.post(
    "/requests",
    response={201: RequestOut, 200: RequestOut, 400: Fault, 401: Fault, 409: Fault, 413: Fault, 422: Any, 503: Fault},
    summary="Send a request",
    tags=["Requests"],
)
def send(
    request: HttpRequest,
    response: HttpResponse,
    sent: RequestIn,
    idempotency_key: str = Header("", alias="Idempotency-Key"),
) -> Status:
    """Save a request and check it for red flags.

    The `Idempotency-Key` header makes a repeat safe: the same key with the same body gives the same answer, with
    status 200 and the header `Idempotent-Replay: true`, and no second request; with another body it gives 409.
    503 means that it could not be saved just now: send it again, with the same key.
    """
    practice: Practice = request.auth  # type: ignore[attr-defined]  # set by ninja, from Key
    key = idempotency_key.strip()
    if not key:
        raise HttpError(400, "Send an Idempotency-Key header: a new one for each request, the same one for a repeat.")
    if len(key) > 190:
        raise HttpError(400, "The Idempotency-Key is longer than 190 characters.")
    if sent.received and sent.received.tzinfo is None:
        raise HttpError(422, "received needs a time zone, like 2026-03-02T08:05:00Z.")
    if sent.received and sent.received > timezone.now() + _CLOCKS_DIFFER:
        raise HttpError(422, "received lies in the future.")
    if sent.received and sent.received < timezone.now() - _OLDEST:
        raise HttpError(422, "received lies more than a year in the past.")
    try:
        done = receive(practice, _arrival(practice, sent, key))
    except IdempotencyClash as clash:
        raise HttpError(409, f"{str(clash)[0].upper()}{str(clash)[1:]}. Nothing was saved.") from clash
    except BadArrival as why:
        raise HttpError(422, str(why)) from why
    if not done.is_new:
        response["Idempotent-Replay"] = "true"
    return Status(201 if done.is_new else 200, _out(done.request))


def _arrival(practice: Practice, sent: RequestIn, key: str) -> Arrival:
    who = sent.patient
    return Arrival(
        text=sent.text,
        source="api",
        patient=_patient(practice, who),
        name_typed=who.name,
        born_typed=who.born,
        nhs_number_typed=who.nhs_number or "",
        telephone=sent.telephone,
        writer=sent.written_by,
        idempotency_key=f"api:{key}",
        received=sent.received,
    )


def _patient(practice: Practice, who: WhoIn) -> Patient | None:
    if not who.fhir_id:
        return matching_patient(practice, who.name, who.born, who.nhs_number or "")
    patient = Patient.objects.of(practice).filter(key=f"Patient/{who.fhir_id}").first()
    # An id beside another person's date of birth is a mistake to look at by eye, not to guess through.
    return patient if patient and who.born in (None, patient.born) else None


def _out(request: Request) -> RequestOut:
    checked = request.red_flags_checked == Checked.DONE
    flags = [RedFlagOut(**{name: flag[name] for name in RedFlagOut.model_fields}) for flag in request.red_flags]
    actions = " ".join(dict.fromkeys(flag.action for flag in flags)) or ("" if checked else NOT_CHECKED)
    return RequestOut(
        id=str(request.pk), received=request.received, red_flags_checked=checked, red_flags=flags, action=actions
    )


@api.exception_handler(AuthenticationError)
def _no_key(request: HttpRequest, _: AuthenticationError) -> HttpResponse:
    response = api.create_response(request, {"detail": "Send a valid key: Authorization: Bearer pk_..."}, status=401)
    response["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(RequestDataTooBig)
def _too_big(request: HttpRequest, _: RequestDataTooBig) -> HttpResponse:
    return api.create_response(request, {"detail": "The body is too big for a request."}, status=413)


@api.exception_handler(DatabaseError)
def _not_saved(request: HttpRequest, _: DatabaseError) -> HttpResponse:
    log.exception("a request that a program sent could not be saved")
    said = {"detail": "It could not be saved just now. Send it again in a minute, with the same Idempotency-Key."}
    response = api.create_response(request, said, status=503)
    response["Retry-After"] = "60"
    return response


api.add_router("", "preceptor.service.symptoms.api.router")
api_urls = api.urls
for pattern in api_urls[0]:
    if pattern.callback:
        login_not_required(pattern.callback)  # programs sign in with a key, not as a person
