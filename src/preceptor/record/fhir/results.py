"""Observations and diagnostic reports."""

from __future__ import annotations

from preceptor.advice import Event, EventKind
from preceptor.record.fhir.codes import coded, coded_list, words
from preceptor.record.fhir.dates import NOT_KNOWN, Moment, moment, period
from preceptor.record.fhir.shapes import Node
from preceptor.record.fhir.source import Source, labelled, lines, notes
from preceptor.record.fhir.values import value_of
from preceptor.record.fhir.writing import attachment


def effective(node: Node) -> tuple[Moment, Moment]:
    """When it was true of the patient, and until when; when it was issued, for want of that."""
    if node.data.get("effectivePeriod") is not None:
        start, end = period(node, "effectivePeriod")
        return (start, end) if start.at else (end, NOT_KNOWN)
    return moment(node, "effectiveDateTime", "effectiveInstant", "issued"), NOT_KNOWN


def observation(source: Source) -> list[Event]:
    """One event for its own value and one for each component; a panel that only gathers others gives none."""
    node = source.node
    when, end = effective(node)
    status = node.text("status")
    unlike = "Cancelled" if status == "cancelled" else ""
    said = coded(node, "code")
    value = value_of(node, said.concept)
    note = _note(node)
    components = node.nodes("component") if node.data.get("component") else []
    events = []
    gathers = components or node.data.get("hasMember")
    if value.sent or value.note or value.number is not None or note or not gathers:
        events.append(
            source.event(EventKind.RESULT, said, when, end=end, status=status, value=value, note=note, unlike=unlike)
        )
    for place, component in enumerate(components, 1):
        own = Node(component.data, [])
        said = coded(own, "code")
        value = value_of(own, said.concept)
        note = _interpretation(own)
        events.append(
            source.event(
                EventKind.RESULT,
                said,
                when,
                end=end,
                status=status,
                value=value,
                note=note,
                unlike=unlike,
                node=own,
                suffix=f"#{place}",
            )
        )
    return events


def _note(node: Node) -> str:
    if "note" not in node.data and "interpretation" not in node.data:
        return ""
    return lines(notes(node), _interpretation(node))


def _interpretation(node: Node) -> str:
    return labelled("Interpretation", words(*coded_list(node, "interpretation")))


def report(source: Source) -> list[Event]:
    """A DiagnosticReport, with its conclusion and the text that it carries. Its results are events of their own."""
    node = source.node
    when, end = effective(node)
    written = [attachment(each) for each in node.nodes("presentedForm")] if node.data.get("presentedForm") else []
    note = lines(node.text("conclusion"), words(*coded_list(node, "conclusionCode")), *written)
    status = node.text("status")
    unlike = "Cancelled" if status == "cancelled" else ""
    return [source.event(EventKind.REPORT, coded(node, "code"), when, end=end, status=status, note=note, unlike=unlike)]
