"""Is a statement whole, by whom is it, and is it about what is here? Or else: what exactly is not as it was signed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from preceptor.advice import Tool
from preceptor.evaluation.evidence.identity import identity
from preceptor.evaluation.evidence.statement import (
    EVALUATION,
    NONE_REGISTERED,
    REGISTRATION,
    Registration,
    registration_in,
    thresholds_of,
)
from preceptor.signing import digest_of, keyid_of, opened, written

_MALFORMED = (ValueError, TypeError, KeyError, AttributeError)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. `well` is None where it could not be compared here: that is no pass."""

    part: str
    well: bool | None
    words: str


@dataclass(frozen=True, slots=True)
class Verification:
    """Every check, in order. The statement is empty where it may not be relied on."""

    checks: tuple[Check, ...]
    statement: dict[str, Any]

    @property
    def proven(self) -> bool:
        """Nothing is altered. What could not be compared is in the checks."""
        return all(check.well is not False for check in self.checks)

    @property
    def altered(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(check.part for check in self.checks if check.well is False))

    @property
    def predicate(self) -> dict[str, Any]:
        predicate: dict[str, Any] = self.statement["predicate"]
        return predicate

    @property
    def tool(self) -> str:
        """The name of the tool that it is about."""
        return str(self.statement["subject"][0]["name"]).partition("/")[2].rpartition("@")[0]


def verify(
    content: bytes, trusted: Sequence[Ed25519PublicKey], tools: Mapping[str, Tool], data: Path | None = None
) -> Verification:
    """Look at everything that can be looked at from here: `tools` are those installed, `data` the labelled file."""
    found = opened(content)
    if found.altered:
        return Verification(tuple(Check(each.part, False, each.words) for each in found.altered), {})
    kind = found.statement["predicateType"]
    if kind not in (EVALUATION, REGISTRATION):
        return Verification((Check("payload", False, f"{kind} is no statement of ours"),), {})
    try:
        checks = [Check("signature", True, f"fits the payload and the key {found.keyid}"), _key(found.keyid, trusted)]
        checks += _about(found.statement, tools)
        if kind == EVALUATION:
            checks.append(_data(found.predicate["data"], data))
            checks += _thresholds(found.predicate, found.statement["subject"], trusted)
    except _MALFORMED as wrong:
        return Verification((Check("payload", False, f"lacks what such a statement holds: {wrong}"),), {})
    return Verification(tuple(checks), found.statement)


def _key(keyid: str, trusted: Sequence[Ed25519PublicKey]) -> Check:
    if not trusted:
        return Check("key", None, f"whose key {keyid} is cannot be told from here: name those you trust with --trust")
    known = keyid in {keyid_of(key) for key in trusted}
    return Check("key", known, f"{keyid} is {'one' if known else 'none'} of those that you trust")


def _about(statement: Mapping[str, Any], tools: Mapping[str, Tool]) -> list[Check]:
    """Tool, models and card against those installed here."""
    subject = [(each["name"], each["digest"]["sha256"]) for each in statement["subject"]]
    title = subject[0][0].partition("/")[2]
    tool = tools.get(title.rpartition("@")[0])
    if tool is None:
        return [Check("tool", None, f"{title} is not installed here: not compared")]
    here = {each["name"]: each["digest"]["sha256"] for each in identity(tool).as_subject()}
    checks = []
    for name, digest in subject:
        part = name.partition("/")[0]
        if name not in here:
            installed = f"{tool.card.tool}@{tool.card.version}"
            checks.append(Check(part, False, f"the statement is about {name}; {installed} is installed here"))
        elif here[name] != digest:
            words = f"{name} is {digest[:12]}… in the statement and {here[name][:12]}… here"
            checks.append(Check(part, False, words))
        else:
            checks.append(Check(part, True, f"{name} is what is installed here ({digest[:12]}…)"))
    stated = statement["predicate"].get("card")
    if stated is not None and digest_of(stated) != dict(subject).get(f"card/{title}"):
        checks.append(Check("card", False, "the card in the statement is not the one that its digest names"))
    return checks


def _data(stated: Mapping[str, Any], path: Path | None) -> Check:
    name, digest = stated["name"], stated["digest"]["sha256"]
    if path is None:
        return Check("data", None, f"{name} ({digest[:12]}…) was not given (--data): not compared")
    here = hashlib.sha256(path.read_bytes()).hexdigest()
    if here == digest:
        return Check("data", True, f"{path.name} is what was measured on ({digest[:12]}…)")
    return Check("data", False, f"{path.name} is {here[:12]}…, and it was measured on {name}, {digest[:12]}…")


def _thresholds(
    predicate: Mapping[str, Any], subject: list[dict[str, Any]], trusted: Sequence[Ed25519PublicKey]
) -> list[Check]:
    """The registration is whole, was earlier, is for the same tool, and each verdict follows from the figures."""
    stated = predicate["thresholds"]
    if stated["registration"] is None:
        return [Check("thresholds", None, NONE_REGISTERED)]
    try:
        held = registration_in(written(stated["registration"]))
    except ValueError as wrong:
        return [Check("thresholds", False, f"their registration is altered: {wrong}")]
    keyid = stated["registration"]["signatures"][0]["keyid"]
    if why := _not_before(held, predicate, subject, stated):
        return [Check("thresholds", False, why)]
    own = keyid == predicate["signed_by"]["keyid"]
    if trusted and not own and keyid not in {keyid_of(key) for key in trusted}:
        return [Check("thresholds", False, f"they were registered with {keyid}, which is none that you trust")]
    who = "the same key" if own else f"another key, {keyid}"
    words = f"registered {stated['registered_at']}, by its signer's clock, with {who}; verdicts follow from the figures"
    return [Check("thresholds", True, words)]


def _not_before(
    held: Registration, predicate: Mapping[str, Any], subject: list[dict[str, Any]], stated: Mapping[str, Any]
) -> str:
    if held.when >= datetime.fromisoformat(predicate["evaluated_at"]):
        return f"they were registered at {held.when.isoformat()}, after the run"
    if held.subject != subject:
        return "they were registered for another tool"
    if stated != thresholds_of(held, predicate["results"]):
        return "the verdicts do not follow from the registration and the figures"
    return ""
