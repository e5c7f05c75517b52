"""Champion and challenger on the same cases: what is counted, and what is needed to pass."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning.worlds import World, world
from preceptor.advice import Urgency
from preceptor.learning.challenge import Shadow, challenge, paired

R, S = Urgency.ROUTINE, Urgency.SOON
QUIET = [Shadow(str(at), R, R, None) for at in range(120)]


@pytest.fixture(scope="module")
def place() -> World:
    return world()


def test_one_that_calls_the_same_passes_and_one_that_misses_emergencies_does_not(place: World) -> None:
    same = challenge(place.champion, place.champion, place.shared.holdout, QUIET)
    assert same.passed, same.missing
    assert not same.raised
    assert not same.lowered
    calm = replace(place.champion, biases=place.champion.biases - np.array([4.0, 0, 0, 0, 0]))
    worse = challenge(place.champion, calm, place.shared.holdout, QUIET)
    assert not worse.passed
    assert any("emergencies" in words for words in worse.missing)
    assert worse.emergencies.lost > worse.emergencies.gained
    assert worse.lowered
    assert all(case.after.rank > case.before.rank for case in worse.lowered)


def test_without_live_traffic_it_has_not_passed(place: World) -> None:
    found = challenge(place.champion, place.champion, place.shared.holdout)
    assert found.missing == ("on live traffic: no case yet",)


def test_live_cases_that_differ_and_whose_truth_nobody_knows_count_against_it(place: World) -> None:
    differ = [Shadow(str(at), R, S, None) for at in range(40)]
    found = challenge(place.champion, place.champion, place.shared.holdout, [*differ, *QUIET])
    assert not found.passed
    assert found.shadow is not None
    assert found.shadow.unknown == 40


def test_harm_to_one_group_is_harm(place: World) -> None:
    """Women called less urgently than before: what others gain would not make up for it."""
    rows = place.shared.holdout
    women = np.array([sex == "female" for sex in rows.groups["sex"]])
    # A column that says who it is, so that a second stage can be unfair by it.
    marked = replace(rows, inputs=np.hstack([rows.inputs, women[:, None]]))

    def stage(by: float):
        slopes = np.vstack([place.champion.slopes, by * np.arange(5)])
        return replace(place.champion, slopes=slopes)

    found = challenge(stage(0.0), stage(1.5), marked, QUIET)
    assert not found.passed
    assert any("sex: female" in words for words in found.missing)


def test_cases_that_moved_are_all_told(place: World) -> None:
    other = replace(place.champion, biases=place.champion.biases + np.array([0, 0.8, 0, 0, 0]))
    rows = place.shared.holdout
    found = challenge(place.champion, other, rows, QUIET)
    differ = int((place.champion.calls(rows.inputs, rows.floors) != other.calls(rows.inputs, rows.floors)).sum())
    assert len(found.raised) + len(found.lowered) == differ > 0
    assert sum(case.better is True for case in (*found.raised, *found.lowered)) == found.acceptable.gained
    assert sum(case.better is False for case in (*found.raised, *found.lowered)) == found.acceptable.lost


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=200))
def test_a_paired_difference_lies_in_its_interval(cases: list[tuple[bool, bool]]) -> None:
    before, after = (np.array(column) for column in zip(*cases, strict=True))
    found = paired(before, after)
    assert found.difference.interval is not None
    assert found.difference.value == pytest.approx(float(after.mean() - before.mean()))
    assert found.difference.interval.low <= found.difference.value <= found.difference.interval.high


def test_the_interval_is_that_of_the_paper() -> None:
    """Bonett and Price (2012): 7 and 1 discordant of 50 give 0.02 to 0.21 by (b+1, c+1, n+2)."""
    before = np.array([False] * 7 + [True] + [True] * 42)
    after = np.array([True] * 7 + [False] + [True] * 42)
    interval = paired(before, after).difference.interval
    p, q = 8 / 52, 2 / 52
    reach = 1.959963985 * ((p + q - (p - q) ** 2) / 52) ** 0.5
    assert interval is not None
    assert (interval.low, interval.high) == pytest.approx((p - q - reach, p - q + reach))


def test_no_cases_no_figure() -> None:
    found = paired(np.array([], dtype=bool), np.array([], dtype=bool))
    assert found.difference.value is None
    assert found.difference.words
