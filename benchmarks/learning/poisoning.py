"""Five attacks, five fractions, twenty seeds, with the defences and without: are emergencies hurt, and is it told?

    python benchmarks/learning/poisoning.py [SEEDS] [FRACTIONS...]

Writes poisoning.csv beside itself, one line for each run, as it goes.
"""

from __future__ import annotations

import csv
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import cache

import numpy as np
from worlds import HERE, all_rows, like, measured, world

from preceptor.learning.fitting import TooFew, fit
from preceptor.learning.lessons import lessons_of
from preceptor.learning.moving import LESSON, Defences
from preceptor.learning.simulation import ATTACKS, Practice, team

FRACTIONS = (0.01, 0.02, 0.05, 0.1, 0.2)
DECISIONS = 3_000  # of honest people, in a year
PEOPLE = 8
OFF = Defences(cap=None, trust=False, watch=False, held_for=timedelta(0), own_biases=False, no_less_safe=False,
               pull=1.0)  # fmt: skip
FIELDS = ("seed", "attack", "fraction", "defended", "acceptable", "under", "recall", "recall_alone", "needless",
          "named", "innocent", "alarms")  # fmt: skip


@cache
def _rows():
    return all_rows()


def run(seed: int, fractions: tuple[float, ...]) -> list[dict]:
    place = world(_rows(), like(), seed)
    luck = np.random.default_rng([11, seed])
    practice = Practice("p", team(PEOPLE, 0.4, luck), place.asked)
    calls = place.champion.calls(place.asked.inputs, place.asked.floors)
    honest = practice.decisions(DECISIONS, calls, luck)
    found = []

    def note(attack: str, fraction: float, defended: str, stage, alarms=(), poisoners=frozenset()) -> None:
        m = measured(stage, place.test)
        named = {a for alarm in alarms for a in alarm.accounts if alarm.sets_aside}
        found.append(
            {"seed": seed, "attack": attack, "fraction": fraction, "defended": defended, "acceptable": m.acceptable,
             "under": m.under, "recall": m.recall, "recall_alone": m.recall_alone, "needless": m.needless,
             "named": int(bool(poisoners & named)), "innocent": len(named - poisoners),
             "alarms": "; ".join(f"{a.kind.name} {'+'.join(a.accounts)} {a.by:.1f}" for a in alarms)}
        )  # fmt: skip

    def learn(decisions, defences):
        try:
            lessons = lessons_of(decisions)
            if defences is OFF:  # nor is an answer given in passing worth less than a shared example
                lessons = [replace(lesson, weight=lesson.weight / LESSON) for lesson in lessons]
            return fit(place.shared, lessons, place.champion, home="p", defences=defences)
        except TooFew:
            return None

    note("none", 0, "champion", place.champion)
    for name, defences in (("yes", Defences()), ("no", OFF)):
        made = learn(honest, defences)
        note("none", 0, name, made.stage, made.report.alarms)
    for attack, poison_of in ATTACKS.items():
        for fraction in fractions:
            n = round(fraction / (1 - fraction) * DECISIONS)
            poison = poison_of(practice, n, calls, np.random.default_rng([13, seed, n]))
            for name, defences in (("yes", Defences()), ("no", OFF)):
                made = learn([*honest, *poison.decisions], defences)
                stage, alarms = (made.stage, made.report.alarms) if made else (place.champion, ())
                note(attack, fraction, name, stage, alarms, poison.accounts)
    return found


def main(seeds: int, fractions: tuple[float, ...]) -> None:
    workers = int(os.environ.get("WORKERS", "1"))
    with (HERE / "poisoning.csv").open("w", newline="") as out, ProcessPoolExecutor(workers) as pool:
        writer = csv.DictWriter(out, FIELDS)
        writer.writeheader()
        for rows in pool.map(run, range(seeds), [fractions] * seeds):
            writer.writerows(rows)
            out.flush()
            print(f"seed {rows[0]['seed']} done", flush=True)


if __name__ == "__main__":
    given = sys.argv[1:]
    main(int(given[0]) if given else 20, tuple(map(float, given[1:])) or FRACTIONS)
