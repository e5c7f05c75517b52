"""What the tests of learning share: a folder of models for each test alone."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PRECEPTOR_MODELS", str(tmp_path / "models"))
    return tmp_path / "models"
