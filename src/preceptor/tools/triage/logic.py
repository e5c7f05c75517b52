"""A small language for "when": `headache and (fever or stiff_neck) and age >= 50`.

Names are features or measures; `near(a, b)` holds when both stand in one sentence or in neighbours, `without(a, b)`
when a does and no b speaks of it: "for months", said of an itch, makes no old story of a face that has dropped.
An expression is read once, when the data file is loaded: a name that nobody defined is an error then, not at a patient.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from preceptor.advice import Span


def widest(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The spans without those that lie inside another, in the order of the text."""
    kept: list[Span] = []
    for span in sorted(set(spans), key=lambda s: (s.start, -s.end)):
        if not kept or span.end > kept[-1].end:
            kept.append(span)
    return tuple(kept)


@dataclass(frozen=True, slots=True)
class Found:
    """That something holds, and what it rests on. `places` are sentence numbers."""

    spans: tuple[Span, ...] = ()
    events: tuple[str, ...] = ()
    places: tuple[int, ...] = ()

    def __add__(self, other: Found) -> Found:
        if other is NOTHING:
            return self
        if self is NOTHING:
            return other
        return Found(
            widest(self.spans + other.spans),
            tuple(dict.fromkeys(self.events + other.events)),
            tuple(sorted({*self.places, *other.places})),
        )


NOTHING = Found()  # it holds, and rests on no words: "not pregnant"


class Known(Protocol):
    """What an expression is asked of: features by name, measures by name and bound, and what an exception speaks of."""

    def feature(self, name: str) -> Found | None: ...

    def measure(self, name: str, holds: Callable[[float], bool]) -> Found | None: ...

    def speaks_of(self, exception: Found, said: Found) -> bool: ...


_COMPARISONS: dict[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b,
    ast.Gt: lambda a, b: a > b,
    ast.GtE: lambda a, b: a >= b,
}


class LogicError(ValueError):
    """An expression outside the language, or one that names what nobody defined."""


_Test = Callable[[Known], Found | None]


@dataclass(frozen=True)
class When:
    """A condition that was read from a data file."""

    source: str
    names: frozenset[str]
    asserted: frozenset[str]  # the names that help it to hold; the others only keep it from holding
    measures: frozenset[str]
    needs: tuple[frozenset[str], ...]  # of each of these at least one feature must show, or it cannot hold
    _test: _Test

    @classmethod
    def read(cls, source: str) -> When:
        """The condition that `source` states. Raises LogicError."""
        try:
            tree = ast.parse(source.strip().replace("\n", " "), mode="eval").body
        except SyntaxError as wrong:
            raise LogicError(f"{source!r} cannot be read: {wrong.msg}") from None
        names: set[str] = set()
        measures: set[str] = set()
        test = _compile(tree, names, measures, source)
        return cls(source, frozenset(names), _asserted(tree), frozenset(measures), _needs(tree), test)

    def holds(self, known: Known) -> Found | None:
        """What the condition rests on, or None when it does not hold."""
        return self._test(known)


def _needs(tree: ast.expr) -> tuple[frozenset[str], ...]:
    """Sets of features of which a condition needs one each: what saves asking most conditions of most requests."""
    match tree:
        case ast.Name(id=name):
            return (frozenset({name}),)
        case ast.Call(func=ast.Name(id="without"), args=[held, _]):
            return _needs(held)
        case ast.BoolOp(op=ast.And(), values=parts) | ast.Call(args=parts):
            return tuple(need for part in parts for need in _needs(part))
        case ast.BoolOp(op=ast.Or(), values=parts):
            of_each = [_needs(part) for part in parts]
            return (frozenset[str]().union(*(min(needs, key=len) for needs in of_each)),) if all(of_each) else ()
        case _:
            return ()  # a measure, or that something is absent: no feature is needed


def _asserted(tree: ast.expr, denied: bool = False) -> frozenset[str]:
    """The features of a condition that are not under a `not` or in an exception."""
    match tree:
        case ast.Name(id=name):
            return frozenset() if denied else frozenset({name})
        case ast.UnaryOp(operand=operand):
            return _asserted(operand, not denied)
        case ast.Call(func=ast.Name(id="without"), args=[held, exception]):
            return _asserted(held, denied) | _asserted(exception, not denied)
        case ast.BoolOp(values=parts) | ast.Call(args=parts):
            return frozenset[str]().union(*(_asserted(part, denied) for part in parts))
        case _:
            return frozenset()


def _compile(tree: ast.expr, names: set[str], measures: set[str], source: str) -> _Test:
    """The condition as a function, built once: it is asked of every request."""
    match tree:
        case ast.BoolOp(op=op, values=values):
            tests = tuple(_compile(value, names, measures, source) for value in values)
            return _all(tests) if isinstance(op, ast.And) else _any(tests)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _not(_compile(operand, names, measures, source))
        case ast.Name(id=name):
            names.add(name)
            return lambda known: known.feature(name)
        case ast.Compare(
            left=ast.Name(id=name), ops=[op], comparators=[ast.Constant(value=int() | float() as bound)]
        ) if type(op) in _COMPARISONS:
            measures.add(name)
            compare = _COMPARISONS[type(op)]
            return lambda known: known.measure(name, lambda value: compare(value, bound))
        case ast.Call(func=ast.Name(id="near" | "without" as name), args=[left, right], keywords=[]):
            both = _compile(left, names, measures, source), _compile(right, names, measures, source)
            return _near(*both) if name == "near" else _without(*both)
        case _:
            raise LogicError(f"{source!r}: {ast.unparse(tree)!r} is not part of the language")


def _all(tests: tuple[_Test, ...]) -> _Test:
    def test(known: Known) -> Found | None:
        total = NOTHING
        for each in tests:
            found = each(known)
            if found is None:
                return None
            total = total + found
        return total

    return test


def _any(tests: tuple[_Test, ...]) -> _Test:
    def test(known: Known) -> Found | None:
        total: Found | None = None
        for each in tests:
            found = each(known)
            if found is not None:
                total = found if total is None else total + found
        return total

    return test


def _not(denied: _Test) -> _Test:
    return lambda known: NOTHING if denied(known) is None else None


def _near(one: _Test, other: _Test) -> _Test:
    def test(known: Known) -> Found | None:
        left = one(known)
        right = other(known) if left is not None else None
        if left is None or right is None:
            return None
        around = {place + step for place in right.places for step in (-1, 0, 1)}
        return left + right if around.intersection(left.places) else None

    return test


def _without(one: _Test, exception: _Test) -> _Test:
    def test(known: Known) -> Found | None:
        said = one(known)
        other = exception(known) if said is not None else None
        return None if said is None or (other is not None and known.speaks_of(other, said)) else said

    return test
