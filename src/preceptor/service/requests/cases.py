"""A stored request as the case that tools are asked about."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from django.utils import timezone

from preceptor import advice
from preceptor.service.patients.store import record_of
from preceptor.service.requests.models import Request


def case_of(request: Request) -> advice.Case:
    """The request with the patient's record, as of the moment when it was received."""
    record = record_of(request.patient) if request.patient else None
    day = timezone.localdate(request.received)
    return advice.Case(
        id=str(request.id),
        as_of=request.received,
        request=advice.Request(
            text=request.text,
            age=_age(record.patient.born if record else request.born_typed, day),
            sex=record.patient.sex if record else None,
            written_by_other=bool(request.writer),
        ),
        record=record,
    )


def without_record(case: advice.Case) -> advice.Case:
    """The same case by its words alone: what can still be checked when the record cannot be read."""
    return replace(case, record=None)


def _age(born: date | None, day: date) -> float | None:
    return advice.Patient(id="", born=born).age_on(day)
