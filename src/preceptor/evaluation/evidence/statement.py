"""The two statements: thresholds registered beforehand, and what was then measured."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from preceptor.advice import Tool
from preceptor.evaluation import telling
from preceptor.evaluation.evaluation import Evaluation
from preceptor.evaluation.evidence.identity import Identity, card_as_json, identity
from preceptor.evaluation.evidence.population import population
from preceptor.evaluation.evidence.thresholds import Threshold, from_json, judged
from preceptor.evaluation.groups import FEWEST
from preceptor.evaluation.labelled import CannotUse
from preceptor.signing import CannotSign, opened, sign, written

EVALUATION = "urn:preceptor:evaluation:1"
REGISTRATION = "urn:preceptor:registration:1"
NONE_REGISTERED = "no thresholds were registered"
WERE_REGISTERED = "thresholds were registered before the run"


@dataclass(frozen=True, slots=True)
class Registration:
    """Thresholds that somebody signed for one tool, and when they said so. `envelope` is what they signed."""

    envelope: dict[str, Any]
    subject: list[dict[str, Any]]
    thresholds: tuple[Threshold, ...]
    when: datetime


def register(
    tool: Tool, thresholds: tuple[Threshold, ...], key: Ed25519PrivateKey, by: str, now: datetime
) -> dict[str, Any]:
    """The signed envelope that says what the tool is to reach."""
    predicate = {
        "thresholds": [threshold.as_json() for threshold in thresholds],
        "registered_at": now.isoformat(),
        "preceptor": version("preceptor"),
    }
    return sign(REGISTRATION, identity(tool).as_subject(), predicate, key, by)


def read_registration(path: Path, tool: Tool, run_at: datetime) -> Registration:
    """A registration that holds for this tool and a run at this moment. Raises CannotUse, in one line."""
    try:
        content = path.read_bytes()
    except OSError as wrong:
        raise CannotUse(f"{path} cannot be read: {wrong.strerror}") from None
    try:
        held = registration_in(content)
    except ValueError as wrong:
        raise CannotUse(f"{path}: {wrong}") from None
    if held.when >= run_at:
        raise CannotUse(f"{path} was registered at {held.when.isoformat()}, which is not before this run")
    if why := other_tool(held.subject, identity(tool).as_subject()):
        raise CannotUse(f"{path} is for another tool: {why}")
    return held


def registration_in(content: bytes) -> Registration:
    """What a registration says. Raises ValueError, naming what was altered."""
    found = opened(content)
    if found.altered:
        raise ValueError(f"{found.altered[0].part}: {found.altered[0].words}")
    if found.statement["predicateType"] != REGISTRATION:
        raise ValueError("not a registration of thresholds")
    said = found.predicate
    when = datetime.fromisoformat(said["registered_at"])
    return Registration(json.loads(content), found.statement["subject"], from_json(said["thresholds"]), when)


def other_tool(stated: list[dict[str, Any]], installed: list[dict[str, Any]]) -> str:
    """How what a statement is about differs from what is installed, in words; "" where it does not."""
    named = {each["name"]: each["digest"]["sha256"] for each in installed}
    for each in stated:
        name, digest = each["name"], each["digest"]["sha256"]
        if name not in named:
            return f"it is about {name}, and here is {', '.join(named)}"
        if named[name] != digest:
            return f"{name} has digest {digest[:12]}…, and the one installed here {named[name][:12]}…"
    return ""


def evaluation_statement(
    tool: Tool,
    measured: Identity,
    found: Evaluation,
    key: Ed25519PrivateKey,
    by: str,
    signed_at: datetime,
    registration: Registration | None = None,
) -> dict[str, Any]:
    """The signed envelope that says what was measured of the tool, on whom, and against which thresholds.

    `measured` is the tool's identity as it was before the run. Raises CannotSign where it is another now.
    """
    if identity(tool) != measured:
        raise CannotSign(f"the files of {measured.tool} changed while it was measured: run it again")
    results = results_of(found)
    predicate = {
        "evaluated_at": found.when.isoformat(),
        "signed_at": signed_at.isoformat(),
        "preceptor": version("preceptor"),
        "card": card_as_json(found.card),
        "data": {"name": found.data.name, "digest": {"sha256": found.data.sha256}, "lines": found.data.lines},
        "population": population(found),
        "thresholds": thresholds_of(registration, results),
        "results": results,
    }
    return sign(EVALUATION, measured.as_subject(), predicate, key, by)


def thresholds_of(registration: Registration | None, results: Mapping[str, Any]) -> dict[str, Any]:
    if registration is None:
        return {"words": NONE_REGISTERED, "registration": None, "judged": []}
    return {
        "words": WERE_REGISTERED,
        "registered_at": registration.when.isoformat(),
        "registration": registration.envelope,
        "registration_sha256": hashlib.sha256(written(registration.envelope)).hexdigest(),
        "judged": judged(registration.thresholds, results["measures"]),
    }


def results_of(found: Evaluation) -> dict[str, Any]:
    """What `evaluate` measured, less what must not leave the house: ids of requests, and figures of few people."""
    told = telling.as_json(found)
    rows = told["groups"]["rows"]
    kept = [row for row in rows if row["n"] >= FEWEST]
    return {
        "n": told["n"],
        "bad_lines": len(told["bad_lines"]),
        "no_advice": len(told["no_advice"]),
        "validation": told["validation"],
        "measures": told["measures"],
        "weighted_kappa": told["weighted_kappa"],
        "calibration": told["calibration"],
        "prediction_sets": told["prediction_sets"],
        "groups": told["groups"] | {"rows": kept, "left_out": len(rows) - len(kept), "left_out_below": FEWEST},
        "confusion": told["confusion"],
        "missed": {name: len(ids) for name, ids in told["missed"].items()},
        "notes": told["notes"],
    }
