"""A row that the ledger describes is as the ledger says, or it is named."""

import uuid

import pytest
from django.utils import timezone

from preceptor.advice import Handler, Standing, Urgency
from preceptor.service.accounts.models import Role, User
from preceptor.service.ledger.chain import Actor, append
from preceptor.service.ledger.verify import verify
from preceptor.service.oversight.models import ToolStanding
from preceptor.service.oversight.standing import set_standing
from preceptor.service.practices.models import Practice
from preceptor.service.requests.deciding import decide
from preceptor.service.requests.models import Assessment, Decision, FirstView, Request
from preceptor.service.requests.receiving import Arrival, receive

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
    assert verdict.entries == 6  # standing, received, red flags, assessed, first view, decision


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
