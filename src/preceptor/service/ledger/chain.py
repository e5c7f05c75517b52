"""Writing the ledger, and proving that it is whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from preceptor.service.accounts.models import User
from preceptor.service.ledger.models import Entry, Head
from preceptor.service.practices.models import Practice

BEFORE_THE_FIRST = "0" * 64


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it. There is always somebody: a person by account, a patient, a tool, or the system itself."""

    name: str

    @classmethod
    def person(cls, user: User) -> Actor:
        if not user.pk:
            raise ValueError("an anonymous visitor cannot act: sign in first")
        return cls(f"user:{user.pk} {user.shown_name}")

    @classmethod
    def tool(cls, name: str, version: str) -> Actor:
        return cls(f"tool:{name} {version}")


PATIENT = Actor("patient")
SYSTEM = Actor("system")


def append(kind: str, subject: str, body: Mapping[str, Any], *, actor: Actor, practice: Practice | None) -> Entry:
    """Add one entry, in the transaction of what it describes: both are kept, or neither.

    Raises RuntimeError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a ledger entry is written in the transaction of what it describes: use transaction.atomic")
    head = Head.objects.select_for_update().get(pk=1)
    entry = Entry(
        seq=head.seq + 1,
        at=datetime.now(UTC).isoformat(),
        practice=practice.ods_code if practice else "",
        actor=actor.name[:200],
        kind=kind,
        subject=subject,
        body=json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False),
        previous=head.digest,
    )
    entry.digest = digest_of(entry)
    entry.save(force_insert=True)
    head.seq, head.digest = entry.seq, entry.digest
    head.save(update_fields=["seq", "digest"])
    return entry


def digest_of(entry: Entry) -> str:
    """SHA-256, in hex, over every column but the digest itself."""
    columns = [
        entry.seq, entry.at, entry.practice, entry.actor, entry.kind, entry.subject, entry.body, entry.previous
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(columns, ensure_ascii=False).encode()).hexdigest()
