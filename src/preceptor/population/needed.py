"""Which rows a watch cannot fire without: who has none of them need not be looked at.

A watch's condition is worked out as if such rows were nowhere, and all else could be anything. Where it cannot come
out true, they are needed. What may be needed but is not seen to be costs time, never a finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product
from typing import Any

from preceptor.tools.watch.nodes import (
    Const,
    Course,
    Expression,
    Field,
    Op,
    PerPatient,
    Selection,
    Summary,
    per_patient_parts,
    row_parts,
    selection_of,
    speaks_of_person,
)
from preceptor.tools.watch.runners import PLAIN

# What may come out: these values and no other. None as a whole: anything.
Outcomes = frozenset[Any] | None

_TRUTHS = frozenset({True, False, None})
_UNKNOWN = frozenset({None})
_TRUTH_OPS = frozenset({"<", "<=", ">", ">=", "=", "in", "says", "not"})
_MOST = 64


def needed(met: Expression) -> list[Selection]:
    """The rows without any one of which this cannot be true: as few, and as narrow, as can be told."""
    found = [each for each in _candidates(met) if True not in _Without(each).truths(met)]
    return [
        each
        for place, each in enumerate(found)
        # Two that say the same count once: the first.
        if not any(_within(other, each) and (not _within(each, other) or at < place)
                   for at, other in enumerate(found) if at != place)
    ]  # fmt: skip


def _candidates(met: Expression) -> list[Selection]:
    """Each choice of rows with those of its conditions that can be told from the row alone, and without any."""
    found: dict[Selection, None] = {}
    seen: set[PerPatient] = set()
    waiting = per_patient_parts(met)
    while waiting:
        part = waiting.pop()
        if part in seen:
            continue
        seen.add(part)
        waiting += [other for expression in row_parts(part) for other in per_patient_parts(expression)]
        chosen = selection_of(part)
        plain = tuple(each for each in chosen.where if not per_patient_parts(each) and not speaks_of_person(each))
        for where in (plain, ()):
            found[Selection(chosen.kinds, chosen.about, chosen.valued, where)] = None
    return sorted(found, key=repr)


def _within(narrow: Selection, wide: Selection) -> bool:
    """Every row of the one is a row of the other."""
    return (
        set(narrow.kinds) <= set(wide.kinds)
        and (not wide.about or (bool(narrow.about) and narrow.concepts <= wide.concepts))
        and (narrow.valued or not wide.valued)
        and set(wide.where) <= set(narrow.where)
    )


class _Without:
    """What may come out where nobody has a row of this selection."""

    def __init__(self, absent: Selection) -> None:
        self._absent = absent
        self._known: dict[Expression, Outcomes] = {}

    def truths(self, node: Expression) -> frozenset[Any]:
        found = self.of(node)
        return _TRUTHS if found is None else found

    def of(self, node: Expression) -> Outcomes:
        if node not in self._known:
            self._known[node] = self._work_out(node)
        return self._known[node]

    def _work_out(self, node: Expression) -> Outcomes:
        if isinstance(node, Const):
            return frozenset({node.value})
        if isinstance(node, Field | Summary | Course):
            if not self._has_no_row(selection_of(node)):
                return None
            return frozenset({0}) if isinstance(node, Summary) and node.what == "count" else _UNKNOWN
        if isinstance(node, Op):
            return self._of_op(node)
        return None

    def _has_no_row(self, selection: Selection) -> bool:
        return _within(selection, self._absent) or any(True not in self.truths(each) for each in selection.where)

    def _of_op(self, node: Op) -> Outcomes:
        if node.name in ("and", "or"):
            return frozenset(_joined(node.name, pair) for pair in product(*map(self.truths, node.arguments)))
        if node.name == "if":
            condition, then, *otherwise = node.arguments
            ways: list[Outcomes] = [self.of(then)] if True in self.truths(condition) else []
            if self.truths(condition) - {True}:
                ways += [self.of(each) for each in otherwise] or [_UNKNOWN]
            return _either(ways)
        if node.name == "coalesce":
            return _either(self._first_known(node.arguments))
        if node.name in ("least", "greatest"):
            return _worked_out([self.of(each) for each in node.arguments], min if node.name == "least" else max)
        arguments = [self.of(each) for each in node.arguments]
        if _UNKNOWN in arguments:
            return _UNKNOWN
        found = _worked_out(arguments, lambda values: PLAIN[node.name](*values), strict=True)
        return _TRUTHS if found is None and node.name in _TRUTH_OPS else found

    def _first_known(self, arguments: Iterable[Expression]) -> Iterator[Outcomes]:
        for each in arguments:
            found = self.of(each)
            if found is None:
                yield None
                return
            yield found - {None}
            if None not in found:
                return
        yield _UNKNOWN


def _joined(name: str, pair: tuple[bool | None, ...]) -> bool | None:
    decides = name == "or"
    return decides if decides in pair else None if None in pair else not decides


def _either(ways: Iterable[Outcomes]) -> Outcomes:
    found: set[Any] = set()
    for each in ways:
        if each is None:
            return None
        found |= each
    return frozenset(found)


def _worked_out(arguments: list[Outcomes], of: Any, strict: bool = False) -> Outcomes:
    """Of every way the arguments can come out. `strict`: an unknown makes it unknown; else it is passed over."""
    size = 1
    for each in arguments:
        if each is None:
            return None
        size *= len(each)
    if size > _MOST:
        return None
    found = set()
    for values in product(*arguments):  # type: ignore[arg-type]
        known = [value for value in values if value is not None]
        try:
            found.add(of(known) if known and (not strict or len(known) == len(values)) else None)
        except (ArithmeticError, ValueError, TypeError):
            return None
    return frozenset(found)
