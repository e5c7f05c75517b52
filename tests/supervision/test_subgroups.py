"""Is the tool as good for this group of people as for everybody else?"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep

from preceptor.supervision.figures import newcombe
from preceptor.supervision.subgroups import Answer, holm, p_worse_by_more_than, partly_pooled, subgroups


def people(*groups: tuple[str, int, int]) -> tuple[list[bool | None], list[str | None]]:
    """(value, how many went well, how many there are)."""
    good: list[bool | None] = [i < well for _, well, n in groups for i in range(n)]
    return good, [value for value, _, n in groups for _ in range(n)]


def test_three_answers_and_no_fourth() -> None:
    good, language = people(("English", 1900, 2000), ("Polish", 380, 400), ("Urdu", 280, 400), ("Welsh", 9, 10))
    found = subgroups(good, {"language": language}, margin=0.05)
    answers = {group.value: group.answer for group in found.groups}
    assert answers["Polish"] is Answer.FAIR
    assert answers["Urdu"] is Answer.UNFAIR
    assert answers["Welsh"] is Answer.NOT_ENOUGH
    assert found.alarm
    assert found.answered(Answer.UNFAIR) == ("language: Urdu",)
    urdu = next(group for group in found.groups if group.value == "Urdu")
    assert urdu.worse_by.value == pytest.approx(2289 / 2410 - 0.7)
    assert urdu.worse_by.interval is not None
    assert urdu.worse_by.interval.low > 0.05


def test_newcombe_gives_the_published_limits() -> None:
    """Newcombe (1998), Statistics in Medicine 17:873-890, Table II, method 10."""
    for row, low, high in (
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
    ):
        found = newcombe(*row)
        assert (found.low, found.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


counts = st.tuples(st.integers(1, 300), st.integers(0, 300)).map(lambda pair: (min(pair), pair[0]))


@given(counts, counts)
def test_newcombe_is_that_of_statsmodels(one: tuple[int, int], other: tuple[int, int]) -> None:
    theirs = confint_proportions_2indep(*one, *other, method="newcomb", compare="diff")
    found = newcombe(*one, *other)
    assert (found.low, found.high) == (pytest.approx(theirs[0], abs=1e-9), pytest.approx(theirs[1], abs=1e-9))


@settings(max_examples=20, deadline=None)  # statsmodels collects garbage at every call
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_is_that_of_statsmodels(p_values: list[float]) -> None:
    assert holm(p_values) == pytest.approx(list(multipletests(p_values, method="holm")[1]))


def test_the_p_value_is_the_level_at_which_the_interval_touches_the_margin() -> None:
    p = p_worse_by_more_than(0.05, 30, 50, 45, 50)
    assert newcombe(45, 50, 30, 50, 1 - 2 * p).low == pytest.approx(0.05, abs=1e-6)
    assert p_worse_by_more_than(0.05, 0, 0, 45, 50) == 0.5


def test_holm_across_groups_keeps_luck_from_looking_like_unfairness() -> None:
    """Ten groups of 40; the worst of them alone would be called unfair, among ten it is not."""
    worst = ("g0", 30, 40)
    alone = subgroups(*_with(people(worst, ("rest", 324, 360))), margin=0.02)
    assert next(g for g in alone.groups if g.value == "g0").answer is Answer.UNFAIR
    among = subgroups(*_with(people(worst, *[(f"g{i}", 36, 40) for i in range(1, 10)])), margin=0.02)
    assert not among.alarm


def _with(cases: tuple[list[bool | None], list[str | None]]) -> tuple[Any, Any]:
    return cases[0], {"group": cases[1]}


class TestPartialPooling:
    def test_a_small_group_is_drawn_to_the_mean_and_a_large_one_hardly(self) -> None:
        small, large, *_ = partly_pooled([(2, 4), (500, 1000), (80, 100), (85, 100), (90, 100), (75, 100)])
        assert small.value is not None
        assert large.value is not None
        assert 0.5 < small.value < 0.85
        assert large.value == pytest.approx(0.5, abs=0.01)

    def test_groups_that_are_alike_are_pooled_nearly_wholly(self) -> None:
        found = partly_pooled([(8, 10), (80, 100), (160, 200)])
        assert [figure.value for figure in found] == pytest.approx([0.8] * 3, abs=0.01)


class TestContamination:
    def test_nothing(self) -> None:
        found = subgroups([], {"sex": []}, margin=0.05)
        assert (found.groups, found.alarm) == ((), False)

    def test_one_value_only(self) -> None:
        found = subgroups([True, False], {"sex": ["female", "female"]}, margin=0.05)
        [only] = found.groups
        assert only.answer is Answer.NOT_ENOUGH
        assert only.worse_by.words == "there is nobody else to compare with"
        assert "sex has one value only, female: there is nobody to compare with" in found.notes

    def test_unknown_values_and_results_are_counted_and_no_group(self) -> None:
        found = subgroups([True, True, None, True], {"sex": ["female", None, "male", ""]}, margin=0.05)
        assert [group.value for group in found.groups] == ["female"]
        assert found.notes[:2] == (
            "1 of 4 cases have no known result",
            "sex is not known in 2 cases: part of no group",
        )

    def test_all_well_is_fair_only_with_enough_people(self) -> None:
        few = subgroups(*_with(people(("a", 20, 20), ("b", 20, 20))), margin=0.05)
        many = subgroups(*_with(people(("a", 200, 200), ("b", 200, 200))), margin=0.05)
        assert {group.answer for group in few.groups} == {Answer.NOT_ENOUGH}
        assert {group.answer for group in many.groups} == {Answer.FAIR}


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=4))
def test_a_group_is_never_both_fair_and_unfair_and_nothing_is_nan(drawn: list[tuple[str, int, int]]) -> None:
    found = subgroups(*_with(people(*[(value, min(a, b), max(a, b)) for value, a, b in drawn])), margin=0.1)
    for group in found.groups:
        assert not (group.p_unfair < 0.05 and group.p_fair < 0.05)
        for figure in (group.raw, group.pooled, group.worse_by):
            assert figure.words if figure.value is None else math.isfinite(figure.value)


def wrong_answers(runs: int, worse_by: float, seed: int) -> tuple[float, float]:
    """Five groups of 300; how often any is called unfair, and how often the first, truly `worse_by`, is called fair."""
    rng = np.random.default_rng(seed)
    unfair = fair = 0
    for _ in range(runs):
        wells = rng.binomial(300, [0.9 - worse_by, 0.9, 0.9, 0.9, 0.9])
        found = subgroups(*_with(people(*[(f"g{i}", int(k), 300) for i, k in enumerate(wells)])), margin=0.05)
        unfair += found.alarm
        fair += found.groups[0].answer is Answer.FAIR
    return unfair / runs, fair / runs


def test_a_group_worse_by_just_the_margin_is_seldom_called_either() -> None:
    unfair, fair = wrong_answers(40, 0.05, seed=1)
    assert max(unfair, fair) <= 0.15  # 5% in truth; two standard errors are 0.07


@pytest.mark.long
def test_a_group_worse_by_just_the_margin_is_seldom_called_either_long() -> None:
    unfair, fair = wrong_answers(1_000, 0.05, seed=2)
    print(f"at the margin: called unfair {unfair:.3f}, called fair {fair:.3f}")
    assert max(unfair, fair) <= 0.06


@pytest.mark.long
@pytest.mark.parametrize(("p", "q", "n", "m"), [(0.9, 0.85, 50, 400), (0.5, 0.5, 30, 30), (0.98, 0.95, 100, 1000)])
def test_newcombe_covers(p: float, q: float, n: int, m: int) -> None:
    rng = np.random.default_rng(3)
    found = [
        newcombe(int(a), n, int(b), m) for a, b in zip(rng.binomial(n, p, 3000), rng.binomial(m, q, 3000), strict=True)
    ]
    held = np.mean([each.low <= p - q <= each.high for each in found])
    print(f"Newcombe {p} of {n} less {q} of {m}: {held:.3f}")
    assert held >= 0.935
