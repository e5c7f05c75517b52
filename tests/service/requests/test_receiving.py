"""A request is saved before anything else happens, and only once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import OperationalError, connections

from preceptor.service.ledger import chain
from preceptor.service.ledger.models import Entry
from preceptor.service.requests import receiving
from preceptor.service.requests.models import Checked, Request
from preceptor.service.requests.receiving import (
    Arrival,
    BadArrival,
    IdempotencyClash,
    check_red_flags,
    matching_patient,
    receive,
)
from service.factories import a_patient, a_practice, a_red_flag, a_request, an_event

pytestmark = pytest.mark.django_db

CHEST_PAIN = "crushing pain in my chest and down my left arm, I am sweating"


def test_a_request_is_saved_entered_in_the_ledger_and_checked_for_red_flags() -> None:
    practice = a_practice()
    patient = a_patient(practice)

    received = receive(practice, Arrival(CHEST_PAIN, "page", patient=patient))

    request = Request.objects.of(practice).get()
    assert received.is_new
    assert (request.text, request.patient, request.state) == (CHEST_PAIN, patient, "waiting")
    assert request.red_flags_checked == Checked.DONE
    assert "emergency" in {flag["urgency"] for flag in request.red_flags}
    assert [entry.kind for entry in Entry.objects.order_by("seq")] == ["request.received", "request.red_flags"]
    assert not any(CHEST_PAIN in entry.body for entry in Entry.objects.all())


def test_a_request_stands_when_the_check_for_red_flags_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_case: object) -> None:
        raise RuntimeError("a fault in the rules")

    monkeypatch.setattr("preceptor.tools.triage.red_flags_in", broken)
    practice = a_practice()

    receive(practice, Arrival(CHEST_PAIN, "page"))

    request = Request.objects.of(practice).get()
    assert (request.state, request.red_flags_checked) == ("waiting", Checked.FAILED)


def test_silence_of_english_rules_about_another_language_is_no_check() -> None:
    text = "Od tygodnia mam kaszel i boli mnie gardło, proszę o wizytę"
    request = receive(a_practice(), Arrival(text=text, source="page")).request

    assert (request.red_flags, request.red_flags_checked) == ([], Checked.FAILED)


def test_a_plain_emergency_in_another_language_is_heard() -> None:
    text = "Mam silny ból w klatce piersiowej od godziny i trudno mi oddychać"
    request = receive(a_practice(), Arrival(text=text, source="page")).request

    assert [flag["id"] for flag in request.red_flags] == ["RF190", "RF191"]
    assert request.red_flags_checked == Checked.DONE


def test_a_request_whose_record_cannot_be_read_is_still_checked_by_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_patient: object) -> None:
        raise RuntimeError("a fault in the record")

    monkeypatch.setattr("preceptor.service.requests.cases.record_of", broken)
    practice = a_practice()

    request = receive(practice, Arrival(CHEST_PAIN, "page", patient=a_patient(practice))).request

    assert "emergency" in {flag["urgency"] for flag in request.red_flags}
    assert request.red_flags_checked == Checked.FAILED, "the record was not looked at, and the inbox must say so"


def test_ten_replays_of_one_key_make_one_request() -> None:
    practice = a_practice()
    arrival = Arrival("a sore knee", "api", idempotency_key="k-1")

    answers = [receive(practice, arrival) for _ in range(10)]

    assert Request.objects.of(practice).count() == 1
    assert [answer.is_new for answer in answers] == [True] + [False] * 9
    assert {answer.request.id for answer in answers} == {answers[0].request.id}


def test_one_key_with_two_bodies_is_refused() -> None:
    practice = a_practice()
    receive(practice, Arrival("a sore knee", "api", idempotency_key="k-1"))

    with pytest.raises(IdempotencyClash):
        receive(practice, Arrival("a sore elbow", "api", idempotency_key="k-1"))


def test_two_practices_may_use_the_same_key() -> None:
    for practice in (a_practice(), a_practice()):
        assert receive(practice, Arrival("a sore knee", "api", idempotency_key="k-1")).is_new


@pytest.mark.django_db(transaction=True)
def test_ten_replays_at_once_make_one_request() -> None:
    practice = a_practice()

    def send(_: int) -> object:
        try:
            return receive(practice, Arrival("a sore knee", "api", idempotency_key="k-1")).request.id
        finally:
            connections.close_all()

    with ThreadPoolExecutor(5) as pool:
        ids = set(pool.map(send, range(10)))

    assert len(ids) == 1
    assert Request.objects.of(practice).count() == 1


@pytest.mark.parametrize("text", ["", "   \n\t ", "x" * (receiving.LONGEST_TEXT + 1)])
def test_an_empty_or_endless_request_is_refused_and_nothing_is_saved(text: str) -> None:
    practice = a_practice()
    with pytest.raises(BadArrival):
        receive(practice, Arrival(text, "page"))
    assert not Request.objects.of(practice).exists()


def test_what_no_database_can_hold_is_shown_as_missing_and_the_rest_is_kept() -> None:
    practice = a_practice()

    receive(practice, Arrival("my\0knee \ud800 hurts 😀", "api"))

    assert Request.objects.of(practice).get().text == "my\ufffdknee \ufffd hurts 😀"


def test_the_longest_request_is_taken() -> None:
    practice = a_practice()
    assert receive(practice, Arrival("knee " * (receiving.LONGEST_TEXT // 5), "page")).is_new


class TestMatchingPatient:
    BORN = date(1972, 3, 1)

    def test_by_nhs_number_and_birth_date(self) -> None:
        practice = a_practice()
        patient = a_patient(practice, nhs_number="9990000018")
        assert matching_patient(practice, "anything", self.BORN, "999 000 0018") == patient

    @pytest.mark.parametrize(
        ("name", "born", "number"),
        [
            ("Pat Testley", date(1972, 3, 2), ""),  # another day
            ("Pat Testley", None, ""),
            ("Sam Testley", BORN, ""),
            ("Pat", BORN, ""),
            ("Pat Testley", BORN, "9990000000"),  # a wrong check digit: look by eye
            ("Pat Testley", BORN, "9990000026"),  # somebody else's number
        ],
    )
    def test_details_that_do_not_fit_match_nobody(self, name: str, born: date | None, number: str) -> None:
        practice = a_practice()
        a_patient(practice, given_names="Pat", nhs_number="9990000018")
        assert matching_patient(practice, name, born, number) is None

    def test_by_name_and_birth_date_when_one_alone_fits(self) -> None:
        practice = a_practice()
        patient = a_patient(practice, given_names="Pat Jo")
        assert matching_patient(practice, "pat TESTLEY", self.BORN, "") == patient
        a_patient(practice, given_names="Pat")
        assert matching_patient(practice, "pat TESTLEY", self.BORN, "") is None, "twins are not guessed between"

    def test_never_across_practices(self) -> None:
        a_patient(a_practice(), given_names="Pat", nhs_number="9990000018")
        assert matching_patient(a_practice(), "Pat Testley", self.BORN, "9990000018") is None


def test_a_red_flag_may_rest_on_the_record() -> None:
    practice = a_practice()
    patient = a_patient(practice)
    an_event(patient, kind="medication", concept="apixaban", status="active", text="Apixaban 5mg tablets")

    request = receive(
        practice, Arrival("I banged my head on the cupboard this morning", "page", patient=patient)
    ).request

    assert request.red_flags, "a head injury on an anticoagulant is a red flag"


def test_what_was_found_is_told_even_where_it_cannot_be_written_down(monkeypatch: pytest.MonkeyPatch) -> None:
    practice = a_practice()
    real = chain.append

    def full(kind: str, *rest: object, **more: object) -> object:
        if kind == "request.red_flags":
            raise OperationalError("database or disk is full")
        return real(kind, *rest, **more)

    monkeypatch.setattr(chain, "append", full)
    received = receive(practice, Arrival(CHEST_PAIN, "api", idempotency_key="k-1"))
    assert "emergency" in {flag["urgency"] for flag in received.request.red_flags}
    assert Request.objects.get().red_flags_checked == Checked.PENDING, "the assessor will check it again"

    monkeypatch.undo()
    again = receive(practice, Arrival(CHEST_PAIN, "api", idempotency_key="k-1"))
    assert not again.is_new
    assert Request.objects.get().red_flags_checked == again.request.red_flags_checked == Checked.DONE
    assert Request.objects.get().floor == "emergency"


def test_checking_again_takes_no_red_flag_away(monkeypatch: pytest.MonkeyPatch) -> None:
    practice = a_practice()
    request = a_request(
        practice, red_flags=[a_red_flag("my knee", "knee", "An older rule")], red_flags_checked=Checked.FAILED
    )
    check_red_flags(request)
    request.refresh_from_db()
    assert [flag["id"] for flag in request.red_flags] == ["an_older_rule"]
    assert (request.floor, request.red_flags_checked) == ("emergency", Checked.DONE)


def test_two_who_check_at_once_come_to_one_entry() -> None:
    practice = a_practice()
    request = receive(practice, Arrival(CHEST_PAIN, "page")).request
    check_red_flags(Request.objects.get(pk=request.pk))
    assert Entry.objects.filter(kind="request.red_flags").count() == 1


@pytest.mark.parametrize("number", ["²²²²²²²²²²", "٩٩٩٠٠٠٠٠١٨", "\ud800", "x" * 20])
def test_a_number_of_strange_digits_matches_nobody_and_breaks_nothing(number: str) -> None:
    practice = a_practice()
    a_patient(practice, born=date(1972, 3, 1), family_name="Testley", given_names="Pat")
    arrival = Arrival("a sore knee", "api", nhs_number_typed=number)
    assert receive(practice, arrival).is_new
    matching_patient(practice, "Pat Testley", date(1972, 3, 1), number)
