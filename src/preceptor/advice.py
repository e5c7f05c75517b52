"""The words of the house: what is asked, what is known, what a tool says.

Every other part of Preceptor speaks in these types, so they import nothing of ours.
All are frozen; all moments are timezone-aware and in UTC.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable


class Urgency(StrEnum):
    """How soon somebody should act, most urgent first."""

    EMERGENCY = "emergency"  # 999 or A&E now
    SAME_DAY = "same_day"
    SOON = "soon"  # within 5 days
    ROUTINE = "routine"  # within weeks
    SELF_CARE = "self_care"  # self-care or a pharmacy

    @property
    def rank(self) -> int:
        """0 for the most urgent, 4 for the least."""
        return URGENCIES.index(self)

    def at_least(self, floor: Urgency) -> bool:
        """True when this is as urgent as `floor`, or more."""
        return self.rank <= floor.rank


URGENCIES: tuple[Urgency, ...] = tuple(Urgency)


def most_urgent(*urgencies: Urgency) -> Urgency:
    """The most urgent of those given; at least one is needed."""
    return min(urgencies, key=lambda urgency: urgency.rank)


class Kind(StrEnum):
    """What sort of request it is: a separate axis from urgency."""

    CLINICAL = "clinical"
    MEDICATION = "medication"
    RESULTS = "results"
    ADMINISTRATIVE = "administrative"


class Handler(StrEnum):
    """Who should deal with a request."""

    EMERGENCY_SERVICES = "emergency_services"
    GP = "gp"
    NURSE = "nurse"
    PHARMACIST = "pharmacist"  # the practice's own
    PHYSIOTHERAPIST = "physiotherapist"  # first-contact
    MENTAL_HEALTH = "mental_health"
    COMMUNITY_PHARMACY = "community_pharmacy"
    CARE_NAVIGATOR = "care_navigator"
    SELF = "self"


class Standing(StrEnum):
    """What a tool is trusted with. Earned and lost on evidence only."""

    SHADOW = "shadow"  # advice is kept, nobody sees it
    SECOND = "second"  # shown after the clinician's first view
    FIRST = "first"  # shown up front
    SUSPENDED = "suspended"  # not asked


class EventKind(StrEnum):
    """What sort of entry in a record an event is."""

    RESULT = "result"
    CONDITION = "condition"
    MEDICATION = "medication"
    ALLERGY = "allergy"
    ENCOUNTER = "encounter"
    PROCEDURE = "procedure"
    IMMUNISATION = "immunisation"
    REPORT = "report"
    REFERRAL = "referral"
    APPOINTMENT = "appointment"
    FLAG = "flag"
    PLAN = "plan"
    DOCUMENT = "document"
    MESSAGE = "message"


class Precision(StrEnum):
    """How exactly a date was given: "2010" is kept as 1 January 2010 at precision year."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Code:
    """A code as it was sent: `system` is the FHIR URI of the code system."""

    system: str
    code: str
    display: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One dated entry in a patient's record.

    `value` is in `unit`, the concept's canonical UCUM unit, and is None when there is no number or when
    the number as sent could not be trusted: then `problem` says why and `value_sent` still holds it.
    """

    id: str  # "Observation/123", or "Observation/123#1" for its first component
    kind: EventKind
    when: datetime | None
    text: str  # what to show for it
    precision: Precision = Precision.TIME
    end: datetime | None = None
    status: str = ""  # as sent: "active", "resolved", "booked", ...
    concept: str | None = None  # our slug, when a code is one that we know
    codes: tuple[Code, ...] = ()
    value: float | None = None
    unit: str | None = None
    value_sent: str = ""
    unit_sent: str = ""
    note: str = ""  # free text: what a plan, a flag, a document or a message says
    problem: str = ""

    @property
    def order(self) -> tuple[bool, datetime, str]:
        """A total order, undated events first: `max` by this is "the latest" on every engine."""
        return (self.when is not None, self.when or _NO_TIME, self.id)


_NO_TIME = datetime.min


@dataclass(frozen=True, slots=True)
class Patient:
    """Who a record is about."""

    id: str
    name: str = ""
    born: date | None = None
    sex: str = "unknown"  # FHIR administrative gender: male, female, other, unknown
    nhs_number: str = ""
    died: date | None = None

    def age_on(self, day: date) -> float | None:
        """Age in years, with its fraction (a baby of six weeks is 0.115), or None if not known."""
        if self.born is None or self.born > day:
            return None
        birthday_passed = (day.month, day.day) >= (self.born.month, self.born.day)
        years = day.year - self.born.year - (not birthday_passed)
        # 29 February has its birthday on 1 March in common years.
        month, day_of_month = (
            (3, 1) if (self.born.month, self.born.day) == (2, 29) else (self.born.month, self.born.day)
        )
        last = date(self.born.year + years, month, day_of_month) if years else self.born
        return years + max(0, (day - last).days) / 366


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of one patient. `events` are oldest first, in their total order."""

    patient: Patient
    events: tuple[Event, ...] = ()
    # A tool asks for the same few kinds many times.
    _by_kind: dict[EventKind, tuple[Event, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "events", tuple(sorted(self.events, key=lambda event: event.order)))
        held: dict[EventKind, list[Event]] = {}
        for event in self.events:
            held.setdefault(event.kind, []).append(event)
        self._by_kind.update({kind: tuple(events) for kind, events in held.items()})

    def of(self, *kinds: EventKind) -> tuple[Event, ...]:
        """The events of these kinds, oldest first."""
        if len(kinds) > 1:
            return tuple(event for event in self.events if event.kind in kinds)
        return self._by_kind.get(kinds[0], ()) if kinds else ()

    def about(self, *concepts: str) -> tuple[Event, ...]:
        """The events with one of these concepts, oldest first."""
        return tuple(event for event in self.events if event.concept in concepts)


@dataclass(frozen=True, slots=True)
class Request:
    """A patient asks for help, in their own words. `age` is in years."""

    text: str
    age: float | None = None
    sex: str | None = None
    written_by_other: bool = False  # a carer or relative wrote it


@dataclass(frozen=True, slots=True)
class Case:
    """What a tool is asked about: a request and/or a record, as of a moment."""

    id: str
    as_of: datetime
    request: Request | None = None
    record: Record | None = None


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Characters `start` up to, not including, `end` of the request's text."""

    start: int
    end: int

    def of(self, text: str) -> str:
        return text[self.start : self.end]


class Effect(StrEnum):
    """What a reason did to the advice."""

    SETS = "sets"
    RAISES = "raises"
    LOWERS = "lowers"
    NOTES = "notes"  # worth knowing, changed nothing


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, in words that a clinician can check: tied to a span of the request, an event, or a rule."""

    text: str
    effect: Effect = Effect.NOTES
    span: Span | None = None
    event: str | None = None  # an Event's id
    rule: str | None = None  # the rule's id


@dataclass(frozen=True, slots=True)
class RedFlag:
    """A deterministic safety rule that fired. Nothing can lower its urgency."""

    id: str
    title: str
    urgency: Urgency  # the floor that it sets
    action: str  # what the patient is told to do now
    spans: tuple[Span, ...]  # the words that fired it; at least one
    events: tuple[str, ...] = ()  # ids of the events that it also rests on


@dataclass(frozen=True, slots=True)
class Advice:
    """What a tool says of a case.

    `probabilities` has one entry for each option of `scale` and sums to one; `prediction_set` holds the
    options that the tool cannot rule out, always with `option` among them.
    """

    case: str
    tool: str
    version: str
    option: str
    scale: tuple[str, ...]
    probabilities: Mapping[str, float]
    prediction_set: tuple[str, ...]
    red_flags: tuple[RedFlag, ...] = ()
    reasons: tuple[Reason, ...] = ()
    not_considered: tuple[str, ...] = ()
    kind: Kind | None = None
    handler: Handler | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """What a tool is, for those who must decide whether to trust it."""

    tool: str  # its id, as in the entry point
    title: str
    version: str
    purpose: str
    owner: str
    scale: tuple[str, ...]
    evidence: str
    limits: tuple[str, ...]
    hazards: tuple[str, ...] = field(default=())
    reviewed_by: str = "none"


class Priority(StrEnum):
    """How soon somebody should look at a finding."""

    TODAY = "today"
    THIS_WEEK = "this_week"
    ROUTINE = "routine"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a watch noticed in a record.

    `since` is the first day on which it could have been noticed, or None where the record gives no date for it.
    `detail` is {"criteria": [{"words", "state", "since", "value"}]}: each is met, not met or unknown.
    """

    patient: str
    watch: str  # the watch's id
    title: str
    since: date | None
    priority: Priority
    evidence: tuple[str, ...]  # ids of events
    detail: Mapping[str, Any]
    ask: str


@runtime_checkable
class Tool(Protocol):
    """An adviser. It takes a case and returns advice; it never writes, reads the database or acts."""

    @property
    def card(self) -> Card: ...

    def advise(self, case: Case) -> Advice: ...


@runtime_checkable
class ReadsAhead(Protocol):
    """A tool that is quicker where it knows which cases it will be asked about next; its advice is the same."""

    def read_ahead(self, cases: Sequence[Case]) -> None: ...


def faults(advice: Advice, case: Case, card: Card) -> tuple[str, ...]:
    """What is wrong with an advice, in words; empty when it may be kept and shown.

    The service refuses advice with a fault, and the conformance suite asserts that a tool gives none.
    """
    found: list[str] = []

    def expect(truth: bool, words: str) -> None:
        if not truth:
            found.append(words)

    expect(advice.case == case.id, f"speaks of case {advice.case!r}, was asked about {case.id!r}")
    expect((advice.tool, advice.version) == (card.tool, card.version), "tool and version differ from the card's")
    expect(advice.scale == card.scale, "scale differs from the card's")
    expect(advice.option in advice.scale, f"option {advice.option!r} is not on its scale")
    expect(set(advice.probabilities) == set(advice.scale), "probabilities are not those of the scale's options")
    values = list(advice.probabilities.values())
    expect(
        all(math.isfinite(p) and 0 <= p <= 1 for p in values) and abs(sum(values) - 1) <= 1e-6,
        "probabilities are not between 0 and 1 with a sum of 1",
    )
    expect(
        advice.option in advice.prediction_set and set(advice.prediction_set) <= set(advice.scale),
        "the prediction set leaves out the option, or holds what is not on the scale",
    )
    found += _faults_of_evidence(advice, case)
    return tuple(found)


def _faults_of_evidence(advice: Advice, case: Case) -> list[str]:
    text = case.request.text if case.request else ""
    known = {event.id for event in case.record.events} if case.record else set()
    found = []
    for reason in advice.reasons:
        if reason.span is None and reason.event is None and reason.rule is None:
            found.append(f"reason {reason.text!r} rests on nothing")
        if reason.event is not None and reason.event not in known:
            found.append(f"reason {reason.text!r} points at event {reason.event!r}, which is not in the record")
    spans = [reason.span for reason in advice.reasons if reason.span]
    for flag in advice.red_flags:
        spans += flag.spans
        if not flag.spans:
            found.append(f"red flag {flag.id} points at no words")
        if not known.issuperset(flag.events):
            found.append(f"red flag {flag.id} points at an event that is not in the record")
        if advice.scale == URGENCIES and not Urgency(advice.option).at_least(flag.urgency):
            found.append(f"{advice.option} is below the floor that red flag {flag.id} sets")
    found += [f"span {s.start}-{s.end} is outside the request" for s in spans if not 0 <= s.start < s.end <= len(text)]
    return found
