"""The language in which rules say how patients put things."""

from __future__ import annotations

import pytest

from preceptor.tools.triage.text.normal import sentences
from preceptor.tools.triage.text.patterns import Index, Lexicon, PatternError

LEXICON = Lexicon(
    {"pain": ["pain", "ache*", "killing me"], "chest": ["chest", "breast bone"], "hurts": ["{pain}", "sore"]}
)


def found(pattern: str, text: str) -> list[str]:
    index = Index()
    index.add("x", LEXICON.compile(pattern))
    return [
        sentence.span(first, last).of(text)
        for sentence in sentences(text)
        for _, first, last, _ in index.search(sentence)
    ]


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("{pain} &4 {chest}", "my chest is killing me", ["chest is killing me"]),
        ("{pain} &4 {chest}", "aches in the breast bone", ["aches in the breast bone"]),
        ("{pain} ~1 {chest}", "pain all over my chest", []),
        ("cannot ~1 breathe", "I can't really breathe", ["can't really breathe"]),
        ("one? calf swoll*", "calf swollen, one calf swollen", ["calf swollen", "one calf swollen", "calf swollen"]),
        ("left_arm|jaw", "my left arm, my jaw", ["left arm", "jaw"]),
        ("temperature ~2 #", "temp was 39.2", ["temp was 39.2"]),
        ("{hurts} ~1 knee", "sore left knee", ["sore left knee"]),
        ("chest", "chesty", []),
        ("pain ~3 chest", "no pain. chest fine", []),
    ],
)
def test_a_pattern_matches_what_it_says(pattern: str, text: str, matches: list[str]) -> None:
    assert found(pattern, text) == matches


def test_a_phrase_inside_another_is_found_too() -> None:
    assert found("pain ~4 chest", "no pain but pain in chest") == ["pain but pain in chest", "pain in chest"]


@pytest.mark.parametrize("wrong", ["", "~3", "{nobody}", "a|", "a &2 b &2 c", "word?"])
def test_a_wrong_pattern_is_refused_when_it_is_read(wrong: str) -> None:
    with pytest.raises(PatternError):
        Index().add("x", LEXICON.compile(wrong))
