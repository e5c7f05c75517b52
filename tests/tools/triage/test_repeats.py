"""Asked about again: earlier requests about the same problem, as messages in the record."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from preceptor.advice import Advice, Effect, Event, Reason, Urgency, faults
from preceptor.record.messages import FROM_PATIENT
from preceptor.tools.triage import tool
from preceptor.tools.triage.repeats import MOST_READ
from tools.triage.cases import case, event

_numbers = count(1)
KNEE = "my knee hurts"


def asked(words: str, days_ago: float, **more: Any) -> Event:
    stated = {"status": "completed", "id": f"Request/{next(_numbers)}", "codes": (FROM_PATIENT,)} | more
    return event("message", "Earlier request", days_ago, note=words, **stated)


def advise(text: str, *events: Event) -> Advice:
    one = case(text, *events, age=60.0)
    advice = tool.advise(one)
    assert faults(advice, one, tool.card) == ()
    return advice


def told(advice: Advice) -> list[Reason]:
    return [reason for reason in advice.reasons if reason.rule == "repeat"]


def test_the_third_request_about_it_in_a_month_is_raised_by_a_step_and_the_others_are_shown() -> None:
    first, second = asked("My knee is sore", 20), asked("the knee is still painful", 6)
    advice = advise(KNEE, first, second)
    assert advice.option == Urgency.SOON
    raised, other = told(advice)
    assert (raised.effect, raised.event) == (Effect.RAISES, second.id)
    assert raised.text == "Third about this within 30 days, after 13 October 2026, 27 October 2026"
    assert (other.effect, other.event) == (Effect.NOTES, first.id)
    assert "My knee is sore" in other.text


def test_a_second_is_only_worth_knowing() -> None:
    earlier = asked("My knee is sore", 20)
    advice = advise(KNEE, earlier)
    assert advice.option == Urgency.ROUTINE
    (note,) = told(advice)
    assert (note.effect, note.event) == (Effect.NOTES, earlier.id)


@pytest.mark.parametrize(
    "other",
    [
        asked("My knee is sore", 31),  # too long ago
        asked("My knee is sore", -1),  # later
        asked("I have a rash on my arm", 6),  # about something else
        asked("No knee pain. I have a rash", 6),  # denied
        asked("My dad had knee pain last year. I have a rash", 6),  # another's
        asked("My knee is sore", 6, status="not-done"),
        asked("Your knee pain: please book with the physiotherapist", 6, codes=()),  # the practice's own
        asked("My knee hurts", 0.01),  # the very request, sent twice
    ],
)
def test_what_is_not_an_earlier_request_about_it_does_not_count(other: Event) -> None:
    advice = advise(KNEE, asked("My knee is sore", 20), other)
    assert advice.option == Urgency.ROUTINE
    assert other.id not in {reason.event for reason in told(advice)}


def test_the_same_words_again_on_one_day_are_one_request() -> None:
    twice = [asked("My knee is sore", 6, id="Request/x"), asked("my  knee is sore", 6.01, id="Request/y")]
    assert len(told(advise(KNEE, *twice))) == 1


def test_it_goes_no_further_than_the_same_day() -> None:
    many = [asked(f"I am still dizzy, day {n}", n) for n in range(1, 9)]
    advice = advise("I am dizzy", *many)
    assert advice.option == Urgency.SAME_DAY
    already = advise("burning when I wee, and I am pregnant", *[asked(f"burning when I wee {n}", n) for n in (1, 2, 3)])
    assert already.option == Urgency.SAME_DAY
    assert all(reason.effect is Effect.NOTES for reason in told(already))


def test_only_the_newest_messages_are_read() -> None:
    others = [asked(f"I have a rash on my arm, day {n}", n) for n in range(1, MOST_READ + 1)]
    assert told(advise(KNEE, asked("My knee is sore", 20), *others)) == []


def test_what_is_not_clinical_is_never_raised() -> None:
    repeats = [asked("Repeat prescription for amlodipine please", days) for days in (3, 12, 20)]
    advice = advise("Repeat prescription for amlodipine please", *repeats)
    assert advice.option == Urgency.ROUTINE
    assert all(reason.effect is Effect.NOTES for reason in told(advice))


def test_a_plan_made_for_it_stands() -> None:
    plan = event("plan", "Dizziness", 50, note="Known, fully investigated. Reviews only.", id="CarePlan/1")
    before = [asked("I am dizzy", 20), asked("I feel dizzy", 6)]
    advice = advise("I am dizzy", plan, *before)
    assert advice.option == Urgency.ROUTINE
    assert "already answers it" in told(advice)[0].text
    worse = advise("I am dizzy and it is getting worse", plan, *before)
    assert worse.option == Urgency.SAME_DAY


def test_an_emergency_stays() -> None:
    advice = advise("Crushing pain in my chest and sweating", asked("chest pain", 6), asked("pain in my chest", 9))
    assert advice.option == Urgency.EMERGENCY


def test_a_second_problem_that_is_asked_about_again_and_again_decides() -> None:
    before = [asked("I am dizzy", 20), asked("I feel dizzy", 6)]
    advice = advise("my knee hurts. I am dizzy", *before)
    assert advice.option == Urgency.SAME_DAY
