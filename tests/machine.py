"""What tests know of the machine that they run on."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
ON_CI = os.environ.get("CI") == "true"


def needed(name: str, found: object) -> None:
    """Skip, visibly, where this machine lacks what a test needs; on CI the lack is a failure."""
    if not found:
        if ON_CI:
            pytest.fail(f"{name} is missing, and CI must have it")
        pytest.skip(f"needs {name}, which this machine lacks")
