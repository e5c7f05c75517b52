"""The weights as lessons move them: trusted, capped, and held near the champion.

What a practice sees more of is not what words mean: each practice has its own biases while it is learnt from, and they
are dropped afterwards, so that a quiet practice raises no threshold. What is left is held near the champion by a
penalty on the distance from its weights (partial pooling): little is learnt from few lessons.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import numpy as np
from scipy.optimize import minimize

from preceptor.learning.lessons import Lesson
from preceptor.learning.shared import Rows
from preceptor.learning.stage import LEVELS, Floats, Stage, cross_entropy, softmax
from preceptor.learning.weights import CAP, capped, checked, nearness, places, thought_through, trust_of

LESSON = 0.5  # one answer in the course of a day beside a shared example, which was written and labelled with care
HELD_FOR = timedelta(days=14)  # a batch waits so long before it teaches, so that somebody can look at it
OWN = 1.0  # the penalty on a practice's own biases
ROUNDS = 3  # of trusting the accounts and fitting the weights
STEPS = 80

Progress = Callable[[int, int], None]  # how many steps are done, of how many


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


@dataclass
class Work:
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
        rounds = ROUNDS if self.defences.trust else 1
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
        penalty[inputs:] = OWN if self.defences.own_biases else 1e9

        def loss(flat: Floats) -> tuple[float, Floats]:
            moved = flat.reshape(self.parameters, LEVELS)
            found, slope = cross_entropy(self.shared_from + self.shared_x @ moved[:inputs], self.rows.targets, None)
            told, of_told = cross_entropy(start + x @ moved[:inputs] + moved[inputs:][practice], wanted, weight)
            gradient = penalty * moved
            total = found + told + 0.5 * float((gradient * moved).sum())
            gradient[:inputs] += self.shared_x.T @ slope + x.T @ of_told
            for at in range(LEVELS):
                gradient[inputs:, at] += np.bincount(practice, of_told[:, at], minlength=len(self.practices))
            return total, gradient.ravel()

        def step(_: Floats) -> None:
            self.steps_done += 1
            self._tell(self.fits * STEPS + min(self.steps_done, STEPS))

        self.steps_done = 0
        best = minimize(
            loss,
            self.moved.ravel(),
            jac=True,
            method="L-BFGS-B",
            callback=step,
            options={"maxiter": STEPS, "ftol": 1e-6},
        )
        self.moved = best.x.reshape(self.parameters, LEVELS)
        self.fits += 1
        self._tell(self.fits * STEPS)

    def _tell(self, done: int) -> None:
        if self.progress:
            rounds = ROUNDS if self.defences.trust else 1
            self.progress(done, (rounds + 1) * STEPS)

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
