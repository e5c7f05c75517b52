"""A card is acted on, dismissed or snoozed, under a name, in the ledger; those of one evidence are one card."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from preceptor.advice import Priority
from preceptor.service.accounts.models import Role
from preceptor.service.findings.answering import Refused, answer, give_to
from preceptor.service.findings.cards import Limits, merged, within
from preceptor.service.findings.models import Answer, Finding, Kind, waits_on
from preceptor.service.findings.noticing import notice_patient
from preceptor.service.findings.responses import responses_of
from preceptor.service.ledger.models import Entry
from preceptor.service.ledger.verify import verify
from preceptor.service.requests.models import Decision
from service.factories import a_patient, a_practice, a_request, a_user, an_event

pytestmark = pytest.mark.django_db


def a_finding(patient, watch="ckd_uncoded", fingerprint="", **fields):
    now = timezone.now()
    return Finding.objects.create(
        **{
            "practice": patient.practice, "patient": patient, "watch": watch, "version": "1", "title": watch,
            "priority": Priority.ROUTINE, "fingerprint": fingerprint or watch, "ask": "Do something.",
            "first_noticed": now, "last_confirmed": now,
        }
        | fields
    )  # fmt: skip


def test_a_snoozed_finding_is_shown_again_on_its_day_and_the_ledger_tells_of_it(patient, gp):
    notice_patient(patient)
    finding = Finding.objects.get()
    today = timezone.localdate()
    answer([finding.pk], gp, Kind.SNOOZE, reason="booked", until=today + timedelta(days=7))
    days = [n for n in range(10) if Finding.objects.filter(waits_on(today + timedelta(days=n))).exists()]
    assert days == [7, 8, 9]
    entry = Entry.objects.get(kind="finding.answer", subject=f"finding:{finding.pk}")
    body = json.loads(entry.body)
    assert (body["kind"], body["reason"], body["until"]) == (
        "snooze",
        "booked",
        (today + timedelta(days=7)).isoformat(),
    )
    assert entry.actor.startswith(f"user:{gp.pk} ")
    assert verify().whole
    Answer.objects.update(reason="other")
    assert "its reason was changed" in str(verify().fault)


@pytest.mark.parametrize(
    ("kind", "more", "field"),
    [
        (Kind.DISMISS, {}, "dismiss_reason"),
        (Kind.DISMISS, {"reason": "booked"}, "dismiss_reason"),
        (Kind.DISMISS, {"reason": "other"}, "note"),
        (Kind.SNOOZE, {"until": 7}, "snooze_reason"),
        (Kind.SNOOZE, {"reason": "booked"}, "until"),
        (Kind.SNOOZE, {"reason": "booked", "until": 0}, "until"),
        (Kind.SNOOZE, {"reason": "booked", "until": 367}, "until"),
    ],
)
def test_a_dismissal_or_a_snooze_says_why_and_until_when(patient, gp, kind, more, field):
    finding = a_finding(patient)
    if "until" in more:
        more = more | {"until": timezone.localdate() + timedelta(days=more["until"])}
    with pytest.raises(Refused) as why:
        answer([finding.pk], gp, kind, **more)
    assert why.value.field == field
    assert not Answer.objects.exists()


def test_who_may_not_answer_is_refused(patient, practice, gp):
    finding, other = a_finding(patient), a_finding(a_patient(practice))
    for user in (a_user(practice, Role.MANAGER), a_user(a_practice())):
        with pytest.raises(Refused):
            answer([finding.pk], user, Kind.ACT)
        with pytest.raises(Refused):
            give_to([finding.pk], user, None)
    with pytest.raises(Refused):
        answer([finding.pk, other.pk], gp, Kind.ACT)  # of two patients at once
    with pytest.raises(Refused):
        give_to([finding.pk], gp, a_user(a_practice()))
    assert not Answer.objects.exists()


def test_a_second_answer_is_told_of_the_first_and_can_be_taken_back(patient, practice, gp):
    finding, colleague = a_finding(patient), a_user(practice, last_name="Sampleton")
    answer([finding.pk], colleague, Kind.ACT)
    with pytest.raises(Refused, match="Sampleton answered this already: acted on"):
        answer([finding.pk], gp, Kind.ACT)
    answer([finding.pk], gp, Kind.SHOW_AGAIN)
    answer([finding.pk], gp, Kind.DISMISS, reason="known")
    assert Answer.objects.count() == 3


def test_what_changed_since_the_page_was_opened_is_not_answered(patient, gp):
    finding = a_finding(patient, ended=timezone.now())
    with pytest.raises(Refused, match="has changed"):
        answer([finding.pk], gp, Kind.ACT)


def test_findings_of_one_evidence_are_one_card_and_answered_together(patient, gp):
    one = a_finding(patient, "ckd_uncoded", "same")
    two = a_finding(patient, "acr_raised_uncoded", "same", priority=Priority.TODAY)
    three = a_finding(patient, "potassium_high_not_repeated", "other", priority=Priority.THIS_WEEK)
    cards = merged([one, two, three])
    assert [card.ids for card in cards] == [[two.pk, one.pk], [three.pk]]
    assert cards[0].priority == Priority.TODAY
    answer(cards[0].ids, gp, Kind.ACT)
    assert list(Finding.objects.filter(waits_on(timezone.localdate()))) == [three]


def test_the_budget_holds_back_all_but_what_is_for_today(patient):
    cards = merged(
        [a_finding(patient, f"watch{n}", priority=Priority.TODAY if n < 2 else Priority.ROUTINE) for n in range(8)]
    )
    ids = [card.lead.pk for card in cards]
    for limits, seen, shown in (
        (Limits(5, 40), [], ids[:5]),
        (Limits(5, 3), [], ids[:3]),
        (Limits(5, 2), [901, 902], ids[:2]),
        (Limits(5, 2), [901, ids[3]], [*ids[:2], ids[3]]),  # one that was shown before costs nothing again
    ):
        front, rest = within(cards, limits, seen)
        assert [card.lead.pk for card in front] == shown
        assert sorted(card.lead.pk for card in (*front, *rest)) == sorted(ids)


def test_what_was_passed_by_when_the_patient_was_next_seen_counts_as_ignored(practice, gp):
    before, now = timezone.now() - timedelta(days=2), timezone.now()
    seen, unseen, decided, acted, resolved = (a_patient(practice) for _ in range(5))
    for patient in (seen, unseen, decided, acted, resolved):
        a_finding(patient, shown=before)
    an_event(seen, kind="encounter", text="Consultation", when=now - timedelta(days=1))
    an_event(unseen, kind="encounter", text="Consultation", when=before - timedelta(days=1))
    request = a_request(practice, patient=decided, state="decided")
    Decision.objects.create(request=request, round=1, clinician=gp, urgency="soon", handler="gp", opened=now)
    an_event(acted, kind="encounter", text="Consultation", when=now - timedelta(days=1))
    answer([acted.findings.get().pk], gp, Kind.ACT)
    an_event(resolved, kind="encounter", text="Consultation", when=now - timedelta(hours=1))
    resolved.findings.update(ended=now - timedelta(days=1))

    told = responses_of(practice)["ckd_uncoded"]
    assert told.counts == {"ignored": 2, "act": 1}
    assert (told.n, told.open) == (3, 1)
    shares = dict(told.shares)
    assert shares["ignored"].value == pytest.approx(2 / 3)
    assert 0.2 < shares["ignored"].interval.low < 2 / 3 < shares["ignored"].interval.high < 0.95
    assert not told.is_ignored  # three are too few to say so
    assert responses_of(a_practice()) == {}


def test_a_watch_that_is_ignored_is_called_so(practice):
    for n in range(12):
        patient = a_patient(practice)
        a_finding(patient, shown=timezone.now() - timedelta(days=2))
        if n:
            an_event(patient, kind="encounter", text="Consultation", when=timezone.now() - timedelta(days=1))
    assert responses_of(practice)["ckd_uncoded"].is_ignored


def test_real_watches_on_one_evidence_merge(practice):
    patient = a_patient(practice)
    for days in (100, 200):
        when = timezone.now() - timedelta(days=days)
        an_event(patient, kind="result", concept="hba1c", text="HbA1c", value=60.0, unit="mmol/mol", when=when)
    notice_patient(patient)
    cards = merged(Finding.objects.filter(patient=patient))
    both = [card for card in cards if len(card.findings) == 2]
    assert [{each.watch for each in card.findings} for card in both] == [
        {"hba1c_diabetic_uncoded", "hba1c_diabetic_not_repeated"}
    ]
