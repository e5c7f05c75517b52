"""What the record knows: already booked, a standing plan, long-standing and unchanged."""

from __future__ import annotations

import pytest

from preceptor.advice import Advice, Effect, Event, Urgency, faults
from preceptor.tools.triage import tool
from preceptor.tools.triage.context import context_rules
from tools.triage.cases import case, event


def advise(text: str, *events: Event) -> Advice:
    asked = case(text, *events)
    advice = tool.advise(asked)
    assert faults(advice, asked, tool.card) == ()
    return advice


def lowered_by(advice: Advice) -> set[str | None]:
    return {reason.event for reason in advice.reasons if reason.effect is Effect.LOWERS and reason.event}


DIZZY = "I am dizzy"
BOOKED = event("appointment", "Dizziness review", -3, status="booked", id="Appointment/1")
PLAN = event("plan", "Dizziness", 50, note="Known, fully investigated. Reviews only.", id="CarePlan/1")
LONG = event("condition", "Dizziness", 365 * 20, concept="dizziness", id="Condition/1")


def test_an_appointment_already_booked_for_it_makes_it_routine_and_is_shown() -> None:
    assert advise(DIZZY, event("condition", "Asthma")).option == Urgency.SOON
    advice = advise(DIZZY, BOOKED)
    assert advice.option == Urgency.ROUTINE
    assert lowered_by(advice) == {"Appointment/1"}
    assert "5 November 2026" in next(r.text for r in advice.reasons if r.event == "Appointment/1")


def test_a_standing_plan_for_it_makes_it_routine_and_is_shown() -> None:
    advice = advise(DIZZY, PLAN)
    assert advice.option == Urgency.ROUTINE
    assert lowered_by(advice) == {"CarePlan/1"}
    assert any("Reviews only" in reason.text for reason in advice.reasons)


def test_a_symptom_of_twenty_years_unchanged_is_routine_and_shows_its_first_date() -> None:
    advice = advise("I am dizzy, same as always", LONG)
    assert advice.option == Urgency.ROUTINE
    (told,) = [reason for reason in advice.reasons if reason.event == "Condition/1"]
    assert "First recorded 7 November 2006" in told.text
    assert "has not changed" in told.text


@pytest.mark.parametrize("entry", [BOOKED, PLAN, LONG], ids=lambda entry: entry.id)
def test_a_fresh_change_cancels_the_lowering(entry: Event) -> None:
    advice = advise("I am dizzy and it is getting worse", entry)
    assert Urgency(advice.option).at_least(Urgency.SOON)
    assert lowered_by(advice) == set()


@pytest.mark.parametrize("entry", [BOOKED, PLAN, LONG], ids=lambda entry: entry.id)
def test_nothing_goes_below_what_a_red_flag_sets(entry: Event) -> None:
    advice = advise("Dizzy as always. Suddenly the room is spinning and I cannot stand", entry)
    assert advice.option == Urgency.EMERGENCY
    assert lowered_by(advice) == set()


@pytest.mark.parametrize(
    "entry",
    [
        event("appointment", "Dizziness review", -30, status="booked"),  # too late
        event("appointment", "Dizziness review", -3, status="cancelled"),
        event("appointment", "Dizziness review", 3, status="booked"),  # over
        event("appointment", "Knee pain", -3, status="booked"),  # about something else
        event("plan", "Dizziness", 50, note="Reviews only", status="revoked"),
        event("plan", "Knee pain", 50, note="Reviews only"),
        event("condition", "Dizziness", 100, concept="dizziness"),  # not long-standing
        event("condition", "Dizziness", 9000, concept="dizziness", status="resolved"),
    ],
    ids=lambda entry: f"{entry.kind} {entry.text} {entry.status}",
)
def test_what_does_not_answer_the_request_lowers_nothing(entry: Event) -> None:
    advice = advise(DIZZY, entry)
    assert advice.option == Urgency.SOON
    assert lowered_by(advice) == set()


def test_a_plan_can_raise() -> None:
    plan = event("plan", "COPD rescue pack", 50, note="Cough: same day appointment if chest worse", id="CarePlan/2")
    advice = advise("I have had a tickly cough since Monday", plan)
    assert advice.option == Urgency.SAME_DAY
    assert any(r.event == "CarePlan/2" and r.effect is Effect.RAISES for r in advice.reasons)


def test_each_rule_says_where_it_is_from() -> None:
    assert set(context_rules()) == {"booked", "plan", "long_standing", "repeat"}
    for rule in context_rules().values():
        assert rule.source
        assert rule.reviewed_by == "none"
        assert rule.effective < rule.review
