"""Requests are assessed when they can be, and stand as they are when they cannot."""

from __future__ import annotations

import pytest

from preceptor.advice import Standing
from preceptor.service.ledger.models import Entry
from preceptor.service.oversight.standing import set_standing
from preceptor.service.practices.models import Practice
from preceptor.service.requests.assessing import MOST_TRIES, assess_waiting
from preceptor.service.requests.models import Assessment, Checked, Request
from preceptor.service.requests.toolbox import Toolbox
from service.factories import a_practice, a_request

pytestmark = pytest.mark.django_db


def only_faulty(practice: Practice, toolbox: Toolbox) -> None:
    for card in toolbox.cards.values():
        standing = Standing.SECOND if card.tool == "faulty" else Standing.SUSPENDED
        set_standing(practice, card.tool, card.version, standing, user=None, why="for this test alone")


def test_what_waits_is_assessed_once_and_entered_in_the_ledger(faulty_toolbox: Toolbox) -> None:
    practice = a_practice()
    only_faulty(practice, faulty_toolbox)
    request = a_request(practice)

    assert assess_waiting(faulty_toolbox) == 1
    assert assess_waiting(faulty_toolbox) == 0

    assessment = Assessment.objects.get(request=request)
    assert (assessment.tool, assessment.advice["urgency"], assessment.standing) == ("faulty", "soon", "second")
    assert Request.objects.get(pk=request.pk).assessed == Checked.DONE
    entry = Entry.objects.get(kind="request.assessed")
    assert entry.actor == "tool:faulty 1.0"


def test_a_tool_that_fails_is_tried_three_times_and_then_the_request_says_so(faulty_toolbox: Toolbox) -> None:
    practice = a_practice()
    only_faulty(practice, faulty_toolbox)
    request = a_request(practice, text="please raise my dose")

    for _ in range(MOST_TRIES + 2):
        assess_waiting(faulty_toolbox)

    request.refresh_from_db()
    assert (request.state, request.assessed) == ("waiting", Checked.FAILED)
    assert [assessment.failure for assessment in request.assessments.all()] == [
        "RuntimeError: asked to raise"
    ] * MOST_TRIES


def test_one_bad_request_does_not_hold_up_the_others(faulty_toolbox: Toolbox) -> None:
    practice = a_practice()
    only_faulty(practice, faulty_toolbox)
    bad, good = a_request(practice, text="this makes it hang"), a_request(practice)

    assess_waiting(faulty_toolbox)

    good.refresh_from_db()
    bad.refresh_from_db()
    assert (good.assessed, bad.assessed) == (Checked.DONE, Checked.PENDING)


def test_with_every_tool_suspended_the_request_stands_and_says_that_it_was_not_assessed(
    faulty_toolbox: Toolbox,
) -> None:
    practice = a_practice()
    for card in faulty_toolbox.cards.values():
        set_standing(practice, card.tool, card.version, Standing.SUSPENDED, user=None, why="for this test alone")
    request = a_request(practice)

    assess_waiting(faulty_toolbox)

    request.refresh_from_db()
    assert (request.state, request.assessed) == ("waiting", Checked.FAILED)


def test_a_request_that_was_saved_just_before_a_crash_is_checked_for_red_flags(faulty_toolbox: Toolbox) -> None:
    practice = a_practice()
    only_faulty(practice, faulty_toolbox)
    request = a_request(practice, text="my lips have gone blue and I cannot breathe", red_flags_checked=Checked.PENDING)

    assess_waiting(faulty_toolbox)

    request.refresh_from_db()
    assert request.red_flags_checked == Checked.DONE
    assert request.red_flags
