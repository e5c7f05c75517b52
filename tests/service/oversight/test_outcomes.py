"""What turned out to be right: recorded once, corrected and never changed, no sample, and hidden from an auditor."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.utils import timezone

from preceptor.advice import Handler, Standing, Urgency
from preceptor.service.accounts.models import Role
from preceptor.service.ledger.models import Entry
from preceptor.service.ledger.verify import verify
from preceptor.service.oversight import measuring
from preceptor.service.oversight.auditing import CannotAudit, answer, find, queue_for
from preceptor.service.oversight.gates import figures_of, heed_alarms, judged
from preceptor.service.oversight.metrics import metrics_of
from preceptor.service.oversight.models import AuditAnswer, AuditDraw, KnownBy, Outcome
from preceptor.service.oversight.outcomes import MayNot, NotKept, record, summary, turned_out, ways_open
from preceptor.service.oversight.own import own
from preceptor.service.oversight.standing import set_standing, standing_of
from preceptor.service.oversight.terms import DEFAULTS, set_terms
from preceptor.service.requests.deciding import decide, reopen
from preceptor.service.requests.models import Request
from preceptor.service.requests.receiving import Arrival, receive
from service.factories import a_practice, a_request, a_user
from service.oversight.histories import an_auditor, decided

pytestmark = pytest.mark.django_db
MISSED = ("routine", "routine", "routine", "emergency")
AGREED = ("routine",) * 4


@pytest.fixture
def reviewer(practice):
    return a_user(practice, Role.NURSE)


def kept(request, user, urgency=Urgency.SAME_DAY, **said):
    told = {
        "known_by": KnownBy.LATER_EVENT, "known_on": timezone.localdate(), "what": "Admitted with sepsis", "seen": 0
    }  # fmt: skip
    return record(request, user, urgency=urgency, **(told | said))


def test_what_turned_out_is_kept_with_who_when_and_how_and_is_in_the_ledger(practice, gp, reviewer):
    request = receive(practice, Arrival("my knee is sore", source="api")).request
    decide(request, gp, urgency=Urgency.ROUTINE, handler=Handler.GP, reason="", note="", version=request.version)
    AuditDraw.objects.update(drawn=False)

    row = kept(request, reviewer, Urgency.EMERGENCY, known_by=KnownBy.SENIOR_REVIEW, what=" Read\nthe letter ")

    assert (row.by, row.urgency, row.known_by, row.what) == (reviewer, "emergency", "senior_review", "Read the letter")
    entry = Entry.objects.get(kind="request.outcome")
    assert (entry.subject, entry.actor) == (f"request:{request.pk}", f"user:{reviewer.pk} {reviewer.shown_name}")
    assert json.loads(entry.body) == {
        "outcome": row.pk, "urgency": "emergency", "known_by": "senior_review", "what": "Read the letter",
        "known_on": timezone.localdate().isoformat(), "corrects": None,
    }  # fmt: skip
    AuditDraw.objects.update(drawn=json.loads(Entry.objects.get(kind="request.audit_draw").body)["drawn"])
    assert verify().whole


@pytest.mark.parametrize(
    ("column", "value"),
    [("urgency", "routine"), ("known_by", "later_event"), ("what", "Nothing"), ("known_on", date(2026, 1, 1))],
)
def test_an_outcome_that_was_edited_is_named(practice, gp, reviewer, column, value):
    request = receive(practice, Arrival("my knee is sore", source="api")).request
    decide(request, gp, urgency=Urgency.ROUTINE, handler=Handler.GP, reason="", note="", version=request.version)
    if AuditDraw.objects.get().drawn:
        answer(AuditDraw.objects.get(), a_user(practice), urgency="routine", note="")
    row = kept(request, reviewer, known_by=KnownBy.SENIOR_REVIEW)
    assert verify().whole
    Outcome.objects.update(**{column: value})
    assert str(verify().fault).startswith(f"outcome {row.pk}: its {column} was changed")


# ---- who may ----


@pytest.mark.parametrize(
    ("role", "ways"),
    [
        (Role.GP, tuple(KnownBy)),
        (Role.NURSE, tuple(KnownBy)),
        (Role.PHARMACIST, tuple(KnownBy)),
        (Role.SAFETY_OFFICER, tuple(KnownBy)),
        (Role.CARE_NAVIGATOR, (KnownBy.LATER_EVENT,)),
    ],
)
def test_a_clinician_who_took_no_part_reviews_and_a_care_navigator_tells_what_happened(practice, undrawn, role, ways):
    assert ways_open(undrawn, a_user(practice, role)) == ways


def test_a_manager_records_none(practice, undrawn):
    manager = a_user(practice, Role.MANAGER)
    with pytest.raises(MayNot, match="records what turned out"):
        kept(undrawn, manager)
    assert turned_out(undrawn, manager).ways == ()


def test_who_decided_tells_what_happened_and_does_not_review_themselves(undrawn, gp):
    with pytest.raises(NotKept, match="took no part") as why:
        kept(undrawn, gp, known_by=KnownBy.SENIOR_REVIEW)
    assert why.value.field == "known_by"
    assert not Outcome.objects.exists()
    assert kept(undrawn, gp).by == gp


def test_who_gave_a_first_view_that_somebody_else_decided_on_does_not_review_it_either(practice, gp, officer, reviewer):
    [request] = decided(practice, gp, officer, [AGREED])
    request.first_views.update(clinician=reviewer)
    assert ways_open(request, reviewer) == (KnownBy.LATER_EVENT,)


def test_another_practice_records_none(undrawn):
    stranger = a_user(a_practice())
    with pytest.raises(MayNot):
        ways_open(undrawn, stranger)
    with pytest.raises(Request.DoesNotExist):
        kept(undrawn, stranger)


def test_nothing_turns_out_of_what_is_not_decided(practice, gp, undrawn):
    with pytest.raises(NotKept, match="when it is decided"):
        kept(a_request(practice), gp)
    reopen(undrawn, gp, why="They called again", version=undrawn.version)
    with pytest.raises(NotKept, match="opened again"):
        kept(undrawn, gp)


# ---- corrected, never changed ----


def test_a_correction_holds_and_what_it_corrects_stays(practice, undrawn, reviewer, officer):
    first = kept(undrawn, reviewer, Urgency.EMERGENCY)
    assert len(summary(practice, officer).missed) == 1
    second = kept(undrawn, officer, Urgency.ROUTINE, seen=first.pk, what="The letter was another patient's")

    assert [row.pk for row in turned_out(undrawn, reviewer).outcomes] == [second.pk, first.pk]
    assert Outcome.objects.get(pk=first.pk).urgency == "emergency"
    assert json.loads(Entry.objects.filter(kind="request.outcome").latest("seq").body)["corrects"] == first.pk
    assert summary(practice, officer).missed == ()
    assert summary(practice, officer).recorded == 1


def test_two_at_once_do_not_write_over_each_other(undrawn, reviewer, officer):
    kept(undrawn, reviewer)
    with pytest.raises(NotKept, match="meanwhile"):
        kept(undrawn, officer, Urgency.ROUTINE)
    assert Outcome.objects.count() == 1


def test_who_decided_does_not_correct_what_a_colleague_recorded(undrawn, gp, reviewer):
    first = kept(undrawn, reviewer, Urgency.EMERGENCY)
    with pytest.raises(NotKept, match="a colleague corrects it"):
        kept(undrawn, gp, Urgency.ROUTINE, seen=first.pk)
    assert turned_out(undrawn, gp).ways == ()
    assert turned_out(undrawn, gp).outcomes == (first,)


def test_who_decided_corrects_what_they_recorded_themselves_but_takes_no_emergency_back(undrawn, gp, officer):
    first = kept(undrawn, gp, Urgency.SOON)
    second = kept(undrawn, gp, Urgency.EMERGENCY, seen=first.pk)
    with pytest.raises(NotKept, match="a colleague corrects it"):
        kept(undrawn, gp, Urgency.SOON, seen=second.pk)
    assert len(summary(undrawn.practice, officer).missed) == 1


def test_a_day_before_the_request_is_refused(undrawn, reviewer):
    before = timezone.localdate(undrawn.received) - timedelta(days=1)
    with pytest.raises(NotKept, match="before the request") as why:
        kept(undrawn, reviewer, known_on=before)
    assert why.value.field == "known_on"


def test_a_day_to_come_is_refused_though_no_form_asked(undrawn, reviewer):
    with pytest.raises(NotKept, match="today or in the past") as why:
        kept(undrawn, reviewer, known_on=timezone.localdate() + timedelta(days=1))
    assert why.value.field == "known_on"
    assert not Outcome.objects.exists()


def test_words_that_are_only_spaces_are_refused(undrawn, reviewer):
    with pytest.raises(NotKept, match="Say in a line"):
        kept(undrawn, reviewer, what=" \n ")


# ---- the auditor's eyes ----


def test_an_auditor_is_told_nothing_and_records_nothing_before_they_have_answered(practice, gp, waiting, officer):
    kept(waiting, gp, Urgency.EMERGENCY)
    known = turned_out(waiting, officer)
    assert (known.waits_for_you, known.outcomes, known.answer, known.ways) == (True, (), None, ())
    with pytest.raises(MayNot, match="say there what would have been right"):
        kept(waiting, officer)
    assert (summary(practice, officer).recorded, summary(practice, officer).missed) == (0, ())

    answer(find(officer, waiting.pk), officer, urgency="same_day", note="")

    assert [row.urgency for row in turned_out(waiting, officer).outcomes] == ["emergency"]
    assert summary(practice, officer).recorded == 1


def test_who_could_not_answer_the_audit_sees_it_at_once(practice, gp, waiting):
    kept(waiting, gp, Urgency.EMERGENCY)
    manager = a_user(practice, Role.MANAGER)
    assert len(summary(practice, manager).missed) == 1
    assert turned_out(waiting, manager).outcomes
    assert turned_out(waiting, gp).waits


def test_who_knows_the_outcome_does_not_answer_the_audit(practice, waiting):
    was_navigator = a_user(practice, Role.CARE_NAVIGATOR)
    kept(waiting, was_navigator)
    was_navigator.role = Role.NURSE
    was_navigator.save()
    assert not queue_for(was_navigator).exists()
    with pytest.raises(CannotAudit, match="recorded what turned out"):
        answer(find(was_navigator, waiting.pk), was_navigator, urgency="soon", note="")
    assert not AuditAnswer.objects.exists()


def test_the_audits_answer_is_told_by_the_audits_own_rules(practice, gp, officer, reviewer):
    [request] = decided(practice, gp, officer, [AGREED])
    told = {who: turned_out(request, who) for who in (officer, gp, reviewer, a_user(practice, Role.MANAGER))}
    assert [(bool(each.answer), each.in_full) for each in told.values()] == [
        (True, True), (True, False), (False, False), (True, True)
    ]  # fmt: skip


# ---- no sample ----


def figures(practice, clinician):
    measuring._kept.cache_clear()
    found = judged(practice, "triage", "1.0.0")
    mine = own(clinician)
    return figures_of(found), repr(found.gates), metrics_of(practice), repr(replace(mine, rightly=(), wrongly=()))


def test_no_figure_moves_and_no_alarm_is_raised_by_outcomes(practice, gp, officer, reviewer):
    """Twenty missed emergencies: as audits they take the tool down, as outcomes they are listed."""
    set_terms(practice, DEFAULTS | {"audit": 1.0, "follow_up": 1.0}, user=None, why="Every decision is audited")
    set_standing(practice, "triage", "1.0.0", Standing.SECOND, user=None, why="The practice was made so")
    requests = decided(practice, gp, officer, [AGREED] * 10 + [("same_day",) * 4] * 10)
    requests += decided(practice, gp, officer, [AGREED] * 20, probability=0.1, lot=0.5, answered=False)
    before = figures(practice, gp)

    for request in requests:
        kept(request, reviewer, Urgency.EMERGENCY)

    assert figures(practice, gp) == before
    assert heed_alarms(practice) == []
    assert standing_of(practice, "triage", "1.0.0") is Standing.SECOND
    found = summary(practice, officer)
    assert (found.recorded, found.sooner, found.later, len(found.missed)) == (40, 40, 0, 40)

    decided(practice, gp, officer, [MISSED] * 20)
    assert [change.standing for change in heed_alarms(practice)] == [Standing.SHADOW]


@pytest.mark.parametrize(
    ("call", "missed_by"),
    [
        (("routine", "routine", "routine", None), "the decision and the advice that was shown"),
        (("routine", "emergency", "routine", None), "the decision"),
        (("routine", "routine", "emergency", None), "the advice that was shown"),
        (("emergency", "emergency", "emergency", None), ""),
    ],
)
def test_an_emergency_is_missed_by_the_decision_or_the_advice(practice, gp, officer, reviewer, call, missed_by):
    [request] = decided(practice, gp, officer, [call])
    kept(request, reviewer, Urgency.EMERGENCY)
    assert [each.emergency_missed_by for each in summary(practice, officer).missed] == [missed_by] * bool(missed_by)


def test_counts_say_sooner_and_later_of_this_practice_alone(practice, gp, officer, reviewer):
    other = a_practice()
    decided(other, a_user(other), an_auditor(other), [AGREED])
    requests = decided(practice, gp, officer, [("soon",) * 4] * 3)
    for request, urgency in zip(requests, (Urgency.SAME_DAY, Urgency.SOON, Urgency.ROUTINE), strict=True):
        kept(request, reviewer, urgency)
    found = summary(practice, officer)
    assert (found.recorded, found.sooner, found.later) == (3, 1, 1)
    assert summary(other, an_auditor(other)).recorded == 0
