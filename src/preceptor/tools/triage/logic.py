"""A small language for "when": `headache and (fever or stiff_neck) and age >= 50`.

Names are features or measures; `near(a, b)` holds when both stand in one sentence or in neighbours.
An expression is read once, when the data file is loaded, and a name that nobody defined is an error then, not at a patient.
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
        return Found(
            widest(self.spans + other.spans),
            tuple(dict.fromkeys(self.events + other.events)),
            tuple(sorted({*self.places, *other.places})),
        )


class Known(Protocol):
    """What an expression is asked of: features by name, and measures by name and bound."""

    def feature(self, name: str) -> Found | None: ...

    def measure(self, name: str, holds: Callable[[float], bool]) -> Found | None: ...


_COMPARISONS: dict[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b,
    ast.Gt: lambda a, b: a > b,
    ast.GtE: lambda a, b: a >= b,
}


class LogicError(ValueError):
    """An expression outside the language, or one that names what nobody defined."""


@dataclass(frozen=True)
class When:
    """A condition that was read from a data file."""

    source: str
    names: frozenset[str]
    measures: frozenset[str]
    _tree: ast.expr

    @classmethod
    def read(cls, source: str) -> When:
        """The condition that `source` states. Raises LogicError."""
        try:
            tree = ast.parse(source.strip().replace("\n", " "), mode="eval").body
        except SyntaxError as wrong:
            raise LogicError(f"{source!r} cannot be read: {wrong.msg}") from None
        names: set[str] = set()
        measures: set[str] = set()
        _check(tree, names, measures, source)
        return cls(source, frozenset(names), frozenset(measures), tree)

    def holds(self, known: Known) -> Found | None:
        """What the condition rests on, or None when it does not hold."""
        return _evaluate(self._tree, known)


def _check(tree: ast.expr, names: set[str], measures: set[str], source: str) -> None:
    match tree:
        case ast.BoolOp(values=values):
            for value in values:
                _check(value, names, measures, source)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            _check(operand, names, measures, source)
        case ast.Name(id=name):
            names.add(name)
        case ast.Compare(left=ast.Name(id=name), ops=ops, comparators=bounds) if all(
            type(op) in _COMPARISONS for op in ops
        ) and all(isinstance(b, ast.Constant) and isinstance(b.value, int | float) for b in bounds):
            measures.add(name)
        case ast.Call(func=ast.Name(id="near"), args=[left, right], keywords=[]):
            _check(left, names, measures, source)
            _check(right, names, measures, source)
        case _:
            raise LogicError(f"{source!r}: {ast.unparse(tree)!r} is not part of the language")


def _evaluate(tree: ast.expr, known: Known) -> Found | None:
    match tree:
        case ast.BoolOp(op=ast.And(), values=values):
            total = Found()
            for value in values:
                found = _evaluate(value, known)
                if found is None:
                    return None
                total += found
            return total
        case ast.BoolOp(values=values):
            held = [found for value in values if (found := _evaluate(value, known)) is not None]
            return sum(held[1:], held[0]) if held else None
        case ast.UnaryOp(operand=operand):
            return Found() if _evaluate(operand, known) is None else None
        case ast.Name(id=name):
            return known.feature(name)
        case ast.Compare(left=ast.Name(id=name), ops=ops, comparators=bounds):
            tests = [(_COMPARISONS[type(op)], float(bound.value)) for op, bound in zip(ops, bounds, strict=True)]  # type: ignore[attr-defined]
            return known.measure(name, lambda value: all(test(value, bound) for test, bound in tests))
        case ast.Call(args=[left, right]):
            one, other = _evaluate(left, known), _evaluate(right, known)
            if one is None or other is None:
                return None
            close = any(abs(a - b) <= 1 for a in one.places for b in other.places)
            return one + other if close else None
        case _:  # pragma: no cover - `_check` let nothing else through
            raise LogicError(ast.unparse(tree))
