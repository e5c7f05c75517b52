"""After learning: chances that mean what they say, and thresholds under which no danger slips that was caught before.

All of it on the shared calibration rows, which no lesson reaches.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.optimize import minimize

from preceptor.advice import URGENCIES, Urgency
from preceptor.learning.shared import Rows, as_an_inbox
from preceptor.learning.stage import LEVELS, Floats, Stage, advise_of, called, cross_entropy
from preceptor.supervision.under_triage import Promise, guarantee

LIMIT = 0.02  # of truly urgent cases whose set may leave out what is urgent enough, on average
_LOWEST = 0.1  # no threshold goes below this


def calibrated(stage: Stage, rows: Rows) -> Stage:
    """One temperature and a shift of each urgency by least log loss, and the bounds of the set from the same rows.

    The rows count as if they were a practice's inbox, in which emergencies are rarer than among them.
    """
    logits = stage.logits(rows.inputs)
    weights = as_an_inbox(rows.targets)

    def loss(found: Floats) -> float:
        moved = logits * np.exp(found[0]) + found[1:]
        return cross_entropy(moved, rows.targets, weights)[0] / len(rows) + 0.01 * float((found[1:] ** 2).sum())

    best = minimize(loss, np.zeros(1 + LEVELS), method="L-BFGS-B").x
    hot = float(np.exp(best[0]))
    stage = replace(stage, slopes=stage.slopes * hot, biases=stage.biases * hot + best[1:])
    return replace(stage, thresholds=replace(stage.thresholds, keep=_keep(stage, rows)))


def _keep(stage: Stage, rows: Rows) -> dict[Urgency, float]:
    """From what chance of "at least as urgent" an urgency stays in the set: never more than the champion asks."""
    chances, kept = stage.chances(rows.inputs), {}
    for urgency in URGENCIES[:-1]:
        truly = rows.targets[:, : urgency.rank + 1].sum(axis=1) > 0.999
        scores = np.minimum(chances[truly][:, : urgency.rank + 1].sum(axis=1), 1.0)
        threshold = guarantee(Promise.EXPECTED, scores.tolist(), LIMIT).threshold
        before = stage.thresholds.keep[urgency]
        kept[urgency] = before if threshold is None else min(before, threshold)
    return kept


def no_less_safe(champion: Stage, stage: Stage, *shared: Rows) -> Stage:
    """Thresholds lowered until no fewer of any of these rows that are truly urgent are caught than by the champion.

    People's slips make what is learnt from them less sure, and a rare danger is the first to fall below a threshold.
    """
    for rows in shared:
        stage = _no_less_safe(champion, stage, rows)
    return stage


def _no_less_safe(champion: Stage, stage: Stage, rows: Rows) -> Stage:
    unaided = np.full(len(rows), LEVELS - 1)  # whatever a red flag would add
    before, chances = champion.calls(rows.inputs, unaided), stage.chances(rows.inputs)
    advise = advise_of(stage.thresholds)
    for rank in range(LEVELS - 1):
        truly = rows.targets[:, : rank + 1].sum(axis=1) > 0.999
        wanted = int((before[truly] <= rank).sum())
        while int((called(chances[truly], advise, unaided[truly]) <= rank).sum()) < wanted and advise[rank] > _LOWEST:
            advise[rank] -= 0.01
    lowered = {urgency: float(value) for urgency, value in zip(URGENCIES[:-1], advise.round(3), strict=True)}
    return replace(stage, thresholds=replace(stage.thresholds, advise=lowered))
