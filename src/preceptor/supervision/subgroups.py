"""Is the tool as good for this group of people as for everybody else? Three answers only.

Each group is compared with everyone else whose value of the attribute is known. Differences are Newcombe's (1998,
method 10), p-values are those of the same interval turned round, and Holm (1979) is applied across all the groups, so
that looking at many does not find unfairness, or fairness, by luck. Small groups are also shown partly pooled: a
beta-binomial model fitted to the groups of the attribute (empirical Bayes), beside the raw share, never instead of it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.optimize import brentq, minimize
from scipy.special import betaln
from scipy.stats import beta

from preceptor.supervision.figures import Figure, Interval, Share, clopper_pearson, newcombe, share

LEVEL = 0.05
LEAST_P = 1e-12
EXACT_BELOW = 40  # the exact interval is shown for groups smaller than this: Wilson's can fall short there


class Answer(StrEnum):
    """There is no fourth: a group that could not be judged has not passed."""

    FAIR = "shown fair within the margin"
    UNFAIR = "shown unfair"
    NOT_ENOUGH = "not enough evidence"


@dataclass(frozen=True, slots=True)
class Group:
    """One group beside everyone else. What is counted is something good, such as urgent cases that were caught."""

    attribute: str
    value: str
    raw: Share
    others: Share
    pooled: Figure
    worse_by: Figure  # others less this group, with its 95% Newcombe interval
    p_unfair: float  # Holm-adjusted, against "worse by the margin at most"
    p_fair: float  # Holm-adjusted, against "worse by the margin at least"
    answer: Answer


@dataclass(frozen=True, slots=True)
class Subgroups:
    """Every group of every attribute."""

    margin: float
    groups: tuple[Group, ...]
    notes: tuple[str, ...]

    def answered(self, answer: Answer) -> tuple[str, ...]:
        """The groups with that answer, as "attribute: value"."""
        return tuple(f"{group.attribute}: {group.value}" for group in self.groups if group.answer is answer)

    @property
    def alarm(self) -> bool:
        """Some group is shown to be treated worse, beyond the margin."""
        return bool(self.answered(Answer.UNFAIR))


def subgroups(good: Sequence[bool | None], attributes: Mapping[str, Sequence[str | None]], margin: float) -> Subgroups:
    """Every group of each attribute compared with everyone else.

    `good`: did it go well for this case; None is not known. `attributes`: for each attribute its value in each case;
    None or "" is not known, and is neither a group nor part of the others.
    """
    if not 0 < margin < 1:
        raise ValueError("a margin lies between 0 and 1")
    known = np.array([value is not None for value in good], dtype=bool)
    well = np.array([bool(value) for value in good], dtype=bool)
    notes = [f"{int((~known).sum()):,} of {len(known):,} cases have no known result"] if (~known).any() else []
    found: list[tuple[str, str, int, int, int, int, Figure]] = []
    for attribute, values in attributes.items():
        if len(values) != len(known):
            raise ValueError(f"{attribute} has {len(values)} values for {len(known)} cases")
        named = np.array([(value or "").strip() for value in values], dtype=object)
        use = known & (named != "")
        if unknown := int((known & (named == "")).sum()):
            notes.append(f"{attribute} is not known in {unknown:,} cases: part of no group")
        names = sorted(set(named[use]))
        if len(names) == 1:
            notes.append(f"{attribute} has one value only, {names[0]}: there is nobody to compare with")
        counts = [(int(well[use & (named == name)].sum()), int((use & (named == name)).sum())) for name in names]
        pooled = partly_pooled(counts)
        right, total = sum(count for count, _ in counts), sum(n for _, n in counts)
        found += [
            (attribute, name, count, n, right - count, total - n, each)
            for name, (count, n), each in zip(names, counts, pooled, strict=True)
        ]
    return Subgroups(margin, _judged(found, margin), tuple(notes))


def _judged(found: list[tuple[str, str, int, int, int, int, Figure]], margin: float) -> tuple[Group, ...]:
    p_values = [p_worse_by_more_than(margin, *row[2:6]) for row in found]
    unfair, fair = holm(p_values), holm([1 - p for p in p_values])
    groups = []
    for row, p_unfair, p_fair in zip(found, unfair, fair, strict=True):
        attribute, value, count, n, count_others, n_others, pooled = row
        answer = Answer.NOT_ENOUGH
        if p_unfair < LEVEL:
            answer = Answer.UNFAIR
        elif p_fair < LEVEL:
            answer = Answer.FAIR
        others = share(count_others, n_others, words="there is nobody else to compare with")
        groups.append(Group(attribute, value, _raw(count, n), others, pooled, _worse_by(row), p_unfair, p_fair, answer))
    return tuple(groups)


def _raw(count: int, n: int) -> Share:
    return Share(count, n, clopper_pearson(count, n)) if n < EXACT_BELOW else share(count, n)


def _worse_by(row: tuple[str, str, int, int, int, int, Figure]) -> Figure:
    count, n, count_others, n_others = row[2:6]
    if not n_others:
        return Figure(None, n, None, "there is nobody else to compare with")
    return Figure(count_others / n_others - count / n, n, newcombe(count_others, n_others, count, n))


def p_worse_by_more_than(margin: float, count: int, n: int, count_others: int, n_others: int) -> float:
    """One-sided p against "this group is worse than the others by `margin` at most"; 0.5 where nothing is known.

    It is the level at which Newcombe's limit just touches the margin, so that test and interval never disagree.
    """
    if not n or not n_others:
        return 0.5
    seen = count_others / n_others - count / n
    if abs(seen - margin) < 1e-6:
        return 0.5

    def gap(log_level: float) -> float:
        limits = newcombe(count_others, n_others, count, n, 1 - math.exp(log_level))
        return (limits.low if seen > margin else limits.high) - margin

    lowest, highest = math.log(LEAST_P), math.log(1 - 1e-9)
    beyond = (gap(lowest) > 0) == (seen > margin)  # even the widest interval leaves the margin out
    two_sided = LEAST_P if beyond else math.exp(brentq(gap, lowest, highest, xtol=1e-9))
    return two_sided / 2 if seen > margin else 1 - two_sided / 2


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's step-down: the smallest p counts as many times as there are groups, the next once less, and so on."""
    # Not statsmodels' multipletests: each call of it collects garbage, a third of a second in a large process.
    p = np.asarray(p_values, dtype=float)
    order = np.argsort(p, kind="stable")
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(p[order] * (len(p) - np.arange(len(p))))) if len(p) else []
    return adjusted.tolist()


