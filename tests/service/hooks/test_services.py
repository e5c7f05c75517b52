"""The cards that a clinical system is given for a record that it brings."""

from __future__ import annotations

import json
import uuid

import pytest

from preceptor.service.findings.watches import switch
from preceptor.service.hooks.models import HookCard
from preceptor.tools.watch import all_watches
from service.factories import a_practice
from service.hooks.calling import BASE, ORDER, VIEW, a_client, bearer, body, prefetch_of, told
from service.hooks.records import HIGH_POTASSIUM, a_draft, a_medicine, a_person, a_result, a_view, an_order

pytestmark = pytest.mark.django_db


def test_a_high_potassium_that_nobody_repeated_is_a_card(post):
    answer = post(VIEW, a_view(HIGH_POTASSIUM))

    assert answer.status_code == 200
    (card,) = answer.json()["cards"]
    assert card["summary"].startswith("High potassium, not repeated (since ")
    assert card["indicator"] == "critical"
    assert "- Yes: Potassium: latest at least 5.8 mmol/L: 6.1 (since " in card["detail"]
    assert card["source"]["topic"]["code"] == "results"
    (suggestion,) = card["suggestions"]
    resource = suggestion["actions"][0]["resource"]
    assert (resource["resourceType"], resource["status"], resource["intent"]) == ("ServiceRequest", "draft", "proposal")
    assert resource["subject"] == {"reference": "Patient/p1"}
    assert "systemActions" not in answer.json(), "nothing is applied by itself"
    kept = HookCard.objects.get()
    assert (str(kept.pk), kept.watch) == (card["uuid"], "potassium_high_not_repeated")
    assert kept.suggestions == [suggestion["uuid"]]


def test_a_clean_record_has_no_card(post):
    answer = post(VIEW, a_view(a_result("2823-3", 4.5, "mmol/L", 20)))
    assert (answer.status_code, answer.json()) == (200, {"cards": []})
    assert not HookCard.objects.exists()


def test_an_order_that_meets_another_medicine(post):
    taking = a_medicine("Warfarin 3mg tablets")
    alone = post(ORDER, an_order(a_draft("Paracetamol 500mg tablets"), record=(taking,)))
    together = post(ORDER, an_order(a_draft("Naproxen 500mg tablets"), record=(taking,)))

    assert alone.json() == {"cards": []}
    titles = [card["summary"].partition(" (")[0] for card in together.json()["cards"]]
    assert "Anti-inflammatory with an anticoagulant" in titles


def test_only_what_was_selected_is_spoken_of(post):
    record = (a_medicine("Warfarin 3mg tablets"), a_medicine("Naproxen 500mg tablets", "m2"))
    drafts = (a_draft("Paracetamol 500mg tablets", "d1"), a_draft("Clopidogrel 75mg tablets", "d2"))

    told_of_paracetamol = post(ORDER, an_order(*drafts, record=record, select=["MedicationRequest/d1"]))
    told_of_clopidogrel = post(ORDER, an_order(*drafts, record=record, select=["d2"]))

    assert told_of_paracetamol.json() == {"cards": []}
    assert told_of_clopidogrel.json()["cards"]


def test_the_most_urgent_come_first_and_the_budget_holds(post, configured):
    configured.CDS_HOOKS = told(cards=2)
    record = (
        HIGH_POTASSIUM,
        a_medicine("Naproxen 500mg tablets"),
        a_medicine("Warfarin 3mg tablets", "m2", days=200, status="active"),
        a_result("2951-2", 120, "mmol/L", 20),
    )

    cards = post(VIEW, a_view(*record)).json()["cards"]

    assert [card["indicator"] for card in cards] == ["critical", "critical"]
    assert "less urgent cards are not shown." in cards[0]["detail"]


