"""The tools page: what each tool is, what it is trusted with here, and who signed for that."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from preceptor import tools
from preceptor.advice import URGENCIES, Card, Standing
from preceptor.service.accounts.models import Role
from preceptor.service.ledger.models import Entry
from preceptor.service.ledger.verify import verify
from preceptor.service.oversight.models import ToolStanding
from preceptor.service.oversight.standing import set_standing, standing_of
from service.factories import a_practice, a_user

pytestmark = pytest.mark.django_db
WHY = "Read the evidence of the pilot"


class ATool:
    def __init__(self, version: str = "1.0.0") -> None:
        self.card = Card(
            tool="minder", title="Minder <b>of</b> things", version=version, purpose="Minds things",
            owner="Test owners",
            scale=URGENCIES, evidence="None yet", limits=("English only",), hazards=("Misses the unheard-of",),
        )  # fmt: skip

    def advise(self, case):
        raise AssertionError(f"a page never asks a tool about {case}")


@pytest.fixture(autouse=True)
def _installed(monkeypatch):
    monkeypatch.setattr(tools, "found", lambda: {"minder": ATool()})
    monkeypatch.setattr(tools, "broken", lambda: (tools.Broken("faulty", "faulty-package", "ImportError: no such"),))


@pytest.fixture
def practice():
    return a_practice()


@pytest.fixture
def manager(practice):
    return a_user(practice, Role.MANAGER, first_name="Mana", last_name="Gerson")


def as_(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def change(user, **fields):
    data = {"version": "1.0.0", "standing": "second", "why": WHY} | fields
    return as_(user).post(reverse("tool", args=["minder"]), data)


def test_a_manager_reads_the_card_and_signs(practice, manager):
    page = text_of(as_(manager).get(reverse("tool", args=["minder"])))
    for said in ("Minds things", "Test owners", "English only", "Misses the unheard-of", "Nobody yet: no clinician"):
        assert said in page
    assert "In shadow" in page
    assert "On your own judgement." in page
    assert "are not built yet" in page
    assert change(manager).status_code == 302
    assert standing_of(practice, "minder", "1.0.0") is Standing.SECOND
    listed = text_of(as_(manager).get(reverse("tools")))
    assert "signed by Mana Gerson: “Read the evidence of the pilot”" in listed
    assert "faulty (package faulty-package) is installed and cannot be used: ImportError: no such" in listed.replace(
        "faulty  (", "faulty ("
    )
    assert Entry.objects.get().actor.endswith("Mana Gerson")
    assert verify().whole


def test_the_safety_officer_may_suspend_at_once(practice):
    assert change(a_user(practice, Role.SAFETY_OFFICER), standing="suspended").status_code == 302
    assert standing_of(practice, "minder", "1.0.0") is Standing.SUSPENDED


@pytest.mark.parametrize("role", [Role.GP, Role.NURSE, Role.PHARMACIST, Role.CARE_NAVIGATOR])
def test_others_read_and_cannot_change(practice, role):
    user = a_user(practice, role)
    page = as_(user).get(reverse("tool", args=["minder"]))
    assert "Minds things" in text_of(page)
    assert 'name="why"' not in page.content.decode()
    assert change(user).status_code == 403
    assert not ToolStanding.objects.exists()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"why": "ok"}, "Say why in at least 10 characters"),
        ({"why": "   ok    .    "}, "Say why in at least 10 characters"),
        ({"why": ""}, "Say why"),
        ({"standing": ""}, "Choose what the tool is trusted with"),
        ({"standing": "boss"}, "boss"),
        ({"version": "0.9.0"}, "Version 1.0.0 was installed meanwhile"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_saved(manager, fields, said):
    response = change(manager, **fields)
    assert response.status_code == 422
    assert said in text_of(response)
    assert "There is a problem" in text_of(response)
    assert not ToolStanding.objects.exists()


def test_the_same_standing_again_is_no_change(practice, manager):
    change(manager)
    assert change(manager).status_code == 422
    assert ToolStanding.objects.count() == 1


def test_every_change_stays_to_be_read_and_of_this_practice_alone(practice, manager):
    other = a_practice()
    set_standing(other, "minder", "1.0.0", Standing.FIRST, user=a_user(other, Role.MANAGER), why="Elsewhere, by others")
    change(manager)
    change(manager, standing="suspended", why="It missed two chest pains")
    page = text_of(as_(manager).get(reverse("tool", args=["minder"])))
    assert page.index("It missed two chest pains") < page.index(WHY)
    assert "Elsewhere" not in page


def test_a_new_version_is_back_in_shadow_and_says_so(practice, manager, monkeypatch):
    change(manager, standing="first")
    monkeypatch.setattr(tools, "found", lambda: {"minder": ATool("1.1.0")})
    page = text_of(as_(manager).get(reverse("tools")))
    assert "1.1.0 In shadow" in page
    assert "Nobody has spoken for this version yet." in page


def test_a_tool_that_is_not_installed_has_no_page(manager):
    assert as_(manager).get(reverse("tool", args=["nobody"])).status_code == 404


def test_no_tool_at_all(manager, monkeypatch):
    monkeypatch.setattr(tools, "found", dict)
    assert "No tool is installed." in text_of(as_(manager).get(reverse("tools")))


def test_what_a_tool_says_of_itself_cannot_become_part_of_the_page(manager):
    assert "<b>of</b>" not in as_(manager).get(reverse("tools")).content.decode()


def test_an_account_without_a_practice_sees_no_standing():
    assert as_(a_user(None, Role.MANAGER)).get(reverse("tools")).status_code == 403
