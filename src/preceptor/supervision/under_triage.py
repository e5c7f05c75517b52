"""How many truly urgent cases does the tool call less than urgent, and what can be promised of it?

Two promises, and no promise below the cases that each needs. Conformal risk control (Angelopoulos, Bates, Fisch, Lei
and Schuster, ICLR 2024, arXiv 2208.02814) bounds the expected share missed. Learn-then-test with fixed-sequence
testing (Angelopoulos, Bates, Candes, Jordan and Lei, arXiv 2110.01052) bounds the share missed with high probability.

Both rest on a sample of truly urgent cases like those to come, found without regard to what the tool said of them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.stats import binom

from preceptor.supervision.figures import CONFIDENCE, Share, share, upper_bound
from preceptor.supervision.resampling import Floats

GRID = np.linspace(0, 1, 1001)  # set before any data is seen, as fixed-sequence testing needs
ROUNDING = 1e-9


class Promise(StrEnum):
    """What is promised of the share of urgent cases missed."""

    EXPECTED = "expected"  # over many samples like this one, the mean is within the limit
    LIKELY = "likely"  # in 95 of 100 samples like this one, it is within the limit


@dataclass(frozen=True, slots=True)
class Guarantee:
    """The highest threshold that keeps the promise: the tool says urgent at that probability or above."""

    promise: Promise
    limit: float
    threshold: float | None  # None: no guarantee
    missed: Share  # in this sample, at that threshold
    needed: int  # urgent cases that the promise needs at this limit
    more_needed: int
    words: str


def needed(promise: Promise, limit: float) -> int:
    """Urgent cases below which the promise cannot be kept at all: at 2%, 49 (expected) or 149 (likely)."""
    _check_limit(limit)
    if promise is Promise.EXPECTED:
        return math.ceil(1 / limit - 1 - ROUNDING)
    return math.ceil(math.log(1 - CONFIDENCE) / math.log(1 - limit) - ROUNDING)


def guarantee(promise: Promise, urgency_of_urgent: Sequence[float | None], limit: float) -> Guarantee:
    """What can be promised from the tool's probability of "urgent" for each of a sample of truly urgent cases.

    A case without a probability counts as one that no threshold catches: a tool that gave none has missed it.
    """
    scores = np.array([-1.0 if s is None or not math.isfinite(s) else s for s in urgency_of_urgent], dtype=float)
    if (scores > 1).any():
        raise ValueError("a probability is above 1")
    n, wanted = len(scores), needed(promise, limit)
    if n < wanted:
        words = f"no guarantee: {n} urgent cases, {wanted} are needed at {limit:.1%}; {wanted - n} more"
        return Guarantee(promise, limit, None, share(0, 0, words=words), wanted, wanted - n, words)
    threshold = _expected(scores, limit) if promise is Promise.EXPECTED else _likely(scores, limit)
    if threshold is None:
        silent = int((scores < 0).sum())
        words = f"no guarantee: the tool gave no probability for {silent} of {n} urgent cases"
        return Guarantee(promise, limit, None, share(silent, n), wanted, 0, words)
    missed = share(int((scores < threshold).sum()), n)
    if promise is Promise.EXPECTED:
        words = f"saying urgent at {threshold:.3f} or above misses {limit:.1%} of urgent cases or fewer, on average"
    else:
        words = (
            f"saying urgent at {threshold:.3f} or above misses {limit:.1%} or fewer, with {CONFIDENCE:.0%} confidence"
        )
    if threshold <= 0:
        words += "; that is saying urgent of every case"
    return Guarantee(promise, limit, threshold, missed, wanted, 0, words)


def _expected(scores: Floats, limit: float) -> float | None:
    """The largest threshold at which (misses + 1) / (n + 1) is within the limit; the +1 stands for the case to come."""
    allowed = math.floor(limit * (len(scores) + 1) - 1 + ROUNDING)
    at = float(np.sort(scores)[allowed])
    return at if at >= 0 else None


def _likely(scores: Floats, limit: float) -> float | None:
    """Thresholds are tested from the safest up, each at the full 5%; the last before the first failure stands."""
    misses = np.searchsorted(np.sort(scores), GRID, side="left")
    passed = binom.cdf(misses, len(scores), limit) <= 1 - CONFIDENCE
    if not passed[0]:
        return None
    return float(GRID[-1] if passed.all() else GRID[np.argmin(passed) - 1])


@dataclass(frozen=True, slots=True)
class UnderTriage:
    """Urgent cases that a tool with fixed calls under-triaged, and the exact upper bound with 95% confidence."""

    missed: Share
    upper: float
    limit: float
    more_needed: int  # further urgent cases, none of them missed, after which the bound would be within the limit
    words: str

    @property
    def within_limit(self) -> bool:
        return self.upper <= self.limit


def under_triage(missed: int, urgent: int, limit: float) -> UnderTriage:
    """The share of `urgent` cases that were `missed`, with its upper bound: for a sample of a size set beforehand.

    For figures that are looked at again and again use the running bound of `e_process`.
    """
    _check_limit(limit)
    if not 0 <= missed <= urgent:
        raise ValueError(f"{missed} of {urgent} cannot be")
    bound = upper_bound(missed, urgent)
    more = 0
    if bound > limit:
        total = max(urgent, needed(Promise.LIKELY, limit))
        step = 1
        while upper_bound(missed, total + step) > limit:
            step *= 2
        low, high = total - 1, total + step
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if upper_bound(missed, middle) <= limit else (middle, high)
        more = high - urgent
        words = (
            f"not shown to be within {limit:.1%}: the upper bound is {bound:.1%}; {more} more urgent cases, none missed"
        )
    else:
        words = f"at most {bound:.1%} of urgent cases are missed, with {CONFIDENCE:.0%} confidence"
    return UnderTriage(share(missed, urgent, words="no urgent cases yet"), bound, limit, more, words)


def _check_limit(limit: float) -> None:
    if not 0 < limit < 1:
        raise ValueError("a limit lies between 0 and 1")
