"""A synthetic lake of any size: `preceptor demo --lake`."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from preceptor.cli import app
from preceptor.demo.lake import TODAY, CannotMakeLake, make_lake
from preceptor.population.sources.lake import lake_in
from preceptor.population.sweep import sweep
from preceptor.tools.watch import PACKS


def silent(*_: object) -> None:
    """Nobody watches."""


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lakes") / "lake"
    make_lake(folder, 3000, 1, silent)
    return folder


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*.*")
    }


def test_a_lake_can_be_swept_and_watches_fire_in_it(lake: Path, tmp_path: Path) -> None:
    swept = sweep(str(lake), tmp_path / "findings.parquet", PACKS["diabetes"], today=TODAY)
    said = json.loads((lake / "lake.json").read_text())
    assert (swept.patients, swept.events) == (said["patients"], said["events"]) == lake_in(lake).size()
    assert said["synthetic"] is True
    assert len(set(pq.read_table(tmp_path / "findings.parquet")["watch"].to_pylist())) >= 4
    assert 0 < swept.findings < swept.patients


def test_one_seed_makes_the_same_bytes(lake: Path, tmp_path: Path) -> None:
    make_lake(tmp_path / "again", 3000, 1, silent)
    make_lake(tmp_path / "another", 3000, 2, silent)
    assert digests(tmp_path / "again") == digests(lake)
    assert digests(tmp_path / "another") != digests(lake)


def test_it_looks_like_a_practice(lake: Path) -> None:
    def one(query: str) -> float:
        tables = {"events": f"'{lake}/events/*.parquet'", "patients": f"'{lake}/patients/*.parquet'", "today": TODAY}
        with duckdb.connect() as connection:
            [row] = connection.execute(query.format(**tables)).fetchall()
        return float(row[0])

    assert 80 < one("SELECT count(*) / 3000 FROM {events}") < 120
    assert 0.47 < one("SELECT avg((sex = 'female')::INT) FROM {patients}") < 0.55
    assert 0.11 < one("SELECT count(*) / 3000 FROM {events} WHERE concept = 'hypertension'") < 0.19
    low = "SELECT count(DISTINCT patient) / 3000 FROM {events} WHERE concept = 'egfr' AND value < 60"
    assert 0.03 < one(low) < 0.2
    assert one("SELECT count(*) - count(DISTINCT (patient, id)) FROM {events}") == 0
    assert one("SELECT count(*) FROM {events} WHERE \"when\" > TIMESTAMPTZ '{today} 12:00:00Z'") == 0
    born = 'SELECT count(*) FROM {events} JOIN {patients} USING (patient) WHERE CAST("when" AS DATE) < born'
    assert one(born) == 0
    died = 'SELECT count(*) FROM {events} JOIN {patients} USING (patient) WHERE CAST("when" AS DATE) > died'
    assert one(died) == 0


def test_nothing_is_written_where_something_is(tmp_path: Path) -> None:
    (tmp_path / "held").write_text("x")
    for folder in (tmp_path, tmp_path / "held", tmp_path / "none" / "lake"):
        with pytest.raises(CannotMakeLake):
            make_lake(folder, 10, 1, silent)
    assert [path.name for path in tmp_path.iterdir()] == ["held"]


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (["--lake", "lake", "--patients", "0"], "a lake has 1 to"),
        (["--lake", "lake", "--seed", "-1"], "the seed of a lake"),
        (["--lake", "none/lake"], "there is no folder none"),
        (["--lake", "."], "not an empty folder"),
        (["--patients", "49"], "a demo practice has 50 to 20,000"),
        (["--patients", "20001"], "a demo practice has 50 to 20,000"),
    ],
)
def test_bad_input_is_one_line_and_status_2(
    asked: list[str], why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "something").touch()
    done = CliRunner().invoke(app, ["demo", *asked])
    assert done.exit_code == 2
    assert why in done.stderr
    assert done.stderr.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["something"]


def test_the_command_says_what_it_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["demo", "--lake", "lake", "--patients", "20"])
    assert done.exit_code == 0, done.output
    assert "20 synthetic patients" in done.output
    assert lake_in(Path("lake")).size()[0] == 20
