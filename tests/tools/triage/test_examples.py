"""The learning text: every file valid, nothing written twice, and a wrong line refused with its place."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from preceptor.advice import Urgency
from preceptor.tools.triage.examples import COLUMNS, ExampleError, all_examples, read
from preceptor.tools.triage.library import the_library

HEADER = "\t".join(COLUMNS)
GOOD = "same_day\tsoon\t34\tf\tpatient\twarfarin\ta\tI bumped my head this morning and feel sick"


def test_every_example_can_be_read_and_is_asked_as_a_case() -> None:
    found = list(all_examples())
    assert all(one.case.request is not None and one.case.request.text == one.text for one in found)
    twice = [text for text, n in Counter(" ".join(one.text.casefold().split()) for one in found).items() if n > 1]
    assert not twice, twice[:5]


def test_examples_belong_to_a_presentation() -> None:
    known = {p.id for p in the_library().presentations}
    missing = {one.presentation for one in all_examples()} - known
    if missing:
        pytest.skip(f"presentations still to be written: {sorted(missing)}")


def test_nobody_can_be_traced_in_an_example() -> None:
    number, address = re.compile(r"\b0\d{9,10}\b|\b\d{3} ?\d{3} ?\d{4}\b"), re.compile(r"\S+@\S+\.\S+")
    found = [one.id for one in all_examples() if number.search(one.text) or address.search(one.text)]
    assert not found


def test_a_line_says_who_asks_and_what_the_record_holds() -> None:
    (one,) = read("head_injury", f"{HEADER}\n{GOOD}\n")
    assert one.acceptable == {Urgency.SAME_DAY, Urgency.SOON}
    assert (one.age, one.sex, one.id) == (34.0, "female", "head_injury:2")
    assert one.case.record is not None
    assert [event.concept for event in one.case.record.events] == ["warfarin"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (GOOD.replace("same_day", "sameday"), "line 2: 'sameday'"),
        (GOOD.replace("\tsoon", "\tsame_day"), "`also` repeats"),
        (GOOD.replace("\t34", "\tthirty"), "could not convert"),
        (GOOD.replace("patient", "dog"), "unknown voice"),
        (GOOD.replace("warfarin", "unicorn"), "unicorn"),
        (GOOD.replace("\ta\t", "\t"), "7 columns instead of 8"),
        (GOOD.replace("\t34", "\t340"), "an age of 340"),
    ],
)
def test_a_wrong_line_is_refused_with_its_place(line: str, said: str) -> None:
    with pytest.raises(ExampleError, match=re.escape(said)):
        list(read("head_injury", f"{HEADER}\n{line}\n"))


def test_a_file_without_its_header_is_refused() -> None:
    with pytest.raises(ExampleError, match="first line"):
        list(read("head_injury", GOOD))


def test_the_readme_names_every_column() -> None:
    folder = Path(read.__code__.co_filename).parent
    assert all(f"`{column}`" in (folder / "README.md").read_text("utf-8") for column in COLUMNS)
