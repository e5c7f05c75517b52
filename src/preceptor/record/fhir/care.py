"""Encounters, procedures, referrals, appointments, flags and care plans: what is done or planned for a patient."""

from __future__ import annotations

from preceptor.advice import Event, EventKind
from preceptor.record.fhir.codes import coded, coded_list, of_coding, words
from preceptor.record.fhir.dates import NOT_KNOWN, moment, period
from preceptor.record.fhir.shapes import Node
from preceptor.record.fhir.source import (
    Source,
    displays,
    labelled,
    lines,
    narrative,
    notes,
    reasons,
    together,
)
from preceptor.record.fhir.values import quantity_words


def encounter(source: Source) -> list[Event]:
    node = source.node
    start, end = period(node, "period")
    said = together(coded_list(node, "type"))
    where = of_coding(node.node("class")).text
    return [
        source.event(
            EventKind.ENCOUNTER,
            said,
            start,
            end=end,
            status=node.text("status"),
            text=said.text or where or "Encounter",
            note=labelled("Reason", reasons(node)),
        )
    ]


def procedure(source: Source) -> list[Event]:
    node = source.node
    start, end = period(node, "performedPeriod")
    status = node.text("status")
    told = node.text("performedString")
    if node.data.get("performedAge") is not None:
        told = f"at age {quantity_words(node.node('performedAge'))}"
    note = lines(
        notes(node),
        labelled("Reason", reasons(node)),
        labelled("Done", told),
        labelled("Outcome", coded(node, "outcome").text),
        coded(node, "statusReason").text,
    )
    return [
        source.event(
            EventKind.PROCEDURE,
            coded(node, "code"),
            start if start.at else moment(node, "performedDateTime"),
            end=end,
            status=status,
            note=note,
            unlike="Not done" if status == "not-done" else "",
        )
    ]


def referral(source: Source) -> list[Event]:
    node = source.node
    said, why = coded(node, "code"), reasons(node)
    note = lines(
        notes(node),
        labelled("Reason", why),
        labelled("Priority", node.text("priority")),
        labelled("To", displays(node, "performer")),
        node.text("patientInstruction"),
    )
    return [
        source.event(
            EventKind.REFERRAL,
            said,
            moment(node, "authoredOn", "occurrenceDateTime"),
            status=node.text("status"),
            text=said.text or why or words(*coded_list(node, "category")),
            note=note,
            unlike="Do not do" if node.truth("doNotPerform") else "",
        )
    ]


def appointment(source: Source) -> list[Event]:
    """A booked, kept, missed or cancelled appointment: `status` tells which."""
    node = source.node
    kinds = [*coded_list(node, "serviceType"), coded(node, "appointmentType")]
    service = together([each for each in kinds if each.text])
    reason = reasons(node)
    people = [actor.text("display") for actor in _actors(node) if not actor.text("reference").startswith("Patient/")]
    start = moment(node, "start")
    if not start.at and node.data.get("requestedPeriod"):
        start = next((moment(each, "start", "end") for each in node.nodes("requestedPeriod")), NOT_KNOWN)
    note = lines(
        labelled("Reason", reason),
        labelled("For", service.text),
        labelled("With", ", ".join(filter(None, people))),
        node.text("comment"),
        node.text("patientInstruction"),
        labelled("Cancelled", coded(node, "cancelationReason").text),
    )
    about = together([*coded_list(node, "reasonCode"), *kinds])
    return [
        source.event(
            EventKind.APPOINTMENT,
            about,
            start,
            end=moment(node, "end"),
            status=node.text("status"),
            text=node.text("description") or reason or service.text or "Appointment",
            note=note,
        )
    ]


def _actors(node: Node) -> list[Node]:
    return [participant.node("actor") for participant in node.nodes("participant")]


def flag(source: Source) -> list[Event]:
    node = source.node
    start, end = period(node, "period")
    category = words(*coded_list(node, "category"))
    return [
        source.event(
            EventKind.FLAG,
            coded(node, "code"),
            start,
            end=end,
            status=node.text("status"),
            note=labelled("Category", category),
        )
    ]


def plan(source: Source) -> list[Event]:
    """A CarePlan: what a patient and a practice have agreed, with every activity and note in full."""
    node = source.node
    start, end = period(node, "period")
    said = together(coded_list(node, "category"))
    description = node.text("description")
    note = lines(
        description if node.text("title") else "",
        *(_activity(activity) for activity in node.nodes("activity")),
        labelled("About", displays(node, "addresses")),
        notes(node),
    )
    return [
        source.event(
            EventKind.PLAN,
            said,
            start if start.at else moment(node, "created"),
            end=end,
            status=node.text("status"),
            text=node.text("title") or description or said.text or "Care plan",
            note=note or narrative(node),
            unlike="Proposed" if node.text("intent") in ("proposal", "option") else "",
        )
    ]


def _activity(activity: Node) -> str:
    detail = activity.node("detail")
    name = coded(detail, "code").text or activity.node("reference").text("display")
    status = detail.text("status")
    said = [
        ": ".join(filter(None, (name, detail.text("description")))),
        detail.text("scheduledString"),
        labelled("Reason", reasons(detail)),
        coded(detail, "statusReason").text,
        labelled("Outcome", words(*coded_list(activity, "outcomeCodeableConcept"))),
        *(each.text("text") for each in activity.nodes("progress")),
    ]
    line = "; ".join(filter(None, said))
    if detail.truth("doNotPerform"):
        line = f"Do not do: {line}"
    return f"{line} ({status})" if line and status else line
