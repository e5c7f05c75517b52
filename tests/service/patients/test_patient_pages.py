"""A record on its pages: read by its own practice alone, as sent, and quick with 1,500 entries as with none."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from preceptor.advice import Handler, Standing, Urgency
from preceptor.service.patients.models import Event, Resource
from preceptor.service.requests.deciding import decide, give_first_view, reopen
from preceptor.service.requests.visibility import Step, advice_shown_to, step_for
from service.factories import a_patient, a_practice, a_request, a_user, an_assessment, an_event, trust

pytestmark = pytest.mark.django_db
PAGES = ("patient", "patient_results", "patient_timeline", "patient_requests")


@pytest.fixture
def client(gp):
    return signed_in(gp)


@pytest.fixture
def patient(practice):
    who = {"family_name": "Testley", "given_names": "Renata", "title": "Mrs", "nhs_number": "9990000018"}
    return a_patient(practice, born=date(1954, 3, 12), **who)


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(response) -> str:
    """What a reader reads: the page without its tags."""
    assert response.status_code == 200
    page = re.sub(r"<script.*?</script>|<style.*?</style>", " ", response.content.decode(), flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def read(client, name, patient, *args, **query) -> str:
    return text_of(client.get(reverse(name, args=[patient.pk, *args]), query))


def test_a_gp_reads_a_record(client, patient):
    an_event(patient, kind="allergy", text="Penicillin", note="Reaction: rash", status="active")
    an_event(patient, text="Diabetes", when=datetime(2010, 1, 1, tzinfo=UTC), precision="year", status="active")
    an_event(patient, kind="medication", text="Metformin 500 mg", status="active", note="One twice a day")
    an_event(patient, kind="plan", text="Reviews only with the usual GP", status="active")
    for month, value in ((1, 52.0), (7, 58.0)):
        when = datetime(2026, month, 1, tzinfo=UTC)
        an_event(patient, kind="result", concept="hba1c", text="HbA1c", value=value, unit="mmol/mol", when=when)
    summary = read(client, "patient", patient)
    assert "TESTLEY, Renata (Mrs)" in summary
    assert "NHS No. 999 000 0018" in summary
    for said in ("Penicillin", "Reaction: rash", "Diabetes since 2010", "Metformin 500 mg", "Reviews only with the"):
        assert said in summary
    results = read(client, "patient_results", patient)
    assert "HbA1c 58 mmol/mol 1 Jul 2026 52 1 Jan 2026 up 6" in results
    one = read(client, "patient_result", patient, "hba1c")
    assert "2 values from 1 Jan 2026 to 1 Jul 2026: first 52, lowest 52, highest 58, latest 58 mmol/mol" in one
    timeline = read(client, "patient_timeline", patient)
    assert timeline.index("HbA1c: 58 mmol/mol") < timeline.index("HbA1c: 52 mmol/mol") < timeline.index("Diabetes")


class TestAnEmptyRecord:
    @pytest.mark.parametrize("page", PAGES)
    def test_every_page_says_so_calmly(self, client, patient, page):
        assert read(client, page, patient)

    def test_no_allergy_recorded_is_not_no_allergy(self, client, patient):
        assert "None recorded. That does not mean that there are none." in read(client, "patient", patient)


class TestWhoMayRead:
    @pytest.mark.parametrize("page", PAGES)
    def test_another_practices_record_is_not_there(self, patient, page):
        stranger = signed_in(a_user(a_practice()))
        assert stranger.get(reverse(page, args=[patient.pk])).status_code == 404

    @pytest.mark.parametrize("page", ["patient_result", "patient_chart"])
    def test_nor_are_its_results(self, client, patient, page):
        an_event(patient, kind="result", concept="hba1c", text="HbA1c", value=50.0, unit="mmol/mol")
        assert client.get(reverse(page, args=[patient.pk, "hba1c"])).status_code == 200
        stranger = signed_in(a_user(a_practice()))
        assert stranger.get(reverse(page, args=[patient.pk, "hba1c"])).status_code == 404

    @pytest.mark.usefixtures("patient")
    def test_another_practices_patients_are_not_found(self):
        stranger = signed_in(a_user(a_practice()))
        assert "Testley" not in text_of(stranger.get(reverse("patients"), {"q": "renata"})).replace("Testley”", "")

    @pytest.mark.parametrize("page", PAGES)
    def test_an_account_without_a_practice_reads_nothing(self, patient, page):
        assert signed_in(a_user(None)).get(reverse(page, args=[patient.pk])).status_code == 403

    @pytest.mark.parametrize("page", PAGES)
    def test_whoever_is_not_signed_in_is_sent_to_sign_in(self, patient, page):
        response = Client().get(reverse(page, args=[patient.pk]))
        assert response.status_code == 302
        assert reverse("account_login") in response["Location"]

    @pytest.mark.parametrize("page", [*PAGES, "patient_chart"])
    def test_nothing_of_a_record_stays_in_a_browsers_cache(self, client, patient, page):
        an_event(patient, kind="result", concept="hba1c", text="HbA1c", value=50.0, unit="mmol/mol")
        args = [patient.pk, "hba1c"] if page == "patient_chart" else [patient.pk]
        assert client.get(reverse(page, args=args))["Cache-Control"] == "no-store"

    def test_a_number_that_no_record_can_have_is_not_there(self, client):
        assert client.get(f"/patients/{10**30}/").status_code == 404


class TestWhatCameWithAProblem:
    @pytest.fixture(autouse=True)
    def _sent(self, patient):
        an_event(
            patient, kind="result", concept="potassium", text="Potassium", value=None, value_sent="5.2",
            unit_sent="furlongs", problem="'furlongs' is not a unit that we know",
        )  # fmt: skip

    @pytest.mark.parametrize("page", ["patient", "patient_results", "patient_timeline"])
    def test_is_shown_as_sent_with_what_is_wrong(self, client, patient, page):
        shown = read(client, page, patient)
        assert "“5.2 furlongs” as sent" in shown
        assert "'furlongs' is not a unit that we know" in shown

    def test_is_counted_on_the_summary_and_found_in_one_step(self, client, patient):
        an_event(patient, text="Something sound")
        assert "1 entry in this record came with a problem" in read(client, "patient", patient)
        only = read(client, "patient_timeline", patient, problems="yes")
        assert "Potassium" in only
        assert "Something sound" not in only

    def test_cannot_be_drawn(self, client, patient):
        assert "There is no number here that could be drawn." in read(client, "patient_result", patient, "potassium")
        assert client.get(reverse("patient_chart", args=[patient.pk, "potassium"])).status_code == 404

    def test_doubts_about_who_it_is_stand_in_the_banner(self, client, practice):
        doubtful = a_patient(practice, problem="no date of birth was sent", born=None)
        assert "Check who this is: no date of birth was sent" in read(client, "patient_timeline", doubtful)


@pytest.mark.parametrize("page", ["patient", "patient_results", "patient_timeline"])
@pytest.mark.parametrize("kind", ["condition", "allergy", "medication", "plan", "result"])
def test_what_was_entered_in_error_is_never_shown_as_true(client, patient, page, kind):
    an_event(patient, kind=kind, text="Wrongly entered", void=True, status="active", value_sent="7")
    shown = read(client, page, patient)
    assert "Wrongly" not in shown
    if page == "patient_timeline":
        assert "1 entry was marked as entered in error" in shown


@pytest.mark.parametrize("page", PAGES)
def test_what_was_sent_cannot_become_part_of_the_page(client, practice, page):
    hostile = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    patient = a_patient(practice, family_name=hostile, problem=hostile)
    for kind in ("condition", "medication", "allergy", "plan", "flag", "appointment", "result"):
        when = datetime.now(UTC) + timedelta(days=1) if kind == "appointment" else datetime(2020, 1, 1, tzinfo=UTC)
        an_event(
            patient, kind=kind, text=hostile, note=hostile * 10, problem=hostile, value_sent=hostile,
            unit_sent=hostile, when=when, status="",
        )  # fmt: skip
    a_request(practice, patient=patient, text=hostile)
    response = client.get(reverse(page, args=[patient.pk]))
    assert response.status_code == 200
    assert hostile not in response.content.decode()
    assert "<img src=x" not in response.content.decode()


class TestTheChart:
    @pytest.fixture(autouse=True)
    def _values(self, patient):
        for month in range(1, 6):
            when = datetime(2026, month, 1, tzinfo=UTC)
            egfr = {"concept": "egfr", "text": "eGFR", "unit": "mL/min/{1.73_m2}"}
            an_event(patient, kind="result", value=60.0 - month, when=when, **egfr)

    def test_is_an_image_of_the_same_origin_with_its_words_beside_it(self, client, patient):
        address = reverse("patient_chart", args=[patient.pk, "egfr"])
        page = client.get(reverse("patient_result", args=[patient.pk, "egfr"])).content.decode()
        words = "5 values from 1 Jan 2026 to 1 May 2026: first 59, lowest 55, highest 59, latest 55 mL/min/1.73 m²"
        assert f'src="{address}" alt="Estimated GFR. {words}."' in page
        response = client.get(address)
        assert response["Content-Type"] == "image/svg+xml"
        assert words in response.content.decode()
        assert "default-src 'self'" in response["Content-Security-Policy"]

    @pytest.mark.parametrize("slug", ["potassium", "no-such", "text-0123456789ab", "blood_pressure"])
    def test_of_what_was_never_measured_is_not_there(self, client, patient, slug):
        assert client.get(reverse("patient_chart", args=[patient.pk, slug])).status_code == 404
        assert client.get(reverse("patient_result", args=[patient.pk, slug])).status_code == 404

    def test_every_result_leads_to_its_page(self, client, patient):
        an_event(patient, kind="result", concept=None, text="A test without a concept", value_sent="positive")
        an_event(patient, kind="result", concept="systolic_bp", text="Systolic", value=140.0, unit="mm[Hg]")
        page = client.get(reverse("patient_results", args=[patient.pk])).content.decode()
        links = re.findall(rf'href="(/patients/{patient.pk}/results/[^"]+/)"', page)
        assert len(links) == 3
        assert [client.get(link).status_code for link in links] == [200] * 3


class TestTheTimeline:
    @pytest.fixture(autouse=True)
    def _entries(self, patient):
        for day in range(1, 31):
            when = datetime(2026, 6, day, 9, tzinfo=UTC)
            an_event(patient, text=f"Problem of day {day}.", when=when, precision="day")
            an_event(patient, kind="encounter", text=f"Visit of day {day}.", note="Reason: cough", when=when)
        an_event(patient, kind="document", text="Undated letter", when=None)

    def test_is_newest_first_a_page_at_a_time_and_what_has_no_date_comes_last(self, client, patient):
        first, second = (read(client, "patient_timeline", patient, page=number) for number in (1, 2))
        assert first.index("Visit of day 30.") < first.index("Visit of day 29.")
        assert "1 to 50 of 61 entries" in first
        assert "Undated letter" not in first
        assert second.index("Visit of day 1.") < second.index("no date Document Undated letter")

    def test_can_be_narrowed_to_a_kind_and_to_words(self, client, patient):
        visits = read(client, "patient_timeline", patient, kind="encounter")
        assert "Visit of day 3." in visits
        assert "Problem of day 3." not in visits
        assert "Consultation 30" in visits
        found = read(client, "patient_timeline", patient, q="COUGH 30.")
        assert "Visit of day 30." in found
        assert "Visit of day 3." not in found

    @pytest.mark.parametrize(
        "query", [{"page": "x"}, {"page": "10000"}, {"page": "-1"}, {"kind": "nonsense"}, {"q": "\0%_"}]
    )
    def test_a_strange_address_is_no_error(self, client, patient, query):
        assert read(client, "patient_timeline", patient, **query)


class TestRequestsAndDecisions:
    """Advice reaches this page by the rules of visibility, like any other."""

    @pytest.fixture
    def request_(self, practice, patient):
        trust(practice, Standing.SECOND)
        request = a_request(practice, patient=patient, text="My knee hurts more than last year")
        an_assessment(request, "emergency")
        return request

    def page(self, user, patient) -> str:
        return read(signed_in(user), "patient_requests", patient)

    def test_advice_is_hidden_until_ones_own_view_is_saved(self, gp, patient, request_):
        assert "My knee hurts" in self.page(gp, patient)
        assert "Emergency" not in self.page(gp, patient)
        give_first_view(request_, gp, urgency=Urgency.SOON, handler=Handler.GP, version=1)
        assert "Advice Emergency (triage 1.0.0)" in self.page(gp, patient)

    def test_another_persons_view_does_not_show_it_to_me(self, practice, gp, patient, request_):
        give_first_view(request_, a_user(practice), urgency=Urgency.SOON, handler=Handler.GP, version=1)
        assert "Emergency" not in self.page(gp, patient)

    def test_a_decision_is_shown_with_the_advice_and_why_it_differs(self, practice, gp, patient, request_):
        self.decided(request_, a_user(practice, last_name="Decisor"))
        shown = self.page(gp, patient)
        assert "Advice Emergency" in shown
        assert "Soon, GP , Dr Gee Decisor" in shown
        assert "Differs from the advice: I know this patient" in shown
        assert "Seen before" in shown

    def test_after_reopening_why_it_differed_is_hidden_from_who_has_not_seen_the_advice(
        self, practice, gp, patient, request_
    ):
        decider = a_user(practice)
        self.decided(request_, decider)
        reopen(request_, decider, why="It got worse", version=2)
        shown = self.page(gp, patient)
        assert "Soon, GP" in shown
        assert "Differs" not in shown
        assert "Emergency" not in shown
        assert "Emergency" in self.page(decider, patient)

    def test_whoever_read_the_advice_here_has_seen_it(self, practice, gp, patient, request_):
        decider = a_user(practice)
        self.decided(request_, decider)
        assert "Advice Emergency" in self.page(gp, patient)
        reopen(request_, decider, why="It got worse", version=2)
        assert step_for(request_, gp) == Step.DECIDE

    @pytest.mark.usefixtures("request_")
    def test_only_this_patients_requests_are_here(self, practice, gp, patient):
        a_request(practice, patient=a_patient(practice), text="Somebody else")
        assert "Somebody else" not in self.page(gp, patient)

    def decided(self, request, user):
        give_first_view(request, user, urgency=Urgency.SOON, handler=Handler.GP, version=1)
        advice_shown_to(request, user)
        why = {"reason": "know_this_patient", "note": "Seen before"}
        decide(request, user, urgency=Urgency.SOON, handler=Handler.GP, version=1, **why)


class TestTheList:
    @pytest.mark.usefixtures("patient")
    def test_shows_who_they_are_and_no_banner(self, client, practice):
        for _ in range(30):
            a_patient(practice)
        page = client.get(reverse("patients"))
        assert "app-banner" not in page.content.decode()
        assert "31 patients" in text_of(page)
        assert "1 to 25 of 31 patients" in text_of(page)

    def test_keeps_the_words_on_the_next_page(self, client, practice):
        for _ in range(30):
            a_patient(practice, family_name="Mockford & Sons")
        page = client.get(reverse("patients"), {"q": "mockford &"})
        assert 'href="/patients/?q=mockford+%26&amp;page=2"' in page.content.decode()

    @pytest.mark.usefixtures("patient")
    def test_nobody_fits(self, client):
        assert "No patient fits “nobody”" in text_of(client.get(reverse("patients"), {"q": "nobody"}))


def a_long_record(patient) -> None:
    """1,500 entries of every kind."""
    kinds = ("result", "medication", "encounter", "condition", "report")
    concepts = ("egfr", "potassium", "hba1c", "systolic_bp", "diastolic_bp", None)
    resource = Resource.objects.create(
        practice=patient.practice, key=f"Bundle/{uuid.uuid4()}", patient=patient, digest=b"0" * 32
    )
    Event.objects.bulk_create(
        Event(
            practice=patient.practice, patient=patient, resource=resource, key=f"Entry/{patient.pk}-{n}",
            kind=kinds[n % 5], text=f"Entry {n % 40}", when=datetime(2010, 1, 1, tzinfo=UTC) + timedelta(days=4 * n),
            concept=concepts[n % 6] if n % 5 == 0 else None, value=50.0 + n % 9 if n % 5 == 0 else None,
            unit="mmol/L" if n % 5 == 0 else None, status="active",
        )
        for n in range(1500)
    )  # fmt: skip


# The summary asks six times more than a page of the record alone: its findings, their answers, budget and packs.
@pytest.mark.parametrize(
    ("page", "most"), [("patient", 14), ("patient_results", 5), ("patient_timeline", 8), ("patient_requests", 5)]
)
def test_a_long_record_asks_the_database_no_more_often_than_an_empty_one(
    client, practice, django_assert_max_num_queries, page, most
):
    long, empty = a_patient(practice), a_patient(practice)
    a_long_record(long)
    for patient in (empty, long):
        client.get(reverse("patient", args=[patient.pk]))
        with django_assert_max_num_queries(most):
            assert client.get(reverse(page, args=[patient.pk])).status_code == 200


def test_what_the_watches_find_at_the_first_opening_is_kept_at_once(client, practice, django_assert_max_num_queries):
    long = a_patient(practice)
    a_long_record(long)
    with django_assert_max_num_queries(32):
        assert client.get(reverse("patient", args=[long.pk])).status_code == 200


def test_requests_are_asked_about_one_by_one_but_never_more_than_ten(
    client, practice, patient, django_assert_max_num_queries
):
    trust(practice, Standing.SECOND)
    for _ in range(30):
        an_assessment(a_request(practice, patient=patient))
    # Visibility is the one door to advice and takes a request at a time: up to five questions for each shown.
    with django_assert_max_num_queries(11 + 10 * 5):
        assert client.get(reverse("patient_requests", args=[patient.pk])).status_code == 200


def test_the_list_asks_the_database_the_same_few_questions(client, practice, django_assert_max_num_queries):
    for _ in range(60):
        a_patient(practice)
    with django_assert_max_num_queries(5):
        assert client.get(reverse("patients"), {"q": "test"}).status_code == 200
