"""A command that cannot do what it is asked says why in one line, and its exit code is 2."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from preceptor.cli import app, installation
from preceptor.demo import opening

Run = Callable[..., tuple[int, str]]
PRECEPTOR = [sys.executable, "-c", "from preceptor.cli import app; app()"]


@pytest.fixture
def preceptor(tmp_path: Path) -> Run:
    """Run a command in a home of its own: its exit code, and what it said."""

    def run(*words: str, **environment: str) -> tuple[int, str]:
        kept = {
            name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")
        }
        env = kept | {"PRECEPTOR_HOME": str(tmp_path)} | environment
        done = subprocess.run(  # noqa: S603 -- our own interpreter
            [*PRECEPTOR, *words],
            env=env,
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    return run


def refused(answer: tuple[int, str]) -> str:
    """The one line."""
    code, said = answer
    assert code == 2
    (line,) = said.splitlines()
    return line


@pytest.mark.parametrize("words", [["serve"], ["key", "a website", "--practice", "A81001"], ["import", "."]])
def test_a_home_that_is_not_set_up_names_the_command_that_does(preceptor: Run, words: list[str]) -> None:
    assert refused(preceptor(*words)) == (
        "preceptor: the database is not set up, or is of an older version: run `preceptor setup` first"
    )


@pytest.mark.parametrize("words", [["serve"], ["setup"], ["import", "."], ["key", "a website", "--practice", "A81001"]])
def test_a_file_that_is_no_database_is_said_in_a_line(preceptor: Run, tmp_path: Path, words: list[str]) -> None:
    (tmp_path / "preceptor.sqlite3").write_text("this is no database, and long enough to be taken for one by nobody")

    assert "the database cannot be used: file is not a database" in refused(preceptor(*words))


def test_surroundings_that_cannot_be_are_said_in_a_line(preceptor: Run, tmp_path: Path) -> None:
    (tmp_path / "a_file").write_text("")

    assert "a_file" in refused(preceptor("doctor", PRECEPTOR_HOME=str(tmp_path / "a_file")))
    assert "DATABASE_URL names no database" in refused(preceptor("doctor", DATABASE_URL="nonsense"))


def test_an_empty_path_is_not_the_folder_one_is_in(preceptor: Run) -> None:
    assert "an empty path was given" in refused(preceptor("import", ""))


def test_a_port_that_is_taken_is_told_before_the_demo_is_built(preceptor: Run, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])

        assert "is in use" in refused(preceptor("demo", "--patients", "50", "--port", port))
    assert not (tmp_path / "demo" / "practice").exists()


def test_a_demo_of_an_older_version_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = opening.Settings(50, 1, date(2026, 11, 16))
    done: list[object] = []
    monkeypatch.setenv("PRECEPTOR_HOME", str(tmp_path))
    monkeypatch.setattr(installation, "is_of_this_version", lambda: False)
    monkeypatch.setattr(opening, "held", lambda _: wanted)
    monkeypatch.setattr(opening, "clear", done.append)
    monkeypatch.setattr(opening, "open_practice", lambda home, settings, _: done.append((home, settings)))

    said = CliRunner().invoke(app, ["demo", "--patients", "50", "--monday", "2026-11-16", "--no-serve"])

    assert "made by an older version" in said.output
    assert done == [tmp_path / "demo", (tmp_path / "demo", wanted)]