def test_an_overdue_test_can_be_requested(post):
    cards = post(VIEW, a_view(a_medicine("Methotrexate 2.5mg tablets", days=400))).json()["cards"]

    labels = [suggestion["label"] for card in cards for suggestion in card.get("suggestions", [])]
    assert "Request: Blood count" in labels
    assert len(labels) == len({each["uuid"] for card in cards for each in card.get("suggestions", [])})


def test_no_watch_speaks_of_who_has_died(post):
    for parts in ({"deceasedBoolean": True}, {"deceasedDateTime": "2026-01-01"}):
        sent = body("patient-view", prefetch_of([a_person(**parts), HIGH_POTASSIUM]))
        assert post(VIEW, sent).json() == {"cards": []}


def test_what_is_about_somebody_else_is_left_out_and_said_so(post):
    theirs = a_result("2951-2", 115, "mmol/L", 20, subject={"reference": "Patient/other"})

    (card,) = post(VIEW, a_view(HIGH_POTASSIUM, theirs)).json()["cards"]

    assert card["summary"].startswith("High potassium")
    assert "1 entry that was sent was left out: not readable, or about somebody else." in card["detail"]


def test_nothing_that_was_sent_stands_in_a_card(post):
    """A client may show Markdown as HTML: a record must not be able to write into it."""
    script = "<script>alert(1)</script>[x](javascript:1)"
    result = HIGH_POTASSIUM | {
        "id": "o<b>",
        "code": HIGH_POTASSIUM["code"] | {"text": script},
        "note": [{"text": script}],
    }
    medicine = a_medicine(f"Warfarin {script}", days=400)

    answer = post(VIEW, a_view(result, medicine))

    assert len(answer.json()["cards"]) >= 2
    assert "alert(1)" not in answer.content.decode()
    assert "<" not in "".join(card["detail"] + card["summary"] for card in answer.json()["cards"])


def test_cards_are_of_the_practice_that_the_client_speaks_for(post, configured):
    practice = a_practice(ods_code="A81001")
    switch(practice, "results", on=True, user=None, why="as the test needs it")
    configured.CDS_HOOKS = told(clients=[a_client(practice="A81001")])
    post(VIEW, a_view(HIGH_POTASSIUM))
    assert HookCard.objects.of(practice).count() == 1


def test_a_record_of_synthea_brings_its_cards(post, shared):
    """Whole records, as the sandbox's own FHIR server holds them."""
    told_of = 0
    for path in sorted((shared / "data/fhir/synthea_r4").glob("*.json"))[:6]:
        resources = [entry["resource"] for entry in json.loads(path.read_text())["entry"]]
        names = {entry["fullUrl"]: f"{entry['resource']['resourceType']}/{entry['resource']['id']}"
                 for entry in json.loads(path.read_text())["entry"]}  # fmt: skip
        text = json.dumps(resources)
        for full_url, name in names.items():
            text = text.replace(json.dumps(full_url), json.dumps(name))  # as a server stores a transaction
        answer = post(VIEW, body("patient-view", prefetch_of(json.loads(text))))
        assert answer.status_code == 200, path.name
        told_of += len(answer.json()["cards"])
    assert told_of


# What cannot be answered ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("missing", ["patient", "conditions", "results", "medications", "referrals", "documents"])
def test_data_that_is_needed_and_absent_is_a_412(post, missing):
    sent = a_view(HIGH_POTASSIUM)
    del sent["prefetch"][missing]

    answer = post(VIEW, sent)

    assert answer.status_code == 412
    assert missing in answer.json()["detail"]


def test_no_prefetch_at_all_is_a_412_whatever_server_is_named(post):
    sent = a_view()
    del sent["prefetch"]
    assert post(VIEW, sent).status_code == 412
    sent["fhirAuthorization"] = {"access_token": "x", "token_type": "Bearer", "expires_in": 300}
    assert post(VIEW, sent).status_code == 412, "nothing is fetched from outside"
    del sent["fhirServer"]
    assert post(VIEW, sent).status_code == 400


