"""`preceptor ledger verify`: 0 and an anchor, 1 and the first bad row, 2 and what is missing."""

import json
import os
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from preceptor.cli import app
from preceptor.service.ledger.chain import SYSTEM, append
from preceptor.service.ledger.guard import lift
from preceptor.service.ledger.models import Entry


def run(*words: str):
    return CliRunner().invoke(app, ["ledger", "verify", *words])


@pytest.fixture
def ledger(db) -> list[Entry]:
    return [append("note", "test:1", {"n": n}, actor=SYSTEM, practice=None) for n in range(3)]


def test_a_whole_ledger_gives_an_anchor_that_the_next_run_takes(ledger):
    first = run()
    assert first.exit_code == 0
    assert "whole: 3 entries" in first.output
    anchor = first.output.split()[-1]
    assert anchor == f"3:{ledger[-1].digest}"
    second = run("--anchor", anchor)
    assert second.exit_code == 0
    assert "row 3 vouches for" in second.output


def test_a_bad_row_is_named(ledger):
    lift()
    Entry.objects.filter(seq=2).update(body="{}")
    result = run()
    assert result.exit_code == 1
    assert "NOT whole" in result.output
    assert "The first bad row: ledger row 2: it was changed" in result.output
    assert "1 entry" in result.output


def test_json_for_programs(ledger):
    assert json.loads(run("--json").output) == {
        "whole": True, "entries": 3, "anchor": f"3:{ledger[-1].digest}", "fault": None
    }  # fmt: skip
    lift()
    Entry.objects.filter(seq=3).delete()
    result = run("--json")
    assert result.exit_code == 1
    said = json.loads(result.output)
    assert (said["whole"], said["entries"], said["anchor"]) == (False, 2, None)
    assert (said["fault"]["row"], said["fault"]["seq"]) == ("ledger row 3", 3)


@pytest.mark.parametrize("anchor", ["", "rubbish", "3:abc"])
def test_an_anchor_that_is_none_is_bad_input_never_a_check_without_it(ledger, anchor):
    result = run("--anchor", anchor)
    assert result.exit_code == 2
    assert "64 hexadecimal digits" in result.stderr


def test_an_installation_without_a_database_is_told_so_and_none_is_made(tmp_path):
    environment = {"PATH": os.environ["PATH"], "PRECEPTOR_HOME": str(tmp_path)}
    command = [sys.executable, "-c", "from preceptor.cli import app; app()", "ledger", "verify"]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    assert result.returncode == 2
    assert "there is no database at" in result.stderr
    assert not result.stdout
    assert not list(tmp_path.glob("*.sqlite3"))
