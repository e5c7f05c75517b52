"""Who may call: the clients in `hooks.json`, each with the public keys that it signs with.

Keys are pinned: the `jku` of a token is never followed, because nothing is fetched from outside.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jwt
from django.conf import settings

ALGORITHMS = ("ES384", "ES256", "RS384")
_OF_CURVE = {"P-384": "ES384", "P-256": "ES256"}
_SMALLEST_RSA = 2048
_LONGEST_ISSUER = 150  # it stands in the ledger as who acted
_KNOWN = {"clients", "origins", "cards", "calls_a_minute", "unauthenticated"}
_KNOWN_OF_CLIENT = {"issuer", "practice", "jwks", "jku"}


class BadSettings(Exception):
    """What is wrong in `hooks.json`, in one line."""


@dataclass(frozen=True)
class Key:
    """A public key, and the one algorithm that it is used with."""

    algorithm: str
    key: Any


@dataclass(frozen=True)
class Client:
    """A clinical system that is trusted: its `iss`, the practice (ODS code, or "") that it speaks for, its keys."""

    issuer: str
    practice: str
    keys: Mapping[str, Key]  # by `kid`
    jku: str = ""  # where it says that its keys are; a token that names another place is refused


NOBODY = Client("unauthenticated", "", {})


@dataclass(frozen=True)
class Hooks:
    """The settings of the services. They are off while there is nobody to serve."""

    clients: Mapping[str, Client] = field(default_factory=dict)  # by issuer
    origins: frozenset[str] = frozenset()
    cards: int = 5
    calls_a_minute: int = 600
    unauthenticated: bool = False


def hooks() -> Hooks:
    """The settings in force. Raises BadSettings."""
    told = settings.CDS_HOOKS
    if not isinstance(told, Path):
        return parsed(told)
    try:
        stamp = told.stat().st_mtime_ns
    except OSError:
        return Hooks()
    return _from_file(told, stamp)


@lru_cache(maxsize=1)
def _from_file(path: Path, stamp: int) -> Hooks:
    del stamp  # a file that was changed is read again
    try:
        return parsed(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, RecursionError) as fault:
        raise BadSettings(f"{path.name} cannot be read as JSON") from fault


def parsed(told: object) -> Hooks:
    """The settings of a `hooks.json`. Raises BadSettings."""
    found = _object(told, "hooks.json", _KNOWN)
    clients = [_client(each) for each in _list(found, "clients")]
    if len({client.issuer for client in clients}) != len(clients):
        raise BadSettings("two clients have the same issuer")
    return Hooks(
        clients={client.issuer: client for client in clients},
        origins=frozenset(_origin(each) for each in _list(found, "origins")),
        cards=_number(found, "cards", 5, 20),
        calls_a_minute=_number(found, "calls_a_minute", 600, 100_000),
        unauthenticated=found.get("unauthenticated") is True,
    )


def _client(told: object) -> Client:
    found = _object(told, "a client", _KNOWN_OF_CLIENT)
    texts = {name: found.get(name, "") for name in ("issuer", "practice", "jku")}
    if not all(isinstance(text, str) for text in texts.values()) or not texts["issuer"]:
        raise BadSettings("a client needs an issuer, in text; its practice and jku are text too")
    if len(texts["issuer"]) > _LONGEST_ISSUER or texts["issuer"].split() != [texts["issuer"]]:
        raise BadSettings(f"an issuer has at most {_LONGEST_ISSUER} characters, and no space")
    jwks = _object(found.get("jwks"), f"the jwks of {texts['issuer']}", None)
    keys = dict(_key(each, texts["issuer"]) for each in _list(jwks, "keys"))
    if not keys:
        raise BadSettings(f"{texts['issuer']} has no key")
    return Client(texts["issuer"], texts["practice"], keys, texts["jku"])


def _key(told: object, issuer: str) -> tuple[str, Key]:
    found = _object(told, f"a key of {issuer}", None)
    kid = found.get("kid")
    if not isinstance(kid, str) or not kid:
        raise BadSettings(f"a key of {issuer} has no kid")
    if "d" in found or found.get("kty") not in ("EC", "RSA"):
        raise BadSettings(f"the key {kid} of {issuer} is not a public EC or RSA key")
    algorithm = "RS384" if found["kty"] == "RSA" else _OF_CURVE.get(str(found.get("crv")), "")
    if not algorithm or found.get("alg", algorithm) != algorithm:
        raise BadSettings(f"the key {kid} of {issuer} is not for {', '.join(ALGORITHMS)}")
    try:
        key = jwt.PyJWK(dict(found), algorithm=algorithm).key
    except (jwt.PyJWTError, ValueError, TypeError) as fault:
        raise BadSettings(f"the key {kid} of {issuer} cannot be read") from fault
    if algorithm == "RS384" and key.key_size < _SMALLEST_RSA:
        raise BadSettings(f"the key {kid} of {issuer} is shorter than {_SMALLEST_RSA} bits")
    return kid, Key(algorithm, key)


def _origin(told: object) -> str:
    parts = urlsplit(told) if isinstance(told, str) else None
    if parts is None or parts.scheme not in ("http", "https") or told != f"{parts.scheme}://{parts.netloc}":
        raise BadSettings("an origin is written like https://sandbox.cds-hooks.org, without a path")
    return str(told)


def _object(told: object, what: str, known: set[str] | None) -> Mapping[str, Any]:
    if not isinstance(told, Mapping):
        raise BadSettings(f"{what} is not a JSON object")
    if known is not None and (unknown := sorted(set(told) - known)):
        raise BadSettings(f"{what} has {unknown[0]}, which is not known")
    return told


def _list(told: Mapping[str, Any], name: str) -> list[Any]:
    found = told.get(name, [])
    if not isinstance(found, list):
        raise BadSettings(f"{name} is not a list")
    return found


def _number(told: Mapping[str, Any], name: str, default: int, highest: int) -> int:
    found = told.get(name, default)
    if type(found) is not int or not 1 <= found <= highest:
        raise BadSettings(f"{name} is not a number from 1 to {highest}")
    return found
