"""Drift is looked for by the service itself; what is found starts an audit sample, in the ledger, and nothing else."""

from __future__ import annotations

import json
from datetime import timedelta

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from preceptor.advice import Standing, Urgency
from preceptor.service import assessor
from preceptor.service.accounts.models import Role
from preceptor.service.ledger.models import Entry
from preceptor.service.ledger.verify import verify
from preceptor.service.oversight import auditing, looking, sampling
from preceptor.service.oversight.looking import LATELY, STARTS_DRIFT, look, look_if_due
from preceptor.service.oversight.measuring import gates
from preceptor.service.oversight.models import AuditDraw, AuditSample, ToolStanding, WordsLook
from preceptor.service.oversight.sampling import DECISIONS, PROBABILITY, running
from preceptor.service.oversight.standing import set_standing, standing_of
from preceptor.service.oversight.terms import DEFAULTS
from preceptor.service.requests.models import Assessment, Request
from service.factories import a_practice, a_request, a_user
from service.oversight.histories import an_auditor, decided
from service.oversight.test_auditing import a_decision

pytestmark = pytest.mark.django_db
USUAL = ("cough", "throat", "fever", "back", "pain", "rash", "tired", "headache", "repeat", "blood", "knee", "ear")
POLLEN = (*USUAL, "wheeze", "pollen", "hayfever", "sneezing")
TOOL = ("triage", "1.0.0")


@pytest.fixture
def practice():
    return a_practice()


@pytest.fixture(autouse=True)
def _few_shuffles(monkeypatch):
    """p can then be as low as 0.025: enough to be found, and quicker."""
    monkeypatch.setattr("preceptor.supervision.drift.SHUFFLES", 39)


def requests(practice, words, count, days_ago, seed=1) -> None:
    rng = np.random.default_rng(seed)
    at = timezone.now() - timedelta(days=days_ago)
    for number in range(count):
        a_request(practice, text=" ".join(rng.choice(words, 8)), received=at + timedelta(minutes=number))


def test_new_words_are_noticed_by_the_service_and_start_an_audit_sample_once(practice):
    requests(practice, USUAL, 60, days_ago=60)
    requests(practice, POLLEN, 60, days_ago=2, seed=2)
    assessor._look_for_drift()

    [row] = WordsLook.objects.all()
    assert row.asked_by is None
    assert "can be told apart: an audit sample is due" in row.words
    [sample] = AuditSample.objects.all()
    assert (sample.cause, sample.probability, sample.decisions) == ("words", PROBABILITY, DECISIONS)
    kept = {entry.kind: (entry.actor, json.loads(entry.body)) for entry in Entry.objects.all()}
    assert kept["oversight.drift_look"][1]["look"] == row.pk
    assert kept["oversight.audit_sample"] == (
        "system",
        {"sample": sample.pk, "cause": "words", "why": row.words, "probability": 0.3, "decisions": 100},
    )

    assessor._look_for_drift()
    assert (WordsLook.objects.count(), AuditSample.objects.count()) == (1, 1)


def test_unchanged_words_start_nothing(practice):
    requests(practice, USUAL, 60, days_ago=60)
    requests(practice, USUAL, 60, days_ago=2, seed=3)
    row = look_if_due(practice)
    assert row is not None
    assert "cannot be told apart" in row.words
    assert not AuditSample.objects.exists()
    assert running(practice) is None


class TestALookIsDue:
    def test_only_where_both_sides_have_something_to_compare(self, practice):
        requests(practice, USUAL, 49, days_ago=60)
        requests(practice, USUAL, 60, days_ago=2, seed=4)
        assert look_if_due(practice) is None
        assert not Entry.objects.exists()

    def test_after_a_week_with_new_requests(self, practice):
        requests(practice, USUAL, 60, days_ago=60)
        requests(practice, USUAL, 60, days_ago=9, seed=5)
        assert look_if_due(practice)
        WordsLook.objects.update(at=timezone.now() - timedelta(days=8))
        assert look_if_due(practice) is None  # nothing came since
        a_request(practice, received=timezone.now())
        assert look_if_due(practice)
        assert look_if_due(practice) is None

    def test_sooner_where_many_came(self, practice, monkeypatch):
        monkeypatch.setattr(looking, "REQUESTS", 3)
        requests(practice, USUAL, 60, days_ago=60)
        requests(practice, USUAL, 60, days_ago=2, seed=6)
        assert look_if_due(practice)
        WordsLook.objects.update(at=timezone.now() - timedelta(hours=1))
        for _ in range(2):
            a_request(practice, received=timezone.now())
        assert look_if_due(practice) is None
        a_request(practice, received=timezone.now())
        assert look_if_due(practice)

    def test_at_one_practice_whatever_another_meets(self, practice, monkeypatch):
        other = a_practice()
        for each in (practice, other):
            requests(each, USUAL, 60, days_ago=60)
            requests(each, USUAL, 60, days_ago=2, seed=7)
        compare = looking._compare

        def fails_at_first(where):
            if where == practice:
                raise ArithmeticError("synthetic fault")
            return compare(where)

        monkeypatch.setattr(looking, "_compare", fails_at_first)
        assessor._look_for_drift()
        assert WordsLook.objects.get().practice == other


