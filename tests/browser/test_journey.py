"""The main job in a real browser: a patient asks, a clinician thinks first, sees the advice, and decides."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from preceptor.advice import RedFlag, Span, Standing, Urgency
from preceptor.service.requests.models import Decision, Request
from service.factories import a_patient, a_practice, a_request, a_user, an_assessment, an_event, trust

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WORDS = "Crushing pain in my chest since breakfast, and it goes down my left arm."


@pytest.fixture
def practice():
    practice = a_practice(name="Synthetic Test Surgery", ods_code="Z12345", telephone="01632 960000")
    trust(practice, Standing.SECOND)
    return practice


@pytest.fixture
def patient(practice):
    patient = a_patient(
        practice,
        family_name="Sampleton",
        given_names="Ada",
        title="Mrs",
        nhs_number="9991234561",
        telephone="07700 900123",
    )
    when = timezone.now() + timedelta(days=3)
    an_event(patient, kind="appointment", text="Chest clinic", when=when, status="booked")
    return patient


@pytest.fixture
def gp(practice):
    return a_user(practice, username="gp", first_name="Dr Gee", last_name="Demoworth")


def given_chest_pain_is_a_red_flag(monkeypatch):
    flag = RedFlag(
        "chest_pain", "Chest pain now", Urgency.EMERGENCY, "Call 999 now. Ask for an ambulance.", (Span(0, 25),)
    )
    monkeypatch.setattr(
        "preceptor.tools.triage.red_flags_in", lambda case: (flag,) if "Crushing" in case.request.text else ()
    )


def when_the_patient_asks_by_keyboard_alone(patient):
    """From the address bar to the confirmation without a mouse."""
    page = patient.page
    page.goto("/ask/Z12345/")
    patient.check_the_page()
    key = page.keyboard
    key.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    key.press("Enter")
    _tab_to(page, "Me")
    key.press("Space")
    _tab_to(page, "What is the matter?")
    key.type(WORDS)
    _tab_to(page, "Full name")
    key.type("Ada Sampleton")
    for part, typed in (("Day", "1"), ("Month", "3"), ("Year", "1972")):
        _tab_to(page, part)
        key.type(typed)
    _tab_to(page, "Phone number")
    key.type("07700 900123")
    _tab_to(page, "Send to the practice", role="button")
    key.press("Enter")


def _tab_to(page, name, role=None):
    wanted = page.get_by_role(role, name=name) if role else page.get_by_label(name, exact=True)
    for _ in range(12):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {name!r}")


def then_the_patient_is_told_to_call_999(patient):
    expect(patient.page.get_by_role("heading", level=1)).to_have_text("Get help now: do not wait for us")
    expect(patient.page.get_by_text("Call 999 now. Ask for an ambulance.")).to_be_visible()
    expect(patient.page.get_by_role("link", name="Call 999")).to_have_attribute("href", "tel:999")
    expect(patient.page.get_by_text("We have also saved your request")).to_be_visible()
    patient.check_the_page()


def when_the_clinician_opens_it_from_the_inbox(clinician):
    page = clinician.page
    expect(page.get_by_role("heading", level=1)).to_have_text("Inbox")
    rows = page.locator("tbody tr")
    expect(rows.first).to_contain_text("Chest pain now")  # it came last, and stands first
    clinician.check_the_page()
    rows.first.get_by_role("link").click()


def then_everything_but_the_advice_is_shown(clinician):
    page = clinician.page
    banner = page.get_by_role("region", name="Patient", exact=True)
    expect(banner).to_contain_text("SAMPLETON, Ada (Mrs)")
    expect(banner).to_contain_text("999 123 4561")
    expect(page.get_by_role("region", name="Red flag")).to_contain_text("Call 999 now. Ask for an ambulance.")
    expect(page.locator("mark").first).to_contain_text("Crushing pain in my chest")
    expect(page.get_by_text("Chest clinic")).to_be_visible()
    assert "The advice" not in clinician.text().replace("The advice is shown when you have saved it.", "")
    clinician.check_the_page()


def when_the_clinician_gives_their_own_view(clinician, urgency, handler):
    page = clinician.page
    clinician.press("Save my view")
    expect(page.get_by_role("alert")).to_contain_text("Choose how soon somebody should act")
    clinician.check_the_page()
    page.get_by_label(urgency).check()
    page.get_by_label("Who should deal with it?").select_option(label=handler)
    clinician.press("Save my view")


def then_the_advice_is_revealed_beside_it(clinician):
    card = clinician.page.get_by_role("region", name="Your first view and the advice")
    expect(card).to_contain_text("You and the tool differ on how soon")
    expect(card).to_contain_text("Not calibrated")
    expect(card).to_contain_text("What it did not look at")
    expect(clinician.page.get_by_label("Emergency")).to_be_checked()  # their own view, not the advice
    clinician.check_the_page()


def when_the_clinician_decides(clinician):
    page = clinician.page
    expect(page.get_by_label("Why does your decision differ?")).to_be_visible()
    page.get_by_label("Same day").check()  # as the advice says, but below the red flag
    page.get_by_label("Why does your decision differ?").select_option("know_this_patient")
    clinician.press("Save the decision")
    expect(page.get_by_role("alert")).to_contain_text("Say in your own words why that is safe")
    clinician.check_the_page()
    page.get_by_label("Note").fill("Seen in the chest clinic this morning, ECG normal.")
    clinician.press("Save the decision")


def then_it_is_decided_and_the_next_one_waits(clinician):
    page = clinician.page
    expect(page.get_by_role("status")).to_contain_text("Decision saved: Same day, GP.")
    expect(page.get_by_role("region", name="Decided")).to_contain_text("I know this patient")
    clinician.check_the_page()
    page.get_by_role("link", name="Next request").click()
    expect(page.locator("blockquote")).to_have_text("my knee has been sore since the weekend")


def test_from_the_patients_words_to_the_decision(visit, practice, patient, gp, monkeypatch):
    given_chest_pain_is_a_red_flag(monkeypatch)
    a_request(practice)
    asking = visit()
    when_the_patient_asks_by_keyboard_alone(asking)
    then_the_patient_is_told_to_call_999(asking)
    request = Request.objects.get(source="page", patient=patient)
    an_assessment(request, "same_day")

    clinician = visit()
    clinician.sign_in(gp)
    when_the_clinician_opens_it_from_the_inbox(clinician)
    then_everything_but_the_advice_is_shown(clinician)
    when_the_clinician_gives_their_own_view(clinician, "Emergency", "Emergency services")
    then_the_advice_is_revealed_beside_it(clinician)
    clinician.page.get_by_label("Who should deal with it?").select_option("gp")
    when_the_clinician_decides(clinician)
    then_it_is_decided_and_the_next_one_waits(clinician)

    decision = Decision.objects.get(request=request)
    assert (decision.first_view.urgency, decision.assessment.urgency, decision.urgency) == (
        "emergency",
        "same_day",
        "same_day",
    )


def test_two_clinicians_cannot_overwrite_each_other(visit, practice, gp):
    request = a_request(practice)
    other = visit(a_user(practice, username="gp2", first_name="Dr Pea", last_name="Sampleton"))
    other.page.goto(f"/requests/{request.pk}/")
    mine = visit(gp)
    mine.page.goto(f"/requests/{request.pk}/")
    expect(mine.page.get_by_text("Dr Pea Sampleton has this open now")).to_be_visible()
    mine.check_the_page()

    for clinician, urgency, note in ((other, "Soon", ""), (mine, "Routine", "What I typed is not lost.")):
        clinician.page.get_by_label(urgency).check()
        clinician.page.get_by_label("Who should deal with it?").select_option("gp")
        clinician.page.get_by_label("Note").fill(note)
        clinician.press("Save the decision")

    alert = mine.page.get_by_role("alert")
    expect(alert).to_contain_text("Dr Pea Sampleton decided on this request")
    expect(alert).to_contain_text("What I typed is not lost.")
    mine.check_the_page()
    assert Decision.objects.get().urgency == "soon"


def test_an_open_page_is_told_of_others_without_being_touched(visit, practice, gp):
    request = a_request(practice)
    mine = visit(gp)
    mine.page.clock.install()
    mine.page.goto(f"/requests/{request.pk}/")
    other = visit(a_user(practice, username="gp2", first_name="Dr Pea", last_name="Sampleton"))
    other.page.goto(f"/requests/{request.pk}/")
    other.page.get_by_label("Soon").check()
    other.page.get_by_label("Who should deal with it?").select_option("gp")
    other.press("Save the decision")
    mine.page.get_by_label("Note").fill("half a sentence")

    mine.page.clock.run_for(15_000)

    expect(mine.page.get_by_text("This request has changed since you opened it.")).to_be_visible()
    expect(mine.page.get_by_label("Note")).to_have_value("half a sentence")
    mine.check_the_page()


def test_new_requests_are_announced_above_the_table(visit, practice, gp):
    a_request(practice)
    clinician = visit(gp)
    clinician.page.clock.install()
    clinician.page.goto("/")
    rows = clinician.page.locator("tbody tr")
    expect(rows).to_have_count(1)
    a_request(practice, text="a second one")

    clinician.page.clock.run_for(30_000)

    expect(clinician.page.get_by_role("status")).to_have_text("1 new request: show")
    expect(rows).to_have_count(1)
    clinician.check_the_page()
    clinician.page.get_by_role("link", name="1 new request: show").click()
    expect(rows).to_have_count(2)
