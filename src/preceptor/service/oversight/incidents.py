"""Incidents: what went wrong, or nearly, as staff report it, and what was done about it. Each act is in the ledger."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet

from preceptor.service.accounts.models import User
from preceptor.service.ledger.chain import Actor, append
from preceptor.service.oversight.models import Incident, IncidentNote, Severity
from preceptor.service.practices.models import Practice


@transaction.atomic
def report(
    user: User, *, title: str, what: str, severity: str, harmed: bool, tool: str = "", hazard: str = ""
) -> Incident:
    """Keep an incident under the name of whoever reports it. Raises PermissionError for an account of no practice."""
    if user.practice is None:
        raise PermissionError("an account of no practice reports nothing")
    said = {
        "title": title.strip(), "what": what.strip(), "severity": Severity(severity).value, "harmed": harmed,
        "tool": tool, "hazard": hazard,
    }  # fmt: skip
    row = Incident.objects.create(practice=user.practice, reported_by=user, **said)
    body = {"incident": row.pk} | said
    append("oversight.incident", f"incident:{row.pk}", body, actor=Actor.person(user), practice=user.practice)
    return row


@transaction.atomic
def add_note(incident: Incident, user: User, *, text: str, closes: bool) -> IncidentNote:
    """Say what was found or done. Whoever governs closes an incident, or opens it again; others only add to it.

    Raises PermissionError.
    """
    if user.practice_id != incident.practice_id:
        raise PermissionError("an incident of another practice")
    if closes != is_closed(incident) and not user.may_govern:
        raise PermissionError("Only the practice manager or the clinical safety officer closes an incident.")
    row = IncidentNote.objects.create(
        practice=incident.practice, incident=incident, text=text.strip(), closes=closes, by=user
    )
    body = {"note": row.pk, "text": row.text, "closes": closes}
    actor = Actor.person(user)
    append("oversight.incident_note", f"incident:{incident.pk}", body, actor=actor, practice=incident.practice)
    return row


def is_closed(incident: Incident) -> bool:
    last = max(incident.notes.all(), key=lambda note: note.pk, default=None)
    return bool(last and last.closes)


def incidents_of(practice: Practice, tool: str = "") -> QuerySet[Incident]:
    """The latest first, with their notes; of one tool, or all."""
    rows = Incident.objects.of(practice).select_related("reported_by").prefetch_related("notes__by").order_by("-pk")
    return rows.filter(tool=tool) if tool else rows
