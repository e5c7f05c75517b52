"""Champion and challenger on the same cases: what got better, what got worse, for whom, and which cases moved.

The frozen hold-out first, which no decision ever reaches; then live traffic that nothing was learnt from, by the same
sequential test that standing rests on. It changes nothing: a named person promotes, and only what has passed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from preceptor.advice import URGENCIES, Urgency
from preceptor.learning.shared import Rows
from preceptor.learning.stage import Floats, Ints, Stage
from preceptor.supervision.figures import Figure, Interval, Share, share
from preceptor.supervision.non_inferiority import Comparison, compare, compared
from preceptor.supervision.subgroups import Answer, Subgroups, subgroups

Truths = np.ndarray


@dataclass(frozen=True, slots=True)
class Margins:
    """Set beforehand: by how much less, at the most, a challenger may do. To miss more emergencies has no margin."""

    acceptable: float = 0.05
    under_triage: float = 0.03
    emergencies: float = 0.05  # what even the bad end of the interval must stay above
    subgroup: float = 0.05


@dataclass(frozen=True, slots=True)
class Shadow:
    """A live case that nothing was learnt from: what each calls it, and what was right where somebody found out."""

    case: str
    champion: Urgency
    challenger: Urgency
    truth: Urgency | None


@dataclass(frozen=True, slots=True)
class Pair:
    """A share before and after on the same cases, and their difference with its paired interval."""

    before: Share
    after: Share
    difference: Figure  # after less before
    gained: int  # cases where only the challenger has it
    lost: int  # and only the champion


@dataclass(frozen=True, slots=True)
class MovedCase:
    """A case that is called otherwise. `better` is None where both calls, or neither, could be defended."""

    case: str
    about: str
    before: Urgency
    after: Urgency
    right: Urgency
    better: bool | None


@dataclass(frozen=True, slots=True)
class GroupChange:
    """One group of people: acceptable calls before and after."""

    attribute: str
    value: str
    change: Pair


@dataclass(frozen=True, slots=True)
class Challenged:
    """How the challenger did. `missing` says what it has not shown; it has passed where that is empty."""

    n: int
    acceptable: Pair
    emergencies: Pair  # caught, of those that could be nothing else
    under_triage: Pair  # less urgent than anything that could be defended
    needless: Pair  # sent to 999 where that could not be defended
    no_worse: Comparison  # on the hold-out
    groups: tuple[GroupChange, ...]
    fairness: Subgroups  # of the challenger by itself
    raised: tuple[MovedCase, ...]
    lowered: tuple[MovedCase, ...]
    shadow: Comparison | None
    met: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def passed(self) -> bool:
        return not self.missing


def challenge(
    champion: Stage,
    challenger: Stage,
    holdout: Rows,
    shadow: Sequence[Shadow] | None = None,
    margins: Margins | None = None,
    *,
    needs_live: bool = True,
) -> Challenged:
    """The contest on the hold-out, and on live traffic where there is any.

    Without any, it has not passed, unless `needs_live` is False: for who keeps a model for others and has none.
    """
    margins = margins or Margins()
    before = champion.calls(holdout.inputs, holdout.floors)
    after = challenger.calls(holdout.inputs, holdout.floors)
    allowed = holdout.targets > 0
    good_before, good_after = _at(allowed, before), _at(allowed, after)
    least = least_allowed(holdout.targets)
    only, never = holdout.emergencies, ~allowed[:, 0]
    acceptable = paired(good_before, good_after)
    emergencies = paired(before[only] == 0, after[only] == 0)
    under = paired(before > least, after > least)
    needless = paired(before[never] == 0, after[never] == 0)
    no_worse = compared(good_after.astype(float) - good_before.astype(float), margins.acceptable)
    groups = _groups(holdout, good_before, good_after)
    attributes = {name: [value or None for value in values] for name, values in holdout.groups.items()}
    fairness = subgroups((after <= least).tolist(), attributes, margins.subgroup)
    unfair_before = subgroups((before <= least).tolist(), attributes, margins.subgroup).answered(Answer.UNFAIR)
    live = _live(shadow, margins)
    checks = [
        _no_worse("on the hold-out", no_worse),
        _emergencies(emergencies, margins),
        _under(under, margins),
        _fair(groups, fairness, unfair_before),
    ]
    if live or needs_live:
        checks.append(_no_worse("on live traffic", live) if live else (False, "on live traffic: no case yet"))
    moved = _moved(holdout, before, after, allowed)
    return Challenged(
        n=len(holdout),
        acceptable=acceptable,
        emergencies=emergencies,
        under_triage=under,
        needless=needless,
        no_worse=no_worse,
        groups=groups,
        fairness=fairness,
        raised=tuple(case for case in moved if case.after.rank < case.before.rank),
        lowered=tuple(case for case in moved if case.after.rank > case.before.rank),
        shadow=live,
        met=tuple(words for well, words in checks if well),
        missing=tuple(words for well, words in checks if not well),
    )


def _at(allowed: Truths, calls: Ints) -> Truths:
    return np.asarray(allowed[np.arange(len(calls)), calls])


def paired(before: Truths, after: Truths, confidence: float = 0.95) -> Pair:
    """Two shares of the same cases; the interval is Bonett and Price's (2012, J Educ Behav Stat 37, 479)."""
    n, gained, lost = len(before), int((after & ~before).sum()), int((before & ~after).sum())
    shares = share(int(before.sum()), n), share(int(after.sum()), n)
    if not n:
        return Pair(*shares, Figure(None, 0, None, "no such cases"), 0, 0)
    up, down = (gained + 1) / (n + 2), (lost + 1) / (n + 2)
    reach = float(ndtri(0.5 + confidence / 2)) * math.sqrt((up + down - (up - down) ** 2) / (n + 2))
    middle, value = up - down, (gained - lost) / n
    interval = Interval(min(middle - reach, value), max(middle + reach, value), "Bonett-Price, paired")
    return Pair(*shares, Figure(value, n, interval), gained, lost)


