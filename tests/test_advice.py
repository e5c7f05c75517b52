"""The vocabulary: an order of urgency, ages, a total order of events, and what advice may not be."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.advice import (
    URGENCIES,
    Advice,
    Card,
    Case,
    Event,
    EventKind,
    Patient,
    Reason,
    Record,
    RedFlag,
    Request,
    Span,
    Urgency,
    faults,
    most_urgent,
)

CARD = Card("t", "T", "1", "purpose", "owner", URGENCIES, "none", ())
CASE = Case("c", datetime(2026, 11, 16, tzinfo=UTC), Request("chest pain since last night"))
GOOD = Advice(
    case="c",
    tool="t",
    version="1",
    option=Urgency.SAME_DAY,
    scale=URGENCIES,
    probabilities=dict.fromkeys(URGENCIES, 0.2),
    prediction_set=(Urgency.SAME_DAY,),
    reasons=(Reason("chest pain", span=Span(0, 10)),),
)


def test_good_advice_has_no_fault() -> None:
    assert faults(GOOD, CASE, CARD) == ()


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"case": "other"}, "speaks of case"),
        ({"version": "2"}, "tool and version"),
        ({"scale": URGENCIES[:4]}, "scale differs"),
        ({"option": "whenever"}, "not on its scale"),
        ({"probabilities": dict.fromkeys(URGENCIES, 0.3)}, "sum of 1"),
        ({"probabilities": dict.fromkeys(URGENCIES, float("nan"))}, "sum of 1"),
        ({"probabilities": {Urgency.SAME_DAY: 1.0}}, "not those of the scale"),
        ({"prediction_set": (Urgency.ROUTINE,)}, "leaves out the option"),
        ({"reasons": (Reason("because"),)}, "rests on nothing"),
        ({"reasons": (Reason("because", event="Condition/1"),)}, "not in the record"),
        ({"reasons": (Reason("because", span=Span(20, 90)),)}, "outside the request"),
        ({"red_flags": (RedFlag("r", "r", Urgency.EMERGENCY, "999", (Span(0, 5),)),)}, "below the floor"),
        ({"red_flags": (RedFlag("r", "r", Urgency.SOON, "999", ()),)}, "points at no words"),
        ({"red_flags": (RedFlag("r", "r", Urgency.SOON, "999", (Span(0, 5),), ("x",)),)}, "not in the record"),
    ],
)
def test_each_fault_is_named(change: dict[str, object], fault: str) -> None:
    found = faults(replace(GOOD, **change), CASE, CARD)  # type: ignore[arg-type]
    assert any(fault in words for words in found), found


def test_urgency_has_an_order() -> None:
    assert most_urgent(Urgency.ROUTINE, Urgency.SAME_DAY, Urgency.SELF_CARE) == Urgency.SAME_DAY
    assert Urgency.EMERGENCY.at_least(Urgency.SAME_DAY)
    assert not Urgency.SOON.at_least(Urgency.SAME_DAY)


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(1972, 3, 1), date(2026, 3, 1), 54.0),
        (date(1972, 3, 1), date(2026, 2, 28), 53.99),
        (date(2026, 10, 5), date(2026, 11, 16), 0.115),  # six weeks
        (date(2024, 2, 29), date(2025, 2, 28), 0.997),
        (date(2024, 2, 29), date(2025, 3, 1), 1.0),
        (date(2027, 1, 1), date(2026, 1, 1), None),
        (None, date(2026, 1, 1), None),
    ],
)
def test_age_in_years(born: date | None, day: date, age: float | None) -> None:
    assert Patient("p", born=born).age_on(day) == (pytest.approx(age, abs=0.006) if age is not None else None)


@given(st.dates(date(1900, 1, 1), date(2030, 1, 1)), st.integers(0, 40000))
def test_age_only_grows(born: date, days: int) -> None:
    day = date.fromordinal(born.toordinal() + days)
    patient = Patient("p", born=born)
    today, tomorrow = patient.age_on(day), patient.age_on(date.fromordinal(day.toordinal() + 1))
    assert today is not None
    assert tomorrow is not None
    assert 0 <= today <= tomorrow


@given(st.permutations(range(6)))
def test_a_record_has_one_order_however_its_events_came(order: list[int]) -> None:
    same_moment = datetime(2026, 1, 1, tzinfo=UTC)
    events = [Event(f"e{number}", EventKind.RESULT, None if number == 0 else same_moment, "x") for number in range(6)]
    record = Record(Patient("p"), tuple(events[number] for number in order))
    assert [event.id for event in record.events] == ["e0", "e1", "e2", "e3", "e4", "e5"]
