"""Typing errors are put right towards the rules' words; real words are left alone."""

from __future__ import annotations

import pytest

from preceptor.tools.triage import red_flags_in
from preceptor.tools.triage.library import the_library
from tools.triage.cases import case


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("cheast", "chest"), ("brething", "breathing"), ("tempreature", "temperature"), ("swolen", "swollen"),
        ("botom", "bottom"), ("unconcious", "unconscious"), ("diarrhea", "diarrhoea"), ("chestpain", "chest pain"),
        ("coudlnt", "couldnt"), ("apixiban", "apixaban"), ("methotrxate", "methotrexate"),
    ],
)  # fmt: skip
def test_a_slip_is_put_right(typed: str, meant: str) -> None:
    assert the_library().features.spelling(typed) == tuple(meant.split())


REAL = "breast beast chess paint pants heard stoke suite dial writs bating beach horse"


@pytest.mark.parametrize("word", REAL.split())
def test_a_real_word_is_never_turned_into_an_alarm(word: str) -> None:
    assert the_library().features.spelling(word) == (word,)


@pytest.mark.parametrize("word", ["fot", "pan", "hert", "arn"])
def test_a_short_word_is_left_alone(word: str) -> None:
    assert the_library().features.spelling(word) == (word,)


def test_what_fired_is_shown_as_it_was_typed() -> None:
    text = "crushng pain in my cheast"
    (flag,) = red_flags_in(case(text))
    assert [span.of(text) for span in flag.spans] == ["crushng pain in my cheast"]
