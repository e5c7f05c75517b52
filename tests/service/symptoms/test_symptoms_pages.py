"""The symptoms page and its API: staff and programs look words up, and the words are kept nowhere."""

from __future__ import annotations

import json
import logging

import pytest
from django.test import Client
from typer.testing import CliRunner

from preceptor.cli import app
from preceptor.service.accounts.models import Role
from preceptor.service.practices.models import ApiKey
from preceptor.tools.triage.symptoms import LONGEST
from service.factories import a_practice, a_user

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def practice():
    return a_practice()


@pytest.fixture
def staff(client, practice):
    client.force_login(a_user(practice, Role.NURSE))
    return client


def test_what_the_patient_says_shows_what_to_think_of_and_what_to_ask_and_why(staff):
    page = staff.post("/symptoms/", {"words": "sore throat for 3 days", "age": "4", "age_in": "years"})

    text = page.content.decode()
    assert page.status_code == 200
    assert "Sore throat" in text
    assert "Quinsy or epiglottitis" in text
    assert "Able to drink and to swallow saliva?" in text
    assert "may mean an abscess or a swollen airway" in text
    assert "Pharmacy First treats sore throat from five years of age" in text
    assert "Reviewed by: none" in text
    assert "No clinician has reviewed this" in text


def test_a_red_flag_stands_above_all(staff):
    text = staff.post(
        "/symptoms/", {"words": "crushing pain in my chest, maybe heartburn"}, headers=HTMX
    ).content.decode()

    assert text.index("Red flag") < text.index("Chest pain") < text.index("Indigestion")
    assert "Call 999 now" in text
    assert "<html" not in text, "while typing only the answer is sent"


def test_the_page_is_empty_at_first_and_for_staff_alone(staff, practice):
    assert "What is recognised shows here" in staff.get("/symptoms/").content.decode()
    assert '<a class="app-nav__link" href="/symptoms/"' in staff.get("/").content.decode()
    assert Client().get("/symptoms/").status_code == 302
    outsider = Client()
    outsider.force_login(a_user(None))
    assert outsider.get("/symptoms/").status_code == 403


def test_no_address_holds_words(staff):
    page = staff.get("/symptoms/", {"words": "sore throat"}).content.decode()

    assert "Quinsy" not in page, "words are read from a POST alone"
    assert 'method="post"' in page
    assert "hx-get" not in page
    assert "hx-push-url" not in page


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"words": ""}, "Type what the patient says"),
        ({"words": "   "}, "Type what the patient says"),
        ({"words": "x" * (LONGEST + 1)}, "characters that matter most"),
        ({"words": "cough", "age": "old"}, "Give the age as a number"),
        ({"words": "cough", "age": "-1"}, "Check the age"),
        ({"words": "cough", "age": "300"}, "not between 0 and 125"),
        ({"words": "cough", "age": "nan"}, "Give the age as a number"),
        ({"words": "cough", "sex": "x"}, "There is a problem"),
    ],
)
def test_what_cannot_be_looked_up_is_said(staff, typed, said):
    page = staff.post("/symptoms/", typed)

    assert page.status_code == 422
    assert said in page.content.decode()
    assert staff.post("/symptoms/", typed, headers=HTMX).status_code == 200, "htmx shows no other answer"


@pytest.mark.parametrize(
    ("age", "unit", "said"),
    [("6", "weeks", "Take the baby to A&amp;E now"), ("10", "months", "under the age of one"), ("10", "years", None)],
)
def test_a_babys_age_is_given_in_months_or_weeks(staff, age, unit, said):
    text = staff.post("/symptoms/", {"words": "earache and fever", "age": age, "age_in": unit}).content.decode()

    assert [words for words in ("Take the baby to A&amp;E now", "under the age of one") if words in text] == (
        [said] if said else []
    )


def test_words_are_shown_as_text_never_as_markup(staff):
    text = staff.post("/symptoms/", {"words": "<script>alert(1)</script> sore throat"}, headers=HTMX).content.decode()

    assert "<script>" not in text


def test_nothing_typed_is_logged_or_stored(staff, caplog, django_assert_num_queries):
    with caplog.at_level(logging.INFO), django_assert_num_queries(3) as asked:  # session, person, practice
        staff.post("/symptoms/", {"words": "zebrafish in my throat"}, headers=HTMX)

    assert "zebrafish" not in caplog.text
    assert all(query["sql"].startswith("SELECT") for query in asked.captured_queries)


# -- the API


@pytest.fixture
def ask(practice):
    key = ApiKey.make(practice, "a test")
    client = Client()

    def post(body, token=key):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return client.post("/api/symptoms", json.dumps(body), content_type="application/json", headers=headers)

    return post


def test_the_api_answers_as_the_command_does(ask):
    answer = ask({"words": "rash, no fever", "age": 40, "sex": "female"})

    told = CliRunner().invoke(app, ["symptoms", "rash, no fever", "--age", "40", "--sex", "female", "--json"])
    assert answer.status_code == 200
    assert answer.json() == json.loads(told.stdout)
    assert answer.json()["presentations"][0]["origin"]["reviewed_by"] == "none"
    assert answer["Cache-Control"] == "no-store"


def test_the_api_needs_a_key_and_words_that_can_be_looked_up(ask):
    assert ask({"words": "cough"}, token=None).status_code == 401
    assert ask({"words": "cough"}, token="pk_wrong").status_code == 401
    assert ask({"words": " "}).json() == {"detail": "Type what the patient says."}
    assert ask({"words": "cough", "sex": "zz"}).status_code == 422
    assert ask({"words": "cough", "more": 1}).status_code == 422
    assert Client().get("/api/symptoms").status_code == 405
