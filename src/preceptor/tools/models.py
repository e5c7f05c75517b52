"""Models that were learnt here: where they are kept, which of them is in force, and the proof before one is opened.

    models/key.pub                       whose signature is trusted; `learning.artefacts` makes it, and writes the rest
    models/<tool>/in_force               the digest of the model that advises; no such file: the one that ships does
    models/<tool>/challenger             the digest of the one that is asked beside it, and shown to nobody
    models/<tool>/<digest>/              model.json (the digest is its own), head.onnx, made.json, approved.json

Nothing here writes. A tool reads through `held`, and falls back on what it ships with when there is no proof.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from preceptor.signing import CannotSign, keyid_of, opened, public_key

MADE = "urn:preceptor:learnt:1"
APPROVED = "urn:preceptor:promoted:1"
STATEMENTS = {MADE: "made.json", APPROVED: "approved.json"}
IN_FORCE, CHALLENGER = "in_force", "challenger"
_NEEDS = {IN_FORCE: APPROVED, CHALLENGER: MADE}
_LONGEST = 20_000_000  # bytes: a second stage has a few thousand, and nothing larger is read into memory
_DIGEST = re.compile(r"[0-9a-f]{64}")
_SHOWN = 12  # digits of a digest in a version


class NotProven(ValueError):
    """A model that is not as it was signed; the message says what is wrong with it, in one line."""


@dataclass(frozen=True, slots=True)
class Proven:
    """A learnt model whose every byte is as it was signed. `said` is what the signed statement says of it."""

    digest: str
    head: bytes  # ONNX
    description: dict[str, Any]  # what its model.json holds
    said: dict[str, Any]

    @property
    def suffix(self) -> str:
        """What its version has after that of the tool: "+0123456789ab"."""
        return suffix_of(self.digest)


@dataclass(frozen=True, slots=True)
class Held:
    """What is in a place: nothing, a proven model, or one that is refused (`fault` says why)."""

    digest: str = ""
    model: Proven | None = None
    fault: str = ""


def suffix_of(digest: str) -> str:
    return f"+{digest[:_SHOWN]}"


def look_in(room: Path) -> None:
    """Have this process look here: one that is shut in knows nothing of its user's environment."""
    global _room
    _room = room


_room: Path | None = None


def folder() -> Path:
    """Where learnt models are kept; it need not be there."""
    return _room or _named(*map(os.environ.get, ("PRECEPTOR_MODELS", "PRECEPTOR_HOME", "HOME")))


@lru_cache(maxsize=32)
def _named(models: str | None, preceptor: str | None, _home: str | None) -> Path:
    if models:
        return Path(models)
    return Path(preceptor or Path.home() / ".preceptor") / "models"


def held(tool: str, place: str = IN_FORCE, models: Path | None = None) -> Held:
    """What stands in a place of a tool's, proven anew whenever a file changes."""
    room = (models or folder()) / tool
    try:
        digest = (room / place).read_text("ascii").strip()
    except FileNotFoundError:
        return Held()
    except (OSError, UnicodeDecodeError) as wrong:
        return Held(fault=f"{room / place} cannot be read: {wrong}")
    if not _DIGEST.fullmatch(digest):
        return Held(fault=f"{room / place} names no model")
    return _held(room, digest, _NEEDS[place], _stamps(room / digest, room.parent / "key.pub"))


def stamp() -> tuple[object, ...]:
    """What changes when another model is put in force or into shadow, or when one is altered."""
    room = folder()
    places = sorted([*room.glob(f"*/{IN_FORCE}"), *room.glob(f"*/{CHALLENGER}")])
    read = [(str(place), held(place.parent.name, place.name)) for place in places]
    return tuple((place, found.digest, found.fault) for place, found in read)


@lru_cache(maxsize=32)
def _held(room: Path, digest: str, kind: str, _stamps: tuple[object, ...]) -> Held:
    try:
        return Held(digest, proven(room / digest, kind))
    except NotProven as why:
        return Held(digest, fault=str(why))


def _stamps(room: Path, key: Path) -> tuple[object, ...]:
    found: list[object] = []
    for path in (key, *(room / name for name in ("model.json", "head.onnx", *STATEMENTS.values()))):
        try:
            of = path.stat()
            found.append((of.st_mtime_ns, of.st_ctime_ns, of.st_size))
        except OSError:
            found.append(None)
    return tuple(found)


def proven(room: Path, kind: str) -> Proven:
    """The model in a folder, every byte of it signed by the key that is trusted here. Raises NotProven.

    `kind` is what must have been signed for: that it was MADE here, or that it was APPROVED by somebody.
    """
    digest, name = room.name, STATEMENTS[kind]
    description, head, envelope = (_read(room / part) for part in ("model.json", "head.onnx", name))
    try:
        trusted = keyid_of(public_key(room.parent.parent / "key.pub"))
    except CannotSign as wrong:
        raise NotProven(str(wrong)) from None
    found = opened(envelope)
    if found.altered:
        raise NotProven(f"{room / name}: {found.altered[0].part}: {found.altered[0].words}")
    if found.keyid != trusted:
        raise NotProven(f"{room / name} is signed by {found.keyid}, which is not the key of this installation")
    if found.statement["predicateType"] != kind:
        raise NotProven(f"{room / name} is another statement: {found.statement['predicateType']}")
    _same_bytes(room, found.statement["subject"], {"model.json": description, "head.onnx": head})
    if found.predicate.get("tool") != room.parent.name or _sha256(description) != digest:
        raise NotProven(f"{room} is signed as another model than its name says")
    try:
        said: dict[str, Any] = json.loads(description)
    except ValueError:
        raise NotProven(f"{room / 'model.json'} is no JSON") from None
    return Proven(digest, head, said, found.predicate)


def _same_bytes(room: Path, subject: list[dict[str, Any]], files: dict[str, bytes]) -> None:
    stated = {each["name"]: each["digest"]["sha256"] for each in subject}
    for name, content in files.items():
        if stated.get(name) != _sha256(content):
            raise NotProven(f"{room / name} is not the file that was signed")


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > _LONGEST:
            raise NotProven(f"{path} is larger than any second stage")
        return path.read_bytes()
    except OSError as wrong:
        raise NotProven(f"{path} cannot be read: {wrong.strerror}") from None


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
