"""The page Pace: what becomes of cards when many come, how long decisions take, and what their order does."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from preceptor.service.accounts.models import Role
from preceptor.service.findings.models import Answer, Finding, Kind
from preceptor.service.hooks.models import HookCard, HookFeedback
from preceptor.service.oversight.models import CardShowing
from preceptor.service.oversight.pace import pace
from preceptor.service.requests.models import Decision, FirstView
from service.factories import a_patient, a_practice, a_user
from service.oversight.histories import an_auditor, decided
from service.pages import as_, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def practice():
    return a_practice()


def a_card(practice, clinician, at, kind="", seconds=None, by=None) -> CardShowing:
    """A card of a finding of its own, put before somebody, and answered after so many seconds where `kind` says."""
    finding = Finding.objects.create(
        practice=practice, patient=a_patient(practice), watch="egfr_falling", version="1", title="A synthetic finding",
        priority="routine", fingerprint=uuid4().hex, ask="Look", first_noticed=at, last_confirmed=at,
    )  # fmt: skip
    if kind:
        answered = at + timedelta(seconds=seconds)
        Answer.objects.create(finding=finding, clinician=by or clinician, kind=kind, at=answered)
    return CardShowing.objects.create(practice=practice, clinician=clinician, finding=finding, at=at)


def test_the_page_says_what_became_of_cards_and_how_long_decisions_took(practice):
    gp, nurse, start = a_user(practice), a_user(practice, Role.NURSE), timezone.now() - timedelta(days=1)
    for clinician in (gp, nurse):
        a_card(practice, clinician, start - timedelta(hours=5), Kind.ACT, 60)
        for _ in range(4):
            a_card(practice, clinician, start, Kind.DISMISS, 4)
        a_card(practice, clinician, start)
    decided(practice, gp, an_auditor(practice), [("soon", "routine", "routine", "routine")] * 6, at=start)
    Decision.objects.update(opened=start - timedelta(seconds=50))
    FirstView.objects.update(at=start - timedelta(seconds=10))

    page = as_(nurse).get(reverse("pace"))
    words = text_of(page)
    assert "12 cards put before 2 clinicians" in words
    assert "Dismissed 8 of 12, 67%" in words
    assert "Passed by: not answered by whom they were put before 2 of 12" in words
    assert "1 to 2 2 0 of 2, 0%" in words
    assert "3 to 5 10 8 of 10, 80%" in words
    assert "Of 6 first decisions by 1 clinician." in words
    assert "one clinician only: how clinicians differ cannot be known" in words.split("Time to decision")[-1]
    assert gp.shown_name not in words
    svg = as_(nurse).get(reverse("pace_chart", args=["dismissed"]))
    assert svg["Content-Type"] == "image/svg+xml"
    assert "Cards dismissed, by how many came in the hour" in svg.content.decode()


def test_a_practice_where_nothing_happened_says_so(practice):
    page = text_of(as_(a_user(practice)).get(reverse("pace")))
    assert "No card has been put before a clinician yet." in page
    assert "Nothing has been decided yet." in page
    assert as_(a_user(practice)).get(reverse("pace_chart", args=["dismissed"])).status_code == 404
    assert as_(a_user(practice)).get(reverse("pace_chart", args=["nonsense"])).status_code == 404


def test_only_the_one_it_was_put_before_can_answer_a_card_and_only_after(practice):
    gp, colleague, at = a_user(practice), a_user(practice), timezone.now() - timedelta(days=1)
    a_card(practice, gp, at, Kind.ACT, 30, by=colleague)
    a_card(practice, gp, at, Kind.DISMISS, -30)
    a_card(practice, gp, at, Kind.SHOW_AGAIN, 30)
    a_card(practice, gp, at, Kind.SNOOZE, 30)
    found = pace(practice).fatigue
    assert (found.passed_by.count, found.dismissed.count, found.acted.count, found.seconds.n) == (3, 0, 0, 1)


def test_a_card_in_another_system_counts_by_its_last_feedback_and_to_the_load_without_any(practice):
    at = timezone.now() - timedelta(days=1)

    def given(clinician="digest"):
        return HookCard.objects.create(
            practice=practice, issuer="https://client", service="findings", watch="egfr_falling", priority="routine",
            clinician=clinician, given=at,
        )  # fmt: skip

    answered = given()
    given()
    given(clinician="")  # nobody knows whom it was given to
    for outcome, after, reason in (("overridden", 9, ""), ("overridden", 20, "not_relevant")):
        HookFeedback.objects.create(
            card=answered, digest=str(after), outcome=outcome, reason=reason, at=at + timedelta(seconds=after),
            received=timezone.now(),
        )  # fmt: skip
    found = pace(practice).fatigue
    assert (found.cards, found.unknown, found.dismissed.count, found.seconds.value) == (2, 1, 1, 20)
    assert found.per_hour.value == 2


def test_another_practice_is_not_counted(practice):
    other = a_practice()
    a_card(other, a_user(other), timezone.now(), Kind.ACT, 3)
    decided(other, a_user(other), an_auditor(other), [("soon",) * 4] * 3)
    assert (pace(practice).fatigue.cards, pace(practice).pacing.decisions) == (0, 0)


def test_figures_are_made_anew_when_something_happens(practice):
    gp = a_user(practice)
    a_card(practice, gp, timezone.now() - timedelta(hours=2))
    assert pace(practice).fatigue.passed_by.count == 1
    assert pace(practice) is pace(practice)
    a_card(practice, gp, timezone.now(), Kind.ACT, 1)
    assert pace(practice).fatigue.acted.count == 1
