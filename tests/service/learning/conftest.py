"""What the tests of learning share: a folder of models for each test alone, and a fit that takes no time."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.learning.pasts import fit_at_once


@pytest.fixture(autouse=True)
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PRECEPTOR_MODELS", str(tmp_path / "models"))
    return tmp_path / "models"


@pytest.fixture
def quick_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("preceptor.service.learning.learning.fit", fit_at_once)
