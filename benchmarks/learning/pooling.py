"""Practices of four sizes adapt the same shared model: how far does each move, and is it the better for it?

    python benchmarks/learning/pooling.py [SEEDS]

"held near" is as shipped; "let go" has hardly a penalty on the distance, no shared rows' weight beyond their number, no
caps and no check of safety. Nothing about these practices differs from the shared rows: whatever moves is drift.
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np
from worlds import like, measured, seed_by_seed, world

from preceptor.learning.fitting import TooFew, fit
from preceptor.learning.lessons import lessons_of
from preceptor.learning.moving import Defences
from preceptor.learning.simulation import Practice, team

SIZES = {"100 decisions, 2 clinicians": (100, 2), "400 decisions, 4 clinicians": (400, 4),
         "1,600 decisions, 8 clinicians": (1_600, 8), "6,400 decisions, 16 clinicians": (6_400, 16)}  # fmt: skip
LET_GO = Defences(cap=None, watch=False, no_less_safe=False, held_for=timedelta(0), pull=0.1)
FIELDS = ("seed", "practice", "how", "calls", "chances", "weight", "acceptable", "under", "recall_alone", "alarms")


def run(seed: int, rows) -> list[dict]:
    place = world(rows, like(), seed)
    before = measured(place.champion, place.test)
    calls = place.champion.calls(place.asked.inputs, place.asked.floors)
    found = []
    for name, (n, people) in SIZES.items():
        luck = np.random.default_rng([19, seed, n])
        lessons = lessons_of(Practice("p", team(people, 0.4, luck), place.asked).decisions(n, calls, luck))
        for how, defences in (("held near", Defences(held_for=timedelta(0))), ("let go", LET_GO)):
            try:
                made = fit(place.shared, lessons, place.champion, home="p", defences=defences)
            except TooFew as why:
                print(f"seed {seed}, {name}, {how}: {why}", flush=True)
                continue
            after, moved = measured(made.stage, place.test), made.report.moved
            found.append(
                {"seed": seed, "practice": name, "how": how, "calls": moved.calls / moved.n, "chances": moved.chances,
                 "weight": made.report.weight, "acceptable": after.acceptable - before.acceptable,
                 "under": after.under - before.under, "recall_alone": after.recall_alone - before.recall_alone,
                 "alarms": len(made.report.alarms)}
            )  # fmt: skip
    return found


if __name__ == "__main__":
    seed_by_seed("pooling", FIELDS, run)
