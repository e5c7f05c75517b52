"""Measures of predictions by a horizon, with censoring: Harrell's C, the Brier score, and intervals by resampling."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Numbers = Any  # an array of numbers


def concordance(time: Numbers, event: Numbers, risk: Numbers) -> Callable[[Numbers], float]:
    """Of pairs of whom one is known to have come to it first, the share in which that one had the higher risk.

    What comes back takes weights: how often each row was drawn.
    """
    first = event[:, None] & (time[:, None] < time[None, :])
    first |= event[:, None] & ~event[None, :] & (time[:, None] == time[None, :])
    right = first * ((risk[:, None] > risk[None, :]) + 0.5 * (risk[:, None] == risk[None, :]))
    pairs, well_ordered = first.astype(np.float64), right.astype(np.float64)
    return lambda weight: float(weight @ well_ordered @ weight / (weight @ pairs @ weight))


def brier(time: Numbers, event: Numbers, risk: Numbers, horizon: float) -> Callable[[Numbers], float]:
    """The mean squared error of the risk by the horizon, each row weighted by how unlikely it was to be lost before
    (Graf and others 1999). What comes back takes weights: how often each row was drawn."""
    happened = event & (time <= horizon)
    known = happened | (time >= horizon)
    squared = (happened - risk) ** 2
    lost = ~event & (time < horizon)
    ends, place = np.unique(time, return_inverse=True)
    # The chance to be still seen just before a row's own end, or before the horizon.
    upto = np.where(happened, place, np.searchsorted(ends, horizon))

    def measure(weight: Numbers) -> float:
        at_risk = np.cumsum(np.bincount(place, weight, ends.size)[::-1])[::-1]
        gone = np.bincount(place, weight * lost, ends.size)
        seen = np.concatenate([[1.0], np.cumprod(1 - gone / np.maximum(at_risk, 1e-9))])[upto]
        return float((np.where(known, weight / np.maximum(seen, 1e-9), 0.0) * squared).sum() / weight.sum())

    return measure


def interval(measure: Callable[[Numbers], float], people: Numbers, draws: int = 500) -> tuple[float, float, float]:
    """A measure and its 95% interval over resamples of people; one person may have several rows."""
    rng = np.random.default_rng(1)
    names, rows = np.unique(people, return_inverse=True)
    found = []
    for _ in range(draws):
        times_drawn = np.bincount(rng.integers(0, names.size, names.size), minlength=names.size)
        found.append(measure(times_drawn[rows].astype(float)))
    low, high = np.quantile(found, [0.025, 0.975])
    return measure(np.ones(rows.size)), float(low), float(high)
