"""A simulated year of the demo practice: what is called right on its truth file, every other month. Twenty seeds.

    python benchmarks/learning/curve.py [SEEDS]

The requests of twelve of the demo practice's Mondays. For each seed half of the texts are what its eight clinicians
decide on in nine of them, 250 times a month. Judged against the truth file, by what is right from the words (what the
record decides, rules decide): "new" are the texts of the other half, which nobody decided on; "again" the same texts
from other patients, on the other three Mondays. The champion is the model that ships, whose rules were tuned on all of
these texts; "young" is one that learnt from a tenth of the shared rows and has more to learn.
"""

from __future__ import annotations

import csv
import sys
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import numpy as np
from worlds import HERE, like, measured

from preceptor.advice import URGENCIES, Case, Request
from preceptor.demo.inbox import Text, arrivals
from preceptor.demo.people import the_list
from preceptor.learning.calibrating import calibrated
from preceptor.learning.fitting import TooFew, fit
from preceptor.learning.lessons import lessons_of
from preceptor.learning.shared import FILE, Rows, Shared, load
from preceptor.learning.simulation import START, YEAR, Practice, champion_of, team
from preceptor.learning.stage import stage_in
from preceptor.tools.triage.model.judging import ARTEFACT, the_model

MONDAYS = 12
A_MONTH = 250
MONTHS = 12
FIELDS = ("seed", "champion", "judged", "month", "acceptable", "under", "recall", "needless")


def demo_rows() -> tuple[Rows, tuple[str, ...]]:
    """Requests of the demo practice's Mondays as the second stage sees them, and the text of each."""
    model = the_model()
    if model is None:
        raise SystemExit("the model's files are missing or altered")
    ids, inputs, targets, floors, about, texts = [], [], [], [], [], []
    for seed in range(1, MONDAYS + 1):
        monday = date(2026, 1, 5) + timedelta(weeks=4 * seed)
        for arrival in arrivals(seed, the_list(seed, 2_000, monday), monday):
            text, person = arrival.text, arrival.person
            said = Request(text.words(monday), person.age_on(monday), person.sex, text.writer != "patient")
            given = model.inputs(Case(text.id, datetime(2026, 1, 5, tzinfo=UTC), said))
            if given is None:
                continue
            ids.append(f"{seed}-{text.id}")
            inputs.append(given.row)
            targets.append(target(text))
            floors.append(given.floor)
            about.append(given.about)
            texts.append(text.id)
    held = Rows(tuple(ids), np.stack(inputs).astype(float), np.array(targets), np.array(floors), tuple(about), {})
    return held, tuple(texts)


def target(text: Text) -> list[float]:
    allowed = text.from_words_alone
    best = text.urgency if text.urgency in allowed else allowed[0]
    others = [each for each in allowed if each != best]
    return [(0.7 if others else 1.0) if u == best else 0.3 / len(others) if u in others else 0.0 for u in URGENCIES]


def run(seed: int, rows: Rows, texts: tuple[str, ...], shared: Shared) -> list[dict]:
    luck = np.random.default_rng([23, seed])
    names = np.array(sorted(set(texts)))
    taught = set(luck.permutation(names)[: len(names) // 2].tolist())
    mine = np.array([text in taught for text in texts])
    late = {str(each) for each in luck.permutation(np.arange(1, MONDAYS + 1))[: MONDAYS // 4]}
    later = np.array([each.split("-")[0] in late for each in rows.ids])
    asked = rows.where(np.flatnonzero(mine & ~later))
    judged = {"new": rows.where(np.flatnonzero(~mine)), "again": rows.where(np.flatnonzero(mine & later))}
    few = shared.learned.where(luck.permutation(len(shared.learned))[: len(shared.learned) // 10])
    young = Shared(few, shared.calibration, shared.holdout)
    found = []
    for name, champion, start in (
        ("as shipped", stage_in(ARTEFACT), shared),
        ("young", calibrated(champion_of(few, like()), shared.calibration), young),
    ):
        calls = champion.calls(asked.inputs, asked.floors)
        people = np.random.default_rng([29, seed])
        # Their Monday as it is: no other shares of urgencies than the demo practice has.
        inbox = tuple((np.bincount(asked.right, minlength=5) / len(asked)).tolist())
        practice = Practice("p", team(8, 0.4, people), asked, inbox=inbox)
        decided = practice.decisions(A_MONTH * MONTHS, calls, people)
        for month in range(0, MONTHS + 1, 2):
            now = START + YEAR * month / MONTHS
            stage = champion
            with suppress(TooFew):
                lessons = lessons_of([each for each in decided if each.final.when <= now])
                stage = fit(start, lessons, champion, home="p", as_of=now).stage
            for which, test in judged.items():
                m = measured(stage, test)
                found.append({"seed": seed, "champion": name, "judged": which, "month": month,
                              "acceptable": m.acceptable, "under": m.under, "recall": m.recall,
                              "needless": m.needless})  # fmt: skip
    return found


def main(seeds: int) -> None:
    rows, texts = demo_rows()
    print(f"{len(rows)} requests of {len(set(texts))} texts", flush=True)
    shared = load(ARTEFACT / FILE)
    with (HERE / "curve.csv").open("w", newline="") as out:
        writer = csv.DictWriter(out, FIELDS)
        writer.writeheader()
        for seed in range(seeds):
            writer.writerows(run(seed, rows, texts, shared))
            out.flush()
            print(f"seed {seed} done", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
