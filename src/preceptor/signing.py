"""Keys, and envelopes that are signed with them: DSSE 1.0 around a canonical JSON payload.

DSSE proves the payload and its type, and nothing else. So that whatever was changed can be named, we ask for more: the
file is byte for byte as we write it, the key's id is that of the key, and each part of the payload has its digest.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_public_key,
    load_pem_private_key,
    load_pem_public_key,
)

PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
_MALFORMED = (ValueError, TypeError, KeyError, RecursionError)


class CannotSign(ValueError):
    """There is no key to sign with, or nothing that can be signed; the message says why in one line."""


@dataclass(frozen=True, slots=True)
class Altered:
    """Something that is not as it was signed. `part` is envelope, payloadType, payload, keyid, signature, ..."""

    part: str
    words: str


@dataclass(frozen=True, slots=True)
class Opened:
    """What an envelope holds. The statement may be relied on only where nothing was altered."""

    statement: dict[str, Any]
    keyid: str
    altered: tuple[Altered, ...]

    @property
    def predicate(self) -> dict[str, Any]:
        predicate: dict[str, Any] = self.statement["predicate"]
        return predicate


def make_key(path: Path) -> str:
    """A new signing key in `path`, readable by its owner alone, its public half in `path`.pub; gives the key's id."""
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = as_pem(key.public_key())
    for target, content, mode in ((path, private, 0o600), (path.with_name(path.name + ".pub"), public, 0o644)):
        try:
            with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
                file.write(content)
        except FileExistsError:
            raise CannotSign(f"{target} is there already: a key is never written over") from None
    return keyid_of(key.public_key())


def private_key(path: Path) -> Ed25519PrivateKey:
    """The signing key in a PEM file. Raises CannotSign."""
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except OSError as wrong:
        raise CannotSign(f"the key {path} cannot be read: {wrong.strerror}") from None
    except TypeError:
        raise CannotSign(f"the key {path} has a passphrase, which is not supported") from None
    except (ValueError, UnsupportedAlgorithm):
        raise CannotSign(f"{path} holds no signing key: `preceptor evidence key --out FILE` makes one") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise CannotSign(f"the key {path} is not an Ed25519 key")
    return key


def public_key(path: Path) -> Ed25519PublicKey:
    """The public key in a PEM file. Raises CannotSign."""
    try:
        key = load_pem_public_key(path.read_bytes())
    except OSError as wrong:
        raise CannotSign(f"the key {path} cannot be read: {wrong.strerror}") from None
    except (ValueError, UnsupportedAlgorithm):
        raise CannotSign(f"{path} holds no public key (it ends in .pub)") from None
    if not isinstance(key, Ed25519PublicKey):
        raise CannotSign(f"the key {path} is not an Ed25519 key")
    return key


def keyid_of(key: Ed25519PublicKey) -> str:
    """ "sha256:" and the digest of the public key (SubjectPublicKeyInfo, DER)."""
    return f"sha256:{hashlib.sha256(_der(key)).hexdigest()}"


def as_pem(key: Ed25519PublicKey) -> bytes:
    """A public key as a .pub file holds it."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _der(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def canonical(value: Any) -> bytes:
    """The one form of a JSON value that is digested and signed: keys in order, no spaces, ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")


def digest_of(value: Any) -> str:
    return hashlib.sha256(canonical(value)).hexdigest()


def sign(
    predicate_type: str, subject: list[dict[str, Any]], predicate: dict[str, Any], key: Ed25519PrivateKey, by: str
) -> dict[str, Any]:
    """The signed envelope. `by` is who signs, in their own words; "" is not stated."""
    public = key.public_key()
    who = {"name": by, "keyid": keyid_of(public), "public_key": base64.b64encode(_der(public)).decode("ascii")}
    parts = predicate | {"signed_by": who}
    statement = {
        "_type": STATEMENT_TYPE,
        "subject": subject,
        "predicateType": predicate_type,
        "predicate": parts | {"digests": _digests(predicate_type, subject, parts)},
    }
    payload = canonical(statement)
    return {
        "payload": base64.b64encode(payload).decode("ascii"),
        "payloadType": PAYLOAD_TYPE,
        "signatures": [
            {
                "keyid": keyid_of(public),
                "sig": base64.b64encode(key.sign(pae(PAYLOAD_TYPE, payload))).decode("ascii"),
            }
        ],
    }


