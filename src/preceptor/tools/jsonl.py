"""Requests as lines of JSON in, advice as lines of JSON out: the contract of `preceptor advise TOOL`.

A line in: {"id": "r1", "text": "...", "age": 54, "sex": "female", "record": "bundle.json",
"as_of": "2026-11-02T09:00:00Z", "written_by_other": false}; all but `text` may be left out, other keys are passed over.
One line out for each line in, in the same order; a bad line gives {"id": ..., "error": "..."} in its place. Any number
of lines will do: what has come is answered, some at a time, and waits for nothing that has not.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from preceptor.advice import URGENCIES, Advice, Case, ReadsAhead, Record, Request, Tool

SEXES = ("male", "female", "other", "unknown")
OLDEST = 125
TOGETHER = 32  # lines that a tool may read ahead: a sixth of a second's work for triage
_BLOCK = 65_536  # bytes


class BadLine(ValueError):
    """A line that is no request; the message says why."""


def advise_lines(lines: Iterable[str | bytes], tool: Tool, now: datetime) -> Iterator[dict[str, Any]]:
    """Advice, or an error, for each line that is not empty. `now` is the moment for lines without `as_of`."""
    filled = (line for line in lines if line.strip())
    while asked := [_asked(line, now) for line in islice(filled, TOGETHER)]:
        cases = [one.case for one in asked if one.case is not None]
        if isinstance(tool, ReadsAhead):
            with suppress(Exception):  # each line is still asked by itself, and then says what is wrong
                tool.read_ahead(cases)
        yield from (_answer(one, tool) for one in asked)


def lines_as_they_come(stream: BinaryIO) -> Iterator[list[bytes]]:
    """The lines of a stream, those together that came together: none waits for the next."""
    begun: list[bytes] = []
    while block := stream.read1(_BLOCK):  # type: ignore[attr-defined]  # of every buffered stream
        whole, newline, rest = block.rpartition(b"\n")
        if newline:
            yield b"".join([*begun, whole]).split(b"\n")
            begun = []
        begun.append(rest)
    yield [b"".join(begun)]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A line: the case, or what is wrong with it."""

    id: Any
    case: Case | None
    why_none: str = ""


def _asked(line: str | bytes, now: datetime) -> _Asked:
    stated: Any = None
    try:
        stated = _read(line)
        return _Asked(_id_of(stated), _case(stated, now))
    except BadLine as wrong:
        return _Asked(_id_of(stated), None, str(wrong))


def _id_of(stated: Any) -> Any:
    return stated.get("id") if isinstance(stated, dict) else None


def _answer(asked: _Asked, tool: Tool) -> dict[str, Any]:
    if asked.case is None:
        return {"id": asked.id, "error": asked.why_none}
    try:
        return as_json(tool.advise(asked.case)) | {"id": asked.id}
    except Exception as wrong:  # a stranger's tool may raise anything; the next line still gets its advice
        return {"id": asked.id, "error": f"the tool failed: {type(wrong).__name__}: {wrong}"}


def _read(line: str | bytes) -> Any:
    try:
        text = line.decode("utf-8-sig") if isinstance(line, bytes) else line.removeprefix("\ufeff")
        return json.loads(text, parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise BadLine("not UTF-8") from None
    except (ValueError, RecursionError) as wrong:
        raise BadLine(f"not JSON: {wrong}") from None


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no number in JSON")


def _case(stated: Any, now: datetime) -> Case:
    if not isinstance(stated, dict):
        raise BadLine("not a JSON object")
    text = stated.get("text")
    if not isinstance(text, str):
        raise BadLine("no text" if text is None else "text is not a string")
    other = stated.get("written_by_other", False)
    if not isinstance(other, bool):
        raise BadLine("written_by_other is neither true nor false")
    moment = _moment(stated.get("as_of"), now)
    request = Request(text, _age(stated.get("age")), _sex(stated.get("sex")), other)
    return Case(str(stated.get("id", "")), moment, request, _record(stated.get("record"), moment))


def _age(given: Any) -> float | None:
    if given is None:
        return None
    if not isinstance(given, int | float) or isinstance(given, bool) or not math.isfinite(given):
        raise BadLine("age is not a number")
    if not 0 <= given <= OLDEST:
        raise BadLine(f"age {given} is not between 0 and {OLDEST} years")
    return float(given)


def _sex(given: Any) -> str | None:
    if given is None:
        return None
    if not isinstance(given, str) or given.casefold() not in SEXES:
        raise BadLine(f"sex {given!r} is none of {', '.join(SEXES)}")
    return given.casefold()


def _moment(given: Any, now: datetime) -> datetime:
    if given is None:
        return now
    try:
        moment = datetime.fromisoformat(given)
    except (TypeError, ValueError):
        raise BadLine(f"as_of {given!r} is not a moment such as 2026-11-02T09:00:00Z") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _record(given: Any, moment: datetime) -> Record | None:
    """The record in a FHIR file. What in it could not be read is left out, as the import would report it."""
    if given is None:
        return None
    if not isinstance(given, str):
        raise BadLine("record is not a path")
    path = Path(given)
    if not path.exists():
        raise BadLine(f"record {given} is not there")
    from preceptor.record.fhir import record_from

    try:
        return record_from(path, now=moment)[0]
    except (ValueError, OSError) as wrong:
        raise BadLine(f"record {given}: {wrong}") from None


def as_json(advice: Advice) -> dict[str, Any]:
    """Advice as the contract states it. `set` keeps the order of the scale; a span is [start, end] in characters.

    The option is called `urgency` where the scale is that of urgency, `option` otherwise.
    """
    return {
        "id": advice.case,
        "urgency" if advice.scale == URGENCIES else "option": str(advice.option),
        "probabilities": {str(option): round(advice.probabilities[option], 6) for option in advice.scale},
        "set": [str(option) for option in advice.prediction_set],
        "red_flags": [
            {
                "id": flag.id,
                "title": flag.title,
                "span": [flag.spans[0].start, flag.spans[0].end],
                "urgency": str(flag.urgency),
                "action": flag.action,
                "events": list(flag.events),
            }
            for flag in advice.red_flags
        ],
        "reasons": [
            {
                "text": reason.text,
                "effect": str(reason.effect),
                "span": [reason.span.start, reason.span.end] if reason.span else None,
                "event": reason.event,
                "rule": reason.rule,
            }
            for reason in advice.reasons
        ],
        "not_considered": list(advice.not_considered),
        "kind": str(advice.kind) if advice.kind else None,
        "handler": str(advice.handler) if advice.handler else None,
        "tool": advice.tool,
        "version": advice.version,
    }