def test_while_a_sample_goes_on_its_chance_holds_and_is_recorded_with_each_lot(practice, monkeypatch):
    monkeypatch.setattr(sampling, "DECISIONS", 2)
    monkeypatch.setattr(auditing.cast, "__defaults__", (lambda: 0.2,))
    gp = a_user(practice)
    a_decision(practice, gp)
    sample = sampling.start(practice, "words", "something drifted, in a test")
    for urgency in (Urgency.ROUTINE, Urgency.EMERGENCY):
        a_decision(practice, gp, urgency)
    a_decision(practice, gp)

    cast = list(AuditDraw.objects.order_by("pk").values_list("probability", "drawn", "sample"))
    terms = DEFAULTS["audit"]
    assert cast == [
        (terms, False, None), (PROBABILITY, True, sample.pk), (PROBABILITY, True, sample.pk), (terms, False, None)
    ]  # fmt: skip
    bodies = [json.loads(entry.body) for entry in Entry.objects.filter(kind="request.audit_draw").order_by("seq")]
    assert [(body["probability"], body.get("sample")) for body in bodies] == [(p, s) for p, _, s in cast]
    assert verify().whole


def test_a_sample_never_lowers_a_chance_and_ends_no_promise_of_the_watch(practice):
    gp, auditor = a_user(practice), an_auditor(practice)
    missed, caught = ("same_day", "routine", "same_day", "same_day"), ("same_day",) * 4
    decided(practice, gp, auditor, [caught] * 20, probability=0.1)
    decided(practice, gp, auditor, [caught] * 19 + [missed], probability=PROBABILITY)
    watch = gates(practice, *TOOL).measured.watch
    assert watch.rate.interval is not None
    # 20 cases that stand for 10 each, and 20 for 1 / 0.3 each, of which one was missed.
    assert watch.rate.value == pytest.approx((1 / 0.3) / (200 + 20 / 0.3))


def test_the_same_change_found_again_is_no_news_until_its_time_is_over(practice):
    first = sampling.start(practice, "words", "a change", again_after=LATELY)
    assert sampling.start(practice, "words", "a change", again_after=LATELY) is None
    AuditSample.objects.update(decisions=0)
    assert sampling.start(practice, "words", "a change", again_after=LATELY) is None
    AuditSample.objects.update(at=timezone.now() - LATELY)
    second = sampling.start(practice, "words", "a change", again_after=LATELY)
    assert second.pk > first.pk
    assert running(practice).sample == second


def test_drifted_scores_start_a_sample_once_and_the_watch_then_starts_afresh(practice):
    gp, auditor = a_user(practice), an_auditor(practice)
    rows = decided(practice, gp, auditor, [("soon",) * 4] * (STARTS_DRIFT + 120), answered=False,
                   at=timezone.now() - timedelta(days=3))  # fmt: skip
    for number, request in enumerate(rows):
        high = 0.1 + 0.6 * (number >= STARTS_DRIFT) + 0.001 * (number % 50)
        of = Assessment.objects.get(request=request)
        of.advice["probabilities"] = of.advice["probabilities"] | {"emergency": 0.0, "same_day": high}
        of.save()
    standing = set_standing(practice, *TOOL, Standing.SECOND, user=None, why="The practice was made so")

    look(practice, auditor)
    look(practice, auditor)

    [sample] = AuditSample.objects.all()
    assert sample.cause == "scores triage 1.0.0"
    assert "an audit sample is due" in sample.why
    # Nothing else has changed, and the watch waits for scores that came after.
    assert list(ToolStanding.objects.all()) == [standing]
    assert standing_of(practice, *TOOL) is Standing.SECOND
    assert "scores are needed to start from; there are 0" in looking.scores_of(practice, *TOOL).words


def test_the_pages_tell_of_a_sample_that_goes_on(practice):
    officer = a_user(practice, Role.SAFETY_OFFICER)
    Request.objects.all().delete()
    sampling.start(practice, "words", "earlier and later requests can be told apart (AUC 0.80, p 0.005)")
    client = Client()
    client.force_login(officer)
    for page in (reverse("safety"), reverse("audits"), reverse("tool_figures", args=["triage"])):
        words = " ".join(client.get(page).content.decode().split())
        assert "An audit sample goes on, because something drifted." in words, page
        assert "Earlier and later requests can be told apart (AUC 0.80, p 0.005)." in words
        assert "of 100 decisions from then on, 30% are drawn where the terms ask for fewer" in words
