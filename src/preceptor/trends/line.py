"""A straight line through few, noisy, unevenly spaced points, some of them wrong.

Huber's M-estimator, started from Theil's slope. The spread of the points about the line is pooled from what is
published of everybody and what this person's points show, as if the published figure had been worth `PRIOR_RESULTS`
results of their own; intervals are Student's, with that many degrees of freedom more. Chosen among others by how often
the intervals hold the truth: benchmarks/trends/RESULTS.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Numbers: TypeAlias = NDArray[np.float64]

PRIOR_RESULTS = 2.0
CLIPPED_AT = 1.5  # standard deviations: what lies further out counts for less
MANY = 500  # beyond this, slopes between every two points are too many: those half the series apart do

# The mean of a clipped, squared standard normal deviate: what the clipped spread is divided by.
_CLIPPED_SQUARE = float(
    stats.chi2.cdf(CLIPPED_AT**2, 3) + CLIPPED_AT**2 * stats.chi2.sf(CLIPPED_AT**2, 1)
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """`height` at the time `centre`, where it and the slope are independent; errors are standard errors."""

    centre: float
    height: float
    slope: float
    height_error: float
    slope_error: float
    spread: float  # one standard deviation of single points about the line
    freedom: float

    @property
    def reach(self) -> float:
        """How many standard errors a 95% interval reaches to either side."""
        return float(stats.t.ppf(0.975, self.freedom))

    def at(self, time: float) -> float:
        return self.height + self.slope * (time - self.centre)

    def error_at(self, time: float) -> float:
        return math.hypot(self.height_error, self.slope_error * (time - self.centre))

    def chance_of(self, difference: float, error: float) -> float:
        """Two-sided p: how often a difference as large comes about where there is none."""
        return float(2 * stats.t.sf(abs(difference) / error, self.freedom))


def line_through(times: Numbers, heights: Numbers, published_spread: float) -> Line:
    """Needs three points or more, at two times or more."""
    slope = _theil(times, heights)
    residuals = heights - slope * times
    weights = np.ones_like(times)
    spread = published_spread
    middle = float(np.median(residuals))
    for _ in range(50):
        off = heights - middle - slope * times
        spread = pooled(off, published_spread, fitted=2, begin=spread)
        weights = 1 / np.maximum(1, np.abs(off) / (CLIPPED_AT * spread))
        total = weights.sum()
        centre, height = float(weights @ times / total), float(weights @ heights / total)
        across = float(weights @ (times - centre) ** 2)
        turned = float(weights @ ((times - centre) * (heights - height))) / across
        settled = abs(turned - slope) * math.sqrt(across) < 1e-7 * spread
        slope, middle = turned, height - turned * centre
        if settled:
            break
    return Line(
        centre=centre,
        height=height,
        slope=slope,
        height_error=spread / math.sqrt(total),
        slope_error=spread / math.sqrt(across),
        spread=spread,
        freedom=PRIOR_RESULTS + float(total) - 2,
    )


def flat_through(heights: Numbers, published_spread: float) -> Line:
    """A level without a slope, for points that are all of one time or too few; one point or more."""
    height = float(np.median(heights))
    spread = published_spread
    total = float(heights.size)
    for _ in range(50):
        spread = pooled(heights - height, published_spread, fitted=1)
        weights = 1 / np.maximum(1, np.abs(heights - height) / (CLIPPED_AT * spread))
        total = float(weights.sum())
        moved = float(weights @ heights) / total
        settled = abs(moved - height) < 1e-7 * spread
        height = moved
        if settled:
            break
    return Line(0.0, height, 0.0, spread / math.sqrt(total), 0.0, spread, PRIOR_RESULTS + total - 1)


def pooled(off: Numbers, published_spread: float, fitted: int, begin: float | None = None) -> float:
    """The spread, from how far points lie off what was fitted, clipped, and from what is published."""
    spread = published_spread if begin is None else begin
    for _ in range(30):
        clipped = np.minimum(off**2, (CLIPPED_AT * spread) ** 2).sum() / _CLIPPED_SQUARE
        own = max(off.size - fitted, 0)
        # The clipped sum is of n points, of which the fit took some freedom.
        found = math.sqrt((PRIOR_RESULTS * published_spread**2 + float(clipped)) / (PRIOR_RESULTS + own))
        if abs(found - spread) < 1e-7 * published_spread:
            break
        spread = found
    return spread


def _theil(times: Numbers, heights: Numbers) -> float:
    """The median of the slopes between points; with many points, between those half the series apart."""
    half = times.size // 2
    pairs: tuple[Any, Any]
    if times.size > MANY:
        pairs = (np.arange(times.size - half), np.arange(half, times.size))
    else:
        pairs = np.triu_indices(times.size, 1)
    apart = times[pairs[1]] - times[pairs[0]]
    kept = apart > 0
    return float(np.median((heights[pairs[1]] - heights[pairs[0]])[kept] / apart[kept]))
