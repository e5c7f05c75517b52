"""Do the tables still say what the ledger says of them? A decision, a first view, an assessment or a standing
is never edited, so each row must be as its entry describes it; and a patient's words must be those that came."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models

from preceptor.service.ledger.models import Entry
from preceptor.service.ledger.verdict import Fault
from preceptor.service.oversight.models import ToolStanding
from preceptor.service.requests.models import Assessment, Decision, FirstView, Reopening, Request

BATCH = 1000


@dataclass(frozen=True, slots=True)
class Described:
    """A table whose rows the ledger describes, one entry a row."""

    name: str  # of one row, in words
    model: type[models.Model]
    kind: str  # of the entries that describe it
    key: str | None  # where an entry's body holds the row's id; None where its subject does
    facts: Callable[[Any], Mapping[str, object]]  # what the entry must say, read from the row


def _who(row: FirstView | Decision | Reopening) -> str:
    return f"user:{row.clinician_id}"


DESCRIBED = (
    Described(
        "request", Request, "request.received", None,
        lambda row: {
            "subject": f"request:{row.pk}",
            "text_sha256": hashlib.sha256(row.text.encode()).hexdigest(),
        },
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
            "version": row.version, "standing": row.standing, "why": row.why,
        },
    ),
)  # fmt: skip


def disagreement() -> Fault | None:
    """The first row that is not as its entry says, or has none, or is gone."""
    of_rows = (_disagreement_in(described) for described in DESCRIBED)
    return next((fault for fault in of_rows if fault), None) or _disagreement_of_red_flags()


def _disagreement_of_red_flags() -> Fault | None:
    """Red flags stand on the request itself; they may be checked again, so the last entry about them holds."""
    rows = {row.pk: row for row in Request.objects.only("red_flags", "red_flags_checked", "floor")}
    last = {entry.subject: entry for batch in _batches("request.red_flags") for entry in batch}
    for entry in sorted(last.values(), key=lambda entry: entry.seq):
        row = rows.get(UUID(entry.subject.partition(":")[2]))
        body = json.loads(entry.body)
        if row is None:
            continue  # told as a request that was removed
        flags = [{"id": flag["id"], "urgency": flag["urgency"]} for flag in row.red_flags]
        if (flags, row.floor, row.red_flags_checked) != (body["red_flags"], body["floor"], body["checked"]):
            what = f"its red flags were changed: ledger row {entry.seq} says otherwise"
            return Fault(f"request {row.pk}", what)
    return None


def _disagreement_in(described: Described) -> Fault | None:
    # Rows first, entries after: what is written meanwhile is then no difference.
    unspoken = set(described.model._default_manager.values_list("pk", flat=True))
    for entries in _batches(described.kind):
        ids = {entry.seq: _id_of(described, entry) for entry in entries}
        rows = described.model._default_manager.in_bulk(list(ids.values()))
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
    said = json.loads(entry.body) | {"subject": entry.subject, "actor": actor}
    words = {"text_sha256": "text", "actor": "author", "subject": "request" if described.kind[0] == "r" else "tool"}
    return [words.get(name, name) for name, value in described.facts(row).items() if said.get(name) != value]


def _batches(kind: str) -> Iterator[list[Entry]]:
    seq = 0
    while batch := list(Entry.objects.filter(kind=kind, seq__gt=seq).order_by("seq")[:BATCH]):
        yield batch
        seq = batch[-1].seq
