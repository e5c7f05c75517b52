from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from preceptor.advice import RedFlag, Span, Urgency
from preceptor.service.practices.models import ApiKey
from preceptor.service.requests.models import Checked, Request
from service.factories import a_patient, a_practice

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
    assert list(schema["paths"]) == ["/api/requests"]
    assert {"201", "200", "409"} <= set(schema["paths"]["/api/requests"]["post"]["responses"])
    headers = [p["name"] for p in schema["paths"]["/api/requests"]["post"]["parameters"] if p["in"] == "header"]
    assert headers == ["Idempotency-Key"]
