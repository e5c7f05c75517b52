from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from preceptor.advice import RedFlag, Span, Urgency
from preceptor.service.practices.models import ApiKey
from preceptor.service.requests.models import Checked, Request
from service.factories import a_patient, a_practice, a_user

pytestmark = pytest.mark.django_db

BODY = {"text": "My knee has been sore since the weekend.", "patient": {"name": "Pat Testley", "born": "1972-03-01"}}


@pytest.fixture
def practice():
    return a_practice()


@pytest.fixture
def key(practice):
    return ApiKey.make(practice, "a test program")


@pytest.fixture(autouse=True)
def no_red_flag(monkeypatch):
    monkeypatch.setattr("preceptor.tools.triage.red_flags_in", lambda _: ())


@pytest.fixture
def send(client, key):
    def send(body=BODY, idempotency_key="one", bearer=key, **headers):
        if idempotency_key is not None:
            headers["Idempotency-Key"] = idempotency_key
        data = body if isinstance(body, str | bytes) else json.dumps(body)
        return client.post(
            "/api/requests", data, "application/json", headers={"Authorization": f"Bearer {bearer}"} | headers
        )

    return send


def test_ten_replays_are_one_request(send):
    first = send()
    replays = [send() for _ in range(10)]

    request = Request.objects.get()
    assert (first.status_code, first.json()["id"]) == (201, str(request.pk))
    assert "Idempotent-Replay" not in first.headers
    for replay in replays:
        assert (replay.status_code, replay.json()) == (200, first.json())
        assert replay.headers["Idempotent-Replay"] == "true"


def test_a_red_flag_is_answered_with_what_to_tell_the_patient(send, monkeypatch):
    flag = RedFlag("chest_pain", "Chest pain now", Urgency.EMERGENCY, "Call 999 now.", (Span(0, 2),))
    monkeypatch.setattr("preceptor.tools.triage.red_flags_in", lambda _: (flag,))

    answer = send().json()

    assert answer["action"] == "Call 999 now."
    assert answer["red_flags"] == [
        {"id": "chest_pain", "title": "Chest pain now", "urgency": "emergency", "action": "Call 999 now."}
    ]


def test_a_check_that_failed_says_so(send, monkeypatch):
    def broken(case):
        raise ValueError

    monkeypatch.setattr("preceptor.tools.triage.red_flags_in", broken)

    answer = send()

    assert (answer.status_code, answer.json()["red_flags_checked"]) == (201, False)
    assert "call 999" in answer.json()["action"]
    assert Request.objects.get().red_flags_checked == Checked.FAILED


def test_the_same_key_with_another_body_is_refused(send):
    send()

    answer = send(BODY | {"text": "Something else."})

    assert (answer.status_code, Request.objects.count()) == (409, 1)
    assert "used before" in answer.json()["detail"]


def test_two_practices_may_use_one_idempotency_key(send):
    send()
    assert send(bearer=ApiKey.make(a_practice(), "another")).status_code == 201


@pytest.mark.parametrize("wrong", [None, "", "   ", "k" * 191])
def test_a_repeat_must_be_safe(send, wrong):
    answer = send(idempotency_key=wrong)

    assert (answer.status_code, Request.objects.count()) == (400, 0)


def test_an_unknown_or_revoked_key_is_refused(send, practice, key):
    assert send(bearer="pk_wrong").status_code == 401
    assert send(bearer=key.upper()).status_code == 401
    ApiKey.objects.of(practice).update(revoked=timezone.now())

    answer = send()

    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize(
    "wrong",
    [
        BODY | {"text": ""},
        BODY | {"text": "a" * 20_001},
        BODY | {"text": 5},
        BODY | {"urgency": "routine"},
        {"patient": {}},
        BODY | {"patient": {"fhir_id": "../../etc"}},
        BODY | {"patient": {"fhir_id": "a\0b"}},
        BODY | {"patient": {"born": "31/12/1999"}},
        BODY | {"received": "2026-03-02T08:05:00"},
        BODY | {"received": (datetime.now(UTC) + timedelta(hours=1)).isoformat()},
        [],
    ],
)
def test_what_cannot_be_taken_is_said_and_not_saved(send, wrong):
    answer = send(wrong)

    assert (answer.status_code, Request.objects.count()) == (422, 0)
    assert answer.json()["detail"]


@pytest.mark.parametrize("junk", ["{", "", b"\xff\xfe{", '"\\ud800"'])
def test_what_is_not_json_is_refused(send, junk):
    assert send(junk).status_code in (400, 422)


def test_a_body_of_megabytes_is_refused(send):
    assert send(BODY | {"text": "a" * 3_000_000}).status_code == 413


@pytest.mark.parametrize("text", ["a\0b", "\ud800 half a pair", "🦵 naïve ﷽ \u202e", "<b>&amp;"])
def test_any_words_are_kept(send, text):
    answer = send(json.dumps(BODY | {"text": text}))

    # Half a surrogate pair is no text: it may be refused, never lost without a word.
    assert answer.status_code == 201 or "\ud800" in text


