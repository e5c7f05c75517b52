"""Evidence carries over, does not, or there is not enough: by simulation of sites that are alike, worse, or small."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.evaluation.evidence.transfer import Answer, transfer

BANDS = ("16 to 39", "40 to 64", "65 to 79")


def figure(count: int, n: int) -> dict[str, int]:
    return {"count": count, "n": n}


def site(
    n: int,
    seed: int,
    acceptable: float = 0.9,
    under: float = 0.04,
    recall: float = 0.95,
    band: dict[str, float] | None = None,
) -> dict[str, Any]:
    """A site of `n` requests, a fifth of them emergencies; `band` has acceptable shares of single age bands."""
    draw = np.random.default_rng(seed)
    ages = draw.choice(BANDS, n)
    good = draw.random(n) < [(band or {}).get(age, acceptable) for age in ages]
    bad = draw.random(n) < under
    emergencies = n // 5
    rows = [
        {
            "attribute": "age",
            "value": age,
            "n": int((ages == age).sum()),
            "acceptable": figure(int(good[ages == age].sum()), int((ages == age).sum())),
            "under_triage": figure(int(bad[ages == age].sum()), int((ages == age).sum())),
        }
        for age in BANDS
    ]
    return {
        "population": {"n": n, "counts": {"age": dict(Counter(map(str, ages)))}},
        "results": {
            "measures": {
                "acceptable": figure(int(good.sum()), n),
                "under_triage": figure(int(bad.sum()), n),
                "emergency_recall": figure(int(draw.binomial(emergencies, recall)), emergencies),
            },
            "groups": {"rows": [row for row in rows if row["n"] >= 10]},
            "notes": [],
        },
    }


def test_each_of_the_three_answers_comes_from_sites_of_which_it_is_true() -> None:
    there = site(6_000, 1)

    assert transfer(there, site(6_000, 2)).answer is Answer.CARRIES
    assert transfer(there, site(6_000, 3, acceptable=0.75)).answer is Answer.DOES_NOT
    assert transfer(there, site(60, 4)).answer is Answer.NOT_ENOUGH


def test_one_group_shown_worse_stops_it_whatever_the_rest() -> None:
    # 16 to 39 falls to 0.78; the others rise, so that nothing shows in the total.
    shares = {"16 to 39": 0.78, "40 to 64": 0.96, "65 to 79": 0.96}
    found = transfer(site(6_000, 1), site(6_000, 2, band=shares))

    assert found.answer is Answer.DOES_NOT
    assert found.why == ("Acceptable, age: 16 to 39: shown worse here",)


def test_a_small_group_is_named_as_not_shown_and_a_measure_without_cases_is_no_pass() -> None:
    few = site(6_000, 2)
    few["results"]["groups"]["rows"][0] |= {
        "n": 12, "acceptable": figure(11, 12), "under_triage": figure(0, 12),
    }  # fmt: skip
    found = transfer(site(6_000, 1), few)
    assert found.answer is Answer.CARRIES
    assert any("age: 16 to 39: not shown for this group by itself" in why for why in found.why)

    none = site(6_000, 2)
    none["results"]["measures"]["emergency_recall"] = figure(0, 0)
    assert transfer(site(6_000, 1), none).answer is Answer.NOT_ENOUGH


def wrong_answers(runs: int) -> tuple[int, int]:
    """Of `runs` pairs of sites: how often evidence is said to carry over when emergencies found fall by exactly the
    margin, and how often it is said not to when the sites are alike."""
    carried = alarmed = 0
    for seed in range(runs):
        there = site(3_000, 3 * seed, recall=0.95)
        carried += transfer(there, site(3_000, 3 * seed + 1, recall=0.90)).answer is Answer.CARRIES
        alarmed += transfer(there, site(3_000, 3 * seed + 2)).answer is Answer.DOES_NOT
    return carried, alarmed


def test_it_seldom_carries_over_what_it_should_not_and_seldom_alarms_over_sites_that_are_alike() -> None:
    carried, alarmed = wrong_answers(120)

    assert carried <= 9  # 3 are expected at 2.5%; 10 or more have a chance under one in 800
    assert alarmed <= 3  # alike is better than worse by the margin: far fewer than 2.5%


def right_answers(runs: int) -> tuple[int, int]:
    """Of `runs` pairs of sites: how often evidence carries over between those that are alike, and how often it does
    not to those where acceptable advice falls by eight points."""
    carried = refused = 0
    for seed in range(runs):
        there = site(3_000, 5 * seed)
        carried += transfer(there, site(3_000, 5 * seed + 1)).answer is Answer.CARRIES
        refused += transfer(there, site(3_000, 5 * seed + 1, acceptable=0.82)).answer is Answer.DOES_NOT
    return carried, refused


def test_with_thousands_of_requests_it_mostly_finds_what_is_true() -> None:
    carried, refused = right_answers(20)

    assert carried >= 17
    assert refused >= 10


@pytest.mark.long
def test_the_figures_of_the_reference_page_are_these() -> None:
    assert wrong_answers(1_000) == (30, 0)
    assert right_answers(500) == (488, 377)


counts = st.integers(0, 40).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(counts, counts, counts, counts, counts, counts, st.floats(0.01, 0.5))
def test_an_answer_never_goes_beyond_its_interval(
    a: tuple[int, int], b: tuple[int, int], c: tuple[int, int], d: tuple[int, int], e: tuple[int, int],
    f: tuple[int, int], margin: float,
) -> None:  # fmt: skip
    def of(acceptable: tuple[int, int], under: tuple[int, int], recall: tuple[int, int]) -> dict[str, Any]:
        measures = {
            "acceptable": figure(*acceptable), "under_triage": figure(*under), "emergency_recall": figure(*recall),
        }  # fmt: skip
        return {
            "population": {"n": 0, "counts": {}},
            "results": {"measures": measures, "groups": {"rows": []}, "notes": []},
        }

    found = transfer(of(a, b, c), of(d, e, f), margin)

    for each in found.compared:
        interval = each.worse_by.interval
        if each.answer is Answer.CARRIES:
            assert interval is not None
            assert interval.high < margin
        if each.answer is Answer.DOES_NOT:
            assert interval is not None
            assert interval.low > margin
    if found.answer is Answer.CARRIES:
        assert all(each.answer is Answer.CARRIES for each in found.compared)


def test_who_asks_is_compared_value_by_value_in_the_order_of_age() -> None:
    there, here = site(600, 1), site(400, 2)
    there["population"]["counts"] = {"age": {"80 and over": 60, "under 3 months": 40, "16 to 39": 500}}
    here["population"]["counts"] = {"age": {"80 and over": 200, "16 to 39": 200}}

    mixes = transfer(there, here).mixes

    assert [(mix.value, mix.there.count, mix.here.count) for mix in mixes] == [
        ("under 3 months", 40, 0),
        ("16 to 39", 500, 200),
        ("80 and over", 60, 200),
    ]
    assert mixes[2].more_by.value == pytest.approx(0.4)
    assert [mix.differs for mix in mixes] == [True, True, True]


@pytest.mark.parametrize("margin", [0, 1, -0.1])
def test_a_margin_that_is_none_is_refused(margin: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        transfer(site(60, 1), site(60, 2), margin)
