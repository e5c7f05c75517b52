"""Files and folders in; one FHIR resource after another out, or in its place a problem in plain words.

Bundles of any type, single resources and Bulk Data NDJSON, plain or gzipped, told apart by what is in them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from preceptor.record.fhir.streams import (
    LARGEST,
    Broken,
    CutShort,
    Window,
    gzip_fault,
    loads,
    members,
    open_bytes,
)

_SNIFF = 2**20
_READABLE = (".json", ".ndjson", ".json.gz", ".ndjson.gz")
_FIRST = tuple(re.compile(rf"(^|[^A-Za-z]){name}([^A-Za-z]|$)") for name in ("Patient", "Medication"))
_NESTED = 4
_PIECE = 2**20  # bytes: with so many a piece ends, however few its lines


@dataclass(frozen=True, slots=True)
class Entry:
    """One resource as it was sent. `place` counts from 1: a bundle's entries, or the lines of NDJSON.

    `sent` is the resource, or the line of JSON that holds it: it is then read when somebody asks.
    """

    file: str
    place: int
    sent: Any
    full_url: str = ""

    @property
    def resource(self) -> Any:
        return loads(self.sent) if type(self.sent) is bytes else self.sent


@dataclass(frozen=True, slots=True)
class Problem:
    """What could not be read or trusted, for one line: "FILE, entry 12 (Observation/abc): why"."""

    file: str
    place: int  # 0 when it is about the whole file
    why: str
    resource: str = ""

    def __str__(self) -> str:
        place = f", entry {self.place}" if self.place else ""
        resource = f" ({self.resource})" if self.resource else ""
        # One line, whatever was sent: no line breaks, no codes that steer a terminal, nothing that cannot be printed.
        line = f"{self.file}{place}{resource}: {self.why}"
        return "".join(letter if letter.isprintable() else " " for letter in line)


def files_of(paths: Iterable[Path]) -> list[Path]:
    """The files to read: those named, and in folders those that end like FHIR (XML too, to say that it is not read).

    Of a folder the patients come first, then the medications, so that little has to wait for them.
    """
    files: list[Path] = []
    for path in paths:
        files += _in_folder(path) if path.is_dir() else [path]
    return files


def _in_folder(folder: Path) -> list[Path]:
    found = [
        Path(at) / name
        for at, _, names in os.walk(folder)
        for name in names
        if not name.startswith(".") and name.lower().endswith((*_READABLE, ".xml"))
    ]
    return sorted(found, key=lambda path: (_order(path.name), str(path))) or [folder]


def _order(name: str) -> int:
    return next((rank for rank, pattern in enumerate(_FIRST) if pattern.search(name)), len(_FIRST))


@dataclass(frozen=True, slots=True)
class Piece:
    """Some lines of NDJSON, not yet read, each with its place."""

    file: str
    lines: list[tuple[int, bytes]]


def read(files: Iterable[Path], on_bytes: Callable[[int], None] | None = None) -> Iterator[Entry | Problem]:
    """Every resource of these files, in order. `on_bytes` is told how much was read, for a progress bar."""
    for part in in_pieces(files, on_bytes, lines=1):
        if isinstance(part, Piece):
            for place, line in part.lines:
                yield from of_line(part.file, place, line)
        else:
            yield part


def in_pieces(
    files: Iterable[Path], on_bytes: Callable[[int], None] | None = None, lines: int = 1
) -> Iterator[Piece | Entry | Problem]:
    """The same, but of NDJSON so many lines at once (fewer where they are long), which are not yet read."""
    for file in files:
        yield from _read_file(file, on_bytes, lines)


def _read_file(file: Path, on_bytes: Callable[[int], None] | None, lines: int) -> Iterator[Piece | Entry | Problem]:
    name = str(file)
    if file.is_dir():
        yield Problem(name, 0, f"no file in this folder ends in {', '.join(_READABLE)}")
        return
    try:
        with open_bytes(file) as stream:
            start = stream.read(_SNIFF)
    except (EOFError, OSError, ValueError) as error:
        # A gzip file that is cut short may still hold entries before the break.
        start = b"{" if isinstance(error, EOFError) else b""
        if not start:
            yield Problem(name, 0, gzip_fault(error))
            return
    if why := _not_json(start):
        yield Problem(name, 0, why)
        return
    try:
        with open_bytes(file, on_bytes) as stream:
            if _is_lines(file.name, start):
                yield from _pieces(name, stream, lines)
            else:
                yield from _document(name, file, stream)
    except OSError as error:
        yield Problem(name, 0, gzip_fault(error))


def _not_json(start: bytes) -> str:
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in start[:4]:
        return "is not UTF-8 text (it looks like UTF-16), which FHIR JSON has to be"
    if not text:
        return "is empty"
    if text[:1] == b"<":
        return "is XML; this program reads FHIR in JSON"
    if text[:1] != b"{":
        return "is not FHIR in JSON: it does not begin with {"
    return ""


def _is_lines(name: str, start: bytes) -> bool:
    """True for NDJSON: two lines that each begin an object, or a name that says so above a line that is whole."""
    found = [line.strip() for line in start.removeprefix(b"\xef\xbb\xbf").split(b"\n", 200)[:200]]
    found = [line for line in found if line][:2]
    first = found[0] if found else b""
    if len(found) == 2 and first[:1] == found[1][:1] == b"{" and first[-1:] not in b"[,:{":
        return True
    return ".ndjson" in name.lower() and first not in (b"{", b"[")


def _pieces(name: str, stream: BinaryIO, lines: int) -> Iterator[Piece | Problem]:
    piece: list[tuple[int, bytes]] = []
    size = 0
    for place, line in _lines(name, stream):
        if isinstance(line, Problem):
            yield Piece(name, piece)
            yield line
            piece, size = [], 0
            continue
        piece.append((place, line))
        size += len(line)
        if len(piece) == lines or size > _PIECE:
            yield Piece(name, piece)
            piece, size = [], 0
    if piece:
        yield Piece(name, piece)


def _lines(name: str, stream: BinaryIO) -> Iterator[tuple[int, bytes | Problem]]:
    """The lines that are not blank, or in their place what is wrong with them, by their places."""
    place = 0
    while True:
        try:
            line = stream.readline(LARGEST)
        except (EOFError, OSError, ValueError) as error:
            yield place + 1, Problem(name, place + 1, gzip_fault(error))
            return
        if not line:
            if not place:
                yield 0, Problem(name, 0, "is empty")
            return
        place += 1
        if len(line) == LARGEST and not line.endswith(b"\n"):
            yield place, Problem(name, place, f"is larger than {LARGEST // 2**20} MB")
            _skip_line(stream)
        elif line.strip():
            yield place, line.removeprefix(b"\xef\xbb\xbf") if place == 1 else line


def _skip_line(stream: BinaryIO) -> None:
    while (rest := stream.readline(LARGEST)) and not rest.endswith(b"\n"):
        pass


def of_line(name: str, place: int, line: bytes) -> Iterator[Entry | Problem]:
    """The resource of a line of NDJSON, or those of the bundle that stands there."""
    try:
        resource = loads(line)
    except Broken as broken:
        yield Problem(name, place, str(broken))
        return
    yield from entries(name, place, resource, "", 0)


def _document(name: str, file: Path, stream: BinaryIO) -> Iterator[Entry | Problem]:
    """A file that is one JSON object: a bundle, entry by entry, or a single resource."""
    place = 0
    window = Window(stream)
    try:
        if _outermost_type(file) != "Bundle":
            resource = window.value()
            yield Entry(name, 1, resource)
            if window.peek():
                yield Problem(name, 1, "goes on after the end of its JSON; the rest was not read")
            return
        for key, value in members(window):
            if key == "entry":
                place += 1
                yield from _bundled(name, place, value)
    except CutShort as broken:
        yield Problem(name, place + 1, f"{broken}; {_kept_before(place)}")
        return
    except Broken as broken:
        yield Problem(name, place + 1, f"{broken}; the rest of the file cannot be read")
        return
    if not place:
        yield Problem(name, 0, "is a Bundle without entries")


def _kept_before(place: int) -> str:
    return f"the {place} entries before the break were read" if place else "nothing in it can be read"


def _outermost_type(file: Path) -> str:
    """The resourceType of the whole file; "" when it has none, or cannot be read so far."""
    with open_bytes(file) as stream:
        try:
            for key, value in members(Window(stream)):
                if key == "resourceType":
                    return str(value)
        except Broken:
            pass
    return ""


def _bundled(name: str, place: int, entry: Any, depth: int = 0) -> Iterator[Entry | Problem]:
    if isinstance(entry, Broken):
        yield Problem(name, place, str(entry))
        return
    if not isinstance(entry, dict):
        yield Problem(name, place, "is not a JSON object")
        return
    full_url = entry.get("fullUrl")
    resource = entry.get("resource")
    if resource is None:
        request = entry.get("request")
        method = request.get("method") if isinstance(request, dict) else None
        why = "asks for a deletion, which is not carried out" if method == "DELETE" else "has no resource in it"
        yield Problem(name, place, why)
        return
    yield from entries(name, place, resource, full_url if isinstance(full_url, str) else "", depth)


def entries(name: str, place: int, resource: Any, full_url: str = "", depth: int = 0) -> Iterator[Entry | Problem]:
    """The resource, or the entries of a bundle that stands where a resource may."""
    if not isinstance(resource, dict) or resource.get("resourceType") != "Bundle":
        yield Entry(name, place, resource, full_url)
        return
    inner = resource.get("entry")
    if not isinstance(inner, list) or not inner:
        yield Problem(name, place, "is a Bundle without entries")
    elif depth >= _NESTED:
        yield Problem(name, place, "is a Bundle inside too many others")
    else:
        for entry in inner:
            held = entry.get("resource") if type(entry) is dict else None
            if type(held) is dict and held.get("resourceType") != "Bundle":
                yield Entry(name, place, held, found if isinstance(found := entry.get("fullUrl"), str) else "")
            else:
                yield from _bundled(name, place, entry, depth + 1)
