"""The random audit of decisions: the lot, the queue of those that were drawn, and what an auditor says of them.

A lot is cast over the first decision on every request, with a probability that is fixed beforehand and recorded: one
for decisions where anybody or any tool said "not urgent", one for those where all said urgent; while a sample goes on,
because something drifted, its chance holds where it is the higher. The auditor is somebody
who took no part in the decision, and answers without being shown it. Only these answers count as truths for the
measures of safety: what comes to light because somebody disagreed would make a tool look worse, or better, than it is.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from preceptor.advice import URGENCIES, Urgency
from preceptor.service.accounts.models import Role, User
from preceptor.service.ledger.chain import SYSTEM, Actor, append
from preceptor.service.oversight.models import AuditAnswer, AuditDraw
from preceptor.service.oversight.sampling import running
from preceptor.service.oversight.terms import terms_at
from preceptor.service.practices.models import Practice
from preceptor.service.requests.models import Checked, Decision, Opening, Request

# Clinicians: a care navigator decides, and does not judge what a clinician decided.
AUDITING_ROLES = frozenset({Role.GP, Role.NURSE, Role.PHARMACIST, Role.SAFETY_OFFICER})
URGENT = Urgency.SAME_DAY  # this, or sooner, is urgent

_RANDOM = secrets.SystemRandom()


class CannotAudit(Exception):
    """The message says why, to the person who tried."""


def is_urgent(urgency: str) -> bool:
    return Urgency(urgency).at_least(URGENT)


def cast(decision: Decision, lot: Callable[[], float] = _RANDOM.random) -> AuditDraw | None:
    """Cast the lot over a decision, in the transaction that saves it. None where the request had its lot before."""
    request = decision.request
    if AuditDraw.objects.of(request.practice).filter(request=request).exists():
        return None
    terms = terms_at(request.practice)
    probability = terms.follow_up if _all_said_urgent(decision) else terms.audit
    sample = running(request.practice)
    if sample:
        probability = max(probability, sample.sample.probability)
    fell = round(lot(), 9)
    draw = AuditDraw.objects.create(
        practice=request.practice,
        request=request,
        decision=decision,
        probability=probability,
        lot=fell,
        drawn=fell < probability,
        sample=sample.sample if sample else None,
    )
    body = {"draw": draw.pk, "decision": decision.pk, "probability": probability, "lot": fell, "drawn": draw.drawn}
    if sample:
        body["sample"] = sample.sample.pk
    append("request.audit_draw", f"request:{request.pk}", body, actor=SYSTEM, practice=request.practice)
    return draw


def _all_said_urgent(decision: Decision) -> bool:
    """A tool that has not answered yet may still say that it is not urgent."""
    if decision.request.assessed == Checked.PENDING or not is_urgent(decision.urgency):
        return False
    said = decision.request.assessments.filter(advice__isnull=False).values_list("advice__urgency", flat=True)
    return all(is_urgent(urgency) for urgency in said if urgency in URGENCIES)


def may_audit(user: User) -> bool:
    return user.practice_id is not None and user.role in AUDITING_ROLES


def queue(practice: Practice) -> QuerySet[AuditDraw]:
    """What was drawn and nobody has answered, the oldest decision first."""
    waiting = AuditDraw.objects.of(practice).filter(drawn=True, answer=None)
    return waiting.select_related("request__patient").order_by("pk")


def queue_for(user: User) -> QuerySet[AuditDraw]:
    """Of the queue, what this person may answer: nothing that they gave a view on, decided, or know the outcome of."""
    assert user.practice is not None  # noqa: S101 -- for the type checker: may_audit has made sure
    own = queue(user.practice).exclude(request__decisions__clinician=user)
    return own.exclude(request__first_views__clinician=user).exclude(request__outcomes__by=user)


def find(user: User, request_id: UUID) -> AuditDraw | None:
    """A drawn decision of this person's practice, by its request; None also where it was not drawn."""
    drawn = AuditDraw.objects.of(user.practice).filter(drawn=True, request=request_id)
    return drawn.select_related("request__patient", "request__practice").first()


def what_bars(draw: AuditDraw, user: User) -> str:
    """Why this person cannot answer it, in words; empty when they can."""
    if not may_audit(user):
        return "Only a clinician or the clinical safety officer answers an audit."
    if AuditAnswer.objects.of(draw.practice).filter(draw=draw).exists():
        return "Somebody has answered it already. An answer is not changed."
    if took_part(draw.request, user):
        return "You gave a view on this request yourself: a colleague answers it."
    if draw.request.outcomes.filter(by=user).exists():
        return "You recorded what turned out on this request: a colleague answers it."
    return ""


def took_part(request: Request, user: User) -> bool:
    """They gave a view on this request or decided on it, in any round."""
    return request.decisions.filter(clinician=user).exists() or request.first_views.filter(clinician=user).exists()


@transaction.atomic
def answer(draw: AuditDraw, user: User, *, urgency: str, note: str) -> AuditAnswer:
    """Keep what the auditor says would have been right; `urgency` is empty where it cannot be told. CannotAudit."""
    draw = AuditDraw.objects.of(draw.practice).select_for_update().get(pk=draw.pk)
    if bar := what_bars(draw, user):
        raise CannotAudit(bar)
    note = note.strip()
    if not urgency and not note:
        raise CannotAudit("Say why it cannot be told.")
    row = AuditAnswer.objects.create(
        practice=draw.practice,
        draw=draw,
        auditor=user,
        urgency=Urgency(urgency) if urgency else "",
        note=note,
        blind=not Opening.objects.filter(request=draw.request_id, clinician=user).exists(),
    )
    body = {"answer": row.pk, "draw": draw.pk, "urgency": urgency, "note": note, "blind": row.blind}
    append("audit.answer", f"request:{draw.request_id}", body, actor=Actor.person(user), practice=draw.practice)
    return row


def waiting_since(practice: Practice) -> tuple[int, date | None]:
    """How many audits wait, and the day of the oldest decision among them."""
    waiting = queue(practice)
    oldest = waiting.first()
    return waiting.count(), timezone.localdate(oldest.at) if oldest else None
