"""What a message says of change and of severity, whatever it is about."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from preceptor.advice import Case, Request
from preceptor.tools.triage.library import the_library
from preceptor.tools.triage.reading import Reading

SAID = ("worsening", "getting_better", "staying_same", "severe", "mild")


def said(text: str) -> set[str]:
    case = Case("r1", datetime(2026, 11, 2, 9, tzinfo=UTC), Request(text))
    reading = Reading(case, the_library().features)
    return {name for name in SAID if reading.feature(name)}


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("the rash is spreading up my arm and it is agony", {"worsening", "severe"}),
        ("more and more breathless each day", {"worsening"}),
        ("the swelling has gone down a lot", {"getting_better"}),
        ("on the mend now thanks", {"getting_better"}),
        ("my usual migraine, same old story", {"staying_same"}),
        ("no improvement with the cream", {"staying_same"}),
        ("pain is 9 out of 10", {"severe"}),
        ("a mild ache, manageable with paracetamol", {"mild"}),
        ("i hope it does not get worse", set()),
        ("can I book a blood test", set()),
    ],
)
def test_change_and_severity_are_read(text: str, means: set[str]) -> None:
    assert said(text) == means


@pytest.mark.parametrize("text", ["not getting better", "it has not settled", "the swelling has not gone down"])
def test_what_is_denied_is_not_better(text: str) -> None:
    assert "getting_better" not in said(text)


def test_no_rule_lowers_by_the_wide_words_for_better_and_the_same() -> None:
    known = the_library()
    wide = {"getting_better", "staying_same", "mild"}
    conditions = [rule.when for rule in known.rules]
    conditions += [row.when for each in known.presentations for row in (*each.raises, *each.lowers)]
    assert not any(when.names & wide for when in conditions)
