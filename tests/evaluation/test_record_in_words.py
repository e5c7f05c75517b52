"""A record in words becomes events; what could not be mapped stays as text and is counted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from evaluation.parrot import NOW, Parrot
from preceptor.advice import EventKind
from preceptor.evaluation.evaluation import evaluate
from preceptor.evaluation.record_in_words import BadWords, condition_named, record_of, words_of
from preceptor.evaluation.telling import records_in_words

RECORD = {
    "conditions": ["Type 2 diabetes, since 2009", "a thing that nobody has a word for"],
    "medicines": ["Apixaban 5mg tablets", "little white pills"],
    "appointments": ["Knee review in 3 days", "a chat some time"],
    "plans": ["Reviews only: agreed 2025"],
}


def test_words_become_a_record_that_a_tool_can_read() -> None:
    mapped = record_of(words_of(RECORD), "female", NOW)

    conditions = mapped.record.of(EventKind.CONDITION)
    assert {event.concept for event in conditions} == {"diabetes_type_2", None}
    assert {event.when.year for event in conditions if event.when} == {2009}
    assert {event.concept for event in mapped.record.of(EventKind.MEDICATION)} == {"apixaban", None}
    days = [event.when.date() for event in mapped.record.of(EventKind.APPOINTMENT) if event.when]
    assert days == [date(2026, 11, 5)]
    (plan,) = mapped.record.of(EventKind.PLAN)
    assert "Reviews only" in plan.note
    assert (mapped.entries, mapped.without_concept, mapped.without_day) == (7, 2, 1)
    assert mapped.record.patient.sex == "female"


def test_the_tool_is_given_it_and_what_could_not_be_mapped_is_said(
    parrot: Parrot, file_of: Callable[..., Path]
) -> None:
    path = file_of({"text": "soon", "label": "soon", "record": RECORD}, {"text": "soon", "label": "soon"})
    found = evaluate(parrot, path, NOW)

    with_record, without = parrot.seen
    assert with_record.record is not None
    assert len(with_record.record.events) == 7
    assert without.record is None
    assert (found.records.requests, found.records.without_concept, found.records.without_day) == (1, 2, 1)
    assert "2 conditions or medicines have no concept" in records_in_words(found)


@pytest.mark.parametrize(
    ("said", "slug"),
    [
        ("Type 1 diabetes", "diabetes_type_1"),
        ("known parkinson’s disease", "parkinsons_disease"),
        ("osteoarthritis of the knee, left", "osteoarthritis_knee"),
        ("goutweed in the garden", None),
    ],
)
def test_a_condition_is_known_by_the_longest_title_in_its_words(said: str, slug: str | None) -> None:
    assert condition_named(said) == slug


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("review 2026-12-01", date(2026, 12, 1)),
        ("GP tomorrow 10:20", date(2026, 11, 3)),
        ("nurse in two weeks", date(2026, 11, 16)),
        ("physio on Monday", date(2026, 11, 9)),
        ("bloods today", date(2026, 11, 2)),
        ("on 2026-13-40", None),
        ("with the nurse", None),
    ],
)
def test_an_appointment_is_on_the_day_that_it_names(said: str, day: date | None) -> None:
    (event,) = record_of(words_of({"appointments": [said]}), None, NOW).record.events

    assert (event.when.date() if event.when else None) == day


@pytest.mark.parametrize("given", [{"allergies": ["nuts"]}, {"plans": "one"}, {"plans": [" "]}, {"plans": [3]}])
def test_another_shape_is_refused_without_quoting_it(given: dict) -> None:
    with pytest.raises(BadWords) as why:
        words_of(given)
    assert "nuts" not in str(why.value)
