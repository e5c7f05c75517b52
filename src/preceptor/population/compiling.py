"""The nodes of a watch as one Ibis expression over two tables, for any engine that Ibis speaks to.

The rows that a watch looks at are taken once, of patients who have what it cannot fire without. What a choice of rows
depends on (the day of another row, say) is worked out by patient and put beside them, round by round; then each
patient's rows are grouped into one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, reduce
from operator import and_, or_
from typing import Any, Literal, TypeAlias

import ibis

from preceptor.population.needed import needed
from preceptor.population.values import LAST_AND_FIRST, OPERATIONS, Value, literal, middle, number
from preceptor.tools.watch.days import day_number, march_calendar
from preceptor.tools.watch.nodes import (
    Const,
    Course,
    Expression,
    Field,
    Node,
    Now,
    Op,
    PerPatient,
    Person,
    Row,
    Selection,
    Summary,
    fields_of,
    per_patient_parts,
    row_parts,
    selection_of,
    speaks_of_person,
)
from preceptor.tools.watch.watch import Watch

Table: TypeAlias = Any  # as `Value`

_EVENTS = {
    "patient": "string",
    "ord": "int64",
    "day": "int64",
    "moment": "int64",
    "id": "string",
    "kind": "string",
    "concept": "string",
    "value": "float64",
    "status": "string",
    "end_day": "int64",
    "said": "string",
}
_PEOPLE = {"patient": "string", "march_year": "int64", "march_day": "int64", "sex": "string", "died": "date"}


@dataclass(frozen=True, slots=True)
class Target:
    """Which engine the question is for, and the names of its two tables."""

    dialect: Literal["duckdb", "pyspark"]
    events: str = "events"
    people: str = "people"


@lru_cache(maxsize=1024)  # writing it takes longer than asking it of a few records
def question(watch: Watch, as_of: datetime, target: Target) -> str:
    """SQL that gives a row for each patient for whom the watch fires: patient, died, since, and for the criterion at
    place i its met_i, since_i, value_i and event_i_j. Days are numbers, but for the date of death.
    """
    columns: dict[str, Expression] = {"since": watch.when.since}
    for place, criterion in enumerate(watch.criteria):
        columns[f"met_{place}"] = criterion.met
        columns[f"since_{place}"] = criterion.since
        if criterion.value is not None:
            columns[f"value_{place}"] = criterion.value
        columns |= {f"event_{place}_{number}": one.id for number, one in enumerate(criterion.shows)}
    return _sql(watch, as_of, target, columns)


@lru_cache(maxsize=1024)
def who(watch: Watch, as_of: datetime, target: Target) -> str:
    """SQL that gives only the patients: less to work out."""
    return _sql(watch, as_of, target, {})


def _sql(watch: Watch, as_of: datetime, target: Target, columns: dict[str, Expression]) -> str:
    compiler = _Compiler(as_of, [watch.when.met, *columns.values()], target)
    patients = compiler.patients()
    patients = patients.filter(compiler.value(watch.when.met, patients))
    wanted = {name: compiler.value(each, patients) for name, each in columns.items()}
    told = [name for name in ("patient", "died") if name in patients.columns]
    return str(ibis.to_sql(patients.select(*told, **wanted), dialect=target.dialect))


class _Compiler:
    def __init__(self, as_of: datetime, wanted: list[Expression], target: Target) -> None:
        self._events = ibis.table(_EVENTS, name=target.events)
        self._people = ibis.table(_PEOPLE, name=target.people)
        self._last, self._first = LAST_AND_FIRST[target.dialect]
        year, day = march_calendar(as_of.date())
        self._now = {"day": day_number(as_of.date()), "march_year": year, "march_day": day}
        self._needed = needed(wanted[0])
        # Beside the condition only the patient is wanted, and the condition does not speak of them.
        self._asks_of_person = len(wanted) > 1 or speaks_of_person(wanted[0])
        self._outer = list(dict.fromkeys(part for expression in wanted for part in per_patient_parts(expression)))
        self._rounds = _in_rounds(_depends_on_all(self._outer))
        self._inner = {part for parts in self._rounds for part in parts}
        every = dict.fromkeys((*(part for parts in self._rounds for part in parts), *self._outer))
        self._bare = {Selection(each.kinds, each.about) for each in map(selection_of, every)}
        self._reach: dict[PerPatient, str] = {}
        self._written: dict[Table, dict[Node, Value]] = {}
        self._columns = {part: f"c{place}" for place, part in enumerate(every)}

    def patients(self) -> Table:
        """Every patient, with a column for each value that is wanted of them."""
        people = self._people
        if not self._outer:
            return people
        rows = self._rows()
        grouped = {self._columns[part]: self._aggregate(part, rows) for part in self._outer if not _is_slope(part)}
        worked_out = [rows.group_by("patient").aggregate(**grouped)] if grouped else []
        worked_out += [self._slope(part, rows) for part in self._outer if _is_slope(part)]
        if self._needed and len(worked_out) == 1 and not self._asks_of_person:
            return worked_out[0]
        for table in worked_out:
            # Who has none of what is needed is in no group, and cannot be found.
            joined = people.inner_join if self._needed else people.left_join
            people = joined(table, "patient")
            people = people if self._needed else people.drop("patient_right")
        return people

    def _rows(self) -> Table:
        """The rows of all selections, each with its patient's values on which a choice of rows depends."""
        if len(self._bare) > 1 and all(selection.about for selection in self._bare):
            # By concept alone: what is of another kind, no selection takes. So an engine asks each row once, and
            # passes over whole blocks of rows about other things.
            concepts = frozenset[str]().union(*(each.concepts for each in self._bare))
            rows = self._events.filter(self._events.concept.isin(sorted(concepts)))
        else:
            rows = self._events.filter(
                reduce(or_, [_about(selection, self._events) for selection in sorted(self._bare, key=repr)])
            )
        for selection in self._needed if self._is_worth_choosing() else ():
            rows = rows.semi_join(self._events.filter(self._mask(selection, self._events)).select("patient"), "patient")
        rows = rows.select(sorted(self._fields()))
        if any(speaks_of_person(expression) for part in self._columns for expression in row_parts(part)):
            rows = rows.inner_join(self._people.drop("died"), "patient")
        for parts in self._rounds:
            for part in parts:
                rows = self._with_reach(part, rows)
            rows = _worked_out_once(rows)
            values = {self._columns[part]: self._aggregate(part, rows) for part in parts}
            rows = rows.inner_join(rows.group_by("patient").aggregate(**values), "patient")
        for part in self._outer:
            rows = self._with_reach(part, rows)
        return rows

    def _is_worth_choosing(self) -> bool:
        """Whether rows of other patients cost more than finding out whose they are: not if they are only grouped."""
        about = {Selection(each.kinds, each.about) for each in self._needed}
        return bool(self._rounds or not self._bare <= about or any(map(_is_slope, self._outer)))

    def _fields(self) -> set[str]:
        """The columns of `events` that anything looks at."""
        found = {"patient", "ord", "day"} | ({"kind", "concept"} if len(self._bare) > 1 else set())
        return found.union(*map(fields_of, self._columns))

    def _aggregate(self, part: PerPatient, rows: Table) -> Value:
        """As one value for the rows of a patient."""
        if part in self._inner and self._columns[part] in rows.columns:
            return rows[self._columns[part]].arbitrary()
        mask = self._mask(selection_of(part), rows)
        if isinstance(part, Field):
            first, column = part.one.which == "first", rows[part.field]
            if part.field in ("ord", "day", "moment"):  # these rise together
                return column.min(where=mask) if first else column.max(where=mask)
            return (self._first if first else self._last)(column, rows.ord, mask)
        if isinstance(part, Course):
            return self._course(part, rows, mask)
        match part.what:
            case "count":
                return rows.ord.count(where=mask)
            case "lowest":
                return rows["value"].min(where=mask)
            case "highest":
                return rows["value"].max(where=mask)
            case _:
                return rows["value"].collect(where=mask)

    def _course(self, part: Course, rows: Table, mask: Value) -> Value:
        covers = self.value(part.covers, rows)
        if part.field == "until":
            return covers.max(where=mask)
        reached = rows[self._reach[part]]
        begins = covers.notnull() & (reached.isnull() | (reached < rows.day))
        return rows.day.max(where=begins if mask is None else mask & begins)

    def _with_reach(self, part: PerPatient, rows: Table) -> Table:
        """For the start of a course: how far the rows before a row reach. A stretch begins where none reaches it."""
        if not isinstance(part, Course) or part.field != "start" or part in self._reach:
            return rows
        self._reach[part] = f"reach{len(self._reach)}"
        before = ibis.window(group_by=rows.patient, order_by=rows.ord, preceding=(None, 1))
        reach = self.value(part.covers, rows).max(where=self._mask(part.of, rows)).over(before)
        return rows.mutate(**{self._reach[part]: reach})

    def _slope(self, part: PerPatient, rows: Table) -> Table:
        mask = self._mask(selection_of(part), rows)
        rows = (rows if mask is None else rows.filter(mask)).select("patient", "day", "value")
        later = rows.view()
        pairs = rows.inner_join(later, [rows.patient == later.patient, rows.day < later.day])
        rise, years = pairs.value_right - pairs["value"], (pairs.day_right - pairs.day) / number(365.25)
        pairs = pairs.select("patient", slope=rise / years)
        return pairs.group_by("patient").aggregate(**{self._columns[part]: pairs.slope.collect()})

    def _mask(self, selection: Selection, rows: Table) -> Value:
        """True of its rows; where every row is one, None."""
        known = self._written.setdefault(rows, {})
        if selection not in known:
            conditions = [self.value(condition, rows) for condition in selection.where]
            if "concept" in rows.columns:
                conditions.insert(0, _about(selection, rows))
            elif selection.valued:  # the rows are all about the same
                conditions.insert(0, rows["value"].notnull())
            known[selection] = reduce(and_, conditions) if conditions else None
        return known[selection]

    def value(self, node: Expression, table: Table) -> Value:
        """`table` has a column for every value by patient that the expression needs."""
        known = self._written.setdefault(table, {})
        if node not in known:
            known[node] = self._write(node, table)
        return known[node]

    def _write(self, node: Expression, table: Table) -> Value:
        if isinstance(node, Const):
            return literal(node.value)
        if isinstance(node, Now):
            return literal(self._now[node.field])
        if isinstance(node, Row | Person):
            return table[node.field]
        if isinstance(node, Op):
            return OPERATIONS[node.name](*(self.value(argument, table) for argument in node.arguments))
        assert isinstance(node, Field | Summary | Course)  # noqa: S101 -- the nodes end here
        column = table[self._columns[node]]
        if isinstance(node, Summary) and node.what == "count":
            return column.coalesce(0)
        if isinstance(node, Summary) and node.what in ("median", "slope"):
            return middle(column)
        return column


