"""Real people: the card game of Corvelo Benz and Gomez-Rodriguez (ODC-BY), which is not clinical.

Two things are rebuilt from the raw trials. Upstream's published aggregate takes the likelier colour as the truth; the
reliance figures take the card that was drawn, as the players were scored.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from preceptor.supervision.decision_theory import split
from preceptor.supervision.decisions import Decisions, table
from preceptor.supervision.reliance import reliance

GROUPS = ("group_A", "group_B", "group_C", "group_BP", "group_B_calibration")
Trial = dict[str, str]


@pytest.fixture(scope="module")
def folder(shared: Path) -> Path:
    return shared / "data" / "reliance" / "human_alignment_odcby"


@pytest.fixture(scope="module")
def trials(folder: Path) -> list[Trial]:
    """The trials that are no attention test, of the participants whom upstream kept."""
    dropped = {row["participant_id"] for name in ("filtered_ids", "filtered_ids_cal") for row in read(folder, name)}
    return [
        row
        for name in GROUPS
        for row in read(folder, name)
        if int(row["game_id"]) >= 0 and row["participant_id"] not in dropped
    ]


def read(folder: Path, name: str) -> list[Trial]:
    with (folder / f"{name}.csv").open(newline="") as lines:
        return list(csv.DictReader(lines))


def decisions(trials: list[Trial], *, drawn: bool) -> Decisions:
    """`drawn`: the truth is the card that was drawn; otherwise it is the likelier colour of the pile."""
    rows = []
    for row in trials:
        confidence = float(row["AI_conf"] or row["Ai_calibrated_conf"])  # what the participant was shown
        likelier = "Red" if float(row["true_prob"]) > 50 else "Black"
        truth = row["outcome"] if drawn else likelier
        advice = "Red" if confidence > 50 else "Black"
        views = (row["initial_decision"], advice, row["final_decision"], truth)
        rows.append((row["participant_id"], row["game_id"], *views, row["level_name"]))
    return table(rows)


def test_upstreams_aggregate_is_rebuilt_row_for_row(folder: Path, trials: list[Trial]) -> None:
    found = decisions(trials, drawn=False)
    rebuilt: dict[tuple[str, str, int], list[int]] = defaultdict(lambda: [0, 0])
    matches = zip(found.clinician, found.arm, found.first_view == found.truth, found.final == found.truth, strict=True)
    for who, arm, first, final in matches:
        cell = rebuilt[found.clinicians[who], found.arms[arm], int(first)]
        cell[0] += int(final)
        cell[1] += 1
    published = {
        (row["participant_id"], row["level_name"], int(row["initial_match"])): [
            int(row["final_matchsum"]),
            int(row["final_matchcount"]),
        ]
        for row in read(folder, "df_brms_match")
    }
    assert len(published) == 1199
    assert rebuilt == published


def test_the_reliance_of_the_340_participants(trials: list[Trial]) -> None:
    study = [row for row in trials if row["level_name"] != "level_B_cal"]
    found = reliance(decisions(study, drawn=True))
    assert (found.counts.clinicians, found.counts.rows, found.counts.identifiable) == (340, 8160, 8160)
    assert (found.first_view_right.count, found.advice_right.count) == (5528, 5953)  # .6775, .7295
    assert found.final_right.count == 5714  # .7002
    assert (found.rair.count, found.rair.n) == (570, 1239)  # .460
    assert (found.rsr.count, found.rsr.n) == (494, 814)  # .607
    assert found.rair.clustered is not None
    assert found.rair.interval is not None
    # Players differ more than chance: the interval by player is the wider one.
    assert found.rair.clustered.high - found.rair.clustered.low > found.rair.interval.high - found.rair.interval.low


def test_with_the_likelier_colour_as_truth_the_figures_are_others(trials: list[Trial]) -> None:
    """A control: the two truths must not be mixed up."""
    study = [row for row in trials if row["level_name"] != "level_B_cal"]
    found = reliance(decisions(study, drawn=False))
    assert (found.rair.count, found.rair.n) == (678, 1426)
    assert (found.rsr.count, found.rsr.n) == (415, 627)


def test_where_the_players_lost(trials: list[Trial]) -> None:
    study = [row for row in trials if row["level_name"] != "level_B_cal"]
    confidence = [[float(row["AI_conf"] or row["Ai_calibrated_conf"]), float(row["human_conf"])] for row in study]
    found = split(decisions(study, drawn=True), np.array(confidence))
    assert found.baseline.value == found.ai_alone.value
    assert found.reliance_loss.interval is not None
    assert found.reliance_loss.interval.low > 0  # they followed too seldom
