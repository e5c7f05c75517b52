"""The audit in the browser's terms: a queue without one's own decisions, an answer, and an alarm that it may raise."""

from __future__ import annotations

import pytest
from django.urls import reverse

from preceptor.advice import Standing
from preceptor.service.accounts.models import Role
from preceptor.service.oversight.models import AuditAnswer, AuditDraw
from preceptor.service.oversight.standing import set_standing, standing_of
from preceptor.service.oversight.terms import DEFAULTS, set_terms
from service.factories import a_patient, a_practice, a_user
from service.oversight.histories import an_auditor, decided
from service.pages import as_, text_of

pytestmark = pytest.mark.django_db
MISSED = ("same_day", "routine", "same_day", "same_day")


def test_an_auditor_works_through_the_queue(practice, gp, officer):
    first, second = decided(practice, gp, officer, [("routine",) * 4] * 2, answered=False,
                            patients=[a_patient(practice)])  # fmt: skip
    queue = text_of(as_(officer).get(reverse("audits")))
    assert "2 that you can answer" in queue
    assert "synthetic words 0" in queue
    page = text_of(as_(officer).get(reverse("audit", args=[first.pk])))
    assert "What would have been right?" in page
    assert "TESTLEY" in page
    kept = as_(officer).post(reverse("audit", args=[first.pk]), {"urgency": "soon", "note": ""})
    assert (kept.status_code, kept.url) == (302, reverse("audit", args=[second.pk]))
    refused = as_(officer).post(reverse("audit", args=[second.pk]), {"urgency": "cannot_tell", "note": ""})
    assert refused.status_code == 422
    assert "Say why it cannot be told." in text_of(refused)
    kept = as_(officer).post(reverse("audit", args=[second.pk]), {"urgency": "cannot_tell", "note": "Half a word"})
    assert kept.url == reverse("audits")
    assert sorted(AuditAnswer.objects.values_list("urgency", flat=True)) == ["", "soon"]
    assert "Nothing waits that you can answer" in text_of(as_(officer).get(reverse("audits")))


def test_who_decided_finds_nothing_to_answer_and_is_refused(practice, gp, officer):
    [request] = decided(practice, gp, officer, [("routine",) * 4], answered=False)
    assert "on which you gave a view yourself" in text_of(as_(gp).get(reverse("audits")))
    assert as_(gp).get(reverse("audit", args=[request.pk])).status_code == 403
    assert as_(gp).post(reverse("audit", args=[request.pk]), {"urgency": "soon"}).status_code == 403
    assert not AuditAnswer.objects.exists()


@pytest.mark.parametrize("role", [Role.MANAGER, Role.CARE_NAVIGATOR])
def test_who_is_no_clinician_is_told_who_answers(practice, gp, officer, role):
    [request] = decided(practice, gp, officer, [("routine",) * 4], answered=False)
    user = a_user(practice, role)
    assert "GPs, nurses, pharmacists and the clinical safety officer answer audits." in text_of(
        as_(user).get(reverse("audits"))
    )
    assert as_(user).get(reverse("audit", args=[request.pk])).status_code == 403


def test_what_was_not_drawn_or_is_of_another_practice_has_no_page(practice, gp, officer):
    [request] = decided(practice, gp, officer, [("routine",) * 4], answered=False)
    assert as_(an_auditor(a_practice())).get(reverse("audit", args=[request.pk])).status_code == 404
    AuditDraw.objects.update(drawn=False)
    assert as_(officer).get(reverse("audit", args=[request.pk])).status_code == 404


def test_the_answer_that_raises_an_alarm_takes_the_tool_down_and_says_so(practice, gp, officer):
    set_terms(practice, DEFAULTS | {"audit": 1.0, "follow_up": 1.0}, user=None, why="Every decision is audited")
    set_standing(practice, "triage", "1.0.0", Standing.SECOND, user=None, why="The practice was made so")
    requests = decided(practice, gp, officer, [MISSED] * 20, answered=False)
    for request in requests:
        if standing_of(practice, "triage", "1.0.0") is Standing.SHADOW:
            break
        answer = as_(officer).post(
            reverse("audit", args=[request.pk]), {"urgency": "same_day", "note": ""}, follow=True
        )
    assert standing_of(practice, "triage", "1.0.0") is Standing.SHADOW
    assert 2 <= AuditAnswer.objects.count() < 20
    assert "triage 1.0.0 is in shadow from now on." in text_of(answer)


# ---- one's own decisions ----

WRONGLY = ("routine", "soon", "soon", "routine")
RIGHTLY = ("routine", "same_day", "same_day", "same_day")
FIRM = ("routine", "soon", "routine", "routine")


def test_a_clinician_sees_alone_where_advice_changed_their_mind(practice, gp, officer):
    set_standing(practice, "triage", "1.0.0", Standing.SECOND, user=None, why="The practice was made so")
    wrong, *_ = decided(practice, gp, officer, [WRONGLY, RIGHTLY, RIGHTLY, FIRM, ("soon",) * 4])
    other = a_user(practice)
    decided(practice, other, officer, [WRONGLY] * 9)
    page = as_(gp).get(reverse("yours"))
    said = text_of(page)
    assert "Only you see this page." in said
    assert "Changed your mind 3 of 4 (30 to 95%)" in said
    assert "Put right by advice 2 of 2" in said
    assert "Stood firm 1 of 2" in said
    assert "Changed wrongly 1" in said
    assert "You: Routine. Advice: Soon. Decided: Soon. Right would have been: Routine." in said
    assert f"/requests/{wrong.pk}/" in page.content.decode()


def test_advice_of_a_tool_that_was_suspended_is_shown_no_longer(practice, gp, officer):
    decided(practice, gp, officer, [WRONGLY])
    set_standing(practice, "triage", "1.0.0", Standing.SUSPENDED, user=None, why="For this test alone")
    assert "Advice: shown no longer." in text_of(as_(gp).get(reverse("yours")))


def test_before_any_decision_the_page_says_how_it_fills(practice, gp, officer):
    assert "This page fills as you do." in text_of(as_(gp).get(reverse("yours")))
    assert "Your role does not decide" in text_of(as_(a_user(practice, Role.MANAGER)).get(reverse("yours")))
