"""What every measure answers with: a number that is never shown without its n and its interval.

A figure that cannot be had is None with words that say why. It is never NaN, and never a zero in disguise.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

# scipy.stats and statsmodels take seconds to load, and subgroups ask for thousands of intervals: the closed forms of
# Wilson and Newcombe are written out here, and tested against theirs.
from scipy.special import betaincinv, ndtri

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """Where the true value may lie. `method` says in words how it was found, and at which confidence if not 95%."""

    low: float
    high: float
    method: str

    def __post_init__(self) -> None:
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low <= self.high):
            raise ValueError(f"not an interval: {self.low} to {self.high}")


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured number, `n` it rests on, its interval; `words` say why it is missing, or what to mind."""

    value: float | None
    n: int
    interval: Interval | None = None
    words: str = ""

    def __post_init__(self) -> None:
        if self.value is not None and not math.isfinite(self.value):
            raise ValueError(f"not a number: {self.value}")
        if (self.value is None or self.interval is None) and not self.words:
            raise ValueError("a figure without a value or an interval must say why")


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `n`: a proportion with its Wilson interval, and one that allows for rows of one clinician being alike.

    `clustered` is None where clinicians cannot be resampled; `words` then say why.
    """

    count: int
    n: int
    interval: Interval | None
    clustered: Interval | None = None
    words: str = ""

    @property
    def value(self) -> float | None:
        """The proportion, or None when there is nothing to take a proportion of."""
        return self.count / self.n if self.n else None


def share(count: int, n: int, clustered: Interval | None = None, words: str = "") -> Share:
    """A proportion with its 95% Wilson interval (E. B. Wilson, 1927)."""
    return Share(
        int(count), int(n), wilson(count, n) if n else None, clustered, words if n else words or "no such cases"
    )


def wilson(count: int, n: int, confidence: float = CONFIDENCE) -> Interval:
    """The Wilson score interval for `count` of `n`; `n` is at least one."""
    z = float(ndtri(0.5 + confidence / 2))
    p, spread = count / n, z * z / n
    middle = (p + spread / 2) / (1 + spread)
    reach = math.sqrt(p * (1 - p) * spread + spread * spread / 4) / (1 + spread)
    # At 0 of n and n of n the limits are exactly 0 and 1; rounding would leave them a hair away.
    return Interval(middle - reach if count else 0.0, middle + reach if count < n else 1.0, "Wilson")


def clopper_pearson(count: int, n: int, confidence: float = CONFIDENCE) -> Interval:
    """The exact interval of Clopper and Pearson (1934): never covers too little, often too much."""
    tail = (1 - confidence) / 2
    low = float(betaincinv(count, n - count + 1, tail)) if count else 0.0
    return Interval(low, upper_bound(count, n, 1 - tail), "Clopper-Pearson")


def upper_bound(count: int, n: int, confidence: float = CONFIDENCE) -> float:
    """The exact one-sided upper bound for a proportion: 1 when nothing was seen."""
    return float(betaincinv(count + 1, n - count, confidence)) if count < n else 1.0


def newcombe(count: int, n: int, count_other: int, n_other: int, confidence: float = CONFIDENCE) -> Interval:
    """Newcombe's hybrid score interval (1998, method 10) for the first proportion minus the other; both n >= 1."""
    p, q = count / n, count_other / n_other
    one, other = wilson(count, n, confidence), wilson(count_other, n_other, confidence)
    low = p - q - math.hypot(p - one.low, other.high - q)
    high = p - q + math.hypot(one.high - p, q - other.low)
    return Interval(low, high, "Newcombe")


def as_json(figure: Figure | Share) -> dict[str, Any]:
    """A figure in the shape that `--json` prints; what is missing is null and `words` say why."""
    shape: dict[str, Any] = {"value": figure.value, "n": figure.n}
    if isinstance(figure, Share):
        shape["count"] = figure.count
    shape["interval"] = _interval_as_json(figure.interval)
    if isinstance(figure, Share):
        shape["clustered"] = _interval_as_json(figure.clustered)
    shape["words"] = figure.words
    return shape


def _interval_as_json(interval: Interval | None) -> dict[str, Any] | None:
    return {"low": interval.low, "high": interval.high, "method": interval.method} if interval else None
