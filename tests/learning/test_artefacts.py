"""A learnt model is signed, put in force, proven whenever it is read, refused for one flipped byte, and rolled back."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from preceptor.advice import Advice, Case, Request
from preceptor.learning import artefacts
from preceptor.learning.artefacts import Refused
from preceptor.signing import make_key
from preceptor.tools import models as kept
from preceptor.tools.models import APPROVED, CHALLENGER, MADE, NotProven, proven
from preceptor.tools.triage import tool
from preceptor.tools.triage.card import VERSION
from preceptor.tools.triage.model.judging import ARTEFACT
from preceptor.tools.triage.model.learnt import in_place, shipped

CASE = Case("r1", datetime(2026, 11, 2, 9, 0, tzinfo=UTC), Request("my knee is a bit sore"))


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where learnt models are kept, for this test alone."""
    monkeypatch.setenv("PRECEPTOR_MODELS", str(tmp_path / "models"))
    return tmp_path / "models"


def learn(models: Path, unsure_below: float = 0.5, parent: str = "") -> str:
    """Keep a challenger: the second stage that ships, with another threshold."""
    described = shipped()
    described["thresholds"]["unsure_below"] = unsure_below
    head = (ARTEFACT / "head.onnx").read_bytes()
    return artefacts.keep(models, "triage", head, described, {"parent": parent, "lessons": 12})


def approve(models: Path, digest: str) -> None:
    artefacts.approve(models, "triage", digest, {"approved_by": ["Dr Gee Demoworth"]})


def advice() -> Advice:
    return tool.advise(CASE)


def test_a_learnt_model_challenges_is_put_in_force_and_is_rolled_back_in_one_step(models: Path) -> None:
    assert tool.card.version == VERSION
    assert tool.challenger is None

    first = learn(models)
    assert tool.card.version == VERSION  # a challenger advises nobody
    assert tool.challenger is not None
    assert tool.challenger.advise(CASE).version == f"{VERSION}+{first[:12]}"

    approve(models, first)
    assert advice().version == tool.card.version == f"{VERSION}+{first[:12]}"
    assert "Dr Gee Demoworth" in tool.card.evidence
    assert tool.challenger is None

    second = learn(models, 0.4, parent=first)
    approve(models, second)
    assert advice().version == f"{VERSION}+{second[:12]}"

    assert artefacts.roll_back(models, "triage") == first
    assert advice().version == f"{VERSION}+{first[:12]}"
    assert artefacts.roll_back(models, "triage") == ""
    assert advice().version == VERSION
    with pytest.raises(Refused, match="nothing to roll back"):
        artefacts.roll_back(models, "triage")


@pytest.fixture(scope="module")
def approved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of models with one in force."""
    models = tmp_path_factory.mktemp("approved") / "models"
    approve(models, learn(models))
    return models


def the_model_in(models: Path) -> Path:
    return models / "triage" / (models / "triage" / "in_force").read_text().strip()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(["head.onnx", "model.json", "approved.json", "../../key.pub"]),
    place=st.floats(0, 1, exclude_max=True),
    bit=st.integers(0, 7),
)
def test_any_one_flipped_bit_is_refused(approved: Path, tmp_path: Path, name: str, place: float, bit: int) -> None:
    copy = tmp_path / "models"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(approved, copy)
    file = (the_model_in(copy) / name).resolve()
    content = bytearray(file.read_bytes())
    content[int(place * len(content))] ^= 1 << bit
    file.write_bytes(bytes(content))

    found = kept.held("triage", models=copy)

    if name.endswith("key.pub") and found.model:  # a line break of the PEM, which says the same key
        assert found.model.said == kept.held("triage", models=approved).model.said  # type: ignore[union-attr]
        return
    assert found.model is None
    assert found.fault


def test_an_altered_model_gives_way_to_the_one_that_ships_at_once_and_says_so(models: Path) -> None:
    digest = learn(models)
    approve(models, digest)
    assert advice().version != VERSION

    head = models / "triage" / digest / "head.onnx"
    content = bytearray(head.read_bytes())
    content[len(content) // 2] ^= 1
    head.write_bytes(bytes(content))

    assert advice().version == tool.card.version == VERSION
    assert "head.onnx is not the file that was signed" in in_place().fault
    assert artefacts.roll_back(models, "triage") == ""  # the pointer goes: nothing is refused any more
    assert in_place().fault == ""


def test_a_challenger_that_was_altered_is_not_put_in_force_and_the_champion_stays(models: Path) -> None:
    champion = learn(models)
    approve(models, champion)
    digest = learn(models, 0.4, parent=champion)
    description = models / "triage" / digest / "model.json"
    description.write_bytes(description.read_bytes().replace(b'"unsure_below": 0.4', b'"unsure_below": 0.1'))

    with pytest.raises(Refused, match="the champion stays"):
        approve(models, digest)

    assert advice().version == f"{VERSION}+{champion[:12]}"


def test_what_nobody_approved_is_not_put_in_force_by_pointing_at_it(models: Path) -> None:
    digest = learn(models)
    (models / "triage" / "in_force").write_text(digest)

    assert in_place().model is None
    assert "approved.json" in in_place().fault
    (models / "triage" / digest / "approved.json").write_bytes((models / "triage" / digest / "made.json").read_bytes())
    assert "another statement" in in_place().fault


def test_another_key_is_not_trusted(models: Path, tmp_path: Path) -> None:
    approve(models, learn(models))
    make_key(tmp_path / "stranger")
    (models / "key.pub").write_bytes((tmp_path / "stranger.pub").read_bytes())

    assert "not the key of this installation" in in_place().fault
    with pytest.raises(Refused, match="is not the key"):
        learn(models, 0.3)


def test_a_model_of_another_tool_is_refused(models: Path) -> None:
    digest = learn(models)
    (models / "other").mkdir()
    shutil.copytree(models / "triage" / digest, models / "other" / digest)

    with pytest.raises(NotProven, match="signed as another model"):
        proven(models / "other" / digest, MADE)
    with pytest.raises(NotProven, match=r"approved\.json cannot be read"):
        proven(models / "triage" / digest, APPROVED)


@pytest.mark.parametrize("pointer", ["", "../../etc", "0" * 64, "é"])
def test_a_pointer_to_nothing_is_refused(models: Path, pointer: str) -> None:
    learn(models)
    (models / "triage" / "in_force").write_text(pointer)

    assert in_place().fault
    assert advice().version == VERSION


def test_a_model_learnt_beside_another_encoder_is_refused(models: Path) -> None:
    described = shipped()
    described["sha256"]["encoder.onnx"] = "0" * 64
    head = (ARTEFACT / "head.onnx").read_bytes()
    approve(models, artefacts.keep(models, "triage", head, described, {"parent": ""}))

    assert "another encoder" in in_place().fault
    assert advice().version == VERSION


def test_the_same_model_learnt_twice_is_one_artefact(models: Path) -> None:
    assert learn(models) == learn(models)
    assert len(list((models / "triage").glob("*/model.json"))) == 1
    assert kept.held("triage", CHALLENGER).model is not None


def test_nothing_is_written_by_reading(models: Path) -> None:
    assert advice().version == VERSION
    assert not models.exists()


def test_the_private_key_is_its_owners_alone(models: Path) -> None:
    learn(models)

    assert (models.parent / "model_key").stat().st_mode & 0o077 == 0
    assert not list(models.rglob("*model_key*"))
