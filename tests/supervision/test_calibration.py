"""Calibration: when the tool says one in five, is it one in five?"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit
from sklearn.calibration import calibration_curve

from preceptor.supervision.calibration import Calibration, calibration, net_benefit
from preceptor.supervision.figures import Figure

NAMES = ("brier", "ece", "intercept", "slope", "index")


def drawn(n: int, slope: float, shift: float, seed: int, a_patient: int = 1) -> tuple[Any, Any, list[str]]:
    """n cases whose true logit is shift + slope x the tool's logit; `a_patient` cases each share a patient."""
    rng = np.random.default_rng(seed)
    p = rng.beta(1.5, 4, n)
    return p, rng.random(n) < expit(shift + slope * logit(p)), [f"p{i // a_patient}" for i in range(n)]


def test_a_tool_that_is_too_sure_shows_it_in_every_measure() -> None:
    right = calibration(*drawn(1200, 1.0, 0.0, seed=1))
    sure = calibration(*drawn(1200, 0.5, 0.0, seed=1))
    assert right.slope.interval is not None
    assert right.slope.interval.low < 1 < right.slope.interval.high
    assert sure.slope.interval is not None
    assert sure.slope.interval.high < 0.75
    assert right.ece.interval is not None
    assert right.ece.interval.low == 0.0
    assert "a perfectly calibrated tool would show about 0.0" in right.ece.words
    assert sure.ece.interval is not None
    assert sure.index.interval is not None
    assert min(sure.ece.interval.low, sure.index.interval.low) > 0.03


def test_figures_by_hand() -> None:
    """20 cases at 0.1 of which 4 happen, 20 at 0.5 of which 10, 40 at 0.8 of which 24."""
    p = [0.1] * 20 + [0.5] * 20 + [0.8] * 40
    y = [1] * 4 + [0] * 16 + [1] * 10 + [0] * 10 + [1] * 24 + [0] * 16
    found = calibration(p, y)
    brier = (4 * 0.81 + 16 * 0.01 + 20 * 0.25 + 24 * 0.04 + 16 * 0.64) / 80
    assert found.brier.value == pytest.approx(brier)
    assert found.ece.value == pytest.approx((20 * 0.1 + 20 * 0.0 + 40 * 0.2) / 80)
    assert found.index.value == pytest.approx((20 * 0.1 + 20 * 0.0 + 40 * 0.2) / 80)
    assert [(row.predicted, row.happened.count, row.happened.n) for row in found.reliability] == [
        (pytest.approx(0.1), 4, 20),
        (pytest.approx(0.5), 10, 20),
        (pytest.approx(0.8), 24, 40),
    ]
    # At 0.5: 34 true positives and 26 false ones, each worth one; acting for all: 38 and 42.
    [at_half] = net_benefit(p, y, [0.5])
    assert at_half.tool.value == pytest.approx((34 - 26) / 80)
    assert at_half.act_for_all.value == pytest.approx((38 - 42) / 80)
    assert at_half.over_act_for_all.value == pytest.approx(12 / 80)


def test_two_cases_the_wrong_way_round_have_no_line() -> None:
    assert calibration([0.9, 0.1], [0, 1]).slope.words == "the line could not be fitted to these cases"


def test_bins_are_those_of_scikit_learn() -> None:
    p, y, _ = drawn(1000, 0.8, 0.2, seed=3)
    happened, predicted = calibration_curve(y, p, n_bins=10, strategy="quantile")
    rows = calibration(p, y).reliability
    assert [row.predicted for row in rows] == pytest.approx(list(predicted))
    assert [row.happened.value for row in rows] == pytest.approx(list(happened))


def test_the_true_line_is_found() -> None:
    found = calibration(*drawn(3_000, 0.7, 0.0, seed=4))
    assert found.slope.value == pytest.approx(0.7, abs=0.1)
    shifted = calibration(*drawn(3_000, 1.0, 0.4, seed=5))
    assert shifted.intercept.value == pytest.approx(0.4, abs=0.12)


