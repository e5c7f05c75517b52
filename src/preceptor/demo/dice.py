"""Chance that falls the same way everywhere.

Only `random.Random.random()` is used, the one stream that Python promises to keep; everything else here is built
from it with additions and multiplications. So one seed gives one practice, on any machine and any Python.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from enum import IntEnum
from math import fsum
from random import Random
from typing import TypeVar

T = TypeVar("T")

_ROOT_3 = 1.7320508075688772


class Stream(IntEnum):
    """Each use of chance has its own stream, so that a change in one leaves the others as they were."""

    PERSON = 1
    RECORD = 2
    INBOX = 3
    PRACTICE = 4
    STORY = 5
    PAST = 6
    AREA = 7


class Dice:
    """The dice of one stream of one patient (or of the practice: number 0)."""

    def __init__(self, seed: int, stream: Stream, number: int = 0) -> None:
        self._next = Random((seed * 10 + stream) * 10_000_000 + number).random  # noqa: S311  not for secrets

    def chance(self, probability: float) -> bool:
        return self._next() < probability

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * self._next()

    def whole(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + int(self._next() * (high - low + 1))

    def normal(self, mean: float = 0.0, sd: float = 1.0) -> float:
        """Bell-shaped, never further than 3.47 sd from the mean: the sum of four even draws."""
        return mean + sd * _ROOT_3 * (self._next() + self._next() + self._next() + self._next() - 2)

    def pick(self, options: Sequence[T]) -> T:
        return options[int(self._next() * len(options))]

    def weighted(self, options: Sequence[T], weights: Sequence[float]) -> T:
        left = self._next() * fsum(weights)  # not sum(): Python 3.12 changed how it adds
        for option, weight in zip(options, weights, strict=True):
            left -= weight
            if left < 0:
                return option
        return options[-1]

    def shuffled(self, options: Sequence[T]) -> list[T]:
        keyed = [(self._next(), place) for place in range(len(options))]
        return [options[place] for _, place in sorted(keyed)]

    def day(self, first: date, last: date) -> date:
        """A weekday from `first` to `last` (or `first`, where there is none)."""
        day = first + timedelta(days=self.whole(0, max(0, (last - first).days)))
        return max(first, working_day(day))


def working_day(day: date) -> date:
    """This day, or the Friday before it when it falls on a weekend."""
    return day - timedelta(days=max(0, day.weekday() - 4))
