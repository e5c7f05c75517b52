"""Conditions and allergies: what a patient has or had."""

from __future__ import annotations

from preceptor.advice import Event, EventKind
from preceptor.record.fhir.codes import coded, coded_list, words
from preceptor.record.fhir.dates import NOT_KNOWN, Moment, moment, period
from preceptor.record.fhir.outcome import VOID
from preceptor.record.fhir.shapes import Node
from preceptor.record.fhir.source import Source, labelled, lines, notes
from preceptor.record.fhir.values import quantity_words

# What is in doubt is shown with its doubt; what is denied, or only thought of, is nothing that a patient has.
_UNLIKE = {"refuted": "Refuted", "differential": "Differential"}
_DOUBTED = ("unconfirmed", "provisional")
_STILL = ("active", "recurrence", "relapse")


def condition(source: Source) -> list[Event]:
    node = source.node
    when, onset = _began_or_ended(node, "onset")
    when = when if when.at else moment(node, "recordedDate")
    end, abatement = _began_or_ended(node, "abatement")
    status, verification = _statuses(node)
    if status in _STILL and end.at and end.at <= source.now:
        node.flag(f"says {status}, and also that it ended on {end.at.date()}")
    note = lines(
        notes(node),
        labelled("Began", onset),
        labelled("Ended", abatement),
        labelled("Severity", coded(node, "severity").text),
        labelled("Certainty", verification if verification in _DOUBTED else ""),
    )
    return [
        source.event(
            EventKind.CONDITION,
            coded(node, "code"),
            when,
            end=end,
            status=status,
            note=note,
            unlike=_UNLIKE.get(verification, ""),
        )
    ]


def allergy(source: Source) -> list[Event]:
    node = source.node
    when, onset = _began_or_ended(node, "onset")
    when = when if when.at else moment(node, "recordedDate")
    status, verification = _statuses(node)
    note = lines(
        notes(node),
        *(_reaction(reaction) for reaction in node.nodes("reaction")),
        labelled("Criticality", node.text("criticality")),
        labelled("Began", onset),
        labelled("Certainty", verification if verification in _DOUBTED else ""),
    )
    said = coded(node, "code")
    return [source.event(EventKind.ALLERGY, said, when, status=status, note=note, unlike=_UNLIKE.get(verification, ""))]


def _statuses(node: Node) -> tuple[str, str]:
    """The clinical status, or "entered-in-error" where the verification says so; and the verification."""
    clinical, verification = _status(node, "clinicalStatus"), _status(node, "verificationStatus")
    return (verification if verification in VOID else clinical), verification


def _status(node: Node, name: str) -> str:
    found = coded(node, name)
    return found.codes[0].code if found.codes else found.text.lower()


def _began_or_ended(node: Node, name: str) -> tuple[Moment, str]:
    """A moment, from the forms that are dates; or words, from those that are not."""
    data = node.data
    if f"{name}DateTime" in data:
        return moment(node, f"{name}DateTime"), ""
    if f"{name}Period" in data:
        start, end = period(node, f"{name}Period")
        first, second = (start, end) if name == "onset" else (end, start)
        return (first if first.at else second), ""
    if f"{name}Age" in data:
        age = quantity_words(node.node(f"{name}Age"))
        return NOT_KNOWN, f"at age {age}" if age else ""
    if f"{name}Range" in data:
        low, high = (quantity_words(node.node(f"{name}Range").node(side)) for side in ("low", "high"))
        return NOT_KNOWN, f"between age {low or 'not told'} and {high or 'not told'}"
    if f"{name}Boolean" in data:
        return NOT_KNOWN, "yes, date not told" if node.truth(f"{name}Boolean") else ""
    return NOT_KNOWN, node.text(f"{name}String")


def _reaction(reaction: Node) -> str:
    parts = [words(*coded_list(reaction, "manifestation")), reaction.text("severity"), reaction.text("description")]
    return labelled("Reaction", ", ".join(filter(None, parts)))
