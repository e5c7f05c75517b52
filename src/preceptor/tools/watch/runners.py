"""The nodes as plain Python functions: each is made once, and then runs over one record after another.

A runner is called with a view of a record and a row, or None where it speaks of the patient. What does not speak of a
row is worked out once for a view, however many watches ask for it.
"""

# ruff: noqa: ARG001, ARG005 -- every runner takes a view and a row, whether or not it looks at both

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator
from functools import cache
from itertools import count
from typing import TYPE_CHECKING, Any

from preceptor.tools.watch.nodes import Const, Course, Expression, Field, Now, Op, Person, Row, Selection, Summary

if TYPE_CHECKING:
    from preceptor.tools.watch.reference import View

AsRow = dict[str, Any]
Runner = Callable[["View", AsRow | None], Any]
_NOT_YET = object()
_numbers = count()


@cache
def runner(node: Expression) -> Runner:
    """What works this expression out."""
    if isinstance(node, Const):
        value = node.value
        return lambda view, row: value
    if isinstance(node, Row):
        return _of_row(node)
    if isinstance(node, Now):
        name = node.field
        return lambda view, row: view.now[name]
    if isinstance(node, Person):
        field = node.field
        return lambda view, row: view.person[field]
    if isinstance(node, Op):
        run = _of_op(node)
        return run if _speaks_of_row(node) else _once(run)
    return _once(_of_rows(node))


def _once(run: Runner) -> Runner:
    """Worked out for a view when it is first asked for, and then known."""
    number = next(_numbers)

    def known(view: View, row: AsRow | None) -> Any:
        found = view.known.get(number, _NOT_YET)
        if found is _NOT_YET:
            found = view.known[number] = run(view, None)
        return found

    return known


@cache
def _speaks_of_row(node: Expression) -> bool:
    if isinstance(node, Op):
        return any(_speaks_of_row(argument) for argument in node.arguments)
    return isinstance(node, Row)


# Rows -----------------------------------------------------------------------------------------------------------------


@cache
def rows_of(selection: Selection) -> Callable[[View], list[AsRow]]:
    """What picks the rows of this selection, in their order."""
    number = next(_numbers)
    conditions = [runner(condition) for condition in selection.where]
    if conditions:
        candidates = rows_of(Selection(selection.kinds, selection.about, selection.valued))

    def rows(view: View) -> list[AsRow]:
        found: list[AsRow] | None = view.known.get(number)
        if found is None:
            found = candidates(view) if conditions else view.candidates(selection)
            for condition in conditions:
                found = [row for row in found if condition(view, row) is True]
            view.known[number] = found
        return found

    return rows


def _of_row(node: Row) -> Runner:
    name = node.field
    if name == "said":
        return lambda view, row: None if row is None else row["said"]()
    return lambda view, row: None if row is None else row[name]


def _of_rows(node: Expression) -> Runner:
    if isinstance(node, Field):
        rows, place, name = rows_of(node.one.of), 0 if node.one.which == "first" else -1, node.field

        def field(view: View, row: AsRow | None) -> Any:
            found = rows(view)
            return found[place][name] if found else None

        return field
    if isinstance(node, Summary):
        summarised, summary = rows_of(node.of), _SUMMARIES[node.what]
        return lambda view, row: summary(summarised(view))
    assert isinstance(node, Course)  # noqa: S101 -- the nodes end here
    return _of_course(node)


def _of_course(node: Course) -> Runner:
    rows, covers, is_start = rows_of(node.of), runner(node.covers), node.field == "start"

    def course(view: View, row: AsRow | None) -> int | None:
        start = until = None
        for each in rows(view):
            end = covers(view, each)
            if end is None:
                continue
            if until is None or until < each["day"]:
                start = each["day"]
            until = end if until is None else max(until, end)
        return start if is_start else until

    return course


# Operations -----------------------------------------------------------------------------------------------------------


def _of_op(node: Op) -> Runner:
    name = node.name
    if name in ("and", "or"):
        return _joined([runner(part) for part in _flattened(node, name)], stops=name == "or")
    arguments = [runner(argument) for argument in node.arguments]
    if name == "if":
        return _if(*arguments)
    if name == "coalesce":
        return _first_known(arguments)
    if name in ("least", "greatest"):
        return _extreme(arguments, min if name == "least" else max)
    if name in ("in", "says") and all(isinstance(argument, Const) for argument in node.arguments[1:]):
        return _with_constants(name, arguments[0], [argument.value for argument in node.arguments[1:]])  # type: ignore[attr-defined]
    return _plain(PLAIN[name], arguments)


