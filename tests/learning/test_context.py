"""What a decision says of the rules that read the record, and whom it rests on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from preceptor.advice import Urgency
from preceptor.learning.context import REASON_OF, Told, told_of, votes_of
from preceptor.learning.lessons import REASONS, Answer, Decided, Teaches
from preceptor.tools.triage.noted import RULES, Did, Noted

E, D, S, R, C = Urgency
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TOO_FAR = Noted("booked", Did.BEYOND, "booked.soon", 9)
LOWERED = Noted("booked", Did.LOWERED, "booked.soon", 5)


def said(urgency: Urgency, account: str = "ann") -> Answer:
    return Answer(urgency, account, NOW)


def decided(
    advised: Urgency | None, final: Urgency, *noted: Noted, view: Urgency | None = None, **more: Any
) -> Decided:
    return Decided(
        case="r1", practice="p", inputs=np.zeros(3, np.float32), about="", advised=advised, final=said(final),
        first_views=(said(view),) if view else (), noted=noted, **more,
    )  # fmt: skip


def says(*given: Any, set_aside: tuple[str, ...] = (), **more: Any) -> tuple[str, bool, bool] | None:
    votes = votes_of([decided(*given, **more)], set_aside)
    return (votes[0].account, votes[0].waits, votes[0].led) if votes else None


def test_a_decision_against_the_advice_says_what_its_reason_says() -> None:
    assert says(S, R, TOO_FAR, reason="already_booked") == ("ann", True, False)
    assert says(S, R, TOO_FAR, reason="wrong_about_symptom") is None  # it could wait, and for another cause
    assert says(R, S, LOWERED, reason="something_missed") == ("ann", False, False)  # sooner, whatever the reason


@pytest.mark.parametrize(("advised", "entry"), [(S, TOO_FAR), (R, LOWERED)])
def test_a_decision_that_only_equals_the_advice_is_known_as_led(advised: Urgency, entry: Noted) -> None:
    assert says(advised, advised, entry) == ("ann", advised is R, True)
    assert says(advised, advised, entry, view=advised) == ("ann", advised is R, False)


def test_where_a_view_was_given_up_for_the_advice_the_more_urgent_counts() -> None:
    assert says(S, S, TOO_FAR, view=R) == ("ann", False, False)
    assert says(R, R, LOWERED, view=D) == ("ann", False, False)


def test_a_truth_goes_before_what_was_thought_and_rests_on_whoever_agrees() -> None:
    reason = {"reason": "already_booked"}
    assert says(S, R, TOO_FAR, audit=said(S, "bob"), **reason) == ("bob", False, False)
    assert says(S, R, TOO_FAR, audit=said(R, "bob"), **reason) == ("ann", True, False)
    assert says(S, S, TOO_FAR, audit=said(R, "bob")) == ("bob", True, False)
    assert says(S, R, TOO_FAR, audit=said(R, "bob"), outcome=said(E, "later"), **reason) == ("later", False, False)


def test_a_truth_does_not_make_another_cause_speak_for_the_entry() -> None:
    other = {"reason": "wrong_about_symptom"}
    assert says(S, R, TOO_FAR, audit=said(R, "bob"), **other) is None
    assert says(S, R, TOO_FAR, outcome=said(R, "bob"), **other) is None
    assert says(S, R, TOO_FAR, audit=said(S, "bob"), **other) == ("bob", False, False)
    assert says(R, S, LOWERED, audit=said(R, "bob"), reason="something_missed") == ("bob", True, False)


def test_no_truth_is_not_agreement() -> None:
    assert says(S, S, TOO_FAR) == ("ann", False, True)


def test_an_account_set_aside_says_nothing_and_lends_nobody_its_word() -> None:
    assert says(S, R, TOO_FAR, reason="already_booked", set_aside=("ann",)) is None
    assert says(S, R, TOO_FAR, reason="already_booked", audit=said(S, "bob"), set_aside=("bob",)) == (
        "ann",
        True,
        False,
    )
    assert says(S, R, TOO_FAR, reason="already_booked", audit=said(R, "bob"), set_aside=("ann",)) == (
        "bob",
        True,
        False,
    )


def test_only_an_entry_whose_date_decided_is_asked_about() -> None:
    assert says(S, R, Noted("booked", Did.NOTED), reason="already_booked") is None


def test_each_rule_is_told_by_what_it_knew() -> None:
    plan = Noted("plan", Did.NOTED)
    told = told_of(
        [
            decided(S, R, plan, reason="standing_plan"),
            decided(S, R, reason="standing_plan"),
            decided(R, S, Noted("plan", Did.LOWERED), reason="wrong_about_symptom"),
            decided(S, S, plan),
            decided(None, R, plan, reason="standing_plan"),  # nothing had been shown
            decided(S, R, TOO_FAR, reason="already_booked"),
        ]
    )
    assert told[RULES.index("plan")] == Told("plan", 1, 1, 0, 2, 1, 1, 1)
    assert told[RULES.index("booked")] == Told("booked", beyond=1, people=1)


def test_every_reason_about_the_record_has_its_rule() -> None:
    assert set(REASON_OF) == set(RULES)
    assert set(REASON_OF.values()) == {name for name, teaches in REASONS.items() if teaches is Teaches.CONTEXT}
