"""Two watches on under-triage beside each other: ours (`supervision.e_process`) and MAPIE's `RiskMonitoring`.

    uv run --group benchmarks python benchmarks/supervision/watches.py [RUNS]

Each truly urgent case is missed with the true rate; everything is looked at, because MAPIE's monitor knows no weights.
Both watch the same cases, with the same limit of 5%, and may be read after each of up to 1,000. The table of results,
and what it says, stands in RESULTS.md beside this file.

MAPIE splits its `test_level` evenly between a reference set and the stream. Where the limit is given, as here, there is
no reference set: a `test_level` of 5% then spends 2.5%, and one of 10% spends the 5% that ours does. Both are shown.
"""

from __future__ import annotations

import math
import sys
import time

import numpy as np
from mapie.exchangeability_testing import RiskMonitoring
from numpy.typing import NDArray

from preceptor.supervision.e_process import Plan, log_wealth
from preceptor.supervision.figures import wilson

LIMIT, ALPHA, CASES = 0.05, 0.05, 1_000
RATES = (0.05, 0.10, 0.15)
WATCHES = ("e-process, more runs", "e-process", "MAPIE, test_level 0.05", "MAPIE, test_level 0.10")
MORE = 50  # times as many runs of ours, which is some hundred times faster: the first of them are those of MAPIE
SEED = 20_261_122

Seen = NDArray[np.bool_]


def ours(missed: Seen) -> float:
    """The case at which the alarm is raised, counted from 1; infinity where there is none."""
    wealth = log_wealth(Plan(LIMIT, ALPHA), missed.astype(float), np.ones(len(missed)))
    return first(wealth >= -math.log(ALPHA))


def theirs(missed: Seen, test_level: float, *, one_at_a_time: bool = False) -> float:
    """As `ours`, by MAPIE: the risk is that of recall, over cases that are all urgent.

    It works its bounds out anew for the whole past at each update, and each rests on the cases up to it alone: one
    update with all of them gives every bound that single updates would have given, which `same` makes sure of.
    """
    monitor = RiskMonitoring("recall", test_level=test_level, threshold=LIMIT, warn=False)
    said = (~missed).astype(int)
    if one_at_a_time:
        for i in range(len(said)):
            if monitor.update(np.ones(1, int), said[i : i + 1]).harmful_shift_detected:
                return i + 1.0
        return math.inf
    monitor.update(np.ones(len(said), int), said)
    return first(monitor.online_risk_lower_bound_sequence_history > LIMIT)


def first(over: Seen) -> float:
    return float(over.argmax()) + 1 if over.any() else math.inf


def same() -> None:
    """All at once is as one at a time, on a stream that alarms and on one that does not."""
    rng = np.random.default_rng(SEED)
    for rate in (0.02, 0.5):
        missed = rng.random(300) < rate
        if theirs(missed, 0.05) != theirs(missed, 0.05, one_at_a_time=True):
            raise SystemExit("MAPIE's bounds are other in one update than in many: this simulation no longer holds")


def row(rate: float, watch: str, alarms: list[float], seconds: float) -> str:
    raised, runs = sum(map(math.isfinite, alarms)), len(alarms)
    interval, middle = wilson(raised, runs), float(np.median(alarms))
    median = f"{middle:.0f}" if math.isfinite(middle) else f"above {CASES:,}"
    share = f"{raised:,} of {runs:,}, {raised / runs:.1%} ({interval.low:.1%} to {interval.high:.1%})"
    return f"| {rate:.0%} | {watch} | {share} | {median} | {1000 * seconds / runs:.1f} |"


def main(runs: int) -> None:
    same()
    print("| true rate | watch | alarms within 1,000 cases (95%) | median case | processor ms a run |")
    print("|---|---|---|---|---|")
    for rate in RATES:
        streams = np.random.default_rng([SEED, round(100 * rate)]).random((MORE * runs, CASES)) < rate
        for watch in WATCHES:
            before = time.process_time()
            if watch == WATCHES[0]:
                alarms = [ours(missed) for missed in streams]
            elif watch == WATCHES[1]:
                alarms = [ours(missed) for missed in streams[:runs]]
            else:
                alarms = [theirs(missed, float(watch.split()[-1])) for missed in streams[:runs]]
            print(row(rate, watch, alarms, time.process_time() - before), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 400)
