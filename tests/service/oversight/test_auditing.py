"""The random audit: the lot over every first decision, its recorded probability, and answers by somebody else."""

from __future__ import annotations

import json

import pytest
from django.db import transaction

from preceptor.advice import Handler, Standing, Urgency
from preceptor.service.accounts.models import Role
from preceptor.service.ledger.models import Entry
from preceptor.service.ledger.verify import verify
from preceptor.service.oversight import auditing
from preceptor.service.oversight.auditing import CannotAudit, answer, cast, queue, queue_for
from preceptor.service.oversight.models import AuditAnswer, AuditDraw
from preceptor.service.oversight.terms import DEFAULTS, set_terms
from preceptor.service.requests.deciding import decide, give_first_view, open_request, reopen
from preceptor.service.requests.models import Checked, Request
from preceptor.service.requests.receiving import Arrival, receive
from service.factories import a_request, a_user, an_assessment, trust

pytestmark = pytest.mark.django_db
VIEW = {"handler": Handler.GP, "reason": "", "note": ""}


@pytest.fixture
def colleague(practice):
    return a_user(practice, Role.NURSE)


@pytest.fixture
def fallen(monkeypatch):
    """The lots that fall, one after another; 0 is always drawn."""
    lots: list[float] = []
    monkeypatch.setattr(auditing.cast, "__defaults__", (lambda: lots.pop(0) if lots else 0.0,))
    return lots


def a_decision(practice, gp, urgency=Urgency.ROUTINE, **fields) -> Request:
    request = receive(practice, Arrival("my knee is sore", source="api")).request
    Request.objects.filter(pk=request.pk).update(assessed=Checked.DONE, **fields)
    request.refresh_from_db()
    decide(request, gp, urgency=urgency, version=request.version, **VIEW)
    return request


def test_a_decision_is_drawn_with_a_recorded_probability_and_answered_by_somebody_else(practice, gp, colleague, fallen):
    request = a_decision(practice, gp)
    draw = AuditDraw.objects.get()
    assert (draw.drawn, draw.probability, draw.lot) == (True, DEFAULTS["audit"], 0.0)
    entry = Entry.objects.get(kind="request.audit_draw")
    assert entry.subject == f"request:{request.pk}"
    assert json.loads(entry.body)["probability"] == DEFAULTS["audit"]
    assert not queue_for(gp).exists()
    with pytest.raises(CannotAudit, match="a colleague answers it"):
        answer(draw, gp, urgency="soon", note="")

    assert list(queue_for(colleague)) == [draw]
    kept = answer(draw, colleague, urgency="same_day", note="Redness spreads")

    assert (kept.urgency, kept.blind) == ("same_day", True)
    assert not queue(practice).exists()
    assert verify().whole


def test_what_the_lot_spares_is_recorded_and_not_queued(practice, gp, colleague, fallen):
    fallen.append(DEFAULTS["audit"])
    a_decision(practice, gp)
    assert not AuditDraw.objects.get().drawn
    assert not queue(practice).exists()


def test_a_request_has_one_lot_however_often_it_is_decided(practice, gp, fallen):
    request = a_decision(practice, gp)
    reopen(request, gp, why="They called again", version=request.version)
    decide(request, gp, urgency=Urgency.SAME_DAY, version=request.version, **VIEW)
    assert AuditDraw.objects.count() == 1


@pytest.mark.parametrize(
    ("advised", "decision", "assessed", "rate"),
    [
        ("same_day", Urgency.EMERGENCY, Checked.DONE, "follow_up"),
        ("routine", Urgency.EMERGENCY, Checked.DONE, "audit"),
        ("emergency", Urgency.SOON, Checked.DONE, "audit"),
        (None, Urgency.SAME_DAY, Checked.DONE, "follow_up"),
        (None, Urgency.SAME_DAY, Checked.PENDING, "audit"),  # what a tool will say is not known yet
    ],
)
def test_the_probability_depends_on_whether_anything_said_not_urgent(
    practice, gp, fallen, advised, decision, assessed, rate
):
    numbers = DEFAULTS | {"audit": 0.5, "follow_up": 0.25}
    set_terms(practice, numbers, user=a_user(practice, Role.MANAGER), why="More than the defaults")
    request = receive(practice, Arrival("my knee is sore", source="api")).request
    if advised:
        an_assessment(request, advised)
    Request.objects.filter(pk=request.pk).update(assessed=assessed)
    request.refresh_from_db()
    decide(request, gp, urgency=decision, version=request.version, **VIEW)
    assert AuditDraw.objects.get().probability == numbers[rate]


def test_the_lot_is_in_the_decisions_own_transaction(practice, gp, fallen, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("no ledger")

    monkeypatch.setattr(auditing, "append", broken)
    with pytest.raises(RuntimeError):
        a_decision(practice, gp)
    assert not AuditDraw.objects.exists()
    assert Request.objects.get().state == "waiting"


def test_lots_fall_evenly(practice, gp):
    """The real lots: 400 of them, kept and rolled back, at a probability of one in ten; 15 to 70 are expected."""
    a_decision(practice, gp)
    decision = AuditDraw.objects.get().decision
    drawn = 0
    for _ in range(400):
        with transaction.atomic():
            AuditDraw.objects.all().delete()
            drawn += cast(decision).drawn
    assert 15 <= drawn <= 70  # beyond that by chance once in a million


@pytest.mark.parametrize("role", [Role.CARE_NAVIGATOR, Role.MANAGER])
def test_who_is_no_clinician_does_not_audit(practice, gp, fallen, role):
    a_decision(practice, gp)
    with pytest.raises(CannotAudit, match="Only a clinician"):
        answer(AuditDraw.objects.get(), a_user(practice, role), urgency="soon", note="")


def test_an_answer_is_given_once_and_one_who_gave_a_view_gives_none(practice, gp, colleague, fallen):
    trust(practice, Standing.SECOND)
    request = a_request(practice)
    an_assessment(request, "soon")
    give_first_view(request, colleague, urgency=Urgency.SOON, handler=Handler.GP, version=1)
    give_first_view(request, gp, urgency=Urgency.SOON, handler=Handler.GP, version=1)
    open_request(request, gp)
    from preceptor.service.requests.visibility import advice_shown_to

    advice_shown_to(request, gp)
    decide(request, gp, urgency=Urgency.SOON, version=1, **VIEW)
    draw = AuditDraw.objects.get()
    with pytest.raises(CannotAudit, match="a colleague"):
        answer(draw, colleague, urgency="soon", note="")
    third = a_user(practice, Role.PHARMACIST)
    answer(draw, third, urgency="soon", note="")
    with pytest.raises(CannotAudit, match="answered it already"):
        answer(draw, a_user(practice), urgency="routine", note="")
    assert AuditAnswer.objects.get().urgency == "soon"


def test_what_cannot_be_told_needs_words_and_gives_no_truth(practice, gp, colleague, fallen):
    a_decision(practice, gp)
    draw = AuditDraw.objects.get()
    with pytest.raises(CannotAudit, match="Say why"):
        answer(draw, colleague, urgency="", note=" ")
    assert answer(draw, colleague, urgency="", note="Half a sentence").urgency == ""


def test_an_auditor_who_had_opened_the_request_is_not_called_blind(practice, gp, colleague, fallen):
    request = a_decision(practice, gp)
    open_request(request, colleague)
    assert not answer(AuditDraw.objects.get(), colleague, urgency="soon", note="").blind
