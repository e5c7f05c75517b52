"""One practice of 320, built once, for the tests to look at."""

from __future__ import annotations

from pathlib import Path

import pytest

from demo.demo_files import MONDAY, Made, read_back
from preceptor.demo import build


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder: Path = tmp_path_factory.mktemp("practice")
    return read_back(build(folder, patients=320, seed=1, monday=MONDAY))
