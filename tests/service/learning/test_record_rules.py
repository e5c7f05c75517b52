"""What was learnt of the record's rules, in words that can be read without help."""

from __future__ import annotations

from typing import Any

import pytest

from preceptor.learning.context import Told, Vote
from preceptor.learning.limits import Answers, Contested, Worked, contest, work_out
from preceptor.service.learning.record_rules import (
    answers_as_json,
    contest_in_words,
    limit_in_words,
    limits_in_words,
    rules_in_words,
    with_contest,
)
from preceptor.supervision.figures import wilson
from preceptor.tools.triage.context import limits

TEAM = ("ann", "bob", "cat", "dan", "eve")
SOON, LASTING = limits()["booked.soon"], limits()["long_standing.first_recorded_before"]


def said_of(worked: Worked, before: int) -> str:
    (said,) = answers_as_json(Answers((worked,), ()), {worked.limit.id: before})["limits"]
    return limit_in_words(said)


def votes(limit: Any, days: int, times: int, waits: bool = True) -> list[Vote]:
    return [Vote(limit, days, who, waits) for who in TEAM for _ in range(times)]


@pytest.mark.parametrize(
    ("limit", "given", "before", "words"),
    [
        (
            SOON, [*votes(SOON, 10, 9)[:43], *votes(SOON, 9, 1, False)[:2]], 7,
            "An appointment up to 10 days away (7 before) now answers a request that could wait a few days: "
            "43 of 45 such decisions here by 5 clinicians (95% interval 85% to 99%).",
        ),
        (
            SOON, votes(SOON, 7, 1, False), 7,
            "An appointment up to 6 days away (7 before) now answers a request that could wait a few days: "
            "of 5 decisions here about a later one 5 were for sooner.",
        ),
        (
            SOON, [], 7,
            "An appointment up to 7 days away answers a request that could wait a few days, as before: "
            "no decision here was about a later one.",
        ),
        (
            LASTING, votes(LASTING, 200, 6), 365,
            "A problem first recorded 185 days ago (365 before), or earlier, and said to be unchanged now counts as "
            "long-standing: 30 of 30 such decisions here by 5 clinicians (95% interval 89% to 100%).",
        ),
        (
            LASTING, votes(LASTING, 200, 1), 365,
            "A problem first recorded 365 days ago, or earlier, and said to be unchanged counts as long-standing, as "
            "before: of 5 decisions here about a newer one 5 could wait, by 5 clinicians (95% interval 57% to 100%). "
            "To go further takes, at each practice here, 20 or more, by 4 clinicians, none of them above 30%, and "
            "80% at the lower end.",
        ),
    ],
)  # fmt: skip
def test_a_limit_is_told_in_a_sentence(limit: Any, given: list[Vote], before: int, words: str) -> None:
    assert said_of(work_out(limit, given), before) == words


def test_the_same_day_that_the_other_limit_alone_holds_back_does_not_claim_decisions() -> None:
    sooner = limits()["booked.same_day"]
    assert said_of(Worked(sooner, 0, work_out(sooner, []).tally), 1) == (
        "An appointment on the very day (1 before) now answers a request for the same day: it goes no further than "
        "for a request that could wait a few days."
    )


def test_who_counts_for_less_than_they_said_is_told() -> None:
    said = said_of(work_out(SOON, [*votes(SOON, 10, 6), *(Vote(SOON, 10, "ann", True) for _ in range(50))]), 7)
    assert said.endswith("No clinician counts for more than 30%.")


def test_what_moved_is_told_first_and_a_limit_that_goes_back_says_so() -> None:
    worked = Answers((work_out(SOON, []), work_out(LASTING, votes(LASTING, 200, 6))), ())
    assert limits_in_words(answers_as_json(worked, {}))[0].startswith("A problem")
    assert "7 days away (10 before) now answers" in said_of(work_out(SOON, []), 10)


def test_a_plan_that_nobody_could_read_is_told_so_that_it_can_be_mended() -> None:
    told = Told("plan", lowered=4, put_back=1, noted=6, noted_and_said=5, unseen=2, people=3)
    (said,) = rules_in_words(answers_as_json(Answers((), (told, Told("booked"))), {}))
    assert said == (
        "A standing plan: in 4 requests a plan lowered the advice, and 1 of them were decided sooner; in 6 requests a "
        "plan was there and was not read as lowering; 5 times somebody gave it as their reason; in 2 requests somebody "
        "gave this reason, and nothing of it was seen in the record. Say in the plan’s own words what can wait "
        "(“reviews only”), or have the rule mended."
    )


def test_a_limit_that_live_decisions_are_against_keeps_the_challenge_from_being_won() -> None:
    won: dict[str, Any] = {"met": ["a"], "missing": [], "passed": True}
    assert with_contest(won, [])["passed"]
    found = with_contest(
        won, [Contested(SOON, 7, 10, 1, 3, wilson(1, 3), False), *contest([], {}, {"booked.same_day": 2})]
    )
    assert not found["passed"]
    assert len(found["missing"]) == 1
    assert found["met"] == ["a"]  # what no live decision was about has met nothing
    assert contest_in_words(found["context"][1]) == (
        "already booked, 2 days and not 1, on live decisions: none yet that it would change; it rests on those it was "
        "learnt from"
    )
    nearer = {"limit": "booked.soon", "before": 7, "after": 5, "n": 4, "waits": 1, "low": 0.05, "high": 0.7,
              "further": False, "well": True}  # fmt: skip
    assert contest_in_words(nearer).endswith("of 4 that it would leave as urgent 1 could wait (5% to 70%)")
