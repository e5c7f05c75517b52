"""What the tests of learning share: a folder of models for each test alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from preceptor.learning.fitting import Challenger, Moved, Report
from preceptor.learning.lessons import Lesson
from preceptor.learning.shared import Shared
from preceptor.learning.stage import Stage


@pytest.fixture(autouse=True)
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PRECEPTOR_MODELS", str(tmp_path / "models"))
    return tmp_path / "models"


@pytest.fixture
def quick_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    """A challenger at once: the champion, a hair more urgent. `fit` is tested in its own place, and once here."""

    def fit(shared: Shared, lessons: list[Lesson], champion: Stage, *, as_of: datetime, **_: Any) -> Challenger:
        ripe = [lesson for lesson in lessons if (as_of - lesson.when).days >= 14]
        biases = champion.biases.copy()
        biases[0] += 0.001
        report = Report(
            lessons=len(lessons), used=len(ripe), by_source={"audit": len(ripe)}, by_reason={}, context=0,
            held_back=len(lessons) - len(ripe), set_aside=0, superseded=0, weight=0.01, weight_by_account={},
            weight_by_practice={}, trust={}, alarms=(), first=ripe[0].when, last=ripe[-1].when,
            moved=Moved(len(shared.calibration), 0.0, 0, 0.0),
        )  # fmt: skip
        return Challenger(replace(champion, biases=biases), report)

    monkeypatch.setattr("preceptor.service.learning.learning.fit", fit)
