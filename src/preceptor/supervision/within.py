"""What goes with what within one clinician's own cases, so that habits in which people differ explain nothing.

The within (fixed effects) estimator: Wooldridge, *Econometric Analysis of Cross Section and Panel Data*, 2nd ed. 2010,
chapter 10. Intervals come from the bootstrap by clinician, whose slopes may differ.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from preceptor.supervision.figures import Figure, Interval
from preceptor.supervision.resampling import Floats, Ints, clustered_median, clustered_ratios


def slope(clinician: Ints, x: Floats, y: Floats) -> Figure:
    """By how much `y` rises with one more `x`, within clinicians: the sum of (x - mean x)(y - mean y) over all cases,
    by that of (x - mean x) squared, each mean the clinician's own. Missing where no clinician's `x` ever varies."""
    n = len(x)
    if n == 0:
        return Figure(None, 0, None, "no such cases")
    apart_x, apart_y = _apart(clinician, x), _apart(clinician, y)
    over, under = apart_x * apart_y, apart_x**2
    if under.sum() < 1e-9:
        return Figure(None, n, None, "it never varies within one clinician's cases: nothing can be compared")
    [(interval, words)] = clustered_ratios(clinician, over[:, None], under[:, None], "clinician")
    value = float(over.sum() / under.sum())
    # A percentile interval of a few clinicians can leave out what was seen.
    if interval:
        interval = Interval(min(interval.low, value), max(interval.high, value), interval.method)
    return Figure(value, n, interval, words)


def ratio(clinician: Ints, x: Floats, y: Floats) -> Figure:
    """How many times `y` (above 0) is with one more `x`, within clinicians: `slope` of its logarithm, raised again."""
    found = slope(clinician, x, np.log(y))
    if found.value is None:
        return found
    between = found.interval
    raised = Interval(math.exp(between.low), math.exp(between.high), between.method) if between else None
    return Figure(math.exp(found.value), found.n, raised, found.words)


def median(clinician: Ints, values: Floats) -> Figure:
    """The median of `values`, the lower of two in the middle, with its interval by clinician."""
    if len(values) == 0:
        return Figure(None, 0, None, "no such cases")
    _, dense = np.unique(clinician, return_inverse=True)
    interval, words = clustered_median(dense.astype(np.int64), values, "clinician")
    value = float(np.sort(values, kind="stable")[(len(values) - 1) // 2])
    return Figure(value, len(values), interval, words)


def numbered(names: Sequence[str]) -> Ints:
    """A number for each name, from 0 without a gap."""
    _, found = np.unique(np.asarray(names, dtype=str), return_inverse=True)
    return found.astype(np.int64)


def _apart(clinician: Ints, values: Floats) -> Floats:
    count = np.bincount(clinician)
    mean = np.bincount(clinician, weights=values) / np.maximum(count, 1)
    return values - mean[clinician]
