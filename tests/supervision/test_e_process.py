"""Watching under-triage as it happens: an alarm that may be looked at after every case."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preceptor.supervision.e_process import GUESSES_ABOVE, Plan, log_wealth, watch

PLAN = Plan(limit=0.05)


def test_a_tool_that_misses_too_much_raises_the_alarm_and_one_within_its_limit_does_not() -> None:
    rng = np.random.default_rng(1)
    bad = watch(PLAN, (rng.random(1000) < 0.15).tolist())
    assert bad.alarm_at is not None
    assert bad.alarm_at < 200
    assert bad.words.startswith(f"ALARM at case {bad.alarm_at}: more than 5.0% are missed.")
    good = watch(PLAN, (rng.random(1000) < 0.02).tolist())
    assert not good.alarm
    assert good.upper < 0.05
    assert good.rate.interval is not None
    assert good.rate.interval.low < 0.02 < good.rate.interval.high


def test_with_everything_looked_at_the_wealth_is_the_mean_likelihood_ratio() -> None:
    seen = [True, False, False, True]
    p0 = 0.05
    ratios = [math.prod((m if x else (1 - m * p0) / (1 - p0)) for x in seen) for m in GUESSES_ABOVE]
    assert math.exp(watch(PLAN, seen).wealth[-1]) == pytest.approx(sum(ratios) / len(ratios))


def test_an_audited_case_weighs_as_many_as_it_stands_for() -> None:
    """8 missed cases found by auditing 1 in 5, beside 60 caught: about 40 of 100 are missed."""
    found = watch(Plan(0.05, audit=0.2), [True] * 8 + [False] * 60, [0.2] * 8 + [1.0] * 60)
    assert found.rate.value == pytest.approx(40 / 100)
    assert found.alarm


class TestWhatCannotBeKnownIsSaidInWords:
    def test_no_case(self) -> None:
        found = watch(PLAN, [])
        assert (found.alarm, found.upper, found.words) == (False, 1.0, "no truly urgent case has been found yet")

    @pytest.mark.parametrize(
        ("probability", "words"),
        [
            ([None, 1.0], "1 cases have no recorded sampling probability"),
            ([float("nan"), 1.0], "1 cases have no recorded sampling probability"),
            ([0.0, 1.0], "is not between 0 and 1"),
            ([0.1, 1.0], "lower sampling probability than was planned"),
        ],
    )
    def test_a_case_that_cannot_be_weighed(self, probability: list[float | None], words: str) -> None:
        found = watch(Plan(0.05, audit=0.5), [True, False], probability)
        assert words in found.words
        assert found.rate.value is None
        assert found.upper == 1.0

    def test_a_plan_that_makes_no_sense_is_refused(self) -> None:
        with pytest.raises(ValueError, match="limit is at most"):
            Plan(0.0)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.booleans(), min_size=1, max_size=80))
def test_more_missed_never_means_less_wealth_and_the_past_is_never_rewritten(seen: list[bool]) -> None:
    found = watch(PLAN, seen)
    assert all(math.isfinite(w) for w in found.wealth)
    assert found.rate.interval is not None
    assert found.rate.value is not None
    assert 0 <= found.rate.interval.low <= found.rate.value <= found.rate.interval.high <= 1
    assert watch(PLAN, [*seen, False]).wealth[:-1] == found.wealth
    assert watch(PLAN, [True] * len(seen)).wealth[-1] >= found.wealth[-1] - 1e-9


# Simulation. Truth: each urgent case is missed with probability `rate`; non-urgent calls are audited with probability
# `audit`, so that a missed case is found with that probability and a caught one always.


def alarms(rate: float, runs: int, cases: int, seed: int, audit: float = 1.0) -> Any:
    """For each run the number of urgent cases (found or not) before the alarm; infinity where there was none."""
    rng = np.random.default_rng(seed)
    missed = rng.random((runs, cases)) < rate
    found = ~missed | (rng.random((runs, cases)) < audit)
    # A case that was not found moves no wealth: gain 0, as if its weight were 0.
    chance = np.where(found, np.where(missed, audit, 1.0), np.inf)
    over = log_wealth(Plan(0.05, audit=audit), missed.astype(float), chance) >= math.log(20)
    return np.where(over.any(axis=1), over.argmax(axis=1) + 1.0, np.inf)


def test_false_alarms_are_few_and_true_ones_come_soon() -> None:
    """Expected: about 2.5% (5% at most); at 10% a median near 153 cases; at 15% near 43."""
    false = np.isfinite(alarms(0.05, 1500, 1000, seed=1)).mean()
    assert 0.01 <= false <= 0.05  # two standard errors are 0.009
    at_10 = alarms(0.10, 600, 1000, seed=2)
    assert np.isfinite(at_10).mean() >= 0.99
    assert 130 <= np.median(at_10) <= 175
    assert 36 <= np.median(alarms(0.15, 600, 1000, seed=3)) <= 51


def test_an_audit_of_one_in_five_raises_no_more_false_alarms() -> None:
    assert np.isfinite(alarms(0.05, 1000, 1000, seed=4, audit=0.2)).mean() <= 0.05
    assert np.isfinite(alarms(0.15, 300, 1000, seed=5, audit=0.2)).mean() >= 0.95


def test_without_its_weight_an_audit_would_hide_what_is_missed() -> None:
    """The negative control: the same audited cases, taken as if everything had been looked at."""
    rng = np.random.default_rng(6)
    missed = rng.random(2000) < 0.15
    found = ~missed | (rng.random(2000) < 0.2)
    seen = missed[found].tolist()
    assert not watch(PLAN, seen).alarm
    assert watch(Plan(0.05, audit=0.2), seen, [0.2 if m else 1.0 for m in seen]).alarm


@pytest.mark.long
@pytest.mark.parametrize("audit", [1.0, 0.5, 0.2, 0.1])
def test_alarms_long(audit: float) -> None:
    false = np.isfinite(alarms(0.05, 20_000, 1000, seed=11, audit=audit)).mean()
    at_10, at_15 = alarms(0.10, 4_000, 1000, seed=12, audit=audit), alarms(0.15, 4_000, 1000, seed=13, audit=audit)
    print(
        f"audit {audit}: false alarms {false:.4f}; at 10% {np.isfinite(at_10).mean():.4f}, median {np.median(at_10)};"
        f" at 15% {np.isfinite(at_15).mean():.4f}, median {np.median(at_15)}"
    )
    assert false <= 0.05
    if audit == 1.0:
        assert 0.02 <= false <= 0.035
        assert np.isfinite(at_10).mean() >= 0.99
        assert np.median(at_10) == pytest.approx(153, rel=0.06)
        assert np.median(at_15) == pytest.approx(43, rel=0.06)


@pytest.mark.long
@pytest.mark.parametrize(("rate", "audit"), [(0.02, 1.0), (0.1, 1.0), (0.05, 0.2)])
def test_the_running_bound_holds_at_every_look_long(rate: float, audit: float) -> None:
    """At 95% each limit: the true rate is above the running upper bound, ever, in 5% of runs at most."""
    rng = np.random.default_rng(14)
    above = below = 0
    runs = 400
    for _ in range(runs):
        missed = rng.random(400) < rate
        found = ~missed | (rng.random(400) < audit)
        seen = missed[found]
        interval = watch(Plan(0.05, audit=audit), seen.tolist(), np.where(seen, audit, 1.0).tolist()).rate.interval
        assert interval is not None
        above += rate > interval.high
        below += rate < interval.low
    print(f"rate {rate}, audit {audit}: above the upper limit {above / runs:.3f}, below the lower {below / runs:.3f}")
    assert max(above, below) / runs <= 0.07  # two standard errors are 0.022
