"""The second stage as a value: ONNX there and back, and calls as the tool makes them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from learning.worlds import shipped
from preceptor.advice import URGENCIES
from preceptor.learning.shared import FILE, PARTS, load
from preceptor.learning.stage import as_onnx, from_onnx
from preceptor.tools.triage.model.deciding import decide
from preceptor.tools.triage.model.inputs import NAMES
from preceptor.tools.triage.model.judging import ARTEFACT


def test_what_is_written_is_read_again_and_runs_alike() -> None:
    shared, champion = shipped()
    head = as_onnx(champion.slopes, champion.biases)
    slopes, biases = from_onnx(head)
    assert slopes == pytest.approx(champion.slopes, abs=1e-6)
    assert biases == pytest.approx(champion.biases, abs=1e-6)
    rows = shared.holdout.inputs[:50]
    (ran,) = onnxruntime.InferenceSession(head).run(None, {"inputs": rows.astype(np.float32)})
    assert ran == pytest.approx(champion.chances(rows), abs=1e-4)


def test_calls_are_those_of_the_tool() -> None:
    shared, champion = shipped()
    rows = shared.holdout
    chances, calls = champion.chances(rows.inputs), champion.calls(rows.inputs, np.full(len(rows), 4))
    for at in range(0, len(rows), 7):
        said = dict(zip(URGENCIES, chances[at].tolist(), strict=True))
        assert decide(said, champion.thresholds).option is URGENCIES[calls[at]]


def test_no_call_is_below_a_red_flag() -> None:
    shared, champion = shipped()
    rows = shared.holdout
    assert (champion.calls(rows.inputs, rows.floors) <= rows.floors).all()


@pytest.mark.parametrize("spoilt", [b"", b"not a model", b"\x00" * 100])
def test_something_else_is_refused(spoilt: bytes) -> None:
    with pytest.raises(ValueError, match="second stage"):
        from_onnx(spoilt)


def test_the_shared_rows_are_whole_and_hold_no_words() -> None:
    shared, _ = shipped()
    for part in PARTS:
        rows = getattr(shared, part)
        assert rows.inputs.shape == (len(rows), len(NAMES))
        assert rows.targets.sum(axis=1) == pytest.approx(1)
        assert rows.emergencies.sum() >= 49  # or no bound could be set
        assert all(" " not in each for each in (*rows.ids, *rows.about))


def test_no_case_is_in_two_parts() -> None:
    shared, _ = shipped()
    seen: set[str] = set()
    for part in PARTS:
        ids = set(getattr(shared, part).ids)
        assert not ids & seen
        seen |= ids


def test_another_file_is_refused(tmp_path: Path) -> None:
    spoilt = bytearray((ARTEFACT / FILE).read_bytes())
    spoilt[len(spoilt) // 2] ^= 1
    (tmp_path / FILE).write_bytes(bytes(spoilt))
    with pytest.raises(ValueError, match="not the file"):
        load(tmp_path / FILE, "0" * 64)


def test_saved_and_loaded(tmp_path: Path) -> None:
    shared, _ = shipped()
    digest = shared.save(tmp_path / FILE)
    again = load(tmp_path / FILE, digest)
    assert again.holdout.ids == shared.holdout.ids
    assert (again.learned.inputs == shared.learned.inputs).all()
