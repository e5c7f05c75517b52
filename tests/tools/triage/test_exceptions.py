"""What stands near an exception's words keeps its red flag: each row is somebody whom an exception once hid.

The rows were written in a search for holes, exception by exception; they are no sample of anything.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from preceptor.tools.triage import red_flags_in
from preceptor.tools.triage.library import the_library
from tools.triage.cases import case

TABLE = Path(__file__).with_name("near_exceptions.csv")


def rows() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row['flag']} {row['text'][:50]}")
def test_words_near_an_exception_keep_their_red_flag(row: dict[str, str]) -> None:
    age = float(row["age"]) if row["age"] else None
    assert row["flag"] in {flag.id for flag in red_flags_in(case(row["text"], age=age))}


def test_every_row_names_a_feature_that_there_is() -> None:
    assert {row["exception_of"] for row in rows()} <= set(the_library().features.features)


@pytest.mark.parametrize(
    ("flag", "text"),
    [
        ("RF009", "I need a sick note and I feel sick with crushing chest pain"),
        ("RF103", "my calf has puffed up red and sore and I am short of breath"),
    ],
)
def test_an_exception_that_reads_a_phrase_speaks_of_no_other(flag: str, text: str) -> None:
    assert flag in {found.id for found in red_flags_in(case(text, age=50))}