class TestWhatCannotBeKnownIsSaidInWords:
    def test_nothing(self) -> None:
        assert_sound(calibration([], []))
        assert net_benefit([], [], [0.2])[0].tool.words == "no case has both a probability and an outcome"

    def test_it_always_or_never_happened(self) -> None:
        for happened, words in ((1, "it happened in every case"), (0, "it happened in no case")):
            found = calibration([0.2, 0.3] * 40, [happened] * 80)
            assert words in found.slope.words
            assert_sound(found)

    def test_one_probability_for_all(self) -> None:
        found = calibration([0.5] * 80, [0, 1] * 40)
        assert found.slope.words == "the tool gave one probability to all: it has no slope"
        assert_sound(found)

    def test_whole_separation(self) -> None:
        found = calibration([0.1, 0.9] * 40, [0, 1] * 40)
        assert "separate the outcomes" in found.slope.words
        assert_sound(found)

    def test_one_patient(self) -> None:
        p, y, _ = drawn(100, 1, 0, seed=1)
        found = calibration(p, y, ["p"] * 100)
        assert all(getattr(found, name).interval is None for name in NAMES)
        assert_sound(found)

    def test_missing_and_impossible_cases_are_left_out_and_counted(self) -> None:
        p, y, _ = drawn(100, 1, 0, seed=1)
        dirty = calibration([*p, None, 0.5, float("nan"), 1.2, 0.5], [*y, 1, None, 1, 1, 2])
        assert dirty.brier.value == calibration(p, y).brier.value
        assert dirty.notes == (
            "3 of 105 cases have no probability or no outcome: left out",
            "2 cases have a probability outside 0 to 1, or an outcome that is neither 0 nor 1: left out",
        )


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.one_of(st.floats(0, 1), st.sampled_from([0.0, 0.5, 1.0])), st.booleans(), st.sampled_from("abcde")
        ),
        max_size=90,
    )
)
def test_whatever_the_cases_figures_are_sound_and_each_patient_twice_changes_no_value(rows: list[Any]) -> None:
    p, y, who = (list(column) for column in zip(*rows, strict=True)) if rows else ([], [], [])
    found = calibration(p, y, who)
    assert_sound(found)
    twice = calibration(p * 2, y * 2, who * 2)
    assert twice.brier.value == (pytest.approx(found.brier.value) if found.brier.value is not None else None)


def assert_sound(found: Calibration) -> None:
    for name in NAMES:
        figure = getattr(found, name)
        assert isinstance(figure, Figure)
        if figure.value is None:
            assert figure.words, name
        else:
            assert math.isfinite(figure.value), name
            assert figure.interval is not None or figure.words, name
            if figure.interval and name != "slope":
                assert figure.interval.low - 1e-9 <= figure.value <= figure.interval.high + 1e-9, name


# Coverage, with three cases a patient. Distances (ECE, index) are biased upwards, so that 0.90 is accepted of them. The
# true ECE is that of the very bins, the true index that of the true curve, both computed on half a million cases.
SETTINGS = {"perfect": (1.0, 0.0), "too sure": (0.7, 0.0), "says too little": (1.0, 0.5)}


def coverage(name: str, tables: int, n: int) -> dict[str, float]:
    slope, shift = SETTINGS[name]
    p, _, _ = drawn(500_000, slope, shift, seed=99)
    q = expit(shift + slope * logit(p))
    edges = np.quantile(p, np.linspace(0, 1, 11)[1:-1])
    place = np.searchsorted(edges, p)
    truth = {
        "brier": float(np.mean(q * (1 - p) ** 2 + (1 - q) * p**2)),
        "ece": float(np.abs(np.bincount(place, q - p)).sum() / len(p)),
        "slope": slope,
        "index": float(np.abs(q - p).mean()),
    }
    held = dict.fromkeys(truth, 0)
    for seed in range(tables):
        found = calibration(*drawn(n, slope, shift, seed, a_patient=3))
        for key, value in truth.items():
            interval = getattr(found, key).interval
            assert interval is not None
            held[key] += interval.low - 1e-4 <= value <= interval.high
    return {key: count / tables for key, count in held.items()}


def test_intervals_cover() -> None:
    found = coverage("too sure", tables=8, n=240)  # a glance: 8 tables cannot tell 0.95 from 0.85
    assert min(found.values()) >= 0.6


@pytest.mark.long
@pytest.mark.parametrize("name", SETTINGS)
def test_intervals_cover_long(name: str) -> None:
    found = coverage(name, tables=300, n=1200)  # two standard errors are 0.03
    print(f"coverage when {name}: {found}")
    assert found["brier"] >= 0.92
    assert found["slope"] >= 0.92
    assert min(found["ece"], found["index"]) >= 0.87
