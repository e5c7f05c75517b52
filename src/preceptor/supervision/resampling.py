"""The bootstrap by cluster: rows of one clinician, or of one patient, come and go together.

Field and Welsh (2007) show that resampling whole clusters with replacement is right when clusters are independent and
there are many. With few the percentile interval is too narrow: it is expanded as far as Student's t is wider than the
normal distribution (Hesterberg 2015, doi 10.1080/00031305.2015.1089789), and the figure's words say how few there were.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm, t

from preceptor.supervision.figures import Interval

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Rows = NDArray[np.bool_]  # True for the rows that are meant

RESAMPLES = 2_000
DRAWS_AT_MOST = 200_000_000  # keeps a table of a million clinicians to seconds; the method then names fewer resamples
DRAWS_AT_ONCE = 1_000_000
FEW = 10
SEED = 20_230_427  # fixed: the same table gives the same interval


def sums_by_cluster(cluster: Ints, columns: Floats) -> Floats:
    """`columns` (rows x measures) summed within each cluster; `cluster` holds 0, 1, 2, ... for each row."""
    count = int(cluster.max()) + 1 if len(cluster) else 0
    summed = [np.bincount(cluster, weights=column, minlength=count) for column in columns.T]
    return np.column_stack(summed) if summed else np.zeros((count, 0))


def resample(sums: Floats) -> Floats:
    """Totals (resamples x measures) over clusters drawn with replacement, as many as there are."""
    clusters = len(sums)
    rng = np.random.default_rng(SEED)
    resamples = int(min(RESAMPLES, max(200, DRAWS_AT_MOST // max(1, clusters))))
    at_once = max(1, DRAWS_AT_ONCE // max(1, clusters))
    totals = []
    for start in range(0, resamples, at_once):
        rows = min(at_once, resamples - start)
        drawn = rng.integers(0, clusters, (rows, clusters)) + np.arange(rows)[:, None] * clusters
        times = np.bincount(drawn.ravel(), minlength=rows * clusters).reshape(rows, clusters)
        totals.append(times.astype(float) @ sums)
    return np.concatenate(totals)


def interval_of(replicates: Floats, wanted: int, clusters: int, noun: str) -> tuple[Interval | None, str]:
    """The 95% expanded percentile interval of what the resamples gave, or None and why not.

    `wanted` resamples were made; where a replicate had nothing to divide by it is left out before this is called.
    """
    if clusters < 2:
        return None, f"one {noun} only: how {noun}s differ cannot be known" if clusters else f"no {noun}s"
    if len(replicates) < 0.95 * wanted:
        return None, f"too few {noun}s have such cases for a bootstrap by {noun}"
    tail = expanded_tail(clusters)
    low, high = np.quantile(replicates, [tail, 1 - tail])
    if high - low < 1e-12:
        return None, f"every resample of {noun}s gave the same: a bootstrap by {noun} shows no spread"
    words = f"{clusters} {noun}s only: the interval by {noun} is likely too narrow" if clusters < FEW else ""
    return Interval(float(low), float(high), f"bootstrap by {noun}, {wanted:,} resamples"), words


def expanded_tail(clusters: int) -> float:
    """The share of resamples to leave out at each end, for 95%: 0.025 where clusters are many, less where few.

    A bootstrap of m clusters spreads by sqrt((m - 1) / m) too little, and knows nothing of Student's t.
    """
    spread = math.sqrt(clusters / (clusters - 1))
    return float(norm.cdf(-spread * t.ppf(0.975, clusters - 1)))


def clustered_ratios(
    cluster: Ints, numerators: Floats, denominators: Floats, noun: str
) -> list[tuple[Interval | None, str]]:
    """For each measure (a column of each, rows x measures) the interval of its ratio, by cluster."""
    measures = numerators.shape[1]
    sums = sums_by_cluster(cluster, np.hstack([numerators, denominators]))
    sums_n, sums_d = sums[:, :measures], sums[:, measures:]
    # Clusters are counted for each measure by whether they have any such case at all.
    having = (sums_d > 0).sum(axis=0)
    if len(sums) < 2:
        return [interval_of(np.empty(0), 0, int(count), noun) for count in having]
    totals = resample(np.hstack([sums_n, sums_d]))
    found = []
    for m in range(measures):
        of = totals[:, measures + m]
        ratios = totals[of > 0, m] / of[of > 0]
        found.append(interval_of(ratios, len(totals), int(having[m]), noun))
    return found


def clustered_statistic(
    cluster: Ints, columns: Floats, statistic: Callable[[Floats], Floats], noun: str
) -> list[tuple[Interval | None, str]]:
    """Intervals for numbers computed from totals: `statistic` maps (resamples x measures) to (resamples x numbers).

    A number that cannot be had from a resample is NaN there, and is left out.
    """
    sums = sums_by_cluster(cluster, columns)
    numbers = statistic(resample(sums)) if len(sums) > 1 else statistic(sums.sum(axis=0, keepdims=True))
    finite = [column[np.isfinite(column)] for column in numbers.T]
    return [interval_of(column, len(numbers), len(sums), noun) for column in finite]


def clustered_median(cluster: Ints, values: Floats, noun: str) -> tuple[Interval | None, str]:
    """The interval of a median, by cluster. A resample counts each value as often as its cluster was drawn."""
    n, clusters = len(values), int(cluster.max()) + 1 if len(cluster) else 0
    if clusters < 2:
        return interval_of(np.empty(0), 0, clusters, noun)
    order = np.argsort(values, kind="stable")
    ascending, of = values[order], cluster[order]
    rng = np.random.default_rng(SEED)
    resamples = int(min(RESAMPLES, max(200, DRAWS_AT_MOST // n)))
    at_once = max(1, DRAWS_AT_ONCE // max(n, clusters))
    medians = []
    for start in range(0, resamples, at_once):
        rows = min(at_once, resamples - start)
        drawn = rng.integers(0, clusters, (rows, clusters)) + np.arange(rows)[:, None] * clusters
        times = np.bincount(drawn.ravel(), minlength=rows * clusters).reshape(rows, clusters)
        upto = np.cumsum(times[:, of], axis=1)
        medians.append(ascending[(2 * upto >= upto[:, -1:]).argmax(axis=1)])
    return interval_of(np.concatenate(medians), resamples, clusters, noun)
