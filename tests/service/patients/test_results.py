"""Results gathered by what was measured: the latest, the one before, and the change between them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from preceptor.service.patients.models import Event
from preceptor.service.patients.results import series_of, slug_of, unit_in_words, value_in_words


def result(concept: str | None, value: float | None, day: int | None, **fields) -> Event:
    when = datetime(2026, 3, day, 9, tzinfo=UTC) if day else None
    units = {"potassium": "mmol/L", "egfr": "mL/min/{1.73_m2}", "systolic_bp": "mm[Hg]", "diastolic_bp": "mm[Hg]"}
    fields = {"text": concept or "A test", "unit": units.get(concept or ""), "resource_id": day or 0} | fields
    fields = {"key": f"Observation/{concept}-{day}-{value}", "kind": "result"} | fields
    return Event(concept=concept, value=value, when=when, **fields)


def test_the_latest_the_one_before_and_the_change():
    (series,) = series_of([result("potassium", 4.6, 2), result("potassium", 5.1, 20), result("potassium", 4.4, 1)])
    assert (series.title, series.unit) == ("Potassium", "mmol/L")
    assert (series.latest.value, series.latest.when) == ("5.1", "20 Mar 2026")
    assert series.previous.value == "4.6"
    assert series.change == "up 0.5"
    assert [point.value for point in series.points] == [4.4, 4.6, 5.1]


def test_a_value_that_cannot_be_trusted_is_shown_as_sent_and_compared_with_nothing():
    problem = "'furlongs' is not a unit that we know"
    sent = result("potassium", None, 20, value_sent="5.2", unit_sent="furlongs", unit=None, problem=problem)
    (series,) = series_of([result("potassium", 4.6, 2), sent])
    assert (series.latest.value, series.latest.problem) == ("5.2 furlongs", problem)
    assert series.change == ""
    assert [point.value for point in series.points] == [4.6]
    assert series.undrawn == 1
    assert series.unit == "mmol/L"


def test_words_and_bounds_are_results_too():
    (series,) = series_of([result("egfr", None, 3, value_sent=">90", unit_sent="mL/min")])
    assert series.latest.value == ">90 mL/min"
    assert not series.points


def test_blood_pressure_is_read_as_a_pair():
    (series,) = series_of(
        [
            result("systolic_bp", 140.0, 1), result("diastolic_bp", 82.0, 1),
            result("diastolic_bp", 78.0, 9), result("systolic_bp", 133.0, 9),
        ]
    )  # fmt: skip
    assert (series.slug, series.title) == ("blood_pressure", "Blood pressure")
    assert [reading.value for reading in series.readings] == ["133/78", "140/82"]
    assert series.change == "down 7, down 4"
    assert series.lines == ["Systolic", "Diastolic"]
    assert series.undrawn == 0


def test_half_a_blood_pressure_says_so():
    (series,) = series_of([result("systolic_bp", 140.0, 1)])
    assert series.latest.value == "140/–"
    assert series.change == ""


def test_a_blood_pressure_in_words_is_kept_as_words():
    (series,) = series_of([result("blood_pressure", None, 1, value_sent="132/84 lying down")])
    assert series.latest.value == "132/84 lying down"


def test_without_a_date_a_result_comes_before_all_others_and_is_not_drawn():
    (series,) = series_of([result("potassium", 4.6, None), result("potassium", 4.4, 1)])
    assert [reading.when for reading in series.readings] == ["1 Mar 2026", "no date"]
    assert series.undrawn == 1


def test_results_without_a_concept_are_gathered_by_their_text_and_compared_in_one_unit_only():
    first = result(None, 2.0, 1, text="Odd test", unit="g/L")
    second = result(None, 3.0, 2, text="ODD  test", unit="g/L")
    third = result(None, 400.0, 3, text="Odd test", unit="mg/L")
    (series,) = series_of([first, second])
    assert series.change == "up 1"
    (series,) = series_of([first, second, third])
    assert series.change == ""
    assert [point.value for point in series.points] == [400.0]
    assert slug_of(first) == slug_of(second) == series.slug


def test_two_results_of_one_moment_have_one_order_whichever_way_they_come():
    one, other = result("potassium", 4.6, 2), result("potassium", 5.1, 2)
    assert series_of([one, other]) == series_of([other, one])


def test_the_order_is_that_of_the_concept_tables_and_the_unknown_comes_last():
    found = series_of([result(None, 1.0, 1, text="AA test"), result("potassium", 4.6, 2), result("egfr", 50.0, 2)])
    assert [series.title for series in found] == ["Estimated GFR", "Potassium", "AA test"]


@pytest.mark.parametrize(
    ("ucum", "shown"),
    [
        ("mm[Hg]", "mmHg"), ("umol/L", "µmol/L"), ("10*9/L", "×10⁹/L"), ("mL/min/{1.73_m2}", "mL/min/1.73 m²"),
        ("k[IU]/L", "kIU/L"), ("kg/m2", "kg/m²"), ("Cel", "°C"), ("ug/L", "µg/L"), ("%", "%"), (None, ""),
    ],
)  # fmt: skip
def test_units_as_a_laboratory_prints_them(ucum, shown):
    assert unit_in_words(ucum) == shown


def test_a_line_of_the_timeline():
    assert value_in_words(result("potassium", 4.6, 1)) == "4.6 mmol/L"
    assert value_in_words(result("potassium", None, 1, value_sent="haemolysed")) == "haemolysed"
