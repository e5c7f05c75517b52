"""Fit a challenger: the shared rows and the lessons together, held near the champion.

What a practice sees more of is not what words mean: each practice has its own biases while it is learnt from, and they
are dropped afterwards, so that a quiet practice raises no threshold. What is left is held near the champion by a
penalty on the distance from its weights (partial pooling): little is learnt from few lessons. The challenger is then
calibrated on rows that no lesson reaches, as the champion was, and keeps its thresholds or lower ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import numpy as np
from scipy.optimize import minimize

from preceptor.advice import URGENCIES, Urgency
from preceptor.learning.lessons import Lesson, Source, Teaches
from preceptor.learning.shared import Rows, Shared, as_an_inbox
from preceptor.learning.stage import LEVELS, Floats, Ints, Stage, advise_of, called, softmax
from preceptor.learning.watching import Alarm, watch
from preceptor.learning.weights import CAP, capped, checked, nearness, places, thought_through, trust_of
from preceptor.supervision.under_triage import Promise, guarantee
from preceptor.tools.triage.model.deciding import Thresholds

LESSON = 0.5  # one answer in the course of a day beside a shared example, which was written and labelled with care
FEWEST = 50  # lessons about words: below this there is nothing to learn
HELD_FOR = timedelta(days=14)  # a batch waits so long before it teaches, so that somebody can look at it
LIMIT = 0.02  # of truly urgent cases whose set may leave out what is urgent enough, on average
_OWN = 1.0  # the penalty on a practice's own biases
_ROUNDS = 3  # of trusting the accounts and fitting the weights
_STEPS = 80
_LOWEST = 0.1  # no threshold goes below this

Progress = Callable[[int, int], None]  # how many steps are done, of how many


class TooFew(ValueError):
    """There is nothing to learn from; the message says what there is."""


@dataclass(frozen=True, slots=True)
class Defences:
    """What stands between a lesson and the weights. Turned off only to show what each is worth."""

    cap: float | None = CAP
    trust: bool = True
    watch: bool = True
    held_for: timedelta = HELD_FOR
    own_biases: bool = True
    no_less_safe: bool = True
    pull: float = 40.0  # the penalty on the distance from the champion, as if so many lessons spoke for each weight


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
    """A new second stage, and what it was learnt from."""

    stage: Stage
    report: Report

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
    """A challenger for the champion. Raises TooFew.

    `home`: the practice that it is made for, whose lessons are not held to a practice's cap; left out, it is for all.
    `as_of`: lessons younger than the time for review are held back from this moment; left out, from the last lesson's.
    `cleared`: accounts that a named person has looked at after an alarm, and let teach again.
    """
    defences = defences or Defences()
    ripe, held_back = _ripe(lessons, as_of, defences)
    teaching = [lesson for lesson in ripe if lesson.weight > 0]
    if len(teaching) < FEWEST:
        raise TooFew(_what_there_is(lessons, teaching, held_back))
    work = _Work(shared.learned, ripe, champion, home, defences, progress)
    alarms: tuple[Alarm, ...] = ()
    named: frozenset[str] = frozenset()
    if defences.watch:
        alarms = watch(ripe, softmax(work.lesson_from))
        named = frozenset(name for alarm in alarms if alarm.sets_aside for name in alarm.accounts) - cleared
        if sum(lesson.account not in named for lesson in teaching) < FEWEST:
            raise TooFew("alarms name the accounts of nearly all lessons: have them looked at first")
    trust = work.learn(named)
    stage = calibrated(work.stage(), shared.calibration)
    if defences.no_less_safe:
        stage = _no_less_safe(champion, stage, shared.calibration)
    report = _report(lessons, ripe, held_back, named, work, trust, alarms, _moved(champion, stage, shared.calibration))
    return Challenger(stage, report)


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


@dataclass
class _Work:
    """The weights as they are being fitted, in units of each input's spread and as distances from the champion."""

    rows: Rows
    lessons: Sequence[Lesson]
    champion: Stage
    home: str | None
    defences: Defences
    progress: Progress | None
    moved: Floats = field(init=False)
    weights: Floats = field(init=False)

    def __post_init__(self) -> None:
        inputs = np.stack([lesson.inputs for lesson in self.lessons]).astype(np.float64)
        self.middle = self.rows.inputs.mean(axis=0)
        # An input that hardly ever differs among the shared rows would otherwise be a lever for a few lessons.
        self.spread = np.maximum(self.rows.inputs.std(axis=0), 0.05)
        self.shared_x, self.lesson_x = self._scaled(self.rows.inputs), self._scaled(inputs)
        self.shared_from, self.lesson_from = self.champion.logits(self.rows.inputs), self.champion.logits(inputs)
        self.answers = np.array([lesson.answer.rank for lesson in self.lessons], dtype=np.int64)
        self.base = LESSON * np.array([lesson.weight for lesson in self.lessons], dtype=np.float64)
        self.account, self.accounts = places([lesson.account for lesson in self.lessons])
        self.practice, self.practices = places([lesson.practice for lesson in self.lessons])
        capped_practice = np.array([self.home != name for name in self.practices])
        self.practice_capped = np.where(capped_practice[self.practice], self.practice, -1)
        self.gold = [
            (int(self.account[at]), lesson.account, truth.account, nearness(lesson.answer.rank, truth.answer.rank))
            for at, lesson, truth in checked(self.lessons)
        ]
        self.parameters = self.shared_x.shape[1] + len(self.practices)
        self.moved = np.zeros((self.parameters, LEVELS))
        self.weights = self.base
        self.steps_done = self.fits = 0

    def _scaled(self, inputs: Floats) -> Floats:
        return np.hstack([(inputs - self.middle) / self.spread, np.ones((len(inputs), 1))])

    def learn(self, set_aside: frozenset[str]) -> dict[str, float]:
        """Trust and weights in turn, without the accounts set aside; gives the trust of each account."""
        kept = np.array([name not in set_aside for name in self.accounts])[self.account]
        trust = np.full(len(self.accounts), 0.8)
        gold = [(at, near) for at, who, by, near in self.gold if who not in set_aside and by not in set_aside]
        rounds = _ROUNDS if self.defences.trust else 1
        self.moved = np.zeros_like(self.moved)
        for _ in range(rounds):
            thought = np.ones(len(self.lessons))
            if self.defences.trust:
                thought = thought_through(self._expected(), self.answers, trust[self.account])
                told = np.flatnonzero(kept & (self.base > 0))
                trust = trust_of(thought[told], self.account[told], len(self.accounts), gold)
            self.weights = self._capped(np.where(kept, self.base * thought * self._trusted(trust), 0.0))
            self._minimise()
        return dict(zip(self.accounts, trust.tolist(), strict=True))

    def _trusted(self, trust: Floats) -> Floats:
        return trust[self.account] if self.defences.trust else np.ones(len(self.lessons))

    def _capped(self, weights: Floats) -> Floats:
        if self.defences.cap is None:
            return weights
        return capped(weights, [self.account, self.practice_capped], float(len(self.rows)), self.defences.cap)

    def _expected(self) -> Floats:
        """What the fitted weights expect each lesson's answer to be, in its own practice."""
        own = self.moved[self.shared_x.shape[1] :]
        return softmax(self.lesson_from + self.lesson_x @ self._weights(self.moved) + own[self.practice])

    def _weights(self, moved: Floats) -> Floats:
        return moved[: self.shared_x.shape[1]]

    def _minimise(self) -> None:
        used = np.flatnonzero(self.weights > 0)
        x, start = self.lesson_x[used], self.lesson_from[used]
        weight, practice = self.weights[used], self.practice[used]
        wanted = np.zeros((len(used), LEVELS))
        wanted[np.arange(len(used)), self.answers[used]] = 1.0
        inputs = self.shared_x.shape[1]
        penalty = np.full((self.parameters, 1), self.defences.pull)
        penalty[inputs:] = _OWN if self.defences.own_biases else 1e9

        def loss(flat: Floats) -> tuple[float, Floats]:
            moved = flat.reshape(self.parameters, LEVELS)
            found, slope = _cross_entropy(self.shared_from + self.shared_x @ moved[:inputs], self.rows.targets, None)
            told, of_told = _cross_entropy(start + x @ moved[:inputs] + moved[inputs:][practice], wanted, weight)
            gradient = penalty * moved
            total = found + told + 0.5 * float((gradient * moved).sum())
            gradient[:inputs] += self.shared_x.T @ slope + x.T @ of_told
            for at in range(LEVELS):
                gradient[inputs:, at] += np.bincount(practice, of_told[:, at], minlength=len(self.practices))
            return total, gradient.ravel()

        def step(_: Floats) -> None:
            self.steps_done += 1
            self._tell(self.fits * _STEPS + min(self.steps_done, _STEPS))

        self.steps_done = 0
        best = minimize(
            loss,
            self.moved.ravel(),
            jac=True,
            method="L-BFGS-B",
            callback=step,
            options={"maxiter": _STEPS, "ftol": 1e-6},
        )
        self.moved = best.x.reshape(self.parameters, LEVELS)
        self.fits += 1
        self._tell(self.fits * _STEPS)

    def _tell(self, done: int) -> None:
        if self.progress:
            rounds = _ROUNDS if self.defences.trust else 1
            self.progress(done, (rounds + 1) * _STEPS)

    def stage(self) -> Stage:
        """The champion, moved by what the lessons moved: what the shared rows alone would move is taken off."""
        told, self.weights = (self.moved, self.weights), np.zeros_like(self.weights)
        self.moved = np.zeros_like(self.moved)
        self._minimise()
        alone, (self.moved, self.weights) = self.moved, told
        by_lessons = self._weights(self.moved) - self._weights(alone)
        self.distance = float(np.sqrt((by_lessons[:-1] ** 2).mean()))
        slopes = by_lessons[:-1] / self.spread[:, None]
        biases = by_lessons[-1] - self.middle @ slopes
        return replace(self.champion, slopes=self.champion.slopes + slopes, biases=self.champion.biases + biases)


