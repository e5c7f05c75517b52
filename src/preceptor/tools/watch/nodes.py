"""What a watch is made of: few, small, frozen nodes that say *what* to look at, never *how*.

A `Selection` picks rows of a record. `First`, `Last`, `Count`, `Median` and their like boil rows down to one value a
patient. An `Expression` computes with those. Every engine interprets these same nodes: `reference` in plain Python,
for one record; `preceptor.population.compiling` as Ibis, for DuckDB and Spark.

Days are numbers (days since 1 January 1970, UTC); moments are microseconds since then. Absent values are None, and
spread as SQL's NULL does: a comparison with None is None, "and" is false if any part is false.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Literal, TypeAlias, Union

from preceptor.advice import EventKind
from preceptor.record.concepts import concept, narrower

# The day of what has no date: before every other. Also when something began that was always so.
ALWAYS = -719162  # 1 January of the year 1
FOREVER = 10_000_000

Plain: TypeAlias = int | float | str | bool
Operand: TypeAlias = Union["Expression", int, float, str, bool]


class Node:
    """Equal when built alike, so that an engine works each one out once. The hash is kept: trees are deep."""

    @cached_property
    def _parts(self) -> tuple[Any, ...]:
        return (type(self), *(getattr(self, field.name) for field in fields(self)))  # type: ignore[arg-type]

    @cached_property
    def _hash(self) -> int:
        return hash(self._parts)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Node) and self._hash == other._hash and self._parts == other._parts)


class Expression(Node):
    """A value for each patient, or for each row where it speaks of a row."""

    def __lt__(self, other: Operand) -> Expression:
        return op("<", self, other)

    def __le__(self, other: Operand) -> Expression:
        return op("<=", self, other)

    def __gt__(self, other: Operand) -> Expression:
        return op(">", self, other)

    def __ge__(self, other: Operand) -> Expression:
        return op(">=", self, other)

    def is_(self, other: Operand) -> Expression:
        return op("=", self, other)

    def one_of(self, *values: str) -> Expression:
        return op("in", self, *values)

    def __add__(self, other: Operand) -> Expression:
        return op("+", self, other)

    def __sub__(self, other: Operand) -> Expression:
        return op("-", self, other)

    def __rsub__(self, other: Operand) -> Expression:
        return op("-", other, self)

    def __mul__(self, other: Operand) -> Expression:
        return op("*", self, other)

    __rmul__ = __mul__

    def __truediv__(self, other: Operand) -> Expression:
        """None where `other` is zero."""
        return op("/", self, other)

    def __rtruediv__(self, other: Operand) -> Expression:
        return op("/", other, self)

    def __floordiv__(self, other: Operand) -> Expression:
        return op("//", self, other)

    def __and__(self, other: Operand) -> Expression:
        return op("and", self, other)

    def __or__(self, other: Operand) -> Expression:
        return op("or", self, other)

    def __invert__(self) -> Expression:
        return op("not", self)

    def or_else(self, other: Operand) -> Expression:
        return op("coalesce", self, other)


@dataclass(frozen=True, eq=False)
class Const(Expression):
    value: Plain | None

    @cached_property
    def _parts(self) -> tuple[Any, ...]:
        # To Python 0, 0.0 and False are equal; to a database they are of three types.
        return Const, type(self.value), self.value


@dataclass(frozen=True, eq=False)
class Op(Expression):
    """`name` is one of: < <= > >= = in + - * / // and or not if coalesce least greatest exp ln pow says.

    least and greatest pass over None. `if` gives None where its condition is not true. `says` is true when the words
    of a row hold one of the (lower-case) words given.
    """

    name: str
    arguments: tuple[Expression, ...]


RowField = Literal["day", "moment", "ord", "value", "end_day", "status", "said"]


@dataclass(frozen=True, eq=False)
class Row(Expression):
    """A field of the row in hand. `ord` is its place in the record, by (moment, id): a total order."""

    field: RowField


PersonField = Literal["march_year", "march_day", "sex"]


@dataclass(frozen=True, eq=False)
class Person(Expression):
    """Of the patient. The birthday is kept as a year that begins in March and the day in it (see `words.birthday`)."""

    field: PersonField


@dataclass(frozen=True, eq=False)
class Now(Expression):
    """The day as of which the record is read."""

    field: Literal["day", "march_year", "march_day"] = "day"


@dataclass(frozen=True, eq=False)
class Selection(Node):
    """Rows of a record: of these kinds, about these concepts (and all narrower ones; none given means any).

    `valued` keeps only rows with a number. Every expression of `where` has to be true of the row.
    """

    kinds: tuple[EventKind, ...]
    about: tuple[str, ...] = ()
    valued: bool = False
    where: tuple[Expression, ...] = ()

    @cached_property
    def concepts(self) -> frozenset[str]:
        return frozenset().union(*(narrower(slug) for slug in self.about))

    @property
    def title(self) -> str:
        """What it is called in words: the titles of its concepts."""
        return " or ".join(concept(slug).title for slug in self.about) or " or ".join(self.kinds)

    @property
    def unit(self) -> str:
        return (concept(self.about[0]).unit or "") if len(self.about) == 1 else ""

    def that(self, *conditions: Expression) -> Selection:
        return Selection(self.kinds, self.about, self.valued, self.where + conditions)

    @property
    def first(self) -> One:
        return One(self, "first")

    @property
    def last(self) -> One:
        return One(self, "last")

    @property
    def count(self) -> Expression:
        return Summary("count", self)

    @property
    def lowest(self) -> Expression:
        return Summary("lowest", self)

    @property
    def highest(self) -> Expression:
        return Summary("highest", self)

    @property
    def median(self) -> Expression:
        return Summary("median", self)


@dataclass(frozen=True, eq=False)
class One(Node):
    """The first or the last row of a selection, by the total order; its fields are None when there is no row."""

    of: Selection
    which: Literal["first", "last"]

    @property
    def day(self) -> Expression:
        return Field(self, "day")

    @property
    def moment(self) -> Expression:
        return Field(self, "moment")

    @property
    def ord(self) -> Expression:
        return Field(self, "ord")

    @property
    def value(self) -> Expression:
        return Field(self, "value")

    @property
    def id(self) -> Expression:
        return Field(self, "id")


@dataclass(frozen=True, eq=False)
class Field(Expression):
    one: One
    field: Literal["day", "moment", "ord", "value", "id"]


@dataclass(frozen=True, eq=False)
class Summary(Expression):
    """One number for all the rows of a selection. Count is 0 for none, the others None.

    `median` of an even number of rows is halfway between the middle two. `slope` is the median of the slopes between
    every two rows on different days, in units a year (Theil and Sen): one wild result does not turn it.
    """

    what: Literal["count", "lowest", "highest", "median", "slope"]
    of: Selection


@dataclass(frozen=True, eq=False)
class Course(Expression):
    """Rows that each last from their day up to and with the day `covers`, joined where they touch or overlap.

    `start` is the first day of the last such stretch, `until` the last day that any row covers.
    """

    of: Selection
    covers: Expression
    field: Literal["start", "until"]


PerPatient: TypeAlias = Field | Summary | Course


def const(value: Operand | None) -> Expression:
    return value if isinstance(value, Expression) else Const(value)


def op(name: str, *arguments: Operand | None) -> Expression:
    return Op(name, tuple(const(argument) for argument in arguments))


def per_patient_parts(expression: Expression) -> list[PerPatient]:
    """The values by patient that it needs, without looking into their own selections."""
    if isinstance(expression, Field | Summary | Course):
        return [expression]
    if isinstance(expression, Op):
        return [part for argument in expression.arguments for part in per_patient_parts(argument)]
    return []


def row_parts(part: PerPatient) -> tuple[Expression, ...]:
    """What is worked out for each row on the way to a value by patient."""
    return (*part.of.where, part.covers) if isinstance(part, Course) else selection_of(part).where


def selection_of(part: PerPatient) -> Selection:
    return part.one.of if isinstance(part, Field) else part.of


def speaks_of_person(expression: Expression) -> bool:
    if isinstance(expression, Op):
        return any(speaks_of_person(argument) for argument in expression.arguments)
    return isinstance(expression, Person)


def row_fields(expression: Expression) -> set[str]:
    """The fields of a row that it looks at."""
    if isinstance(expression, Op):
        return {field for argument in expression.arguments for field in row_fields(argument)}
    return {expression.field} if isinstance(expression, Row) else set()


def fields_of(part: PerPatient) -> set[str]:
    """The fields of a row that are looked at on the way to a value by patient."""
    found = {field for expression in row_parts(part) for field in row_fields(expression)}
    if isinstance(part, Field):
        found.add(part.field)
    if selection_of(part).valued or (isinstance(part, Summary) and part.what != "count"):
        found.add("value")
    return found
