from __future__ import annotations

import re
import uuid
from datetime import date

import pytest
from django.db import OperationalError

from preceptor.advice import RedFlag, Span, Urgency
from preceptor.service.requests.models import Checked, Request
from service.factories import a_patient, a_practice

pytestmark = pytest.mark.django_db

TYPED = {
    "for_whom": "me",
    "text": "My knee has been sore since the weekend.",
    "name": "Pat Testley",
    "born_day": "1",
    "born_month": "March",
    "born_year": "1972",
    "nhs_number": "",
    "telephone": "07700 900123",
}


@pytest.fixture
def practice():
    return a_practice(ods_code="Z12345", telephone="01632 960000")


@pytest.fixture
def no_red_flag(monkeypatch):
    monkeypatch.setattr("preceptor.tools.triage.red_flags_in", lambda _: ())


def typed(**changes):
    return TYPED | {"key": str(uuid.uuid4())} | changes


def a_flag(urgency):
    flag = RedFlag("a", "A red flag", urgency, f"What to do: {urgency}.", (Span(0, 2),))
    return lambda _: (flag,)


def test_a_patient_asks_and_is_given_a_reference(client, practice, no_red_flag):
    page = client.get("/ask/Z12345/").content.decode()
    assert "If it is an emergency" in page
    key = re.search(r'name="key" value="([^"]+)"', page).group(1)

    answer = client.post("/ask/Z12345/", TYPED | {"key": key}, follow=True)

    request = Request.objects.get()
    assert answer.redirect_chain == [("/ask/Z12345/sent/", 302)]
    assert str(request.pk)[:8].upper() in answer.content.decode()
    assert (request.text, request.born_typed, request.writer) == (TYPED["text"], date(1972, 3, 1), "")
    assert "knee" not in answer.content.decode()


@pytest.mark.parametrize(
    ("urgency", "words"),
    [
        (Urgency.EMERGENCY, "Get help now: do not wait for us"),
        (Urgency.SAME_DAY, "You need help today"),
        (Urgency.SOON, "Please read this first"),
    ],
)
def test_a_red_flag_comes_before_the_thanks(client, practice, monkeypatch, urgency, words):
    monkeypatch.setattr("preceptor.tools.triage.red_flags_in", a_flag(urgency))

    html = client.post("/ask/Z12345/", typed(), follow=True).content.decode()

    assert html.index(words) < html.index(f"What to do: {urgency}.") < html.index("We have also saved your request")


def test_a_check_that_failed_gives_the_general_advice(client, practice, monkeypatch):
    def broken(case):
        raise ValueError

    monkeypatch.setattr("preceptor.tools.triage.red_flags_in", broken)

    html = client.post("/ask/Z12345/", typed(), follow=True).content.decode()

    assert Request.objects.get().red_flags_checked == Checked.FAILED
    assert "We could not check your words" in html
    assert 'href="tel:999"' in html


def test_a_form_sent_twice_is_one_request(client, practice, no_red_flag):
    form = typed()
    for _ in range(3):
        client.post("/ask/Z12345/", form)
    assert Request.objects.count() == 1

    client.post("/ask/Z12345/", form | {"text": "I went back and wrote something else."})
    assert Request.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"for_whom": ""}, "Choose who needs help"),
        ({"for_whom": "somebody_else"}, "Tell us who you are to them"),
        ({"text": " \n "}, "Tell us what is the matter"),
        ({"text": "a" * 20_001}, "too long for us to read"),
        ({"name": ""}, "Enter the name"),
        ({"telephone": ""}, "Enter a phone number"),
        ({"telephone": "do not call"}, "Enter a phone number that we can call, like"),
        ({"nhs_number": "12345"}, "An NHS number has 10 numbers"),
        ({"born_day": "", "born_month": "", "born_year": ""}, "Enter the date of birth"),
        ({"born_month": ""}, "must have a month"),
        ({"born_day": "31", "born_month": "2"}, "must be a real date"),
        ({"born_year": "72"}, "Check the year of birth"),
        ({"born_year": "2999"}, "must be in the past"),
        ({"born_year": "abc"}, "must be a real date"),
    ],
)
def test_a_mistake_is_said_at_its_place_and_everything_typed_is_kept(client, practice, changes, words):
    answer = client.post("/ask/Z12345/", typed(**changes))

    html = answer.content.decode()
    assert (answer.status_code, Request.objects.count()) == (422, 0)
    assert html.count(words) == 2  # in the summary, and beside the field
    target = re.search(r'<li>\s*<a href="#([\w-]+)"', html).group(1)
    assert f'id="{target}"' in html
    for name, value in (TYPED | changes).items():
        if value.strip() and name != "for_whom" and len(value) < 100:
            assert value in html


def test_whether_the_record_was_found_is_never_told(client, practice, no_red_flag):
    def answered():
        return re.sub(r"[0-9A-F]{8}", "REF", client.post("/ask/Z12345/", typed(), follow=True).content.decode())

    unmatched = answered()
    patient = a_patient(practice, family_name="Testley", given_names="Pat")
    matched = answered()

    assert {request.patient for request in Request.objects.all()} == {None, patient}
    assert re.sub(r'nonce="[^"]*"', "", matched) == re.sub(r'nonce="[^"]*"', "", unmatched)


def test_somebody_else_writes(client, practice, no_red_flag):
    client.post("/ask/Z12345/", typed(for_whom="somebody_else", writer="daughter"))

    assert Request.objects.get().writer == "daughter"


def test_the_confirmation_is_the_senders_alone(client, practice, no_red_flag, django_user_model):
    client.post("/ask/Z12345/", typed())
    client.cookies.clear()

    assert client.get("/ask/Z12345/sent/").headers["Location"] == "/ask/Z12345/"
    assert a_practice(ods_code="Z54321")
    assert client.get("/ask/Z54321/sent/").status_code == 302


def test_a_practice_that_is_not_here_has_no_page(client):
    assert client.get("/ask/NOBODY/").status_code == 404


def test_the_form_is_protected_against_forgery(practice):
    from django.test import Client

    answer = Client(enforce_csrf_checks=True).post("/ask/Z12345/", typed())

    assert answer.status_code == 403
    assert "was not saved" in answer.content.decode()


def test_what_cannot_be_saved_stays_on_the_page(client, practice, monkeypatch):
    def full(*_, **__):
        raise OperationalError("database or disk is full")

    monkeypatch.setattr("preceptor.service.requests.receiving.chain.append", full)
    sent = typed()
    response = client.post("/ask/Z12345/", sent)
    assert response.status_code == 503
    shown = response.content.decode()
    assert "My knee has been sore" in shown
    assert "It is still on this page" in shown
    assert sent["key"] in shown, "sent again, it is one request, whatever became of the first"
    assert "In an emergency call 999 now" in shown
    assert not Request.objects.exists()


@pytest.mark.parametrize("code", ["%00", "Z1234%005", "..", "Z12345%0d%0aX: y", "'", "x" * 3000])
def test_a_code_that_is_none_is_no_page(client, practice, code):
    assert client.get(f"/ask/{code}/").status_code == 404


@pytest.mark.parametrize("number", ["٩٩٩٠٠٠٠٠١٨", "²²²²²²²²²²"])
def test_strange_digits_are_no_nhs_number(client, practice, number):
    assert client.post("/ask/Z12345/", typed(nhs_number=number)).status_code in (302, 422)
