"""From chances to what is advised: thresholds, the set that cannot be ruled out, and when it abstains."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from preceptor.advice import URGENCIES, Urgency
from preceptor.tools.triage.model.deciding import Thresholds, decide

EMERGENCY, SAME_DAY, SOON, ROUTINE, SELF_CARE = URGENCIES
HALVES = Thresholds(dict.fromkeys(URGENCIES[:-1], 0.5), dict.fromkeys(URGENCIES[:-1], 0.1), 0.6)


def chances(*values: float) -> dict[Urgency, float]:
    return dict(zip(URGENCIES, (value / sum(values) for value in values), strict=True))


@st.composite
def any_chances(draw: st.DrawFn) -> dict[Urgency, float]:
    return chances(*draw(st.lists(st.floats(0.001, 1), min_size=5, max_size=5)))


@st.composite
def any_thresholds(draw: st.DrawFn) -> Thresholds:
    levels = st.fixed_dictionaries({u: st.floats(0.01, 0.99) for u in URGENCIES[:-1]})
    return Thresholds(draw(levels), draw(levels), draw(st.floats(0, 1)))


def test_the_first_urgency_that_is_likely_enough_is_advised_and_what_cannot_be_ruled_out_is_told() -> None:
    decision = decide(chances(12, 45, 30, 10, 3), HALVES)
    assert decision.option is SAME_DAY
    assert decision.possible == (EMERGENCY, SAME_DAY, SOON)
    assert not decision.unsure


def test_chances_at_both_ends_are_no_ground_for_advice() -> None:
    assert decide(chances(42, 3, 2, 3, 50), HALVES).unsure


@given(any_chances(), any_thresholds())
def test_the_option_is_in_the_set_and_the_set_has_no_gap(found: dict[Urgency, float], thresholds: Thresholds) -> None:
    decision = decide(found, thresholds)
    ranks = [urgency.rank for urgency in decision.possible]
    assert decision.option in decision.possible
    assert ranks == list(range(ranks[0], ranks[-1] + 1))


@given(any_chances(), any_thresholds(), st.integers(1, 4), st.floats(0.01, 1))
def test_more_chance_of_danger_never_makes_it_less_urgent(
    found: dict[Urgency, float], thresholds: Thresholds, rank: int, share: float
) -> None:
    moved = dict(found)
    taken = moved[URGENCIES[rank]] * share
    moved[URGENCIES[rank]] -= taken
    moved[EMERGENCY] += taken
    before, after = decide(found, thresholds), decide(moved, thresholds)
    assert after.option.rank <= before.option.rank
    assert after.possible[0].rank <= before.possible[0].rank
