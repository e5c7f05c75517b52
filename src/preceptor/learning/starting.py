"""The starting point that a group of practices shares: what ships, or what was pooled from their updates since.

A pooled one is one file, signed by whoever keeps it for the group: a second stage as numbers, what it stands on, whose
updates it was made of (by the ids of their keys), and how it did on the hold-out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from preceptor.advice import URGENCIES, Urgency
from preceptor.learning.pooling import Pooled
from preceptor.learning.shared import FILE, Shared, load
from preceptor.learning.stage import Stage, stage_in
from preceptor.learning.updates import Foundation, NotUsable, numbers
from preceptor.signing import digest_of, opened, sign, written
from preceptor.tools.triage.model.deciding import Thresholds
from preceptor.tools.triage.model.inputs import NAMES
from preceptor.tools.triage.model.judging import ARTEFACT
from preceptor.tools.triage.model.learnt import shipped

START = "urn:preceptor:start:1"


@dataclass(frozen=True)
class Start:
    """Where learning starts from. `digest` is the SHA-256 of its file; "" for what ships."""

    stage: Stage
    digest: str = ""
    practices: int = 0  # whose updates it was pooled from

    @property
    def foundation(self) -> Foundation:
        return Foundation(stands_on(), self.digest)


def what_ships() -> tuple[Start, Shared]:
    """The second stage that ships with this version, and the shared rows. Raises NotUsable."""
    try:
        return Start(stage_in(ARTEFACT)), load(ARTEFACT / FILE, shipped()["shared"]["sha256"])
    except (OSError, KeyError, ValueError) as wrong:
        raise NotUsable(f"the model or the shared rows that ship are missing or altered: {wrong}") from None


def stands_on() -> str:
    """The digest of the description of the model that ships: every release that changes anything has another."""
    return hashlib.sha256((ARTEFACT / "model.json").read_bytes()).hexdigest()


def write_start(
    tool: str, version: str, pooled: Pooled, before: Start, measures: Mapping[str, Any], key: Ed25519PrivateKey, by: str
) -> bytes:  # fmt: skip
    """A pooled starting point as a signed file. `measures`: before and after on the hold-out."""
    stage = {
        "slopes": pooled.stage.slopes.tolist(),
        "biases": pooled.stage.biases.tolist(),
        "thresholds": thresholds_as_json(pooled.stage.thresholds),
    }
    of = [
        {
            "practice": part.update.practice, "update": part.update.digest, "lessons": part.update.lessons,
            "weight": round(part.weight, 6), "shortened": part.shortened, "alarm": part.alarm,
        }
        for part in pooled.parts
    ]  # fmt: skip
    said = {
        "tool": tool, "version": version, "start": before.digest, "stands_on": stands_on(), "inputs": list(NAMES),
        "stage": stage, "of": of, "measures": dict(measures),
    }  # fmt: skip
    subject = [{"name": f"start/{tool}", "digest": {"sha256": digest_of(stage)}}]
    return written(sign(START, subject, said, key, by))


def read_start(content: bytes, tool: str, trusted: Mapping[str, str] | None = None) -> Start:
    """What `write_start` wrote, proven and of this release. Raises NotUsable.

    `trusted`: keys that may sign, by their ids. Left out where the file's digest was signed for already.
    """
    found = opened(content)
    if found.altered:
        raise NotUsable(f"{found.altered[0].part}: {found.altered[0].words}")
    said = found.predicate
    if found.statement["predicateType"] != START or said.get("tool") != tool:
        raise NotUsable(f"it is no starting point of {tool}, but {found.statement['predicateType']}")
    if trusted is not None and found.keyid not in trusted:
        raise NotUsable(f"it is signed by {found.keyid}, whose .pub is not among the keys that you trust")
    if said.get("inputs") != list(NAMES) or said.get("stands_on") != stands_on():
        raise NotUsable(f"it was made with another release ({said.get('version', 'unknown')}): all must have the same")
    try:
        slopes, biases = numbers(said["stage"])
        thresholds = _thresholds(said["stage"]["thresholds"])
        practices = sum(part["weight"] > 0 for part in said["of"])
        stated = found.statement["subject"][0]["digest"]["sha256"]
    except (KeyError, IndexError, TypeError, ValueError) as wrong:
        raise NotUsable(f"it is signed, and not as a starting point is written: {wrong}") from None
    if stated != digest_of(said["stage"]):
        raise NotUsable("its subject is not the second stage that it holds")
    return Start(Stage(slopes, biases, thresholds), hashlib.sha256(content).hexdigest(), practices)


def keep_start(models: Path, tool: str, content: bytes, start: Start) -> None:
    """Keep a starting point beside the models that are learnt from it, under its digest."""
    path = _path(models, tool, start.digest)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_suffix(".new")
    draft.write_bytes(content)
    draft.replace(path)


def kept_start(models: Path, tool: str, digest: str) -> Start:
    """A starting point that was kept; "" gives what ships, and so does one of an earlier release. Raises NotUsable."""
    ships = what_ships()[0]
    if not digest:
        return ships
    path = _path(models, tool, digest)
    content = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(content).hexdigest() != digest:
        raise NotUsable(f"{path}, from which the model in force was learnt, is missing or altered: restore it")
    try:
        return read_start(content, tool)
    except NotUsable:
        return ships


def thresholds_as_json(thresholds: Thresholds) -> dict[str, Any]:
    return {
        "advise": {urgency.value: float(value) for urgency, value in thresholds.advise.items()},
        "keep": {urgency.value: float(value) for urgency, value in thresholds.keep.items()},
        "unsure_below": thresholds.unsure_below,
    }


def _thresholds(said: Mapping[str, Any]) -> Thresholds:
    def each(name: str) -> dict[Urgency, float]:
        found = {Urgency(level): float(value) for level, value in said[name].items()}
        if set(found) != set(URGENCIES[:-1]) or not all(0 < value < 1 for value in found.values()):
            raise ValueError(f"thresholds to {name} are not those of every urgency")
        return found

    return Thresholds(each("advise"), each("keep"), float(said["unsure_below"]))


def _path(models: Path, tool: str, digest: str) -> Path:
    return models / tool / "starts" / f"{digest}.json"
