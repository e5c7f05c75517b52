"""A resource being read, and what every kind of event is made with."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import unescape
from typing import Any

from preceptor.advice import Code, Event, EventKind
from preceptor.record.concepts import Concept
from preceptor.record.fhir.codes import Coded, coded_list, words
from preceptor.record.fhir.dates import NOT_KNOWN, Moment
from preceptor.record.fhir.shapes import Node, fitted
from preceptor.record.fhir.values import Value

# Of these an entry in the future is a mistake; a medicine, a referral, an appointment or a plan may lie ahead.
_PAST = frozenset({EventKind.RESULT, EventKind.CONDITION, EventKind.ALLERGY, EventKind.IMMUNISATION, EventKind.REPORT})
_ONE_DAY = timedelta(days=1)  # a date without a time may be tomorrow's in another time zone
_NO_VALUE = Value()
_TAG = re.compile(r"<[^<>]*>")


@dataclass(slots=True)
class Source:
    """One resource, its key, the moment of reading, and where the Medications are that it may point at."""

    node: Node
    key: str
    now: datetime
    medication: Callable[[str], Mapping[str, Any] | None]
    waits_for: str = ""  # the Medication that was asked for and is not known yet
    found: list[Mapping[str, Any]] = field(default_factory=list)  # what was read from other resources

    def look_up(self, key: str) -> Mapping[str, Any] | None:
        """The `code` of a Medication; remembered, because then it is part of what this resource says."""
        code = self.medication(key)
        if code is None:
            self.waits_for = key
        else:
            self.found.append(code)
        return code

    def event(
        self,
        kind: EventKind,
        said: Coded,
        when: Moment,
        *,
        end: Moment = NOT_KNOWN,
        status: str = "",
        text: str = "",
        note: str = "",
        unlike: str = "",
        value: Value = _NO_VALUE,
        node: Node | None = None,
        suffix: str = "",
    ) -> Event:
        """An event of this resource.

        `unlike` says how it differs from a thing that is or was so ("Not done", "Refuted"): the text then begins
        with it and the event has no concept, so that no rule counts it as true.
        """
        node = node or self.node
        shown = text or said.text
        if not shown:
            node.flag("has no name and no code")
            shown = f"{kind.value.capitalize()} without a name"
        if kind in _PAST and when.at and when.at > self.now + _ONE_DAY:
            node.flag(f"is dated {when.at.date()}, in the future")
        if when.at and end.last and end.last < when.at:
            node.flag("ends before it begins")
        return Event(
            id=self.key + suffix,
            kind=kind,
            when=when.at,
            text=f"{unlike}: {shown}" if unlike else shown,
            precision=when.precision,
            end=end.at,
            status=fitted(node, "status", status, 30),
            concept=said.concept.slug if said.concept and not unlike else None,
            codes=said.codes,
            value=value.number,
            unit=value.unit,
            value_sent=value.sent,
            unit_sent=value.unit_sent,
            note=lines(note, value.note) if value.note else note,
            problem="; ".join(node.problems) if node is not self.node else "",
        )


def notes(node: Node) -> str:
    """The texts of the `note` list, a line each."""
    return "\n".join(filter(None, (each.text("text") for each in node.nodes("note")))) if node.data.get("note") else ""


def reasons(node: Node) -> str:
    """The words of `reasonCode` and of the references in `reasonReference` that carry any."""
    if node.data.get("reasonCode") is None and node.data.get("reasonReference") is None:
        return ""
    said = [words(*coded_list(node, "reasonCode")), displays(node, "reasonReference")]
    return ", ".join(filter(None, said))


def displays(node: Node, name: str) -> str:
    """The words that a list of references carries."""
    if node.data.get(name) is None:
        return ""
    return ", ".join(filter(None, (each.text("display") for each in node.nodes(name))))


def labelled(label: str, text: str) -> str:
    """ "Reason: hip pain", or nothing when there is no text."""
    return f"{label}: {text}" if text else ""


def lines(*parts: str) -> str:
    """The parts that say something, a line each."""
    return "\n".join(part for part in parts if part)


def together(many: list[Coded]) -> Coded:
    """Several CodeableConcepts as one: words that say something before bare codes, and the first concept of ours."""
    named = [each for each in many if not each.text.startswith("code ")] or many
    codes: tuple[Code, ...] = tuple(code for each in many for code in each.codes)
    concept: Concept | None = next((each.concept for each in many if each.concept), None)
    return Coded(words(*named), codes, concept)


def narrative(node: Node) -> str:
    """The words of the resource's narrative, without its markup."""
    return plain(node.node("text").text("div")) if node.data.get("text") else ""


def plain(html: str) -> str:
    """The words of a piece of HTML, on one line; broken markup is read as far as it goes."""
    return " ".join(unescape(_TAG.sub(" ", html)).split())
