"""Labelled requests from a file: JSON lines or CSV, one request a line with the urgency that is right for it.

A line is what `preceptor advise` takes, and its answer: `label` (one urgency), or `acceptable` (every urgency that
would do) with the best of them as `label` or `urgency`. Further keys (kind, style, ...) are groups to report by. A
`record` may also be given in words: see `record_in_words`.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

from preceptor.advice import URGENCIES, Urgency
from preceptor.evaluation.record_in_words import BadWords, Words, words_of

ASKED = ("id", "text", "age", "sex", "record", "as_of", "written_by_other")  # what a tool is told
ANSWER = ("label", "urgency", "acceptable")
_SPEAKS_OF_BOTH = ("written_by_other",)
_TRUTHS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_LONGEST_NAME = 40  # of a group: more is prose


class CannotUse(ValueError):
    """The data as a whole cannot be evaluated; the message says why in one line."""


class _BadLine(ValueError):
    """This line is no labelled request; the message says why."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """One request and what is right for it. `asked` is its line for `preceptor advise`, without a record in words.

    Words of patients and records stay out of its repr: an evaluation may be printed.
    """

    id: str
    place: int  # line of the file, or row of the table, from 1
    asked: str = field(repr=False)
    best: Urgency
    acceptable: frozenset[Urgency]
    groups: dict[str, str]
    words: Words | None = field(default=None, repr=False)  # the record, where it was given in words
    patient: str = ""  # cases of one patient are kept together in resampling; "" is a patient of its own


@dataclass(frozen=True, slots=True)
class Fault:
    """A line that could not be used, and why. It never quotes the request."""

    place: int
    id: str
    why: str


@dataclass(frozen=True, slots=True)
class Data:
    """What a file of labelled requests holds."""

    name: str
    sha256: str
    requests: tuple[Labelled, ...]
    faults: tuple[Fault, ...]

    @property
    def lines(self) -> int:
        return len(self.requests) + len(self.faults)


def read_labelled(path: Path) -> Data:
    """Every line of the file (CSV by its ending, else JSON lines) as a labelled request or a fault.

    Raises CannotUse where there is no such file, or nothing in it.
    """
    try:
        content = path.read_bytes()
    except OSError as wrong:
        raise CannotUse(f"{path} cannot be read: {wrong.strerror}") from None
    requests: list[Labelled] = []
    faults: list[Fault] = []
    seen: dict[str, int] = {}
    for place, stated in _rows(path, content):
        name = str(stated.get("id", "")) if isinstance(stated, dict) else ""
        try:
            request = _labelled(place, stated)
            if request.id in seen:
                raise _BadLine(f"the id is also that of line {seen[request.id]}")
            seen[request.id] = place
            requests.append(request)
        except _BadLine as wrong:
            faults.append(Fault(place, name, str(wrong)))
    if not requests and not faults:
        raise CannotUse(f"{path} holds no labelled requests: it is empty")
    if not requests:
        raise CannotUse(f"{path} holds no labelled requests; line {faults[0].place}: {faults[0].why}")
    return Data(path.name, hashlib.sha256(content).hexdigest(), tuple(requests), tuple(faults))


def _rows(path: Path, content: bytes) -> Iterator[tuple[int, Any]]:
    """Each line with its number, as it was stated; a line that is not even JSON, or not a row, as a _Broken."""
    if path.suffix.casefold() == ".csv":
        yield from _table(path, content)
        return
    for place, line in enumerate(content.split(b"\n"), start=1):
        if line.strip():
            try:
                yield place, json.loads(line.decode("utf-8-sig"))
            except UnicodeDecodeError:
                yield place, _Broken("not UTF-8")
            except (ValueError, RecursionError) as wrong:
                yield place, _Broken(f"not JSON: {wrong}")


@dataclass(frozen=True, slots=True)
class _Broken:
    why: str


def _table(path: Path, content: bytes) -> Iterator[tuple[int, Any]]:
    try:
        table = csv.DictReader(StringIO(content.decode("utf-8-sig"), newline=""), restkey="", strict=True)
        columns = table.fieldnames or ()
        if columns and ("text" not in columns or not set(ANSWER) & set(columns)):
            raise CannotUse(f"{path}: the first line must name a column text, and one of {', '.join(ANSWER)}")
        for place, row in enumerate(table, start=1):
            given = {name: value for name, value in row.items() if name and value}
            yield place, _Broken("more cells than columns") if "" in row else _typed(given)
    except UnicodeDecodeError:
        raise CannotUse(f"{path} is not UTF-8") from None
    except csv.Error as wrong:
        raise CannotUse(f"{path} is no CSV: {wrong}") from None


def _typed(row: dict[str, str]) -> Any:
    """A row of text as a line of JSON would say it; what cannot be turned is left for the reader to refuse."""
    stated: dict[str, Any] = dict(row)
    if "age" in row:
        try:
            stated["age"] = float(row["age"])
        except ValueError:
            return _Broken("age is not a number")
    if "written_by_other" in row:
        stated["written_by_other"] = _TRUTHS.get(row["written_by_other"].casefold(), row["written_by_other"])
    if "acceptable" in row:
        stated["acceptable"] = [word for word in re.split(r"[\s,;|]+", row["acceptable"]) if word]
    if row.get("record", "").lstrip().startswith("{"):
        try:
            stated["record"] = json.loads(row["record"])
        except ValueError as wrong:
            return _Broken(f"record is not JSON: {wrong}")
    stated.setdefault("text", "")  # an empty cell is an empty request, not a missing one
    return stated


def _labelled(place: int, stated: Any) -> Labelled:
    if isinstance(stated, _Broken):
        raise _BadLine(stated.why)
    if not isinstance(stated, dict):
        raise _BadLine("not a JSON object")
    best, acceptable = _answer(stated)
    asked = {key: stated[key] for key in ASKED if key in stated}
    words = None
    if isinstance(asked.get("record"), dict):
        try:
            words = words_of(asked.pop("record"))
        except BadWords as wrong:
            raise _BadLine(f"record: {wrong}") from None
    name = str(stated["id"]) if stated.get("id") not in (None, "") else f"line {place}"
    groups = {key: named for key, value in stated.items() if (named := _group(key, value)) is not None}
    groups["record"] = "given" if words or asked.get("record") is not None else "none"
    patient = stated.get("patient")
    return Labelled(
        id=name,
        place=place,
        asked=json.dumps(asked | {"id": name}),
        best=best,
        acceptable=acceptable,
        groups=groups,
        words=words,
        patient="" if patient is None else str(patient),
    )


def _answer(stated: dict[str, Any]) -> tuple[Urgency, frozenset[Urgency]]:
    label, named, several = (stated.get(key) for key in ANSWER)
    if label is not None and named is not None and label != named:
        raise _BadLine("label and urgency differ")
    best = label if label is not None else named
    if several is None:
        if best is None:
            raise _BadLine("no label: give label, or acceptable with urgency as the best of them")
        several = [best]
    if not isinstance(several, list) or not several:
        raise _BadLine("acceptable is not a list of urgencies")
    if best is None and len(several) == 1:
        best = several[0]
    if best is None:
        raise _BadLine("acceptable names several: say in urgency which is the best")
    acceptable = frozenset(_urgency(each) for each in several)
    if _urgency(best) not in acceptable:
        raise _BadLine("the best urgency is not among the acceptable ones")
    return _urgency(best), acceptable


def _urgency(given: Any) -> Urgency:
    if not isinstance(given, str) or given not in set(URGENCIES):
        raise _BadLine(f"{str(given)[:_LONGEST_NAME]!r} is none of {', '.join(URGENCIES)}")
    return Urgency(given)


def _group(key: str, value: Any) -> str | None:
    """The value of a key that is a group to report by, or None: prose, numbers and what the tool is told are not."""
    if key in (*ANSWER, "patient") or (key in ASKED and key not in _SPEAKS_OF_BOTH):
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) and 0 < len(value.strip()) <= _LONGEST_NAME:
        return value.strip()
    return None
