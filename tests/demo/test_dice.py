"""Chance that falls the same way on every machine."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from preceptor.demo.dice import Dice, Stream, working_day
from preceptor.demo.moments import uk_time

seeds = st.integers(0, 10**6)


def test_the_same_dice_fall_the_same_way_and_every_stream_and_patient_has_its_own() -> None:
    def throws(dice: Dice) -> list[int]:
        return [dice.whole(1, 100) for _ in range(8)]

    # Golden values: they change only if every demo practice changes.
    assert throws(Dice(1, Stream.RECORD, 42)) == throws(Dice(1, Stream.RECORD, 42)) == GOLDEN
    assert throws(Dice(1, Stream.PERSON, 42)) != GOLDEN
    assert throws(Dice(1, Stream.RECORD, 43)) != GOLDEN
    assert throws(Dice(2, Stream.RECORD, 42)) != GOLDEN


GOLDEN = [87, 12, 49, 11, 37, 77, 53, 66]


@given(seed=seeds, low=st.integers(-50, 50), span=st.integers(0, 20))
def test_whole_numbers_stay_within_their_bounds(seed: int, low: int, span: int) -> None:
    assert low <= Dice(seed, Stream.RECORD).whole(low, low + span) <= low + span


@given(seed=seeds, items=st.lists(st.integers(), max_size=20))
def test_shuffling_loses_and_adds_nothing(seed: int, items: list[int]) -> None:
    assert sorted(Dice(seed, Stream.RECORD).shuffled(items)) == sorted(items)


@given(seed=seeds)
def test_what_has_no_weight_is_never_picked(seed: int) -> None:
    assert Dice(seed, Stream.RECORD).weighted(("never", "always", "nor this"), (0, 1, 0)) == "always"


@given(seed=seeds, first=st.dates(date(2000, 1, 1), date(2030, 1, 1)), days=st.integers(0, 400))
def test_a_day_lies_in_its_range(seed: int, first: date, days: int) -> None:
    last = date.fromordinal(first.toordinal() + days)
    assert first <= Dice(seed, Stream.RECORD).day(first, last) <= last


@given(day=st.dates(date(2000, 1, 1), date(2035, 1, 1)))
def test_a_working_day_is_no_weekend_and_at_most_two_days_before(day: date) -> None:
    assert working_day(day).weekday() < 5
    assert 0 <= (day - working_day(day)).days <= 2


def test_the_clocks_of_england_change_on_the_last_sundays_of_march_and_october() -> None:
    assert uk_time(date(2026, 3, 28), 9).utcoffset() != uk_time(date(2026, 3, 29), 9).utcoffset()
    assert uk_time(date(2026, 10, 24), 9).utcoffset() != uk_time(date(2026, 10, 25), 9).utcoffset()
    assert uk_time(date(2026, 7, 6), 8, 30).isoformat() == "2026-07-06T08:30:00+01:00"
