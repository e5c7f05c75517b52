"""Who answers well? Trust as learning has it, beside crowd-kit and cleanlab, which are no dependencies of Preceptor.

    pip install crowd-kit cleanlab && python benchmarks/learning/raters.py [SEEDS]

Twelve clinicians whose slips differ, on 3,000 decisions; one of ten is audited by a colleague, which is all the overlap
there is. Each method's estimate is compared with how often the clinician's answers were right (Spearman's rank).
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict

import numpy as np
import pandas as pd
from cleanlab.multiannotator import get_label_quality_multiannotator
from crowdkit.aggregation import DawidSkene, Wawa
from scipy.stats import spearmanr
from worlds import all_rows, like, percent, world

from preceptor.learning.fitting import fit
from preceptor.learning.lessons import Source, lessons_of
from preceptor.learning.moving import Defences
from preceptor.learning.simulation import Clinician, Practice

PEOPLE = 12


def run(seed: int, rows) -> dict[str, tuple[float, float]]:
    place = world(rows, like(), seed)
    luck = np.random.default_rng([31, seed])
    people = [Clinician(f"c{at:02d}", float(slips), 0.4) for at, slips in enumerate(np.linspace(0.05, 0.5, PEOPLE))]
    practice = Practice("p", luck.permutation(people).tolist(), place.asked, followed=0.0)
    calls = place.champion.calls(place.asked.inputs, place.asked.floors)
    decided = practice.decisions(3_000, calls, luck)
    lessons = lessons_of(decided)
    row_of = {}
    for each in decided:
        row_of[each.case] = each.inputs
    right = {
        each.tobytes(): int(t) for each, t in zip(place.asked.inputs.astype(np.float32), place.asked.right, strict=True)
    }
    hits = defaultdict(list)
    for lesson in lessons:
        if lesson.source is not Source.AUDIT:
            hits[lesson.account].append(lesson.answer.rank == right[lesson.inputs.tobytes()])
    names = sorted(hits)
    truth = [float(np.mean(hits[name])) for name in names]
    found = {}

    def note(method: str, begun: float, quality: dict[str, float]) -> None:
        found[method] = (float(spearmanr([quality[n] for n in names], truth).statistic), time.process_time() - begun)

    begun = time.process_time()
    made = fit(place.shared, lessons, place.champion, home="p", defences=Defences(watch=False))
    note("preceptor.learning (and fits the challenger)", begun, dict(made.report.trust))
    table = pd.DataFrame(
        [(lesson.case, lesson.account, lesson.answer.rank) for lesson in lessons], columns=["task", "worker", "label"]
    ).drop_duplicates(["task", "worker"])
    begun = time.process_time()
    skills = Wawa().fit(table).skills_
    note("crowd-kit Wawa", begun, skills.to_dict())
    begun = time.process_time()
    errors = DawidSkene(n_iter=50).fit(table).errors_
    # The mean of the diagonal of a worker's confusion matrix.
    quality = {
        name: float(np.nanmean([errors.loc[name].loc[k].get(k, np.nan) for k in errors.loc[name].index]))
        for name in names
    }
    note("crowd-kit Dawid-Skene", begun, quality)
    begun = time.process_time()
    wide = table.pivot(index="task", columns="worker", values="label")
    chances = place.champion.chances(np.stack([row_of[task] for task in wide.index]).astype(float))
    stats = get_label_quality_multiannotator(wide, chances, verbose=False)["annotator_stats"]
    note("cleanlab CROWDLAB", begun, stats["annotator_quality"].to_dict())
    return found


def main(seeds: int) -> None:
    rows = all_rows()
    told = defaultdict(list)
    for seed in range(seeds):
        for method, each in run(seed, rows).items():
            told[method].append(each)
    for method, each in told.items():
        print(f"| {method} | {percent(r for r, _ in each)} | {np.mean([s for _, s in each]):.2f} s |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
