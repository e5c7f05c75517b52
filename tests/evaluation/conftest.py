"""The tool that answers as it is told, and files of labelled requests."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evaluation.parrot import Parrot


@pytest.fixture
def parrot() -> Parrot:
    return Parrot()


@pytest.fixture
def file_of(tmp_path: Path) -> Callable[..., Path]:
    """Writes lines, each a dict or raw text, into a file of labelled requests."""

    def write(*lines: dict[str, Any] | str, name: str = "data.jsonl") -> Path:
        path = tmp_path / name
        path.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines), "utf-8")
        return path

    return write
