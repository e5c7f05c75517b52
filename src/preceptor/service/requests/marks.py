"""The patient's words as they are shown: whole, with the words marked that a red flag or a reason rests on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any


@dataclass(frozen=True, slots=True)
class Mark:
    """Words that a red flag or a reason rests on."""

    start: int
    end: int
    kind: str  # "flag" or "reason"
    label: str  # said to those who do not see the mark


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text under one and the same marks; joined, the pieces are the text again."""

    text: str
    kind: str = ""  # "flag" wins over "reason"; empty: not marked
    labels: tuple[str, ...] = ()  # of the marks that begin here


def pieces_of(text: str, marks: Iterable[Mark]) -> list[Piece]:
    """The text cut wherever a mark begins or ends. A mark outside the text is left out, never guessed at."""
    inside = [mark for mark in marks if 0 <= mark.start < mark.end <= len(text)]
    edges = sorted({0, len(text), *(mark.start for mark in inside), *(mark.end for mark in inside)})
    pieces = []
    for start, end in pairwise(edges):
        over = [mark for mark in inside if mark.start <= start and end <= mark.end]
        kind = "flag" if any(mark.kind == "flag" for mark in over) else "reason" if over else ""
        labels = tuple(dict.fromkeys(mark.label for mark in over if mark.start == start))
        pieces.append(Piece(text[start:end], kind, labels))
    return pieces


def marks_of(red_flags: Sequence[dict[str, Any]], advice: dict[str, Any] | None) -> list[Mark]:
    marks = [Mark(s, e, "flag", f"Red flag, {flag['title']}") for flag in red_flags for s, e in flag["spans"]]
    for reason in (advice or {}).get("reasons", ()):
        if reason["span"]:
            start, end = reason["span"]
            marks.append(Mark(start, end, "reason", f"Reason: {reason['text']}"))
    return marks


def opening_words(text: str, longest: int = 140) -> str:
    """The first words, on one line."""
    line = " ".join(text.split())
    if len(line) <= longest:
        return line
    return line[:longest].rsplit(" ", 1)[0].rstrip(",.;:- ") + " …"


def quote(text: str, spans: Iterable[Sequence[int]]) -> list[str]:
    """The words at these spans, each once."""
    return list(dict.fromkeys(" ".join(text[start:end].split()) for start, end in spans))
