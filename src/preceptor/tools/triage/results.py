"""What recent results say of how soon somebody is needed. They raise, or are worth knowing; none lowers or reassures.

The rules are `result_rules.toml`, which says what each part of a rule means. A rule reads the latest value that can be
trusted: a number in its concept's own unit, with a date, not cancelled, and with nothing wrong that the import found.
"""

from __future__ import annotations

import operator
import tomllib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property
from importlib.resources import files
from statistics import median
from typing import Any

from preceptor.advice import Effect, Event, EventKind, Precision, Reason, Urgency, most_urgent
from preceptor.record.concepts import concept
from preceptor.tools.triage import facts
from preceptor.tools.triage.context import Change, day_of
from preceptor.tools.triage.features import Library, LibraryError, read_when
from preceptor.tools.triage.library import the_library
from preceptor.tools.triage.logic import NOTHING, Found, When
from preceptor.tools.triage.reading import Reading

MOST_NOTES = 2
_BOUNDS: dict[str, Callable[[float, float], bool]] = {
    "at_least": operator.ge,
    "above": operator.gt,
    "at_most": operator.le,
    "below": operator.lt,
}
_VERIFIED = ("yes", "partly", "no")
_NO_RESULT = frozenset({"cancelled", "entered-in-error", "registered", "unknown"})
_DATED = frozenset({Precision.DAY, Precision.TIME})
_NEAR, _FAR = timedelta(days=7), timedelta(days=365)  # of a person's usual: the last week apart, then the year
_PRINTED = (("mm[Hg]", "mmHg"), ("[IU]", "IU"), ("{1.73_m2}", "1.73 m²"), ("10*9", "×10⁹"), ("ug", "µg"), ("um", "µm"))


@dataclass(frozen=True, slots=True)
class ResultRule:
    """One rule as its file states it. `bound` is in `unit`, or a share of the person's usual (`against_usual`)."""

    id: str
    concepts: tuple[str, ...]
    unit: str | None
    how: str  # one of _BOUNDS
    bound: float
    against_usual: bool
    days: int
    who: When | None
    taking: tuple[str, ...]
    when: When | None
    to: Urgency
    text: str
    source: str
    verified: str
    version: str
    effective: date
    review: date
    reviewed_by: str

    @classmethod
    def read(cls, table: dict[str, Any], common: dict[str, Any], library: Library) -> ResultRule:
        """The rule of a `[[rule]]` table; `common` holds what the file says of all. Raises LibraryError."""
        where = f"result rule {table.get('id', '?')}"
        left = dict(table)
        bounds = [(how, left.pop(how)) for how in _BOUNDS if how in left]
        if len(bounds) != 1:
            raise LibraryError(f"{where}: one of {', '.join(_BOUNDS)} is needed")
        ((how, bound),) = bounds
        try:
            found = cls(
                concepts=tuple(left.pop("concepts")),
                unit=left.pop("unit", None),
                how=how,
                bound=float(bound),
                against_usual=bool(left.pop("against_usual", False)),
                who=read_when(left.pop("who"), where) if "who" in left else None,
                taking=tuple(left.pop("taking", ())),
                when=read_when(left.pop("when"), where) if "when" in left else None,
                to=Urgency(left.pop("to")),
                **left,
                **common,
            )
        except (KeyError, TypeError, ValueError) as wrong:
            raise LibraryError(f"{where}: {wrong}") from None
        found._check(where, library)
        return found

    def _check(self, where: str, library: Library) -> None:
        for each in (self.who, self.when):
            if each is not None:
                library.check(each, where)
        try:
            units = {concept(slug).unit for slug in self.concepts}
            kinds = {concept(slug).kind for slug in self.taking}
        except KeyError as wrong:
            raise LibraryError(f"{where}: {wrong}") from None
        if units != {self.unit}:
            raise LibraryError(f"{where}: its unit is not that of its concepts")
        if kinds - {EventKind.MEDICATION} or self.verified not in _VERIFIED or self.days < 1:
            raise LibraryError(f"{where}: takes what is no medicine, or `verified` or `days` cannot be right")
        if not (self.text and self.source and self.to.at_least(Urgency.SOON)):
            raise LibraryError(f"{where}: a text or a source is missing, or it raises to nothing urgent")


@cache
def result_rules() -> tuple[ResultRule, ...]:
    """The rules in the order of their file. Raises LibraryError where it is wrong."""
    stated = tomllib.loads(files("preceptor.tools.triage").joinpath("result_rules.toml").read_text("utf-8"))
    common = {name: stated[name] for name in ("version", "effective", "review", "reviewed_by")}
    rules = tuple(ResultRule.read(table, common, the_library().features) for table in stated["rule"])
    if len({rule.id for rule in rules}) != len(rules):
        raise LibraryError("two result rules share an id")
    return rules


@cache
def _read() -> frozenset[str]:
    """Every concept that a rule reads."""
    return frozenset(name for rule in result_rules() for slug in rule.concepts for name in facts.narrower(slug))


def changes(reading: Reading, about: Collection[str], urgency: Urgency) -> tuple[Change, ...]:
    """What results change about a request that needs somebody as soon as `urgency`, and at most two worth knowing.

    `about` are the presentations that it was taken for, beside what the words say themselves. Each result speaks once,
    by the rule that makes it most urgent.
    """
    held = sorted(_held(_Asked(reading, frozenset(about))), key=lambda one: one.order)
    first = list({one.event.id: one for one in reversed(held)}.values())
    first.sort(key=lambda one: one.order)
    raising = [one for one in first if one.bears is not None and one.rule.to.rank < urgency.rank]
    if raising:
        to = most_urgent(*(one.rule.to for one in raising))
        raising = [one for one in raising if one.rule.to is to]
    notes = [one for one in first if one not in raising][:MOST_NOTES]
    return tuple(one.change(Effect.RAISES) for one in raising) + tuple(one.change(Effect.NOTES) for one in notes)


