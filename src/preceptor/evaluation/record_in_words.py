"""A record in words, as whoever writes a test set can give it, made into a Record by the concept tables.

    {"conditions": ["type 2 diabetes"], "medicines": ["Metformin 500mg tablets"],
     "appointments": ["Knee review in 3 days"], "plans": ["Reviews only, agreed 2025"]}

A condition is known by a concept's title within its words, a medicine by its name. What has no concept stays in the
record as text, and is counted. A year in the words dates an entry; an appointment needs a day ("2026-11-05",
"tomorrow", "in 3 days", "on Thursday"), and one without is counted too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from preceptor.advice import Event, EventKind, Patient, Precision, Record
from preceptor.record.concepts import all_concepts, drug_named

PARTS = {
    "conditions": EventKind.CONDITION,
    "medicines": EventKind.MEDICATION,
    "appointments": EventKind.APPOINTMENT,
    "plans": EventKind.PLAN,
}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY = re.compile(r"\b(\d{4}-\d{2}-\d{2})\b")
_IN = re.compile(r"\bin (?:(\d{1,3})|an?|one|two|three|four|five|six) (day|week|month)s?\b", re.IGNORECASE)
_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_LENGTHS = {"day": 1, "week": 7, "month": 30}
_YEAR = re.compile(r"\b(19\d\d|20\d\d)\b")


class BadWords(ValueError):
    """This is no record in words; the message says why, without quoting it."""


@dataclass(frozen=True, slots=True)
class Words:
    """The entries of a record, each as (part, words)."""

    entries: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Mapped:
    """A record made from words, and how many of its entries could not be wholly understood."""

    record: Record
    entries: int
    without_concept: int  # conditions and medicines that are text only
    without_day: int  # appointments whose day could not be read


def words_of(given: Mapping[str, Any]) -> Words:
    """The entries that are given; BadWords where it has another shape."""
    if unknown := set(given) - set(PARTS):
        raise BadWords(f"{len(unknown)} of its parts are none of {', '.join(PARTS)}")
    entries: list[tuple[str, str]] = []
    for part, listed in given.items():
        if not isinstance(listed, list) or not all(isinstance(words, str) and words.strip() for words in listed):
            raise BadWords(f"{part} is not a list of words")
        entries += [(part, " ".join(words.split())) for words in listed]
    return Words(tuple(entries))


def record_of(words: Words, sex: str | None, as_of: datetime) -> Mapped:
    """The record that the words describe, as of a moment."""
    events = tuple(_event(at, part, said, as_of) for at, (part, said) in enumerate(words.entries, start=1))
    coded = [event for event in events if event.kind in (EventKind.CONDITION, EventKind.MEDICATION)]
    booked = [event for event in events if event.kind is EventKind.APPOINTMENT]
    return Mapped(
        record=Record(Patient("", sex=sex or "unknown"), events),
        entries=len(events),
        without_concept=sum(event.concept is None for event in coded),
        without_day=sum(event.when is None for event in booked),
    )


def _event(at: int, part: str, said: str, as_of: datetime) -> Event:
    kind = PARTS[part]
    if kind is EventKind.APPOINTMENT:
        return Event(f"Appointment/{at}", kind, _day_named(said, as_of), said, Precision.DAY, status="booked")
    concept = None
    if kind is EventKind.CONDITION:
        concept = condition_named(said)
    elif kind is EventKind.MEDICATION and (drug := drug_named(said)) is not None:
        concept = drug.slug
    when = _year_named(said, as_of)
    note = said if kind is EventKind.PLAN else ""
    return Event(f"{kind.value}/{at}", kind, when, said, Precision.YEAR, status="active", concept=concept, note=note)


def condition_named(said: str) -> str | None:
    """The slug of the condition whose title stands in these words; of several the longest title."""
    plain = f" {' '.join(_plain_words(said))} "
    return next((slug for title, slug in _titles() if f" {title} " in plain), None)


@cache
def _titles() -> tuple[tuple[str, str], ...]:
    """(title in plain words, slug) of every condition, longest first; then by slug, for a total order."""
    conditions = ((" ".join(_plain_words(c.title)), c.slug) for c in all_concepts() if c.kind is EventKind.CONDITION)
    return tuple(sorted(conditions, key=lambda pair: (-len(pair[0]), pair[1])))


def _plain_words(said: str) -> Iterator[str]:
    yield from re.findall(r"\w+", said.casefold().replace("'", "").replace("’", ""))


def _year_named(said: str, as_of: datetime) -> datetime | None:
    years = [int(year) for year in _YEAR.findall(said) if int(year) <= as_of.year]
    return datetime(min(years), 1, 1, tzinfo=UTC) if years else None


def _day_named(said: str, as_of: datetime) -> datetime | None:
    today, plain = as_of.date(), said.casefold()
    if found := _DAY.search(plain):
        try:
            return _morning(date.fromisoformat(found[1]))
        except ValueError:
            return None
    if found := _IN.search(plain):
        count = int(found[1]) if found[1] else _NUMBERS[found[0].split()[1]]
        return _morning(today + timedelta(days=count * _LENGTHS[found[2]]))
    for word, days in (("today", 0), ("tomorrow", 1), ("next week", 7)):
        if re.search(rf"\b{word}\b", plain):
            return _morning(today + timedelta(days=days))
    for number, name in enumerate(_WEEKDAYS):
        if re.search(rf"\b{name}\b", plain):
            return _morning(today + timedelta(days=(number - today.weekday() - 1) % 7 + 1))
    return None


def _morning(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
