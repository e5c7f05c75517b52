"""The split of Guo et al.: lost by following too often or too seldom, or by following in the wrong cases."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preceptor.supervision.decision_theory import FIGURES, split
from preceptor.supervision.decisions import Decisions, table

Row = tuple[str | None, ...]


def team(n: int, follow: float, seed: int, *, by_signal: bool = False) -> tuple[Decisions, np.ndarray]:
    """n decisions of 20 people who see a signal: above a half the advice is right (0.9), below it is not (0.3).

    The first view is right in 0.6. People follow at random at the rate `follow`, or exactly by the signal.
    """
    rng = np.random.default_rng(seed)
    signal, coin = rng.random(n), rng.random(n)
    first, right = rng.random(n) < 0.6, rng.random(n) < np.where(signal > 0.5, 0.9, 0.3)
    final = np.where(signal > 0.5 if by_signal else coin < follow, right, first)
    truth = rng.integers(0, 2, n)
    views = (np.where(one, truth, 1 - truth) for one in (first, right, final))
    rows: list[Row] = [(f"c{i % 20}", str(i), *map(str, row)) for i, row in enumerate(zip(*views, truth, strict=True))]
    return table(rows), signal[:, None]


def test_the_split_tells_following_too_often_from_following_in_the_wrong_cases() -> None:
    at_random, signals = team(3000, 0.5, seed=1)
    found = split(at_random, signals)
    # By arithmetic: first view .6, advice .6, best choice by the signal (.9 + .6) / 2 = .75, followed at random .6.
    assert found.baseline.value == pytest.approx(0.6, abs=0.025)
    assert found.benchmark.value == pytest.approx(0.75, abs=0.025)
    assert found.observed.value == pytest.approx(0.6, abs=0.025)
    assert found.reliance_loss.value == pytest.approx(0.0, abs=0.02)  # half is the right rate here ...
    assert found.discrimination_loss.value == pytest.approx(0.15, abs=0.03)  # ... in the wrong cases

    by_signal, signals = team(3000, 0.0, seed=1, by_signal=True)
    assert split(by_signal, signals).discrimination_loss.value == pytest.approx(0.0, abs=0.02)

    always, signals = team(3000, 1.0, seed=1)
    assert split(always, signals).reliance_loss.value == pytest.approx(0.15, abs=0.03)
    assert split(always, signals).discrimination_loss.value == pytest.approx(0.0, abs=1e-9)


def test_without_a_signal_the_benchmark_is_the_better_of_the_two_alone() -> None:
    found = split(table([(f"c{i % 5}", str(i), "1", "1" if i % 4 else "0", "1", "1") for i in range(100)]))
    assert found.benchmark.value == found.baseline.value == found.human_alone.value == 1.0
    assert "the signals told the agent nothing that beats the baseline: R* is the baseline" in found.notes


def test_the_agent_is_learnt_from_other_cases_so_that_noise_is_worth_nothing() -> None:
    rng = np.random.default_rng(5)
    rows: list[Row] = [(f"c{i % 20}", str(i), *rng.choice(["0", "1"], 4)) for i in range(1500)]
    noise = rng.normal(size=(1500, 4))
    found = split(table(rows), noise)
    assert found.benchmark.value == pytest.approx(0.5, abs=0.05)  # an agent tested on what it learnt would reach 0.7


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], "no row has a first view, advice, a final decision and a truth"),
        ([("a", "1", None, "1", "1", "1")], "no row has a first view"),
        ([("a", "1", "1", "1", "1", "0")], "first view and advice never differ"),
    ],
)
def test_what_cannot_be_split_is_said_in_words(rows: list[Row], words: str) -> None:
    found = split(table(rows))
    assert found.benchmark.value is None
    assert words in found.benchmark.words


views = st.sampled_from(["0", "1", "2", None])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 30).map(str), views, views, views, views), max_size=40)
)
def test_the_losses_always_add_up_and_nothing_is_nan(rows: list[Row]) -> None:
    found = split(table(rows, ("0", "1", "2")))
    if found.benchmark.value is None:
        assert found.benchmark.words
        return
    values = {name: getattr(found, name).value for name in FIGURES}
    assert all(math.isfinite(value) for value in values.values())
    assert values["benchmark"] >= values["baseline"] >= max(values["human_alone"], values["ai_alone"]) - 1e-12
    lost = values["reliance_loss"] + values["discrimination_loss"]
    assert lost == pytest.approx(values["benchmark"] - values["observed"])
    backwards = split(table(rows[::-1], ("0", "1", "2")))
    assert [getattr(backwards, name).value for name in FIGURES] == pytest.approx(list(values.values()))
