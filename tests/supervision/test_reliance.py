"""Appropriate reliance on a table of decisions."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from preceptor.supervision.decisions import CannotUse, table
from preceptor.supervision.figures import Share, clopper_pearson, upper_bound, wilson
from preceptor.supervision.reliance import Reliance, reliance, rsr_change

OPTIONS = ("emergency", "same_day", "soon", "routine", "self_care")
Row = tuple[str | None, ...]


def test_it_measures_who_follows_right_advice_and_who_withstands_wrong_advice() -> None:
    rows: list[Row] = [
        # clinician, case, first view, advice, final, truth
        ("a", "1", "routine", "same_day", "same_day", "same_day"),  # put right by the advice
        ("a", "2", "routine", "same_day", "routine", "same_day"),  # kept a wrong view against right advice
        ("b", "3", "soon", "routine", "soon", "soon"),  # stood firm against wrong advice
        ("b", "4", "soon", "routine", "routine", "soon"),  # led astray: an omission, for the advice said less
        ("b", "5", "soon", "emergency", "emergency", "soon"),  # led astray: a commission, for it said more
        ("a", "6", "soon", "soon", "soon", "soon"),  # all agree: speaks of neither
        ("a", "7", None, "soon", "soon", "soon"),  # no first view
    ]
    found = reliance(table(rows))
    assert (found.rair.count, found.rair.n) == (1, 2)
    assert (found.rsr.count, found.rsr.n) == (1, 3)
    assert (found.over_reliance.count, found.over_reliance.n) == (2, 3)
    assert (found.under_reliance.count, found.under_reliance.n) == (1, 4)
    assert (found.commissions.count, found.commissions.n) == (1, 1)
    assert (found.omissions.count, found.omissions.n) == (1, 2)
    assert (found.first_view_right.count, found.first_view_right.n) == (4, 6)
    assert (found.advice_right.count, found.advice_right.n) == (4, 7)
    assert (found.final_right.count, found.final_right.n) == (4, 7)
    assert found.counts.no_first_view == 1
    assert "1 of 7 rows have no first view: not identifiable for RAIR and RSR" in found.notes


@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    # Newcombe (1998), Statistics in Medicine 17:857-872, Table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_the_published_limits(count: int, n: int, low: float, high: float) -> None:
    found = wilson(count, n)
    assert found.low == pytest.approx(low, abs=5e-5)
    assert found.high == pytest.approx(high, abs=5e-5)


@given(st.integers(0, 400), st.integers(1, 400))
def test_both_intervals_are_those_of_scipy(count: int, n: int) -> None:
    count = min(count, n)
    for method, found in (("wilson", wilson(count, n)), ("exact", clopper_pearson(count, n))):
        theirs = binomtest(count, n).proportion_ci(0.95, method)
        assert (found.low, found.high) == (pytest.approx(theirs.low, abs=1e-9), pytest.approx(theirs.high, abs=1e-9))


def test_the_exact_bounds_are_those_of_the_rule_of_three_and_of_the_tables() -> None:
    assert clopper_pearson(81, 263).low == pytest.approx(0.2527, abs=5e-5)  # Newcombe (1998), method 5
    assert clopper_pearson(81, 263).high == pytest.approx(0.3676, abs=5e-5)
    assert upper_bound(0, 149) == pytest.approx(1 - 0.05 ** (1 / 149))
    assert upper_bound(0, 0) == 1.0


class TestWhatCannotBeKnownIsSaidInWords:
    def test_an_empty_table(self) -> None:
        assert_sound(reliance(table([])), "the table holds no decisions")

    def test_no_first_view_anywhere(self) -> None:
        found = reliance(table([("a", str(i), None, "1", "1", "0") for i in range(9)]))
        assert found.rair.value is None
        assert found.rair.words == "not identifiable: no row has a first view"
        assert found.over_reliance.value == 1.0
        assert_sound(found)

    def test_all_agree(self) -> None:
        found = reliance(table([(c, str(i), "1", "1", "1", "1") for i in range(9) for c in "ab"]))
        assert found.rair.words == "not identifiable: the advice was never right where the first view was wrong"
        assert any("agree in every row" in note for note in found.notes)
        assert_sound(found)

    def test_one_clinician_only_has_no_interval_by_clinician(self) -> None:
        found = reliance(table([("a", str(i), "10"[i % 2], "1", "1", "1") for i in range(9)]))
        assert found.rair.value == 1.0
        assert found.rair.interval is not None
        assert found.rair.clustered is None
        assert found.rair.words == "one clinician only: how clinicians differ cannot be known"
        assert "one clinician only: the figures say nothing of others" in found.notes
        assert_sound(found)

    def test_no_truth(self) -> None:
        found = reliance(table([("a", str(i), "1", "0", "1", None) for i in range(9)]))
        assert found.final_right.words == "no row has a known truth"
        assert_sound(found)

    def test_options_without_an_order_have_no_omissions(self) -> None:
        found = reliance(table([("a", "1", "red", "black", "black", "red")]))
        assert found.over_reliance.n == 1
        assert found.omissions.words.startswith("the options have no order")


class TestContamination:
    ROWS: tuple[Row, ...] = (
        ("a", "1", "routine", "same_day", "same_day", "same_day"),
        ("b", "1", "soon", "routine", "soon", "soon"),
    )

    def test_a_row_given_twice_counts_once(self) -> None:
        found = reliance(table([*self.ROWS, *self.ROWS]))
        assert found.shares == reliance(table(self.ROWS)).shares
        assert "2 rows repeat another in every column: each counted once" in found.notes

    def test_a_second_decision_on_a_case_counts_and_is_said(self) -> None:
        again = ("a", "1", "routine", "same_day", "routine", "same_day")
        found = reliance(table([*self.ROWS, again]))
        assert (found.rair.count, found.rair.n) == (1, 2)
        assert any("further decisions" in note for note in found.notes)

    def test_two_truths_are_no_truth(self) -> None:
        found = reliance(table([*self.ROWS, ("a", "1", "routine", "same_day", "same_day", "routine")]))
        assert found.rair.n == 0
        assert any("two truths" in note for note in found.notes)

    def test_rows_without_clinician_or_case_are_kept_and_said(self) -> None:
        found = reliance(table([("", "1", "1", "0", "1", "1"), ("a", "", "1", "0", "1", "1")] * 2))
        assert found.rsr.n == 3  # the repeat without a case cannot be told from another case
        assert any("name no clinician" in note for note in found.notes)
        assert any("name no case" in note for note in found.notes)

    def test_one_option_in_two_spellings_is_refused(self) -> None:
        with pytest.raises(CannotUse, match="'Red' and 'red' look like one option"):
            table([("a", "1", "Red", "black", "red", "red")])

    def test_a_value_off_the_scale_is_refused_by_row_and_column(self) -> None:
        with pytest.raises(CannotUse, match="row 2, column advice: 'sameday' is not one of emergency, same_day"):
            table([*self.ROWS[:1], ("b", "1", "soon", "sameday", "soon", "soon")])

    def test_numbers_where_options_belong_are_refused(self) -> None:
        with pytest.raises(CannotUse, match="column advice has 60 different values"):
            table([("a", str(i), "1", str(i / 60), "1", "1") for i in range(60)])


words = st.sampled_from((*OPTIONS, None))
rows_strategy = st.lists(
    st.tuples(st.sampled_from("abcd"), st.integers(0, 9).map(str), words, words, words, words), max_size=40
)


@settings(max_examples=60, deadline=None)
@given(rows_strategy, st.randoms(use_true_random=False))
def test_whatever_the_table_figures_are_sound_and_the_order_of_rows_changes_nothing(rows: list[Row], dice: Any) -> None:
    found = reliance(table(rows, OPTIONS))
    assert_sound(found)
    shuffled = list(rows)
    dice.shuffle(shuffled)
    assert reliance(table(shuffled, OPTIONS)) == found
    # On an ordered scale every wrong advice says too much or too little.
    assert found.over_reliance.count == found.commissions.count + found.omissions.count
    assert found.over_reliance.n == found.commissions.n + found.omissions.n


@settings(max_examples=30, deadline=None)
@given(rows_strategy)
def test_the_names_of_clinicians_and_options_change_no_count(rows: list[Row]) -> None:
    other = dict(zip(OPTIONS, ("p", "q", "r", "s", "t"), strict=True))
    renamed = [(c, k, *(other[str(v)] if v else None for v in views)) for c, k, *views in rows]
    counts = [(s.count, s.n) for s in reliance(table(rows, OPTIONS)).shares.values()]
    assert [(s.count, s.n) for s in reliance(table(renamed, ("p", "q", "r", "s", "t"))).shares.values()] == counts


class TestRsrOverTime:
    @staticmethod
    def firm(of: int, cases: int, start: int) -> list[Row]:
        """Each of 12 clinicians withstands wrong advice in `of` of `cases` cases."""
        return [
            (f"c{c}", str(start + i), "1", "0", "1" if i < of else "0", "1") for c in range(12) for i in range(cases)
        ]

    def test_a_fall_shows_as_a_negative_difference_with_its_interval(self) -> None:
        change = rsr_change(table(self.firm(9, 10, 0)), table(self.firm(5, 10, 100)))
        assert change.difference.value == pytest.approx(-0.4)
        assert change.difference.interval is not None
        assert change.difference.interval.high < -0.2

    def test_without_wrong_advice_it_says_which_table_cannot_speak(self) -> None:
        agreeing: list[Row] = [("a", "1", "1", "1", "1", "1")]
        change = rsr_change(table(agreeing), table(self.firm(5, 10, 0)))
        assert change.difference.value is None
        assert change.difference.words.startswith("the earlier table: not identifiable")


def assert_sound(found: Reliance, words: str = "") -> None:
    """No NaN, every interval holds its value, and whatever is missing says why."""
    for name, each in found.shares.items():
        assert isinstance(each, Share)
        if each.n == 0:
            assert each.value is None, name
            assert words in each.words, name
            assert each.words, name
            continue
        assert each.interval is not None, name
        assert each.interval.low - 1e-9 <= each.count / each.n <= each.interval.high + 1e-9, name
        assert each.clustered is not None or each.words, name
    assert not any(isinstance(v, float) and math.isnan(v) for v in asdict(found.counts).values())


# Coverage: 30 clinicians of 20 decisions each, whose own RAIR varies around 0.6 (standard deviation 0.15). The share of
# simulated tables whose interval holds 0.6 should be near 0.95 by clinician; Wilson, which takes rows as independent,
# must fall short. A percentile bootstrap of 30 clusters runs a little narrow: 0.90 is accepted.


def coverage(tables: int, seed: int) -> tuple[float, float]:
    rng = np.random.default_rng(seed)
    by_clinician = by_row = 0
    for _ in range(tables):
        own = rng.beta(5.8, 3.87, 30)
        rows: list[Row] = [
            (f"c{c}", str(i), "0", "1", "1" if rng.random() < own[c] else "0", "1")
            for c in range(30)
            for i in range(20)
        ]
        rair = reliance(table(rows)).rair
        assert rair.clustered is not None
        assert rair.interval is not None
        mean = 5.8 / (5.8 + 3.87)
        by_clinician += rair.clustered.low <= mean <= rair.clustered.high
        by_row += rair.interval.low <= mean <= rair.interval.high
    return by_clinician / tables, by_row / tables


def test_the_interval_by_clinician_covers_where_clinicians_differ() -> None:
    by_clinician, by_row = coverage(60, seed=1)  # 60 tables: two standard errors are 0.056
    assert by_clinician >= 0.87
    assert by_row < by_clinician


@pytest.mark.long
def test_the_interval_by_clinician_covers_where_clinicians_differ_long() -> None:
    by_clinician, by_row = coverage(1_000, seed=2)  # two standard errors are 0.014
    print(f"coverage of RAIR's interval: by clinician {by_clinician:.3f}, Wilson {by_row:.3f}")
    assert 0.915 <= by_clinician <= 0.965
    assert by_row < 0.90


@pytest.mark.long
@pytest.mark.parametrize("p", [0.02, 0.1, 0.5, 0.95])
@pytest.mark.parametrize("n", [20, 100, 500])
def test_wilson_and_clopper_pearson_cover(p: float, n: int) -> None:
    counts = np.random.default_rng(3).binomial(n, p, 20_000)
    of = np.bincount(counts, minlength=n + 1) / len(counts)
    held = {
        f.__name__: sum(of[k] for k in range(n + 1) if of[k] and (i := f(k, n)).low <= p <= i.high)
        for f in (wilson, clopper_pearson)
    }
    # Wilson's coverage swings around 0.95 with n and p, down to 0.83 in its worst corners; the exact never falls short.
    assert held["wilson"] >= 0.88
    assert held["clopper_pearson"] >= 0.945
