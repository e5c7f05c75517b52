"""The symptoms page in a real browser: it answers while somebody types, and no address ever holds a word."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from service.factories import a_practice, a_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def clinician(visit):
    clinician = visit(a_user(a_practice(), username="gp"))
    clinician.asked = []
    clinician.page.on("request", lambda request: clinician.asked.append(request.url))
    clinician.page.goto("/symptoms/")
    return clinician


def test_it_answers_while_somebody_types(clinician):
    page = clinician.page
    clinician.check_the_page()
    page.get_by_label("What the patient says").press_sequentially("my ch")
    page.get_by_label("What the patient says").press_sequentially("ild has a temperature and a rash, and is migr")
    expect(page.get_by_role("heading", name="A child with fever")).to_be_visible()
    expect(page.get_by_text("It may become migraine")).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("A child with fever")
    clinician.check_the_page()

    page.get_by_label("Age", exact=True).fill("8")
    page.get_by_label("Age in").select_option("weeks")
    expect(page.get_by_role("heading", name="Red flag")).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("Red flag")
    clinician.check_the_page()

    page.get_by_label("What the patient says").fill("xyzzy plugh")
    expect(page.get_by_text("Not recognised: read it as it stands.")).to_be_visible()
    clinician.check_the_page()
    page.get_by_label("What the patient says").fill("")
    expect(page.get_by_text("What is recognised shows here")).to_be_visible()
    assert not [address for address in clinician.asked if "?" in address]
    assert page.url.endswith("/symptoms/")


def test_the_button_serves_those_without_the_script(clinician):
    page = clinician.page
    page.route("**/htmx.js", lambda route: route.abort())
    page.reload()
    page.get_by_label("What the patient says").fill("crushing pain in my chest going down my arm")
    clinician.press("Look up")
    expect(page.get_by_role("heading", name="Red flag")).to_be_visible()
    expect(page.get_by_text("Call 999 now")).to_be_visible()
    clinician.check_the_page()
    page.get_by_label("What the patient says").fill("  ")
    clinician.press("Look up")
    expect(page.get_by_role("alert")).to_contain_text("Type what the patient says")
    clinician.check_the_page()
