"""Every page and state, at a desk and on a phone: no accessibility violation, nothing too wide or from outside."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from preceptor.advice import Standing
from preceptor.service.accounts.models import Role
from preceptor.service.requests.models import Checked
from service.factories import (
    PASSWORD,
    a_patient,
    a_practice,
    a_red_flag,
    a_request,
    a_user,
    an_assessment,
    trust,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def practice():
    practice = a_practice(ods_code="Z12345", telephone="01632 960000")
    trust(practice, Standing.SECOND)
    return practice


@pytest.fixture
def gp(practice):
    return a_user(practice, username="gp")


def test_the_pages_before_signing_in(visit, practice):
    anybody = visit()
    for address in ("/accounts/login/", "/ask/Z12345/", "/nothing/here/"):
        anybody.page.goto(address)
        anybody.check_the_page()

    anybody.page.goto("/accounts/login/")
    anybody.press("Sign in")
    expect(anybody.page.get_by_role("alert")).to_contain_text("There is a problem")
    anybody.check_the_page()


def test_a_form_with_every_mistake(visit, practice):
    anybody = visit()
    anybody.page.goto("/ask/Z12345/")
    anybody.page.get_by_label("Somebody else").check()
    anybody.press("Send to the practice")

    summary = anybody.page.get_by_role("alert")
    expect(summary).to_contain_text("Tell us who you are to them")
    anybody.check_the_page()
    summary.get_by_role("link", name="Enter the date of birth").click()
    expect(anybody.page.get_by_label("Day", exact=True)).to_be_focused()


@pytest.mark.parametrize("urgency", ["emergency", "same_day", None])
def test_what_a_patient_is_told(visit, practice, monkeypatch, urgency):
    from preceptor.advice import RedFlag, Span, Urgency

    flags = (RedFlag("a", "A flag", Urgency(urgency), "What to do now.", (Span(0, 2),)),) if urgency else ()
    monkeypatch.setattr("preceptor.tools.triage.red_flags_in", lambda _: flags)
    patient = visit()
    patient.page.goto("/ask/Z12345/")
    patient.page.get_by_label("Me", exact=True).check()
    for label, typed in (
        ("What is the matter?", "My knee is sore"),
        ("Full name", "Pat Testley"),
        ("Day", "1"),
        ("Month", "3"),
        ("Year", "1972"),
        ("Phone number", "07700 900123"),
    ):
        patient.page.get_by_label(label, exact=True).fill(typed)
    patient.press("Send to the practice")
    expect(patient.page.get_by_text("Your reference is")).to_be_visible()
    patient.check_the_page()


def test_the_inbox_full_and_empty(visit, practice, gp, monkeypatch):
    clinician = visit(gp)
    clinician.page.goto("/")
    expect(clinician.page.get_by_text("Nothing is waiting")).to_be_visible()
    clinician.check_the_page()
    text = "pain in my chest, " + "and a very long story " * 30
    a_request(practice, text=text, patient=a_patient(practice, family_name="Placeholderson-Demoworth-Longname"),
              red_flags=[a_red_flag(text, "pain in my chest")])  # fmt: skip
    early = datetime(2026, 11, 16, 7, 30, tzinfo=UTC)
    a_request(practice, received=early, assessed=Checked.FAILED, red_flags_checked=Checked.FAILED, writer="daughter")
    a_request(practice, state="decided")
    a_request(practice)
    monkeypatch.setattr("preceptor.service.requests.pages.ROWS_A_PAGE", 2)

    clinician.page.goto("/")
    expect(clinician.page.get_by_text("1 to 2 of 3")).to_be_visible()
    clinician.check_the_page()
    clinician.page.get_by_label("Not assessed").check()
    clinician.page.get_by_role("button", name="Show", exact=True).click()
    expect(clinician.page.get_by_text("Not checked for red flags")).to_be_visible()
    clinician.check_the_page()


@pytest.mark.parametrize("who", ["patient", "unmatched"])
def test_a_request_in_each_state(visit, practice, gp, who):
    text = "Crushing pain in my chest. " + "Supercalifragilistic" * 8
    request = a_request(
        practice,
        text=text,
        patient=a_patient(practice, nhs_number="9991234561") if who == "patient" else None,
        name_typed="Pat Testley",
        red_flags=[a_red_flag(text, "pain in my chest"), a_red_flag(text, "Crushing pain", "Another flag", "same_day")],
    )
    an_assessment(request, "emergency")
    clinician = visit(gp)
    page = clinician.page
    page.goto(f"/requests/{request.pk}/")
    clinician.check_the_page()  # own view first
    page.get_by_label("Emergency").check()
    page.get_by_label("Who should deal with it?").select_option("gp")
    clinician.press("Save my view")
    expect(page.get_by_label("Why does your decision differ?")).to_be_hidden()
    page.get_by_label("Routine").check()
    expect(page.get_by_label("Why does your decision differ?")).to_be_visible()
    clinician.check_the_page()  # the advice, and the decision
    page.get_by_label("Emergency").check()
    clinician.press("Save the decision")
    page.get_by_text("The advice in full").click()
    page.get_by_text("Open this request again").click()
    clinician.check_the_page()  # decided
    page.get_by_label("Why?").fill("They called again")
    clinician.press("Open again")
    expect(page.get_by_text("Decided before: Emergency")).to_be_visible()
    clinician.check_the_page()


def test_a_request_without_advice_and_one_to_read(visit, practice, gp):
    request = a_request(practice, assessed=Checked.FAILED, red_flags_checked=Checked.FAILED)
    for user, words in ((gp, "Not assessed: no tool gave advice"), (a_user(practice, Role.MANAGER), "do not decide")):
        reader = visit(user)
        reader.page.goto(f"/requests/{request.pk}/")
        expect(reader.page.get_by_text(words)).to_be_visible()
        reader.check_the_page()


def test_an_account_and_its_second_step(visit, gp):
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    me = visit(gp)
    page = me.page
    for address in ("/accounts/2fa/", "/accounts/password/change/", "/accounts/logout/"):
        page.goto(address)
        me.check_the_page()
    page.goto("/accounts/2fa/totp/activate/")
    if page.get_by_role("heading", name="Enter your password again").is_visible():
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        me.press("Continue")
    me.check_the_page()
    secret = page.locator("code").inner_text()
    code = format_hotp_value(hotp_value(secret, _now_counter()))
    page.get_by_label("Code").fill(code)
    me.press("Turn it on")
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    me.check_the_page()
    recovery = page.locator("main li code").first.inner_text()
    for address in ("/accounts/2fa/", "/accounts/2fa/recovery-codes/generate/", "/accounts/2fa/totp/deactivate/"):
        page.goto(address)
        me.check_the_page()

    page.goto("/accounts/logout/")
    page.locator("main").get_by_role("button", name="Sign out").click()
    me.sign_in(gp)
    expect(page.get_by_role("heading", level=1)).to_have_text("Enter your code")
    me.check_the_page()
    page.get_by_label("Code").fill(recovery)
    me.press("Sign in")
    expect(page.get_by_role("heading", level=1)).to_have_text("Inbox")


def _now_counter():
    from allauth.mfa.totp.internal.auth import yield_hotp_counters_from_time

    return next(iter(yield_hotp_counters_from_time()))


def test_the_api_documentation_works_offline(visit):
    reader = visit()
    reader.page.goto("/api/docs")

    expect(reader.page.get_by_text("Send a request").first).to_be_visible()