def _worked_out_once(rows: Table) -> Table:
    """The same rows. What Ibis writes for a join that is used twice stands there twice; for a filter, once."""
    return rows.filter(rows.patient.notnull())


def _about(selection: Selection, rows: Table) -> Value:
    mask = rows.kind.isin(sorted(selection.kinds))
    if selection.about:
        mask &= rows.concept.isin(sorted(selection.concepts))
    return mask & rows["value"].notnull() if selection.valued else mask


def _depends_on(part: PerPatient) -> list[PerPatient]:
    return [other for expression in row_parts(part) for other in per_patient_parts(expression)]


def _depends_on_all(parts: list[PerPatient]) -> list[PerPatient]:
    found: dict[PerPatient, None] = {}
    waiting = [other for part in parts for other in _depends_on(part)]
    while waiting:
        part = waiting.pop()
        if part not in found:
            found[part] = None
            waiting += _depends_on(part)
    return list(found)


def _in_rounds(parts: list[PerPatient]) -> list[list[PerPatient]]:
    """Each in a round after all that it depends on."""
    depths: dict[PerPatient, int] = {}

    def depth(part: PerPatient) -> int:
        if part not in depths:
            depths[part] = 1 + max((depth(other) for other in _depends_on(part)), default=-1)
        return depths[part]

    if any(_is_slope(part) for part in parts):
        raise ValueError("a choice of rows cannot depend on a slope")
    rounds: list[list[PerPatient]] = [[] for _ in range(1 + max(map(depth, parts), default=-1))]
    for part in parts:
        rounds[depth(part)].append(part)
    return rounds


def _is_slope(part: PerPatient) -> bool:
    return isinstance(part, Summary) and part.what == "slope"
