from datetime import UTC, datetime, timedelta

import pytest
from django.http import QueryDict

from preceptor.service.requests import inbox
from preceptor.service.requests.inbox import Filter
from preceptor.service.requests.models import Checked
from service.factories import a_patient, a_practice, a_red_flag, a_request, an_assessment

pytestmark = pytest.mark.django_db


EIGHT = datetime(2026, 11, 16, 8, tzinfo=UTC)


def at(practice, minutes, **fields):
    return a_request(practice, received=EIGHT + timedelta(minutes=minutes), **fields)


def test_red_flags_come_first_then_the_oldest_whatever_the_advice_says():
    practice = a_practice()
    older, newer = at(practice, 0), at(practice, 9)
    flagged = at(practice, 20, red_flags=[a_red_flag("my knee", "knee")])
    an_assessment(older, "self_care")
    an_assessment(newer, "emergency")

    assert list(inbox.shown(practice, Filter())) == [flagged, older, newer]


def test_what_may_be_an_emergency_comes_before_every_other_red_flag():
    practice = a_practice()
    plain = at(practice, 0)
    same_day = at(practice, 1, red_flags=[a_red_flag("my knee", "knee", urgency="same_day")])
    unchecked = at(practice, 2, red_flags_checked=Checked.FAILED)
    emergency = at(practice, 3, red_flags=[a_red_flag("my knee", "knee")])

    assert list(inbox.shown(practice, Filter())) == [emergency, unchecked, same_day, plain]


def test_what_is_done_with_is_shown_newest_first():
    practice = a_practice()
    older, newer = at(practice, 0, state="decided"), at(practice, 9, state="decided")

    assert list(inbox.shown(practice, Filter(view="decided"))) == [newer, older]


def test_a_search_finds_words_typed_names_and_patients():
    practice = a_practice()
    patient = a_patient(practice, family_name="Sampleton", nhs_number="9991234561")
    knee = at(practice, 0, text="my KNEE is sore", patient=patient)
    cough = at(practice, 1, text="a cough", name_typed="Cy Testley")

    def found(words):
        return list(inbox.shown(practice, Filter(search=words)))

    assert found("knee") == found("sampleton sore") == found("9991234561") == [knee]
    assert found("testley") == found("Testley, Cy") == [cough]
    assert found("999 123 4561") == found("999-123-4561 knee") == [knee]
    assert found("knee cough") == []


def test_a_search_finds_the_reference_that_the_patient_was_given():
    practice = a_practice()
    knee, _ = at(practice, 0), at(practice, 1)

    assert list(inbox.shown(practice, Filter(search=str(knee.pk)[:8].upper()))) == [knee]
    assert list(inbox.shown(a_practice(), Filter(search=str(knee.pk)[:8]))) == []


def test_counts_follow_the_filter_and_the_practice():
    practice, other = a_practice(), a_practice()
    at(practice, 0, state="decided", assessed=Checked.FAILED)
    at(practice, 1, assessed=Checked.FAILED)
    at(practice, 2, state="in_review", assessed=Checked.DONE)
    at(other, 3)

    assert inbox.counts(practice, Filter()) == {"open": 2, "waiting": 1, "in_review": 1, "decided": 1, "all": 3}
    assert inbox.counts(practice, Filter(not_assessed=True))["all"] == 2


def test_the_next_request_is_the_first_that_waits():
    practice = a_practice()
    mine, taken, following = at(practice, 0), at(practice, 1, state="in_review"), at(practice, 2)

    assert inbox.next_after(mine) == (following, 1)
    assert inbox.next_after(taken) == (mine, 2)


@pytest.mark.parametrize("query", ["view=nonsense", "search=%00", "red_flag=maybe", ""])
def test_a_strange_wish_is_the_plain_inbox(query):
    assert Filter.from_query(QueryDict(query)) == Filter()


def test_a_wish_survives_its_own_address():
    wish = Filter("decided", red_flag=True, not_assessed=True, search="knee & hip")

    assert Filter.from_query(QueryDict(wish.query())) == wish
