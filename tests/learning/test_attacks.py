"""Attacks on what is taught: no emergency is lost, the attack is told, and without the defences it does harm."""

from __future__ import annotations

from datetime import timedelta
from statistics import mean

import pytest

from learning.worlds import World, world
from preceptor.learning.fitting import fit
from preceptor.learning.lessons import lessons_of
from preceptor.learning.moving import Defences
from preceptor.learning.simulation import ATTACKS
from preceptor.learning.stage import Floats
from preceptor.learning.watching import Kind, watch

OFF = Defences(
    cap=None, trust=False, watch=False, held_for=timedelta(0), own_biases=False, no_less_safe=False, pull=1.0
)
HONEST = 1_500


def attacked(place: World, attack: str, fraction: float, defences: Defences):  # type: ignore[no-untyped-def]
    honest = place.decisions(HONEST)
    poison = ATTACKS[attack](place.practice, round(fraction / (1 - fraction) * HONEST), place.calls, place.luck)
    lessons = lessons_of([*honest, *poison.decisions])
    return fit(place.shared, lessons, place.champion, home="p", defences=defences), poison.accounts


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_tenth_of_poison_costs_no_emergency_and_is_told(attack: str) -> None:
    place = world()
    made, poisoners = attacked(place, attack, 0.1, Defences())
    named = {name for alarm in made.report.alarms if alarm.sets_aside for name in alarm.accounts}
    assert named == poisoners
    assert place.recall(made.stage) >= place.recall(place.champion) - 0.01


def test_without_the_defences_it_would_have_done_harm() -> None:
    """The control: one presentation's emergencies, called routine by somebody who works here."""
    place = world()
    made, _ = attacked(place, "one presentation", 0.1, OFF)
    assert place.recall(made.stage) < place.recall(place.champion) - 0.02


def test_honest_people_are_not_named() -> None:
    """Eight people of different habits, in four practices: nobody's lessons are set aside."""
    for seed in (1, 2, 3, 4):
        place = world(seed)
        lessons = lessons_of(place.decisions(HONEST))
        assert not [alarm for alarm in watch(lessons, chances(place, lessons)) if alarm.sets_aside]


def chances(place: World, lessons) -> Floats:  # type: ignore[no-untyped-def]
    import numpy as np

    return place.champion.chances(np.stack([lesson.inputs for lesson in lessons]).astype(float))


def test_who_always_gives_way_is_told_of_and_still_teaches() -> None:
    from dataclasses import replace

    place = world(gives_way=0.2)
    place.practice.clinicians[0] = replace(place.practice.clinicians[0], gives_way=1.0)  # type: ignore[index]
    made = fit(place.shared, lessons_of(place.decisions(HONEST)), place.champion, home="p")
    found = {alarm.kind: alarm for alarm in made.report.alarms}
    assert found[Kind.GIVES_WAY].accounts == ("p-0",)
    assert made.report.set_aside == 0
    assert made.report.weight_by_account["p-0"] > 0


@pytest.mark.long
@pytest.mark.parametrize("fraction", [0.01, 0.02, 0.05, 0.1, 0.2])
@pytest.mark.parametrize("attack", ATTACKS)
def test_poison_over_twenty_seeds(attack: str, fraction: float) -> None:
    """The long form of the above; `benchmarks/learning/poisoning.py` tells the figures."""
    falls, told = [], []
    for seed in range(20):
        place = world(seed)
        made, poisoners = attacked(place, attack, fraction, Defences())
        falls.append(place.recall(place.champion) - place.recall(made.stage))
        told.append(any(set(alarm.accounts) & poisoners for alarm in made.report.alarms))
    assert mean(falls) <= 0.01
    if fraction >= 0.1:
        assert all(told)
