"""Spec tables: what is in a record, and what a watch should find there, as text that anybody can read.

    == potassium_high_not_repeated, as of 2026-02-01
    high: male, born 1950-03-02
    high     | potassium | 2026-01-10 | 6.0
    repeated | potassium | 2026-01-10 | 6.0
    repeated | potassium | 2026-01-12 | 4.5
    => high since 2026-01-24 by 1

A row is: patient | what it is about | when | value | end | status | words. "report:chest_xray" is an entry of another
kind than its concept's, "referral" one without a concept. "=>" names who is found, since when, and by which of their
rows; nobody else is. Who is not described is a woman born on 15 June 1960.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from preceptor.advice import Event, EventKind, Patient, Record
from preceptor.record.concepts import concept
from preceptor.tools.watch.days import end_of

SPECS = Path(__file__).parent / "specs"
_HEAD = re.compile(r"== (\w+), as of (\d{4}-\d\d-\d\d)")
_PERSON = re.compile(r"([\w ]+): (male|female|other|unknown)(?:, born (\d{4}-\d\d-\d\d))?(?:, died (\d{4}-\d\d-\d\d))?")
_EXPECTED = re.compile(r"=> ([\w ]+) since (\d{4}-\d\d-\d\d|always)(?: by ([\d, ]+))?")


@dataclass(frozen=True)
class Expected:
    since: date | None
    evidence: frozenset[str]


@dataclass(frozen=True)
class Spec:
    watch: str
    as_of: datetime
    records: tuple[Record, ...]
    expected: dict[str, Expected]


def specs_in(text: str) -> list[Spec]:
    blocks: list[list[str]] = []
    for line in text.splitlines():
        if line.startswith("=="):
            blocks.append([])
        if blocks and line.strip() and not line.startswith("#"):
            blocks[-1].append(line)
    return [_spec(block) for block in blocks]


def all_specs(*files: str) -> list[Spec]:
    paths = [SPECS / file for file in files] or sorted(SPECS.glob("*.txt"))
    return [spec for path in paths for spec in specs_in(path.read_text())]


def _spec(lines: list[str]) -> Spec:
    head = _HEAD.fullmatch(lines[0])
    assert head, lines[0]
    people: dict[str, Patient] = {}
    events: dict[str, list[Event]] = {}
    expected: dict[str, Expected] = {}
    for line in lines[1:]:
        if found := _EXPECTED.fullmatch(line.strip()):
            since = None if found[2] == "always" else date.fromisoformat(found[2])
            rows = frozenset(f"e{int(number)}" for number in (found[3] or "").split(",") if number.strip())
            expected[found[1]] = Expected(since, rows)
        elif "|" in line:
            name, *cells = [cell.strip() for cell in line.split("|")]
            rows_so_far = events.setdefault(name, [])
            rows_so_far.append(_event(f"e{len(rows_so_far) + 1}", *cells))
        else:
            told = _PERSON.fullmatch(line.strip())
            assert told, line
            born, died = (date.fromisoformat(day) if day else None for day in (told[3], told[4]))
            people[told[1]] = Patient(told[1], born=born, sex=told[2], died=died)
    names = dict.fromkeys([*people, *events])
    records = [
        Record(people.get(name, Patient(name, born=date(1960, 6, 15), sex="female")), tuple(events.get(name, ())))
        for name in names
    ]
    assert set(expected) <= set(names), f"{head[1]}: expects {set(expected) - set(names)}, who has no row"
    return Spec(head[1], end_of(date.fromisoformat(head[2])), tuple(records), expected)


def _event(
    name: str, about: str, when: str = "", value: str = "", end: str = "", status: str = "", words: str = ""
) -> Event:
    kind, _, slug = about.rpartition(":")
    if not kind and about in set(EventKind):
        kind, slug = about, ""
    return Event(
        id=name,
        kind=EventKind(kind) if kind else concept(slug).kind,
        when=_moment(when),
        text=words,
        end=_moment(end),
        status=status,
        concept=slug or None,
        value=float(value) if value else None,
        unit=concept(slug).unit if slug else None,
    )


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None
