"""A small world to learn in: the shared rows dealt out, a champion that learnt from some, a practice that is asked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from preceptor.learning.calibrating import calibrated
from preceptor.learning.lessons import Decided
from preceptor.learning.shared import FILE, Rows, Shared, load
from preceptor.learning.simulation import Practice, champion_of, parts, team
from preceptor.learning.stage import Ints, Stage, stage_in
from preceptor.tools.triage.model.judging import ARTEFACT


@cache
def shipped() -> tuple[Shared, Stage]:
    return load(ARTEFACT / FILE), stage_in(ARTEFACT)


@dataclass(frozen=True)
class World:
    shared: Shared
    champion: Stage
    practice: Practice
    calls: Ints
    luck: np.random.Generator

    def decisions(self, n: int) -> list[Decided]:
        return self.practice.decisions(n, self.calls, self.luck)

    def recall(self, stage: Stage) -> float:
        """Of the hold-out's emergencies, by the second stage alone: no red flag helps it."""
        rows = self.shared.holdout
        return float((stage.calls(rows.inputs, np.full(len(rows), 4))[rows.emergencies] == 0).mean())


@cache
def champion_and_parts(seed: int) -> tuple[Shared, Rows, Stage]:
    luck = np.random.default_rng(seed)
    held, like = shipped()
    own, calibration, asked, test = parts(held.learned, (0.3, 0.15, 0.25, 0.3), luck)
    return Shared(own, calibration, test), asked, calibrated(champion_of(own, like), calibration)


def world(seed: int = 1, people: int = 8, gives_way: float = 0.4) -> World:
    shared, asked, champion = champion_and_parts(seed)
    luck = np.random.default_rng([1, seed])
    practice = Practice("p", team(people, gives_way, luck), asked)
    return World(shared, champion, practice, champion.calls(asked.inputs, asked.floors), luck)
