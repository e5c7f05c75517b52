"""What clinicians did with their cards comes back, and is kept once."""

from __future__ import annotations

import json
import uuid

import pytest

from preceptor.service.hooks.cards import REASON_SYSTEM as SYSTEM
from preceptor.service.hooks.models import HookFeedback
from preceptor.service.ledger.models import Entry
from preceptor.service.ledger.verify import verify
from service.hooks.calling import ANOTHER_KEY, BASE, ORDER, VIEW, a_client, a_token, jwk_of, told
from service.hooks.records import HIGH_POTASSIUM, a_view

pytestmark = pytest.mark.django_db
WHEN = "2026-01-05T09:30:00.000Z"


@pytest.fixture
def card(post):
    return post(VIEW, a_view(HIGH_POTASSIUM)).json()["cards"][0]


@pytest.fixture
def send(post):
    def send(*items, service=VIEW, **parts):
        return post(service, {"feedback": list(items)}, "/feedback", **parts)

    return send


def overridden(card, **parts):
    reason = {"reason": {"code": "known", "system": SYSTEM, "display": "Known"}, "userComment": "Haemolysed."}
    return {"card": card["uuid"], "outcome": "overridden", "overrideReason": reason, "outcomeTimestamp": WHEN} | parts


def accepted(card, **parts):
    taken = [{"id": suggestion["uuid"]} for suggestion in card["suggestions"]]
    return {"card": card["uuid"], "outcome": "accepted", "acceptedSuggestions": taken, "outcomeTimestamp": WHEN} | parts


def test_a_dismissal_is_kept_with_its_reason(send, card):
    answer = send(overridden(card))

    assert (answer.status_code, answer.json()) == (200, {"kept": 1, "repeated": 0})
    kept = HookFeedback.objects.get()
    assert (kept.outcome, kept.reason, kept.comment) == ("overridden", "known", "Haemolysed.")
    entry = Entry.objects.get(kind="hooks.feedback")
    assert entry.subject == f"card:{card['uuid']}"
    assert entry.actor == "program:https://sandbox.cds-hooks.org"
    assert json.loads(entry.body)["watch"] == "potassium_high_not_repeated"
    assert verify().whole


def test_feedback_that_was_changed_behind_the_ledgers_back_is_found(send, card):
    send(overridden(card))
    HookFeedback.objects.update(comment="It was right after all.")
    assert "its comment was changed" in str(verify().fault)


def test_the_same_twice_is_kept_once(send, card):
    send(overridden(card))
    again = send(overridden(card), overridden(card, outcomeTimestamp="2026-01-05T10:30:00+01:00"))
    assert (again.status_code, again.json()) == (200, {"kept": 0, "repeated": 2})
    assert HookFeedback.objects.count() == Entry.objects.filter(kind="hooks.feedback").count() == 1


def test_a_later_change_of_mind_is_kept_too(send, card):
    send(overridden(card))
    assert send(accepted(card)).json() == {"kept": 1, "repeated": 0}
    assert [each.outcome for each in HookFeedback.objects.order_by("pk")] == ["overridden", "accepted"]


def test_a_dismissal_may_go_without_a_reason(send, card):
    item = {"card": card["uuid"], "outcome": "overridden", "outcomeTimestamp": WHEN}
    assert send(item).status_code == 200


def test_the_token_may_be_signed_for_the_service_itself(client, card):
    url = f"{BASE}/{VIEW}/feedback"
    for audience in (url, url.removesuffix("/feedback")):
        headers = {"Authorization": f"Bearer {a_token(audience)}"}
        data = json.dumps({"feedback": [overridden(card)]})
        assert client.post(url, data, "application/json", headers=headers).status_code == 200
    headers = {"Authorization": f"Bearer {a_token(BASE)}"}
    assert client.post(url, data, "application/json", headers=headers).status_code == 401


def test_a_card_that_was_not_given_is_not_found_and_nothing_is_kept(send, card):
    answer = send(overridden(card), overridden(card) | {"card": str(uuid.uuid4())})
    assert (answer.status_code, HookFeedback.objects.count()) == (404, 0)
    assert send(overridden(card), service=ORDER).status_code == 404, "it was another service's"


def test_a_card_of_another_client_is_not_found(send, card, configured):
    second = a_client(issuer="https://second.example", jwks={"keys": [jwk_of(ANOTHER_KEY)]})
    configured.CDS_HOOKS = told(clients=[a_client(), second])
    assert send(overridden(card), key=ANOTHER_KEY, iss="https://second.example").status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"card": "x"},
        {"card": 5},
        {"outcome": "ignored"},
        {"outcome": ["overridden"]},
        {"outcomeTimestamp": None},
        {"outcomeTimestamp": "yesterday"},
        {"outcomeTimestamp": "2026-01-05T09:30:00"},
        {"outcomeTimestamp": "2026-02-30T09:30:00Z"},
        {"outcomeTimestamp": "0001-01-01T00:00:00+14:00"},
        {"outcomeTimestamp": "2999-01-01T00:00:00Z"},
        {"overrideReason": "because"},
        {"overrideReason": {"reason": "because"}},
        {"overrideReason": {"reason": {"code": "x" * 101}}},
        {"overrideReason": {"userComment": "x" * 2001}},
        {"overrideReason": {"userComment": 5}},
        {"acceptedSuggestions": "x"},
        {"acceptedSuggestions": [{"id": None}]},
        {"acceptedSuggestions": [{"id": str(uuid.uuid4())}]},
        {"outcome": "accepted"},
    ],
)
def test_feedback_that_cannot_be_right_is_a_400(send, card, wrong):
    answer = send(overridden(card) | wrong)
    assert (answer.status_code, HookFeedback.objects.count()) == (400, 0), answer.json()


@pytest.mark.parametrize("sent", [{}, {"feedback": []}, {"feedback": {}}, {"feedback": [5]}, {"feedback": [{}] * 51}])
def test_a_body_without_feedback_is_a_400(post, sent):
    assert post(VIEW, sent, "/feedback").status_code == 400


def test_a_comment_may_hold_what_a_database_cannot(send, card):
    assert send(overridden(card, overrideReason={"userComment": "a\0b"})).status_code == 200
    assert HookFeedback.objects.get().comment == "a\ufffdb"
