"""The findings on the patient's page, the worklist and the page of watches, as the server gives them."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from preceptor.service.accounts.models import Role
from preceptor.service.findings.answering import give_to
from preceptor.service.findings.forecast import forecast, forecasts_of
from preceptor.service.findings.models import Budget, Finding, Forecast, Kind
from preceptor.service.findings.noticing import notice_all
from preceptor.service.findings.watches import packs_on
from preceptor.service.ledger.models import Entry
from service.factories import a_patient, a_practice, a_user
from service.findings.conftest import potassium
from service.findings.test_answering_cards import a_finding

pytestmark = pytest.mark.django_db


def page(client, name, *args, **query):
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_patients_page_shows_why_on_what_and_since_when(client, patient):
    shown = page(client, "patient", patient.pk)
    finding = Finding.objects.get()
    for words in (
        "High potassium, not repeated", "Repeat the potassium now", "Would first have fired on", "Met",
        f"Definition {finding.version}", "no clinician yet", reverse("patient_result", args=[patient.pk, "potassium"]),
        reverse("patient_chart", args=[patient.pk, "potassium"]), "Acted on", "Dismiss", "Snooze",
    ):  # fmt: skip
        assert words in shown, words
    finding.refresh_from_db()
    assert finding.shown is not None


def test_an_answer_takes_one_step_with_and_without_script(client, patient, gp):
    page(client, "patient", patient.pk)
    finding = Finding.objects.get()
    address = reverse("finding_answer", args=[finding.pk])
    typed = {"findings": finding.pk, "kind": "dismiss", "dismiss_reason": "", "snooze_reason": "booked", "note": ""}
    refused = client.post(address, typed)
    assert refused.status_code == 422
    assert "Choose why you dismiss it" in refused.content.decode()

    done = client.post(address, typed | {"dismiss_reason": "known", "until": ""}, headers={"HX-Request": "true"})
    assert done.status_code == 200
    assert "It is in the ledger under your name" in done.content.decode()
    assert "<html" not in done.content.decode()
    finding.refresh_from_db()
    assert (finding.answer.kind, finding.answer.reason, finding.answer.clinician) == (Kind.DISMISS, "known", gp)

    again = client.post(address, {"findings": finding.pk, "kind": "show_again"})
    assert again.headers["Location"] == reverse("patient", args=[patient.pk]) + "#findings"
    snoozed = client.post(
        address, {"findings": finding.pk, "kind": "snooze", "snooze_reason": "booked", "until": "14"}, follow=True
    )
    assert "Snoozed" in snoozed.content.decode()
    finding.refresh_from_db()
    assert finding.answer.until == timezone.localdate() + timedelta(days=14)


@pytest.mark.parametrize("findings", ["", "x", "1 2 3", "9" * 300, "-1", "٣"])
def test_a_card_that_was_tampered_with_answers_nothing(client, patient, findings):
    page(client, "patient", patient.pk)
    finding = Finding.objects.get()
    answer = client.post(reverse("finding_answer", args=[finding.pk]), {"findings": findings, "kind": "act"})
    assert answer.status_code == 422
    finding.refresh_from_db()
    assert finding.answer is None


def test_a_clinician_of_another_practice_sees_nothing(patient, practice):
    notice_all(practice)
    finding = Finding.objects.get()
    stranger = Client()
    stranger.force_login(a_user(a_practice()))
    for name, args in (("findings", []), ("findings_print", []), ("findings_export", []), ("finding_watches", [])):
        assert "TESTLEY" not in page(stranger, name, *args)
    for name in ("finding_answer", "finding_owner"):
        typed = {"findings": finding.pk, "kind": "act"}
        assert stranger.post(reverse(name, args=[finding.pk]), typed).status_code == 404
    assert stranger.get(reverse("patient", args=[patient.pk])).status_code == 404


def test_who_only_reads_finds_no_button_and_is_not_counted_as_shown(patient, practice):
    manager = Client()
    manager.force_login(a_user(practice, Role.MANAGER))
    shown = page(manager, "patient", patient.pk)
    assert "High potassium" in shown
    assert "Acted on" not in shown
    assert Finding.objects.get().shown is None
    typed = {"findings": Finding.objects.get().pk, "kind": "act"}
    assert manager.post(reverse("finding_answer", args=[Finding.objects.get().pk]), typed).status_code == 422


def test_the_worklist_is_filtered_ordered_and_taken_out(client, practice, patient, gp):
    other = a_patient(practice, family_name="=cmd()", born=timezone.localdate() - timedelta(days=365 * 30))
    notice_all(practice)
    a_finding(other, "ckd_uncoded", since=timezone.localdate() - timedelta(days=400))
    give_to([Finding.objects.get(patient=patient).pk], gp, gp)
    rows = lambda **query: list(csv.DictReader(io.StringIO(page(client, "findings_export", **query))))  # noqa: E731
    assert [row["priority"] for row in rows()] == ["Today", "Routine"]
    assert [row["priority"] for row in rows(order="age")] == ["Routine", "Today"]
    assert rows()[1]["patient"].startswith("'=CMD()")  # no spreadsheet takes it for a formula
    assert [row["owner"] for row in rows(owner="me")] == [gp.shown_name]
    assert len(rows(owner="nobody")) == len(rows(age="365")) == len(rows(pack="kidney")) == 1
    assert len(rows(priority="today", owner="nobody")) == 0
    assert len(rows(priority="nonsense", owner="x", pack="x", age="x")) == 2
    assert "TESTLEY" in page(client, "findings") and "TESTLEY" in page(client, "findings_print")  # noqa: PT018
    assert "No finding fits" in page(client, "findings", priority="this_week")


def test_more_than_the_budget_is_behind_a_click(client, patient, monkeypatch):
    monkeypatch.setattr("preceptor.service.findings.showing.notice_patient", lambda *_: None)
    for watch in ("ckd_uncoded", "acr_raised_uncoded", "ckd_worse_than_coded"):
        a_finding(patient, watch)
    Budget.objects.create(practice=patient.practice, per_patient=1, per_session=1, signed_by=a_user(patient.practice))
    for _ in range(2):  # a card that was shown before takes nothing from the session again
        assert "2 more: 2 routine" in page(client, "patient", patient.pk)
    assert Finding.objects.filter(shown__isnull=False).count() == 1


def test_the_budget_is_set_by_who_governs_and_signed(client, practice):
    manager = a_user(practice, Role.MANAGER)
    boss = Client()
    boss.force_login(manager)
    boss.post(reverse("finding_budget"), {"per_patient": 1, "per_session": 1})
    boss.post(reverse("finding_budget"), {"per_patient": 0, "per_session": 1})  # refused
    assert Budget.objects.get().signed_by == manager
    assert Entry.objects.filter(kind="findings.budget").count() == 1
    assert client.post(reverse("finding_budget"), {"per_patient": 9, "per_session": 9}).status_code == 403


def test_a_manager_reads_the_forecast_then_switches_a_pack(client, patient):
    practice = a_practice()
    manager = Client()
    manager.force_login(a_user(practice, Role.MANAGER))
    assert "There is no forecast yet" in page(manager, "finding_watches")
    for number in range(3):
        potassium(a_patient(practice), 6.1, days=40 if number else 500)
    assert forecast(practice, sample=50) == 3
    told = forecasts_of(practice)["potassium_high_not_repeated"]
    assert (told.row.patients, told.row.fires, told.row.standing) == (3, 2, 1)
    assert told.a_week == pytest.approx(1000 * 2 / 3 / 52)
    assert told.interval[0] == pytest.approx(1000 * 0.2422 / 3 / 52, rel=1e-3)  # Garwood's limits for a count of 2
    assert told.interval[1] == pytest.approx(1000 * 7.2247 / 3 / 52, rel=1e-3)
    assert "in 3 patients over 52 weeks" in page(manager, "finding_watches")
    assert "TESTLEY" in page(manager, "finding_watch", "potassium_high_not_repeated")

    address = reverse("finding_pack", args=["results"])
    assert manager.post(address, {"on": "yes", "why": "ok"}).status_code == 422
    assert manager.post(address, {"on": "yes", "why": "We have read the forecast"}).status_code == 302
    assert packs_on(practice) == {"results"}
    assert client.get(address).status_code == 403
    assert manager.get(reverse("finding_pack", args=["nothing"])).status_code == 404


def test_a_forecast_of_an_older_definition_is_not_shown(practice, patient):
    forecast(practice)
    Forecast.objects.filter(watch="ckd_uncoded").update(version="older")
    assert "ckd_uncoded" not in forecasts_of(practice)


def test_a_forecast_counts_what_is_new_and_not_what_stays(practice):
    patient = a_patient(practice)
    potassium(patient, 6.1, days=200)  # fires two weeks later, and stays
    potassium(patient, 4.2, days=150)  # repeated: it ends
    potassium(patient, 6.3, days=100)  # again
    forecast(practice)
    row = Forecast.objects.get(watch="potassium_high_not_repeated")
    assert (row.fires, row.standing, row.who) == (2, 0, [patient.pk])
