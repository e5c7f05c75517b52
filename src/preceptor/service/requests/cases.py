"""A stored request as the case that tools are asked about."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from preceptor import advice
from preceptor.record.messages import FROM_PATIENT
from preceptor.service.patients.store import record_of
from preceptor.service.requests.models import Request

EARLIER_REQUESTS = timedelta(days=90)  # how far back this patient's own requests are part of the record
MOST_EARLIER = 50  # the newest of them
_OURS = "Request/"  # what the id of an earlier request begins with, where an entry of the record has its resource's


def case_of(request: Request) -> advice.Case:
    """The request with the patient's record, and their earlier requests in it, as of when it was received."""
    record = record_of(request.patient) if request.patient else None
    if record is None:
        return case_of_words(request)
    record = replace(record, events=(*record.events, *earlier_requests(request)))
    day = timezone.localdate(request.received)
    words = _words(request, age=record.patient.age_on(day), sex=record.patient.sex)
    return advice.Case(id=str(request.id), as_of=request.received, request=words, record=record)


def case_of_words(request: Request) -> advice.Case:
    """The request by its words alone: for one that is not matched to a record, or whose record cannot be read."""
    age = advice.Patient(id="", born=request.born_typed).age_on(timezone.localdate(request.received))
    return advice.Case(id=str(request.id), as_of=request.received, request=_words(request, age=age, sex=None))


def earlier_requests(request: Request) -> tuple[advice.Event, ...]:
    """What the same patient asked this practice before, of the last 90 days, as messages in their own words."""
    before = Q(received__lt=request.received) | Q(received=request.received, id__lt=request.id)
    found = (
        Request.objects.of(request.practice)
        .filter(before, patient=request.patient, received__gte=request.received - EARLIER_REQUESTS)
        .order_by("-received", "-id")
        .values_list("id", "received", "text")[:MOST_EARLIER]
    )
    return tuple(
        advice.Event(
            id_of_earlier(key),
            advice.EventKind.MESSAGE,
            when,
            "Earlier request",
            status="completed",
            codes=(FROM_PATIENT,),
            note=text,
        )
        for key, when, text in found
    )


def id_of_earlier(key: UUID) -> str:
    """The id, as an entry of the record, of an earlier request."""
    return f"{_OURS}{key}"


def earlier_request_of(event_id: str) -> UUID | None:
    """The earlier request that an entry's id stands for; None for what is an entry of the stored record."""
    try:
        return UUID(event_id.removeprefix(_OURS)) if event_id.startswith(_OURS) else None
    except ValueError:
        return None


def _words(request: Request, *, age: float | None, sex: str | None) -> advice.Request:
    return advice.Request(text=request.text, age=age, sex=sex, written_by_other=bool(request.writer))
