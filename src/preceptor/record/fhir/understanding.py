"""Files to what their resources say, on all cores where there is much of it.

Lines of NDJSON go to other processes some hundreds at a time, and what they say comes back in the order of the files.
Whatever is not plainly one resource a line, or needs what other resources say, is read here: so the faults that are
told, and the order in which they are, are the same with any number of processes. Memory holds a few pieces, whatever
the size of the files.
"""

from __future__ import annotations

import copyreg
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import datetime
from operator import attrgetter
from pathlib import Path
from typing import Any, TypeAlias

from preceptor.advice import Event
from preceptor.processes import Processes, cores
from preceptor.record.fhir.interpret import interpret
from preceptor.record.fhir.outcome import Kept, Outcome, Version
from preceptor.record.fhir.reading import Entry, Piece, Problem, in_pieces, of_line, read
from preceptor.record.fhir.references import Subject
from preceptor.record.fhir.streams import Broken, loads

Medication: TypeAlias = Callable[[str], Mapping[str, Any] | None]
Understood: TypeAlias = tuple[Entry, Outcome] | Problem

_LINES = 400
_WORTH_IT = 8 * 2**20  # bytes of files: below, starting a process costs more than it saves
_AHEAD = 3  # pieces a process that are read but not yet taken
_MOST = 8  # processes: one writer does not keep up with more


def understand(
    files: list[Path],
    now: datetime,
    medication: Medication,
    on_bytes: Callable[[int], None] | None = None,
    processes: int | None = None,
) -> Iterator[Understood]:
    """Every resource of these files with what it says, in order; or in its place a problem.

    `medication` is asked when an item is taken: it may know of Medications that were taken before. `processes` is
    how many read beside this one; where it is None, one a core if there is enough to read.
    """
    beside = _worth(files) if processes is None else processes
    if not beside:
        for item in read(files, on_bytes):
            yield item if isinstance(item, Problem) else (item, _said(item, now, medication))
        return
    with Processes(beside) as others:
        waiting: deque[tuple[Piece, Callable[[], list[Outcome | None]]]] = deque()
        for part in in_pieces(files, on_bytes, _LINES):
            if isinstance(part, Piece):
                waiting.append((part, others.give(_read_lines, [line for _, line in part.lines], now)))
            # Whatever is not a piece is taken at once, and so all that comes before it.
            while len(waiting) > (_AHEAD * beside if isinstance(part, Piece) else 0):
                yield from _come_back(*waiting.popleft(), now, medication)
            if isinstance(part, Problem):
                yield part
            elif isinstance(part, Entry):
                yield part, _said(part, now, medication)
        while waiting:
            yield from _come_back(*waiting.popleft(), now, medication)


def _worth(files: Iterable[Path]) -> int:
    """How many processes are worth starting for these files."""
    size = sum(file.stat().st_size for file in files if file.is_file() and ".ndjson" in file.name.lower())
    return min(cores(), _MOST) if cores() > 1 and size > _WORTH_IT else 0


def _said(entry: Entry, now: datetime, medication: Medication) -> Outcome:
    return interpret(entry.resource, entry.full_url, now=now, medication=medication)


def _come_back(
    piece: Piece, outcomes: Callable[[], list[Outcome | None]], now: datetime, medication: Medication
) -> Iterator[Understood]:
    for (place, line), outcome in zip(piece.lines, outcomes(), strict=True):
        if outcome is not None:
            yield Entry(piece.file, place, line), outcome
            continue
        for item in of_line(piece.file, place, line):
            yield item if isinstance(item, Problem) else (item, _said(item, now, medication))


# In the other processes


def _read_lines(lines: list[bytes], now: datetime) -> list[Outcome | None]:
    """What each line says; None for one that has to be read where the others are known."""
    return [_read_line(line, now) for line in lines]


def _read_line(line: bytes, now: datetime) -> Outcome | None:
    try:
        resource = loads(line)
    except Broken:
        return None
    if type(resource) is not dict or resource.get("resourceType") in ("Bundle", "Medication"):
        return None
    outcome = interpret(resource, now=now)
    return None if isinstance(outcome, Kept) and outcome.waits_for else outcome


def _by_their_fields(kind: type) -> None:
    """Have values of this kind sent between processes in a third of the time that the general way takes."""
    told = attrgetter(*(field.name for field in fields(kind)))
    copyreg.pickle(kind, lambda value: (kind, told(value)))


for _kind in (Event, Kept, Version, Subject):
    _by_their_fields(_kind)
