"""Models as artefacts: each in a folder named by its digest, signed when it is made and again when it is approved.

`preceptor.tools.models` says what lies where and proves it before a tool opens it; here it is written. The key that
signs is the installation's own, made at first use beside the folder of models. So a signature proves that a model is
byte for byte what this installation wrote; it cannot prove that nobody with its account wrote another.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from preceptor.signing import CannotSign, as_pem, keyid_of, make_key, private_key, public_key, sign, written
from preceptor.tools.models import (
    APPROVED,
    CHALLENGER,
    IN_FORCE,
    MADE,
    STATEMENTS,
    Held,
    NotProven,
    Proven,
    held,
    proven,
)


class Refused(Exception):
    """A model is not put in force, or not written; the message says why, and what stands goes on standing."""


def keep(models: Path, tool: str, head: bytes, description: Mapping[str, Any], said: Mapping[str, Any]) -> str:
    """Write a model that was just fitted, signed, and make it the challenger of its tool; gives its digest.

    `description` is what its model.json will hold, `said` what is signed of it beside (parent, data, measures).
    """
    content = _json(dict(description) | {"sha256": {**description["sha256"], "head.onnx": _sha256(head)}})
    digest, room = _sha256(content), models / tool
    files = {"model.json": content, "head.onnx": head}
    key = own_key(models)
    room.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not (room / digest).exists():
        draft = room / f".{digest}.{secrets.token_hex(4)}"
        draft.mkdir(mode=0o700)
        for name, what in (files | {STATEMENTS[MADE]: _signed(MADE, tool, files, said, key)}).items():
            (draft / name).write_bytes(what)
        draft.rename(room / digest)
    _point(room / CHALLENGER, digest)
    return digest


def approve(models: Path, tool: str, digest: str, said: Mapping[str, Any]) -> Proven:
    """Sign that a named person approved of a model, and put it in force in place of its parent. Raises Refused.

    Where it is not proven nothing changes, and the champion stays.
    """
    room = models / tool / digest
    try:
        made = proven(room, MADE)
    except NotProven as why:
        raise Refused(f"{why}. It was not put in force: the champion stays") from None
    files = {name: (room / name).read_bytes() for name in ("model.json", "head.onnx")}
    key = own_key(models)
    _write(room / STATEMENTS[APPROVED], _signed(APPROVED, tool, files, {**made.said, **said}, key))
    try:
        approved = proven(room, APPROVED)  # what was just written, as every tool will read it
    except NotProven as why:
        raise Refused(f"{why}. It was not put in force: the champion stays") from None
    _point(models / tool / IN_FORCE, digest)
    if held(tool, CHALLENGER, models).digest == digest:
        (models / tool / CHALLENGER).unlink(missing_ok=True)
    return approved


def before(models: Path, tool: str) -> str:
    """The digest of the model to which a roll-back would go: "" for the one that ships. Raises Refused.

    That is the one from which the model in force was learnt, where it is still here and proven.
    """
    now = held(tool, IN_FORCE, models)
    if not now.digest and not now.fault:
        raise Refused(f"the {tool} model that ships is in force: there is nothing to roll back")
    parent = str(now.model.said.get("parent", "")) if now.model else ""
    try:
        return proven(models / tool / parent, APPROVED).digest if parent else ""
    except NotProven:
        return ""


def roll_back(models: Path, tool: str) -> str:
    """Put the model before the one in force back; gives its digest, "" for the one that ships. Raises Refused."""
    digest = before(models, tool)
    put_in_place(models, tool, IN_FORCE, digest)
    return digest


def withdraw(models: Path, tool: str) -> None:
    """Let nothing challenge the tool any more; what was learnt stays in its folder."""
    put_in_place(models, tool, CHALLENGER, "")


def put_in_place(models: Path, tool: str, place: str, digest: str) -> None:
    """Let a place hold this model; "" for none, which for the one in force means the one that ships."""
    if digest:
        _point(models / tool / place, digest)
    else:
        (models / tool / place).unlink(missing_ok=True)


def standing(models: Path, tool: str) -> tuple[Held, Held]:
    """What is in force, and what challenges it."""
    return held(tool, IN_FORCE, models), held(tool, CHALLENGER, models)


def own_key(models: Path) -> Ed25519PrivateKey:
    """The key of this installation, made where there is none. Raises Refused."""
    kept, trusted = models.parent / "model_key", models / "key.pub"
    try:
        if not trusted.exists():
            models.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not kept.exists():
                make_key(kept)
            _write(trusted, as_pem(private_key(kept).public_key()))
        key, known = private_key(kept), public_key(trusted)
    except CannotSign as why:
        raise Refused(f"{why}. Without the key that signed the models before, no other can be put in force") from None
    if keyid_of(key.public_key()) != keyid_of(known):
        raise Refused(f"{kept} is not the key that {trusted} trusts: put the right one back from a backup")
    return key


def _signed(kind: str, tool: str, files: Mapping[str, bytes], said: Mapping[str, Any], key: Ed25519PrivateKey) -> bytes:
    subject = [{"name": name, "digest": {"sha256": _sha256(content)}} for name, content in sorted(files.items())]
    given = {name: value for name, value in said.items() if name not in ("signed_by", "digests")}
    return written(sign(kind, subject, {**given, "tool": tool}, key, ""))


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=1, allow_nan=False) + "\n").encode("utf-8")


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _point(place: Path, digest: str) -> None:
    _write(place, f"{digest}\n".encode("ascii"))


def _write(path: Path, content: bytes) -> None:
    """In full under another name first: whoever reads finds the old or the new, never half of one."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
