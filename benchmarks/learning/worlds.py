"""What the simulations share: rows dealt out afresh for each seed, a champion learnt from some, the measures."""

from __future__ import annotations

import csv
import json
import math
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import t as student

from preceptor.advice import Urgency
from preceptor.learning.calibrating import calibrated
from preceptor.learning.challenge import least_allowed
from preceptor.learning.shared import FILE, Rows, Shared, load
from preceptor.learning.simulation import champion_of, parts
from preceptor.learning.stage import Stage
from preceptor.tools.triage.model.deciding import Thresholds
from preceptor.tools.triage.model.judging import ARTEFACT

HERE = Path(__file__).parent
SHARES = (0.45, 0.1, 0.2, 0.25)  # of the rows: learnt from, calibrated on, what the practice is asked, judged on


def all_rows() -> Rows:
    """Every shared example that the encoder had not read."""
    path = Path(os.environ.get("SHARED_ROWS", ARTEFACT / FILE))
    return load(path).learned


@dataclass(frozen=True)
class World:
    """One deal of the rows. The champion has never seen the cases of the practice, nor those it is judged on."""

    shared: Shared
    asked: Rows
    champion: Stage

    @property
    def test(self) -> Rows:
        return self.shared.holdout


def world(rows: Rows, like: Stage, seed: int, learnt: float = 1.0) -> World:
    """`learnt`: how much of its own part the champion was given, for one that has much to learn."""
    luck = np.random.default_rng([7, seed])
    own, calibration, asked, test = parts(rows, SHARES, luck)
    own = own.where(np.arange(int(len(own) * learnt)))
    shared = Shared(own, calibration, test)
    return World(shared, asked, calibrated(champion_of(own, like), calibration))


def seed_by_seed(name: str, fields: Sequence[str], run: Callable[[int, Rows], list[dict[str, Any]]]) -> None:
    """Run as many seeds as the command line says (20 where it does not); each one's rows go into NAME.csv at once."""
    rows = all_rows()
    with (HERE / f"{name}.csv").open("w", newline="") as out:
        writer = csv.DictWriter(out, fields)
        writer.writeheader()
        for seed in range(int(sys.argv[1]) if len(sys.argv) > 1 else 20):
            writer.writerows(run(seed, rows))
            out.flush()
            print(f"seed {seed} done", flush=True)


def like() -> Stage:
    """Thresholds as they ship; the weights are replaced in every world."""
    said = json.loads((ARTEFACT / "model.json").read_text("utf-8"))["thresholds"]
    thresholds = Thresholds(
        {Urgency(k): v for k, v in said["advise"].items()}, {Urgency(k): v for k, v in said["keep"].items()},
        said["unsure_below"],
    )  # fmt: skip
    return Stage(np.zeros((1, 5)), np.zeros(5), thresholds)


@dataclass(frozen=True)
class Measured:
    acceptable: float
    under: float
    recall: float  # of emergencies, red flags included
    recall_alone: float  # of emergencies, by the second stage alone
    needless: float


def measured(stage: Stage, rows: Rows, only: np.ndarray | None = None) -> Measured:
    rows = rows if only is None else rows.where(np.flatnonzero(only))
    calls = stage.calls(rows.inputs, rows.floors)
    alone = stage.calls(rows.inputs, np.full(len(rows), 4))
    at, em = np.arange(len(rows)), rows.emergencies
    return Measured(
        float((rows.targets[at, calls] > 0).mean()),
        float((calls > least_allowed(rows.targets)).mean()),
        float((calls[em] == 0).mean()) if em.any() else math.nan,
        float((alone[em] == 0).mean()) if em.any() else math.nan,
        float((calls[rows.targets[:, 0] == 0] == 0).mean()),
    )


def mean(values: Iterable[float]) -> tuple[float, float, float, int]:
    """Mean over seeds with its 95% interval (Student), and how many."""
    found = np.array([v for v in values if not math.isnan(v)])
    n = len(found)
    if n < 2:
        return float(found.mean()) if n else math.nan, math.nan, math.nan, n
    reach = float(student.ppf(0.975, n - 1)) * found.std(ddof=1) / math.sqrt(n)
    return float(found.mean()), float(found.mean() - reach), float(found.mean() + reach), n


def points(values: Iterable[float]) -> str:
    """A difference of shares, in points."""
    value, low, high, _ = mean(values)
    return f"{value * 100:+.1f} ({low * 100:+.1f} to {high * 100:+.1f})"


def percent(values: Iterable[float]) -> str:
    value, low, high, _ = mean(values)
    return f"{value:.1%} ({low:.1%} to {high:.1%})"


__all__ = ["HERE", "World", "all_rows", "like", "mean", "measured", "percent", "points", "replace", "world"]
