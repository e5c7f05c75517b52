"""The page of what was learnt in a real browser, at a desk and on a phone: before, while and after a model is tried."""

from __future__ import annotations

from functools import partial

import pytest
from playwright.sync_api import expect

from preceptor.service.accounts.models import Role
from preceptor.service.learning.learning import learn
from service.factories import a_practice, a_user
from service.learning.pasts import OLD, fit_at_once, with_a_past, with_appointments

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def models(tmp_path, monkeypatch):
    monkeypatch.setenv("PRECEPTOR_MODELS", str(tmp_path / "models"))
    monkeypatch.setattr("preceptor.service.learning.learning.fit", partial(fit_at_once, more=0.35))
    return tmp_path / "models"


def test_a_challenger_is_read_signed_for_and_taken_back(visit, models):
    practice = a_practice()
    manager = visit(a_user(practice, Role.MANAGER))
    page = manager.page
    page.goto("/tools/triage/")
    page.get_by_role("link", name="What was learnt").click()
    expect(page.get_by_text("Nothing that was learnt here is in force")).to_be_visible()
    manager.check_the_page()

    with_a_past(practice, live=120)
    with_appointments(practice, [a_user(practice) for _ in range(5)], 10, 25, OLD)
    version = learn().step.version
    page.reload()
    expect(page.get_by_role("table", name="Before and after, on")).to_contain_text("Emergencies called one")
    expect(page.get_by_role("table", name="To more urgent, on the hold-out")).to_be_visible()
    answers = page.get_by_role("region", name="What the record answers, with this version")
    expect(answers).to_contain_text(
        "An appointment up to 10 days away (7 before) now answers a request that could wait"
    )
    manager.check_the_page()
    manager.press("Sign and do it")
    expect(page.get_by_role("alert").first).to_contain_text("Choose what is to be done")
    manager.check_the_page()

    (models / "triage" / "challenger").write_text("0" * 64)
    page.goto("/tools/triage/learnt/")
    expect(page.get_by_role("alert")).to_contain_text("The challenger is refused; what is in force stays")
    manager.check_the_page()
    page.get_by_label("Let the challenger go").check()
    page.get_by_label("Why").fill("Its file was altered on the disk")
    manager.press("Sign and do it")
    expect(page.get_by_text("challenges no more")).to_be_visible()
    expect(page.get_by_text(f"Learnt: {version}")).to_be_visible()
    manager.check_the_page()
