"""What is measured of advice on urgency: each a share of the requests that it is about.

A request on which the tool gave no advice counts against it everywhere: not acceptable, under-triaged, missed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from preceptor.advice import URGENCIES, Urgency
from preceptor.evaluation.asking import Judged
from preceptor.supervision.figures import Figure, Share, share
from preceptor.supervision.resampling import Floats, Ints, clustered_ratios, clustered_statistic

_MIDDLE = frozenset({Urgency.SAME_DAY, Urgency.SOON, Urgency.ROUTINE})


@dataclass(frozen=True, slots=True)
class Measure:
    """A share: of the requests that it is `among`, those that `counts`."""

    key: str
    title: str
    means: str
    among: Callable[[Judged], bool]
    counts: Callable[[Judged], bool]
    good: bool  # more is better

    def of(self, judged: Sequence[Judged]) -> Share:
        meant = [each for each in judged if self.among(each)]
        return share(sum(map(self.counts, meant)), len(meant))


def is_acceptable(each: Judged) -> bool:
    return each.advised in each.request.acceptable


def is_under_triaged(each: Judged) -> bool:
    """Less urgent than every acceptable answer, or no advice at all."""
    return each.advised is None or all(each.advised.rank > right.rank for right in each.request.acceptable)


def is_over_triaged(each: Judged) -> bool:
    """More urgent than every acceptable answer."""
    return each.advised is not None and all(each.advised.rank < right.rank for right in each.request.acceptable)


def is_emergency(each: Judged) -> bool:
    """Nothing but an emergency is acceptable."""
    return each.request.acceptable == {Urgency.EMERGENCY}


def is_urgent(each: Judged) -> bool:
    """Nothing later than the same day is acceptable."""
    return all(right.at_least(Urgency.SAME_DAY) for right in each.request.acceptable)


def sent_to_999(each: Judged) -> bool:
    return each.advised is Urgency.EMERGENCY


def is_missed_emergency(each: Judged) -> bool:
    return is_emergency(each) and not sent_to_999(each)


def is_sent_needlessly(each: Judged) -> bool:
    return Urgency.EMERGENCY not in each.request.acceptable and sent_to_999(each)


def _of_three(urgency: Urgency) -> str:
    return "care" if urgency in _MIDDLE else urgency.value


def _right_of_three(each: Judged) -> bool:
    return each.advised is not None and _of_three(each.advised) in {_of_three(a) for a in each.request.acceptable}


def _at_least_same_day(each: Judged) -> bool:
    return each.advised is not None and each.advised.at_least(Urgency.SAME_DAY)


def _all(_: Judged) -> bool:
    return True


ACCEPTABLE = Measure("acceptable", "Acceptable", "advice is among the acceptable answers", _all, is_acceptable, True)
UNDER = Measure(
    "under_triage", "Under-triage", "less urgent than every acceptable answer", _all, is_under_triaged, False
)
OVER = Measure("over_triage", "Over-triage", "more urgent than every acceptable answer", _all, is_over_triaged, False)
RECALL = Measure(
    "emergency_recall",
    "Emergencies called one",
    "of requests for which only an emergency is acceptable",
    is_emergency,
    sent_to_999,
    True,
)
NEEDLESS = Measure(
    "sent_to_999",
    "Non-emergencies sent to 999",
    "of requests for which an emergency is not acceptable",
    lambda each: Urgency.EMERGENCY not in each.request.acceptable,
    sent_to_999,
    False,
)

MEASURES = (
    ACCEPTABLE,
    Measure("exact", "Exact", "advice is the best answer", _all, lambda each: each.advised is each.request.best, True),
    Measure(
        "three_levels",
        "Right on three levels",
        "emergency; a clinician (same day, soon or routine); self-care",
        _all,
        _right_of_three,
        True,
    ),
    UNDER,
    OVER,
    RECALL,
    Measure(
        "missed_emergencies",
        "Emergencies missed",
        "of requests for which only an emergency is acceptable",
        is_emergency,
        is_missed_emergency,
        False,
    ),
    Measure(
        "urgent_caught",
        "Urgent, advised same-day or sooner",
        "of requests for which nothing later than the same day is acceptable",
        is_urgent,
        _at_least_same_day,
        True,
    ),
    NEEDLESS,
)


def clusters(judged: Sequence[Judged]) -> Ints:
    """0, 1, 2, ... for each request: those of one patient are alike."""
    _, place = np.unique([each.patient for each in judged], return_inverse=True)
    return place.astype(np.int64)


@dataclass(frozen=True, slots=True)
class Kappa:
    """Cohen's weighted kappa (1968) with the best answer; interval by a seeded bootstrap."""

    linear: Figure
    quadratic: Figure


