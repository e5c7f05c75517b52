"""What an advice said of the record's rules is read back from its own words: the two must not come apart."""

from __future__ import annotations

from typing import Any

import pytest

from preceptor.advice import Event, Urgency
from preceptor.tools.triage.assessing import as_if, with_record
from preceptor.tools.triage.context import changes, limits
from preceptor.tools.triage.library import the_library
from preceptor.tools.triage.noted import Did, Noted, noted
from preceptor.tools.triage.reading import Reading
from tools.triage.cases import AS_OF, case, event

DIZZINESS = next(each for each in the_library().presentations if each.id == "dizziness")
S, D, R = Urgency.SOON, Urgency.SAME_DAY, Urgency.ROUTINE


def booked(days: float, text: str = "Dizziness review") -> Event:
    return event("appointment", text, -days, status="booked")


def lasting(days: float) -> Event:
    return event("condition", "Dizziness", days, concept="dizziness")


def shown(
    text: str,
    entry: Event,
    urgency: Urgency = S,
    learnt: dict[str, int] | None = None,
    advice: dict[str, Any] | None = None,
) -> tuple[Noted, ...]:
    """What the context rules make of a problem of this urgency, as it would be kept with the advice, read back."""
    reading = Reading(case(text, entry), the_library().features)
    found = list(changes(reading, DIZZINESS, urgency, False, learnt=learnt))
    advised = next((change.to for change in found if change.to), urgency)
    reasons = [
        {"text": each.reason.text, "effect": str(each.reason.effect), "rule": each.reason.rule, "event": entry.id}
        for each in found
    ]
    return noted({"urgency": advised, "red_flags": [], "reasons": reasons} | (advice or {}), AS_OF.date())


@pytest.mark.parametrize(
    ("urgency", "days", "did"), [(S, 7, Did.LOWERED), (S, 9, Did.BEYOND), (D, 1, Did.LOWERED), (D, 2, Did.BEYOND)]
)
def test_an_appointment_is_read_back_with_how_far_it_was_and_what_for(urgency: Urgency, days: int, did: Did) -> None:
    assert shown("I am dizzy", booked(days), urgency) == (Noted("booked", did, f"booked.{urgency}", days),)


@pytest.mark.parametrize(("days", "did"), [(200, Did.BEYOND), (400, Did.LOWERED)])
def test_so_is_how_long_something_has_lasted(days: int, did: Did) -> None:
    limit = "long_standing.first_recorded_before"
    assert shown("I am dizzy, same as always", lasting(days)) == (Noted("long_standing", did, limit, days),)


def test_how_long_is_counted_in_whole_days_at_whatever_hour_it_was_recorded() -> None:
    """As the day that is shown says it: an hour must not make of the limit's own day one that is beyond it."""
    limit, afternoon = "long_standing.first_recorded_before", lasting(365 - 10 / 24)
    assert shown("I am dizzy, same as always", afternoon) == (Noted("long_standing", Did.LOWERED, limit, 365),)
    assert shown("I am dizzy", booked(7 + 6 / 24)) == (Noted("booked", Did.LOWERED, "booked.soon", 7),)


def test_what_could_never_be_long_standing_and_what_has_changed_is_not_even_noted_as_such() -> None:
    assert shown("I am dizzy, same as always", lasting(170)) == ()
    assert shown("I am dizzy", lasting(200)) == ()
    assert shown("I am dizzy", lasting(400)) == (Noted("long_standing", Did.NOTED),)


@pytest.mark.parametrize(
    ("text", "entry", "urgency", "advice"),
    [
        ("I am dizzy and it is getting worse", booked(3), S, {}),  # a change decided
        ("I am dizzy", booked(3), R, {}),  # there was nothing to lower
        ("I am dizzy", booked(9), S, {"urgency": "routine"}),  # something else lowered the whole
        ("I am dizzy", booked(9), S, {"urgency": "same_day"}),  # or raised it
        ("I am dizzy", booked(3), S, {"urgency": "same_day"}),
        ("I am dizzy", booked(9), S, {"red_flags": [{"id": "stroke"}]}),
    ],
)
def test_where_something_else_decided_no_day_is_read(
    text: str, entry: Event, urgency: Urgency, advice: dict[str, Any]
) -> None:
    (found,) = shown(text, entry, urgency, advice=advice)
    assert (found.rule, found.days) == ("booked", None)


def test_what_an_entry_says_of_itself_is_not_taken_for_what_the_rule_said() -> None:
    said = "Dizziness for 3 May 2026: x (soon enough for “Same day”)"
    assert shown("I am dizzy", booked(9, said)) == (Noted("booked", Did.BEYOND, "booked.soon", 9),)


def test_a_plan_has_no_days() -> None:
    plan = event("plan", "Dizziness", 50, note="Known, fully investigated. Reviews only.")
    assert shown("I am dizzy", plan) == (Noted("plan", Did.LOWERED),)
    vague = event("plan", "Dizziness", 50, note="Seen in clinic")
    assert shown("I am dizzy", vague) == (Noted("plan", Did.NOTED),)


def test_a_learnt_limit_stands_in_place_of_the_one_that_ships() -> None:
    assert shown("I am dizzy", booked(9), learnt={"booked.soon": 10})[0].did is Did.LOWERED
    assert shown("I am dizzy", booked(6), learnt={"booked.soon": 5})[0].did is Did.BEYOND
    assert shown("I am dizzy", booked(1), D, learnt={"booked.soon": 10})[0].did is Did.LOWERED  # others as they ship
    learnt = {"long_standing.first_recorded_before": 185}
    assert shown("I am dizzy, same as always", lasting(200), learnt=learnt)[0].did is Did.LOWERED


def test_no_learnt_limit_lowers_an_emergency_or_goes_below_a_red_flag() -> None:
    everything = {name: limit.furthest for name, limit in limits().items()}
    reading = Reading(case("I am dizzy", booked(1)), the_library().features)
    one = as_if(reading, DIZZINESS)
    assert with_record(reading, [one], Urgency.EMERGENCY, None, everything).urgency is Urgency.EMERGENCY
    assert with_record(reading, [one], S, None, everything).urgency is R


def test_each_limit_ships_within_its_bounds() -> None:
    assert set(limits()) == {"booked.same_day", "booked.soon", "long_standing.first_recorded_before"}
    for limit in limits().values():
        assert limit.allows(limit.days)
        assert limit.reach(limit.narrowest) <= limit.reach(limit.days) <= limit.reach(limit.furthest)
    assert [each.furthest for each in limits().values()] == [3, 14, 180]