def _flattened(node: Expression, name: str) -> Iterator[Expression]:
    if isinstance(node, Op) and node.name == name:
        for argument in node.arguments:
            yield from _flattened(argument, name)
    else:
        yield node


def _joined(parts: list[Runner], stops: bool) -> Runner:
    """ "and" stops at the first false, "or" at the first true; short of that, an unknown makes it unknown."""

    def joined(view: View, row: AsRow | None) -> bool | None:
        answer: bool | None = not stops
        for part in parts:
            value = part(view, row)
            if value is stops:
                return bool(stops)
            if value is None:
                answer = None
        return answer

    return joined


def _if(condition: Runner, then: Runner, otherwise: Runner | None = None) -> Runner:
    def chosen(view: View, row: AsRow | None) -> Any:
        if condition(view, row) is True:
            return then(view, row)
        return otherwise(view, row) if otherwise else None

    return chosen


def _first_known(arguments: list[Runner]) -> Runner:
    def first(view: View, row: AsRow | None) -> Any:
        for argument in arguments:
            value = argument(view, row)
            if value is not None:
                return value
        return None

    return first


def _extreme(arguments: list[Runner], of: Callable[[list[Any]], Any]) -> Runner:
    def extreme(view: View, row: AsRow | None) -> Any:
        known = [value for argument in arguments if (value := argument(view, row)) is not None]
        return of(known) if known else None

    return extreme


def _with_constants(name: str, said: Runner, words: list[Any]) -> Runner:
    if any(word is None for word in words):
        return lambda view, row: None
    if name == "in":

        def is_in(view: View, row: AsRow | None) -> bool | None:
            value = said(view, row)
            return None if value is None else bool(value in words)

        return is_in

    def says(view: View, row: AsRow | None) -> bool | None:
        value = said(view, row)
        if value is None:
            return None
        for word in words:  # noqa: SIM110 -- a generator costs more than the search
            if word in value:
                return True
        return False

    return says


def _plain(of: Callable[..., Any], arguments: list[Runner]) -> Runner:
    """None as soon as one of its arguments is None."""
    if len(arguments) == 1:
        (only,) = arguments

        def of_one(view: View, row: AsRow | None) -> Any:
            value = only(view, row)
            return None if value is None else of(value)

        return of_one
    if len(arguments) == 2:
        one, other = arguments

        def of_two(view: View, row: AsRow | None) -> Any:
            left = one(view, row)
            if left is None:
                return None
            right = other(view, row)
            return None if right is None else of(left, right)

        return of_two

    def of_all(view: View, row: AsRow | None) -> Any:
        values = [argument(view, row) for argument in arguments]
        return None if any(value is None for value in values) else of(*values)

    return of_all


def _median(values: list[float]) -> float | None:
    ordered = sorted(values)
    size = len(ordered)
    return (ordered[(size - 1) // 2] + ordered[size // 2]) / 2 if size else None


def _slope(rows: list[AsRow]) -> float | None:
    return _median(
        [
            (later["value"] - row["value"]) / ((later["day"] - row["day"]) / 365.25)
            for place, row in enumerate(rows)
            for later in rows[place + 1 :]
            if later["day"] > row["day"]
        ]
    )


def _in(value: Any, *values: Any) -> bool:
    return value in values


def _says(said: str, *words: str) -> bool:
    return any(word in said for word in words)


_SUMMARIES: dict[str, Callable[[list[AsRow]], Any]] = {
    "count": len,
    "lowest": lambda rows: min((row["value"] for row in rows), default=None),
    "highest": lambda rows: max((row["value"] for row in rows), default=None),
    "median": lambda rows: _median([row["value"] for row in rows]),
    "slope": _slope,
}

PLAIN: dict[str, Callable[..., Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": lambda a, b: a / b if b else None,
    "//": operator.floordiv,
    "not": operator.not_,
    "in": _in,
    "says": _says,
    "exp": math.exp,
    "ln": lambda a: math.log(a) if a > 0 else None,
    "pow": lambda a, b: math.pow(a, b),
}
