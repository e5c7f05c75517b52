"""A patient's results, gathered by what was measured: the latest, the one before, the change, and all of them."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.db.models import QuerySet
from django.utils import timezone

from preceptor.record.concepts import all_concepts
from preceptor.service.patients.charts import Band, Point, number
from preceptor.service.patients.models import Event
from preceptor.service.patients.presenters import as_sent, given, order

BLOOD_PRESSURE = "blood_pressure"
_BY_TEXT = "text-"
_SYSTOLIC, _DIASTOLIC = "systolic_bp", "diastolic_bp"
# KDIGO's GFR categories, lower bound inclusive; source: CKD-EPI and NG203 summaries, checked; reviewed by: none.
BANDS: dict[str, tuple[Band, ...]] = {"egfr": (Band(60, "G3a"), Band(45, "G3b"), Band(30, "G4"), Band(15, "G5"))}

_UNIT_WORDS = (
    ("mm[Hg]", "mmHg"), ("[IU]", "IU"), ("{1.73_m2}", "1.73 m²"), ("10*12", "×10¹²"), ("10*9", "×10⁹"),
    ("umol", "µmol"), ("ug", "µg"), ("kg/m2", "kg/m²"), ("Cel", "°C"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """One result. `value` is what to show; `problem` says why a value as sent is not trusted."""

    when: str
    value: str
    problem: str = ""
    note: str = ""
    numbers: tuple[float, ...] = ()  # one, or systolic and diastolic; none when there is no number to compare
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """Everything measured of one thing; `readings` newest first, `points` oldest first, for the chart."""

    slug: str
    title: str
    unit: str
    readings: tuple[Reading, ...]
    points: tuple[Point, ...]
    taken: datetime | None = None  # when the latest was

    @property
    def latest(self) -> Reading:
        return self.readings[0]

    @property
    def previous(self) -> Reading | None:
        return self.readings[1] if len(self.readings) > 1 else None

    @property
    def lines(self) -> list[str]:
        """The names of the chart's lines: one without a name, or systolic and diastolic."""
        return list(dict.fromkeys(point.series for point in self.points))

    @property
    def change(self) -> str:
        """From the previous result to the latest, in words; empty where the two cannot be compared."""
        now, before = self.latest, self.previous
        if before is None or not now.numbers or len(now.numbers) != len(before.numbers) or now.unit != before.unit:
            return ""
        return ", ".join(_moved(one, other) for one, other in zip(now.numbers, before.numbers, strict=True))

    @property
    def undrawn(self) -> int:
        """How many results the chart leaves out: without a date, a number that is trusted, or the same unit."""
        return len(self.readings) - len({point.when for point in self.points if point.series != "Diastolic"})


def series_of(events: Iterable[Event]) -> list[Series]:
    """Every series of these results, in the order of the concept tables; what has no concept comes after, by name."""
    groups: dict[str, list[Event]] = defaultdict(list)
    for event in sorted(events, key=order):
        groups[slug_of(event)].append(event)
    made = [_pressure(group) if slug == BLOOD_PRESSURE else _series(slug, group) for slug, group in groups.items()]
    return sorted(made, key=lambda series: (_place(series.slug), series.title.casefold(), series.slug))


def slug_of(event: Event) -> str:
    """The concept's slug; for a result without a concept, one made from its text."""
    if event.concept in (_SYSTOLIC, _DIASTOLIC):
        return BLOOD_PRESSURE  # as does the event of a reading as a whole, which has no number of its own
    if event.concept:
        return event.concept
    return _BY_TEXT + hashlib.sha256(" ".join(event.text.casefold().split()).encode()).hexdigest()[:12]


def that_may_be(slug: str, events: QuerySet[Event]) -> QuerySet[Event]:
    """Of a patient's results, those among which this series is found: no more is read than is needed."""
    if slug == BLOOD_PRESSURE:
        return events.filter(concept__in=(_SYSTOLIC, _DIASTOLIC, BLOOD_PRESSURE))
    return events.filter(concept__isnull=True) if slug.startswith(_BY_TEXT) else events.filter(concept=slug)


