"""What a practice sends of what it learnt: how far each weight moved from a starting point, how much spoke for it.

No words, no request, no account, no name of a practice: numbers, in a file that the practice's own key signs. Whoever
reads one reads nothing else, so that a file with anything more in it is refused. What so few numbers can still tell of
the decisions behind them is not hidden by noise: `docs/reference/learning.md` says so.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from preceptor.learning.stage import LEVELS, Floats
from preceptor.signing import digest_of, opened, sign, written
from preceptor.tools.triage.model.inputs import NAMES

UPDATE = "urn:preceptor:update:1"
_HOLDS = {"tool", "version", "start", "stands_on", "inputs", "moved", "weight", "lessons", "measures", "signed_by"}
_PLACES = 6


class NotUsable(ValueError):
    """An update or a starting point that is not used; the message says why, in one line."""


@dataclass(frozen=True, slots=True)
class Foundation:
    """What a model stands on: what cannot be added up unless it is the same for all. Digests, "" for what ships."""

    stands_on: str  # SHA-256 of the model.json that ships with this version
    start: str = ""  # of the starting point; "": the second stage that ships


@dataclass(frozen=True)
class Update:
    """How far one practice moved the starting point: `slopes` (inputs, 5), `biases` (5,).

    `practice` is the id of the key that signed it; `weight` its lessons' share of the whole weight that it was fitted
    with, from 0 to 1; `digest` the SHA-256 of the file.
    """

    practice: str
    slopes: Floats
    biases: Floats
    weight: float
    lessons: int
    digest: str = ""


def write_update(
    tool: str, version: str, update: Update, on: Foundation, measures: Mapping[str, Any], key: Ed25519PrivateKey
) -> bytes:
    """An update as a signed file. `measures` are counts and shares, for those who read it."""
    moved = {"slopes": update.slopes.round(_PLACES).tolist(), "biases": update.biases.round(_PLACES).tolist()}
    subject = [{"name": f"update/{tool}", "digest": {"sha256": digest_of(moved)}}]
    said = {
        "tool": tool, "version": version, "start": on.start, "stands_on": on.stands_on, "inputs": list(NAMES),
        "moved": moved, "weight": round(update.weight, _PLACES), "lessons": update.lessons, "measures": dict(measures),
    }  # fmt: skip
    return written(sign(UPDATE, subject, said, key, ""))


def read_update(content: bytes, tool: str, on: Foundation, trusted: Mapping[str, str]) -> Update:
    """What `write_update` wrote, proven. `trusted`: the name of each key that may sign, by its id. Raises NotUsable."""
    found = opened(content)
    if found.altered:
        raise NotUsable(f"{found.altered[0].part}: {found.altered[0].words}")
    said = found.predicate
    if found.statement["predicateType"] != UPDATE:
        raise NotUsable(f"it is no update of what a practice learnt, but {found.statement['predicateType']}")
    if found.keyid not in trusted:
        raise NotUsable(f"it is signed by {found.keyid}, whose .pub is not among the keys that you trust")
    if extra := sorted(set(said) - _HOLDS - {"digests"}):
        raise NotUsable(f"it holds more than an update does: {', '.join(extra)}")
    if said.get("tool") != tool:
        raise NotUsable(f"it is of the tool {said.get('tool')!r}, not of {tool}")
    refuse_another_foundation(said, on)
    try:
        slopes, biases = numbers(said["moved"])
        weight, lessons = float(said["weight"]), int(said["lessons"])
        stated = found.statement["subject"][0]["digest"]["sha256"]
    except (KeyError, IndexError, TypeError, ValueError) as wrong:
        raise NotUsable(f"it is signed, and not as an update is written: {wrong}") from None
    if stated != digest_of(said["moved"]):
        raise NotUsable("its subject is not what it says was moved")
    if not (0 < weight < 1 and lessons > 0):
        raise NotUsable(f"a weight of {weight:g} from {lessons:,} lessons is not possible")
    return Update(found.keyid, slopes, biases, weight, lessons, hashlib.sha256(content).hexdigest())


def refuse_another_foundation(said: Mapping[str, Any], on: Foundation) -> None:
    """Raises NotUsable unless what a statement says it stands on is what is wanted."""
    if said.get("inputs") != list(NAMES) or said.get("stands_on") != on.stands_on:
        raise NotUsable(f"it was made with another release ({said.get('version', 'unknown')}): all must have the same")
    if said.get("start") != on.start:
        raise NotUsable(f"it starts from {_named(said.get('start'))}, and not from {_named(on.start)}")


def numbers(said: Mapping[str, Any]) -> tuple[Floats, Floats]:
    """Slopes and biases out of JSON. Raises KeyError, TypeError or ValueError."""
    slopes, biases = (np.array(said[name], dtype=np.float64) for name in ("slopes", "biases"))
    if slopes.shape != (len(NAMES), LEVELS) or biases.shape != (LEVELS,):
        raise ValueError(f"{slopes.shape} and {biases.shape} numbers, not {(len(NAMES), LEVELS)} and {(LEVELS,)}")
    if not (np.isfinite(slopes).all() and np.isfinite(biases).all() and math.isfinite(float(np.abs(slopes).sum()))):
        raise ValueError("a number in it is not finite")
    return slopes, biases


def _named(start: Any) -> str:
    return f"the starting point {str(start)[:12]}" if start else "the model that ships"
