"""Watches run on stored records: kept once, ended when they no longer hold, new when their evidence is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from preceptor.advice import Finding as Found
from preceptor.advice import Priority
from preceptor.service.accounts.models import Role
from preceptor.service.findings.answering import answer
from preceptor.service.findings.models import Finding, Kind, Reading, answered_on, waits_on
from preceptor.service.findings.noticing import keep, notice_all, notice_patient
from preceptor.service.findings.watches import packs_on, switch, version_of, watches_on
from preceptor.service.ledger.models import Entry
from preceptor.service.patients.models import Event
from preceptor.tools.watch import all_watches, watch_named
from service.factories import a_patient, a_practice, a_user, an_event
from service.findings.conftest import potassium

pytestmark = pytest.mark.django_db
WATCH = "potassium_high_not_repeated"


def waiting(patient):
    return Finding.objects.of(patient.practice).filter(waits_on(timezone.localdate()), patient=patient)


def test_a_high_potassium_is_noticed_kept_once_and_ends_when_it_is_repeated(patient):
    assert notice_patient(patient)
    (finding,) = waiting(patient)
    event = Event.objects.get(patient=patient)
    assert (finding.watch, finding.priority, finding.evidence) == (WATCH, "today", [event.key])
    assert finding.version == version_of(watch_named(WATCH))
    assert finding.since == (event.when + timedelta(days=14)).date()
    assert "met" in {each["state"] for each in finding.detail["criteria"]}

    assert not notice_patient(patient)  # nothing is new, so the record is not read again
    potassium(patient, 4.4, days=1)
    assert notice_patient(patient)
    finding.refresh_from_db()
    assert finding.ended is not None
    assert not waiting(patient)


def test_what_was_answered_comes_back_with_new_evidence_alone(patient, gp):
    notice_patient(patient)
    (finding,) = waiting(patient)
    answer([finding.pk], gp, Kind.DISMISS, reason="known")
    for days in (1, 30):
        notice_patient(patient, timezone.now() + timedelta(days=days))
        assert not waiting(patient)
    potassium(patient, 6.4, days=16)
    notice_patient(patient)
    (again,) = waiting(patient)
    assert again.pk != finding.pk
    assert again.answer is None


def test_a_corrected_value_is_new_evidence(patient, gp):
    notice_patient(patient)
    answer([waiting(patient).get().pk], gp, Kind.ACT)
    Event.objects.filter(patient=patient).update(value=6.9)
    Reading.objects.all().delete()
    notice_patient(patient)
    assert waiting(patient).get().answer is None


def test_what_went_and_came_back_the_same_keeps_its_answer(patient, gp):
    notice_patient(patient)
    (finding,) = waiting(patient)
    answer([finding.pk], gp, Kind.ACT)
    repeat = potassium(patient, 4.4, days=1)
    notice_patient(patient)
    repeat.delete()  # it was filed for somebody else
    notice_patient(patient)
    finding.refresh_from_db()
    assert finding.ended is None
    assert not waiting(patient)


def test_of_a_watch_there_is_one_finding_at_a_time(patient):
    notice_patient(patient)
    finding = waiting(patient).get()
    finding.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        finding.save(force_insert=True)


def test_a_sweep_goes_over_everybody_once_and_on_from_where_it_was_stopped(practice, patient):
    others = [a_patient(practice) for _ in range(3)]
    potassium(others[2], 6.5, days=40)
    elsewhere = a_patient(a_practice())
    potassium(elsewhere, 6.5, days=40)

    def stop(done, of):
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        notice_all(practice, stop)
    swept = notice_all(practice)
    assert (swept.patients, swept.read) == (4, 2)
    assert swept.findings == Finding.objects.filter(ended=None).count() == waiting(patient).count() + 1
    assert notice_all(practice).read == 0
    assert not Finding.objects.filter(patient=elsewhere).exists()


def test_who_has_died_has_nothing_waiting(patient):
    notice_patient(patient)
    patient.died = timezone.localdate()
    patient.save()
    notice_patient(patient)
    assert not waiting(patient)


def test_a_pack_that_nobody_spoke_for_is_off_and_a_switch_is_signed(patient):
    practice = a_practice()
    assert watches_on(practice) == ()
    manager = a_user(practice, Role.MANAGER)
    row = switch(practice, "results", on=True, user=manager, why="We read the forecast")
    assert packs_on(practice) == {"results"}
    entry = Entry.objects.get(kind="findings.pack", subject="pack:results", practice=practice.ods_code)
    assert str(row.pk) in entry.body
    with pytest.raises(PermissionError):
        switch(practice, "results", on=False, user=a_user(practice), why="I do not like it")
    with pytest.raises(PermissionError):
        switch(practice, "results", on=False, user=a_user(a_practice(), Role.MANAGER), why="I do not like it")
    with pytest.raises(ValueError, match="say why"):
        switch(practice, "results", on=False, user=manager, why="no")


def test_what_a_pack_found_waits_out_of_sight_while_it_is_off(practice, patient):
    notice_patient(patient)
    switch(practice, "results", on=False, user=None, why="as the test needs it")
    notice_patient(patient)
    assert waiting(patient).get().ended is None


def test_every_watch_has_a_version_of_its_own():
    assert len({version_of(watch) for watch in all_watches()}) == len(all_watches())


# No finding is lost: what the watches say now is in sight, or answered on evidence that holds everything it rests on.

WATCHES = ("potassium_high_not_repeated", "ckd_uncoded")
_STEPS = st.one_of(
    st.tuples(
        st.just("found"), st.dictionaries(st.sampled_from(WATCHES), st.frozensets(st.sampled_from("abcd"), max_size=3))
    ),
    st.tuples(st.just("answer"), st.sampled_from([Kind.ACT, Kind.DISMISS, Kind.SNOOZE, Kind.SHOW_AGAIN])),
    st.tuples(st.just("wait"), st.integers(1, 40)),
)
_CHOICES = {Kind.DISMISS: {"reason": "known"}, Kind.SNOOZE: {"reason": "booked"}}


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.lists(_STEPS, max_size=12))
def test_no_finding_is_lost(practice, gp, steps):
    patient = a_patient(practice)
    now = datetime(2026, 3, 2, 9, tzinfo=UTC)
    found: dict[str, frozenset[str]] = {}
    with pytest.MonkeyPatch.context() as patch:
        for what, how in steps:
            patch.setattr(timezone, "now", lambda now=now: now)
            if what == "wait":
                now += timedelta(days=how)
                continue
            if what == "answer":
                ids = list(Finding.objects.filter(patient=patient, ended=None).values_list("pk", flat=True))
                until = {"until": now.date() + timedelta(days=7)} if how == Kind.SNOOZE else {}
                for pk in ids:
                    if how == Kind.SHOW_AGAIN or Finding.objects.get(pk=pk).waits:
                        answer([pk], gp, how, **_CHOICES.get(how, {}), **until)
                continue
            found = how
            keep(patient, [_found(patient, *each) for each in found.items()], {c: c for c in "abcd"}, WATCHES, now)
        rows = Finding.objects.of(practice).filter(patient=patient)
        in_sight = set(rows.filter(waits_on(now.date())).values_list("watch", flat=True))
        answered = {row.watch: row for row in rows.filter(answered_on(now.date())).select_related("answer")}
    assert in_sight | set(answered) == set(found)
    assert not in_sight & set(answered)
    for watch, row in answered.items():
        assert found[watch] <= set(row.marks)
        if row.answer.kind == Kind.SNOOZE:
            assert now.date() < row.answer.until


def _found(patient, watch, evidence):
    return Found(
        patient=patient.key, watch=watch, title=watch, since=date(2026, 1, 1), priority=Priority.ROUTINE,
        evidence=tuple(sorted(evidence)), detail={"criteria": []}, ask="Do something.",
    )  # fmt: skip


def test_two_readers_of_one_record_leave_one_finding(patient):
    an_event(patient, kind="condition", concept=None, text="Something else")
    assert notice_patient(patient)
    assert not notice_patient(patient)
    assert waiting(patient).count() == Finding.objects.filter(patient=patient).count()