def value_in_words(event: Event) -> str:
    """A result's value with its unit, for a line of the timeline; as it was sent where it is no trusted number."""
    if event.value is None:
        return as_sent(event)
    return f"{number(event.value)} {unit_in_words(event.unit)}".strip()


def unit_in_words(ucum: str | None) -> str:
    """A UCUM unit as a laboratory prints it: µmol/L, mmHg, mL/min/1.73 m²."""
    shown = ucum or ""
    for code, words in _UNIT_WORDS:
        shown = shown.replace(code, words)
    return shown


def _series(slug: str, events: Sequence[Event]) -> Series:
    last = events[-1]
    unit = next((event.unit for event in reversed(events) if event.value is not None), None)
    points = tuple(
        Point(timezone.localtime(event.when), event.value)
        for event in events
        if event.when is not None and event.value is not None and event.unit == unit
    )
    title = _titles().get(slug, last.text)
    readings = tuple(_reading(event) for event in reversed(events))
    return Series(slug, title, unit_in_words(unit), readings, points, last.when)


def _reading(event: Event) -> Reading:
    if event.value is None:
        return Reading(given(event), as_sent(event) or "no value", event.problem, event.note)
    unit = unit_in_words(event.unit)
    return Reading(given(event), number(event.value), event.problem, event.note, (event.value,), unit)


def _pressure(events: Sequence[Event]) -> Series:
    """Systolic and diastolic side by side, as 132/84, where they were taken together."""
    taken: dict[object, dict[str, Event]] = defaultdict(dict)
    for event in events:
        together = (event.when, event.resource_id if "#" in event.key or event.when is None else None)
        taken[together][event.concept or ""] = event
    readings, points = [], []
    for pair in taken.values():
        upper, lower = pair.get(_SYSTOLIC), pair.get(_DIASTOLIC)
        whole = pair.get(BLOOD_PRESSURE)  # one that came in words: "132/84 lying down"
        readings.append(_reading(whole) if whole else _pressure_reading(upper, lower))
        for name, half in (("Systolic", upper), ("Diastolic", lower)):
            if half and half.when is not None and half.value is not None:
                points.append(Point(timezone.localtime(half.when), half.value, name))
    return Series(BLOOD_PRESSURE, "Blood pressure", "mmHg", tuple(reversed(readings)), tuple(points), events[-1].when)


def _pressure_reading(upper: Event | None, lower: Event | None) -> Reading:
    both = [event for event in (upper, lower) if event]
    values = [event.value for event in both if event.value is not None]
    problem = "; ".join(dict.fromkeys(event.problem for event in both if event.problem))
    note = "\n".join(dict.fromkeys(event.note for event in both if event.note))
    shown = "/".join(_half(event) for event in (upper, lower))
    numbers = tuple(values) if len(values) == 2 else ()
    return Reading(given(both[0]), shown, problem, note, numbers, "mmHg" if values else "")


def _half(event: Event | None) -> str:
    if event is None:
        return "–"
    return number(event.value) if event.value is not None else as_sent(event) or "–"


def _moved(now: float, before: float) -> str:
    # Of the numbers as they are shown: 4.6 after 4.6 is no change.
    difference = float(number(now).replace(",", "")) - float(number(before).replace(",", ""))
    if abs(difference) < 1e-9:
        return "no change"
    return f"{'up' if difference > 0 else 'down'} {number(abs(difference))}"


@cache
def _titles() -> dict[str, str]:
    return {concept.slug: concept.title for concept in all_concepts()}


@cache
def _places() -> dict[str, int]:
    places = {concept.slug: place for place, concept in enumerate(all_concepts())}
    return places | {BLOOD_PRESSURE: places.get(_SYSTOLIC, 0)}


def _place(slug: str) -> int:
    return _places().get(slug, 10**6)
