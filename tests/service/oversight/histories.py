"""Decisions of the past for tests, as rows: what a clinician thought, what was advised, what was right."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from preceptor.service.accounts.models import Role, User
from preceptor.service.oversight.models import AuditAnswer, AuditDraw
from preceptor.service.patients.models import Patient
from preceptor.service.practices.models import Practice
from preceptor.service.requests.models import Assessment, Checked, Decision, FirstView, Request, State
from service.factories import a_user, an_assessment

Call = tuple[str, str, str, str | None]  # first view, advice, final decision, truth


def decided(
    practice: Practice, clinician: User, auditor: User, calls: list[Call], *, shown: bool = True,
    probability: float = 1.0, lot: float = 0.0, patients: list[Patient] | None = None, version: str = "1.0.0",
    at: datetime | None = None, answered: bool = True, tool: str = "triage",
) -> list[Request]:  # fmt: skip
    """One decided request for each call, in this order, drawn for the audit and answered where `answered`.

    A truth of None is an audit that found that it could not be told.
    """
    found = []
    for number, (view, advice, final, truth) in enumerate(calls):
        moment = (at or timezone.now() - timedelta(days=1)) + timedelta(seconds=number)
        patient = patients[number % len(patients)] if patients else None
        request = Request.objects.create(
            practice=practice, received=moment, text=f"synthetic words {number}", source="api", patient=patient,
            state=State.DECIDED, version=2, red_flags_checked=Checked.DONE,
        )  # fmt: skip
        assessment: Assessment = an_assessment(request, advice, version=version, tool=tool)
        first = FirstView.objects.create(
            request=request, round=1, clinician=clinician, urgency=view, handler="gp", opened=moment
        )
        decision = Decision.objects.create(
            request=request, round=1, clinician=clinician, first_view=first, urgency=final, handler="gp",
            assessment=assessment if shown else None, opened=moment,
        )  # fmt: skip
        Decision.objects.filter(pk=decision.pk).update(at=moment)
        draw = AuditDraw.objects.create(
            practice=practice, request=request, decision=decision, probability=probability, lot=lot,
            drawn=lot < probability,
        )  # fmt: skip
        if answered:
            AuditAnswer.objects.create(
                practice=practice, draw=draw, auditor=auditor, urgency=truth or "", note="" if truth else "No telling",
                blind=True,
            )  # fmt: skip
        found.append(request)
    return found


def an_auditor(practice: Practice) -> User:
    return a_user(practice, Role.SAFETY_OFFICER)
