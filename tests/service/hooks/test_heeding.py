"""What a practice decided and its clinicians answered holds for the cards in other systems too."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from preceptor.service.findings.answering import answer
from preceptor.service.findings.models import Budget, Finding, Kind
from preceptor.service.findings.noticing import notice_patient
from preceptor.service.findings.responses import responses_of
from preceptor.service.findings.watches import switch
from preceptor.service.hooks.models import HookCard, HookFeedback
from preceptor.service.patients.importing import import_paths
from preceptor.service.patients.models import Patient
from preceptor.tools.watch import PACKS
from service.factories import a_practice, a_user
from service.hooks.calling import ORDER, VIEW, a_client, body, prefetch_of, told
from service.hooks.records import HIGH_POTASSIUM, a_draft, a_medicine, a_person, a_result, a_view, an_order

pytestmark = pytest.mark.django_db
NHS_NUMBER = {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9999999999"}
WATCH = "potassium_high_not_repeated"


@pytest.fixture
def practice(configured):
    """The client speaks for it; every pack is on."""
    practice = a_practice(ods_code="A81001")
    for pack in PACKS:
        switch(practice, pack, on=True, user=None, why="as the tests need it")
    configured.CDS_HOOKS = told(clients=[a_client(practice="A81001")], cards=20)
    return practice


@pytest.fixture
def noticed(practice, tmp_path):
    """The same patient in our own database, imported from the same system, with the finding."""
    path = tmp_path / "bundle.json"
    entry = [{"resource": each} for each in (a_person(), HIGH_POTASSIUM)]
    path.write_text(json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entry}))
    import_paths(practice, [path])
    notice_patient(Patient.objects.get())
    return Finding.objects.get(watch=WATCH)


def watches(answered):
    assert answered.status_code == 200, answered.json()
    return {card.watch for card in HookCard.objects.filter(pk__in=[each["uuid"] for each in answered.json()["cards"]])}


def dismissal(card, code="known", **parts):
    reason = {"overrideReason": {"reason": {"code": code, "system": "urn:x-preceptor:override-reason"}}} if code else {}
    at = timezone.now().isoformat()
    return {"card": card["uuid"], "outcome": "overridden", "outcomeTimestamp": at} | reason | parts


@pytest.fixture
def send(post):
    return lambda *items: post(VIEW, {"feedback": list(items)}, "/feedback")


def test_a_finding_that_was_snoozed_on_our_page_is_no_card_until_its_day(post, practice, noticed):
    assert watches(post(VIEW, a_view(HIGH_POTASSIUM))) == {WATCH}
    tomorrow = timezone.localdate() + timedelta(days=1)
    answer([noticed.pk], a_user(practice), Kind.SNOOZE, reason="booked", until=tomorrow)
    assert watches(post(VIEW, a_view(HIGH_POTASSIUM))) == set()
    noticed.refresh_from_db()
    noticed.answer.until = timezone.localdate()
    noticed.answer.save()
    assert watches(post(VIEW, a_view(HIGH_POTASSIUM))) == {WATCH}


def test_a_new_result_is_a_card_whatever_was_answered_before(post, practice, noticed):
    answer([noticed.pk], a_user(practice), Kind.DISMISS, reason="known")
    assert watches(post(VIEW, a_view(HIGH_POTASSIUM))) == set()
    for changed in (HIGH_POTASSIUM | {"valueQuantity": HIGH_POTASSIUM["valueQuantity"] | {"value": 6.4}},
                    HIGH_POTASSIUM | {"id": "another"}):  # fmt: skip
        assert watches(post(VIEW, a_view(changed))) == {WATCH}
    answer([noticed.pk], a_user(practice), Kind.SHOW_AGAIN)
    assert watches(post(VIEW, a_view(HIGH_POTASSIUM))) == {WATCH}


@pytest.mark.parametrize(
    ("ours", "theirs", "is_the_same"),
    [
        ({"nhs_number": "9999999999", "key": "Patient/7"}, {"identifier": [NHS_NUMBER]}, True),
        ({"nhs_number": "9999999999"}, {}, True),
        ({}, {"identifier": [NHS_NUMBER]}, True),
        ({"nhs_number": "9876543210"}, {"identifier": [NHS_NUMBER]}, False),
        ({}, {"birthDate": "1951-03-02"}, False),
        ({"key": "Patient/7"}, {}, False),
    ],
)
def test_answers_are_those_of_the_same_person(post, practice, noticed, ours, theirs, is_the_same):
    Patient.objects.update(**ours)
    answer([noticed.pk], a_user(practice), Kind.ACT)
    sent = body("patient-view", prefetch_of([a_person(**theirs), HIGH_POTASSIUM]))
    assert (WATCH not in watches(post(VIEW, sent))) is is_the_same


def test_only_packs_that_are_on_speak(post, practice):
    taking, high = a_medicine("Warfarin 3mg tablets", days=400), HIGH_POTASSIUM
    assert WATCH in watches(post(VIEW, a_view(high, taking)))
    switch(practice, "results", on=False, user=None, why="as the test needs it")
    found = watches(post(VIEW, a_view(high, taking)))
    assert found
    assert WATCH not in found
    switch(practice, "prescribing", on=False, user=None, why="as the test needs it")
    assert watches(post(ORDER, an_order(a_draft("Naproxen 500mg tablets"), record=(taking,)))) == set()


def test_a_client_of_a_practice_that_is_not_here_is_served_nothing(post, configured):
    configured.CDS_HOOKS = told(clients=[a_client(practice="A99999")])
    assert post(VIEW, a_view(HIGH_POTASSIUM)).status_code == 503


def test_the_practices_budget_holds(post, practice):
    def set_budget(a_patient, a_session):
        gp = a_user(practice)
        Budget.objects.create(practice=practice, per_patient=a_patient, per_session=a_session, signed_by=gp)

    routine = [a_medicine(name, f"m{n}", days=200) for n, name in enumerate(
        ("Methotrexate 2.5mg tablets", "Amiodarone 200mg tablets", "Lithium carbonate 400mg tablets"))]  # fmt: skip
    sent = a_view(HIGH_POTASSIUM, *routine)
    everything = watches(post(VIEW, sent))
    assert len(everything) > 3
    set_budget(2, 40)
    assert len(watches(post(VIEW, sent))) == 2
    HookCard.objects.all().delete()
    set_budget(20, 2)
    shown = watches(post(VIEW, sent))
    assert WATCH in shown, "what is for today is never held back"
    assert len(shown) < len(everything)
    assert watches(post(VIEW, sent)) == shown, "what was shown today costs nothing again"
    assert HookCard.objects.exclude(clinician="").count() == HookCard.objects.count()
    somebody_else = body("patient-view", sent["prefetch"], userId="Practitioner/another")
    assert watches(post(VIEW, somebody_else)) == shown, "each has a budget of their own"


def test_findings_of_one_evidence_are_one_card(post, practice):
    results = [a_result("59261-8", 60, "mmol/mol", days) for days in (100, 200)]
    cards = post(VIEW, a_view(*results)).json()["cards"]
    kept = HookCard.objects.filter(also__0__isnull=False).get()
    assert {kept.watch, *kept.also} == {"hba1c_diabetic_uncoded", "hba1c_diabetic_not_repeated"}
    (card,) = (each for each in cards if each["uuid"] == str(kept.pk))
    assert "**Also: " in card["detail"]


@pytest.mark.parametrize(
    ("code", "fate", "days", "is_shown_again"),
    [
        ("known", "dismiss", 5, False), ("their-own-code", "dismiss", 0, False),
        ("not_now", "snooze", 0, False), ("not_now", "snooze", 1, True),
        ("", "snooze", 0, False), ("", "snooze", 2, True),
    ],
)  # fmt: skip
def test_what_was_dismissed_there_is_no_card_again(post, send, practice, code, fate, days, is_shown_again):
    (card,) = post(VIEW, a_view(HIGH_POTASSIUM)).json()["cards"]
    assert send(dismissal(card, code)).status_code == 200
    HookFeedback.objects.update(at=timezone.now() - timedelta(days=days))
    assert watches(post(VIEW, a_view(HIGH_POTASSIUM))) == ({WATCH} if is_shown_again else set())
    assert responses_of(practice)[WATCH].counts == {fate: 1}
    newer = a_result("2823-3", 6.3, "mmol/L", 15)
    assert WATCH in watches(post(VIEW, a_view(HIGH_POTASSIUM, newer))), "what is new was not dismissed"
    another = body("patient-view", prefetch_of([a_person(id="p2"), HIGH_POTASSIUM | {"subject": {
        "reference": "Patient/p2"}}]))  # fmt: skip
    assert watches(post(VIEW, another)) == {WATCH}, "an answer is about one patient"


def test_a_draft_order_is_the_same_evidence_in_every_call_of_a_day(post, practice, monkeypatch):
    """A client calls again at each change of a draft, such as of its dose."""
    taking, draft = a_medicine("Warfarin 3mg tablets", days=400), a_draft("Naproxen 500mg tablets", "request-123")
    dose = [{"doseAndRate": [{"doseQuantity": {"value": 2}}], "timing": {"repeat": {"frequency": 2, "period": 1}}}]
    watch, now = "nsaid_with_anticoagulant", timezone.now()
    Budget.objects.create(practice=practice, per_patient=20, per_session=4, signed_by=a_user(practice))

    def called(draft, minutes=0):
        monkeypatch.setattr("preceptor.service.hooks.endpoints.timezone.now", lambda: now + timedelta(minutes=minutes))
        return post(ORDER, an_order(draft, record=(taking,)))

    now = now.replace(hour=9, minute=0)
    first = called(draft)
    assert watch in watches(first)
    for minute in range(1, 6):
        again = called(draft | {"dosageInstruction": dose}, minute)
        assert watches(again) == watches(first), "what was shown today costs nothing again"
    card = next(each for each in again.json()["cards"] if HookCard.objects.get(pk=each["uuid"]).watch == watch)
    assert post(ORDER, {"feedback": [dismissal(card)]}, "/feedback").status_code == 200
    assert watch not in watches(called(draft, 10))
    other = a_draft("Ibuprofen 400mg tablets", "request-123")
    assert watch in watches(called(other, 11)), "another medicine under the same id is news"
    assert watch in watches(called(draft, 24 * 60)), "and so is an order of another day"


def test_accepted_and_overridden_count_with_the_answers_on_our_pages(post, send, practice, noticed):
    (card,) = post(VIEW, a_view(HIGH_POTASSIUM)).json()["cards"]
    send(dismissal(card, "not_right"))
    taken = [{"id": card["suggestions"][0]["uuid"]}]
    send(dismissal(card, "", outcome="accepted", acceptedSuggestions=taken))
    answer([noticed.pk], a_user(practice), Kind.DISMISS, reason="known")
    told_of = responses_of(practice)[WATCH]
    assert told_of.counts == {"act": 1, "dismiss": 1}, "of each card the last counts"
    assert responses_of(a_practice()) == {}


def test_nothing_of_a_patient_can_be_read_from_what_is_kept(post, practice):
    post(VIEW, a_view(HIGH_POTASSIUM))
    kept = str(HookCard.objects.values().get())
    assert not [each for each in ("p1", "Patient/", "abc", "2823", "6.1", "TESTLEY") if f"'{each}" in kept]
    assert len(HookCard.objects.get().about) == 64
