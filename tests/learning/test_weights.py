"""No account and no practice weighs more than its cap, whatever it does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.learning.weights import CAP, capped, nearness, thought_through, trust_of


def test_an_account_that_gives_nearly_all_lessons_weighs_a_twentieth_of_the_whole() -> None:
    account = np.array([0] * 5_000 + [1] * 20)
    found = capped(np.ones(5_020), [account], shared=1_000)
    assert found[:5_000].sum() == pytest.approx(CAP * (1_000 + found.sum()))
    assert (found[5_000:] == 1).all()


@given(
    st.lists(st.tuples(st.floats(0, 10), st.integers(0, 5), st.integers(-1, 2)), min_size=1, max_size=60),
    st.floats(1, 200),
)
def test_the_caps_hold_together(rows: list[tuple[float, int, int]], shared: float) -> None:
    weights, account, practice = (np.array(column) for column in zip(*rows, strict=True))
    found = capped(weights, [account, practice], shared)
    limit = CAP * (shared + found.sum()) * 1.001
    assert (found <= weights + 1e-9).all()
    for group in (account, practice):
        for each in set(group.tolist()) - {-1}:
            assert found[group == each].sum() <= limit


def test_where_all_are_within_their_caps_nothing_is_taken() -> None:
    weights = np.ones(10)
    assert (capped(weights, [np.arange(10)], shared=1_000) == weights).all()


def test_an_answer_that_nobody_expects_weighs_less_and_is_heard_all_the_same() -> None:
    chances = np.array([[0.001, 0.002, 0.007, 0.09, 0.9]] * 2)
    usual, strange = thought_through(chances, np.array([4, 0]), np.array([0.85, 0.85]))
    assert 0.5 < strange < usual < 1


def test_trust_falls_with_answers_checked_and_found_far_off() -> None:
    thought, account = np.full(40, 0.8), np.repeat([0, 1], 20)
    good, bad = trust_of(thought, account, 2, [(0, 1.0)] * 10 + [(1, 0.0)] * 10)
    assert bad < 0.6 < good


def test_nearness() -> None:
    assert [nearness(2, truth) for truth in range(5)] == [0, 0.5, 1, 0.5, 0]