@dataclass(frozen=True, slots=True)
class _Held:
    """A rule that a result keeps. `bears` is what of the request it bears on, or None."""

    rule: ResultRule
    event: Event
    usual: float | None
    bears: Found | None

    @property
    def order(self) -> tuple[bool, int, float, str, str]:
        """What bears on the request first, then the most urgent, the newest, and by ids."""
        when = self.event.when
        return self.bears is None, self.rule.to.rank, -when.timestamp() if when else 0.0, self.event.id, self.rule.id

    def change(self, effect: Effect) -> Change:
        number = _number(self.event.value, self.rule.unit)
        than = f" (usually {_number(self.usual, None)})" if self.usual is not None else ""
        title = concept(self.event.concept).title if self.event.concept else self.event.text
        why = self.rule.text if self.bears is not None else "worth knowing; the request names nothing it bears on"
        words = f"{title} {number}{than} on {day_of(self.event)}: {why}"
        span = self.bears.spans[0] if effect is Effect.RAISES and self.bears and self.bears.spans else None
        reason = Reason(words, effect, span, self.event.id, self.rule.id)
        return Change(self.rule.to if effect is Effect.RAISES else None, reason)


class _Asked:
    """What a rule's conditions are asked of: the reading, and the presentations that the request was taken for."""

    def __init__(self, reading: Reading, about: frozenset[str]) -> None:
        self.reading, self.about = reading, about

    def feature(self, name: str) -> Found | None:
        return self.reading.feature(name) or (NOTHING if name in self.about else None)

    def measure(self, name: str, holds: Callable[[float], bool]) -> Found | None:
        return self.reading.measure(name, holds)

    def speaks_of(self, exception: Found, said: Found) -> bool:
        return self.reading.speaks_of(exception, said)

    @cached_property
    def results(self) -> dict[str, list[Event]]:
        """The results that can be trusted, by concept, oldest first."""
        record, as_of = self.reading.case.record, self.reading.case.as_of
        found: dict[str, list[Event]] = {}
        for event in record.of(EventKind.RESULT) if record else ():
            if event.concept in _read() and event.when and event.when <= as_of and is_trusted(event):
                found.setdefault(str(event.concept), []).append(event)
        return found

    @cached_property
    def medicines(self) -> tuple[Event, ...]:
        return facts.active(self.reading.case, EventKind.MEDICATION)

    def of(self, slugs: tuple[str, ...]) -> list[Event]:
        """The trusted results of these concepts or narrower ones, oldest first, in their total order."""
        meant = {name for slug in slugs for name in facts.narrower(slug)} & self.results.keys()
        return sorted((event for name in meant for event in self.results[name]), key=lambda event: event.order)


def is_trusted(event: Event) -> bool:
    """True for a number in its concept's own unit, on a known day, that nothing is wrong with."""
    if event.value is None or event.problem or event.concept is None or event.precision not in _DATED:
        return False
    return event.unit == concept(event.concept).unit and event.status.casefold() not in _NO_RESULT


def _held(asked: _Asked) -> Iterator[_Held]:
    if not asked.results:
        return
    for rule in result_rules():
        found = asked.of(rule.concepts)
        if not found or not _is_recent(found[-1], rule, asked):
            continue
        kept, usual = _keeps(rule, found)
        if not kept or (rule.taking and not facts.with_concept(asked.medicines, *rule.taking)):
            continue
        if rule.who is None or rule.who.holds(asked) is not None:
            yield _Held(rule, found[-1], usual, NOTHING if rule.when is None else rule.when.holds(asked))


def _is_recent(event: Event, rule: ResultRule, asked: _Asked) -> bool:
    return event.when is not None and asked.reading.case.as_of - event.when <= timedelta(days=rule.days)


def _keeps(rule: ResultRule, found: list[Event]) -> tuple[bool, float | None]:
    """Whether the latest of these keeps the rule's bound, and the usual value that it was held against."""
    latest = found[-1].value
    assert latest is not None  # noqa: S101 - only trusted results come here
    if not rule.against_usual:
        return _BOUNDS[rule.how](latest, rule.bound), None
    for usual in _usual(found, rises=rule.how in ("at_least", "above")):
        if usual > 0 and _BOUNDS[rule.how](latest / usual, rule.bound):
            return True, usual
    return False, None


def _usual(found: list[Event], *, rises: bool) -> Iterator[float]:
    """What the latest may be held against: the year's median, then the lowest (or highest) of the week before it."""
    latest, *before = reversed(found)
    ages = [(latest.when - e.when, e.value) for e in before if e.when and latest.when and e.value is not None]
    year = [value for age, value in ages if _NEAR < age <= _FAR]
    week = [value for age, value in ages if age <= _NEAR]
    if year:
        yield median(year)
    if week:
        yield min(week) if rises else max(week)


def _number(value: float | None, unit: str | None) -> str:
    printed = unit or ""
    for sent, shown in _PRINTED:
        printed = printed.replace(sent, shown)
    return f"{value:g} {printed}".rstrip()
