"""Own view first, then the advice, then the decision; nobody overwrites anybody; nothing is edited."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from preceptor.advice import Handler, Standing, Urgency
from preceptor.service.accounts.models import Role, User
from preceptor.service.ledger.models import Entry
from preceptor.service.oversight.standing import set_standing
from preceptor.service.practices.models import Practice
from preceptor.service.requests.deciding import (
    Conflict,
    Refused,
    decide,
    give_first_view,
    open_request,
    others_here,
    reopen,
)
from preceptor.service.requests.models import Decision, Request, State
from preceptor.service.requests.visibility import Step, advice_shown_to, step_for
from service.factories import a_practice, a_request, a_user, an_assessment

pytestmark = pytest.mark.django_db


def a_practice_with_triage(standing: Standing = Standing.SECOND) -> Practice:
    practice = a_practice()
    set_standing(practice, "triage", "1.0.0", standing, user=None, why="for this test alone")
    return practice


def view(request: Request, user: User, urgency: Urgency = Urgency.ROUTINE) -> object:
    return give_first_view(request, user, urgency=urgency, handler=Handler.GP, version=request.version)


def final(request: Request, user: User, urgency: Urgency = Urgency.SOON, **fields: object) -> Decision:
    fields = {"handler": Handler.GP, "reason": "", "note": "", "version": request.version} | fields
    advice_shown_to(request, user)  # as the page does, before there is a decision to save
    return decide(request, user, urgency=urgency, **fields)  # type: ignore[arg-type]


def test_a_clinician_gives_a_first_view_sees_the_advice_and_decides() -> None:
    practice = a_practice_with_triage()
    request, user = a_request(practice), a_user(practice)
    an_assessment(request, "soon")
    open_request(request, user)
    assert step_for(request, user) == Step.FIRST_VIEW
    assert advice_shown_to(request, user) is None

    view(request, user, Urgency.ROUTINE)

    assert request.state == State.IN_REVIEW
    shown = advice_shown_to(request, user)
    assert shown is not None

    decision = final(request, user, Urgency.SOON)

    assert Request.objects.get(pk=request.pk).state == State.DECIDED
    assert decision.first_view is not None
    assert (decision.first_view.urgency, decision.urgency, decision.assessment) == ("routine", "soon", shown)
    assert [entry.kind for entry in Entry.objects.filter(subject=f"request:{request.id}").order_by("seq")] == [
        "request.first_view",
        "request.decide",
        "request.audit_draw",
    ]


def test_advice_cannot_be_skipped_to() -> None:
    practice = a_practice_with_triage()
    request, user = a_request(practice), a_user(practice)
    an_assessment(request)

    with pytest.raises(Refused, match="own view first"):
        final(request, user)
    assert not Decision.objects.exists()


def test_one_clinicians_first_view_does_not_show_the_advice_to_another() -> None:
    practice = a_practice_with_triage()
    request, first, second = a_request(practice), a_user(practice), a_user(practice)
    an_assessment(request)

    view(request, first)

    assert advice_shown_to(request, second) is None
    view(request, second)
    assert advice_shown_to(request, second) is not None


@pytest.mark.parametrize("standing", [Standing.SHADOW, Standing.SUSPENDED])
def test_advice_in_shadow_or_suspended_is_shown_to_nobody(standing: Standing) -> None:
    practice = a_practice_with_triage(standing)
    request, user = a_request(practice), a_user(practice)
    an_assessment(request, "emergency")

    assert step_for(request, user) == Step.DECIDE_WITHOUT_ADVICE
    decision = final(request, user, Urgency.ROUTINE)

    assert decision.assessment is None
    assert decision.first_view is not None, "nothing led it, so it is this clinician's own view"
    assert advice_shown_to(request, user) is None


def test_at_first_the_advice_is_shown_up_front_and_no_first_view_is_made_up() -> None:
    practice = a_practice_with_triage(Standing.FIRST)
    request, user = a_request(practice), a_user(practice)
    an_assessment(request, "soon")

    assert advice_shown_to(request, user) is not None
    assert final(request, user, Urgency.SOON).first_view is None


def test_a_different_decision_needs_a_reason() -> None:
    practice = a_practice_with_triage()
    request, user = a_request(practice), a_user(practice)
    an_assessment(request, "soon")
    view(request, user)

    with pytest.raises(Refused, match="choose a reason"):
        final(request, user, Urgency.ROUTINE)
    with pytest.raises(Refused, match="other reason"):
        final(request, user, Urgency.ROUTINE, reason="other")
    assert final(request, user, Urgency.ROUTINE, reason="already_booked").reason == "already_booked"


def test_a_decision_below_a_red_flag_needs_a_reason_and_words_and_leaves_the_flag() -> None:
    practice = a_practice()
    flag = {"id": "RF009", "title": "heart attack", "urgency": "emergency", "span": [0, 4]}
    request, user = a_request(practice, red_flags=[flag]), a_user(practice)

    with pytest.raises(Refused, match="choose a reason"):
        final(request, user, Urgency.ROUTINE)
    with pytest.raises(Refused, match="red flag"):
        final(request, user, Urgency.ROUTINE, reason="know_this_patient")
    final(request, user, Urgency.ROUTINE, reason="know_this_patient", note="spoken to just now: a pasted letter")

    assert Request.objects.get(pk=request.pk).red_flags == [flag]


def test_two_people_cannot_overwrite_each_other() -> None:
    practice = a_practice()
    mine, theirs = a_request(practice), None
    theirs = Request.objects.get(pk=mine.pk)
    me, other = a_user(practice), a_user(practice, first_name="Dr Pea", last_name="Sampleton")

    final(theirs, other, Urgency.SAME_DAY)

    with pytest.raises(Conflict, match=r"Dr Pea Sampleton decided .* were not saved"):
        final(mine, me, Urgency.ROUTINE)
    assert [decision.urgency for decision in Decision.objects.all()] == ["same_day"]


@pytest.mark.django_db(transaction=True)
def test_of_ten_decisions_at_once_one_is_kept() -> None:
    practice = a_practice()
    request = a_request(practice)
    users = [a_user(practice) for _ in range(10)]

    def try_to_decide(user: User) -> bool:
        try:
            final(Request.objects.get(pk=request.pk), user)
        except Conflict:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(5) as pool:
        kept = list(pool.map(try_to_decide, users))

    assert kept.count(True) == 1
    assert Decision.objects.count() == 1


def test_people_who_have_it_open_are_told_of_each_other() -> None:
    practice = a_practice()
    request, me, other = a_request(practice), a_user(practice), a_user(practice)
    open_request(request, me)
    assert others_here(request, me) == []

    opening = open_request(request, other)

    assert [other_opening.clinician for other_opening in others_here(request, me)] == [other]
    opening.last = timezone.now() - timedelta(minutes=1)
    opening.save()
    assert others_here(request, me) == [], "a page that has been silent for a minute is closed"


def test_reopening_is_a_new_round_and_the_old_decision_stays() -> None:
    practice = a_practice_with_triage()
    request, user = a_request(practice), a_user(practice)
    an_assessment(request, "soon")
    view(request, user)
    first = final(request, user)

    reopen(request, user, why="the patient rang back: it is worse", version=request.version)

    assert (request.state, request.round) == (State.WAITING, 2)
    assert step_for(request, user) == Step.DECIDE, "what has been seen cannot be unseen"
    second = final(request, user, Urgency.SOON)
    assert second.first_view is None, "their own view of this round cannot be told from the advice's"
    assert list(Decision.objects.order_by("id")) == [first, second]


def test_reopening_needs_a_reason_and_a_decision() -> None:
    practice = a_practice()
    request, user = a_request(practice), a_user(practice)
    with pytest.raises(Conflict):
        reopen(request, user, why="no reason at all", version=request.version)
    final(request, user)
    with pytest.raises(Refused):
        reopen(request, user, why="  ", version=request.version)


def test_whoever_has_read_the_decision_has_seen_the_advice() -> None:
    practice = a_practice_with_triage()
    request, first, reader = a_request(practice), a_user(practice), a_user(practice)
    an_assessment(request, "soon")
    view(request, first)
    final(request, first)
    assert advice_shown_to(request, reader)  # the decided request, with the advice beside it
    reopen(request, first, why="it is worse now", version=request.version)

    assert step_for(request, reader) == Step.DECIDE
    assert step_for(request, a_user(practice)) == Step.FIRST_VIEW, "somebody new gives their own view"


def test_a_page_that_only_stays_open_shows_nothing_new() -> None:
    practice = a_practice_with_triage()
    request, first, second = a_request(practice), a_user(practice), a_user(practice)
    an_assessment(request, "soon")
    open_request(request, second)
    view(request, first)
    final(request, first)
    open_request(request, second)  # the page from before the decision, still open beside other work
    reopen(request, first, why="it is worse now", version=request.version)

    assert step_for(request, second) == Step.FIRST_VIEW


def test_a_view_from_before_there_was_advice_does_not_open_the_next_rounds() -> None:
    practice = a_practice_with_triage(Standing.SHADOW)
    request, user = a_request(practice), a_user(practice)
    an_assessment(request, "soon")
    final(request, user)
    set_standing(practice, "triage", "1.0.0", Standing.SECOND, user=None, why="for this test alone")
    reopen(request, user, why="it is worse now", version=request.version)
    # They may have read the advice beside the decision; this person did not.
    assert step_for(request, user) == Step.FIRST_VIEW
    assert advice_shown_to(request, user) is None


def test_advice_that_comes_while_a_decision_is_made_is_read_before_it_is_decided_on() -> None:
    practice = a_practice_with_triage(Standing.FIRST)
    request, user = a_request(practice), a_user(practice)
    advice_shown_to(request, user)
    an_assessment(request, "soon")
    fields = {"urgency": Urgency.SOON, "handler": Handler.GP, "reason": "", "note": "", "version": request.version}
    with pytest.raises(Refused, match="Advice has come"):
        decide(request, user, **fields)
    advice_shown_to(request, user)
    assert decide(request, user, **fields).assessment is not None


def test_a_decision_does_not_rest_on_advice_that_was_suspended_meanwhile() -> None:
    practice = a_practice_with_triage()
    request, user = a_request(practice), a_user(practice)
    an_assessment(request, "soon")
    view(request, user)
    assert advice_shown_to(request, user)
    set_standing(practice, "triage", "1.0.0", Standing.SUSPENDED, user=None, why="for this test alone")
    fields = {"urgency": Urgency.SOON, "handler": Handler.GP, "reason": "", "note": "", "version": request.version}
    with pytest.raises(Refused, match="withdrawn"):
        decide(request, user, **fields)
    assert advice_shown_to(request, user) is None
    decision = decide(request, user, **fields)
    assert decision.assessment is None
    assert decision.first_view is not None, "it was given before the advice was seen"


def test_a_view_after_advice_was_seen_is_not_their_own_even_where_the_tool_is_now_suspended() -> None:
    practice = a_practice_with_triage(Standing.FIRST)
    request, user = a_request(practice), a_user(practice)
    an_assessment(request, "soon")
    assert advice_shown_to(request, user)
    set_standing(practice, "triage", "1.0.0", Standing.SUSPENDED, user=None, why="for this test alone")
    with pytest.raises(Refused, match="seen the advice"):
        view(request, user)
    assert final(request, user).first_view is None


@pytest.mark.parametrize("role", [Role.MANAGER, Role.SAFETY_OFFICER])
def test_those_who_do_not_decide_may_only_read(role: Role) -> None:
    practice = a_practice_with_triage()
    request, reader = a_request(practice), a_user(practice, role)
    an_assessment(request)

    assert step_for(request, reader) == Step.READ
    assert advice_shown_to(request, reader) is None
    with pytest.raises(Refused):
        final(request, reader)


def test_nobody_decides_on_another_practices_request() -> None:
    request = a_request(a_practice())
    with pytest.raises(Request.DoesNotExist):
        final(request, a_user(a_practice()))
