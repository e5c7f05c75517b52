"""A stored request as a case: the record, and in it what the same patient asked this practice before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from preceptor.advice import EventKind
from preceptor.service.requests.cases import case_of, earlier_request_of, id_of_earlier
from preceptor.service.requests.models import Request
from preceptor.service.requests.presenters import advice_of
from preceptor.tools.triage import tool
from preceptor.wire import advice_as_json
from service.factories import a_patient, a_practice, a_request, an_event

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 16, 8, 5, tzinfo=UTC)


def earlier(request: Request) -> list[tuple[str, str]]:
    record = case_of(request).record
    assert record is not None
    return [(event.id, event.note) for event in record.of(EventKind.MESSAGE)]


def test_the_patients_requests_of_the_last_90_days_are_messages_in_the_record_oldest_first() -> None:
    practice = a_practice()
    patient = a_patient(practice)
    an_event(patient)
    old, new = (
        a_request(practice, patient=patient, text=f"{days} days", received=NOW - timedelta(days=days))
        for days in (80, 3)
    )
    request = a_request(practice, patient=patient, received=NOW)

    assert earlier(request) == [(id_of_earlier(old.pk), "80 days"), (id_of_earlier(new.pk), "3 days")]
    record = case_of(request).record
    assert record is not None
    assert len(record.events) == 3


def test_neither_later_nor_older_requests_nor_those_of_others_are_there() -> None:
    practice, elsewhere = a_practice(), a_practice()
    patient = a_patient(practice)
    request = a_request(practice, patient=patient, received=NOW)
    a_request(practice, patient=patient, received=NOW + timedelta(minutes=1))
    a_request(practice, patient=patient, received=NOW - timedelta(days=91))
    a_request(practice, patient=a_patient(practice), received=NOW - timedelta(days=1))
    a_request(practice, received=NOW - timedelta(days=1))  # nobody's
    a_request(elsewhere, patient=patient, received=NOW - timedelta(days=1))
    assert earlier(request) == []


def test_of_two_at_the_same_moment_one_is_before_the_other() -> None:
    practice = a_practice()
    patient = a_patient(practice)
    pair = [a_request(practice, patient=patient, received=NOW) for _ in range(2)]
    assert sorted(len(earlier(request)) for request in pair) == [0, 1]


def test_a_third_request_about_it_is_raised_and_the_page_names_the_earlier_ones() -> None:
    practice = a_practice()
    patient = a_patient(practice)
    for days in (20, 6):
        a_request(practice, patient=patient, text="My knee is sore again", received=NOW - timedelta(days=days))
    request = a_request(practice, patient=patient, text="my knee hurts", received=NOW)
    advice = advice_as_json(tool.advise(case_of(request)))
    assert advice["urgency"] == "soon"
    assessment = request.assessments.create(tool="triage", version="1", standing="first", advice=advice, seconds=0)
    entries = {(reason.effect, reason.entry) for reason in advice_of(assessment, assessment.standing).reasons}
    assert ("Raises it", "10 Nov 2026: “My knee is sore again”") in entries
    assert ("Noted", "27 Oct 2026: “My knee is sore again”") in entries


def test_only_our_own_ids_stand_for_earlier_requests() -> None:
    key = uuid4()
    assert earlier_request_of(id_of_earlier(key)) == key
    assert earlier_request_of(f"Observation/{key}") is None
    assert earlier_request_of("Request/not one") is None
