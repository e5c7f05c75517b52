"""Asked about again: the patient's earlier requests about the same problem, as messages in the record.

A third request within the rule's days raises a clinical problem by one step, to the same day at most; a second is worth
knowing. An earlier request is about the same problem when its own words, read as any request is, name it now.
A message counts where the record says that the patient sent it: what a practice writes to its patients does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from preceptor.advice import URGENCIES, Case, Effect, Event, EventKind, Kind, Precision, Reason, Request, Urgency
from preceptor.record.messages import is_from_patient
from preceptor.tools.triage.context import Change, context_rules, day_of, shown
from preceptor.tools.triage.presentations import Presentation
from preceptor.tools.triage.reading import Reading

RAISES_FROM = 2  # earlier requests
MOST_READ = 6  # of the newest messages: each takes as long to read as the request itself
MOST_SHOWN = 4
_LONGEST = 1_000  # characters of a message that are read
_NEVER_SENT = frozenset({"not-done", "entered-in-error", "preparation", "stopped"})
_UNDATED = frozenset({Precision.YEAR, Precision.MONTH})
_ORDINALS = {1: "Second", 2: "Third", 3: "Fourth", 4: "Fifth"}


class Earlier:
    """The requests of the last weeks, each read once, whatever number of problems is asked about."""

    def __init__(self, reading: Reading) -> None:
        self._readings = [(event, _read(event, reading)) for event in _recent(reading)]

    def about(self, presentation: Presentation) -> list[Event]:
        """Those that name this presentation, newest first."""
        return [
            event
            for event, reading in self._readings
            if (found := reading.feature(presentation.id)) is not None and found.spans
        ]


def changes(earlier: Earlier, presentation: Presentation, urgency: Urgency, answered: bool) -> Iterator[Change]:
    """What earlier requests change about one problem that needs somebody as soon as `urgency`.

    `answered` says that the record lowered it, as a plan or a booked appointment does: then they are only told.
    """
    found = [] if presentation.minor else earlier.about(presentation)
    if not found:
        return
    raises = len(found) >= RAISES_FROM and presentation.kind is Kind.CLINICAL and urgency.rank > Urgency.SAME_DAY.rank
    first, *others = found
    which = _ORDINALS.get(len(found), f"Number {len(found) + 1} of the requests")
    days = context_rules()["repeat"].days["within"]
    words = f"{which} about this within {days} days, after {', '.join(day_of(event) for event in reversed(found))}"
    if raises and not answered:
        to = URGENCIES[urgency.rank - 1]
        yield Change(to, Reason(words, Effect.RAISES, event=first.id, rule="repeat"))
    else:
        why = " (the record already answers it)" if raises else ""
        yield Change(None, Reason(words + why, Effect.NOTES, event=first.id, rule="repeat"))
    for event in others[: MOST_SHOWN - 1]:
        told = f"Earlier request of {day_of(event)}: {shown(event)}"
        yield Change(None, Reason(told, Effect.NOTES, event=event.id, rule="repeat"))


def _recent(reading: Reading) -> list[Event]:
    """Messages of the last days, newest first. The same words again on the same day are one request sent twice."""
    record, as_of = reading.case.record, reading.case.as_of
    if record is None:
        return []
    since = as_of - timedelta(days=context_rules()["repeat"].days["within"])
    seen = {(as_of.date(), _plain(reading.text))}
    found = []
    for event in reversed(record.of(EventKind.MESSAGE)):
        dated = event.when if event.precision not in _UNDATED else None
        if dated is None or not since <= dated <= as_of or not is_from_patient(event):
            continue
        once = (dated.date(), _plain(_words(event)))
        if event.status.casefold() in _NEVER_SENT or once in seen:
            continue
        seen.add(once)
        found.append(event)
    return found[:MOST_READ]


def _read(event: Event, reading: Reading) -> Reading:
    """An earlier message as a request of the same person, by its words alone."""
    now = reading.case.request
    request = Request(_words(event)[:_LONGEST], now.age if now else None, now.sex if now else None)
    return Reading(Case(event.id, event.when or reading.case.as_of, request), reading.library)


def _words(event: Event) -> str:
    return event.note or event.text


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
