"""Calibration: when the tool says one in five, is it one in five?

Sources: Brier (1950); Cox (1958) and Van Calster et al. (2019, doi 10.1186/s12916-019-1466-7) for intercept and slope;
Austin and Steyerberg (2019, doi 10.1002/sim.8281) for the integrated calibration index; Naeini et al. (2015) for ECE,
here with bins of equal mass; Vickers and Elkin (2006, doi 10.1177/0272989X06295361) for net benefit.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from preceptor.supervision.figures import Figure, Interval, Share, share
from preceptor.supervision.resampling import Floats, Ints, clustered_ratios, interval_of, resample, sums_by_cluster

BINS = 10
ROWS_A_BIN = 20
SMOOTHS = 100  # resamples for the index, each of which fits a smooth curve
NEAREST_TO_CERTAIN = 1e-6  # a probability of 0 or 1 has no logit: it is taken as this near
SEPARATED = "the probabilities separate the outcomes wholly, or almost: no line can be fitted"
SEED = 20_190_917


@dataclass(frozen=True, slots=True)
class Bin:
    """One row of the reliability table: cases whose probability lies from `low` to `high`."""

    low: float
    high: float
    predicted: float  # mean probability
    happened: Share


@dataclass(frozen=True, slots=True)
class Calibration:
    """How well probabilities match what happened."""

    prevalence: Share
    brier: Figure
    ece: Figure
    intercept: Figure  # 0 is right; above 0 the tool says too little
    slope: Figure  # 1 is right; below 1 the tool is too sure both ways
    index: Figure  # integrated calibration index: mean distance to the smooth curve
    reliability: tuple[Bin, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Cases:
    p: Floats
    y: Floats
    patient: Ints

    @property
    def residual(self) -> Floats:
        return self.y - self.p


def calibration(
    probabilities: Sequence[float | None], happened: Sequence[bool | int | None], patients: Sequence[str] | None = None
) -> Calibration:
    """Calibration of `probabilities` against what `happened`, with cases of one patient kept together.

    None (or NaN) in either is "not known": left out and counted. Without `patients` each case is its own patient.
    """
    cases, notes = _cleaned(probabilities, happened, patients)
    n = len(cases.p)
    if n == 0:
        none = Figure(None, 0, None, "no case has both a probability and an outcome")
        return Calibration(share(0, 0, words=none.words), none, none, none, none, none, (), notes)
    [(clustered, words)] = _by_patient(cases.patient, cases.y)
    prevalence = share(int(cases.y.sum()), n, clustered, words)
    edges = _edges(cases.p)
    intercept, slope = _line(cases)
    return Calibration(
        prevalence=prevalence,
        brier=_brier(cases),
        ece=_ece(cases, edges),
        intercept=intercept,
        slope=slope,
        index=_index(cases),
        reliability=_reliability(cases, edges),
        notes=notes,
    )


def _cleaned(
    probabilities: Sequence[float | None], happened: Sequence[bool | int | None], patients: Sequence[str] | None
) -> tuple[_Cases, tuple[str, ...]]:
    p = np.array([np.nan if value is None else value for value in probabilities], dtype=float)
    y = np.array([np.nan if value is None else value for value in happened], dtype=float)
    if len(p) != len(y) or (patients is not None and len(patients) != len(p)):
        raise ValueError("probabilities, outcomes and patients differ in number")
    missing, outside = np.isnan(p) | np.isnan(y), (p < 0) | (p > 1) | ((y != 0) & (y != 1) & ~np.isnan(y))
    kept = ~missing & ~outside
    names = np.asarray(patients) if patients is not None else np.arange(len(p))
    _, patient = np.unique(names[kept], return_inverse=True)
    notes = []
    if missing.any():
        notes.append(f"{int(missing.sum()):,} of {len(p):,} cases have no probability or no outcome: left out")
    if (outside & ~missing).any():
        notes.append(
            f"{int((outside & ~missing).sum()):,} cases have a probability outside 0 to 1, or an outcome that is"
            " neither 0 nor 1: left out"
        )
    return _Cases(p[kept], y[kept], patient.astype(np.int64)), tuple(notes)


def _by_patient(patient: Ints, column: Floats) -> list[tuple[Interval | None, str]]:
    return clustered_ratios(patient, column[:, None], np.ones((len(column), 1)), "patient")


def _brier(cases: _Cases) -> Figure:
    from sklearn.metrics import brier_score_loss

    [(interval, words)] = _by_patient(cases.patient, cases.residual**2)
    score = brier_score_loss(cases.y, cases.p, pos_label=1)
    return Figure(float(score), len(cases.p), interval, words)


def _edges(p: Floats) -> Floats:
    """The inner limits of bins that hold about the same number of cases; equal probabilities share a bin."""
    bins = min(BINS, len(p) // ROWS_A_BIN)
    return np.unique(np.quantile(p, np.linspace(0, 1, bins + 1)[1:-1])) if bins > 1 else np.empty(0)


def _reliability(cases: _Cases, edges: Floats) -> tuple[Bin, ...]:
    place = np.searchsorted(edges, cases.p, side="right")
    rows = []
    for each in np.unique(place):
        p, y = cases.p[place == each], cases.y[place == each]
        rows.append(Bin(float(p.min()), float(p.max()), float(p.mean()), share(int(y.sum()), len(y))))
    return tuple(rows)


def _ece(cases: _Cases, edges: Floats) -> Figure:
    """Mean distance of bins, weighted by their cases.

    Chance alone makes it positive, so that a percentile interval can never hold the 0 of a perfect tool. The lower
    limit is therefore 0 where resamples around perfect calibration (residuals centred) reach as high as what was seen,
    and else the basic bootstrap's; the upper limit is the percentile. The words say what a perfect tool would show.
    """
    n = len(cases.p)
    if n < 2 * ROWS_A_BIN:
        return Figure(None, n, None, f"{2 * ROWS_A_BIN} cases are needed for two bins of {ROWS_A_BIN}; there are {n}")
    place = np.searchsorted(edges, cases.p, side="right")
    columns = np.zeros((n, len(edges) + 1))
    columns[np.arange(n), place] = cases.residual
    sums = sums_by_cluster(cases.patient, np.column_stack([columns, np.ones(n)]))
    total = sums.sum(axis=0)
    seen = float(np.abs(total[:-1]).sum() / n)
    if len(sums) < 2:
        return Figure(seen, n, None, "one patient only: how patients differ cannot be known")
    drawn = resample(sums)
    again = np.abs(drawn[:, :-1]).sum(axis=1) / drawn[:, -1]
    by_chance = np.abs(drawn[:, :-1] - total[:-1]).sum(axis=1) / n
    return _distance(seen, n, again, by_chance, len(sums))


def _distance(seen: float, n: int, again: Floats, by_chance: Floats, patients: int) -> Figure:
    """A distance, which cannot be below 0, with its interval; see `_ece`."""
    interval, words = interval_of(again, len(again), patients, "patient")
    if interval is None:
        return Figure(seen, n, None, words)
    low = 0.0 if seen <= np.quantile(by_chance, 0.95) else max(0.0, 2 * seen - interval.high)
    method = f"bootstrap by patient, {len(again):,} resamples: basic lower, percentile upper limit"
    said = f"a perfectly calibrated tool would show about {by_chance.mean():.3f} at this n"
    return Figure(
        seen, n, Interval(min(low, seen), max(interval.high, seen), method), "; ".join(filter(None, (words, said)))
    )


def _line(cases: _Cases) -> tuple[Figure, Figure]:
    """Calibration-in-the-large (slope held at 1) and slope, by logistic regression on the logit of the probability."""
    import statsmodels.api as sm

    n = len(cases.p)
    if cases.y.min() == cases.y.max():
        all_alike = "happened in every case" if cases.y[0] else "happened in no case"
        none = Figure(None, n, None, f"it {all_alike}: no line can be drawn")
        return none, none
    p = np.clip(cases.p, NEAREST_TO_CERTAIN, 1 - NEAREST_TO_CERTAIN)
    logit = np.log(p / (1 - p))
    constant = np.ones((n, 1))
    intercept = _fitted(sm.GLM(cases.y, constant, family=sm.families.Binomial(), offset=logit), cases, 0)
    if np.ptp(logit) < 1e-9:
        return intercept, Figure(None, n, None, "the tool gave one probability to all: it has no slope")
    if cases.p[cases.y == 0].max() < cases.p[cases.y == 1].min():
        return intercept, Figure(None, n, None, SEPARATED)
    slope = _fitted(sm.GLM(cases.y, np.column_stack([constant, logit]), family=sm.families.Binomial()), cases, 1)
    certain = int(((cases.p <= 0) | (cases.p >= 1)).sum())
    if certain and slope.value is not None:
        words = f"{certain:,} probabilities of exactly 0 or 1 were taken as {NEAREST_TO_CERTAIN:g} from it"
        slope = Figure(slope.value, n, slope.interval, "; ".join(filter(None, (slope.words, words))))
    return intercept, slope


def _fitted(model: object, cases: _Cases, which: int) -> Figure:
    n, patients = len(cases.p), int(cases.patient.max()) + 1
    options = {"cov_type": "cluster", "cov_kwds": {"groups": cases.patient}} if patients > 1 else {}
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            found = model.fit(**options)  # type: ignore[attr-defined]
            value, (low, high) = float(found.params[which]), found.conf_int()[which]
        except (np.linalg.LinAlgError, ValueError, ArithmeticError):  # of these, division by zero: two cases, two terms
            return Figure(None, n, None, "the line could not be fitted to these cases")
    if not (found.converged and np.isfinite([value, low, high]).all() and abs(value) < 50 and high - low < 50):
        return Figure(None, n, None, SEPARATED)
    if patients < 2:
        return Figure(value, n, None, "one patient only: how patients differ cannot be known")
    return Figure(value, n, Interval(float(low), float(high), "Wald, robust by patient"))


def _index(cases: _Cases) -> Figure:
    """The integrated calibration index: mean distance between the probability and a smooth curve of what happened."""
    n, patients = len(cases.p), int(cases.patient.max()) + 1
    if n < 2 * ROWS_A_BIN:
        return Figure(None, n, None, f"a smooth curve needs {2 * ROWS_A_BIN} cases; there are {n}")
    order = np.argsort(cases.p, kind="stable")
    p, y, patient = cases.p[order], cases.y[order], cases.patient[order]
    seen = _mean_distance(p, y)
    if patients < 2:
        return Figure(seen, n, None, "one patient only: how patients differ cannot be known")
    rng = np.random.default_rng(SEED)
    again, by_chance = [], []
    for _ in range(SMOOTHS):
        times = np.bincount(rng.integers(0, patients, patients), minlength=patients)[patient]
        again.append(_mean_distance(np.repeat(p, times), np.repeat(y, times)))
        # Perfect calibration with these patients' scatter: each patient's residuals keep or change their sign.
        sign = rng.choice([-1.0, 1.0], patients)[patient]
        by_chance.append(_mean_distance(p, p + sign * (y - p)))
    return _distance(seen, n, np.array(again), np.array(by_chance), patients)


def _mean_distance(p: Floats, y: Floats) -> float:
    """`p` in ascending order. With few distinct probabilities the curve is the share at each of them."""
    values, place = np.unique(p, return_inverse=True)
    if len(values) < BINS:
        curve = (np.bincount(place, weights=y) / np.bincount(place))[place]
    else:
        from statsmodels.nonparametric.smoothers_lowess import lowess

        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            smooth = lowess(y, p, frac=0.75, it=0, delta=0.01 * float(np.ptp(p)), is_sorted=True, return_sorted=False)
        curve = np.where(np.isfinite(smooth), smooth, p)
    return float(np.abs(np.clip(curve, 0, 1) - p).mean())


@dataclass(frozen=True, slots=True)
class NetBenefit:
    """True positives per case, less false positives at the threshold's odds. Acting for nobody is worth 0."""

    threshold: float
    tool: Figure
    act_for_all: Figure
    over_act_for_all: Figure  # the tool less acting for all


def net_benefit(
    probabilities: Sequence[float | None],
    happened: Sequence[bool | int | None],
    thresholds: Sequence[float],
    patients: Sequence[str] | None = None,
) -> tuple[NetBenefit, ...]:
    """Net benefit of acting where the probability is at or above each threshold, beside acting for all and for none.

    A threshold is between 0 and 1, both left out: it says how many needless actions one needed action is worth.
    """
    if any(not 0 < threshold < 1 for threshold in thresholds):
        raise ValueError("a threshold lies between 0 and 1")
    cases, _ = _cleaned(probabilities, happened, patients)
    n = len(cases.p)
    rows = []
    for threshold in thresholds:
        odds = threshold / (1 - threshold)
        worth = cases.y - (1 - cases.y) * odds
        if n == 0:
            none = Figure(None, 0, None, "no case has both a probability and an outcome")
            rows.append(NetBenefit(threshold, none, none, none))
            continue
        found = [worth * (cases.p >= threshold), worth, worth * ((cases.p >= threshold) - 1.0)]
        figures = []
        for column in found:
            [(interval, words)] = _by_patient(cases.patient, column)
            figures.append(Figure(float(column.mean()), n, interval, words))
        rows.append(NetBenefit(threshold, *figures))
    return tuple(rows)
