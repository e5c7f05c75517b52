"""An exception speaks of what stands near it, not of every other problem in the message."""

from __future__ import annotations

import pytest

from preceptor.advice import Span
from preceptor.tools.triage.text.reach import REACH, reaches


def near(text: str, exception: str, said: str) -> bool:
    one, other = (Span(at, at + len(words)) for words in (exception, said) if (at := text.index(words)) >= 0)
    return reaches(text, [one], [other])


@pytest.mark.parametrize(
    ("text", "exception", "said"),
    [
        ("my face has been droopy for months", "for months", "face has been droopy"),
        ("for months my face has been droopy", "for months", "face has been droopy"),
        ("My face droops. It has for months", "for months", "face droops"),
        ("chest pain when I press on it", "pain when I press", "chest pain"),
    ],
)
def test_what_is_near_is_spoken_of(text: str, exception: str, said: str) -> None:
    assert near(text, exception, said)


@pytest.mark.parametrize(
    ("text", "exception", "said"),
    [
        ("itchy for months, also my face has dropped", "for months", "face has dropped"),
        ("my face has dropped. PS the itch has lasted for months", "for months", "face has dropped"),
        (
            "itchy for months, creams did nothing, still scratching, my face has dropped",
            "for months",
            "face has dropped",
        ),
        ("itchy for months " + "and so on " * (REACH // 10) + "my face has dropped", "for months", "face has dropped"),
    ],
)
def test_another_problem_is_not_spoken_of(text: str, exception: str, said: str) -> None:
    assert not near(text, exception, said)


def test_nothing_is_near_nothing() -> None:
    assert not reaches("face", [], [Span(0, 4)])
    assert not reaches("face", [Span(0, 4)], [])
