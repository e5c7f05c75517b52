"""The safety officer's pages: what wants looking at, incidents, terms, a look at drift, and what leaves the house."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from preceptor.service.accounts.models import Role
from preceptor.service.ledger.models import Entry
from preceptor.service.ledger.verify import verify
from preceptor.service.oversight.hazards import hazard_log
from preceptor.service.oversight.models import Incident, IncidentNote, Terms, WordsLook
from preceptor.service.oversight.terms import DEFAULTS, terms_at
from preceptor.service.requests.models import Request
from service.factories import a_practice, a_request, a_user
from service.oversight.histories import an_auditor, decided
from service.pages import as_, text_of

pytestmark = pytest.mark.django_db
INCIDENT = {
    "title": "Chest pain sat as routine", "what": "A request of Monday.\nFound on Tuesday.", "harmed": "no",
    "severity": "major", "tool": "triage", "hazard": "H01",
}  # fmt: skip
TERMS = {
    "under_triage_limit": "2", "margin": "5", "subgroup_margin": "5", "rsr_margin": "10", "audit": "20",
    "follow_up": "12.5", "why": "We are a small list",
}  # fmt: skip


@pytest.fixture
def practice():
    return a_practice()


@pytest.fixture
def officer(practice):
    return an_auditor(practice)


@pytest.fixture
def gp(practice):
    return a_user(practice)


def test_the_safety_officer_sees_what_waits_and_every_hazard_with_its_live_metrics(practice, officer, gp):
    decided(practice, gp, officer, [("routine",) * 4], answered=False)
    a_request(practice, state="waiting")
    page = text_of(as_(officer).get(reverse("safety")))
    assert "1 drawn decision waits for an auditor" in page
    assert "You can answer 1." in page
    for hazard in hazard_log().hazards:
        assert f"{hazard.id} {hazard.hazard}" in page
    assert "No clinical safety officer has reviewed it." in page
    assert "Requests that wait: 1 wait, the oldest for" in page
    assert "Not assessed: no tool gave advice, in 90 days:" in page


def test_everybody_of_the_staff_reads_it_and_nobody_of_another_practice_is_in_it(practice, officer, gp):
    decided(practice, gp, officer, [("routine",) * 4], answered=False)
    other = a_practice()
    page = as_(a_user(other, Role.CARE_NAVIGATOR)).get(reverse("safety"))
    assert page.status_code == 200
    assert "No drawn decision waits" in text_of(page)


# ---- incidents ----


def test_an_incident_is_reported_by_anybody_followed_up_and_closed_by_who_governs(practice, officer, gp):
    reported = as_(gp).post(reverse("incidents"), INCIDENT)
    row = Incident.objects.get()
    assert reported.url == reverse("incident", args=[row.pk])
    page = text_of(as_(officer).get(reported.url))
    assert "H01 An emergency is advised as less urgent than it is" in page
    assert "nobody was harmed" in page
    assert as_(gp).post(reported.url, {"text": "I called her", "state": "open"}).status_code == 302
    assert as_(gp).post(reported.url, {"text": "All well", "state": "closed"}).status_code == 403
    assert as_(officer).post(reported.url, {"text": "A rule was mended", "state": "closed"}).status_code == 302
    assert IncidentNote.objects.count() == 2
    assert "Major, closed" in text_of(as_(gp).get(reverse("incidents")))
    assert "0 open of 1 reported" in text_of(as_(gp).get(reverse("safety")))
    assert "Chest pain sat as routine" in text_of(as_(gp).get(reverse("tool_figures", args=["triage"])))
    kinds = list(Entry.objects.order_by("seq").values_list("kind", flat=True))
    assert kinds == ["oversight.incident", "oversight.incident_note", "oversight.incident_note"]
    assert verify().whole


def test_a_report_with_something_missing_is_not_kept(practice, gp):
    refused = as_(gp).post(reverse("incidents"), {"title": "x", "tool": "no such tool"})
    assert refused.status_code == 422
    for said in ("Say what happened", "Say whether somebody was harmed", "Choose how bad it was"):
        assert said in text_of(refused)
    assert not Incident.objects.exists()


# ---- terms ----


def test_terms_are_signed_by_who_governs_and_hold_from_then_on(practice, officer, gp):
    assert "Nobody has signed for terms." in text_of(as_(gp).get(reverse("terms")))
    assert as_(gp).post(reverse("terms"), TERMS).status_code == 403
    assert as_(officer).post(reverse("terms"), TERMS).status_code == 302
    now = terms_at(practice)
    assert (now.under_triage_limit, now.audit, now.follow_up, now.signed_by) == (0.02, 0.2, 0.125, officer)
    assert "under-triage 2%, margin 5%, subgroups 5%, RSR 10%, audited 20% and 12.5%" in text_of(
        as_(gp).get(reverse("terms"))
    )
    assert verify().whole
    assert terms_at(a_practice()).audit == DEFAULTS["audit"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("under_triage_limit", "21"), ("under_triage_limit", "0"), ("audit", "101"), ("audit", "0"), ("margin", "x"),
     ("margin", "nan"), ("rsr_margin", "inf"), ("why", "ok")],
)  # fmt: skip
def test_terms_that_no_measure_could_use_are_not_signed(practice, officer, field, value):
    refused = as_(officer).post(reverse("terms"), TERMS | {field: value})
    assert refused.status_code == 422
    assert "There is a problem" in text_of(refused)
    assert not Terms.objects.exists()


# ---- drift of words ----


def test_who_governs_has_the_words_of_late_compared_with_those_before(practice, officer, gp, monkeypatch):
    monkeypatch.setattr("preceptor.supervision.drift.SHUFFLES", 19)
    now = timezone.now()
    for number in range(60):
        a_request(practice, text=f"my knee is sore on stair {number}", received=now - timedelta(days=60))
        a_request(practice, text=f"hay fever and sneezing again {number}", received=now - timedelta(days=2))
    assert as_(gp).post(reverse("words_look")).status_code == 403
    done = as_(officer).post(reverse("words_look"), {"tool": "triage"})
    assert done.url == reverse("tool_figures", args=["triage"])
    look = WordsLook.objects.get()
    assert (look.n, look.p) == (120, 0.05)
    assert "can be told apart: an audit sample is due" in look.words
    assert "knee" not in look.words
    assert "an audit sample is due" in text_of(as_(gp).get(done.url))


def test_too_few_words_to_compare_is_said(practice, officer):
    as_(officer).post(reverse("words_look"))
    assert "50 different texts are needed on each side" in WordsLook.objects.get().words


# ---- to take away ----


def lines_of(response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(response.content.decode())))


def test_the_hazard_log_leaves_as_csv_as_pdf_and_on_paper(practice, gp):
    rows = lines_of(as_(gp).get(reverse("safety_export", args=["hazards", "csv"])))
    assert [row["Id"] for row in rows] == [hazard.id for hazard in hazard_log().hazards]
    assert "Test: tests/" in rows[0]["Evidence"]
    pdf = as_(gp).get(reverse("safety_export", args=["hazards", "pdf"]))
    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    assert pdf["Content-Disposition"].startswith('attachment; filename="hazards-')
    page = text_of(as_(gp).get(reverse("safety_export", args=["hazards", "print"])))
    assert "Hazard log of Preceptor" in page
    assert "Synthetic: no patient in it is real" in page


@pytest.mark.parametrize("form", ["csv", "pdf", "print"])
@pytest.mark.parametrize("what", ["incidents", "audits"])
def test_incidents_and_audits_are_taken_away_by_who_governs_alone(practice, officer, gp, what, form):
    address = reverse("safety_export", args=[what, form])
    assert as_(gp).get(address).status_code == 403
    assert as_(officer).get(address).status_code == 200


def test_audits_leave_with_their_chance_once_they_are_answered(practice, officer, gp):
    decided(practice, gp, officer, [("routine", "soon", "routine", "soon")], probability=0.5)
    decided(practice, gp, officer, [("routine",) * 4], answered=False, probability=0.25)
    answered, waits = lines_of(as_(officer).get(reverse("safety_export", args=["audits", "csv"])))
    assert answered["Chance of being drawn"] == "0.5"
    assert (answered["Decision"], answered["Right would have been"], answered["Blind"]) == ("Routine", "Soon", "yes")
    assert waits["Right would have been"] == "waits"
    assert waits["Decision"] == waits["Chance of being drawn"] == ""


@pytest.mark.parametrize(("what", "form"), [("people", "csv"), ("hazards", "xlsx")])
def test_nothing_else_can_be_taken_away(officer, what, form):
    assert as_(officer).get(reverse("safety_export", args=[what, form])).status_code == 404


def test_what_somebody_typed_is_no_formula_in_a_spreadsheet(practice, officer):
    as_(officer).post(reverse("incidents"), INCIDENT | {"title": "=HYPERLINK(1)"})
    [row] = lines_of(as_(officer).get(reverse("safety_export", args=["incidents", "csv"])))
    assert row["Title"] == "'=HYPERLINK(1)"
    assert Request.objects.count() == 0
