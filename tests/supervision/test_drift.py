"""Have the requests, or the tool's scores, become other than those it was judged on?"""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preceptor.supervision.drift import score_drift, text_drift

USUAL = ["cough", "throat", "fever", "back", "pain", "rash", "tired", "headache", "repeat", "blood", "test", "knee",
         "ear"]  # fmt: skip


def requests(n: int, seed: int, *more: str) -> list[str]:
    """n made-up requests of eight words; with `more`, one word in five is one of those."""
    rng = np.random.default_rng(seed)
    words = rng.choice(USUAL, (n, 8))
    if more:
        new = rng.random((n, 8)) < 0.2
        words = np.where(new, rng.choice(more, (n, 8)), words)
    return [" ".join(row) for row in words]


def test_new_words_start_an_audit_and_the_same_words_do_not() -> None:
    drifted = text_drift(requests(100, 1), requests(100, 2, "wheeze", "pollen", "hayfever"))
    assert drifted.starts_audit
    assert drifted.p == 0.005
    assert drifted.auc.value is not None
    assert drifted.auc.value > 0.8
    assert set(drifted.telling[:3]) == {"wheeze", "pollen", "hayfever"}
    same = text_drift(requests(100, 3), requests(100, 4))
    assert not same.starts_audit
    assert same.auc.interval is not None
    assert same.auc.interval.high < 0.7


@pytest.mark.parametrize(
    ("earlier", "later", "words"),
    [
        ([], [], "50 different texts are needed on each side; there are 0 and 0"),
        (["cough"] * 500, requests(90, 1), "there are 1 and 90"),
        ([f"a{i}" for i in range(60)], [f"b{i}" for i in range(60)], "no word occurs in two texts"),
    ],
)
def test_too_little_text_is_said_in_words(earlier: list[str], later: list[str], words: str) -> None:
    found = text_drift(earlier, later)
    assert found.auc.value is None
    assert words in found.words
    assert not found.starts_audit


def test_scores_that_shift_or_spread_raise_an_alarm_and_the_same_scores_do_not() -> None:
    rng = np.random.default_rng(1)
    start = rng.normal(size=500).tolist()
    for later in (rng.normal(1.0, 1, 400), rng.normal(-1.0, 1, 400), rng.normal(0, 3, 400), rng.normal(0, 0.2, 400)):
        found = score_drift(start, later.tolist())
        assert found.alarm_at is not None
        assert found.words == f"400 scores drifted by score {found.alarm_at}: an audit sample is due"
    assert not score_drift(start, rng.normal(size=2000).tolist()).starts_audit


def test_too_few_scores_and_scores_that_are_no_number_are_said_in_words() -> None:
    assert score_drift([0.1] * 49, [0.2]).words == "50 scores are needed to start from; there are 49"
    found = score_drift([0.1] * 50, [0.1, float("nan")])
    assert (found.n, found.words) == (1, "1 scores show no drift; 1 scores that are no number were left out")
    assert score_drift([0.1] * 50, []).words == "no score has come since the first 50, which others are compared with"


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(-1e6, 1e6), max_size=80), st.floats(0.1, 10))
def test_only_the_order_of_scores_matters(scores: list[float], stretch: float) -> None:
    start = np.random.default_rng(2).normal(size=60).tolist()
    found = score_drift(start, scores)
    assert all(math.isfinite(value) for value in found.wealth)
    assert score_drift([s * 2 for s in start], [s * 2 for s in scores]) == found


def false_alarms(runs: int, seed: int) -> float:
    rng = np.random.default_rng(seed)
    watches = [score_drift(rng.random(100).tolist(), rng.random(300).tolist(), 0.05) for _ in range(runs)]
    return float(np.mean([each.starts_audit for each in watches]))


def test_false_alarms_on_scores_are_few() -> None:
    assert false_alarms(150, seed=3) <= 0.08  # 5% at most in truth; two standard errors are 0.036


@pytest.mark.long
def test_false_alarms_long() -> None:
    scores = false_alarms(3_000, seed=4)
    texts = np.mean([text_drift(requests(60, 2 * i), requests(60, 2 * i + 1)).starts_audit for i in range(100)])
    print(f"false alarms: scores {scores:.4f}, texts {texts:.3f}")
    assert scores <= 0.05
    assert texts <= 0.10  # 5% by construction; two standard errors are 0.044
