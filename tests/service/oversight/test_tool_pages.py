"""The tools page: what each tool is, what it is trusted with here, and who signed for that."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from preceptor import tools
from preceptor.advice import URGENCIES, Card, Standing
from preceptor.service.accounts.models import Role
from preceptor.service.ledger.models import Entry
from preceptor.service.ledger.verify import verify
from preceptor.service.oversight.gates import heed_alarms
from preceptor.service.oversight.models import ToolStanding
from preceptor.service.oversight.standing import set_standing, standing_of
from preceptor.service.oversight.terms import DEFAULTS, set_terms
from service.factories import a_patient, a_practice, a_user, an_assessment
from service.oversight.histories import an_auditor, decided
from service.pages import as_, text_of

pytestmark = pytest.mark.django_db
WHY = "Read the evidence of the pilot"
PHONE = 343  # pixels that a phone of 375 leaves to a figure


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


def change(user, **fields):
    data = {"version": "1.0.0", "standing": "shadow", "why": WHY} | fields
    return as_(user).post(reverse("tool", args=["minder"]), data)


def test_a_manager_reads_the_card_and_signs(practice, manager):
    page = text_of(as_(manager).get(reverse("tool", args=["minder"])))
    for said in ("Minds things", "Test owners", "English only", "Misses the unheard-of", "Nobody yet: no clinician"):
        assert said in page
    assert "In shadow" in page
    assert "What the next step needs: second" in page
    assert "Not earned yet." in page
    assert "Non-inferiority has not been measured" in page
    assert "Non-inferiority: at least 62 more audited decisions" in page
    assert "Under-triage: 78 more audited cases that were truly urgent, none of them missed" in page
    assert change(manager).status_code == 302
    assert standing_of(practice, "minder", "1.0.0") is Standing.SHADOW
    listed = text_of(as_(manager).get(reverse("tools")))
    assert "signed by Mana Gerson: “Read the evidence of the pilot”" in listed
    assert "faulty (package faulty-package) is installed and cannot be used: ImportError: no such" in listed.replace(
        "faulty  (", "faulty ("
    )
    assert Entry.objects.get().actor.endswith("Mana Gerson")
    assert verify().whole


def test_a_step_up_that_is_not_earned_is_refused_on_the_page_and_offered_nowhere(practice, manager):
    page = as_(manager).get(reverse("tool", args=["minder"])).content.decode()
    assert re.findall(r'name="standing" type="radio" value="(\w+)"', page) == ["shadow", "suspended"]
    refused = change(manager, standing="second")
    assert refused.status_code == 422
    assert "Second is not earned yet: non-inferiority has not been measured" in text_of(refused)
    assert not ToolStanding.objects.exists()


def test_what_is_earned_is_signed_for_on_the_page_and_its_figures_stay_to_be_read(practice, manager):
    set_terms(practice, DEFAULTS | {"audit": 1.0, "follow_up": 1.0}, user=None, why="Every decision is audited here")
    urgent, better = ("same_day",) * 4, ("routine", "soon", "routine", "soon")
    women, men = a_patient(practice), a_patient(practice, sex="male")
    decided(practice, a_user(practice), an_auditor(practice), [urgent] * 130 + [better] * 20, shown=False,
            patients=[women, men], tool="minder")  # fmt: skip
    page = as_(manager).get(reverse("tool", args=["minder"]))
    assert "Earned: it waits for a signature." in text_of(page)
    assert 'value="second"' in page.content.decode()
    assert change(manager, standing="second").status_code == 302
    assert standing_of(practice, "minder", "1.0.0") is Standing.SECOND
    after = text_of(as_(manager).get(reverse("tool", args=["minder"])))
    assert "Met: under-triage: at most" in after
    assert "150 decisions drawn for the audit, 150 with a known truth" in after
    assert "two whole spells of 90 days" in after  # what the step after needs


def test_an_alarm_is_told_on_the_pages_until_somebody_signs_again(practice, manager):
    set_standing(practice, "minder", "1.0.0", Standing.SECOND, user=None, why="The practice was made so")
    missed = ("same_day", "routine", "same_day", "same_day")
    decided(practice, a_user(practice), an_auditor(practice), [missed] * 60, tool="minder")
    heed_alarms(practice)
    for address in (reverse("tools"), reverse("tool", args=["minder"]), reverse("safety")):
        assert "minder 1.0.0 was taken down to “in shadow”" in text_of(as_(manager).get(address)), address
    assert "An alarm: nobody’s signature was needed" in text_of(as_(manager).get(reverse("tool", args=["minder"])))
    assert change(manager, standing="suspended").status_code == 302
    assert "was taken down" not in text_of(as_(manager).get(reverse("tools")))


def test_the_figures_say_what_they_rest_on_and_what_is_lacking(practice, manager):
    page = text_of(as_(manager).get(reverse("tool_figures", args=["minder"])))
    for said in (
        "No truly urgent case has been found yet", "no bound can be kept below 59 urgent cases",
        "no case has both a probability and an outcome", "No group can be judged yet", "50 scores are needed",
        "No request that it advised on has been decided yet", "None has been reported of this tool",
    ):  # fmt: skip
        assert said in page, said
    right, gave_in = ("same_day",) * 4, ("routine", "soon", "soon", "routine")
    patients = [a_patient(practice), a_patient(practice, sex="male")]
    decided(practice, a_user(practice), an_auditor(practice), [right, right, gave_in] * 20, tool="minder",
            patients=patients)  # fmt: skip
    page = text_of(as_(manager).get(reverse("tool_figures", args=["minder"])))
    for said in (
        "60 decisions were drawn, 60 have a known truth", "0 of 40 urgent cases found were missed",
        "Over-reliance: took wrong advice 20 of 20, 100% (84 to 100%)", "Sex: female",
        "1.0.0 60 60 60 60 In shadow",
    ):  # fmt: skip
        assert said in page, said


def test_the_figures_of_a_challenger_are_to_be_read_before_it_is_installed(practice, manager):
    set_standing(practice, "minder", "1.0.0", Standing.SECOND, user=None, why="The practice was made so")
    requests = decided(practice, a_user(practice), an_auditor(practice), [("soon", "routine", "soon", "soon")] * 5,
                       tool="minder")  # fmt: skip
    for request in requests:
        an_assessment(request, "soon", tool="minder", version="1.0.0+abc")
    address = reverse("tool_figures", args=["minder"])
    page = as_(manager).get(address)
    assert "?version=1.0.0%2Babc" in page.content.decode()
    rival = text_of(as_(manager).get(address, {"version": "1.0.0+abc"}))
    assert "This is not the version that is installed." in rival
    assert "Compared with version 1.0.0, on the same requests." in rival
    assert "1.0.0+abc In shadow" in rival
    assert as_(manager).get(address, {"version": "9.9.9"}).status_code == 404


def test_the_page_says_what_was_lost_between_people_and_advice_and_what_acting_on_it_is_worth(practice, manager):
    gave_in, stood_firm = ("routine", "soon", "soon", "routine"), ("soon", "routine", "soon", "soon")
    decided(practice, a_user(practice), an_auditor(practice), [gave_in, stood_firm] * 15 + [("same_day",) * 4] * 15,
            tool="minder")  # fmt: skip
    page = text_of(as_(manager).get(reverse("tool_figures", args=["minder"])))
    assert "Baseline: the better of the two 1.000" in page
    assert "Observed 0.667" in page
    assert "Differing advice taken 15 of 30, 50%" in page
    assert "The tool less acting for all" in page
    assert "Deprivation is of the area that a patient lives in, as this practice gave it: nothing of it is" in page


@pytest.mark.parametrize("chart", ["under-triage", "calibration", "rair", "rsr", "subgroups"])
def test_each_chart_is_drawn_named_and_has_a_table(practice, manager, chart):
    address = reverse("tool_chart", args=["minder", chart])
    assert as_(manager).get(address).status_code == 404  # nothing to draw yet
    calls = [("same_day",) * 4, ("routine", "soon", "soon", "routine"), ("soon", "routine", "routine", "routine")]
    decided(practice, a_user(practice), an_auditor(practice), calls * 20, tool="minder",
            patients=[a_patient(practice), a_patient(practice, sex="male")])  # fmt: skip
    svg = as_(manager).get(address)
    assert svg["Content-Type"] == "image/svg+xml"
    assert 'role="img"' in svg.content.decode()
    assert address in as_(manager).get(reverse("tool_figures", args=["minder"])).content.decode()
    # One for a phone, of a phone's width, so that its words are not made smaller to fit.
    narrow = as_(manager).get(address, {"width": "narrow"}).content.decode()
    assert float(re.search(r'<svg[^>]* width="([\d.]+)"', narrow)[1]) <= PHONE
    assert min(float(size) for size in re.findall(r'font-size="([\d.]+)px"', narrow)) >= 13


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
        ({"standing": "first"}, "one step is taken at a time"),
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
    set_standing(practice, "minder", "1.0.0", Standing.FIRST, user=manager, why=WHY)
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
