"""A challenger learns what people agree on, stays near the champion where they are few, and heeds its caps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from learning.worlds import World, shipped, world
from preceptor.advice import URGENCIES
from preceptor.learning.fitting import FEWEST, Challenger, TooFew, fit
from preceptor.learning.lessons import Answer, Decided, Lesson, Source, Teaches, lessons_of
from preceptor.learning.moving import HELD_FOR
from preceptor.learning.simulation import Practice, team
from preceptor.learning.weights import CAP

OLD = ("65 to 79", "80 and over")


@pytest.fixture(scope="module")
def place() -> World:
    return world()


@pytest.fixture(scope="module")
def lessons(place: World) -> list[Lesson]:
    return lessons_of(place.decisions(1_200))


@pytest.fixture(scope="module")
def made(place: World, lessons: list[Lesson]) -> Challenger:
    return fit(place.shared, lessons, place.champion, home="p")


def distance(one: Challenger, place: World) -> float:
    rows = place.shared.holdout
    return float(np.abs(one.stage.chances(rows.inputs) - place.champion.chances(rows.inputs)).sum(axis=1).mean() / 2)


def test_it_learns_what_a_practice_agrees_on(place: World) -> None:
    """Everybody here takes whatever reads like a cough a step more seriously: so does what they teach."""
    rows = place.practice.rows
    wants_sooner = rows.inputs[:, 0] < np.median(rows.inputs[:, 0])  # by an input that the second stage can see
    shifted = np.roll(rows.targets, -1, axis=1)
    shifted[:, 0] += rows.targets[:, 0]
    shifted[:, -1] = 0
    asked = replace(rows, targets=np.where(wants_sooner[:, None], shifted, rows.targets))
    luck = np.random.default_rng(5)
    practice = Practice("p", team(8, 0.4, luck), asked, audited=0.1)
    lessons = lessons_of(practice.decisions(3_000, place.calls, luck))
    made = fit(place.shared, lessons, place.champion, home="p")
    before, after = (stage.calls(asked.inputs, asked.floors)[wants_sooner] for stage in (place.champion, made.stage))
    right = asked.right[wants_sooner]
    assert np.abs(after - right).mean() < np.abs(before - right).mean() - 0.1


def test_the_report_adds_up(made: Challenger, lessons: list[Lesson]) -> None:
    report = made.report
    assert report.lessons == len(lessons)
    assert sum(report.by_source.values()) == report.used
    assert report.used + report.context + report.held_back + report.set_aside + report.superseded == report.lessons
    assert report.weight == pytest.approx(sum(report.weight_by_account.values()))
    assert report.weight == pytest.approx(sum(report.weight_by_practice.values()))
    assert report.first is not None
    assert report.last is not None
    assert report.last <= max(lesson.when for lesson in lessons) - HELD_FOR


def test_no_account_weighs_more_than_its_cap_and_no_practice_but_the_one_at_home(
    place: World, lessons: list[Lesson], made: Challenger
) -> None:
    assert max(made.report.weight_by_account.values()) <= CAP * 1.001
    for_all = fit(place.shared, lessons, place.champion)
    assert for_all.report.weight_by_practice["p"] <= CAP * 1.001


def test_a_small_practice_hardly_moves_it(place: World, made: Challenger) -> None:
    few = fit(place.shared, lessons_of(world(1, people=3).decisions(90)), place.champion, home="p")
    assert distance(few, place) < distance(made, place)
    assert distance(few, place) < 0.03


def test_the_same_lessons_make_the_same_challenger(place: World, lessons: list[Lesson], made: Challenger) -> None:
    again = fit(place.shared, list(lessons), place.champion, home="p")
    assert (again.slopes == made.slopes).all()
    assert again.thresholds == made.thresholds


def test_thresholds_only_ever_fall(place: World, made: Challenger) -> None:
    for urgency in URGENCIES[:-1]:
        assert made.thresholds.advise[urgency] <= place.champion.thresholds.advise[urgency] + 1e-9
        assert made.thresholds.keep[urgency] <= place.champion.thresholds.keep[urgency] + 1e-9


def test_neither_champion_nor_shared_rows_are_touched(place: World, lessons: list[Lesson]) -> None:
    before = [place.champion.slopes.copy(), place.shared.holdout.inputs.copy(), place.shared.learned.targets.copy()]
    fit(place.shared, lessons[:300], place.champion)
    after = [place.champion.slopes, place.shared.holdout.inputs, place.shared.learned.targets]
    assert all((a == b).all() for a, b in zip(before, after, strict=True))


def test_the_hold_out_has_no_say(place: World, lessons: list[Lesson], made: Challenger) -> None:
    none = place.shared.holdout.where(np.array([], dtype=np.int64))
    assert (fit(replace(place.shared, holdout=none), lessons, place.champion, home="p").slopes == made.slopes).all()


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ({"weight": 0.0, "teaches": Teaches.CONTEXT}, "about the record"),
        ({"weight": 0.0}, f"{FEWEST} are needed"),
    ],
)
def test_lessons_that_teach_the_words_nothing_make_no_challenger(
    place: World, lessons: list[Lesson], what: dict[str, object], why: str
) -> None:
    silent = [replace(lesson, **what) for lesson in lessons]  # type: ignore[arg-type]
    with pytest.raises(TooFew, match=why):
        fit(place.shared, silent, place.champion)


def test_a_fresh_batch_waits_to_be_looked_at(place: World, lessons: list[Lesson]) -> None:
    now = max(lesson.when for lesson in lessons)
    fresh = [replace(lesson, when=now) for lesson in lessons]
    with pytest.raises(TooFew, match="wait for review"):
        fit(place.shared, fresh, place.champion, as_of=now)
    assert fit(place.shared, fresh, place.champion, as_of=now + HELD_FOR).report.used > 0


def test_nothing_was_ever_taught(place: World) -> None:
    with pytest.raises(TooFew):
        fit(place.shared, [], place.champion)


def test_progress_is_told(place: World, lessons: list[Lesson]) -> None:
    told: list[tuple[int, int]] = []
    fit(place.shared, lessons[:400], place.champion, progress=lambda done, of: told.append((done, of)))
    done = [at for at, _ in told]
    assert done == sorted(done)
    assert all(at <= of for at, of in told)
    assert told[-1][0] == told[-1][1]


@pytest.mark.parametrize("decisions", [1_500, 4_000])
def test_a_model_that_is_wrong_is_not_confirmed_by_those_it_leads(place: World, decisions: int) -> None:
    """Everybody gives way to a champion that calls the old too low: first views put it right, decisions do not."""
    rows = place.practice.rows
    old = np.array([age in OLD for age in rows.groups["age"]])
    calls = np.where(old, np.minimum(place.calls + 2, 4), place.calls)
    luck = np.random.default_rng(3)
    practice = Practice("p", team(8, 0.9, luck), rows)
    decided = practice.decisions(decisions, calls, luck)
    own = fit(place.shared, lessons_of(decided), place.champion, home="p")
    led_only = [replace(each, first_views=(), audit=None, outcome=None) for each in decided]
    naive = [
        replace(lesson, weight=1.0) if lesson.source is Source.FINAL else lesson for lesson in lessons_of(led_only)
    ]
    led = fit(place.shared, naive, place.champion, home="p")
    right = rows.right[old]
    missed = [
        float((stage.calls(rows.inputs[old], rows.floors[old]) > right).mean()) for stage in (own.stage, led.stage)
    ]
    assert missed[0] < missed[1] - 0.05


def test_what_ships_can_be_learnt_from() -> None:
    """The artefact as it is installed: its shared rows, its champion, and some decisions on its own calibration."""
    shared, champion = shipped()
    rows = shared.calibration
    luck = np.random.default_rng(2)
    calls = champion.calls(rows.inputs, rows.floors)
    made = fit(shared, lessons_of(Practice("p", team(6, 0.3, luck), rows).decisions(300, calls, luck)), champion)
    assert made.slopes.shape == champion.slopes.shape
    assert np.isfinite(made.slopes).all()
    assert 0 < made.report.moved.chances < 0.1


def test_an_alarm_sets_an_account_aside_until_somebody_clears_it(place: World) -> None:
    def upside_down(each: Decided) -> Decided:
        if each.first_views[0].account != "p-0":
            return each
        said = Answer(URGENCIES[4 - each.final.urgency.rank], "p-0", each.final.when)
        return replace(each, first_views=(said,), final=said, audit=None, outcome=None)

    lessons = lessons_of(map(upside_down, place.decisions(1_500)))
    watched = fit(place.shared, lessons, place.champion, home="p").report
    assert "p-0" in {name for alarm in watched.alarms for name in alarm.accounts}
    assert watched.set_aside > 0
    assert watched.weight_by_account["p-0"] == 0
    cleared = fit(place.shared, lessons, place.champion, home="p", cleared=frozenset({"p-0"})).report
    assert cleared.set_aside == 0
    assert 0 < cleared.weight_by_account["p-0"] <= CAP * 1.001
    assert cleared.trust["p-0"] < min(trust for name, trust in cleared.trust.items() if name != "p-0")
