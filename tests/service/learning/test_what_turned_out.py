"""What turned out to be right, recorded on a request's page, teaches most; where nothing was recorded, nothing does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from preceptor.advice import Urgency
from preceptor.learning.lessons import OUTCOME, Source, lessons_of
from preceptor.service.learning.gathering import told_since
from preceptor.service.oversight.models import AuditAnswer, AuditDraw, KnownBy
from preceptor.service.oversight.outcomes import record
from preceptor.service.requests.models import Request
from service.factories import a_practice, a_user
from service.learning.pasts import with_a_past

pytestmark = pytest.mark.django_db


@pytest.fixture
def request_():
    """Decided two months ago, and never audited."""
    (request,) = with_a_past(a_practice(), old=1, live=0)
    AuditAnswer.objects.all().delete()
    AuditDraw.objects.update(drawn=False, lot=0.95)
    return request


def recorded(request: Request, urgency: Urgency, seen: int = 0):
    reviewer = a_user(request.practice)
    return record(
        request, reviewer, urgency=urgency, known_by=KnownBy.SENIOR_REVIEW, known_on=timezone.localdate(),
        what="Read the discharge letter", seen=seen,
    )  # fmt: skip


def taught() -> dict[Source, tuple[Urgency, float]]:
    """What the last outcome, audit and view teach of the one request, and how much it weighs."""
    return {each.source: (each.answer, each.weight) for each in lessons_of([each.decided for each in told_since()])}


def test_the_latest_outcome_is_what_was_right_and_nobody_elses_view_counts_beside_it(request_) -> None:
    decision = request_.decisions.get()
    assert taught() == {Source.FIRST_VIEW: (Urgency(decision.urgency), 1.0)}

    first = recorded(request_, Urgency.EMERGENCY)
    last = recorded(request_, Urgency.SELF_CARE, seen=first.pk)

    assert taught() == {
        Source.FIRST_VIEW: (Urgency(decision.urgency), 0.0),
        Source.OUTCOME: (Urgency.SELF_CARE, OUTCOME),
    }
    (told,) = told_since()
    assert told.decided.outcome is not None
    assert (told.decided.outcome.account, told.decided.outcome.when) == (f"user:{last.by_id}", last.at)
    assert (told.answered, told.decided.audit) == (None, None)  # live traffic is judged by audits alone


def test_a_missing_outcome_is_never_agreement(request_) -> None:
    """Nobody complained for two months: no answer, no truth, and no weight comes of it."""
    assert request_.decisions.get().at < timezone.now() - timedelta(days=50)
    (told,) = told_since()
    assert (told.decided.outcome, told.decided.audit) == (None, None)
    assert not {Source.OUTCOME, Source.AUDIT} & taught().keys()


def test_an_outcome_stands_before_the_audits_answer() -> None:
    (request,) = with_a_past(a_practice(), old=1, live=0)
    recorded(request, Urgency.SELF_CARE)
    found = taught()
    assert found[Source.OUTCOME] == (Urgency.SELF_CARE, OUTCOME)
    assert found[Source.AUDIT][1] == 0.0
    (told,) = told_since()
    assert told.decided.audit is not None  # the sequential test has it still
