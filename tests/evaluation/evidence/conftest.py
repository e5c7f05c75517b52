"""A key, another's key, and a statement about the parrot with a registration inside."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from evaluation.parrot import NOW, Parrot
from preceptor.evaluation.evaluation import evaluate
from preceptor.evaluation.evidence.identity import identity
from preceptor.evaluation.evidence.statement import evaluation_statement, read_registration, register
from preceptor.evaluation.evidence.thresholds import read_thresholds
from preceptor.signing import written

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
STRANGER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))


@dataclass(frozen=True)
class Made:
    """A statement as a file holds it, and the file that was measured on."""

    content: bytes
    data: Path


def labelled(n: int, wrong: int) -> list[dict[str, object]]:
    """`n` requests, the first `wrong` of which the parrot gets wrong; ids and words that must not travel."""
    ages, sexes = (4, 30, 50, 70), ("female", "male")
    return [
        {
            "id": f"secret-id-{i}",
            "text": f"{'routine' if i < wrong else 'soon'} secret words {i}",
            "label": "soon",
            "age": ages[i % 4],
            "sex": sexes[i % 2],
            "kind": "clinical",
        }
        for i in range(n)
    ]


@pytest.fixture
def made(parrot: Parrot, file_of: Callable[..., Path], tmp_path: Path) -> Made:
    thresholds = tmp_path / "thresholds.json"
    thresholds.write_text(json.dumps({"acceptable": {"at_least": 0.5}, "under_triage": {"at_most": 0.01}}))
    registered = tmp_path / "registration.json"
    registered.write_bytes(
        written(register(parrot, read_thresholds(thresholds), KEY, "a test", NOW - timedelta(days=1)))
    )
    data = file_of(*labelled(80, 8), {"id": "one", "text": "emergency", "label": "emergency", "age": 85})
    found = evaluate(parrot, data, NOW)
    held = read_registration(registered, parrot, NOW)
    return Made(written(evaluation_statement(parrot, identity(parrot), found, KEY, "a test", NOW, held)), data)
