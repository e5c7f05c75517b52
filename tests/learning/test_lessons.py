"""What a decision teaches, and what it does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.advice import Urgency
from preceptor.learning.lessons import (
    AUDIT_AT_MOST,
    FIRST_VIEW,
    GAVE_WAY,
    LED,
    REASONS,
    Answer,
    Decided,
    Lesson,
    Source,
    Teaches,
    lessons_of,
)
from preceptor.service.requests.reasons import DifferenceReason

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
E, D, S, R, C = Urgency


def said(urgency: Urgency, account: str = "ann", later: int = 0) -> Answer:
    return Answer(urgency, account, NOW + timedelta(minutes=later))


def decided(**more: Any) -> Decided:
    given: dict[str, Any] = {
        "case": "r1", "practice": "p", "inputs": np.zeros(3, np.float32), "about": "cough", "advised": R,
        "final": said(R), **more,
    }  # fmt: skip
    return Decided(**given)


def taught(**more: Any) -> dict[Source, Lesson]:
    return {lesson.source: lesson for lesson in lessons_of([decided(**more)])}


def test_a_first_view_teaches_and_a_decision_that_equals_the_advice_next_to_nothing() -> None:
    lessons = taught(first_views=(said(S),), advised=S, final=said(S))
    assert lessons[Source.FIRST_VIEW].answer is S
    assert lessons[Source.FIRST_VIEW].weight == FIRST_VIEW
    led = taught(advised=S, final=said(S))
    assert led.keys() == {Source.FINAL}
    assert led[Source.FINAL].weight == LED < FIRST_VIEW / 10


def test_a_first_view_that_was_given_up_for_the_advice_still_teaches_what_it_was() -> None:
    lessons = taught(first_views=(said(D),), advised=R, final=said(R))
    assert lessons.keys() == {Source.FIRST_VIEW}
    assert (lessons[Source.FIRST_VIEW].answer, lessons[Source.FIRST_VIEW].weight) == (D, GAVE_WAY)


def test_second_thoughts_that_go_against_the_advice_stand_in_place_of_the_first_view() -> None:
    lessons = taught(first_views=(said(S),), advised=R, final=said(E), reason="something_missed")
    assert [(each.source, each.answer) for each in lessons.values()] == [(Source.FINAL, E)]


def test_where_nothing_was_shown_the_decision_is_their_own_view() -> None:
    assert taught(advised=None, final=said(C)).keys() == {Source.FIRST_VIEW}


def test_every_reason_of_the_form_is_known_here() -> None:
    assert REASONS.keys() == set(DifferenceReason.values)


@pytest.mark.parametrize("reason", [name for name, what in REASONS.items() if what is not Teaches.TEXT])
def test_a_reason_that_is_not_about_the_words_teaches_the_words_nothing(reason: str) -> None:
    lessons = taught(first_views=(said(E),), advised=E, final=said(R), reason=reason)
    assert {each.weight for each in lessons.values()} == {0.0}
    assert {each.teaches for each in lessons.values()} == {REASONS[reason]}


@pytest.mark.parametrize("reason", [name for name, what in REASONS.items() if what is Teaches.TEXT])
def test_a_reason_about_the_words_teaches_the_words(reason: str) -> None:
    assert taught(advised=E, final=said(R), reason=reason)[Source.FINAL].weight == FIRST_VIEW


def test_a_reason_that_nobody_knows_teaches_nothing() -> None:
    assert taught(advised=E, final=said(R), reason="because")[Source.FINAL].weight == 0


def test_an_audit_stands_in_place_of_what_was_thought_and_for_those_that_were_not_drawn() -> None:
    lessons = taught(first_views=(said(R),), audit=said(D, "bob"), audit_probability=0.5)
    assert (lessons[Source.FIRST_VIEW].weight, lessons[Source.AUDIT].weight) == (0, 2)
    assert taught(audit=said(D, "bob"), audit_probability=0.01)[Source.AUDIT].weight == AUDIT_AT_MOST


def test_an_outcome_stands_in_place_of_an_audit() -> None:
    lessons = taught(audit=said(D, "bob"), outcome=said(E, "later"))
    assert lessons[Source.AUDIT].weight == 0 < lessons[Source.OUTCOME].weight


def test_no_outcome_is_not_agreement() -> None:
    """A case of which nothing more was heard gives no truth, and no more than its decision gave."""
    assert not {Source.OUTCOME, Source.AUDIT} & taught(first_views=(said(R),)).keys()


URGENCY = st.sampled_from(list(Urgency))
PERSON = st.sampled_from(["ann", "bob", "cat"])


@given(
    final=st.builds(said, URGENCY, PERSON),
    views=st.lists(st.builds(said, URGENCY, PERSON), max_size=3, unique_by=lambda view: view.account),
    advised=st.none() | URGENCY,
    reason=st.sampled_from(["", *REASONS]),
    audit=st.none() | st.builds(said, URGENCY, st.just("dan")),
)
def test_nobody_teaches_one_case_twice(
    final: Answer, views: list[Answer], advised: Urgency | None, reason: str, audit: Answer | None
) -> None:
    lessons = lessons_of([decided(final=final, first_views=tuple(views), advised=advised, reason=reason, audit=audit)])
    accounts = [lesson.account for lesson in lessons]
    assert len(accounts) == len(set(accounts))
    assert final.account in accounts
    assert all(lesson.weight >= 0 for lesson in lessons)
    if advised is not None and final.urgency == advised:
        led = [each for each in lessons if each.account == final.account and each.source is Source.FINAL]
        assert all(each.weight <= LED for each in led)
