"""The model as it ships: whole, the same each time, and left out, not trusted, when a byte of it has changed."""

from __future__ import annotations

import json
import shutil
from importlib import import_module
from pathlib import Path

import pytest

from preceptor.advice import URGENCIES, Urgency, faults
from preceptor.tools.triage import tool
from preceptor.tools.triage.library import the_library
from preceptor.tools.triage.model import judging
from preceptor.tools.triage.model.encoder import MOST_WINDOWS, WINDOW
from preceptor.tools.triage.model.judging import ARTEFACT, ArtefactError, Model, the_model
from tools.triage.cases import case


@pytest.fixture(scope="module")
def model() -> Model:
    found = the_model()
    assert found is not None
    return found


def test_words_that_no_rule_knows_are_read_by_the_model(model: Model) -> None:
    read = model.encoder.read("54 year old male. my ticker is going like the clappers and I have gone clammy and faint")
    assert read.urgency[:2].max() > read.urgency[3:].max()


def test_the_same_words_are_read_the_same(model: Model) -> None:
    first, again = (model.encoder._decisive("30 year old female. sore throat for two days") for _ in range(2))
    assert (first.urgency == again.urgency).all()
    assert (first.presentation == again.presentation).all()


def test_danger_is_found_wherever_it_stands_in_a_long_message(model: Model) -> None:
    padding = "The garden has been lovely this year and the roses came out early. " * 30
    danger = "For the last hour I have had a crushing pain in my chest going down my left arm and I am sweating. "
    for text in (danger + padding, padding + danger + padding, padding + danger):
        assert Urgency(tool.advise(case(text, age=61.0, sex="male")).option) is Urgency.EMERGENCY
        windows = model.encoder._windows(text)
        assert len(windows) <= MOST_WINDOWS
        assert all(len(window) <= WINDOW for window in windows)


def test_the_model_knows_presentations_of_the_library(model: Model) -> None:
    known = {p.id for p in the_library().presentations}
    assert set(model.encoder.presentations) <= known
    assert len(known - set(model.encoder.presentations)) < 10


def test_chances_are_those_of_the_scale_and_sum_to_one() -> None:
    for text in ("sore throat", "crushing chest pain", "need a sick note", "asdf", "x" * 3000):
        asked = case(text, age=40.0)
        advice = tool.advise(asked)
        assert faults(advice, asked, tool.card) == ()
        assert set(advice.probabilities) == set(URGENCIES)


@pytest.mark.parametrize("name", ["encoder.onnx", "head.onnx", "tokenizer.json"])
def test_one_changed_byte_is_refused(tmp_path: Path, name: str) -> None:
    folder = shutil.copytree(ARTEFACT, tmp_path / "model")
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(ArtefactError, match=name):
        Model.load(folder)


def test_a_model_for_other_inputs_is_refused(tmp_path: Path) -> None:
    folder = shutil.copytree(ARTEFACT, tmp_path / "model")
    description = json.loads((folder / "model.json").read_text("utf-8"))
    (folder / "model.json").write_text(json.dumps(description | {"inputs": ["age"]}), "utf-8")
    with pytest.raises(ArtefactError, match="rebuild"):
        Model.load(folder)


def test_without_its_model_the_tool_goes_on_by_rules_and_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(judging, "ARTEFACT", tmp_path)
    monkeypatch.setattr(import_module("preceptor.tools.triage.tool"), "the_model", judging.the_model.__wrapped__)
    advice = tool.advise(case("crushing chest pain and my left arm is numb", age=61.0))
    assert advice.option == Urgency.EMERGENCY
    assert any("rules alone" in line for line in advice.not_considered)
    assert "rules alone" in caplog.text
