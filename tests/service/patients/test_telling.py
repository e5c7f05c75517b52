"""`preceptor import`: its exit codes, its lines and its table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from preceptor.cli import app
from preceptor.service.patients.models import Event
from record.fhir.samples import a_blood_pressure, a_bundle, a_patient, written
from service.factories import a_practice

pytestmark = pytest.mark.django_db


def run(*arguments: Any) -> Result:
    return CliRunner().invoke(app, ["import", *map(str, arguments)])


def test_an_import_without_fault_ends_with_a_table_and_exit_0(tmp_path: Path) -> None:
    a_practice()
    bundle = a_bundle(a_patient(), a_blood_pressure(), {"resourceType": "Claim", "id": "c1"})
    result = run(written(tmp_path / "a.json", bundle))
    assert (result.exit_code, result.stderr) == (0, "")
    assert [line.split()[:3] for line in result.stdout.splitlines() if line][:5] == [
        ["read", "added", "replaced"],
        ["Claim", "1", "-"],
        ["Observation", "1", "1"],
        ["Patient", "1", "1"],
        ["all", "3", "2"],
    ]
    assert "Not kept, having no place in a record here: Claim." in result.stdout
    assert Event.objects.count() == 2


def test_a_fault_is_one_line_on_standard_error_and_exit_1(tmp_path: Path) -> None:
    a_practice()
    bundle = a_bundle(a_patient(), {"resourceType": "Patience"}, a_blood_pressure() | {"effectiveDateTime": "2999"})
    path = written(tmp_path / "a.json", bundle)
    result = run(path, "--json")
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        f"{path}, entry 2: 'Patience' is not a FHIR R4 resource type",
        f"{path}, entry 3 (Observation/r1): effectiveDateTime '2999' cannot be right",
    ]
    told = json.loads(result.stdout)
    assert told["total"] | {"read": 3, "added": 2, "reported": 1, "flagged": 1} == told["total"]
    assert told["types"]["Observation"]["flagged"] == 1


def test_no_such_path_and_no_such_practice_are_bad_input(tmp_path: Path) -> None:
    path = written(tmp_path / "a.json", a_bundle(a_patient()))
    for arguments, words in (
        ((tmp_path / "gone.json",), f"there is no {tmp_path / 'gone.json'}"),
        ((path,), "there is no practice yet: run `preceptor setup` first"),
    ):
        result = run(*arguments)
        assert (result.exit_code, result.stderr) == (2, f"preceptor: {words}\n")
    one, other = a_practice(), a_practice()
    result = run(path)
    assert result.exit_code == 2
    assert f"choose one with --practice ({one.ods_code}, {other.ods_code})" in result.stderr
    assert run(path, "--practice", "X1").exit_code == 2
    assert run(path, "--practice", other.ods_code).exit_code == 0
