"""What is said of a phrase beside what rules go by: possible, another's, over."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.tools.triage.library import the_library
from preceptor.tools.triage.reading import Reading
from preceptor.tools.triage.text.patterns import Match
from preceptor.tools.triage.text.scopes import Meant
from preceptor.tools.triage.text.senses import senses
from tools.triage.cases import case


def said(text: str, phrase: str, other: bool = False) -> set[str]:
    """All that is said of a phrase of one word."""
    reading = Reading(case(text, other=other), the_library().features)
    for number, sentence in enumerate(reading.sentences):
        if phrase in sentence.words:
            at = sentence.words.index(phrase)
            return {str(meant) for meant in senses(reading.reader, Match(number, at, at + 1))}
    raise AssertionError(f"{phrase} is not in {text}")


def rules_see(text: str, phrase: str) -> Meant:
    reading = Reading(case(text), the_library().features)
    at = reading.sentences[0].words.index(phrase)
    return reading.reader.meant(Match(0, at, at + 1))


@pytest.mark.parametrize(
    ("text", "phrase", "expected"),
    [
        ("I have shingles", "shingles", set()),
        ("I think it might be shingles", "shingles", {"possible"}),
        ("is it shingles?", "shingles", {"possible"}),
        ("not sure if it's shingles", "shingles", {"possible"}),
        ("?shingles left side", "shingles", {"possible"}),
        ("shingles cannot be excluded", "shingles", {"possible"}),
        ("worried about my shingles", "shingles", set()),
        ("may I ask about my shingles", "shingles", set()),
        ("no sign of shingles", "shingles", {"negated"}),
        ("nobody at home has shingles", "shingles", {"negated"}),
        ("my neighbour has shingles and I am pregnant", "shingles", {"other person"}),
        ("my mum has shingles, should I stay away", "shingles", {"other person"}),
        ("my mum has shingles", "shingles", set()),
        ("my mum says I have shingles", "shingles", set()),
        ("my mum never had shingles", "shingles", {"negated", "other person"}),
        ("my mum had shingles years ago", "shingles", {"other person", "past"}),
        ("the shingles has completely gone", "shingles", {"past"}),
        ("childhood shingles", "shingles", {"past"}),
    ],
)
def test_a_person_would_understand_it_so(text: str, phrase: str, expected: set[str]) -> None:
    assert said(text, phrase) == expected


def test_for_the_one_written_about_a_relative_is_the_patient() -> None:
    assert said("my neighbour has shingles", "shingles", other=True) == set()


@pytest.mark.parametrize(
    "text",
    [
        "I think it may be meningitis",
        "my husband has meningitis",
        "my flatmate has meningitis",
        "the meningitis has gone now",
        "presents with a two-day history of meningitis",
        "the meningitis I had last year has come back today",
        "meningitis cannot be ruled out",
    ],
)
def test_rules_still_see_it(text: str) -> None:
    assert rules_see(text, "meningitis") is Meant.NOW


@given(
    st.lists(
        st.sampled_from(
            [
                "no",
                "not",
                "my",
                "mum",
                "has",
                "had",
                "might",
                "be",
                "if",
                "I",
                "think",
                "a",
                "rash",
                "gone",
                "years",
                "ago",
                "?",
                ",",
                ".",
                "but",
                "worried",
            ]
        ),
        max_size=15,
    )
)
def test_senses_only_add_to_what_rules_go_by(words: list[str]) -> None:
    reading = Reading(case(" ".join([*words, "rash"])), the_library().features)
    sentence = reading.sentences[-1]
    match = Match(len(reading.sentences) - 1, len(sentence.words) - 1, len(sentence.words))
    meant = reading.reader.meant(match)
    assert meant in (Meant.NOW, Meant.MIGHT_BE) or meant in senses(reading.reader, match)
