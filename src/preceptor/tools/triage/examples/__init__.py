"""Examples: synthetic requests for each presentation, labelled by how soon somebody should act. See README.md here.

The model learns from them, and the rules are tried on them. `author` lets a measure leave one author out.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files

from preceptor.advice import Case, Event, EventKind, Patient, Record, Request, Urgency
from preceptor.record.concepts import concept

COLUMNS = ("urgency", "also", "age", "sex", "voice", "record", "author", "text")
VOICES = ("patient", "carer", "clinician")
_SEXES = {"f": "female", "m": "male", "": None}
_AS_OF = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
_ENTERED = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)  # when what the record holds was entered: before any example


class ExampleError(ValueError):
    """A line of an examples file is wrong; the message names the file and the line and says how."""


@dataclass(frozen=True, slots=True)
class Example:
    """One request and its label. `age` in years; `record` holds concept slugs that the text does not say."""

    id: str  # "headache:12", its file and line
    presentation: str
    urgency: Urgency
    also: tuple[Urgency, ...]
    age: float | None
    sex: str | None
    voice: str
    record: tuple[str, ...]
    author: str
    text: str

    @property
    def acceptable(self) -> frozenset[Urgency]:
        """Every urgency that a sensible GP could defend."""
        return frozenset({self.urgency, *self.also})

    @property
    def case(self) -> Case:
        """The example as a tool is asked about it."""
        request = Request(self.text, self.age, self.sex, self.voice == "carer")
        held = [concept(slug) for slug in self.record]
        events = tuple(
            Event(f"{c.kind}/{c.slug}", c.kind, _ENTERED, c.title, status="active", concept=c.slug) for c in held
        )
        record = Record(Patient(self.id, sex=self.sex or "unknown"), events) if events else None
        return Case(self.id, _AS_OF, request, record)


def all_examples() -> Iterator[Example]:
    """Every example, in the order of the files' names and of their lines. Raises ExampleError."""
    folder = files("preceptor.tools.triage.examples")
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".tsv"):
            yield from read(entry.name.removesuffix(".tsv"), entry.read_text("utf-8"))


def read(presentation: str, content: str) -> Iterator[Example]:
    """The examples of one file. Raises ExampleError with the file's name and the line's number."""
    lines = content.splitlines()
    if not lines or tuple(lines[0].split("\t")) != COLUMNS:
        raise ExampleError(f"{presentation}.tsv: the first line must be {' '.join(COLUMNS)}, with tabs between")
    rows = csv.reader(lines[1:], delimiter="\t", quoting=csv.QUOTE_NONE)
    for number, row in enumerate(rows, 2):
        where = f"{presentation}.tsv line {number}"
        if len(row) != len(COLUMNS):
            raise ExampleError(f"{where}: {len(row)} columns instead of {len(COLUMNS)}")
        yield _example(f"{presentation}:{number}", presentation, dict(zip(COLUMNS, row, strict=True)), where)


def _example(name: str, presentation: str, row: dict[str, str], where: str) -> Example:
    try:
        found = Example(
            id=name,
            presentation=presentation,
            urgency=Urgency(row["urgency"]),
            also=tuple(Urgency(word) for word in row["also"].split()),
            age=float(row["age"]) if row["age"] else None,
            sex=_SEXES[row["sex"]],
            voice=row["voice"],
            record=tuple(row["record"].split()),
            author=row["author"],
            text=row["text"].strip(),
        )
        kinds = [concept(slug).kind for slug in found.record]
    except (KeyError, ValueError) as wrong:
        raise ExampleError(f"{where}: {wrong}") from None
    if not found.text or found.voice not in VOICES or not found.author or found.urgency in found.also:
        raise ExampleError(f"{where}: no text, no author, an unknown voice, or `also` repeats the urgency")
    if not set(kinds) <= {EventKind.CONDITION, EventKind.MEDICATION}:
        raise ExampleError(f"{where}: `record` holds what is neither a condition nor a medicine")
    if found.age is not None and not 0 <= found.age <= 120:
        raise ExampleError(f"{where}: an age of {found.age} years")
    return found
