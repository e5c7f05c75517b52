"""What turned out, on a decided request's page: recorded in one step, and told only to whom it may be told."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from preceptor.service.accounts.models import Role
from preceptor.service.oversight.models import AuditAnswer, Outcome
from preceptor.service.requests.deciding import reopen
from service.factories import a_practice, a_request, a_user
from service.oversight.histories import an_auditor, decided
from service.pages import as_, text_of

pytestmark = pytest.mark.django_db
AGREED = ("routine",) * 4
WORDS = "Admitted on the 3rd with <sepsis>"


@pytest.fixture
def reviewer(practice):
    return a_user(practice, Role.PHARMACIST)


def typed(**said):
    on = timezone.localdate()
    told = {
        "right": "emergency", "known_by": "later_event", "what": WORDS, "known_on_day": on.day,
        "known_on_month": on.month, "known_on_year": on.year, "seen": 0,
    }  # fmt: skip
    return told | said


def send(user, request, **said):
    return as_(user).post(reverse("outcome", args=[request.pk]), typed(**said))


def quiet(response):
    """A page's words without what differs each time: a token and the time of day."""
    return re.sub(r'"X-CSRFToken": "\w+"|\d+:\d\d[ap]m', "", text_of(response))


def page(user, request):
    return text_of(as_(user).get(reverse("request", args=[request.pk])))


def test_what_turned_out_is_recorded_in_one_step_and_shown_with_who_when_and_how(undrawn, reviewer, gp):
    before = page(reviewer, undrawn)
    assert "What turned out Nothing is known yet. That is not taken as agreement." in before
    assert "Record what turned out" in before

    kept = as_(reviewer).post(reverse("outcome", args=[undrawn.pk]), typed(known_by="senior_review"), follow=True)

    assert kept.redirect_chain == [(reverse("request", args=[undrawn.pk]), 302)]
    assert "Kept, in the ledger under your name." in text_of(kept)
    assert "report it as an incident too" in text_of(kept)
    after = page(gp, undrawn)
    assert f"Emergency would have been right. Senior review, {timezone.localdate().day} " in after
    assert f": {WORDS} {reviewer.shown_name}," in after
    assert f"{reviewer.shown_name} recorded this. You took part in the decision: a colleague corrects it." in after


def test_a_correction_holds_and_the_earlier_stays_in_sight(undrawn, reviewer):
    send(reviewer, undrawn)
    send(reviewer, undrawn, right="soon", what="The letter was another patient's", seen=Outcome.objects.get().pk)
    after = page(reviewer, undrawn)
    assert "Correct what was recorded" in after
    assert after.index("Soon would have been right") < after.index("Corrected since")
    assert after.index("Corrected since") < after.index("Emergency would have been right")


def test_who_decided_is_told_that_a_review_is_a_colleagues(undrawn, gp):
    assert "A senior review is for a clinician who took no part in the decision." in page(gp, undrawn)
    refused = send(gp, undrawn, known_by="senior_review")
    assert refused.status_code == 422
    assert "There is a problem A senior review is for a clinician who took no part" in text_of(refused)
    assert not Outcome.objects.exists()
    assert send(gp, undrawn).status_code == 302


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"right": ""}, "Choose what would have been right"),
        ({"known_by": ""}, "Choose how that is known"),
        ({"known_on_day": "", "known_on_month": "", "known_on_year": ""}, "Enter the date"),
        ({"known_on_month": "13"}, "The date must be a real date, like 15 3 2026"),
        ({"known_on_year": "2999"}, "The date must be today or in the past"),
        ({"known_on_year": "1999"}, "The date must not be before the request came."),
        ({"what": WORDS + "!" * 300}, "Say it in 300 letters or fewer"),
    ],
)
def test_a_mistake_keeps_what_was_typed_and_says_one_clear_thing(undrawn, reviewer, said, words):
    refused = send(reviewer, undrawn, **said)
    html = refused.content.decode()
    assert refused.status_code == 422
    assert f"There is a problem {words}" in text_of(refused)
    assert html.count("nhsuk-error-summary__list") == 1
    assert html.split("nhsuk-error-summary__list")[1].split("</ul>")[0].count("<li>") == 1
    assert "Admitted on the 3rd with &lt;sepsis&gt;" in html
    assert "<details" in html.split('id="outcome-title"')[1]
    assert " open>" in html.split('id="outcome-title"')[1].split("</summary>")[0]
    assert not Outcome.objects.exists()


def test_words_are_needed(undrawn, reviewer):
    refused = send(reviewer, undrawn, what="  ")
    assert "There is a problem Say in a line what happened" in text_of(refused)
    assert 'value="emergency" checked' in " ".join(refused.content.decode().split())