def pae(payload_type: str, body: bytes) -> bytes:
    """What DSSE signs (its Pre-Authentication Encoding): type and body, each after its length."""
    kind = payload_type.encode("utf-8")
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(body), body)


def _digests(predicate_type: str, subject: Any, parts: Mapping[str, Any]) -> dict[str, str]:
    around = {"predicateType": digest_of(predicate_type), "subject": digest_of(subject)}
    return around | {name: digest_of(part) for name, part in parts.items()}


def written(envelope: Mapping[str, Any]) -> bytes:
    """An envelope as a file holds it."""
    return (json.dumps(envelope, indent=2) + "\n").encode("ascii")


def opened(content: bytes) -> Opened:
    """What a file holds, and everything about it that is not as it was signed."""
    try:
        envelope = json.loads(content)
        [signature] = envelope["signatures"]
        payload_type, payload, keyid, sig = (
            envelope["payloadType"], envelope["payload"], signature["keyid"], signature["sig"],
        )  # fmt: skip
        form = {"payload": payload, "payloadType": payload_type, "signatures": [{"keyid": keyid, "sig": sig}]}
        whole = all(isinstance(part, str) for part in (payload, payload_type, keyid, sig))
    except _MALFORMED as wrong:
        return Opened({}, "", (Altered("envelope", f"not a signed envelope: {type(wrong).__name__}"),))
    if not whole or written(form) != content:
        return Opened({}, "", (Altered("envelope", "not byte for byte as it was written"),))
    altered = []
    if payload_type != PAYLOAD_TYPE:
        altered.append(Altered("payloadType", f"{payload_type!r} is not {PAYLOAD_TYPE}"))
    body, key, rewritten = b"", None, list[str]()
    statement: dict[str, Any] = {}
    try:
        body = _decoded(payload)
        statement, key = _statement(body)
        rewritten = _rewritten(statement)
        altered += [Altered("payload", f"{name} is not what its digest says") for name in rewritten]
    except _MALFORMED as wrong:
        altered.append(Altered("payload", f"not a statement in the form in which it was signed: {wrong}"))
    if key and "signed_by" not in rewritten and keyid != keyid_of(key):
        altered.append(Altered("keyid", f"{keyid} is not the id of the key, {keyid_of(key)}"))
    if key and not {"payload", "payloadType"} & {each.part for each in altered}:
        altered += _signature_altered(key, sig, pae(payload_type, body))
    return Opened(statement, keyid, tuple(altered))


def _decoded(text: str) -> bytes:
    try:
        body = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError("not base64") from None
    if base64.b64encode(body).decode("ascii") != text:
        raise ValueError("base64 with bits that mean nothing")
    return body


def _statement(body: bytes) -> tuple[dict[str, Any], Ed25519PublicKey]:
    statement = json.loads(body)
    if canonical(statement) != body:
        raise ValueError("not canonical JSON")
    if statement["_type"] != STATEMENT_TYPE:
        raise ValueError("not an in-toto Statement v1")
    if not isinstance(statement["predicateType"], str):
        raise ValueError("no predicateType")
    try:
        key = load_der_public_key(_decoded(statement["predicate"]["signed_by"]["public_key"]))
    except UnsupportedAlgorithm as other:
        raise ValueError(f"not an Ed25519 key: {other}") from None
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("not an Ed25519 key")
    return statement, key


def _rewritten(statement: dict[str, Any]) -> list[str]:
    """The parts of a payload that are not what their digests say."""
    parts = {name: part for name, part in statement["predicate"].items() if name != "digests"}
    found = _digests(statement["predicateType"], statement["subject"], parts)
    stated = statement["predicate"]["digests"]
    return sorted(name for name in found.keys() | stated.keys() if found.get(name) != stated.get(name))


def _signature_altered(key: Ed25519PublicKey, sig: str, signed: bytes) -> list[Altered]:
    try:
        key.verify(_decoded(sig), signed)
    except (InvalidSignature, ValueError):
        words = "does not fit: it was changed, or the payload was written anew by somebody without the key"
        return [Altered("signature", words)]
    return []
