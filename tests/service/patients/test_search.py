"""A patient is found by what somebody says on the telephone, and only in one's own practice."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.service.patients.search import Sought, matching, sought
from service.factories import a_patient, a_practice

BORN = date(1972, 3, 1)


def test_name_number_and_date_in_one_breath():
    assert sought("testley, pat 1/3/1972 999 000 0018") == Sought(("testley", "pat"), "9990000018", BORN)


@pytest.mark.parametrize(
    "words", ["1/3/1972", "01/03/1972", "1.3.1972", "01-03-1972", "1972-03-01", "1 Mar 1972", "01-march-1972"]
)
def test_dates_as_people_write_them(words):
    assert sought(words) == Sought(born=BORN)


@pytest.mark.parametrize("words", ["31/2/1972", "1 Mor 1972", "1/13/1972"])
def test_a_date_that_is_none_stays_words(words):
    assert sought(words).born is None
    assert sought(words).names


@pytest.mark.parametrize("words", ["9990000018", "999 000 0018", "999-000-0018"])
def test_nhs_numbers_as_people_write_them(words):
    assert sought(words) == Sought(nhs_number="9990000018")


@given(st.text(max_size=60))
def test_any_words_are_read(words):
    sought(words)


@pytest.mark.django_db
class TestMatching:
    @pytest.fixture
    def practice(self):
        practice, other = a_practice(), a_practice()
        for family, given_names, born, number in [
            ("Testley", "Pat Ann", BORN, "9990000018"),
            ("Testley-Mockford", "Sam", date(1980, 1, 1), None),
            ("van Testley", "Kim", date(1990, 1, 1), None),
            ("Demoworth", "Testa", date(1990, 1, 1), None),
        ]:
            a_patient(practice, family_name=family, given_names=given_names, born=born, nhs_number=number)
        a_patient(other, family_name="Testley", given_names="Elsewhere", born=BORN, nhs_number="9990000018")
        return practice

    @pytest.mark.parametrize(
        ("words", "found"),
        [
            ("testley", ["Pat Ann", "Sam", "Kim"]),
            ("TESTLEY pat", ["Pat Ann"]),
            ("ann", ["Pat Ann"]),
            ("mockford", ["Sam"]),
            ("1/3/1972", ["Pat Ann"]),
            ("999 000 0018", ["Pat Ann"]),
            ("test 1990-01-01", ["Testa", "Kim"]),
            ("testley 2/3/1972", []),
            ("elsewhere", []),
            ("%", []),
            ("", ["Testa", "Pat Ann", "Sam", "Kim"]),
        ],
    )
    def test_finds(self, practice, words, found):
        assert [patient.given_names for patient in matching(practice, words)] == found

    @pytest.mark.usefixtures("practice")
    def test_without_a_practice_nobody_is_found(self):
        assert not matching(None, "testley")