def test_lists_that_are_kept_elsewhere_may_be_absent(post):
    sent = a_view(HIGH_POTASSIUM)
    del sent["prefetch"]["statements"], sent["prefetch"]["allergies"]
    assert post(VIEW, sent).status_code == 200


def test_a_first_page_is_not_taken_for_the_whole(post):
    sent = a_view(HIGH_POTASSIUM)
    sent["prefetch"]["results"]["link"] = [{"relation": "next", "url": "https://fhir.example.org/r4?page=2"}]
    answer = post(VIEW, sent)
    assert (answer.status_code, answer.json()["detail"]) == (
        412, "prefetch.results is one page of several. Send all of it at once.",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("hook",), "order-sign"),
        (("hook",), None),
        (("hookInstance",), "not a uuid"),
        (("fhirServer",), "ftp://x"),
        (("context",), []),
        (("context", "patientId"), "somebody-else"),
        (("context", "patientId"), "a/b"),
        (("context", "userId"), "Device/1"),
        (("prefetch",), "x"),
        (("prefetch", "results"), []),
        (("prefetch", "results"), {"resourceType": 5}),
        (("prefetch", "patient"), {"resourceType": "Bundle"}),
    ],
)
def test_a_mistake_of_the_client_is_a_400(post, path, value):
    sent = a_view(HIGH_POTASSIUM)
    at = sent
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    answer = post(VIEW, sent)
    assert (answer.status_code, list(answer.json())) == (400, ["detail"])


@pytest.mark.parametrize(
    "context",
    [
        {"draftOrders": None},
        {"draftOrders": {"resourceType": "Bundle", "entry": [{"resource": 1}]}},
        {"draftOrders": {"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "MedicationRequest"}}]}},
        {"selections": "MedicationRequest/d1"},
        {"selections": ["MedicationRequest/another"]},
    ],
)
def test_orders_that_cannot_be_read_are_a_400(post, context):
    sent = an_order(a_draft("Naproxen 500mg tablets"))
    sent["context"] |= context
    assert post(ORDER, sent).status_code == 400


def test_a_body_that_is_no_call(client, post, monkeypatch):
    assert post(VIEW, "not json").status_code == 400
    assert post(VIEW, "[]").status_code == 400
    assert post(VIEW, b"\xff\xfe").status_code == 400
    assert post("preceptor-nothing", a_view()).status_code == 404
    url = f"{BASE}/{VIEW}"
    assert client.post(url, "a=b", "application/x-www-form-urlencoded", headers=bearer(url)).status_code == 415
    assert client.get(url).status_code == 405
    monkeypatch.setattr("preceptor.service.hooks.asked.LARGEST", 1000)
    assert (
        post(VIEW, a_view(HIGH_POTASSIUM, *[a_result("2823-3", 4, "mmol/L", n) for n in range(9)])).status_code == 413
    )


def test_a_client_that_calls_too_often_is_asked_to_wait(post, configured):
    configured.CDS_HOOKS = told(calls_a_minute=10, clients=[a_client(issuer=f"https://{uuid.uuid4()}.example")])
    issuer = configured.CDS_HOOKS["clients"][0]["issuer"]
    statuses = [post(VIEW, a_view(), iss=issuer).status_code for _ in range(3)]
    assert statuses[0] == 200
    assert statuses[-1] == 429


def test_nothing_of_a_call_is_logged(post, caplog):
    caplog.set_level("DEBUG")
    post(VIEW, a_view(HIGH_POTASSIUM))
    post(VIEW, a_view() | {"prefetch": {"patient": a_person(name=[{"family": "SECRETLY"}])}})
    assert "TESTLEY" not in caplog.text
    assert "SECRETLY" not in caplog.text


def test_every_watch_has_its_page(client):
    for watch in all_watches()[:5]:
        page = client.get(f"/cds-services/watches/{watch.id}")
        assert page.status_code == 200
        assert watch.title in page.content.decode()
    assert client.get("/cds-services/watches/none").status_code == 404
