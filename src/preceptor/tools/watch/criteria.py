"""A criterion: something that is met, not met or unknown of a patient, since a day, with the entries that show it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from preceptor.tools.watch.nodes import ALWAYS, Const, Expression, Node, One, const, op


@dataclass(frozen=True, eq=False)
class Criterion(Node):
    """`met` is true, false or None (unknown); `since` is the day on which it last became true."""

    words: str
    met: Expression
    since: Expression
    shows: tuple[One, ...] = ()
    value: Expression | None = None  # the figure to show beside it

    @property
    def leaves(self) -> tuple[Criterion, ...]:
        return (self,)

    def told(self, words: str) -> Criterion:
        """The same, in other words."""
        return Criterion(words, self.met, self.since, self.shows, self.value)


@dataclass(frozen=True, eq=False)
class Points(Node):
    """Criteria that each count for so many points, of which `needed` have to come together."""

    needed: int
    parts: tuple[tuple[Criterion | Points, int], ...]

    @property
    def leaves(self) -> tuple[Criterion, ...]:
        return tuple(leaf for part, _ in self.parts for leaf in part.leaves)

    @property
    def total(self) -> Expression:
        """The points of what is known to be met."""
        return _sum(op("if", part.met, points, 0) for part, points in self.parts)

    @cached_property
    def met(self) -> Expression:
        if self._all_needed:
            return _joined("and", (part.met for part, _ in self.parts))
        if self._any_will_do:
            return _joined("or", (part.met for part, _ in self.parts))
        # Short of the points, but an unknown could still bring them: then it is unknown.
        possible = _sum(op("if", part.met.or_else(True), points, 0) for part, points in self.parts)
        return op("if", self.total >= self.needed, True, op("if", possible >= self.needed, None, False))

    @cached_property
    def since(self) -> Expression:
        """The first day on which enough of what is now met had come together."""
        if self._all_needed:
            return op("greatest", *(part.since for part, _ in self.parts))
        if self._any_will_do:
            return op("least", *(op("if", part.met, part.since) for part, _ in self.parts))
        candidates = []
        for part, _ in self.parts:
            by_then = _sum(op("if", other.met & (other.since <= part.since), points, 0) for other, points in self.parts)
            candidates.append(op("if", part.met & (by_then >= self.needed), part.since))
        return op("least", *candidates)

    @property
    def _all_needed(self) -> bool:
        return self.needed == len(self.parts) and all(points == 1 for _, points in self.parts)

    @property
    def _any_will_do(self) -> bool:
        return self.needed == 1


When = Criterion | Points


def all_of(*parts: When) -> When:
    """Every one of them."""
    return parts[0] if len(parts) == 1 else Points(len(parts), tuple((part, 1) for part in parts))


def any_of(*parts: When) -> When:
    """One of them at least."""
    return at_least(1, *parts)


def at_least(needed: int, *parts: When) -> When:
    return Points(needed, tuple((part, 1) for part in parts))


def points(needed: int, *parts: tuple[When, int]) -> Points:
    """A score: at least `needed` points of those that each part counts for."""
    return Points(needed, parts)


def holds(
    words: str, test: Expression, since: Expression | int = ALWAYS, *shows: One, value: Expression | None = None
) -> Criterion:
    """A criterion spelled out, for what the vocabulary has no word for."""
    return Criterion(words, test, const(since), shows, value)


def _sum(terms: Iterator[Expression]) -> Expression:
    total = next(terms, Const(0))
    for term in terms:
        total = total + term
    return total


def _joined(name: str, terms: Iterator[Expression]) -> Expression:
    joined = next(terms)
    for term in terms:
        joined = op(name, joined, term)
    return joined
