"""An update and a starting point travel as signed files: read again as they were written, and refused otherwise."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from preceptor.learning.challenge import challenge
from preceptor.learning.pooling import Part, Pooled
from preceptor.learning.stage import LEVELS
from preceptor.learning.starting import START, Start, keep_start, kept_start, read_start, what_ships, write_start
from preceptor.learning.updates import UPDATE, Foundation, NotUsable, Update, read_update, write_update
from preceptor.signing import keyid_of, sign, written
from preceptor.tools.triage.model.inputs import NAMES

KEY, OTHER = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
TRUSTED = {keyid_of(KEY.public_key()): "north"}
ON = Foundation("ab" * 32)
LUCK = np.random.default_rng(3)
MOVED = Update("", LUCK.normal(size=(len(NAMES), LEVELS)), LUCK.normal(size=LEVELS), 0.08, 412)


def an_update(update: Update = MOVED, on: Foundation = ON, key: Ed25519PrivateKey = KEY) -> bytes:
    return write_update("triage", "0.4.0", update, on, {"lessons": {"used": 412}}, key)


def test_an_update_is_read_as_it_was_written() -> None:
    found = read_update(an_update(), "triage", ON, TRUSTED)
    assert found.slopes == pytest.approx(MOVED.slopes, abs=1e-6)
    assert found.biases == pytest.approx(MOVED.biases, abs=1e-6)
    assert (found.practice, found.weight, found.lessons) == (next(iter(TRUSTED)), 0.08, 412)
    assert len(found.digest) == 64


@settings(max_examples=40, deadline=None)
@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_any_one_flipped_bit_is_refused(place: float, bit: int) -> None:
    content = bytearray(an_update())
    content[int(place * len(content))] ^= 1 << bit
    with pytest.raises(NotUsable):
        read_update(bytes(content), "triage", ON, TRUSTED)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (an_update(key=OTHER), "not among the keys that you trust"),
        (an_update(on=Foundation("cd" * 32)), "another release"),
        (an_update(on=Foundation("ab" * 32, "ef" * 32)), "starts from the starting point efefefefefef"),
        (an_update(replace(MOVED, slopes=MOVED.slopes[:-1])), "not as an update is written"),
        (an_update(replace(MOVED, weight=1.0)), "is not possible"),
        (an_update(replace(MOVED, lessons=0)), "is not possible"),
        (b"{}", "not a signed envelope"),
        (written(sign("urn:else", [], {"tool": "triage"}, KEY, "")), "no update of what a practice learnt"),
        (written(sign(UPDATE, [], {"tool": "triage", "text": "my chest hurts"}, KEY, "")), "holds more than .*: text"),
        (written(sign(UPDATE, [], {"tool": "other"}, KEY, "")), "of the tool 'other'"),
    ],
)
def test_what_is_no_update_of_this_start_by_somebody_trusted_is_refused_in_a_line(content: bytes, why: str) -> None:
    with pytest.raises(NotUsable, match=why) as refused:
        read_update(content, "triage", ON, TRUSTED)
    assert "\n" not in str(refused.value)


def signed_by_hand(**more: object) -> bytes:
    """An update with other numbers than its subject says, or numbers that are none, under a good signature."""
    statement = json.loads(base64.b64decode(json.loads(an_update())["payload"]))
    said = {k: v for k, v in statement["predicate"].items() if k not in ("signed_by", "digests")}
    return written(sign(UPDATE, statement["subject"], {**said, **more}, KEY, ""))


def test_numbers_that_are_not_what_the_subject_says_are_refused() -> None:
    moved = {"slopes": np.zeros((len(NAMES), LEVELS)).tolist(), "biases": [0.0] * LEVELS}
    with pytest.raises(NotUsable, match="its subject"):
        read_update(signed_by_hand(moved=moved), "triage", ON, TRUSTED)
    with pytest.raises(NotUsable, match="not finite"):
        read_update(signed_by_hand(moved=moved | {"biases": ["inf"] * LEVELS}), "triage", ON, TRUSTED)


def a_start(key: Ed25519PrivateKey = KEY) -> bytes:
    ships, shared = what_ships()
    stage = replace(ships.stage, biases=ships.stage.biases + 0.01)
    found = challenge(ships.stage, stage, shared.holdout, needs_live=False)
    pooled = Pooled(stage, (Part(MOVED, 0.05, False), Part(MOVED, 0.0, False, "it misses emergencies")), found)
    return write_start("triage", "0.4.0", pooled, ships, {}, key, "Keeper of the group")


def test_a_starting_point_is_kept_and_read_again_as_it_was_pooled(tmp_path: Path) -> None:
    content, ships = a_start(), what_ships()[0]
    found = read_start(content, "triage", TRUSTED)
    assert (found.stage.biases == ships.stage.biases + 0.01).all()
    assert (found.stage.slopes == ships.stage.slopes).all()
    assert found.stage.thresholds == ships.stage.thresholds
    assert found.practices == 1  # one of the two was set aside

    keep_start(tmp_path, "triage", content, found)
    assert kept_start(tmp_path, "triage", found.digest).digest == found.digest
    assert kept_start(tmp_path, "triage", "").digest == ""

    path = tmp_path / "triage" / "starts" / f"{found.digest}.json"
    path.write_bytes(content.replace(b"a", b"b", 1))
    with pytest.raises(NotUsable, match="missing or altered"):
        kept_start(tmp_path, "triage", found.digest)


def test_a_start_that_nobody_trusted_signed_or_that_is_none_is_refused() -> None:
    with pytest.raises(NotUsable, match="not among the keys"):
        read_start(a_start(OTHER), "triage", TRUSTED)
    with pytest.raises(NotUsable, match="no starting point of triage"):
        read_start(an_update(), "triage", TRUSTED)
    other = written(sign(START, [], {"tool": "triage", "stands_on": "cd" * 32}, KEY, ""))
    with pytest.raises(NotUsable, match="another release"):
        read_start(other, "triage", TRUSTED)


def test_a_kept_start_of_an_earlier_release_gives_way_to_what_ships(tmp_path: Path, monkeypatch) -> None:
    content = a_start()
    found = read_start(content, "triage", TRUSTED)
    keep_start(tmp_path, "triage", content, found)
    monkeypatch.setattr("preceptor.learning.starting.stands_on", lambda: "cd" * 32)
    assert isinstance(kept_start(tmp_path, "triage", found.digest), Start)
    assert kept_start(tmp_path, "triage", found.digest).digest == ""
