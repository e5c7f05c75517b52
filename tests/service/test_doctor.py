"""The doctor says what is wrong in words that a practice manager understands."""

from __future__ import annotations

import json
import os
from itertools import count
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from jwt.algorithms import ECAlgorithm
from pytest_django import Settings

from preceptor.service import doctor
from preceptor.service.ledger.guard import lift
from preceptor.service.ledger.models import Head
from service.factories import a_practice, a_user

pytestmark = pytest.mark.django_db


def found() -> dict[str, doctor.Check]:
    return {check.name: check for check in doctor.examine()}


def test_a_practice_in_order_has_nothing_to_mend(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    a_user(a_practice(name="Synthetic Surgery"))
    assert [check.mend for check in doctor.examine()] == [""] * 13
    assert found()["Practice"].found == "Synthetic Surgery (synthetic); 1 person may sign in"


def test_a_database_without_a_practice_names_the_command_that_starts_one() -> None:
    assert found()["Practice"].mend == "Run: preceptor setup"


def test_a_practice_that_nobody_can_enter_is_not_in_order() -> None:
    a_practice(name="Synthetic Surgery")
    assert found()["Practice"].found.endswith("0 people may sign in")
    assert found()["Practice"].mend


def test_what_is_kept_in_tables_that_are_not_there_alarms_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "tables_are_ready", lambda: False)
    checks = found()
    assert checks["Tables"].mend == "Run: preceptor setup"
    assert {checks[name].found for name in ("Practice", "Advice", "Ledger")} == {
        "not checked: it is kept in the tables"
    }


def test_a_broken_ledger_is_for_the_safety_officer() -> None:
    lift()
    Head.objects.update(seq=5)
    assert "safety officer" in found()["Ledger"].mend


def test_a_full_disk_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "LEAST_FREE", 10**18)
    assert "Free some space" in found()["Disk"].mend


def test_a_folder_open_to_others_is_named(tmp_path: Path, settings: Settings) -> None:
    tmp_path.chmod(0o755)
    settings.HOME = tmp_path
    assert found()["Folder"].mend == f"Run: chmod 700 {tmp_path}"


def test_a_secret_that_others_may_read_or_guess_is_named(tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "secret_key").write_text("x" * 80)
    (tmp_path / "secret_key").chmod(0o644)
    settings.HOME = tmp_path
    assert found()["Files"].mend == f"Run: chmod 600 {tmp_path / 'secret_key'}"
    (tmp_path / "secret_key").chmod(0o600)
    settings.SECRET_KEY = "short"
    assert "PRECEPTOR_SECRET_KEY" in found()["Files"].mend


def test_a_name_beyond_this_machine_needs_https(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["surgery.example"]
    assert "HTTPS" in found()["Reach"].mend


def test_a_check_that_breaks_is_a_fault_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> doctor.Check:
        raise RuntimeError("the disk is on fire")

    monkeypatch.setattr(doctor, "_CHECKS", (("Disk", broken), ("Program", doctor._version)))
    disk, program = doctor.examine()
    assert "the disk is on fire" in disk.found
    assert not disk.well
    assert program.well


def test_tools_that_do_not_load_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parent / "requests" / "faulty_tools"))
    assert "absent" in found()["Tools"].found
    assert not found()["Tools"].well
    assert settings.DEBUG is False


def test_the_settings_of_cds_hooks_are_read_and_what_is_wrong_is_named(tmp_path: Path, settings: Settings) -> None:
    path = settings.CDS_HOOKS = tmp_path / "hooks.json"
    assert found()["Hooks"].well
    assert found()["Hooks"].found.startswith("off")

    def told_of(told: object) -> doctor.Check:
        path.write_text(json.dumps(told))
        clock = next(stamps)
        os.utime(path, (clock, clock))
        path.chmod(0o600)
        return found()["Hooks"]

    stamps = count(1_700_000_000)
    key = ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP384R1()).public_key(), as_dict=True) | {"kid": "k"}
    client = {"issuer": "https://ehr.example", "jwks": {"keys": [key]}}
    well = told_of({"clients": [client], "origins": ["https://ehr.example"]})
    assert (well.well, well.found) == (
        True, "https://ehr.example may call, with 1 valid key; from https://ehr.example",
    )  # fmt: skip
    for wrong, why in (
        ({"clients": [client | {"jwks": {"keys": [key | {"x": "AA"}]}}]}, "the key k of https://ehr.example"),
        ({"clients": [client], "origins": ["ehr.example/"]}, "an origin is written like"),
        ({"clients": [client | {"practice": "A99999"}]}, "A99999, which is no practice here"),
        ({"clients": [client], "unauthenticated": True}, "without a token"),
        ([], "not a JSON object"),
    ):
        check = told_of(wrong)
        assert why in check.found
        assert check.mend
    a_practice(ods_code="A99999")
    assert told_of({"clients": [client | {"practice": "A99999"}]}).well
    path.chmod(0o666)
    assert found()["Hooks"].mend == f"Run: chmod go-w {path}"
