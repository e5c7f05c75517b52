from datetime import UTC, datetime

import pytest

from preceptor.advice import Event, EventKind, Precision, Standing
from preceptor.service.requests import presenters
from preceptor.service.requests.models import Checked, Decision, FirstView, Reopening
from service.factories import a_patient, a_practice, a_red_flag, a_request, a_user, an_assessment, an_event

pytestmark = pytest.mark.django_db


def test_a_row_says_who_what_and_what_has_not_been_done():
    practice = a_practice()
    text = "pain in my chest and my arm"
    patient = a_patient(practice, family_name="Testley", given_names="Pat", title="Mx")
    request = a_request(
        practice,
        text=text,
        patient=patient,
        red_flags=[a_red_flag(text, "pain in my chest")],
        assessed=Checked.FAILED,
    )

    row = presenters.row_of(request)

    assert (row.name, row.matched) == ("TESTLEY, Pat (Mx)", True)
    assert row.red_flags == ("Emergency: Chest pain now",)
    assert (row.state, row.notes) == ("Waiting", ("Not assessed",))


def test_an_unmatched_person_is_shown_as_typed():
    row = presenters.row_of(a_request(a_practice(), name_typed="pat testley"))

    assert (row.name, row.matched) == ("pat testley", False)


def test_a_check_that_did_not_happen_is_said_in_words():
    request = a_request(a_practice(), red_flags_checked=Checked.FAILED, assessed=Checked.PENDING)

    assert presenters.undone(request) == ("Not checked for red flags", "Not assessed yet")


def test_states_are_sentences():
    practice = a_practice()
    clinician = a_user(practice, first_name="Dr Gee", last_name="Demoworth")
    request = a_request(practice, state="in_review")
    opened = request.received
    FirstView.objects.create(request=request, round=1, clinician=clinician, urgency="soon", handler="gp", opened=opened)
    assert presenters.state_of(request) == "In review: Dr Gee Demoworth"

    Decision.objects.create(
        request=request, round=1, clinician=clinician, urgency="soon", handler="nurse", opened=opened
    )
    request.state = "decided"
    assert presenters.state_of(request) == "Decided: Soon, Nurse"

    Reopening.objects.create(request=request, round=2, clinician=clinician, why="they called again")
    request.state, request.round = "waiting", 2
    assert presenters.state_of(request) == "Waiting, opened again"


@pytest.mark.parametrize(
    ("precision", "words"),
    [(Precision.YEAR, "2010"), (Precision.MONTH, "Jul 2010"), (Precision.DAY, "4 Jul 2010")],
)
def test_a_date_is_shown_as_exactly_as_it_was_given(precision, words):
    event = Event("Condition/1", EventKind.CONDITION, datetime(2010, 7, 4, tzinfo=UTC), "Asthma", precision)

    assert presenters.date_of(event) == words


def test_a_value_is_shown_as_it_was_sent():
    event = Event("Observation/1", EventKind.RESULT, None, "Sodium", value_sent="131", unit_sent="mmol/L")

    assert presenters.text_of(event) == "Sodium: 131 mmol/L"


def test_a_reason_shows_the_entry_that_it_rests_on():
    practice = a_practice()
    patient = a_patient(practice)
    event = an_event(patient, kind="appointment", text="Knee review", when=datetime(2026, 11, 20, 9, tzinfo=UTC))
    request = a_request(practice, patient=patient)
    reason = {"text": "It is booked", "effect": "lowers", "span": None, "event": event.key, "rule": "already_booked"}

    shown = presenters.advice_of(an_assessment(request, reasons=[reason]), Standing.SECOND)

    assert shown.reasons == (
        presenters.ReasonShown("Lowers it", "It is booked", "", "20 Nov 2026: Knee review", "already_booked"),
    )
    assert [chance.percent for chance in shown.chances] == [10, 10, 60, 10, 10]
    assert shown.possible == ("Soon",)


def test_what_the_record_says_is_in_sight_even_where_it_changed_nothing():
    practice = a_practice()
    patient = a_patient(practice)
    booked = an_event(patient, kind="appointment", text="Knee review", when=datetime(2026, 11, 20, 9, tzinfo=UTC))
    reason = {"text": "It is booked", "effect": "notes", "span": None, "event": booked.key, "rule": "booked"}
    of_words = {"text": "Sleep problem", "effect": "notes", "span": None, "event": None, "rule": "insomnia"}
    request = a_request(practice, patient=patient)

    shown = presenters.advice_of(an_assessment(request, reasons=[reason, of_words]), Standing.SECOND)

    assert [told.entry for told in shown.reasons] == ["20 Nov 2026: Knee review"]
    assert [told.text for told in shown.noted] == ["Sleep problem"]


def test_another_persons_first_view_is_told_when_ones_own_is_saved():
    practice = a_practice()
    me, other = a_user(practice), a_user(practice, first_name="Dr Pea", last_name="Sampleton")
    request = a_request(practice)
    FirstView.objects.create(
        request=request, round=1, clinician=other, urgency="emergency", handler="gp", opened=request.received
    )
    before = presenters.history_of(request, me)
    FirstView.objects.create(
        request=request, round=1, clinician=me, urgency="soon", handler="gp", opened=request.received
    )
    after = presenters.history_of(request, me)

    assert [(m.what, m.detail) for m in before][-1] == ("Dr Pea Sampleton saved a first view", "")
    assert ("Dr Pea Sampleton saved a first view", "Emergency, GP") in [(m.what, m.detail) for m in after]


def test_a_record_that_cannot_be_searched_is_not_an_empty_one(monkeypatch, caplog):
    def broken(case):
        raise ValueError("the rules are broken")

    monkeypatch.setattr("preceptor.tools.triage.related_events", broken)
    practice = a_practice()

    assert presenters.entries_of(a_request(practice, patient=a_patient(practice))) is None
    assert presenters.entries_of(a_request(practice)) == []
    assert "could not be searched" in caplog.text
