"""A stored request as the case that tools are asked about."""

from __future__ import annotations

from django.utils import timezone

from preceptor import advice
from preceptor.service.patients.store import record_of
from preceptor.service.requests.models import Request


def case_of(request: Request) -> advice.Case:
    """The request with the patient's record, as of the moment when it was received."""
    record = record_of(request.patient) if request.patient else None
    if record is None:
        return case_of_words(request)
    day = timezone.localdate(request.received)
    words = _words(request, age=record.patient.age_on(day), sex=record.patient.sex)
    return advice.Case(id=str(request.id), as_of=request.received, request=words, record=record)


def case_of_words(request: Request) -> advice.Case:
    """The request by its words alone: for one that is not matched to a record, or whose record cannot be read."""
    age = advice.Patient(id="", born=request.born_typed).age_on(timezone.localdate(request.received))
    return advice.Case(id=str(request.id), as_of=request.received, request=_words(request, age=age, sex=None))


def _words(request: Request, *, age: float | None, sex: str | None) -> advice.Request:
    return advice.Request(text=request.text, age=age, sex=sex, written_by_other=bool(request.writer))
