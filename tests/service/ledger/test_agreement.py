"""A row that the ledger describes is as the ledger says, or it is named."""

import uuid

import pytest
from django.utils import timezone

from preceptor.advice import Handler, Standing, Urgency
from preceptor.service.accounts.models import Role, User
from preceptor.service.ledger import agreement
from preceptor.service.ledger.chain import Actor, append
from preceptor.service.ledger.verify import verify
from preceptor.service.oversight.models import AuditDraw, ToolStanding
from preceptor.service.oversight.standing import set_standing
from preceptor.service.practices.models import Practice
from preceptor.service.requests.deciding import decide, reopen
from preceptor.service.requests.models import Assessment, Decision, FirstView, Request
from preceptor.service.requests.receiving import Arrival, receive
from service.factories import a_patient, a_practice

pytestmark = pytest.mark.django_db
VIEW = {"urgency": Urgency.SOON, "handler": Handler.GP}


@pytest.fixture
def decided() -> Decision:
    """A request that came, was assessed and was decided on, as the service does it."""
    practice = Practice.objects.create(name="Synthetic Surgery", ods_code="Z00001", synthetic=True)
    gp = User.objects.create_user("gp", practice=practice, role=Role.GP, first_name="Test", last_name="Doctor")
    set_standing(practice, "triage", "1.0.0", Standing.SHADOW, user=None, why="A beginning in shadow")
    request = receive(practice, Arrival("My knee hurts", source="page")).request
    _assess(request)
    return decide(request, gp, **VIEW, reason="", note="Seen before", version=request.version)


def _assess(request: Request) -> Assessment:
    advice = {"urgency": "routine", "probabilities": {"routine": 0.7, "soon": 0.3}, "reasons": []}
    row = Assessment.objects.create(
        request=request, tool="triage", version="1.0.0", standing="shadow", advice=advice, seconds=0.1
    )
    body = {"assessment": row.pk, "standing": "shadow", "advice": advice, "failure": ""}
    actor = Actor.tool("triage", "1.0.0")
    append("request.assessed", f"request:{request.id}", body, actor=actor, practice=request.practice)
    return row


def fault() -> str:
    return str(verify().fault)


def test_what_the_service_wrote_agrees(decided):
    verdict = verify()
    assert verdict.whole
    assert verdict.entries == 7  # standing, received, red flags, assessed, first view, decision, audit draw


def test_a_name_that_changes_is_no_disagreement(decided):
    User.objects.update(last_name="Married")
    assert verify().whole


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("urgency", Urgency.SELF_CARE),
        ("handler", Handler.SELF),
        ("note", "Never seen"),
        ("reason", "other"),
        ("round", 2),
        ("first_view", None),
        ("assessment", 0),
    ],
)
def test_a_decision_that_was_edited_is_named(decided, column, value):
    Decision.objects.update(**{column: value if value != 0 else Assessment.objects.get()})
    assert fault().startswith(f"decision {decided.pk}: its {column} was changed: ledger row 6 says otherwise")


def test_a_decision_under_another_name_is_named(decided):
    other = User.objects.create_user("other", practice=decided.request.practice, role=Role.GP)
    Decision.objects.update(clinician=other)
    assert fault().startswith(f"decision {decided.pk}: its author was changed")


def test_a_decision_on_another_request_is_named(decided):
    other = receive(decided.request.practice, Arrival("My elbow hurts", source="page")).request
    Decision.objects.update(request=other)
    assert fault().startswith(f"decision {decided.pk}: its request was changed")


def test_a_decision_that_was_removed_is_named(decided):
    AuditDraw.objects.all().delete()
    Decision.objects.all().delete()
    assert fault() == f"decision {decided.pk}: it was removed: ledger row 6 tells of it"


def test_a_decision_that_was_slipped_in_is_named(decided):
    row = Decision.objects.create(
        request=decided.request, clinician=decided.clinician, round=2, opened=timezone.now(), **VIEW
    )
    assert fault() == f"decision {row.pk}: it was added behind the ledger's back: no entry tells of it"


def test_a_first_view_made_to_agree_with_the_advice_is_named(decided):
    FirstView.objects.update(urgency=Urgency.ROUTINE)
    assert fault().startswith(f"first view {decided.first_view_id}: its urgency was changed")


def test_advice_made_to_look_right_is_named(decided):
    row = Assessment.objects.get()
    row.advice["urgency"] = "soon"
    row.save()
    assert fault().startswith(f"assessment {row.pk}: its advice was changed")


def test_a_standing_given_behind_the_ledgers_back_is_named(decided):
    row = ToolStanding.objects.get()
    ToolStanding.objects.update(standing=Standing.FIRST)
    assert fault().startswith(f"standing {row.pk}: its standing was changed")


def test_a_patients_words_that_were_edited_are_named(decided):
    Request.objects.update(text="My knee is fine")
    assert fault().startswith(f"request {decided.request_id}: its text was changed")


def test_a_request_without_an_entry_is_named(decided):
    lost = Request.objects.create(
        id=uuid.UUID(int=1), practice=decided.request.practice, received=timezone.now(), text="Lost", source="page"
    )
    assert fault().startswith(f"request {lost.pk}: it was added behind the ledger's back")


@pytest.mark.parametrize(
    ("column", "value"), [("state", "waiting"), ("state", "in_review"), ("round", 2), ("version", 9)]
)
def test_a_request_that_stands_where_nobody_put_it_is_named(decided, column, value):
    Request.objects.update(**{column: value})
    assert f"its {column} was changed" in fault()


def test_a_request_that_is_hidden_as_decided_is_named(decided):
    hidden = receive(decided.request.practice, Arrival("My elbow hurts", source="page")).request
    assert verify().whole
    Request.objects.filter(pk=hidden.pk).update(state="decided")
    assert fault() == f"request {hidden.pk}: its state was changed: its decisions and reopenings say otherwise"


def test_a_request_that_was_given_to_another_practice_or_patient_is_named(decided):
    other = a_practice(ods_code="Z00002")
    Request.objects.update(practice=other)
    assert "its practice was changed" in fault()
    Request.objects.update(practice=decided.request.practice, patient=a_patient(decided.request.practice))
    assert "its patient was changed" in fault()


def test_a_reopened_request_agrees(decided):
    gp = decided.clinician
    request = Request.objects.get(pk=decided.request_id)
    reopen(request, gp, why="it is worse", version=request.version)
    assert verify().whole
    decide(request, gp, **VIEW, reason="", note="", version=request.version)
    assert verify().whole


def test_a_change_while_it_is_read_is_no_fault(decided, monkeypatch):
    """The rows are read, then somebody decides, then what is told of them is read."""
    request = receive(decided.request.practice, Arrival("My elbow hurts", source="page")).request
    told_of = agreement._told_of

    def then_somebody_decides(requests):
        monkeypatch.setattr(agreement, "_told_of", told_of)
        decide(request, decided.clinician, **VIEW, reason="", note="", version=1)
        return told_of(requests)

    monkeypatch.setattr(agreement, "_told_of", then_somebody_decides)
    assert verify().whole


def test_many_requests_are_read_a_batch_at_a_time(decided, monkeypatch):
    monkeypatch.setattr(agreement, "BATCH", 2)
    made = [receive(decided.request.practice, Arrival(f"My elbow hurts {n}", source="page")).request for n in range(7)]
    assert verify().whole
    for request in made:
        Request.objects.filter(pk=request.pk).update(floor="emergency")
        assert f"request {request.pk}: its red flags were changed" in fault()
        Request.objects.filter(pk=request.pk).update(floor="")
