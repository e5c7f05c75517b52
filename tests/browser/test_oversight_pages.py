"""The pages of oversight in a real browser: an audit that raises an alarm, and every page at a desk and on a phone."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from preceptor import tools
from preceptor.advice import Standing
from preceptor.service.accounts.models import Role
from preceptor.service.findings.models import Kind
from preceptor.service.oversight.standing import set_standing
from preceptor.service.oversight.terms import DEFAULTS, set_terms
from service.factories import a_patient, a_practice, a_user
from service.oversight.histories import an_auditor, decided
from service.oversight.test_pace import a_card

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RIGHT, GAVE_IN = ("same_day",) * 4, ("routine", "soon", "soon", "routine")
MISSED = ("same_day", "routine", "same_day", "same_day")


@pytest.fixture
def version():
    return tools.found()["triage"].card.version


@pytest.fixture
def practice(version):
    practice = a_practice()
    set_terms(practice, DEFAULTS | {"audit": 1.0, "follow_up": 1.0}, user=None, why="Every decision is audited")
    set_standing(practice, "triage", version, Standing.SECOND, user=None, why="The practice was made so")
    return practice


@pytest.fixture
def gp(practice):
    return a_user(practice, username="gp")


@pytest.fixture
def officer(practice):
    return an_auditor(practice)


def test_the_figures_of_a_tool_with_and_without_decisions(visit, practice, gp, officer, version):
    reader = visit(a_user(practice, Role.MANAGER))
    page = reader.page
    for address in ("/tools/", "/tools/triage/", "/tools/triage/figures/", "/safety/", "/safety/audits/"):
        page.goto(address)
        reader.check_the_page()
    patients = [a_patient(practice, sex=sex) for sex in ("female", "male")]
    decided(practice, gp, officer, [RIGHT, GAVE_IN, ("soon",) * 4] * 20, patients=patients, version=version)

    page.goto("/tools/triage/figures/")
    for name in ("Running upper bound of under-triage, %", "RSR by month", "Advice urgent enough, by group"):
        expect(page.get_by_role("img", name=name)).to_be_visible()
    expect(page.get_by_role("table", name="Subgroups")).to_contain_text("Sex: female")
    reader.check_the_page()
    page.set_viewport_size({"width": 375, "height": 900})
    page.reload()
    # No chart is made smaller than it was drawn, so that its words keep their size.
    shrunk = "images => images.filter(i => i.clientWidth < i.naturalWidth).map(i => [i.src, i.clientWidth])"
    page.wait_for_function("[...document.images].every(i => i.complete && i.naturalWidth)")
    assert page.locator(".rec-figure__image").evaluate_all(shrunk) == []
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto("/tools/triage/")
    expect(page.get_by_text("What the next step needs: first")).to_be_visible()
    reader.check_the_page()


def test_a_missed_request_is_found_by_the_audit_and_the_tool_is_taken_down(visit, practice, gp, officer, version):
    decided(practice, gp, officer, [MISSED] * 3, version=version)
    decided(practice, gp, officer, [MISSED] * 2, version=version, answered=False, patients=[a_patient(practice)])
    auditor = visit(officer)
    page = auditor.page
    page.goto("/safety/")
    page.get_by_role("link", name="The queue").click()
    auditor.check_the_page()
    page.get_by_role("link", name="Answer").first.click()
    auditor.press("Keep this answer")
    expect(page.get_by_role("alert")).to_contain_text("Choose what would have been right")
    auditor.check_the_page()
    page.get_by_label("Same day").check()
    auditor.press("Keep this answer")
    expect(page.get_by_text("is in shadow from now on")).to_be_visible()
    auditor.check_the_page()
    page.goto("/tools/")
    expect(page.get_by_role("alert")).to_contain_text("was taken down to “in shadow”")
    auditor.check_the_page()
    page.goto("/tools/triage/")
    page.get_by_text("The figures that it rested on").first.click()
    auditor.check_the_page()


def test_a_missed_emergency_that_turned_out_later_is_recorded_corrected_and_listed(
    visit, practice, gp, officer, version
):
    [request] = decided(practice, gp, officer, [("routine",) * 4], version=version, patients=[a_patient(practice)])
    reviewer = visit(a_user(practice, Role.NURSE))
    page = reviewer.page
    page.goto(f"/requests/{request.pk}/")
    page.get_by_text("Record what turned out").click()
    reviewer.check_the_page()
    reviewer.press("Keep it")
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("Choose what would have been right")
    reviewer.check_the_page()
    summary.get_by_role("link", name="Say in a line what happened").click()
    expect(page.get_by_label("What happened?")).to_be_focused()
    page.get_by_label("What happened?").fill("Admitted with sepsis, says the discharge letter")
    page.get_by_label("Emergency").check()
    page.get_by_label("Later event").check()
    reviewer.press("Keep it")
    expect(page.locator("#outcome")).to_contain_text("Emergency would have been right. Later event")
    page.get_by_text("Correct what was recorded").click()
    page.get_by_label("What happened?").fill("Admitted two days later, says the hospital")
    page.get_by_label("Emergency").check()
    page.get_by_label("Senior review").check()
    reviewer.press("Keep it")
    expect(page.locator("#outcome")).to_contain_text("Corrected since")
    reviewer.check_the_page()
    safety = visit(officer)
    safety.page.goto("/safety/")
    expect(safety.page.locator("#outcomes")).to_be_visible()
    expect(safety.page.get_by_text("To look at: an emergency that was missed")).to_be_visible()
    safety.check_the_page()


def test_hazards_incidents_and_terms(visit, practice, officer):
    someone = visit(officer)
    page = someone.page
    page.goto("/safety/")
    page.get_by_text("How risks are scored").click()
    page.get_by_text("3 tests").first.click()
    someone.check_the_page()
    page.get_by_role("link", name="Print").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Hazard log of Preceptor")
    someone.check_the_page()
    page.goto("/safety/incidents/")
    someone.press("Report")
    someone.check_the_page()
    page.get_by_label("What went wrong, in a few words").fill("Chest pain sat as routine")
    page.get_by_label("What happened").fill("Found on Tuesday.")
    page.get_by_label("No", exact=True).check()
    page.get_by_label("Major").check()
    someone.press("Report")
    expect(page.get_by_role("heading", level=1)).to_have_text("Chest pain sat as routine")
    someone.check_the_page()
    page.get_by_label("What was found or done").fill("A rule was mended.")
    page.get_by_label("It is closed").check()
    someone.press("Keep this")
    expect(page.locator(".nhsuk-caption-m")).to_contain_text("closed")
    page.goto("/safety/terms/")
    someone.check_the_page()
    page.get_by_label("Limit of under-triage, %").fill("2")
    page.get_by_label("Why").fill("We are a small list")
    someone.press("Sign")
    expect(page.get_by_role("status")).to_contain_text("Signed.")
    someone.check_the_page()


def test_the_pace_of_a_practice(visit, practice, gp, officer, version):
    reader = visit(gp)
    page = reader.page
    page.goto("/safety/pace/")
    expect(page.get_by_text("No card has been put before a clinician yet.")).to_be_visible()
    reader.check_the_page()
    for kind in (Kind.ACT, Kind.DISMISS, ""):
        a_card(practice, gp, timezone.now(), kind, 20)
    decided(practice, gp, officer, [RIGHT, GAVE_IN, ("routine", "soon", "routine", "routine")] * 3, version=version)
    page.goto("/safety/")
    page.get_by_role("link", name="Look at the practice’s").click()
    expect(page.get_by_role("table", name="Order effects")).to_be_visible()
    expect(page.get_by_role("img", name="Cards dismissed, by how many came in the hour")).to_be_visible()
    reader.check_the_page()


def test_ones_own_decisions(visit, practice, gp, officer, version):
    clinician = visit(gp)
    page = clinician.page
    page.goto("/safety/yours/")
    expect(page.get_by_text("This page fills as you do.")).to_be_visible()
    clinician.check_the_page()
    decided(practice, gp, officer, [RIGHT, GAVE_IN, ("routine", "soon", "routine", "routine")] * 3, version=version)
    page.goto("/safety/yours/")
    expect(page.get_by_text("Changed wrongly")).to_be_visible()
    clinician.check_the_page()


def test_a_tool_that_was_taken_down_is_told_of_on_the_inbox(visit, practice, gp, version):
    why = "An alarm: 9 of 40 truly urgent requests were missed"
    set_standing(practice, "triage", version, Standing.SHADOW, user=None, why=why, alarm=True)
    reader = visit(gp)
    reader.page.goto("/")
    expect(reader.page.get_by_text(f"triage {version} was taken down to “in shadow” by an alarm")).to_be_visible()
    reader.check_the_page()
    reader.page.set_viewport_size({"width": 375, "height": 800})
    reader.check_the_page()
    reader.page.get_by_role("link", name=re.compile("What it is trusted with")).click()
    expect(reader.page.get_by_text("9 of 40 truly urgent requests were missed").first).to_be_visible()