def _cross_entropy(logits: Floats, wanted: Floats, weight: Floats | None) -> tuple[float, Floats]:
    """The loss, and its slope for each logit."""
    logits = logits - logits.max(axis=1, keepdims=True)
    total = np.exp(logits)
    whole = total.sum(axis=1, keepdims=True)
    each = -(wanted * (logits - np.log(whole))).sum(axis=1)
    slope = total / whole - wanted
    if weight is None:
        return float(each.sum()), slope
    return float(each @ weight), slope * weight[:, None]


def calibrated(stage: Stage, rows: Rows) -> Stage:
    """One temperature and a shift of each urgency by least log loss, and the bounds of the set from the same rows.

    The rows count as if they were a practice's inbox, in which emergencies are rarer than among them.
    """
    logits = stage.logits(rows.inputs)
    weights = as_an_inbox(rows.targets)

    def loss(found: Floats) -> float:
        moved = logits * np.exp(found[0]) + found[1:]
        return _cross_entropy(moved, rows.targets, weights)[0] / len(rows) + 0.01 * float((found[1:] ** 2).sum())

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


def _no_less_safe(champion: Stage, stage: Stage, rows: Rows) -> Stage:
    """Thresholds lowered until no fewer of the calibration rows that are truly urgent are caught than by the champion.

    People's slips make what is learnt from them less sure, and a rare danger is the first to fall below a threshold.
    """
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


def _moved(champion: Stage, stage: Stage, rows: Rows) -> Moved:
    before, after = champion.chances(rows.inputs), stage.chances(rows.inputs)
    differ = champion.calls(rows.inputs, rows.floors) != stage.calls(rows.inputs, rows.floors)
    return Moved(len(rows), float(np.abs(after - before).sum(axis=1).mean() / 2), int(differ.sum()), 0.0)


def _report(
    lessons: Sequence[Lesson], ripe: Sequence[Lesson], held_back: int, named: frozenset[str], work: _Work,
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
