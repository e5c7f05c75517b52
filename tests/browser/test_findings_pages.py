"""Findings in a real browser: from the worklist to the patient, acted on, snoozed, shown again; and the watches."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from preceptor.service.accounts.models import Role
from preceptor.service.findings.forecast import forecast
from preceptor.service.findings.models import Answer, Finding
from preceptor.service.findings.noticing import notice_all
from preceptor.service.findings.watches import switch
from preceptor.tools.watch import PACKS
from service.factories import a_patient, a_practice, a_user, an_event

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def practice():
    practice = a_practice()
    for pack in PACKS:
        switch(practice, pack, on=True, user=None, why="as the tests need it")
    return practice


@pytest.fixture
def patient(practice):
    """Potassium high a month ago, eGFR low for a year: one finding for today, and some that are routine."""
    patient = a_patient(practice, family_name="Testley", given_names="Renata")
    potassium = {"concept": "potassium", "text": "Potassium", "unit": "mmol/L"}
    egfr = {"concept": "egfr", "text": "eGFR", "unit": "mL/min/{1.73_m2}"}
    for days, value, of in ((900, 4.4, potassium), (400, 4.6, potassium), (30, 6.1, potassium), (500, 54.0, egfr),
                            (300, 50.0, egfr), (30, 46.0, egfr)):  # fmt: skip
        an_event(patient, kind="result", value=value, when=timezone.now() - timedelta(days=days), **of)
    return patient


def test_a_clinician_works_through_a_patients_findings(visit, practice, patient):
    notice_all(practice)
    clinician = visit(a_user(practice))
    page = clinician.page
    page.goto("/findings/")
    clinician.check_the_page()
    page.get_by_label("Priority").select_option("today")
    clinician.press("Show")
    page.get_by_role("link", name="TESTLEY, Renata").click()

    urgent = page.get_by_role("article", name="High potassium, not repeated")
    expect(urgent).to_be_visible()
    urgent.get_by_text("Why, evidence and source").click()
    expect(urgent.get_by_role("img", name="Potassium. 3 values")).to_be_visible()
    expect(urgent.get_by_role("table")).to_contain_text("6.1")
    expect(urgent.get_by_role("link", name="Potassium: 6.1 mmol/L")).to_be_visible()
    urgent.locator("summary", has_text="Dismiss").click()
    clinician.check_the_page()
    urgent.get_by_role("button", name="Dismiss").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose why you dismiss it")
    clinician.check_the_page()
    urgent.get_by_label("Why does it not need anything?").select_option("done")
    urgent.get_by_role("button", name="Dismiss").click()
    expect(page.get_by_role("status")).to_contain_text("High potassium, not repeated: dismissed")
    expect(urgent).to_have_count(0)

    kidney = page.get_by_role("article", name="Chronic kidney disease without a code")
    kidney.locator("summary", has_text="Who deals with it").click()
    kidney.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("nobody deals with it")
    kidney.locator("summary", has_text="Snooze").click()
    kidney.get_by_label("Show it again in").select_option("28")
    kidney.get_by_label("Why can it wait?").select_option("booked")
    kidney.get_by_role("button", name="Snooze").click()
    expect(page.get_by_role("status")).to_contain_text("snoozed")
    page.get_by_text(re.compile(r"^\d answered$")).click()
    clinician.check_the_page()

    Answer.objects.filter(kind="snooze").update(until=timezone.localdate())
    page.reload()
    expect(kidney).to_contain_text("shown again")
    kidney.get_by_role("button", name="Acted on").click()
    expect(kidney).to_have_count(0)
    assert Finding.objects.get(watch="ckd_uncoded").answers.count() == 2


def test_without_script_every_answer_works(browser, live_server, visit, practice, patient):
    gp = a_user(practice)
    cookies = visit(gp).page.context.cookies()
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    context.add_cookies(cookies)
    page = context.new_page()
    page.goto(f"/patients/{patient.pk}/")
    urgent = page.get_by_role("article", name="High potassium, not repeated")
    urgent.locator("summary", has_text="Snooze").click()
    urgent.get_by_role("button", name="Snooze").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose why it can wait")
    urgent.get_by_label("Show it again in").select_option("7")
    urgent.get_by_label("Why can it wait?").select_option("asked")
    urgent.get_by_role("button", name="Snooze").click()
    expect(page.get_by_text("It is in the ledger under your name")).to_be_visible()
    expect(urgent).to_have_count(0)
    context.close()


def test_a_manager_reads_the_watches_and_switches_a_pack(visit, practice, patient):
    forecast(practice)
    manager = visit(a_user(practice, Role.MANAGER))
    page = manager.page
    page.goto("/findings/watches/")
    expect(page.get_by_text("in 1 patient over 52 weeks").first).to_be_visible()
    manager.check_the_page()
    page.get_by_role("link", name="High potassium, not repeated").click()
    expect(page.get_by_role("link", name="TESTLEY, Renata")).to_be_visible()
    manager.check_the_page()
    page.go_back()
    page.get_by_role("link", name=re.compile("Switch off.*Kidneys")).click()
    page.get_by_label("Off").check()
    manager.press("Sign and switch")
    expect(page.get_by_role("alert")).to_contain_text("Say why")
    manager.check_the_page()
    page.get_by_label("Why").fill("We code them all in another way")
    manager.press("Sign and switch")
    expect(page.get_by_role("status")).to_contain_text("Kidneys: off")
    for address in ("/findings/", "/findings/print/", f"/patients/{patient.pk}/"):
        page.goto(address)
        manager.check_the_page()
