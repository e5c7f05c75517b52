"""A number as it was sent, told in the concept's unit; or not trusted, and why."""

from __future__ import annotations

import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.record.concepts import all_concepts, concept, rows
from preceptor.record.units import canonical, ucum

CONVERSIONS = list(rows("unit_conversions"))
WITH_A_UNIT = [each for each in all_concepts() if each.unit]
WITHOUT_A_UNIT = [each for each in all_concepts() if each.unit is None]


def test_a_number_is_told_in_uk_units_or_said_to_be_untrusted():
    told = canonical(concept("creatinine"), 1.2, "mg/dL")
    assert (told.value, told.unit, told.problem) == (106.08, "umol/L", "")

    no_unit = canonical(concept("creatinine"), 1.2, "")
    assert (no_unit.value, no_unit.unit) == (None, None)
    assert no_unit.problem == "1.2 was sent without a unit"


# slug, value and unit as sent, value in the canonical unit. Each line can be done by hand.
GOLDEN = [
    ("creatinine", 1.0, "mg/dL", 88.4),
    ("creatinine", 106.0, "µmol/L", 106.0),  # U+00B5, the sign for micro
    ("creatinine", 106.0, "μmol/L", 106.0),  # U+03BC, the Greek letter
    ("creatinine", 0.106, "mmol/L", 106.0),
    ("hba1c", 6.5, "%", 47.54115),  # 48 in every table, rounded
    ("hba1c", 7.0, "%", 53.00565),
    ("hba1c", 48.0, "mmol/mol Hb", 48.0),
    ("glucose", 126.0, "mg/dL", 6.993939),
    ("cholesterol_total", 200.0, "mg/dL", 5.17264),
    ("triglycerides", 150.0, "mg/dL", 1.693576),
    ("urea", 20.0, "mg/dL", 7.13944),
    ("calcium", 10.0, "mg/dL", 2.495134),
    ("bilirubin", 1.0, "mg/dL", 17.103958),
    ("urate", 6.0, "mg/dL", 356.909166),
    ("haemoglobin", 13.5, "g/dL", 135.0),
    ("haemoglobin", 135.0, "g/l", 135.0),
    ("albumin", 4.1, "g/dL", 41.0),
    ("haematocrit", 42.0, "%", 0.42),
    ("platelets", 250.0, "10*3/uL", 250.0),
    ("platelets", 250.0, "x10^9/L", 250.0),
    ("platelets", 250.0, "× 10⁹/L", 250.0),
    ("platelets", 250000.0, "/uL", 250.0),
    ("red_cell_count", 4.8, "10*6/uL", 4.8),
    ("alt", 31.0, "iu/L", 31.0),
    ("tsh", 2.4, "mIU/L", 2.4),
    ("tsh", 2.4, "mU/L", 2.4),
    ("tsh", 2.4, "uIU/mL", 2.4),
    ("psa", 3.1, "ng/mL", 3.1),
    ("ca125", 36.0, "ku/L", 36.0),
    ("ferritin", 15.0, "ug/L", 15.0),
    ("urine_acr", 30.0, "mg/g", 3.393665),
    ("urine_acr", 3.0, "mg/mmol creat", 3.0),
    ("nt_probnp", 400.0, "pg/mL", 400.0),
    ("egfr", 55.0, "mL/min/1.73m2", 55.0),
    ("egfr", 55.0, "ml/min/1.73 m²", 55.0),
    ("egfr", 55.0, "mL/min/1.73.m2", 55.0),  # general UCUM readers take this for 73 m2.mL/min
    ("weight", 154.0, "lb", 69.85322498),
    ("weight", 3400.0, "g", 3.4),
    ("height", 70.0, "in", 177.8),
    ("height", 1.78, "m", 178.0),
    ("temperature", 98.6, "degF", 37.0),
    ("temperature", 37.5, "°C", 37.5),
    ("systolic_bp", 120.0, "mmHg", 120.0),
    ("systolic_bp", 16.0, "kPa", 120.0098498),
    ("heart_rate", 72.0, "bpm", 72.0),
    ("sodium", 140.0, "mEq/L", 140.0),
    ("calcium", 5.0, "mEq/L", 2.5),
    ("vitamin_d", 20.0, "ng/mL", 49.92012),
]


