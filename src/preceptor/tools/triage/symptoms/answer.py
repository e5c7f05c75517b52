"""What the symptom tool answers, as values. The JSON of the command and of the API is these, field for field."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from preceptor.advice import Effect, Handler, Kind, Urgency
from preceptor.tools.triage.presentations import Question


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of the patient: characters `start` up to, not including, `end` of the text."""

    words: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Origin:
    """Where knowledge comes from, how old it is, and who has reviewed it ("none": nobody)."""

    sources: tuple[str, ...]
    version: str
    effective: date
    review: date
    reviewed_by: str
    verified: str | None = None  # red flags only: whether the source was read (yes, partly, no)


@dataclass(frozen=True, slots=True)
class Flag:
    """A red flag that fired."""

    id: str
    title: str
    urgency: Urgency
    action: str  # what the patient is to do now
    words: tuple[Quote, ...]
    origin: Origin


@dataclass(frozen=True, slots=True)
class Change:
    """What set, raised or lowered how soon, and the words that it rests on."""

    text: str
    effect: Effect
    words: Quote | None = None


@dataclass(frozen=True, slots=True)
class WouldChange:
    """What is not known yet and would change how soon."""

    text: str
    to: Urgency
    effect: Effect  # raises or lowers


@dataclass(frozen=True, slots=True)
class PharmacyFirst:
    """What NHS Pharmacy First treats. `fits` is None where age or sex are not known."""

    treats: str
    from_age: int
    to_age: int | None
    sex: str | None
    unless: tuple[str, ...]
    fits: bool | None


@dataclass(frozen=True, slots=True)
class Recognised:
    """A presentation recognised in the words. A field that the library does not have is empty."""

    id: str
    title: str
    kind: Kind
    usual: Urgency
    urgency: Urgency  # the usual one, as the words and the age raise or lower it
    handler: Handler
    words: tuple[Quote, ...]
    changes: tuple[Change, ...]
    must_not_miss: tuple[str, ...]
    think_of: tuple[str, ...]
    ask: tuple[Question, ...]
    would_change: tuple[WouldChange, ...]
    pharmacy_first: tuple[PharmacyFirst, ...]
    safety_net: tuple[str, ...]
    origin: Origin


@dataclass(frozen=True, slots=True)
class Completion:
    """What a word that is still being typed may become."""

    phrase: str
    title: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Red flags first, then presentations, each most urgent first. `urgency` is None where nothing was recognised."""

    urgency: Urgency | None
    red_flags: tuple[Flag, ...]
    presentations: tuple[Recognised, ...]
    set_aside: tuple[Change, ...]  # sounds like a red flag and was read as denied, past, another's or feared
    cautions: tuple[str, ...]  # why a person must read this as it stands
    not_used: tuple[Quote, ...]  # words that played no part
    completions: tuple[Completion, ...]
    not_considered: tuple[str, ...]
    notice: str
    tool: str
    version: str


def as_json(answer: Answer) -> dict[str, Any]:
    """The answer as plain values: dates as 2026-11-01, urgencies as `same_day`."""
    plain: dict[str, Any] = _plain(asdict(answer))
    return plain


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {name: _plain(entry) for name, entry in value.items()}
        case list() | tuple():
            return [_plain(entry) for entry in value]
        case date():
            return value.isoformat()
        case str():
            return str(value)
        case _:
            return value
