"""Requests are assessed when they can be, and stand as they are when they cannot."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from preceptor.advice import Advice, Case, Standing
from preceptor.service.ledger.models import Entry
from preceptor.service.oversight.standing import set_standing
from preceptor.service.practices.models import Practice
from preceptor.service.requests import assessing
from preceptor.service.requests.assessing import MOST_TRIES, assess, assess_next, check_waiting
from preceptor.service.requests.models import Assessment, Checked, Request
from preceptor.service.requests.toolbox import Toolbox
from service.factories import a_practice, a_request

pytestmark = pytest.mark.django_db


def assess_all(toolbox: Toolbox) -> int:
    """Until nothing waits, as the assessor does; the number of times that a request was asked about."""
    asked = 0
    while assess_next(toolbox, set()):
        asked += 1
    return asked


def only_faulty(practice: Practice, toolbox: Toolbox) -> None:
    for card in toolbox.cards.values():
        standing = Standing.SECOND if card.tool == "faulty" else Standing.SUSPENDED
        set_standing(practice, card.tool, card.version, standing, user=None, why="for this test alone")


def test_what_waits_is_assessed_once_and_entered_in_the_ledger(faulty_toolbox: Toolbox) -> None:
    practice = a_practice()
    only_faulty(practice, faulty_toolbox)
    request = a_request(practice)

    assert assess_all(faulty_toolbox) == 1
    assert assess_all(faulty_toolbox) == 0

    assessment = Assessment.objects.get(request=request)
    assert (assessment.tool, assessment.advice["urgency"], assessment.standing) == ("faulty", "soon", "second")
    assert Request.objects.get(pk=request.pk).assessed == Checked.DONE
    entry = Entry.objects.get(kind="request.assessed")
    assert entry.actor == "tool:faulty 1.0"


def test_a_tool_that_fails_is_tried_three_times_and_then_the_request_says_so(faulty_toolbox: Toolbox) -> None:
    practice = a_practice()
    only_faulty(practice, faulty_toolbox)
    request = a_request(practice, text="please raise my dose")

    assert assess_all(faulty_toolbox) == MOST_TRIES

    request.refresh_from_db()
    assert (request.state, request.assessed) == ("waiting", Checked.FAILED)
    failures = [assessment.failure for assessment in request.assessments.all()]
    assert len(failures) == MOST_TRIES
    assert all(failure.startswith("RuntimeError at faulty_tools.py") for failure in failures)
    assert Entry.objects.get(kind="request.not_assessed").subject == f"request:{request.pk}"


def test_what_was_never_tried_goes_before_what_has_failed(faulty_toolbox: Toolbox) -> None:
    practice = a_practice()
    only_faulty(practice, faulty_toolbox)
    texts = ["please raise it, 1", "please raise it, 2", "my knee is sore"]
    for minute, text in enumerate(texts):
        a_request(practice, text=text, received=datetime(2026, 11, 16, 8, minute, tzinfo=UTC))

    assess_all(faulty_toolbox)

    asked = [assessment.request.text[-1] for assessment in Assessment.objects.order_by("pk")]
    assert asked == ["1", "2", "e", "1", "2", "1", "2"]


def test_a_request_that_cannot_be_dealt_with_is_set_aside(
    faulty_toolbox: Toolbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    practice = a_practice()
    only_faulty(practice, faulty_toolbox)
    bad = a_request(practice, received=datetime(2026, 11, 16, 7, tzinfo=UTC))
    good = a_request(practice)
    monkeypatch.setattr(assessing, "assess", lambda request, box: 1 / 0 if request == bad else assess(request, box))
    set_aside: set[UUID] = set()
    while assess_next(faulty_toolbox, set_aside):
        pass
    good.refresh_from_db()
    assert set_aside == {bad.pk}
    assert good.assessed == Checked.DONE


def test_a_second_assessor_keeps_no_second_answer(faulty_toolbox: Toolbox, monkeypatch: pytest.MonkeyPatch) -> None:
    practice = a_practice()
    only_faulty(practice, faulty_toolbox)
    request = a_request(practice)
    ask = faulty_toolbox.ask

    def ask_while_another_does(tool: str, case: Case) -> Advice:
        monkeypatch.setattr(faulty_toolbox, "ask", ask)
        assess(Request.objects.get(pk=request.pk), faulty_toolbox)
        return ask(tool, case)

    monkeypatch.setattr(faulty_toolbox, "ask", ask_while_another_does)
    assess(request, faulty_toolbox)
    assert Assessment.objects.count() == Entry.objects.filter(kind="request.assessed").count() == 1


def test_one_bad_request_does_not_hold_up_the_others(faulty_toolbox: Toolbox) -> None:
    practice = a_practice()
    only_faulty(practice, faulty_toolbox)
    bad, good = a_request(practice, text="this makes it hang"), a_request(practice)

    assert assess_next(faulty_toolbox, set())
    assert assess_next(faulty_toolbox, set())

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

    assess_all(faulty_toolbox)

    request.refresh_from_db()
    assert (request.state, request.assessed) == ("waiting", Checked.FAILED)


def test_a_request_that_was_saved_just_before_a_crash_is_checked_for_red_flags(faulty_toolbox: Toolbox) -> None:
    practice = a_practice()
    only_faulty(practice, faulty_toolbox)
    request = a_request(practice, text="my lips have gone blue and I cannot breathe", red_flags_checked=Checked.PENDING)

    assert check_waiting() == 1
    assert check_waiting() == 0

    request.refresh_from_db()
    assert request.red_flags_checked == Checked.DONE
    assert request.red_flags