def partly_pooled(counts: Sequence[tuple[int, int]]) -> list[Figure]:
    """The share of each group, drawn towards the attribute's mean by as much as the groups' likeness warrants.

    Beta-binomial by maximum likelihood. Intervals are the posterior's: they leave out how well the mean is known.
    """
    k, n = np.array([count for count, _ in counts], dtype=float), np.array([of for _, of in counts], dtype=float)
    if len(counts) < 2 or n.sum() == 0:
        words = "partial pooling needs two groups"
        return [Figure(None, int(of), None, words) for of in n]
    overall = float((k.sum() + 0.5) / (n.sum() + 1))

    def misfit(at: np.ndarray) -> float:
        mean, strength = 1 / (1 + math.exp(-at[0])), math.exp(at[1])
        a, b = mean * strength, (1 - mean) * strength
        return -float((betaln(k + a, n - k + b) - betaln(a, b)).sum())

    limits = [(-12.0, 12.0), (math.log(0.5), math.log(1e6))]
    start = np.array([math.log(overall / (1 - overall)), math.log(20)])
    at = minimize(misfit, start, bounds=limits, method="Nelder-Mead").x
    mean, strength = 1 / (1 + math.exp(-at[0])), math.exp(at[1])
    figures = []
    for count, of in zip(k, n, strict=True):
        a, b = count + mean * strength, of - count + (1 - mean) * strength
        low, high = beta.ppf([0.025, 0.975], a, b)
        figures.append(Figure(a / (a + b), int(of), Interval(float(low), float(high), "beta-binomial, partly pooled")))
    return figures
