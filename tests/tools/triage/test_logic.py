"""The small language in which rules state when they hold."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from preceptor.advice import Span
from preceptor.tools.triage.logic import NOTHING, Found, LogicError, When, widest

HEADACHE, FEVER = Found((Span(0, 8),), places=(0,)), Found((Span(20, 25),), ("Observation/1",), (3,))


class Known:
    def feature(self, name: str) -> Found | None:
        return {"headache": HEADACHE, "fever": FEVER}.get(name)

    def measure(self, name: str, holds: Callable[[float], bool]) -> Found | None:
        return NOTHING if name == "age" and holds(54) else None

    def speaks_of(self, exception: Found, said: Found) -> bool:
        return bool(set(exception.places) & set(said.places))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("headache", HEADACHE),
        ("headache and rash", None),
        ("headache or rash", HEADACHE),
        ("headache and not rash", HEADACHE),
        ("headache and age >= 50", HEADACHE),
        ("headache and age < 50", None),
        ("headache and fever", HEADACHE + FEVER),
        ("near(headache, fever)", None),
        ("near(headache, headache or fever)", HEADACHE + FEVER),
        ("not rash", NOTHING),
        ("without(headache, fever)", HEADACHE),
        ("without(headache, headache)", None),
        ("without(headache, rash)", HEADACHE),
        ("without(rash, fever)", None),
    ],
)
def test_a_condition_holds_with_what_it_rests_on(source: str, expected: Found | None) -> None:
    assert When.read(source).holds(Known()) == expected


def test_a_condition_names_what_it_needs() -> None:
    when = When.read("headache and (not fever or age >= 50)")
    assert (when.names, when.measures) == ({"headache", "fever"}, {"age"})


def test_a_condition_tells_what_helps_it_from_what_hinders_it() -> None:
    when = When.read("near(headache, fever) and not (rash and not vomiting) and without(stiff, weeks or not today)")
    assert when.asserted == {"headache", "fever", "vomiting", "stiff", "today"}


@pytest.mark.parametrize(
    "wrong", ["", "a b", "a + b", "age == 5", "__import__('os')", "a.b", "5", "near(a)", "a if b else c"]
)
def test_anything_else_is_refused(wrong: str) -> None:
    with pytest.raises(LogicError):
        When.read(wrong)


def test_spans_inside_another_are_dropped() -> None:
    assert widest([Span(3, 5), Span(0, 6), Span(4, 9), Span(0, 6)]) == (Span(0, 6), Span(4, 9))
