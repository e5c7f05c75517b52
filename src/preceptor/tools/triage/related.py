"""What the record says about a request: shown before the clinician's first view, so without a hint of urgency."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from preceptor.advice import Case, Event, EventKind, Kind
from preceptor.record import concepts
from preceptor.tools.triage import context, facts
from preceptor.tools.triage.library import the_library
from preceptor.tools.triage.presentations import Presentation
from preceptor.tools.triage.reading import Reading

RECENT_RESULTS = timedelta(days=90)
MOST_RESULTS = 10


@dataclass(frozen=True, slots=True)
class Related:
    """An entry of the record, and what it has to do with the request."""

    event: Event
    why: str


def related_events(case: Case) -> tuple[Related, ...]:
    """The entries that bear on a request: appointments, plans, the same problem, medicines named, recent results.

    Deterministic and independent of the advice; each entry once, with the first reason found for it.
    """
    if case.record is None or case.request is None:
        return ()
    known = the_library()
    reading = Reading(case, known.features)
    about = [p for p in known.presentations if reading.feature(p.id) is not None]
    found: dict[str, Related] = {}
    for related in _all(case, reading, about):
        found.setdefault(related.event.id, related)
    return tuple(found.values())


def _all(case: Case, reading: Reading, about: list[Presentation]) -> Iterator[Related]:
    for event in context.upcoming(reading):
        same = [p for p in about if context.is_about(event, p, reading)]
        yield Related(event, f"Appointment booked about {_titles(same)}" if same else "Appointment booked")
    for event in context.plans(reading):
        same = [p for p in about if context.is_about(event, p, reading)]
        yield Related(event, f"Standing plan about {_titles(same)}" if same else "Standing plan or flag in force")
    yield from _problems(case, reading, about)
    yield from _medicines(case, reading)
    if any(p.kind is Kind.RESULTS for p in about):
        yield from _results(case)


def _problems(case: Case, reading: Reading, about: list[Presentation]) -> Iterator[Related]:
    assert case.record is not None  # noqa: S101 - `related_events` asked
    for event in case.record.of(EventKind.CONDITION):
        same = [p for p in about if context.is_about(event, p, reading)]
        if same:
            yield Related(event, f"Recorded {context.day_of(event)}: the request is about {_titles(same)}")


def _medicines(case: Case, reading: Reading) -> Iterator[Related]:
    named = {concept.slug for word in _drug_words(reading) if (concept := concepts.drug_named(word))}
    for event in facts.active(case, EventKind.MEDICATION):
        if event.concept in named or (
            event.text and event.text.split()[0].casefold() in reading.text.casefold().split()
        ):
            yield Related(event, "A medicine that the request names")


def _drug_words(reading: Reading) -> set[str]:
    return {word for sentence in reading.sentences for word in sentence.words if len(word) >= 5}


def _results(case: Case) -> Iterator[Related]:
    assert case.record is not None  # noqa: S101 - `related_events` asked
    since = case.as_of - RECENT_RESULTS
    recent = [e for e in case.record.of(EventKind.RESULT, EventKind.REPORT) if e.when and since <= e.when <= case.as_of]
    for event in reversed(recent[-MOST_RESULTS:]):
        yield Related(event, f"A result of {context.day_of(event)}")


def _titles(presentations: list[Presentation]) -> str:
    return " and ".join(p.title[0].lower() + p.title[1:] for p in presentations)
