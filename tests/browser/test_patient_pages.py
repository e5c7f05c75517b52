"""A record, the tools and the staff in a real browser: by keyboard, for screen readers, at a desk and on a phone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from playwright.sync_api import expect

from preceptor.advice import Handler, Standing, Urgency
from preceptor.service.accounts.models import Role
from preceptor.service.patients.models import Patient
from preceptor.service.requests.deciding import decide, give_first_view
from preceptor.service.requests.visibility import advice_shown_to
from service.factories import (
    a_patient,
    a_practice,
    a_red_flag,
    a_request,
    a_user,
    an_assessment,
    an_event,
    trust,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LONG = "A letter about nothing in particular, as long as letters are. " * 12


@pytest.fixture
def practice():
    practice = a_practice()
    trust(practice, Standing.SECOND)
    return practice


@pytest.fixture
def gp(practice):
    return a_user(practice)


@pytest.fixture
def patient(practice, gp) -> Patient:
    """A record with something of everything, sound and unsound."""
    patient = a_patient(practice, family_name="Testley", given_names="Renata", title="Mrs", nhs_number="9990000018")
    an_event(patient, kind="allergy", text="Penicillin", note="Reaction: rash", precision="year", status="active")
    an_event(patient, kind="allergy", text="Refuted: Latex", when=None)
    an_event(patient, kind="plan", text="Reviews only with the usual GP", note=LONG, status="active")
    for n in range(52):
        an_event(patient, text=f"Problem {n} with a long name that goes on", status="active" if n % 2 else "resolved")
        an_event(
            patient, kind="medication", text=f"Medicine {n} 5 mg", status="active" if n % 3 else "stopped", note="One"
        )
    for n in range(12):
        when = datetime(2020, 3, 1, 9, tzinfo=UTC) + timedelta(days=180 * n)
        pressure = {"kind": "result", "unit": "mm[Hg]", "when": when}
        an_event(patient, concept="systolic_bp", text="Systolic", value=140.0 + n, **pressure)
        an_event(patient, concept="diastolic_bp", text="Diastolic", value=80.0 + n % 3, **pressure)
        egfr = {"concept": "egfr", "text": "eGFR", "unit": "mL/min/{1.73_m2}", "when": when}
        an_event(patient, kind="result", value=70.0 - 3 * n, **egfr)
    an_event(
        patient, kind="result", concept="potassium", text="Potassium", value_sent="5.2", unit_sent="furlongs",
        problem="'furlongs' is not a unit that we know",
    )  # fmt: skip
    an_event(patient, kind="appointment", text="Review", when=datetime.now(UTC) + timedelta(days=3), status="booked")
    text = "pain in my chest again " + "verylongword" * 12
    a_request(practice, patient=patient, text=text, writer="daughter", red_flags=[a_red_flag(text, "pain in my chest")])
    decided = a_request(practice, patient=patient)
    an_assessment(decided, "routine")
    give_first_view(decided, gp, urgency=Urgency.SOON, handler=Handler.NURSE, version=1)
    advice_shown_to(decided, gp)
    why = {"reason": "know_this_patient", "note": "See her this week"}
    decide(decided, gp, urgency=Urgency.SOON, handler=Handler.NURSE, version=1, **why)
    return patient


def test_from_a_name_on_the_telephone_to_a_falling_egfr(visit, gp, patient):
    clinician = visit(gp)
    page = clinician.page
    page.goto("/patients/")
    page.get_by_label("Name, NHS number or date of birth").fill("testley renata")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 patient fits")).to_be_visible()
    clinician.check_the_page()

    page.get_by_role("link", name="TESTLEY, Renata (Mrs)").click()
    expect(page.get_by_role("region", name="Allergies")).to_contain_text("Penicillin")
    expect(page.get_by_role("region", name="Plans and flags")).to_contain_text("Reviews only")
    clinician.check_the_page()

    page.get_by_role("link", name="Results", exact=True).click()
    row = page.get_by_role("row", name="Estimated GFR")
    expect(row).to_contain_text("down 3")
    expect(page.get_by_role("row", name="Potassium")).to_contain_text("“5.2 furlongs” as sent")
    clinician.check_the_page()

    row.get_by_role("link", name="Estimated GFR").click()
    chart = page.get_by_role("img", name="Estimated GFR. 12 values from 1 Mar 2020")
    expect(chart).to_be_visible()
    assert chart.evaluate("image => image.complete && image.naturalWidth > 300"), "the chart was not drawn"
    expect(page.get_by_role("table", name="12 results, newest first")).to_be_visible()
    clinician.check_the_page()


def test_every_part_of_a_full_record_opened_out(visit, gp, patient):
    clinician = visit(gp)
    page = clinician.page
    for part in (
        "",
        "results/blood_pressure/",
        "timeline/",
        "timeline/?problems=yes",
        "timeline/?q=nowhere",
        "requests/",
    ):
        page.goto(f"/patients/{patient.pk}/{part}")
        for summary in page.locator("main summary").all():
            summary.click()
        clinician.check_the_page()


def test_a_record_with_nothing_in_it(visit, practice, gp):
    patient = a_patient(practice, born=None, problem="no date of birth was sent", died=date(2020, 1, 1))
    clinician = visit(gp)
    for part in ("", "results/", "timeline/", "requests/"):
        clinician.page.goto(f"/patients/{patient.pk}/{part}")
        clinician.check_the_page()


def test_the_timeline_by_keyboard(visit, gp, patient):
    clinician = visit(gp)
    page = clinician.page
    page.goto(f"/patients/{patient.pk}/timeline/")
    page.get_by_label("Words").focus()
    page.keyboard.type("furlongs")
    page.keyboard.press("Enter")
    expect(page.get_by_text("No entry fits.")).to_be_visible()  # units are not words of the record
    page.get_by_role("link", name="Show everything").last.focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Allergy 2").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("row")).to_have_count(3)
    expect(page.get_by_role("link", name="Allergy 2")).to_have_attribute("aria-current", "true")


def test_a_manager_trusts_a_tool_under_their_own_name(visit, practice):
    manager = visit(a_user(practice, Role.MANAGER, first_name="Mana", last_name="Gerson"))
    page = manager.page
    page.goto("/tools/")
    manager.check_the_page()
    page.locator("main h2 a").first.click()
    manager.check_the_page()
    manager.press("Sign and change")
    expect(page.get_by_role("alert")).to_contain_text("Choose what the tool is trusted with")
    manager.check_the_page()
    page.get_by_label("Suspended").check()
    page.get_by_label("Why").fill("It missed two chest pains this week")
    manager.press("Sign and change")
    expect(page.get_by_role("status")).to_contain_text("in the ledger under your name")
    expect(page.get_by_role("listitem").filter(has_text="two chest pains")).to_contain_text("Mana Gerson")
    manager.check_the_page()


def test_a_manager_adds_an_account_that_can_sign_in(visit, practice, gp):
    manager = visit(a_user(practice, Role.MANAGER))
    page = manager.page
    page.goto("/patients/")
    page.get_by_role("link", name="Staff").click()
    manager.check_the_page()
    page.get_by_role("link", name="Add an account").click()
    manager.press("Add the account")
    expect(page.get_by_role("alert")).to_contain_text("Enter a username")
    manager.check_the_page()
    for label, typed in (("First name", "Nur"), ("Last name", "Sely"), ("Username", "nur.sely")):
        page.get_by_label(label).fill(typed)
    page.get_by_label("What they do").select_option("nurse")
    manager.press("Add the account")
    expect(page.get_by_text("This is the one time that the password is shown.")).to_be_visible()
    manager.check_the_page()
    password = page.locator("main code").inner_text()

    nurse = visit()
    nurse.page.goto("/accounts/login/")
    nurse.page.get_by_label("Username").fill("nur.sely")
    nurse.page.get_by_label("Password", exact=True).fill(password)
    nurse.press("Sign in")
    expect(nurse.page.get_by_role("heading", level=1)).to_have_text("Change your password")
    nurse.check_the_page()
    nurse.page.locator("[name=oldpassword]").fill(password)
    for field in ("password1", "password2"):
        nurse.page.locator(f"[name={field}]").fill("four quiet grey herons")
    nurse.press("Change it")
    nurse.page.goto("/")
    expect(nurse.page.get_by_role("heading", level=1)).to_have_text("Inbox")

    page.get_by_role("link", name="Back to staff").click()
    page.get_by_text("Change the account of Nur Sely").click()
    manager.check_the_page()
    page.get_by_role("button", name="Close the account of Nur Sely").click()
    expect(page.get_by_role("status")).to_contain_text("Nur Sely can no longer sign in.")
    expect(page.get_by_role("button", name="Reopen the account of Nur Sely")).to_be_visible()
    manager.check_the_page()
    nurse.page.goto("/patients/")
    expect(nurse.page.get_by_role("heading", level=1)).to_have_text("Sign in")
