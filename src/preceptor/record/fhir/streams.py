"""JSON read a piece at a time, so that a file of any size never sits in memory whole.

The standard library's decoder does the reading, on a window of text that slides over the file: one bundle entry at
a time. A broken entry is named and stepped over; the entries after it are still read. Numbers with a fraction stay
`Decimal`, so that "6.20" is kept as it was sent.
"""

from __future__ import annotations

import codecs
import gzip
import io
import json
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO, NoReturn, cast

LARGEST = 64 * 2**20  # characters of one resource: more is a mistake, or an attack
_CHUNK = 2**18
_SPACE = re.compile(r"[ \t\n\r]*")
_MARKS = re.compile(r'"(?:[^"\\]|\\.)*+"|["{}\[\],]', re.DOTALL)
_BAD_BYTE = re.compile("[\udc80-\udcff]")
_GZIP = b"\x1f\x8b"


class Broken(Exception):
    """JSON that cannot be read; the message says why, in plain words."""


class CutShort(Broken):
    """The file ends before its JSON does."""


@contextmanager
def open_bytes(path: Path, on_bytes: Callable[[int], None] | None = None) -> Iterator[BinaryIO]:
    """The bytes of a file, unpacked if it is gzipped. `on_bytes` is told of each piece read from the disk."""
    with io.BufferedReader(_Counted(path, on_bytes), _CHUNK) as raw:
        # Told by its first bytes: a .gz that some program has already unpacked is still read.
        if raw.peek(2)[:2] == _GZIP:
            with gzip.GzipFile(fileobj=raw) as unpacked:
                yield cast(BinaryIO, unpacked)
        else:
            yield raw


class _Counted(io.FileIO):
    def __init__(self, path: Path, on_bytes: Callable[[int], None] | None) -> None:
        super().__init__(path)
        self._on_bytes = on_bytes

    def readinto(self, buffer: Any) -> int:
        count = super().readinto(buffer) or 0
        if self._on_bytes and count:
            self._on_bytes(count)
        return count


def loads(line: bytes) -> Any:
    """One JSON value. Raises `Broken`."""
    try:
        text = line.decode("utf-8").strip()
        value, end = _decode(text, 0)
    except UnicodeDecodeError as error:
        raise Broken(_not_utf8(error.object[max(0, error.start - 20) : error.start])) from None
    except json.JSONDecodeError as error:
        raise Broken(f"is not JSON ({_lower(error.msg)} at character {error.pos + 1})") from None
    if end != len(text):
        raise Broken("goes on after the end of its JSON")
    return value