@pytest.mark.parametrize(("slug", "sent", "unit", "expected"), GOLDEN)
def test_golden_conversions(slug: str, sent: float, unit: str, expected: float):
    told = canonical(concept(slug), sent, unit)
    assert told.problem == ""
    assert told.unit == concept(slug).unit
    assert told.value == pytest.approx(expected, rel=2e-6)


@pytest.mark.parametrize(
    ("slug", "unit", "why"),
    [
        ("alt", "mU/L", "a thousandth of an enzyme unit is not what TSH's mU/L is"),
        ("tsh", "U/L", "enzyme units are not international units of a hormone"),
        ("creatinine_clearance", "mL/min/{1.73_m2}", "an eGFR is not a clearance"),
        ("creatinine_clearance", "mL/min/1.73.m2", "nor in this spelling"),
        ("glucose", "g/L", "no table says that it is sent so"),
        ("hba1c", "mmol/L", "a concentration is not a fraction"),
        ("haemoglobin", "%", "a share is not a concentration"),
        ("weight", "cm", "a length"),
        ("height", "kg", "a mass"),
        ("fit", "ng/mL", "depends on the buffer of the assay"),
        ("temperature", "mm[Hg]", "a pressure"),
        ("potassium", "mg/dL", "no table says that it is sent so"),
    ],
)
def test_a_unit_of_something_else_is_refused(slug: str, unit: str, why: str):
    told = canonical(concept(slug), 5.0, unit)
    assert told.value is None, why
    assert concept(slug).title in told.problem
    assert repr(unit) in told.problem


@pytest.mark.parametrize("unit", ["furlong", "mg/dL/mol", "mmol", "??", "10*9", "mg per kg", "{", "{}{}"])
def test_an_unknown_unit_is_refused(unit: str):
    told = canonical(concept("creatinine"), 5.0, unit)
    assert told.value is None
    assert told.problem == f"{unit!r} is not a unit that we know"


@pytest.mark.parametrize("unit", ["", " ", "\t"])
def test_a_missing_unit_is_never_guessed(unit: str):
    assert canonical(concept("systolic_bp"), 120.0, unit).value is None


@pytest.mark.parametrize("unit", ["", "1", "ratio", "{INR}", "{score}", "(score)"])
def test_what_has_no_unit_needs_none(unit: str):
    told = canonical(concept("inr"), 2.5, unit)
    assert (told.value, told.unit, told.problem) == (2.5, None, "")


def test_what_has_no_unit_is_refused_with_one():
    assert canonical(concept("inr"), 25.0, "s").value is None


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_refused(value: float):
    for each in (concept("creatinine"), concept("inr")):
        told = canonical(each, value, each.unit or "")
        assert told.value is None
        assert told.problem.endswith("is not a number")


@pytest.mark.parametrize(
    ("slug", "value", "unit"),
    [
        ("hba1c", 1.0, "%"),  # the equation would give less than nothing
        ("haemoglobin", 135.0, "g/dL"),  # grams a litre, labelled as a decilitre
        ("total_protein", 70.0, "g/dL"),  # the same; Synthea bundles hold it
        ("temperature", 98.6, "Cel"),
        ("oxygen_saturation", 101.0, "%"),
        ("weight", 0.0, "kg"),
        ("creatinine", -1.0, "umol/L"),
        ("height", 1.78, "cm"),
    ],
)
def test_an_impossible_value_is_refused(slug: str, value: float, unit: str):
    told = canonical(concept(slug), value, unit)
    assert told.value is None
    assert "is impossible for" in told.problem


