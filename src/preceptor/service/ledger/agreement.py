"""Do the tables still say what the ledger says of them? A decision, a first view, an assessment or a standing
is never edited, so each row must be as its entry describes it; a patient's words must be those that came, of that
patient and for that practice; and a request must stand where its decisions and reopenings left it, so that none is
hidden by a change of its state."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models

from preceptor.service.findings.models import Answer, PackSetting
from preceptor.service.hooks.models import HookFeedback
from preceptor.service.learning.models import ModelStep
from preceptor.service.ledger.models import Entry
from preceptor.service.ledger.verdict import Fault
from preceptor.service.oversight.models import (
    AuditAnswer,
    AuditDraw,
    Incident,
    IncidentNote,
    Outcome,
    Terms,
    ToolStanding,
)
from preceptor.service.oversight.terms import NUMBERS
from preceptor.service.requests.models import Assessment, Decision, FirstView, Reopening, Request, State

BATCH = 1000


@dataclass(frozen=True, slots=True)
class Described:
    """A table whose rows the ledger describes, one entry a row."""

    name: str  # of one row, in words
    model: type[models.Model]
    kind: str  # of the entries that describe it
    key: str | None  # where an entry's body holds the row's id; None where its subject does
    facts: Callable[[Any], Mapping[str, object]]  # what the entry must say, read from the row
    beside: tuple[str, ...] = ()  # what is read with the row


def _who(row: FirstView | Decision | Reopening | Answer) -> str:
    return f"user:{row.clinician_id}"


DESCRIBED = (
    Described(
        "request", Request, "request.received", None,
        lambda row: {
            "subject": f"request:{row.pk}",
            "practice": row.practice.ods_code,
            "patient": row.patient.key if row.patient else None,
            "text_sha256": hashlib.sha256(row.text.encode()).hexdigest(),
        },
        ("practice", "patient"),
    ),
    Described(
        "assessment", Assessment, "request.assessed", "assessment",
        lambda row: {
            "subject": f"request:{row.request_id}", "actor": f"tool:{row.tool} {row.version}",
            "standing": row.standing, "advice": row.advice, "failure": row.failure,
        },
    ),
    Described(
        "first view", FirstView, "request.first_view", "first_view",
        lambda row: {
            "subject": f"request:{row.request_id}", "actor": _who(row),
            "round": row.round, "urgency": row.urgency, "handler": row.handler,
        },
    ),
    Described(
        "decision", Decision, "request.decide", "decision",
        lambda row: {
            "subject": f"request:{row.request_id}", "actor": _who(row),
            "round": row.round, "urgency": row.urgency, "handler": row.handler, "reason": row.reason, "note": row.note,
            "first_view": row.first_view_id, "assessment": row.assessment_id,
        },
    ),
    Described(
        "reopening", Reopening, "request.reopen", "reopening",
        lambda row: {
            "subject": f"request:{row.request_id}", "actor": _who(row), "round": row.round, "why": row.why,
        },
    ),
    Described(
        "standing", ToolStanding, "tool.standing", "change",
        lambda row: {
            "subject": f"tool:{row.tool}", "actor": f"user:{row.signed_by_id}" if row.signed_by_id else "system",
            "version": row.version, "standing": row.standing, "why": row.why, "rests_on": row.rests_on,
        },
    ),
    Described(
        "terms", Terms, "oversight.terms", "terms",
        lambda row: {
            "actor": f"user:{row.signed_by_id}" if row.signed_by_id else "system", "why": row.why,
        } | {name: getattr(row, name) for name in NUMBERS},
    ),
    Described(
        "audit draw", AuditDraw, "request.audit_draw", "draw",
        lambda row: {
            "subject": f"request:{row.request_id}", "decision": row.decision_id, "probability": row.probability,
            "lot": row.lot, "drawn": row.drawn,
        },
    ),
    Described(
        "audit answer", AuditAnswer, "audit.answer", "answer",
        lambda row: {
            "subject": f"request:{row.draw.request_id}", "actor": f"user:{row.auditor_id}", "draw": row.draw_id,
            "urgency": row.urgency, "note": row.note, "blind": row.blind,
        },
        ("draw",),
    ),
    Described(
        "outcome", Outcome, "request.outcome", "outcome",
        lambda row: {
            "subject": f"request:{row.request_id}", "actor": f"user:{row.by_id}", "urgency": row.urgency,
            "known_by": row.known_by, "known_on": row.known_on.isoformat(), "what": row.what,
        },
    ),
    Described(
        "incident", Incident, "oversight.incident", "incident",
        lambda row: {
            "actor": f"user:{row.reported_by_id}", "title": row.title, "what": row.what, "severity": row.severity,
            "harmed": row.harmed, "tool": row.tool, "hazard": row.hazard,
        },
    ),
    Described(
        "note on an incident", IncidentNote, "oversight.incident_note", "note",
        lambda row: {
            "subject": f"incident:{row.incident_id}", "actor": f"user:{row.by_id}", "text": row.text,
            "closes": row.closes,
        },
    ),
    Described(
        "answer to a finding", Answer, "finding.answer", "answer",
        lambda row: {
            "subject": f"finding:{row.finding_id}", "actor": _who(row), "kind": row.kind, "reason": row.reason,
            "note": row.note, "until": row.until.isoformat() if row.until else None,
        },
    ),
    Described(
        "setting of a pack", PackSetting, "findings.pack", "setting",
        lambda row: {
            "subject": f"pack:{row.pack}", "actor": f"user:{row.signed_by_id}" if row.signed_by_id else "system",
            "on": row.on, "why": row.why,
        },
    ),
    Described(
        "step of a model", ModelStep, "model.step", "step",
        lambda row: {
            "subject": f"tool:{row.tool}", "actor": f"user:{row.by_id}" if row.by_id else "system", "what": row.what,
            "digest": row.digest, "version": row.version, "parent": row.parent, "also": row.also, "why": row.why,
            "figures": row.figures,
        },
    ),
    Described(
        "feedback", HookFeedback, "hooks.feedback", "feedback",
        lambda row: {
            "subject": f"card:{row.card_id}", "actor": f"program:{row.card.issuer}", "watch": row.card.watch,
            "outcome": row.outcome, "accepted": row.accepted, "reason": row.reason,
            "reason_system": row.reason_system, "comment": row.comment, "at": row.at.isoformat(),
        },
        ("card",),
    ),
)  # fmt: skip


def disagreement() -> Fault | None:
    """The first row that is not as its entry says, or has none, or is gone."""
    of_rows = (_disagreement_in(described) for described in DESCRIBED)
    return next((fault for fault in of_rows if fault), None) or _disagreement_of_requests()


def _disagreement_of_requests() -> Fault | None:
    """What changes on a request itself: its red flags, and how far it has come."""
    last = UUID(int=0)
    while batch := list(_requests().filter(pk__gte=last).exclude(pk=last).order_by("pk")[:BATCH]):
        told = _told_of(batch)
        for request in batch:
            # It may have changed between the two readings: what seems wrong is read again, as it is now.
            if _fault_of_request(request, told) and (fault := _fault_now(request)):
                return fault
        last = batch[-1].pk
    return None


def _fault_now(request: Request) -> Fault | None:
    now = _requests().filter(pk=request.pk).first()
    return _fault_of_request(now, _told_of([now])) if now else None  # told as a request that was removed


def _requests() -> models.QuerySet[Request]:
    return Request.objects.only("state", "round", "version", "red_flags", "red_flags_checked", "floor")


@dataclass(frozen=True, slots=True)
class Told:
    """What the rows beside some requests, and the ledger, tell of them."""

    red_flags: Mapping[str, Entry]  # by subject: the last entry, because red flags may be checked again
    decisions: Mapping[UUID, int]
    reopenings: Mapping[UUID, int]
    views: frozenset[tuple[UUID, int]]  # the rounds in which somebody gave a first view


def _told_of(requests: list[Request]) -> Told:
    ids = [request.pk for request in requests]
    entries = Entry.objects.filter(kind="request.red_flags", subject__in=[f"request:{pk}" for pk in ids])
    return Told(
        {entry.subject: entry for entry in entries.order_by("seq")},
        _number_of(Decision, ids),
        _number_of(Reopening, ids),
        frozenset(FirstView.objects.filter(request__in=ids).values_list("request_id", "round")),
    )


def _number_of(rows: type[models.Model], ids: list[UUID]) -> dict[UUID, int]:
    counted = rows._default_manager.filter(request__in=ids).values("request").annotate(number=models.Count("pk"))
    return dict(counted.order_by().values_list("request", "number"))


def _fault_of_request(request: Request, told: Told) -> Fault | None:
    if entry := told.red_flags.get(f"request:{request.pk}"):
        body = json.loads(entry.body)
        flags = [{"id": flag["id"], "urgency": flag["urgency"]} for flag in request.red_flags]
        if (flags, request.floor, request.red_flags_checked) != (body["red_flags"], body["floor"], body["checked"]):
            what = f"its red flags were changed: ledger row {entry.seq} says otherwise"
            return Fault(f"request {request.pk}", what)
    decisions, reopenings = told.decisions.get(request.pk, 0), told.reopenings.get(request.pk, 0)
    if decisions > reopenings:
        state = State.DECIDED
    else:
        state = State.IN_REVIEW if (request.pk, request.round) in told.views else State.WAITING
    right = {"state": state, "round": 1 + reopenings, "version": 1 + decisions + reopenings}
    if wrong := [name for name, value in right.items() if getattr(request, name) != value]:
        what = f"its {' and '.join(wrong)} was changed: its decisions and reopenings say otherwise"
        return Fault(f"request {request.pk}", what)
    return None


def _disagreement_in(described: Described) -> Fault | None:
    # Rows first, entries after: what is written meanwhile is then no difference.
    unspoken = set(described.model._default_manager.values_list("pk", flat=True))
    for entries in _batches(described.kind):
        ids = {entry.seq: _id_of(described, entry) for entry in entries}
        beside = described.beside or (None,)  # with none named, Django would read every one
        rows = described.model._default_manager.select_related(*beside).in_bulk(list(ids.values()))
        for entry in entries:
            if (row := rows.get(ids[entry.seq])) is None:
                name = f"{described.name} {ids[entry.seq]}"
                return Fault(name, f"it was removed: ledger row {entry.seq} tells of it")
            if differing := _differing(described, row, entry):
                what = f"its {' and '.join(differing)} was changed: ledger row {entry.seq} says otherwise"
                return Fault(f"{described.name} {row.pk}", what)
            unspoken.discard(row.pk)
    if unspoken:
        return Fault(f"{described.name} {min(unspoken)}", "it was added behind the ledger's back: no entry tells of it")
    return None


def _id_of(described: Described, entry: Entry) -> Any:
    value = json.loads(entry.body).get(described.key) if described.key else entry.subject.partition(":")[2]
    return described.model._meta.pk.to_python(value)


def _differing(described: Described, row: models.Model, entry: Entry) -> list[str]:
    # Of the actor only the id counts: people and tools are shown by names that may change.
    actor = entry.actor if entry.actor.startswith("tool:") else entry.actor.partition(" ")[0]
    said = json.loads(entry.body) | {"subject": entry.subject, "actor": actor, "practice": entry.practice}
    words = {"text_sha256": "text", "actor": "author", "subject": described.kind.partition(".")[0]}
    return [words.get(name, name) for name, value in described.facts(row).items() if said.get(name) != value]


def _batches(kind: str) -> Iterator[list[Entry]]:
    seq = 0
    while batch := list(Entry.objects.filter(kind=kind, seq__gt=seq).order_by("seq")[:BATCH]):
        yield batch
        seq = batch[-1].seq
