"""From what was typed to words that rules read, and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.tools.triage.text.normal import LONGEST_SENTENCE, sentences


def words(text: str) -> list[tuple[str, ...]]:
    return [sentence.words for sentence in sentences(text)]


def test_contractions_open_and_every_word_keeps_its_place() -> None:
    text = "I CAN’T breathe. Mum’s been sooooo ill"
    first, second = sentences(text)
    assert first.words == ("i", "cannot", "breathe")
    assert second.words == ("mum", "been", "soo", "ill")
    assert first.spans[1].of(text) == "CAN’T"
    assert second.span(0, 2).of(text) == "Mum’s been"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dont, can not; havent", [("do", "not", "cannot"), ("have", "not")]),
        ("temp 38.4 or 38,4", [("temperature", "38.4", "or", "38.4")]),
        ("6wk old", [("6", "week", "old")]),
        ("28+3 weeks", [("28", "plus", "3", "weeks")]),
        ("che\u200bst pa\u00adin", [("chest", "pain")]),
        ("one\n\ntwo\nthree", [("one",), ("two", "three")]),
        ("wait... what", [("wait", "what")]),
        ("😀 🙏", []),
        ("", []),
    ],
)
def test_what_is_typed_becomes_words(text: str, expected: list[tuple[str, ...]]) -> None:
    assert words(text) == expected


def test_breaks_stand_where_commas_lines_and_dashes_did() -> None:
    (sentence,) = sentences("no fever, no rash - but one-sided\npain")
    assert [sentence.words[at] for at in sorted(sentence.breaks)] == ["no", "but", "pain"]


def test_text_without_full_stops_is_cut_with_an_overlap() -> None:
    found = sentences("pain " * 1000)
    assert all(len(sentence.words) <= LONGEST_SENTENCE for sentence in found)
    assert found[0].spans[-1] in found[1].spans


@given(st.text())
def test_any_text_gives_spans_inside_it_in_order(text: str) -> None:
    for sentence in sentences(text):
        assert len(sentence.words) == len(sentence.spans)
        assert all(0 <= span.start < span.end <= len(text) for span in sentence.spans)
        assert list(sentence.spans) == sorted(sentence.spans)