def test_limits_themselves_are_possible():
    for each in WITH_A_UNIT:
        assert canonical(each, each.lowest, each.unit).value == each.lowest
        assert canonical(each, each.highest, each.unit).value == each.highest


def test_an_egfr_keeps_its_own_unit():
    assert canonical(concept("egfr"), 55.0, "mL/min").unit == "mL/min/{1.73_m2}"
    leaves = [row for row in CONVERSIONS if row["from_unit"] == "mL/min/{1.73_m2}"]
    assert leaves == [], "an eGFR is never converted to anything else"


# The tables themselves


def test_every_unit_of_a_concept_and_of_a_conversion_is_one_that_we_read():
    for each in WITH_A_UNIT:
        assert ucum(each.unit) == each.unit, each
    for row in CONVERSIONS:
        assert ucum(row["from_unit"]) == row["from_unit"], row
        assert ucum(row["to_unit"]) == row["to_unit"], row


def test_a_spelling_stands_for_one_unit_whatever_its_letters_and_spaces():
    spellings: dict[str, set[str]] = {}
    for row in rows("unit_aliases"):
        unit = ucum(row["sent"])
        assert unit == row["ucum"], row
        spellings.setdefault("".join(row["sent"].split()).casefold(), set()).add(row["ucum"])
    assert {spelling: units for spelling, units in spellings.items() if len(units) > 1} == {}


def test_conversions_lead_to_the_units_of_their_concepts_once_and_name_a_source():
    times = Counter((row["concept"], row["from_unit"], row["to_unit"]) for row in CONVERSIONS)
    assert [key for key, n in times.items() if n > 1] == []
    in_use = {each.unit for each in WITH_A_UNIT}
    for row in CONVERSIONS:
        assert row["source"], row
        assert row["verified"] in {"yes", "partly", "no"}, row
        if row["concept"] == "*":
            assert row["to_unit"] in in_use, row
        else:
            assert row["to_unit"] == concept(row["concept"]).unit, row


# What holds of every conversion

conversions = st.sampled_from([row for row in CONVERSIONS if row["concept"] != "*"])
between = st.floats(0.0, 1.0)


def _sent(row: dict[str, str], share: float) -> float:
    """A value as it could be sent: `share` of the way between the limits of the concept."""
    each = concept(row["concept"])
    inside = each.lowest + share * (each.highest - each.lowest)
    return (inside - float(row["offset"])) / float(row["factor"])


@given(conversions, between)
def test_there_and_back_again(row: dict[str, str], share: float):
    sent = _sent(row, share * 0.998 + 0.001)  # clear of the limits, where the tenth digit decides
    told = canonical(concept(row["concept"]), sent, row["from_unit"])
    assert told.value is not None, told.problem
    back = (told.value - float(row["offset"])) / float(row["factor"])
    assert back == pytest.approx(sent, rel=1e-8, abs=1e-8)


@given(conversions, between, between)
def test_more_stays_more(row: dict[str, str], one: float, other: float):
    low, high = sorted([_sent(row, one), _sent(row, other)])
    told_low = canonical(concept(row["concept"]), low, row["from_unit"]).value
    told_high = canonical(concept(row["concept"]), high, row["from_unit"]).value
    if told_low is not None and told_high is not None:
        assert told_low <= told_high


@given(st.sampled_from(WITH_A_UNIT), between)
def test_a_value_in_the_canonical_unit_is_kept_to_the_last_bit(each, share: float):
    value = each.lowest + share * (each.highest - each.lowest)
    told = canonical(each, value, each.unit)
    assert told.value == value or not each.lowest <= value <= each.highest


@given(st.sampled_from(list(all_concepts())), st.floats(), st.text(max_size=12))
def test_any_number_and_any_unit_give_a_value_or_a_reason(each, value: float, unit: str):
    told = canonical(each, value, unit)
    assert (told.value is None) == bool(told.problem)
    if told.value is not None:
        assert math.isfinite(told.value)
        assert told.unit == each.unit
