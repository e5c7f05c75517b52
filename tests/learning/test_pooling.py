"""Many practices' updates become one starting point: nearly that of all lessons together, and nobody can bend it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learning.worlds import World, world
from preceptor.learning.fitting import fit
from preceptor.learning.lessons import Lesson, lessons_of
from preceptor.learning.pooling import FEWEST, pool, update_of
from preceptor.learning.simulation import Practice, team
from preceptor.learning.stage import Stage
from preceptor.learning.updates import NotUsable, Update
from preceptor.learning.weights import CAP


@pytest.fixture(scope="module")
def place() -> World:
    return world()


@pytest.fixture(scope="module")
def practices(place: World) -> list[list[Lesson]]:
    found = []
    for at in range(8):
        luck = np.random.default_rng([41, at])
        practice = Practice(f"p{at}", team(4, 0.4, luck, f"p{at}"), place.practice.rows)
        found.append(lessons_of(practice.decisions(300, place.calls, luck)))
    return found


@pytest.fixture(scope="module")
def updates(place: World, practices: list[list[Lesson]]) -> list[Update]:
    found = []
    for at, lessons in enumerate(practices):
        made = fit(place.shared, lessons, place.champion, home=f"p{at}")
        found.append(update_of(f"key-{at}", place.champion, made.fitted, made.report.weight, made.report.used))
    return found


def apart(one: Stage, other: Stage, place: World) -> float:
    rows = place.shared.holdout
    return float(np.abs(one.chances(rows.inputs) - other.chances(rows.inputs)).sum(axis=1).mean() / 2)


def test_what_is_pooled_is_near_what_all_lessons_together_would_have_made(
    place: World, practices: list[list[Lesson]], updates: list[Update]
) -> None:
    pooled = pool(place.shared, place.champion, updates)
    together = fit(place.shared, [lesson for each in practices for lesson in each], place.champion)

    moved = apart(place.champion, together.stage, place)
    assert apart(pooled.stage, together.stage, place) < 0.6 * moved
    assert sum(part.weight for part in pooled.parts) == pytest.approx(together.report.weight, rel=0.35)
    assert place.recall(pooled.stage) >= place.recall(place.champion) - 0.02


def test_no_practice_weighs_more_than_a_twentieth_whatever_it_states(place: World, updates: list[Update]) -> None:
    boastful = replace(updates[0], weight=0.999, lessons=10_000_000)
    pooled = pool(place.shared, place.champion, [boastful, *updates[1:]])
    assert max(part.weight for part in pooled.parts) <= CAP * 1.001
    assert pooled.parts[0].weight == pytest.approx(CAP, rel=0.01)


@settings(max_examples=15, deadline=None)
@given(factor=st.floats(1, 1e6), weight=st.floats(1e-6, 1 - 1e-6), seed=st.integers(0, 99))
def test_however_far_one_practice_moves_all_move_little(
    place: World, updates: list[Update], factor: float, weight: float, seed: int
) -> None:
    """Random directions; what misses emergencies by itself is set aside, the rest is shortened and capped."""
    wild = np.random.default_rng(seed).normal(size=updates[0].slopes.shape) * factor
    hostile = replace(updates[0], slopes=wild, weight=weight)
    without = pool(place.shared, place.champion, updates[1:])
    found = pool(place.shared, place.champion, [hostile, *updates[1:]])
    assert apart(found.stage, without.stage, place) < 0.06
    assert found.parts[0].alarm or found.parts[0].shortened or weight < 0.001


def test_an_update_that_would_miss_emergencies_is_set_aside_and_named(place: World, updates: list[Update]) -> None:
    calm = replace(updates[0], biases=updates[0].biases - np.array([5.0, 0, 0, 0, 0]))
    pooled = pool(place.shared, place.champion, [calm, *updates[1:]])
    assert pooled.parts[0].weight == 0
    assert "emergencies that are caught now" in pooled.parts[0].alarm
    assert not any(part.alarm for part in pooled.parts[1:])
    alone = pool(place.shared, place.champion, updates[1:])
    assert (alone.stage.slopes == pooled.stage.slopes).all()


def test_the_order_in_which_updates_are_given_changes_nothing(place: World, updates: list[Update]) -> None:
    one, other = (pool(place.shared, place.champion, each).stage for each in (updates, updates[::-1]))
    assert (one.slopes == other.slopes).all()


def test_what_cannot_be_pooled_is_said(place: World, updates: list[Update]) -> None:
    with pytest.raises(NotUsable, match="signed two updates"):
        pool(place.shared, place.champion, [*updates, updates[0]])
    with pytest.raises(NotUsable, match=f"{FEWEST} are needed"):
        pool(place.shared, place.champion, updates[: FEWEST - 1])
    calm = [replace(each, biases=each.biases - np.array([5.0, 0, 0, 0, 0])) for each in updates]
    with pytest.raises(NotUsable, match="nothing to pool"):
        pool(place.shared, place.champion, calm)


def test_a_practice_that_learns_from_what_was_pooled_stays_near_it(
    place: World, practices: list[list[Lesson]], updates: list[Update]
) -> None:
    pooled = pool(place.shared, place.champion, updates)
    adapted = fit(place.shared, practices[0], pooled.stage, home="p0")
    assert 0 < apart(adapted.stage, pooled.stage, place) < 0.05
