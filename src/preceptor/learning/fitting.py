"""Fit a challenger: the shared rows and the lessons together, held near the champion.

Lessons that are ripe teach; accounts that an alarm names do not; what is left moves the weights (`moving`), which are
then calibrated as the champion was, on rows that no lesson reaches (`calibrating`). The report says what it is made of.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from preceptor.learning.calibrating import calibrated, no_less_safe
from preceptor.learning.lessons import Lesson, Source, Teaches
from preceptor.learning.moving import HELD_FOR, Defences, Progress, Work
from preceptor.learning.shared import Rows, Shared
from preceptor.learning.stage import Floats, Ints, Stage, softmax
from preceptor.learning.watching import Alarm, watch
from preceptor.tools.triage.model.deciding import Thresholds

FEWEST = 50  # lessons about words: below this there is nothing to learn


class TooFew(ValueError):
    """There is nothing to learn from; the message says what there is."""


@dataclass(frozen=True, slots=True)
class Moved:
    """How far the challenger's answers are from the champion's, on the calibration rows: no truth is needed."""

    n: int
    chances: float  # mean distance of the chances, from 0 to 1 (total variation)
    calls: int  # calls that differ
    weights: float  # root mean square distance of the weights, in units of each input's spread


@dataclass(frozen=True, slots=True)
class Report:
    """What the challenger was learnt from."""

    lessons: int  # that were offered
    used: int  # that weigh anything
    by_source: Mapping[str, int]
    by_reason: Mapping[str, int]
    context: int  # lessons about context: they tell of the record's rules, and teach the words nothing
    held_back: int  # too young
    set_aside: int  # of accounts that an alarm names
    superseded: int  # a better answer of the same case stands in their place, or they teach nothing
    weight: float  # of the lessons used, of the whole
    weight_by_account: Mapping[str, float]
    weight_by_practice: Mapping[str, float]
    trust: Mapping[str, float]  # of each account
    alarms: tuple[Alarm, ...]
    first: datetime | None
    last: datetime | None
    moved: Moved


@dataclass(frozen=True)
class Challenger:
    """A new second stage, and what it was learnt from. `fitted` is the same before it was calibrated."""

    stage: Stage
    report: Report
    fitted: Stage

    @property
    def slopes(self) -> Floats:
        return self.stage.slopes

    @property
    def biases(self) -> Floats:
        return self.stage.biases

    @property
    def thresholds(self) -> Thresholds:
        return self.stage.thresholds


def fit(
    shared: Shared,
    lessons: Sequence[Lesson],
    champion: Stage,
    *,
    home: str | None = None,
    as_of: datetime | None = None,
    cleared: frozenset[str] = frozenset(),
    defences: Defences | None = None,
    progress: Progress | None = None,
) -> Challenger:
    """A challenger, held near this champion. Raises TooFew.

    At a practice that is the starting point which it shares with others, whatever advises there by now: see
    `service.learning.learning`.

    `home`: the practice that it is made for, whose lessons are not held to a practice's cap; left out, it is for all.
    `as_of`: lessons younger than the time for review are held back from this moment; left out, from the last lesson's.
    `cleared`: accounts that a named person has looked at after an alarm, and let teach again.
    """
    defences = defences or Defences()
    ripe, held_back = _ripe(lessons, as_of, defences)
    teaching = [lesson for lesson in ripe if lesson.weight > 0]
    if len(teaching) < FEWEST:
        raise TooFew(_what_there_is(lessons, teaching, held_back))
    work = Work(shared.learned, ripe, champion, home, defences, progress)
    alarms: tuple[Alarm, ...] = ()
    named: frozenset[str] = frozenset()
    if defences.watch:
        alarms = watch(ripe, softmax(work.lesson_from))
        named = frozenset(name for alarm in alarms if alarm.sets_aside for name in alarm.accounts) - cleared
        if sum(lesson.account not in named for lesson in teaching) < FEWEST:
            raise TooFew("alarms name the accounts of nearly all lessons: have them looked at first")
    trust = work.learn(named)
    fitted = work.stage()
    stage = calibrated(fitted, shared.calibration)
    if defences.no_less_safe:
        stage = no_less_safe(champion, stage, shared.calibration, shared.learned)
    report = _report(lessons, ripe, held_back, named, work, trust, alarms, _moved(champion, stage, shared.calibration))
    return Challenger(stage, report, fitted)


def unmoved(shared: Shared, start: Stage, lessons: Sequence[Lesson]) -> Challenger:
    """A starting point that others made, as it is: there are too few lessons here to move it."""
    report = Report(
        lessons=len(lessons), used=0, by_source={}, by_reason={}, context=0, held_back=len(lessons), set_aside=0,
        superseded=0, weight=0.0, weight_by_account={}, weight_by_practice={}, trust={}, alarms=(), first=None,
        last=None, moved=Moved(len(shared.calibration), 0.0, 0, 0.0),
    )  # fmt: skip
    return Challenger(start, report, start)


def _ripe(lessons: Sequence[Lesson], as_of: datetime | None, defences: Defences) -> tuple[list[Lesson], int]:
    if not lessons:
        return [], 0
    limit = (as_of or max(lesson.when for lesson in lessons)) - defences.held_for
    ripe = [lesson for lesson in lessons if lesson.when <= limit]
    return ripe, len(lessons) - len(ripe)


def _what_there_is(lessons: Sequence[Lesson], teaching: Sequence[Lesson], held_back: int) -> str:
    words = f"{len(teaching)} lessons about words, {FEWEST} are needed"
    if held_back:
        words += f"; {held_back} more are younger than {HELD_FOR.days} days and wait for review"
    context = sum(lesson.teaches is Teaches.CONTEXT for lesson in lessons)
    return f"{words}; {context} are about the record" if context else words


def _moved(champion: Stage, stage: Stage, rows: Rows) -> Moved:
    before, after = champion.chances(rows.inputs), stage.chances(rows.inputs)
    differ = champion.calls(rows.inputs, rows.floors) != stage.calls(rows.inputs, rows.floors)
    return Moved(len(rows), float(np.abs(after - before).sum(axis=1).mean() / 2), int(differ.sum()), 0.0)


def _report(
    lessons: Sequence[Lesson], ripe: Sequence[Lesson], held_back: int, named: frozenset[str], work: Work,
    trust: dict[str, float], alarms: tuple[Alarm, ...], moved: Moved,
) -> Report:  # fmt: skip
    used = [lesson for lesson, weight in zip(ripe, work.weights, strict=True) if weight > 0]
    whole = len(work.rows) + float(work.weights.sum())

    def shares(group: Ints, names: Sequence[str]) -> dict[str, float]:
        sums = np.bincount(group, weights=work.weights, minlength=len(names)) / whole
        return dict(zip(names, sums.tolist(), strict=True))

    set_aside = sum(lesson.account in named and lesson.weight > 0 for lesson in ripe)
    silent = sum(lesson.weight == 0 and lesson.teaches is not Teaches.CONTEXT for lesson in ripe)
    return Report(
        lessons=len(lessons),
        used=len(used),
        by_source={str(source): n for source in Source if (n := sum(each.source is source for each in used))},
        by_reason=dict(Counter(lesson.reason for lesson in lessons if lesson.reason)),
        context=sum(lesson.teaches is Teaches.CONTEXT for lesson in ripe),
        held_back=held_back,
        set_aside=set_aside,
        superseded=silent,
        weight=float(work.weights.sum()) / whole,
        weight_by_account=shares(work.account, work.accounts),
        weight_by_practice=shares(work.practice, work.practices),
        trust=trust,
        alarms=alarms,
        first=min((lesson.when for lesson in used), default=None),
        last=max((lesson.when for lesson in used), default=None),
        moved=replace(moved, weights=work.distance),
    )
