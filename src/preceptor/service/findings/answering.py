"""What a clinician does with a card: act, dismiss, snooze, show it again, take it on. Each goes into the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from preceptor.service.accounts.models import User
from preceptor.service.findings.models import Answer, Finding, Kind
from preceptor.service.findings.reasons import DismissReason, SnoozeReason
from preceptor.service.ledger.chain import Actor, append

LONGEST_SNOOZE = timedelta(days=366)


class Refused(Exception):
    """The message says what to do instead, `field` which entry it is about."""

    def __init__(self, words: str, field: str = "") -> None:
        super().__init__(words)
        self.field = field


@transaction.atomic
def answer(
    ids: Sequence[int], user: User, kind: Kind, *, reason: str = "", note: str = "", until: date | None = None
) -> list[Answer]:
    """Answer every finding of one card: all of them, or none. Raises Refused."""
    _check(kind, reason, note.strip(), until)
    rows = _held(ids, user)
    for row in rows:
        if row.ended:
            raise Refused("The record has changed since this page was opened. See what it shows now, then answer.")
        if kind != Kind.SHOW_AGAIN and row.answer and not row.waits:
            told = f"{row.answer.clinician.shown_name} answered this already: {row.answer.get_kind_display().lower()}."
            raise Refused(told)
    return [_add(row, user, kind, reason, note.strip(), until) for row in rows]


@transaction.atomic
def give_to(ids: Sequence[int], user: User, owner: User | None) -> None:
    """From now on this colleague deals with the card; None: nobody yet. Raises Refused."""
    if owner is not None and not (owner.may_decide and owner.is_active and owner.practice_id == user.practice_id):
        raise Refused("Choose a clinician of this practice.", "owner")
    for row in _held(ids, user):
        row.owner = owner
        row.save(update_fields=["owner"])
        body: dict[str, object] = {
            "watch": row.watch,
            "owner": f"user:{owner.pk} {owner.shown_name}" if owner else None,
        }
        _record("finding.owner", row, body, user)


def _held(ids: Sequence[int], user: User) -> list[Finding]:
    if not user.may_decide:
        raise Refused("Your account may read findings, not answer them.")
    rows = Finding.objects.of(user.practice).filter(pk__in=ids).select_for_update(of=("self",)).order_by("pk")
    held = list(rows)
    if not held or len(held) != len(set(ids)) or len({row.patient_id for row in held}) > 1:
        raise Refused("There is no such finding.")
    return held


def _check(kind: Kind, reason: str, note: str, until: date | None) -> None:
    if kind == Kind.DISMISS and reason not in DismissReason.values:
        raise Refused("Choose why you dismiss it.", "dismiss_reason")
    if kind == Kind.SNOOZE:
        today = timezone.localdate()
        if reason not in SnoozeReason.values:
            raise Refused("Choose why it can wait.", "snooze_reason")
        if until is None or not today < until <= today + LONGEST_SNOOZE:
            raise Refused("Choose a day after today, within a year, on which it is shown again.", "until")
    if reason == "other" and not note:
        raise Refused("Say what the other reason is.", "note")


def _add(row: Finding, user: User, kind: Kind, reason: str, note: str, until: date | None) -> Answer:
    given = Answer.objects.create(
        finding=row,
        clinician=user,
        kind=kind,
        reason=reason if kind in (Kind.DISMISS, Kind.SNOOZE) else "",
        note=note,
        until=until if kind == Kind.SNOOZE else None,
        at=timezone.now(),
    )
    row.answer = given
    row.shown = row.shown or given.at
    row.save(update_fields=["answer", "shown"])
    body = {
        "answer": given.pk, "kind": str(given.kind), "watch": row.watch, "version": row.version,
        "fingerprint": row.fingerprint, "reason": given.reason, "note": given.note,
        "until": given.until.isoformat() if given.until else None,
    }  # fmt: skip
    _record("finding.answer", row, body, user)
    return given


def _record(kind: str, row: Finding, body: dict[str, object], user: User) -> None:
    append(kind, f"finding:{row.pk}", body, actor=Actor.person(user), practice=row.practice)
