"""Is the new tool no worse than the old one, by more than a margin set beforehand? A bet that may be read at any time.

On each case both tools are right or wrong. The bettor stakes on "worse by less than the margin": wealth of E means that
a tool worse by the margin, or more, had at most one chance in E of ever bringing it that far (Ville, 1939;
Waudby-Smith and Ramdas, 2024, doi 10.1093/jrsssb/qkad009). Promotion asks for E of 20 or more.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from preceptor.supervision.figures import Figure, Interval
from preceptor.supervision.resampling import Floats

ENOUGH = 20.0
GRID = np.linspace(-1, 1, 401)[1:-1]
PARTS_OF_MOST = (0.0625, 0.125, 0.25, 0.5, 0.95)
STAKES = (0.125, 0.25, 0.5, 1.0)  # shares of the wealth, below what one lost bet would take whole


@dataclass(frozen=True, slots=True)
class Comparison:
    """Where the comparison stands."""

    cases: int
    better: int  # only the new tool was right
    worse: int  # only the old tool was right
    unknown: int  # they differ and the truth is not known: counted as worse
    margin: float
    e: float  # now
    highest_e: float  # so far: what the promise is made of
    shown_at: int | None  # the case at which E first reached 20, counted from 1
    difference: Figure  # accuracy of the new tool less that of the old
    words: str

    @property
    def shown(self) -> bool:
        """No worse by the margin, on evidence."""
        return self.shown_at is not None


def compare(new: Sequence[str], old: Sequence[str], truth: Sequence[str | None], margin: float) -> Comparison:
    """The calls of two tools on the same cases, in the order that they came, against the truth.

    Where the tools agree the truth is not needed: neither is better. Where they differ and the truth is not known, the
    new tool is taken to be wrong, so that what was not looked at can never count in its favour.
    """
    if not 0 < margin < 1:
        raise ValueError("a margin lies between 0 and 1")
    if not len(new) == len(old) == len(truth):
        raise ValueError("there must be one call of each tool and one truth, perhaps None, for each case")
    unknown = sum(a != b and t is None for a, b, t in zip(new, old, truth, strict=True))
    steps = np.array(
        [
            -1.0 if a != b and t is None else float((a == t) - (b == t)) if a != b else 0.0
            for a, b, t in zip(new, old, truth, strict=True)
        ]
    )
    return compared(steps, margin, unknown)


def compared(steps: Floats, margin: float, unknown: int = 0) -> Comparison:
    """The comparison from steps: 1 only the new tool was right, -1 only the old one, 0 neither was the better."""
    n, better, worse = len(steps), int((steps > 0).sum()), int((steps < 0).sum())
    if n == 0:
        words = "no case has been called by both tools yet"
        return Comparison(0, 0, 0, 0, margin, 1.0, 1.0, None, Figure(None, 0, None, words), words)
    wealth = log_wealth(steps, margin)
    over = np.flatnonzero(wealth >= math.log(ENOUGH))
    shown_at = int(over[0]) + 1 if len(over) else None
    highest, now = (float(np.exp(min(700.0, value))) for value in (wealth.max(), wealth[-1]))
    low, high = _interval(steps)  # crossed where the difference changed over time: then no one value fits all looks
    if shown_at:
        words = f"shown to be no worse by {margin:.0%}, at case {shown_at:,} of {n:,}"
    else:
        words = f"not shown yet: E is {now:.3g} after {n:,} cases, {ENOUGH:.0f} is needed"
    if unknown:
        words += f"; {unknown:,} cases where they differ have no known truth and count as worse"
    mean = float(steps.mean())
    interval = Interval(min(low, mean), max(high, mean), "betting, at every look")
    return Comparison(n, better, worse, unknown, margin, now, highest, shown_at, Figure(mean, n, interval), words)


def log_wealth(steps: Floats, margin: float) -> Floats:
    """The logarithm of E after each case; `steps` may have leading axes: one comparison a row."""
    total: Floats | None = None
    for stake in STAKES:
        wealth = np.cumsum(np.log1p(stake * (steps + margin)), axis=-1) - math.log(len(STAKES))
        total = wealth if total is None else np.logaddexp(total, wealth)
    assert total is not None  # noqa: S101 -- there are stakes
    return total


def _interval(steps: Floats) -> tuple[float, float]:
    """Differences that bets from neither side have refuted at any look: 95% together, 2.5% each side."""
    return _lowest_left(steps), -_lowest_left(-steps)


def _lowest_left(steps: Floats) -> float:
    """The lowest mean that bets on a higher one have not refuted, or the one below it on the grid."""
    for i, value in enumerate(GRID.tolist()):
        wealth: Floats | None = None
        for part in PARTS_OF_MOST:
            stake = part / (1 + value)  # a step of -1 then loses that part of the wealth
            more = np.cumsum(np.log1p(stake * (steps - value))) - math.log(len(PARTS_OF_MOST))
            wealth = more if wealth is None else np.logaddexp(wealth, more)
        if wealth is None or wealth.max() < math.log(40):
            return float(GRID[i - 1]) if i else -1.0
    return float(GRID[-1])
