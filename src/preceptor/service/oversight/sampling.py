"""Audit samples: for a while more decisions are audited than the terms ask for, because something drifted.

Nothing else follows from drift: no tool, threshold or standing changes. A chance can be raised and no promise of the
watch on under-triage ends, because each lot keeps the chance that it was cast with.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from preceptor.service.ledger.chain import SYSTEM, append
from preceptor.service.oversight.models import AuditSample
from preceptor.service.practices.models import Practice

# Chosen by the authors: about thirty answers, some days' audits. Thirty with no mistake put it below one in ten.
PROBABILITY, DECISIONS = 0.3, 100
WORDS = "words"


@dataclass(frozen=True, slots=True)
class Running:
    """A sample that goes on, and how far it has come."""

    sample: AuditSample
    cast: int  # lots
    drawn: int

    @property
    def left(self) -> int:
        return max(0, self.sample.decisions - self.cast)


def cause_of(tool: str, version: str) -> str:
    """What a sample is started for, when a tool version's scores drifted."""
    return f"scores {tool} {version}"


@transaction.atomic
def start(practice: Practice, cause: str, why: str, *, again_after: timedelta | None = None) -> AuditSample | None:
    """Start a sample, with its ledger entry. None where one for this cause goes on, or began less than `again_after`
    ago: the same change, found again, is no news."""
    Practice.objects.select_for_update().get(pk=practice.pk)
    before = last(practice, cause)
    if before and (before.draws.count() < before.decisions):
        return None
    if before and again_after and timezone.now() - before.at < again_after:
        return None
    row = AuditSample.objects.create(
        practice=practice, cause=cause, why=why, probability=PROBABILITY, decisions=DECISIONS
    )
    body = {"sample": row.pk, "cause": cause, "why": why, "probability": PROBABILITY, "decisions": DECISIONS}
    append("oversight.audit_sample", "oversight:drift", body, actor=SYSTEM, practice=practice)
    return row


def last(practice: Practice, cause: str) -> AuditSample | None:
    return AuditSample.objects.of(practice).filter(cause=cause).order_by("-pk").first()


def running(practice: Practice) -> Running | None:
    """The oldest sample that is not complete: its chance holds for the next decision. Samples follow one another."""
    for row in AuditSample.objects.of(practice).order_by("pk"):
        cast = row.draws.count()
        if cast < row.decisions:
            return Running(row, cast, row.draws.filter(drawn=True).count())
    return None
