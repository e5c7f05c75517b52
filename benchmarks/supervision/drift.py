"""How often the watches on drift raise an alarm where nothing drifted, and how soon where something did.

    python benchmarks/supervision/drift.py [WATCHES] [PAIRS]

Scores: 300 after the 100 that they are compared with, alarm level 5%. Texts: 60 requests of eight made-up words on each
side, of which one word in five is a new one where they drift. Results stand in RESULTS.md beside this file. The suite
holds the same to its limits in a short form, and in a longer one with `make test-long`.
"""

from __future__ import annotations

import math
import sys
import time

import numpy as np

from preceptor.supervision.drift import score_drift, text_drift
from preceptor.supervision.figures import wilson

USUAL = ["cough", "throat", "fever", "back", "pain", "rash", "tired", "headache", "repeat", "blood", "test", "knee",
         "ear"]  # fmt: skip
NEW = ["wheeze", "pollen", "hayfever"]
LEVEL = 0.05
SHIFTS = {"none": (0.0, 1.0), "up by one standard deviation": (1.0, 1.0), "spread threefold": (0.0, 3.0)}


def words_of(rng: np.random.Generator, new: bool) -> list[str]:
    words = rng.choice(USUAL, (60, 8))
    if new:
        words = np.where(rng.random((60, 8)) < 0.2, rng.choice(NEW, (60, 8)), words)
    return [" ".join(row) for row in words]


def row(what: str, drift: str, alarms: list[float], level: str, seconds: float) -> str:
    raised, runs = sum(map(math.isfinite, alarms)), len(alarms)
    interval, middle = wilson(raised, runs), float(np.median(alarms))
    at = f"{middle:.0f}" if what == "scores" and math.isfinite(middle) else "-"
    share = f"{raised:,} of {runs:,}, {raised / runs:.1%} ({interval.low:.1%} to {interval.high:.1%})"
    return f"| {what} | {drift} | {level} | {share} | {at} | {seconds / runs:.2f} |"


def main(watches: int, pairs: int) -> None:
    print("| of | drift | level | alarms (95%) | median score | processor s a run |\n|---|---|---|---|---|---|")
    for name, (shift, spread) in SHIFTS.items():
        rng, before, alarms = np.random.default_rng(4), time.process_time(), []
        for _ in range(watches if name == "none" else watches // 10):
            later = rng.normal(shift, spread, 300).tolist()
            alarms.append(score_drift(rng.normal(size=100).tolist(), later, LEVEL).alarm_at or math.inf)
        print(row("scores", name, alarms, f"{LEVEL:.0%}", time.process_time() - before), flush=True)
    for name in ("none", "one word in five is new"):
        rng, before, alarms = np.random.default_rng(5), time.process_time(), []
        for _ in range(pairs if name == "none" else pairs // 5):
            found = text_drift(words_of(rng, new=False), words_of(rng, new=name != "none"))
            alarms.append(1.0 if found.starts_audit else math.inf)
        print(row("texts", name, alarms, f"{LEVEL:.0%}", time.process_time() - before), flush=True)


if __name__ == "__main__":
    main(*(int(value) for value in (*sys.argv[1:3], *("3000", "200")[len(sys.argv) - 1 :])))
