"""A wrong model and people who lean on it: is it put right by what they decide? Twenty seeds, a simulated year.

    python benchmarks/learning/feedback.py [SEEDS]

The champion learnt that everybody of 65 and over needs somebody one step less soon than they do. Clinicians give way to
the advice in 85% of differences. Each quarter a challenger is fitted from the decisions so far and takes over. The
examples that misled it have been withdrawn since, or ("kept") still stand among the shared rows.

  naive     the advice is seen first; every final decision teaches, at full weight, with no defences
  own view  first views are asked before the advice, and teach; decisions that equal the advice teach next to nothing
  audits    the advice is seen first, as at standing "first": only audits, outcomes and disagreements teach
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import numpy as np
from poisoning import OFF
from worlds import like, measured, seed_by_seed, world

from preceptor.learning.calibrating import calibrated
from preceptor.learning.fitting import TooFew, fit
from preceptor.learning.lessons import Source, lessons_of
from preceptor.learning.moving import LESSON
from preceptor.learning.shared import Rows, Shared
from preceptor.learning.simulation import START, Practice, champion_of, team
from preceptor.learning.stage import Stage

QUARTER = timedelta(days=91)
A_QUARTER = 1_000  # decisions
OLD = ("65 to 79", "80 and over")
GIVES_WAY = 0.85
FIELDS = ("seed", "loop", "quarter", "who", "acceptable", "under", "recall_alone", "needless")


def old(rows: Rows) -> np.ndarray:
    return np.array([age in OLD for age in rows.groups["age"]])


def misled(rows: Rows) -> Rows:
    """The same rows, where what is right for the old is said to be one step less urgent."""
    lower = np.hstack([np.zeros((len(rows), 1)), rows.targets[:, :-1]])
    lower[:, -1] += rows.targets[:, -1]
    return replace(rows, targets=np.where(old(rows)[:, None], lower, rows.targets))


def _without_old(rows: Rows) -> Rows:
    return rows.where(np.flatnonzero(~old(rows)))


def run(seed: int, rows: Rows) -> list[dict]:
    place = world(rows, like(), seed)
    wrong = Shared(misled(place.shared.learned), misled(place.shared.calibration), place.test)
    champion = calibrated(champion_of(wrong.learned, like()), wrong.calibration)
    found = []

    def note(loop: str, quarter: int, stage: Stage) -> None:
        for who, only in (("65 and over", old(place.test)), ("under 65", ~old(place.test))):
            m = measured(stage, place.test, only)
            found.append({"seed": seed, "loop": loop, "quarter": quarter, "who": who, "acceptable": m.acceptable,
                          "under": m.under, "recall_alone": m.recall_alone, "needless": m.needless})  # fmt: skip

    note("never misled", 0, place.champion)
    withdrawn = Shared(_without_old(wrong.learned), _without_old(wrong.calibration), place.test)
    for loop, shared in (
        ("naive", withdrawn),
        ("own view", withdrawn),
        ("audits", withdrawn),
        ("own view, kept", wrong),
    ):
        luck = np.random.default_rng([17, seed])
        people = team(8, GIVES_WAY, luck)
        practice = Practice("p", people, place.asked, asks_first=loop.startswith("own view"))
        stage, decided = champion, []
        note(loop, 0, stage)
        for quarter in range(4):
            calls = stage.calls(place.asked.inputs, place.asked.floors)
            decided += practice.decisions(A_QUARTER, calls, luck, START + quarter * QUARTER, QUARTER)
            lessons = lessons_of(decided)
            defences = None
            if loop == "naive":
                lessons = [replace(x, weight=1 / LESSON) for x in lessons if x.source is Source.FINAL]
                defences = OFF
            with suppress(TooFew):  # always from the shared champion: nothing is counted twice
                stage = fit(shared, lessons, champion, home="p", defences=defences).stage
            note(loop, quarter + 1, stage)
    return found


if __name__ == "__main__":
    seed_by_seed("feedback", FIELDS, run)
