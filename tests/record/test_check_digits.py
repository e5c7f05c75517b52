"""A mistyped code or number is found out by its last digit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.record.check_digits import (
    nhs_number_check_digit,
    valid_loinc,
    valid_nhs_number,
    valid_sctid,
)

nine_digits = st.from_regex(r"[0-9]{9}", fullmatch=True)


def test_right_numbers_pass_and_one_wrong_digit_fails():
    assert valid_sctid("22298006")  # myocardial infarction
    assert not valid_sctid("22298007")
    assert valid_loinc("33914-3")  # estimated GFR
    assert not valid_loinc("33914-4")
    assert valid_nhs_number("999 000 0018")
    assert not valid_nhs_number("999 000 0019")


@pytest.mark.parametrize(
    "code", ["138875005", "404684003", "1000731000000107", "42206411000001101", "900000000000207008"]
)
def test_concepts_of_the_core_of_the_uk_and_of_dm_plus_d_are_valid(code: str):
    assert valid_sctid(code)


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("680946014", "the identifier of a description, not of a concept"),
        ("100022", "the identifier of a relationship"),
        ("1000731000000100", "a long code that a spreadsheet has rounded to fifteen digits"),
        ("34552-0", "a LOINC code under the name of SNOMED CT, as some Synthea bundles send"),
        ("XaBVA", "a CTV3 code"),
        ("022298006", "it begins with a nought"),
        ("22298006 ", "it has a space"),
        ("٢٢٢٩٨٠٠٦", "its digits are not ASCII"),
        ("22298", "too short"),
        ("1234567890123456789", "too long"),
        ("", "nothing at all"),
    ],
)
def test_what_is_no_snomed_concept(code: str, why: str):
    assert not valid_sctid(code), why


@pytest.mark.parametrize("code", ["718-7", "2160-0", "4548-4", "85354-9", "14959-1", "59408-5"])
def test_right_loinc_codes(code: str):
    assert valid_loinc(code)


@pytest.mark.parametrize("code", ["", "718", "718-", "-7", "718-77", "LA18978-9", "718 -7", "12345678-9"])
def test_what_is_no_loinc_code(code: str):
    assert not valid_loinc(code)


@pytest.mark.parametrize("number", ["9434765919", "943 476 5919", "943-476-5919", " 943 476 5919 "])
def test_an_nhs_number_may_be_spaced_three_three_four(number: str):
    assert valid_nhs_number(number)


@pytest.mark.parametrize("number", ["", "943476591", "94347659190", "9434 765 919", "943476591X", "94 34 76 59 19"])
def test_what_is_no_nhs_number(number: str):
    assert not valid_nhs_number(number)


@given(nine_digits)
def test_every_nine_digits_have_one_tenth_or_none(first_nine: str):
    check = nhs_number_check_digit(first_nine)
    valid = [digit for digit in range(10) if valid_nhs_number(f"{first_nine}{digit}")]
    assert valid == ([] if check is None else [check])


def test_some_nine_digits_have_no_tenth():
    assert any(nhs_number_check_digit(f"9990000{n:02}") is None for n in range(100))


@pytest.mark.parametrize("not_nine", ["12345678", "1234567890", "12345678x", ""])
def test_asking_for_the_tenth_of_anything_else_is_an_error(not_nine: str):
    with pytest.raises(ValueError, match="nine digits"):
        nhs_number_check_digit(not_nine)


@given(new=st.integers(0, 9), place=st.integers(0, 17))
def test_a_changed_digit_never_passes(new: int, place: int):
    number = "900000000000207008"
    changed = number[:place] + str(new) + number[place + 1 :]
    assert valid_sctid(changed) == (changed == number)


@given(st.integers(0, 16))
def test_two_neighbours_that_change_places_never_pass(place: int):
    code = "1000731000000107"
    if place + 1 < len(code) - 3:  # the partition must stay a concept's
        swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
        assert valid_sctid(swapped) == (swapped == code)


def test_the_broken_bundle_is_found_out(shared: Path):
    text = (shared / "data/fhir/broken/invalid_snomed_code.json").read_text(encoding="utf-8")
    codes: list[str] = []

    def collect(pairs: list[tuple[str, object]]) -> dict[str, object]:
        thing = dict(pairs)
        if thing.get("system") == "http://snomed.info/sct":
            codes.append(str(thing["code"]))
        return thing

    json.loads(text, object_pairs_hook=collect)
    assert codes
    assert not all(valid_sctid(code) for code in codes)
