"""How long it takes to learn from fifty thousand decisions, and how much memory.

    python benchmarks/learning/speed.py [DECISIONS]

From decisions to a challenger that was tried; reading ledger and requests is not in it.
"""

from __future__ import annotations

import resource
import sys
import time

import numpy as np

from preceptor.learning.challenge import challenge
from preceptor.learning.fitting import fit
from preceptor.learning.lessons import lessons_of
from preceptor.learning.shared import FILE, load
from preceptor.learning.simulation import Practice, team
from preceptor.learning.stage import stage_in
from preceptor.tools.triage.model.judging import ARTEFACT


def main(n: int) -> None:
    shared, champion = load(ARTEFACT / FILE), stage_in(ARTEFACT)
    luck = np.random.default_rng(1)
    calls = champion.calls(shared.learned.inputs, shared.learned.floors)
    decided = Practice("p", team(40, 0.4, luck), shared.learned).decisions(n, calls, luck)
    begun, cpu = time.perf_counter(), time.process_time()
    lessons = lessons_of(decided)
    made = fit(shared, lessons, champion, home="p")
    challenge(champion, made.stage, shared.holdout)
    seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{n:,} decisions, {len(lessons):,} lessons: {seconds:.0f} s ({cpu:.0f} s of one core), {most:,.0f} MiB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000)
