"""A trend of one person's results. How often its intervals hold the truth: benchmarks/trends."""

from __future__ import annotations

import math
from dataclasses import astuple
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.trends import NO_REASSURANCE, Trend, fit_trend, known, variation_of


def test_an_egfr_that_falls_by_five_a_year() -> None:
    trend = fit_trend([0, 1, 2, 3, 4], [80, 74, 70, 64, 60], "egfr", threshold=30)
    assert trend.slope == pytest.approx(-5.0)
    low, high = trend.slope_interval or (0, 0)
    assert low < -5 < high < 0
    assert trend.level == pytest.approx(59.6)
    assert (trend.p_real_change or 0) > 0.95
    assert trend.ratio_to_baseline == pytest.approx(60 / 72)
    assert trend.crossing is not None
    assert trend.crossing.at == pytest.approx(9.92)
    assert (trend.crossing.earliest or 0) < 9.92 < (trend.crossing.latest or 0)
    assert "-5" in str(trend)


def test_nothing_reassures() -> None:
    for values in ([80, 82, 79, 81], [80, 82], [80]):
        assert NO_REASSURANCE in str(fit_trend(range(len(values)), values, "creatinine"))
    changed = fit_trend(range(4), [80, 100, 120, 140], "creatinine")
    assert NO_REASSURANCE not in str(changed)
    assert "normal" not in str(changed)


def test_two_results_are_judged_by_the_reference_change_value() -> None:
    _, up = variation_of("creatinine").reference_change
    assert up == pytest.approx(13.8, abs=0.05)
    beyond, within = (fit_trend([0, 1], [90, 90 * (1 + (up + step) / 100)], "creatinine") for step in (0.1, -0.1))
    assert (beyond.p_real_change or 0) > 0.95 > (within.p_real_change or 1)
    assert beyond.slope is None
    assert any("no slope" in note for note in beyond.notes)


def test_one_result_has_a_level_and_nothing_else() -> None:
    trend = fit_trend([2.5], [90], "creatinine")
    assert (trend.level, trend.slope, trend.p_real_change, trend.ratio_to_baseline) == (
        pytest.approx(90), None, None, None,
    )  # fmt: skip
    assert trend.level_interval is not None
    assert trend.level_interval[0] < 90 < trend.level_interval[1]


