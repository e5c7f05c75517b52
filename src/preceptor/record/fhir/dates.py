"""Dates as FHIR sends them: whole or in part, in any time zone, and now and then absurd."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from preceptor.advice import Precision
from preceptor.record.fhir.shapes import Node

# Outside these years a date is a mistake or a filler ("0001-01-01", "2999-12-31"): as "the latest" it would hide
# every true one, so the entry is kept without a date and with the problem.
EARLIEST, LATEST = 1850, 2150

_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})([T ].+)?)?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment in UTC, with how exactly it was given."""

    at: datetime | None = None
    precision: Precision = Precision.TIME

    @property
    def last(self) -> datetime | None:
        """The last moment that it may mean: for "2010", the end of that year."""
        if self.at is None or self.precision is Precision.TIME:
            return self.at
        month = 12 if self.precision is Precision.YEAR else self.at.month
        last = self.at.day if self.precision is Precision.DAY else monthrange(self.at.year, month)[1]
        return self.at.replace(month=month, day=last) + timedelta(days=1, microseconds=-1)


NOT_KNOWN = Moment()


def moment(node: Node, *names: str) -> Moment:
    """The first of these fields that is there, as a moment."""
    for name in names:
        if text := node.text(name):
            found, problem = parse(text)
            if problem:
                node.flag(f"{name} {problem}")
            return found
    return NOT_KNOWN


def period(node: Node, name: str) -> tuple[Moment, Moment]:
    """The start and end of a Period."""
    child = node.node(name)
    return (moment(child, "start"), moment(child, "end")) if child else (NOT_KNOWN, NOT_KNOWN)


def day(node: Node, name: str) -> tuple[date | None, Precision]:
    """A date without a time, in UTC."""
    found = moment(node, name)
    return found.at.date() if found.at else None, found.precision


@lru_cache(maxsize=8192)
def parse(text: str) -> tuple[Moment, str]:
    """A FHIR date, dateTime or instant as a moment, and what is wrong with it (empty when nothing is)."""
    if text[4:5] == text[7:8] == "-" and text[10:11] == "T":
        # By far the most usual: a day and a time, whole and in a time zone.
        try:
            exact = datetime.fromisoformat(text)
        except ValueError:
            return _parse(text)
        if exact.tzinfo is not None and EARLIEST <= exact.year <= LATEST:
            return Moment(exact.astimezone(UTC)), ""
    return _parse(text)


def _parse(text: str) -> tuple[Moment, str]:
    match = _DATE.fullmatch(text)
    if not match:
        return NOT_KNOWN, f"{text[:40]!r} is not a date"
    year, month, of_month, time = match.groups()
    try:
        at = datetime(int(year), int(month or 1), int(of_month or 1), tzinfo=UTC)
    except ValueError:
        return NOT_KNOWN, f"{text[:40]!r} is not a date"
    if not EARLIEST <= at.year <= LATEST:
        return NOT_KNOWN, f"{text[:40]!r} cannot be right"
    if not time:
        return Moment(at, Precision.DAY if of_month else Precision.MONTH if month else Precision.YEAR), ""
    try:
        exact = datetime.fromisoformat(text)
    except ValueError:
        return Moment(at, Precision.DAY), f"{text[:40]!r} has a time that cannot be read; its day was kept"
    if exact.tzinfo is None:
        return Moment(exact.replace(tzinfo=UTC)), f"{text[:40]!r} has no time zone and was taken as UTC"
    return Moment(exact.astimezone(UTC)), ""
