"""A stored record in words, as its pages show it: what is current first, what is past after it, dates as given."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils import timezone

from preceptor.advice import EventKind, Precision
from preceptor.service.patients.models import Event

KIND_WORDS: dict[str, str] = {
    EventKind.RESULT: "Result",
    EventKind.CONDITION: "Problem",
    EventKind.MEDICATION: "Medicine",
    EventKind.ALLERGY: "Allergy",
    EventKind.ENCOUNTER: "Consultation",
    EventKind.PROCEDURE: "Procedure",
    EventKind.IMMUNISATION: "Immunisation",
    EventKind.REPORT: "Report",
    EventKind.REFERRAL: "Referral",
    EventKind.APPOINTMENT: "Appointment",
    EventKind.FLAG: "Flag",
    EventKind.PLAN: "Plan",
    EventKind.DOCUMENT: "Document",
    EventKind.MESSAGE: "Message",
}
# What the record summary is made of: everything else is found in the results and the timeline.
SUMMARY_KINDS = (
    EventKind.CONDITION, EventKind.MEDICATION, EventKind.ALLERGY, EventKind.PLAN, EventKind.FLAG, EventKind.APPOINTMENT
)  # fmt: skip

# FHIR's own words for "no longer so", of conditions, allergies, medicines, plans, flags and appointments.
_PAST = frozenset({"inactive", "remission", "resolved", "completed", "stopped", "cancelled", "revoked", "not-taken"})
_NOT_COMING = _PAST | {"noshow", "fulfilled"}
# How the import begins the text of what is not so; see `record.fhir`.
_NOT_SO = ("Refuted: ", "Differential: ", "Not taken: ", "Proposed: ")
_DO_NOT_GIVE = "Do not give: "


@dataclass(frozen=True, slots=True)
class Line:
    """One thing in the summary, however many entries of the record speak of it."""

    text: str
    when: str
    more: str = ""
    note: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    allergies: tuple[Line, ...]
    former_allergies: tuple[Line, ...]
    plans: tuple[Line, ...]  # and flags: what whoever opens this record should know first
    problems: tuple[Line, ...]
    past_problems: tuple[Line, ...]
    medicines: tuple[Line, ...]
    past_medicines: tuple[Line, ...]
    appointments: tuple[Line, ...]


def summary_of(events: Iterable[Event], now: datetime) -> Summary:
    """The summary as of now, from the events of SUMMARY_KINDS."""
    by_kind: dict[str, list[Event]] = defaultdict(list)
    for event in sorted(events, key=order):
        by_kind[event.kind].append(event)
    allergies, former = _split(by_kind[EventKind.ALLERGY], lambda last: _over(last, now) or _not_so(last))
    conditions = [event for event in by_kind[EventKind.CONDITION] if not _not_so(event)]
    problems, past = _split(conditions, lambda last: _over(last, now))
    warnings = [event for event in by_kind[EventKind.MEDICATION] if event.text.startswith(_DO_NOT_GIVE)]
    taken = [event for event in by_kind[EventKind.MEDICATION] if not _not_so(event) and event not in warnings]
    medicines, stopped = _split(taken, lambda last: _stopped(last, now))
    plans = [event for event in (*by_kind[EventKind.FLAG], *by_kind[EventKind.PLAN]) if not _over(event, now)]
    # What must not be given stands above every plan, however old it is.
    to_know = [*_newest_first(event for event in warnings if not _over(event, now)), *_newest_first(plans)]
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    coming = [
        event
        for event in by_kind[EventKind.APPOINTMENT]
        if event.when and event.when >= midnight and event.status not in _NOT_COMING
    ]
    return Summary(
        allergies=tuple(_recorded(group) for group in allergies),
        former_allergies=tuple(_recorded(group) for group in former),
        plans=tuple(_plan(event) for event in to_know),
        problems=tuple(_problem(group) for group in problems),
        past_problems=tuple(_past_problem(group) for group in past),
        medicines=tuple(_medicine(group) for group in sorted(medicines, key=_by_name)),
        past_medicines=tuple(_medicine(group) for group in stopped),
        appointments=tuple(
            Line(event.text, _day_and_time(event), note=event.note, problem=event.problem) for event in coming
        ),
    )


def order(event: Event) -> tuple[bool, datetime, str]:
    """The total order of `advice.Event`: undated first, then by time, then by key."""
    return (event.when is not None, event.when or _NO_TIME, event.key)


_NO_TIME = datetime.min.replace(tzinfo=UTC)


def when_given(when: datetime | None, precision: str) -> str:
    """A date as exactly as it was given: 2010, Mar 2010, or 1 Mar 2010."""
    if when is None:
        return "no date"
    local = timezone.localtime(when)
    if precision == Precision.YEAR:
        return f"{local:%Y}"
    if precision == Precision.MONTH:
        return f"{local:%b %Y}"
    return f"{local.day} {local:%b %Y}"


def given(event: Event) -> str:
    return when_given(event.when, event.precision)


def as_sent(event: Event) -> str:
    """A value as it was sent: "5.2 furlongs"."""
    return f"{event.value_sent} {event.unit_sent}".strip()


def _split(events: Sequence[Event], over: Callable[[Event], bool]) -> tuple[list[list[Event]], list[list[Event]]]:
    """The entries gathered by what they speak of, newest first: those whose last entry is not over, and the others."""
    groups: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        groups[" ".join(event.text.casefold().split())].append(event)
    current: list[list[Event]] = []
    past: list[list[Event]] = []
    for group in sorted(groups.values(), key=lambda group: order(group[-1]), reverse=True):
        (past if over(group[-1]) else current).append(group)
    return current, past


def _newest_first(events: Iterable[Event]) -> list[Event]:
    return sorted(events, key=order, reverse=True)


def _over(event: Event, now: datetime) -> bool:
    return event.status in _PAST or (event.end is not None and event.end < now)


def _stopped(event: Event, now: datetime) -> bool:
    if event.status == "completed":
        # Everything was issued: it is taken for as long as the supply lasts, its last day among them.
        return event.end is None or timezone.localdate(event.end) < timezone.localdate(now)
    # A supply that has run out does not stop a medicine: only its status tells, or its end where there is no status.
    return event.status in _PAST if event.status else _over(event, now)


def _not_so(event: Event) -> bool:
    return event.text.startswith(_NOT_SO)


def _by_name(group: Sequence[Event]) -> str:
    return group[-1].text.casefold()


def _recorded(group: Sequence[Event]) -> Line:
    last = group[-1]
    return Line(last.text, given(last), note=last.note, problem=_problems(group))


def _plan(event: Event) -> Line:
    until = f"until {when_given(event.end, Precision.DAY)}" if event.end else ""
    return Line(event.text, given(event), until, event.note, event.problem)


def _problem(group: Sequence[Event]) -> Line:
    first, last = group[0], group[-1]
    since = f"since {given(first)}" if first.when else "no date"
    return Line(last.text, since, _times(group), last.note, _problems(group))


def _past_problem(group: Sequence[Event]) -> Line:
    last = group[-1]
    ended = f"{given(last)} to {when_given(last.end, Precision.DAY)}" if last.end else given(last)
    return Line(last.text, ended, _times(group), last.note, _problems(group))


def _medicine(group: Sequence[Event]) -> Line:
    first, last = group[0], group[-1]
    supply = f"supply to {when_given(last.end, Precision.DAY)}" if last.end else ""
    issues = f"{len(group)} issues since {given(first)}" if len(group) > 1 else ""
    return Line(last.text, given(last), ", ".join(filter(None, (issues, supply))), last.note, _problems(group))


def _times(group: Sequence[Event]) -> str:
    return f"{len(group)} entries" if len(group) > 1 else ""


def _problems(group: Sequence[Event]) -> str:
    return "; ".join(dict.fromkeys(event.problem for event in group if event.problem))


def _day_and_time(event: Event) -> str:
    if event.when is None or event.precision != Precision.TIME:
        return given(event)
    clock = f"{timezone.localtime(event.when):%I:%M%p}".lstrip("0").lower()
    return f"{timezone.localtime(event.when):%a} {given(event)}, {clock}"
