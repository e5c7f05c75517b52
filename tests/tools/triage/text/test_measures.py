"""Numbers in patients' words."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from preceptor.tools.triage.text import measures
from preceptor.tools.triage.text.normal import sentences


def values(find: Callable[..., tuple[measures.Measure, ...]], text: str) -> list[float]:
    return [round(found.value, 2) for found in find(sentences(text))]


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("my 6 week old", [0.11]), ("my 6wk old", [0.11]), ("he's 3yo", [3]), ("a 3 y/o", [3]), ("aged 54", [54]),
        ("a 54 year old man", [54]), ("10 month old", [0.83]), ("newborn", [0]), ("I'm 34, female", [34]),
        ("our boy is five weeks", [0.1]), ("six month old", [0.5]), ("I am 28 weeks pregnant", []), ("for 3 weeks", []),
        ("mum is 84 and has fallen", [84]), ("my gran, 91, is not eating", [91]), ("sixteen year old lad", [16]),
        ("a twenty-two-year-old student", [22]), ("my dad died aged 52", []), ("a woman of 50", [50]),
        ("I'm 41 and my mum is 70", [41]), ("pain 8 out of 10", []),
    ],
)  # fmt: skip
def test_ages_are_in_years(text: str, years: list[float]) -> None:
    assert values(measures.ages, text) == years


@pytest.mark.parametrize(
    ("text", "celsius"),
    [("temp of 39", [39]), ("38.4", [38.4]), ("38,4 degrees", [38.4]), ("temperature 102 F", [38.9]), ("38 weeks", []),
     ("fever, thermometer says 40.1", [40.1])],
)  # fmt: skip
def test_temperatures_are_in_celsius(text: str, celsius: list[float]) -> None:
    assert values(measures.temperatures, text) == celsius


@pytest.mark.parametrize(
    ("text", "weeks"),
    [("28 weeks pregnant", [28]), ("28/40", [28]), ("pregnant, 28+3 weeks", [28]), ("I'm 29 weeks", [29]),
     ("my sister is 20 weeks pregnant", []), ("6 weeks of cough", []), ("born at 29 weeks", []),
     ("baby is breech, 36 weeks pregnant", [36])],
)  # fmt: skip
def test_weeks_of_pregnancy(text: str, weeks: list[float]) -> None:
    assert values(measures.weeks_pregnant, text) == weeks


def test_ketones_in_blood_and_urine() -> None:
    assert values(measures.ketones, "my ketones are 1.9") == [1.9]
    assert values(measures.urine_ketones, "ketones 3+ on the stick") == [3]


@pytest.mark.parametrize(
    ("text", "days"),
    [("for 3 weeks", [21]), ("the past 20 years", [7305]), ("for years", [730]), ("day 7", [7]), ("3 days now", [3]),
     ("5 days vomiting", [5]), ("a four-day history of fever", [4]), ("cough 5/7", [5]), ("hoarse 3/52", [21]),
     ("half an hour of pain", [0.02]), ("two and a half years with this", [913.12]), ("since yesterday", [1]),
     ("a fortnight of pain", [14]), ("it started two days ago", [2]), ("since last night", [0.5]),
     ("2 years old", []), ("every 4 hours", []), ("in 3 weeks", []), ("a 7 day course", []),
     ("sick note for 2 weeks", []),     ("20 weeks pregnant", []), ("BP 150/90", [])],
)  # fmt: skip
def test_durations_are_in_days(text: str, days: list[float]) -> None:
    assert values(measures.durations, text) == days


@pytest.mark.parametrize(
    ("text", "sex"),
    [("34F with a rash", "female"), ("a 67-year-old man", "male"), ("I am a woman with thrush", "female"),
     ("my son has earache", "male"), ("my wife says I snore", "unknown"), ("my period is late", "female"),
     ("pain in my testicle", "male"), ("she is 8 and hot", "female"), ("my dad died of it", "unknown"),
     ("I have a cough", "unknown"), ("he hit her", "unknown"), ("my wife is pregnant", "female")],
)  # fmt: skip
def test_sex_as_the_words_say(text: str, sex: str) -> None:
    assert measures.sex_said(sentences(text)) == sex