def test_the_reference_change_values_are_the_published_ones(shared: Any) -> None:
    import csv

    with (shared / "knowledge" / "biological_variation.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    compared = 0
    for row in rows:
        try:
            variation = variation_of(row["analyte"])
        except ValueError:
            continue
        if float(row["cv_i_pct"]) != variation.within_person_percent:
            assert variation.concept == "psa", "the one for which the wider of two figures was taken"
            continue
        down, up = variation.reference_change
        if variation.on_log_scale:
            told = (float(row["rcv_lognormal_down_pct"]), float(row["rcv_lognormal_up_pct"]))
        else:
            told = (float(row["rcv_two_sided_95_pct"]),) * 2
        assert (down, up) == pytest.approx(told, abs=0.06), row["analyte"]
        compared += 1
    assert compared == 34


def test_one_wild_result_does_not_turn_the_line() -> None:
    times = [0.0, 0.4, 1.1, 1.9, 2.5, 3.0, 3.8, 4.1]
    steady = [90, 92, 88, 91, 89, 90, 92, 90]
    wild = [*steady[:6], 240, 90]
    trend = fit_trend(times, wild, "creatinine")
    assert trend.outliers == (6,)
    assert trend.slope == pytest.approx(0, abs=2)
    least_squares = float(np.polyfit(times, wild, 1)[0])
    assert abs(least_squares) > 5, "the control: without care it would turn"


def test_a_last_result_that_leaps_is_never_smoothed_away() -> None:
    trend = fit_trend([0, 1, 2, 3], [90, 91, 90, 200], "creatinine")
    assert trend.stands_out
    assert (trend.p_real_change or 0) > 0.95
    assert "by itself" in str(trend)
    assert not fit_trend([0, 1, 2, 3], [90, 91, 90, 94], "creatinine").stands_out


@pytest.mark.parametrize(
    ("analyte", "values", "place"),
    [
        ("haemoglobin", [140, 138, 13.9, 137, 136], 2),  # g/dL
        ("hba1c", [64, 66, 65, 8.1, 67], 3),  # percent
        ("creatinine", [90, 92, 91, 0.09, 90], 3),  # mmol/L
        ("weight", [80, 81, 176, 80, 81], 2),  # pounds
    ],
)
def test_a_result_in_another_unit_is_left_out_and_told(analyte: str, values: list[float], place: int) -> None:
    trend = fit_trend(range(5), values, analyte)
    assert trend.left_out == (place,)
    assert trend.n == 4
    assert any("left out" in note for note in trend.notes)
    right = [value for at, value in enumerate(values) if at != place]
    assert trend.slope == fit_trend([at for at in range(5) if at != place], right, analyte).slope


def test_two_units_in_equal_parts_cannot_be_told_apart() -> None:
    trend = fit_trend(range(4), [80, 81, 176, 178], "weight")
    assert (trend.slope, trend.level, trend.p_real_change, trend.ratio_to_baseline) == (None,) * 4
    assert any("two different units" in note for note in trend.notes)


def test_a_true_doubling_is_not_taken_for_another_unit() -> None:
    assert fit_trend(range(5), [90, 92, 180, 190, 185], "creatinine").left_out == ()
    assert fit_trend(range(4), [3, 3.2, 6, 29], "psa").left_out == ()


def test_results_of_one_time_count_once() -> None:
    once = fit_trend([0, 1, 2], [90, 95, 99], "creatinine")
    twice = fit_trend([0, 0, 1, 1, 2], [90, 90, 95, 95, 99], "creatinine")
    assert twice.n == 3
    assert (twice.slope, twice.slope_interval) == (once.slope, once.slope_interval)
    assert fit_trend([0, 0, 0], [90, 92, 94], "creatinine").slope is None


def test_egfr_is_its_own_type_and_no_flow() -> None:
    assert fit_trend([0], [60], "egfr").unit == "mL/min/{1.73_m2}"
    assert fit_trend([0], [60], "egfr", unit="ml/min/1.73m2").level == pytest.approx(60)
    with pytest.raises(ValueError, match="not in mL/min"):
        fit_trend([0], [60], "egfr", unit="mL/min")
    with pytest.raises(ValueError, match="no within-person variation"):
        fit_trend([0], [60], "creatinine_clearance")


def test_what_is_not_heading_for_a_threshold_has_no_time_for_it() -> None:
    rising = fit_trend(range(6), [60, 62, 63, 66, 68, 70], "egfr", threshold=30)
    assert rising.crossing is not None
    assert (rising.crossing.at, rising.crossing.latest) == (None, None)
    unsure = fit_trend([0, 0.2, 0.4], [60, 58, 61], "egfr", threshold=30)
    assert unsure.crossing is not None
    assert unsure.crossing.earliest is not None, "it may be soon, for all that three results can say"
    assert unsure.crossing.latest is None


@pytest.mark.parametrize(
    ("times", "values", "analyte", "words"),
    [
        ([], [], "egfr", "no results"),
        ([0, 1], [60], "egfr", "2 times and 1 values"),
        ([0], [math.nan], "egfr", "value 1 of 1 is not a finite number"),
        ([0, math.inf], [60, 61], "egfr", "time 2 of 2 is not a finite number"),
        ([0], ["high"], "egfr", "every value has to be a number"),
        ([0], [-3], "egfr", "-3 cannot be a value of Estimated GFR"),
        ([0], [0], "creatinine", "0 cannot be a value of Creatinine"),
        ([0], [900], "egfr", "no value is possible"),
        ([0], [60], "gravity", "no within-person variation is known for 'gravity'"),
    ],
)
def test_what_is_no_series_of_results_is_refused_in_words(times: Any, values: Any, analyte: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        fit_trend(times, values, analyte)


def test_a_threshold_has_to_be_one() -> None:
    with pytest.raises(ValueError, match="cannot be a threshold"):
        fit_trend([0], [60], "creatinine", threshold=0)


series = st.lists(
    st.tuples(st.floats(-50, 50, allow_subnormal=False), st.floats(30, 200, allow_subnormal=False)),
    min_size=1, max_size=12,
)  # fmt: skip


def figures(trend: Trend) -> list[float]:
    found: list[float] = []
    for each in astuple(trend):
        found += [part for part in (each if isinstance(each, tuple) else (each,)) if isinstance(part, float)]
    return found


@given(series, st.sampled_from(["creatinine", "egfr", "platelets", "weight"]))
def test_figures_are_finite_and_intervals_hold_them(results: list[tuple[float, float]], analyte: str) -> None:
    times, values = zip(*results, strict=True)
    trend = fit_trend(times, values, analyte, threshold=100)
    assert all(math.isfinite(figure) for figure in figures(trend))
    if trend.slope is not None and trend.slope_interval is not None:
        assert trend.slope_interval[0] <= trend.slope <= trend.slope_interval[1]
    if trend.level is not None and trend.level_interval is not None:
        assert trend.level_interval[0] <= trend.level <= trend.level_interval[1]
    assert trend.p_real_change is None or 0 <= trend.p_real_change < 1
    if trend.crossing is not None and trend.crossing.at is not None:
        assert (trend.crossing.earliest or -math.inf) <= trend.crossing.at + 1e-6
        assert trend.crossing.at <= (trend.crossing.latest or math.inf) + 1e-6


@given(series, st.randoms(use_true_random=False), st.floats(-5, 5))
def test_neither_order_nor_where_time_begins_matters(
    results: list[tuple[float, float]], dice: Any, later: float
) -> None:
    results = [(round(time, 3), value) for time, value in results]
    shuffled = dice.sample(results, len(results))
    one = fit_trend(*zip(*results, strict=True), "egfr")  # type: ignore[arg-type]
    other = fit_trend(*zip(*((time + later, value) for time, value in shuffled), strict=True), "egfr")  # type: ignore[arg-type]
    assert one.n == other.n
    assert one.slope == (other.slope if other.slope is None else pytest.approx(other.slope, rel=1e-4, abs=1e-4))


@pytest.mark.parametrize("analyte", known())
def test_every_analyte_is_a_concept_in_its_own_unit_with_a_source(analyte: str) -> None:
    variation = variation_of(analyte)
    assert variation.about.unit == variation.unit
    assert variation.scale in ("log", "plain")
    assert variation.source
    assert variation.verified in ("yes", "partly", "no", "derived")
    assert 0 < variation.relative < 1
