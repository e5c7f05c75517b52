"""Thresholds: what a tool was to reach, said before anybody measured. Three answers only."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from preceptor.evaluation.labelled import CannotUse
from preceptor.evaluation.measures import MEASURES

_MEASURES = {measure.key: measure for measure in MEASURES}


class Verdict(StrEnum):
    """Passed needs the whole 95% interval on the right side; a wide interval is no pass."""

    PASSED = "passed"
    NOT_PASSED = "not passed"
    NOT_ENOUGH = "not enough evidence"


@dataclass(frozen=True, slots=True)
class Threshold:
    """A limit for one measure: `at_least` where more is better, else at most."""

    measure: str
    limit: float
    at_least: bool

    def as_json(self) -> dict[str, Any]:
        return {"measure": self.measure, "at_least" if self.at_least else "at_most": self.limit}

    def judge(self, figure: Mapping[str, Any]) -> Verdict:
        """`figure` is a share as `telling.share_as_json` gives it."""
        if not figure["n"] or figure["interval"] is None:
            return Verdict.NOT_ENOUGH
        low, high = figure["interval"]["low"], figure["interval"]["high"]
        if low >= self.limit if self.at_least else high <= self.limit:
            return Verdict.PASSED
        if high < self.limit if self.at_least else low > self.limit:
            return Verdict.NOT_PASSED
        return Verdict.NOT_ENOUGH


def read_thresholds(path: Path) -> tuple[Threshold, ...]:
    """From {"acceptable": {"at_least": 0.8}, "under_triage": {"at_most": 0.05}}. Raises CannotUse, in one line."""
    try:
        stated = json.loads(path.read_bytes())
    except OSError as wrong:
        raise CannotUse(f"{path} cannot be read: {wrong.strerror}") from None
    except (ValueError, RecursionError) as wrong:
        raise CannotUse(f"{path} is not JSON: {wrong}") from None
    if not isinstance(stated, dict) or not stated:
        raise CannotUse(f'{path} states no threshold such as {{"acceptable": {{"at_least": 0.8}}}}')
    try:
        return tuple(_threshold(name, limit) for name, limit in stated.items())
    except ValueError as wrong:
        raise CannotUse(f"{path}: {wrong}") from None


def from_json(rows: list[dict[str, Any]]) -> tuple[Threshold, ...]:
    """What `as_json` wrote. Raises ValueError."""
    return tuple(_threshold(row["measure"], {k: v for k, v in row.items() if k != "measure"}) for row in rows)


def _threshold(name: str, stated: Any) -> Threshold:
    if name not in _MEASURES:
        raise ValueError(f"{name!r} is none of {', '.join(_MEASURES)}")
    way = "at_least" if _MEASURES[name].good else "at_most"
    if not isinstance(stated, dict) or list(stated) != [way]:
        raise ValueError(f"{name} needs {way}, and nothing else")
    limit = stated[way]
    if isinstance(limit, bool) or not isinstance(limit, int | float) or not 0 <= limit <= 1:
        raise ValueError(f"{name}: {way} is not a share between 0 and 1")
    return Threshold(name, float(limit), way == "at_least")


def judged(thresholds: tuple[Threshold, ...], measures: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each threshold with what was measured and the verdict."""
    return [
        threshold.as_json()
        | {
            "found": {key: measures[threshold.measure][key] for key in ("value", "count", "n", "interval")},
            "verdict": str(threshold.judge(measures[threshold.measure])),
        }
        for threshold in thresholds
    ]