def test_whom_it_is_about(send, practice):
    patient = a_patient(practice, key="Patient/42", family_name="Testley", given_names="Pat", born=date(1972, 3, 1))
    elsewhere = a_patient(a_practice(), key="Patient/43")

    def about(number, **who):
        return Request.objects.get(pk=send(BODY | {"patient": who}, str(number)).json()["id"]).patient

    assert about(1, name="pat testley", born="1972-03-01") == patient
    assert about(2, fhir_id="42") == patient
    assert about(3, fhir_id="42", born="1972-03-01") == patient
    assert about(4, fhir_id="42", born="1980-01-01") is None
    assert about(5, fhir_id=elsewhere.key.removeprefix("Patient/")) is None
    assert about(6, name="Somebody Else", born="1972-03-01") is None
    assert about(7) is None


def test_when_it_was_received_is_the_senders_to_say(send):
    answer = send(
        BODY | {"received": "2026-03-02T08:05:00+00:00", "written_by": "daughter", "telephone": "01632 960001"}
    )

    request = Request.objects.get()
    assert answer.json()["received"] == "2026-03-02T08:05:00Z"
    assert (request.writer, request.telephone, request.source) == ("daughter", "01632 960001", "api")


def test_the_documentation_asks_no_other_server(client):
    html = client.get("/api/docs").content.decode()
    schema = client.get("/api/openapi.json").json()

    assert not re.findall(r'(?:src|href)="(?!/static/)', html)
    assert list(schema["paths"]) == ["/api/requests", "/api/symptoms"]
    assert {"201", "200", "409"} <= set(schema["paths"]["/api/requests"]["post"]["responses"])
    headers = [p["name"] for p in schema["paths"]["/api/requests"]["post"]["parameters"] if p["in"] == "header"]
    assert headers == ["Idempotency-Key"]


@pytest.mark.parametrize("when", ["0001-01-01T00:00:00+14:00", "1970-01-01T00:00:00Z"])
def test_a_time_from_long_ago_is_refused(send, when):
    assert send(BODY | {"received": when}).status_code == 422
    assert not Request.objects.exists()


def test_what_cannot_be_saved_is_to_be_sent_again(send, monkeypatch):
    def full(*_, **__):
        raise OperationalError("database or disk is full")

    monkeypatch.setattr("preceptor.service.requests.receiving.chain.append", full)
    response = send()
    assert (response.status_code, response.headers["Retry-After"]) == (503, "60")
    assert "same Idempotency-Key" in response.json()["detail"]
    assert not Request.objects.exists()
    monkeypatch.undo()
    assert send().status_code == 201


@pytest.mark.parametrize(
    ("chosen", "status"),
    [("k" * 190, 201), ("k" * 191, 400), ("k" * 10_000, 400), (" ", 400), ("clé é", 201), ("a;DROP TABLE", 201)],
)
def test_keys_of_any_kind_are_taken_or_refused_in_words(send, chosen, status):
    response = send(idempotency_key=chosen)
    assert response.status_code == status
    assert response["Content-Type"].startswith("application/json")
    if status == 201:
        assert send(idempotency_key=chosen).status_code == 200
    assert Request.objects.count() == (status == 201)


HOSTILE = [
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}{% raw %}", "'; DROP TABLE x;--",
    "\u202egnp.exe", "x" * 19_000, "\u0000nul", "\ud800half", "%00%0d%0aSet-Cookie: a=b", "İ" * 200, "\U0001f637" * 50,
]  # fmt: skip


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_are_kept_and_never_run(send, practice, words):
    """In every field that a program may send; and shown, in the inbox and on the request's page, as words alone."""
    body = {
        "text": words,
        "patient": {"name": words[:200], "nhs_number": words[:20], "born": "1972-03-01"},
        "telephone": words[:100],
        "written_by": words[:100],
    }
    assert send(body).status_code in (201, 422)  # half of a pair is no text that JSON may hold
    if not Request.objects.exists():
        assert "\ud800" in words
        return
    reader = Client()
    reader.force_login(a_user(practice))
    request = Request.objects.get()
    for address in ("/", f"/requests/{request.pk}/", "/?" + urlencode({"search": request.text[:100]})):
        page = reader.get(address)
        assert page.status_code == 200
        shown = page.content.decode()
        assert "<script>alert" not in shown
        assert "<img" not in shown
        assert ">49<" not in shown
        assert not [name for name in page.cookies if name not in ("csrftoken", "sessionid")]


def test_a_key_opens_its_own_practice_alone(send, practice):
    other = a_practice()
    a_patient(other, key="Patient/elsewhere", born=date(1972, 3, 1))
    response = send(BODY | {"patient": {"fhir_id": "elsewhere", "born": "1972-03-01"}})
    assert response.status_code == 201
    request = Request.objects.get()
    assert (request.practice, request.patient) == (practice, None)
    # The same key for an idempotent repeat, sent by another practice, is another request.
    theirs = ApiKey.make(other, "another program")
    assert send(bearer=theirs).status_code == 201
    assert Request.objects.of(other).count() == 1
    assert send(bearer=theirs[:-1]).status_code == 401
    assert send(bearer="\u00e9").status_code == 401