def _groups(holdout: Rows, before: Truths, after: Truths) -> tuple[GroupChange, ...]:
    named = [
        (attribute, value, np.array([each == value for each in values]))
        for attribute, values in holdout.groups.items()
        for value in sorted(set(values) - {""})
    ]
    confidence = 1 - 0.05 / max(1, len(named))  # as many looks as there are groups
    return tuple(GroupChange(a, v, paired(before[rows], after[rows], confidence)) for a, v, rows in named)


def _live(shadow: Sequence[Shadow] | None, margins: Margins) -> Comparison | None:
    if not shadow:
        return None
    truths = [each.truth for each in shadow]
    return compare([s.challenger for s in shadow], [s.champion for s in shadow], truths, margins.acceptable)


def _no_worse(where: str, found: Comparison) -> tuple[bool, str]:
    return found.shown, f"{where}: {found.words}"


def _emergencies(found: Pair, margins: Margins) -> tuple[bool, str]:
    difference = found.difference
    if difference.interval is None:
        return False, "emergencies: the hold-out has none"
    words = f"emergencies: {found.gained} more caught, {found.lost} newly missed, of {difference.n}"
    return found.lost <= found.gained and difference.interval.low > -margins.emergencies, words


def _under(found: Pair, margins: Margins) -> tuple[bool, str]:
    difference = found.difference
    if difference.interval is None or difference.value is None:
        return False, "under-triage: the hold-out is empty"
    words = (
        f"under-triage: {difference.value:+.1%} ({difference.interval.low:+.1%} to {difference.interval.high:+.1%}) "
        f"of {difference.n:,} cases; a rise of {margins.under_triage:.0%} is"
    )
    well = difference.interval.high < margins.under_triage
    return well, f"{words} {'ruled out' if well else 'not ruled out'}"


def _fair(groups: Sequence[GroupChange], after: Subgroups, before: Sequence[str]) -> tuple[bool, str]:
    worse = [
        f"{group.attribute}: {group.value}"
        for group in groups
        if group.change.difference.interval and group.change.difference.interval.high < 0
    ]
    newly = [name for name in after.answered(Answer.UNFAIR) if name not in before]
    if worse or newly:
        return False, f"shown worse for {', '.join(dict.fromkeys([*worse, *newly]))}"
    return True, f"subgroups: shown worse for none of {len(groups)}"


def _moved(holdout: Rows, before: Ints, after: Ints, allowed: Truths) -> list[MovedCase]:
    right = holdout.right
    found = []
    for at in np.flatnonzero(before != after).tolist():
        was, now = bool(allowed[at, before[at]]), bool(allowed[at, after[at]])
        better = None if was == now else now
        calls = URGENCIES[before[at]], URGENCIES[after[at]], URGENCIES[right[at]]
        found.append(MovedCase(holdout.ids[at], holdout.about[at], *calls, better))
    return found


def least_allowed(targets: Floats) -> Ints:
    """The rank of the least urgent answer that could be defended; what is below is under-triage."""
    return np.asarray(len(URGENCIES) - 1 - (targets[:, ::-1] > 0).argmax(axis=1), dtype=np.int64)
