"""Is the new tool no worse than the old one, by more than a margin? An answer that may be read after every case."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preceptor.supervision.non_inferiority import STAKES, compare, compared, log_wealth


def test_an_equal_tool_is_shown_to_be_no_worse_and_a_worse_one_is_not() -> None:
    equal = compared(steps(0.05, 0.05, 1, 2000, seed=1)[0], 0.05)
    assert equal.shown
    assert equal.shown_at is not None
    assert equal.words == f"shown to be no worse by 5%, at case {equal.shown_at:,} of 2,000"
    assert equal.difference.interval is not None
    assert equal.difference.interval.low > -0.05
    worse = compared(steps(0.02, 0.12, 1, 2000, seed=2)[0], 0.05)
    assert not worse.shown
    assert worse.words.startswith("not shown yet: E is")


def test_wealth_by_hand() -> None:
    found = compare(["a", "b", "a"], ["b", "b", "b"], ["a", "a", "b"], margin=0.05)  # steps 1, 0, -1
    assert (found.better, found.worse, found.cases) == (1, 1, 3)
    by_hand = sum((1 + s * 1.05) * (1 + s * 0.05) * (1 - s * 0.95) for s in STAKES) / len(STAKES)
    assert found.e == pytest.approx(by_hand)
    assert found.difference.value == 0.0


def test_where_tools_agree_no_truth_is_needed_and_where_they_differ_an_unknown_truth_counts_against_the_new() -> None:
    found = compare(["a", "a"], ["a", "b"], [None, None], margin=0.05)
    assert (found.better, found.worse, found.unknown) == (0, 1, 1)
    assert "1 cases where they differ have no known truth and count as worse" in found.words


def test_nothing_to_compare_is_said_in_words() -> None:
    found = compare([], [], [], margin=0.05)
    assert (found.e, found.shown, found.words) == (1.0, False, "no case has been called by both tools yet")
    with pytest.raises(ValueError, match="margin"):
        compare([], [], [], margin=0.0)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from([-1.0, 0.0, 1.0]), min_size=1, max_size=60), st.sampled_from([0.02, 0.05, 0.2]))
def test_a_case_won_never_lowers_e_and_a_case_lost_never_raises_it(taken: list[float], margin: float) -> None:
    found = compared(np.array(taken), margin)
    assert math.isfinite(found.e)
    assert found.difference.interval is not None
    assert -1 <= found.difference.interval.low <= found.difference.interval.high <= 1
    assert compared(np.array([*taken, 1.0]), margin).e > found.e > compared(np.array([*taken, -1.0]), margin).e


def steps(better: float, worse: float, runs: int, cases: int, seed: int) -> Any:
    u = np.random.default_rng(seed).random((runs, cases))
    return (u < better).astype(float) - (u > 1 - worse)


def promotions(better: float, worse: float, runs: int, cases: int, seed: int) -> Any:
    over = log_wealth(steps(better, worse, runs, cases, seed), 0.05) >= math.log(20)
    return np.where(over.any(axis=1), over.argmax(axis=1) + 1.0, np.inf)


def test_equal_tools_are_promoted_in_about_280_cases_and_tools_at_the_margin_seldom() -> None:
    """Expected for 10% discordant cases and a margin of .05: a median near 282, false promotion of 5% at most."""
    assert 245 <= np.median(promotions(0.05, 0.05, 600, 1500, seed=3)) <= 320
    assert np.isfinite(promotions(0.025, 0.075, 1500, 1500, seed=4)).mean() <= 0.05


@pytest.mark.long
def test_promotions_long() -> None:
    equal, at_margin = promotions(0.05, 0.05, 6_000, 3000, seed=5), promotions(0.025, 0.075, 8_000, 3000, seed=6)
    all_worse = promotions(0.0, 0.05, 8_000, 3000, seed=7)
    print(
        f"equal: {np.isfinite(equal).mean():.4f} promoted, median {np.median(equal)}; at the margin"
        f" {np.isfinite(at_margin).mean():.4f}, and {np.isfinite(all_worse).mean():.4f} where it is never better"
    )
    assert np.median(equal) == pytest.approx(282, rel=0.06)
    assert np.isfinite(at_margin).mean() <= 0.05
    assert np.isfinite(all_worse).mean() <= 0.05


@pytest.mark.long
def test_the_interval_holds_at_every_look_long() -> None:
    found = [compared(row, 0.05).difference.interval for row in steps(0.05, 0.08, 400, 600, seed=8)]
    held = np.mean([interval is not None and interval.low <= -0.03 <= interval.high for interval in found])
    print(f"coverage at every look of the difference: {held:.3f}")
    assert held >= 0.94


def test_a_difference_that_changes_over_time_still_gives_an_interval_that_holds_what_was_seen() -> None:
    """Alike for 60 cases, then worse in every second one: looks early and late refute each other's values."""
    found = compared(np.array([0.0] * 60 + [0.0, -1.0] * 30), 0.05)
    assert found.difference.interval is not None
    assert found.difference.interval.low <= found.difference.value <= found.difference.interval.high
