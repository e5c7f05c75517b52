"""The bootstrap by cluster is expanded where clusters are few, so that its interval is no shorter than Student's t."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import norm, t

from preceptor.supervision.resampling import clustered_ratios, expanded_tail


def test_few_clusters_leave_out_less_at_each_end_and_many_leave_out_a_fortieth() -> None:
    tails = [expanded_tail(clusters) for clusters in (2, 3, 5, 10, 30, 100, 10_000)]
    assert tails == sorted(tails)
    assert tails[-1] == pytest.approx(0.025, abs=0.0001)
    assert tails[-3] == pytest.approx(norm.cdf(-math.sqrt(30 / 29) * t.ppf(0.975, 29)))


def test_the_interval_of_a_mean_is_as_wide_as_students() -> None:
    values = np.random.default_rng(4).normal(5, 1, 12)
    [(interval, words)] = clustered_ratios(np.arange(12), values[:, None], np.ones((12, 1)), "clinician")
    assert interval is not None
    assert not words
    students = t.ppf(0.975, 11) * values.std(ddof=1) / math.sqrt(12)
    assert (interval.high - interval.low) / 2 == pytest.approx(students, rel=0.1)


def test_two_clusters_give_the_range_of_all_resamples() -> None:
    [(interval, words)] = clustered_ratios(np.array([0, 1]), np.array([[1.0], [3.0]]), np.ones((2, 1)), "clinician")
    assert interval is not None
    assert (interval.low, interval.high) == (1.0, 3.0)
    assert "2 clinicians only" in words
