"""What the entries of a case's record show: by their concepts, and by their own words."""

from __future__ import annotations

from functools import cached_property

from preceptor.advice import Case, Event, EventKind
from preceptor.tools.triage import facts
from preceptor.tools.triage.features import Feature, Library
from preceptor.tools.triage.logic import Found
from preceptor.tools.triage.text.normal import sentences

_LONGEST = 4000  # characters of an entry that are read


class Entries:
    """The active conditions and medicines of a record. Each text is read once, and all are gathered when asked for."""

    def __init__(self, case: Case, library: Library) -> None:
        self._case = case
        self._library = library
        self._read: dict[str, frozenset[str]] = {}

    def show(self, feature: Feature) -> Found | None:
        """The entries that show a feature, or None when none does."""
        events: list[Event] = []
        if not self._concepts.isdisjoint(facts.covered_by(*feature.concepts)):
            events += facts.with_concept(self._active, *feature.concepts)
        if feature.reads and feature.name in self._said:
            events += [e for e in self._active if e.kind in feature.reads and feature.name in self.said_by(e)]
        return Found(events=tuple(dict.fromkeys(event.id for event in events))) if events else None

    def said_by(self, event: Event) -> frozenset[str]:
        """The features whose phrases stand in an entry's own words, its note among them."""
        text = f"{event.text}\n\n{event.note}" if event.note else event.text
        if text not in self._read:
            self._read[text] = features_in(text, self._library)
        return self._read[text]

    @cached_property
    def _active(self) -> tuple[Event, ...]:
        return facts.active(self._case, EventKind.CONDITION, EventKind.MEDICATION)

    @cached_property
    def _concepts(self) -> frozenset[str | None]:
        return frozenset(event.concept for event in self._active)

    @cached_property
    def _said(self) -> frozenset[str]:
        return frozenset[str]().union(*map(self.said_by, self._active))


def features_in(text: str, library: Library) -> frozenset[str]:
    """The features whose phrases stand in a short text of the record, such as a medicine's name or a plan."""
    found: set[str] = set()
    for sentence in sentences(text[:_LONGEST], library.spelling):
        found.update(key for key, *_ in library.index.search(sentence))
    return frozenset(key for key in found if key in library.features)