def kappa(judged: Sequence[Judged]) -> Kappa:
    """Agreement beyond chance over the five urgencies, of the requests on which the tool gave advice."""
    pairs = [(each, each.advised) for each in judged]
    spoken = [(each, advised) for each, advised in pairs if advised is not None]
    n, levels = len(spoken), len(URGENCIES)
    if not spoken:
        none = Figure(None, 0, None, "the tool gave no advice")
        return Kappa(none, none)
    cells = np.zeros((n, levels * levels))
    for row, (each, advised) in enumerate(spoken):
        cells[row, each.request.best.rank * levels + advised.rank] = 1
    values = _kappas(cells.sum(axis=0, keepdims=True))[0]
    intervals = clustered_statistic(clusters([each for each, _ in spoken]), cells, _kappas, "patient")
    silent = f"{len(judged) - n:,} requests without advice are left out" if len(judged) > n else ""
    figures = []
    for value, (interval, words) in zip(values, intervals, strict=True):
        if len({each.request.best for each, _ in spoken}) == 1:
            figures.append(Figure(None, n, None, "the best answers are all alike: no agreement beyond chance can show"))
        else:
            figures.append(Figure(float(value), n, interval, "; ".join(filter(None, (words, silent)))))
    return Kappa(*figures)


def _kappas(totals: Floats) -> Floats:
    """Linear and quadratic kappa of each row of totals (rows x 25 cells, label by advice); NaN where undefined."""
    levels = len(URGENCIES)
    seen = totals.reshape(-1, levels, levels)
    chance = seen.sum(axis=2)[:, :, None] * seen.sum(axis=1)[:, None, :] / seen.sum(axis=(1, 2))[:, None, None]
    apart = np.abs(np.subtract.outer(np.arange(levels), np.arange(levels)))
    found = []
    for power in (1, 2):
        weight = apart**power
        expected = (weight * chance).sum(axis=(1, 2))
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = (weight * seen).sum(axis=(1, 2)) / expected
        found.append(np.where(expected > 0, 1 - ratio, np.nan))
    return np.column_stack(found)


@dataclass(frozen=True, slots=True)
class Sets:
    """Prediction sets: do they hold the right answer, and how much do they leave open?"""

    best: Share  # the best answer is in the set
    acceptable: Share  # some acceptable answer is
    emergency: Share  # of emergencies: the set holds emergency
    size: Figure  # mean number of options
    single: Share  # sets of one option


def sets(judged: Sequence[Judged]) -> Sets:
    """Coverage and size. A request without advice has an empty set, which covers nothing."""
    held = [set(each.advice.prediction_set) if each.advice else set() for each in judged]
    both = list(zip(judged, held, strict=True))
    sizes = np.array([len(options) for options in held], dtype=float)
    emergencies = [options for each, options in both if is_emergency(each)]
    [(interval, words)] = clustered_ratios(clusters(judged), sizes[:, None], np.ones((len(sizes), 1)), "patient")
    return Sets(
        best=share(sum(each.request.best in options for each, options in both), len(both)),
        acceptable=share(sum(bool(options & each.request.acceptable) for each, options in both), len(both)),
        emergency=share(sum(Urgency.EMERGENCY in options for options in emergencies), len(emergencies)),
        size=Figure(float(sizes.mean()), len(sizes), interval, words),
        single=share(int((sizes == 1).sum()), len(sizes)),
    )


def confusion(judged: Sequence[Judged]) -> dict[Urgency, dict[str, int]]:
    """How many requests of each best answer got each advice; "none" where the tool gave none."""
    table = {best: dict.fromkeys((*map(str, URGENCIES), "none"), 0) for best in URGENCIES}
    for each in judged:
        table[each.request.best][str(each.advised) if each.advised else "none"] += 1
    return table
