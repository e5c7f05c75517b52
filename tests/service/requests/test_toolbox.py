"""A tool that hangs, crashes or talks nonsense takes nothing with it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from preceptor.advice import Case, Request
from preceptor.service.requests.toolbox import Toolbox, ToolFailed


def a_case(words: str) -> Case:
    return Case(id="c1", as_of=datetime(2026, 11, 16, tzinfo=UTC), request=Request(words))


def test_a_tool_answers_from_a_process_of_its_own(faulty_toolbox: Toolbox) -> None:
    assert faulty_toolbox.ask("faulty", a_case("well")).option == "soon"
    assert {"faulty", "triage"} <= set(faulty_toolbox.cards)
    assert set(faulty_toolbox.missing) == {"absent"}


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("raise", "RuntimeError: asked to raise"),
        ("die", "stopped in the middle"),
        ("hang", "no answer within 1 seconds"),
        ("nonsense", "its advice cannot be used: option 'whenever' is not on its scale"),
    ],
)
def test_a_tool_that_goes_wrong_is_a_failure_in_words_and_the_next_case_is_answered(
    faulty_toolbox: Toolbox, words: str, why: str
) -> None:
    with pytest.raises(ToolFailed, match=why):
        faulty_toolbox.ask("faulty", a_case(words))
    assert faulty_toolbox.ask("faulty", a_case("well")).option == "soon"


def test_a_tool_that_is_not_there_is_a_failure(faulty_toolbox: Toolbox) -> None:
    with pytest.raises(ToolFailed, match="is not installed"):
        faulty_toolbox.ask("absent", a_case("well"))


def test_a_tool_is_not_told_where_the_database_is(faulty_toolbox: Toolbox) -> None:
    with pytest.raises(ToolFailed, match=r"^RuntimeError: $"):
        faulty_toolbox.ask("faulty", a_case("secrets"))
