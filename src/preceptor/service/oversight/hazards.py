"""The hazard log: what could go wrong with this software, what keeps it from happening, and what shows that it does.

The shape is DCB0129's: hazard, cause, effect, risk before and after the controls, controls, evidence. The evidence of a
control is a test of the repository, by its id, or a live metric of the practice.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from preceptor.service.oversight.models import Severity

LIKELIHOODS = {
    "very_low": "Very low", "low": "Low", "medium": "Medium", "high": "High", "very_high": "Very high",
}  # fmt: skip
# Likelihood down, severity across (minor to catastrophic): 1 is the least risk, 5 the most. After the example matrix of
# NHS Digital's guidance on DCB0129, written down from memory and not compared with it: a safety officer uses their own.
MATRIX: Mapping[str, tuple[int, int, int, int, int]] = {
    "very_high": (3, 4, 4, 5, 5),
    "high": (2, 3, 3, 4, 5),
    "medium": (2, 2, 3, 3, 4),
    "low": (1, 2, 2, 3, 4),
    "very_low": (1, 1, 2, 2, 3),
}


@dataclass(frozen=True, slots=True)
class Risk:
    """A severity with a likelihood; `score` is 1 to 5."""

    severity: Severity
    likelihood: str

    @property
    def score(self) -> int:
        return MATRIX[self.likelihood][list(Severity).index(self.severity)]

    def __str__(self) -> str:
        return f"{self.score}: {self.severity.label}, {LIKELIHOODS[self.likelihood].lower()} likelihood"


@dataclass(frozen=True, slots=True)
class Evidence:
    """`kind` is "test" (then `name` is its id) or "metric" (then `name` is one of `metrics`)."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Hazard:
    id: str
    hazard: str
    cause: str
    effect: str
    initial: Risk
    residual: Risk
    controls: tuple[str, ...]
    evidence: tuple[Evidence, ...]

    @property
    def tests(self) -> tuple[str, ...]:
        return tuple(each.name for each in self.evidence if each.kind == "test")

    @property
    def metrics(self) -> tuple[str, ...]:
        return tuple(each.name for each in self.evidence if each.kind == "metric")


@dataclass(frozen=True, slots=True)
class Log:
    version: str
    effective: date
    review: date
    reviewed_by: str
    hazards: tuple[Hazard, ...]


@cache
def hazard_log() -> Log:
    """The log of this version of the software. Raises ValueError where the file breaks its own shape."""
    raw = files("preceptor.service.oversight").joinpath("data", "hazards.toml").read_text(encoding="utf-8")
    said = tomllib.loads(raw)
    return Log(
        said["version"], said["effective"], said["review"], said["reviewed_by"],
        tuple(_hazard(each) for each in said["hazard"]),
    )  # fmt: skip


def _hazard(said: dict[str, Any]) -> Hazard:
    if not said["controls"] or not said["evidence"]:
        raise ValueError(f"hazard {said['id']} has no control, or nothing that shows it at work")
    return Hazard(
        id=said["id"],
        hazard=said["hazard"],
        cause=said["cause"],
        effect=said["effect"],
        initial=_risk(said["initial"]),
        residual=_risk(said["residual"]),
        controls=tuple(said["controls"]),
        evidence=tuple(Evidence(kind, name) for each in said["evidence"] for kind, name in each.items()),
    )


def _risk(said: dict[str, str]) -> Risk:
    if said["likelihood"] not in MATRIX:
        raise ValueError(f"{said['likelihood']!r} is no likelihood")
    return Risk(Severity(said["severity"]), said["likelihood"])
