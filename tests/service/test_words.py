from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.advice import Handler, Urgency
from preceptor.service.words import (
    HANDLER_WORDS,
    URGENCY_HINTS,
    URGENCY_WORDS,
    age_in_words,
    ago,
    banner_date,
    urgency_in_words,
)

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("born", "age"),
    [
        (date(1962, 3, 2), "64y"),
        (date(1962, 3, 3), "63y"),
        (date(2008, 3, 2), "18y"),
        (date(2008, 3, 3), "17y 11m"),
        (date(2024, 3, 2), "2y 0m"),
        (date(2024, 12, 31), "14m 2d"),
        (date(2025, 12, 20), "10w 2d"),
        (date(2026, 2, 20), "10d"),
        (TODAY, "0d"),
        (date(2027, 1, 1), ""),
        (None, ""),
    ],
)
def test_the_younger_the_finer(born, age):
    assert age_in_words(born, TODAY) == age


@given(born=st.dates(date(1900, 1, 1), TODAY), on=st.dates(TODAY, date(2030, 1, 1)))
def test_an_age_has_no_negative_part(born, on):
    assert "-" not in age_in_words(born, on)


def test_a_date_on_a_banner_cannot_be_misread():
    assert banner_date(date(1970, 3, 2)) == "02-Mar-1970"


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(-5, "just now"), (0, "just now"), (5, "5 min ago"), (61, "1 h ago"), (1500, "1 day ago"), (3000, "2 days ago")],
)
def test_how_long_ago(minutes, words):
    now = datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert ago(now - timedelta(minutes=minutes), now) == words


def test_every_option_has_its_words():
    assert list(URGENCY_WORDS) == list(URGENCY_HINTS) == list(Urgency)
    assert list(HANDLER_WORDS) == list(Handler)
    assert urgency_in_words("nonsense") == urgency_in_words(None) == ""