def test_two_at_once_are_told_and_the_second_can_be_sent_again(undrawn, reviewer, officer):
    send(reviewer, undrawn, what="Seen in A&E")
    refused = send(officer, undrawn, right="soon")
    html = refused.content.decode()
    assert (refused.status_code, Outcome.objects.count()) == (409, 1)
    assert "Somebody recorded what turned out meanwhile" in text_of(refused)
    assert "Seen in A&amp;E" in html
    assert "with &lt;sepsis&gt;" in html
    assert send(officer, undrawn, right="soon", seen=Outcome.objects.get().pk).status_code == 302
    assert Outcome.objects.count() == 2


def test_what_was_typed_is_not_lost_when_the_request_was_opened_again_meanwhile(undrawn, reviewer, gp):
    reopen(undrawn, gp, why="They called again", version=undrawn.version)
    refused = send(reviewer, undrawn)
    assert refused.status_code == 409
    assert "Not saved. The request has been opened again." in text_of(refused)
    assert f"Right would have been Emergency What happened {WORDS}" in text_of(refused)


def test_nothing_of_it_is_on_the_page_of_a_request_that_waits(practice, gp, undrawn):
    assert "What turned out" not in page(gp, a_request(practice))
    send(gp, undrawn)
    reopen(undrawn, gp, why="They called again", version=undrawn.version)
    assert "sepsis" not in page(a_user(practice), undrawn)


def test_a_manager_reads_and_records_nothing(undrawn, practice):
    manager = a_user(practice, Role.MANAGER)
    assert "care navigator or the clinical safety officer records what turned out" in page(manager, undrawn)
    assert send(manager, undrawn).status_code == 403
    assert send(manager, undrawn, what="").status_code == 403
    assert not Outcome.objects.exists()


def test_another_practice_neither_sees_nor_records(undrawn):
    stranger = a_user(a_practice())
    assert as_(stranger).get(reverse("request", args=[undrawn.pk])).status_code == 404
    assert send(stranger, undrawn).status_code == 404
    assert Client().post(reverse("outcome", args=[undrawn.pk]), typed()).status_code == 302  # to sign in
    assert as_(stranger).get(reverse("outcome", args=[undrawn.pk])).status_code == 405
    assert not Outcome.objects.exists()


def test_it_needs_its_token(undrawn, reviewer):
    client = Client(enforce_csrf_checks=True)
    client.force_login(reviewer)
    assert client.post(reverse("outcome", args=[undrawn.pk]), typed()).status_code == 403
    assert not Outcome.objects.exists()


# ---- the auditor's eyes ----


def test_no_page_of_an_auditor_tells_of_an_outcome_before_they_have_answered(practice, gp, officer, waiting):
    addresses = [
        reverse("request", args=[waiting.pk]), reverse("audit", args=[waiting.pk]), reverse("audits"),
        reverse("safety"), reverse("safety_export", args=["audits", "csv"]),
    ]  # fmt: skip
    told = page(gp, waiting)
    before = [quiet(as_(officer).get(address)) for address in addresses]
    assert "Its audit waits for an auditor. Nobody who could still answer it is shown what you record." in told
    assert send(gp, waiting).status_code == 302

    assert [quiet(as_(officer).get(address)) for address in addresses] == before
    assert "you could answer it: say there what would have been right" in before[0]
    refused = send(officer, waiting)
    assert refused.status_code == 403
    assert "sepsis" not in text_of(refused)

    as_(officer).post(reverse("audit", args=[waiting.pk]), {"urgency": "soon", "note": "Clear enough"})
    after = page(officer, waiting)
    assert "Soon would have been right, as the random audit found. Clear enough" in after
    assert WORDS in after
    assert WORDS in text_of(as_(officer).get(reverse("safety")))


def test_the_audits_answer_is_told_by_its_own_rules(practice, gp, officer, reviewer):
    [request] = decided(practice, gp, officer, [AGREED])
    AuditAnswer.objects.update(note="Only for who governs")
    assert "Routine would have been right, as the random audit found." in page(gp, request)
    assert "Only for who governs" not in page(gp, request)
    assert "Only for who governs" in page(a_user(practice, Role.MANAGER), request)
    seen = page(reviewer, request)
    assert "as the random audit found" not in seen
    assert "The random audit has judged it." in seen
    assert "Nothing is known yet" not in seen


# ---- the safety page ----


def test_the_safety_page_counts_beside_the_figures_and_lists_missed_emergencies_for_who_governs(
    practice, gp, officer, reviewer
):
    assert "No outcome has been recorded beside the audits." in text_of(as_(gp).get(reverse("safety")))
    for right in ("emergency", "same_day", "self_care"):
        [request] = decided(practice, gp, officer, [AGREED])
        send(reviewer, request, right=right)
    seen = text_of(as_(officer).get(reverse("safety")))
    assert "3 outcomes recorded: 2 needed sooner than decided, 1 less soon. Not a sample" in seen
    assert "To look at: an emergency that was missed" in seen
    assert f"missed by the decision and the advice that was shown. Later event, {timezone.localdate().day} " in seen
    assert WORDS in seen
    assert "To look at" not in text_of(as_(gp).get(reverse("safety")))
    assert "To look at" not in text_of(as_(an_auditor(a_practice())).get(reverse("safety")))