class Window:
    """Text that slides over a stream of bytes, and the JSON values in it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        # Bytes that are not UTF-8 become lone surrogates, which no JSON text can hold: so the entry is found.
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")(errors="surrogateescape")
        self._text = ""
        self._at = 0
        self._ended = False
        self._why_ended = "the file ends in the middle: it was cut short"

    def _more(self) -> bool:
        """Let go of what was read and take at least as much again as is left; False at the end of the file."""
        if self._ended:
            return False
        left = len(self._text) - self._at
        if left > LARGEST:
            raise Broken(f"is larger than {LARGEST // 2**20} MB")
        data = self._read(max(_CHUNK, left))
        self._text = self._text[self._at :] + self._decoder.decode(data, final=not data)
        self._at = 0
        self._ended = not data
        return not self._ended

    def _read(self, size: int) -> bytes:
        try:
            return self._stream.read(size)
        except (EOFError, gzip.BadGzipFile, zlib.error, OSError) as error:
            self._why_ended = gzip_fault(error)
            return b""

    def peek(self) -> str:
        """The next character that is not a space; empty at the end."""
        while True:
            match = _SPACE.match(self._text, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def take(self, wanted: str) -> None:
        """Step over one character, which must be this one."""
        found = self.peek()
        if not found:
            raise CutShort(self._why_ended)
        if found != wanted:
            raise Broken(f"is not JSON (expected {wanted} and found {found})")
        self._at += 1

    def value(self) -> Any:
        """The next JSON value. Raises `Broken`; the window then stands where the value began."""
        if not self.peek():
            raise CutShort(self._why_ended)
        while True:
            try:
                value, end = _decode(self._text, self._at)
            except json.JSONDecodeError as error:
                if self._may_go_on(error) and self._more():
                    continue
                self._fail(error)
            # A number that ends where the window ends may go on.
            if end == len(self._text) and self._more():
                continue
            text, self._at = self._text[self._at : end], end
            if not text.isascii() and (bad := _BAD_BYTE.search(text)):
                raise _Stepped(_not_utf8(text[max(0, bad.start() - 20) : bad.start()]))
            return value

    def _may_go_on(self, error: json.JSONDecodeError) -> bool:
        """True when the fault may be only that the window is too short. An escape has at most 12 characters."""
        return not self._ended and (error.msg.startswith("Unterminated") or error.pos >= len(self._text) - 12)

    def _fail(self, error: json.JSONDecodeError) -> NoReturn:
        if self._ended and (error.msg.startswith("Unterminated") or error.pos >= len(self._text)):
            raise CutShort(self._why_ended) from None
        raise Broken(f"is not JSON ({_lower(error.msg)})") from None

    def step_over(self) -> None:
        """Go to the end of a broken value: the comma or bracket that follows it, with its own brackets counted."""
        depth = 0
        while True:
            for mark in _MARKS.finditer(self._text, self._at):
                found = mark[0]
                if found == '"':  # a string that the window cuts
                    self._at = mark.start()
                    break
                if depth == 0 and found in ",]}":
                    self._at = mark.start()
                    return
                depth += (found in "{[") - (found in "}]")
                self._at = mark.end()
            else:
                self._at = len(self._text)
            if not self._more():
                raise CutShort(self._why_ended)


class _Stepped(Broken):
    """Broken, and already stepped over."""


def members(window: Window) -> Iterator[tuple[str, Any]]:
    """The members of the outermost JSON object, in order; those of a list named "entry" come one by one.

    A broken entry comes as its `Broken`; raises `Broken` where nothing more can be read.
    """
    window.take("{")
    while window.peek() != "}":
        key = window.value()
        window.take(":")
        if key == "entry" and window.peek() == "[":
            yield from (("entry", entry) for entry in _elements(window))
        else:
            yield str(key), window.value()
        if window.peek() != "}":
            window.take(",")
    window.take("}")
    if window.peek():
        raise Broken("goes on after the end of its JSON")


def _elements(window: Window) -> Iterator[Any]:
    window.take("[")
    while window.peek() != "]":
        try:
            yield window.value()
        except CutShort:
            raise
        except _Stepped as broken:
            yield broken
        except Broken as broken:
            window.step_over()
            yield broken
        if window.peek() != "]":
            window.take(",")
    window.take("]")


def gzip_fault(error: Exception) -> str:
    """A fault of reading, in plain words."""
    if isinstance(error, EOFError):
        return "the gzip file ends in the middle: it was cut short"
    if isinstance(error, (gzip.BadGzipFile, zlib.error)):
        return "the gzip file is damaged"
    return f"the file cannot be read ({_lower(str(getattr(error, 'strerror', None) or error))})"


def _no_constant(name: str) -> NoReturn:
    raise Broken(f"is not JSON ({name} is not a JSON number)")


_scan = json.JSONDecoder(parse_float=Decimal, parse_constant=_no_constant).raw_decode


def _decode(text: str, at: int) -> tuple[Any, int]:
    try:
        return _scan(text, at)
    except json.JSONDecodeError:
        raise
    except RecursionError:
        raise Broken("is nested too deeply") from None
    except ValueError:  # Python's own guard against numbers of thousands of digits
        raise Broken("holds a number that is too long") from None


def _not_utf8(before: str | bytes) -> str:
    near = before.decode("utf-8", "ignore") if isinstance(before, bytes) else before
    near = _BAD_BYTE.sub("", near).replace("\n", " ")
    return f"holds bytes that are not UTF-8 text (after {near!r})"


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]
