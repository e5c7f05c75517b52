"""How many truly urgent cases does the tool call less than urgent, and what can be promised of it?"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.supervision.figures import upper_bound
from preceptor.supervision.under_triage import GRID, Promise, guarantee, needed, under_triage


def test_no_guarantee_is_given_below_49_or_149_urgent_cases_at_two_per_cent() -> None:
    assert (needed(Promise.EXPECTED, 0.02), needed(Promise.LIKELY, 0.02)) == (49, 149)
    for promise, least in ((Promise.EXPECTED, 49), (Promise.LIKELY, 149)):
        refused = guarantee(promise, [0.9] * (least - 1), 0.02)
        assert refused.threshold is None
        assert refused.more_needed == 1
        assert refused.words == f"no guarantee: {least - 1} urgent cases, {least} are needed at 2.0%; 1 more"
        assert guarantee(promise, [0.9] * least, 0.02).threshold == pytest.approx(0.9)
    assert guarantee(Promise.LIKELY, [], 0.02).more_needed == 149


@pytest.mark.parametrize(
    ("limit", "expected", "likely"), [(0.01, 99, 299), (0.02, 49, 149), (0.05, 19, 59), (0.1, 9, 29), (0.2, 4, 14)]
)
def test_the_needed_numbers(limit: float, expected: int, likely: int) -> None:
    assert needed(Promise.EXPECTED, limit) == expected
    assert needed(Promise.LIKELY, limit) == likely


def test_with_100_cases_the_mean_within_two_per_cent_may_miss_one() -> None:
    scores = [i / 100 for i in range(1, 101)]
    found = guarantee(Promise.EXPECTED, scores, 0.02)  # (1 + 1) / 101 is within 2%, (2 + 1) / 101 is not
    assert found.threshold == 0.02
    assert (found.missed.count, found.missed.n) == (1, 100)


def test_with_high_probability_the_exact_upper_bound_is_within_the_limit() -> None:
    rng = np.random.default_rng(1)
    found = guarantee(Promise.LIKELY, rng.random(500).tolist(), 0.02)
    assert found.threshold is not None
    assert upper_bound(found.missed.count, 500) <= 0.02 < upper_bound(found.missed.count + 1, 500)
    assert found.missed.count == 4  # 0.98^500 x (terms up to 4) is 0.028; up to 5 it is 0.066


def test_a_case_without_a_probability_is_one_that_the_tool_missed() -> None:
    found = guarantee(Promise.EXPECTED, [None, *[0.9] * 60], 0.02)
    assert found.threshold is None
    assert found.words == "no guarantee: the tool gave no probability for 1 of 61 urgent cases"
    assert guarantee(Promise.EXPECTED, [float("nan"), *[0.9] * 200], 0.02).missed.count == 1


def test_the_bound_on_fixed_calls_says_how_many_more_cases_are_needed() -> None:
    none_yet = under_triage(0, 0, 0.02)
    assert (none_yet.upper, none_yet.more_needed, none_yet.within_limit) == (1.0, 149, False)
    assert under_triage(0, 149, 0.02).within_limit
    assert under_triage(0, 148, 0.02).more_needed == 1
    one = under_triage(1, 200, 0.02)
    assert one.missed.interval is not None
    assert upper_bound(1, 200 + one.more_needed) <= 0.02 < upper_bound(1, 199 + one.more_needed)
    with pytest.raises(ValueError, match="3 of 2 cannot be"):
        under_triage(3, 2, 0.02)


@given(
    st.lists(st.floats(0, 1), min_size=1, max_size=300), st.sampled_from([0.02, 0.05, 0.1]), st.sampled_from(Promise)
)
def test_a_guarantee_never_misses_more_than_it_may_and_more_caution_is_never_asked_than_given(
    scores: list[float], limit: float, promise: Promise
) -> None:
    found = guarantee(promise, scores, limit)
    if found.threshold is None:
        assert len(scores) < found.needed
        assert found.more_needed == found.needed - len(scores)
        return
    missed = sum(score < found.threshold for score in scores)
    assert found.missed.count == missed
    assert missed <= limit * (len(scores) + 1)
    looser = guarantee(promise, scores, 2 * limit)
    assert looser.threshold is not None
    assert looser.threshold >= found.threshold


# Validity by simulation: scores uniform on 0 to 1, so that a threshold t truly misses t.


def validity(samples: int, n: int, limit: float, seed: int) -> tuple[float, float]:
    """Mean risk under the expected promise, and how often the likely promise is broken."""
    rng = np.random.default_rng(seed)
    expected, broken = 0.0, 0
    for _ in range(samples):
        scores = rng.random(n).tolist()
        expected += guarantee(Promise.EXPECTED, scores, limit).threshold or 0.0
        broken += (guarantee(Promise.LIKELY, scores, limit).threshold or 0.0) > limit
    return expected / samples, broken / samples


def test_both_promises_hold() -> None:
    risk, broken = validity(600, 200, 0.05, seed=1)
    assert 0.04 < risk <= 0.0505  # (k + 1) / (n + 1) is 0.0498 here; its standard error 0.0006
    assert broken <= 0.07  # 5% at most in truth; two standard errors are 0.018


@pytest.mark.long
@pytest.mark.parametrize(("n", "limit"), [(49, 0.02), (150, 0.02), (500, 0.02), (200, 0.05)])
def test_both_promises_hold_long(n: int, limit: float) -> None:
    risk, broken = validity(10_000, n, limit, seed=2)
    print(f"n {n}, limit {limit}: mean risk {risk:.4f}, likely promise broken {broken:.4f}")
    assert risk <= limit + 0.0006
    assert broken <= 0.055
    assert len(GRID) == 1001
