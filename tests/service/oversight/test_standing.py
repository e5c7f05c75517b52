"""A standing is changed by a named person with a reason, and the ledger says so."""

import json

import pytest

from preceptor.advice import Standing
from preceptor.service.accounts.models import Role, User
from preceptor.service.ledger.models import Entry
from preceptor.service.oversight.models import ToolStanding
from preceptor.service.oversight.standing import set_standing, standing_of
from preceptor.service.practices.models import Practice

pytestmark = pytest.mark.django_db
WHY = "Read the evidence of the pilot"


@pytest.fixture
def practice() -> Practice:
    return Practice.objects.create(name="Synthetic Surgery", ods_code="Z00001", synthetic=True)


@pytest.fixture
def manager(practice: Practice) -> User:
    return User.objects.create_user("manager", practice=practice, role=Role.MANAGER)


def test_a_manager_lets_a_tool_speak_after_the_first_view_and_the_ledger_says_so(practice, manager):
    assert standing_of(practice, "triage", "1.0.0") is Standing.SHADOW
    row = set_standing(practice, "triage", "1.0.0", Standing.SECOND, user=manager, why=WHY)
    assert standing_of(practice, "triage", "1.0.0") is Standing.SECOND
    entry = Entry.objects.get()
    assert (entry.kind, entry.subject, entry.practice) == ("tool.standing", "tool:triage", "Z00001")
    assert entry.actor == f"user:{manager.pk} manager"
    said = json.loads(entry.body)
    assert said == {"change": row.pk, "version": "1.0.0", "standing": "second", "before": "shadow", "why": WHY}


def test_the_last_change_holds_and_none_is_overwritten(practice, manager):
    for standing in (Standing.SECOND, Standing.FIRST, Standing.SUSPENDED):
        set_standing(practice, "triage", "1.0.0", standing, user=manager, why=WHY)
    assert standing_of(practice, "triage", "1.0.0") is Standing.SUSPENDED
    assert ToolStanding.objects.count() == Entry.objects.count() == 3


def test_a_new_version_and_another_practice_start_again_in_shadow(practice, manager):
    set_standing(practice, "triage", "1.0.0", Standing.FIRST, user=manager, why=WHY)
    other = Practice.objects.create(name="Another Surgery", ods_code="Z00002")
    assert standing_of(practice, "triage", "1.0.1") is Standing.SHADOW
    assert standing_of(other, "triage", "1.0.0") is Standing.SHADOW


@pytest.mark.parametrize("role", [Role.GP, Role.NURSE, Role.PHARMACIST, Role.CARE_NAVIGATOR])
def test_a_clinician_may_not_change_it(practice, role):
    user = User.objects.create_user("clinician", practice=practice, role=role)
    with pytest.raises(PermissionError):
        set_standing(practice, "triage", "1.0.0", Standing.FIRST, user=user, why=WHY)
    assert not Entry.objects.exists()


def test_a_manager_of_another_practice_may_not_change_it(practice, manager):
    other = Practice.objects.create(name="Another Surgery", ods_code="Z00002")
    with pytest.raises(PermissionError):
        set_standing(other, "triage", "1.0.0", Standing.FIRST, user=manager, why=WHY)


@pytest.mark.parametrize("why", ["", "ok", "         ok         "])
def test_a_reason_is_needed(practice, manager, why):
    with pytest.raises(ValueError, match="say why"):
        set_standing(practice, "triage", "1.0.0", Standing.FIRST, user=manager, why=why)
    assert not ToolStanding.objects.exists()


def test_a_practice_may_be_made_with_a_standing_that_nobody_signed(practice):
    row = set_standing(practice, "triage", "1.0.0", Standing.SECOND, user=None, why="The demo begins here")
    assert row.signed_by is None
    assert Entry.objects.get().actor == "system"
