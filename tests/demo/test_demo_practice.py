"""The demo practice: what it writes, that it is the same every time, and that nobody in it could be real."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections import Counter
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.demo_files import MONDAY, Made, built, read_back
from preceptor.demo import SMALLEST, build
from preceptor.demo.people import nhs_numbers
from preceptor.record.check_digits import nhs_number_check_digit


@pytest.fixture(scope="module")
def made() -> Made:
    return built()


def digest(folder: Path) -> str:
    """One digest over the names and bytes of all files."""
    sum_ = hashlib.sha256()
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        sum_.update(file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes())
    return sum_.hexdigest()


def test_a_practice_is_written_with_its_inbox_and_what_was_planted_in_it(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    practice = build(tmp_path, patients=60, seed=3, monday=MONDAY, progress=lambda done, of: seen.append((done, of)))

    assert (practice.name, practice.ods_code, practice.patients) == ("Synthetic Demo Surgery", "Z99999", 60)
    assert seen[-1] == (60, 60)
    assert {file.name for file in tmp_path.iterdir()} == {"fhir", "requests.jsonl", "truth.json"}
    assert len((tmp_path / "fhir" / "Patient.ndjson").read_bytes().splitlines()) == 60
    assert len(practice.requests) == 12
    moments = [request.received for request in practice.requests]
    assert moments == sorted(moments)
    assert {moment.date() for moment in moments} == {MONDAY}


def test_the_same_arguments_make_the_same_bytes(tmp_path: Path) -> None:
    for name in ("first", "second"):
        build(tmp_path / name, patients=70, seed=9, monday=MONDAY)
    build(tmp_path / "other", patients=70, seed=10, monday=MONDAY)
    assert digest(tmp_path / "first") == digest(tmp_path / "second") != digest(tmp_path / "other")


def test_the_hash_seed_and_the_locale_of_a_machine_change_nothing(tmp_path: Path) -> None:
    words = (
        "import sys; from datetime import date; from pathlib import Path; from preceptor.demo import build;"
        "build(Path(sys.argv[1]), patients=60, seed=4, monday=date(2026, 11, 16))"
    )
    digests = set()
    for hash_seed, language in (("0", "C"), ("1", "tr_TR.UTF-8")):
        folder = tmp_path / hash_seed
        environment = {"PYTHONHASHSEED": hash_seed, "LANG": language, "TZ": "Pacific/Auckland"}
        subprocess.run([sys.executable, "-c", words, str(folder)], check=True, env=environment)  # noqa: S603
        digests.add(digest(folder))
    assert len(digests) == 1


def test_building_again_in_the_same_folder_leaves_nothing_of_the_first(tmp_path: Path) -> None:
    build(tmp_path / "again", patients=80, seed=1, monday=MONDAY)
    build(tmp_path / "again", patients=60, seed=2, monday=MONDAY)
    build(tmp_path / "fresh", patients=60, seed=2, monday=MONDAY)
    assert digest(tmp_path / "again") == digest(tmp_path / "fresh")


def test_everything_is_labelled_synthetic(made: Made) -> None:
    for reference, resource in made.resources.items():
        assert [label["code"] for label in resource["meta"]["security"]] == ["HTEST"], reference
        if resource["resourceType"] == "Patient":
            assert [tag["code"] for tag in resource["meta"]["tag"]] == ["synthetic"]
    assert made.truth["synthetic"] is True
    assert all(line["synthetic"] is True for line in made.lines)


def test_nobody_could_be_reached_or_taken_for_real(made: Made) -> None:
    patients = [each for each in made.resources.values() if each["resourceType"] == "Patient"]
    numbers = [patient["identifier"][0]["value"] for patient in patients]
    assert len(set(numbers)) == len(numbers) == 320
    for patient, number in zip(patients, numbers, strict=True):
        assert number.startswith("999")
        assert len(number) == 10
        assert str(nhs_number_check_digit(number[:9])) == number[9]
        assert patient["telecom"][0]["value"].startswith("07700 900")  # kept for drama by Ofcom
        assert patient["address"][0]["postalCode"].startswith("ZZ99")


@given(seed=st.integers(0, 10**6))
def test_nhs_numbers_never_repeat(seed: int) -> None:
    numbers = nhs_numbers(seed)
    assert len({next(numbers) for _ in range(500)}) == 500


@pytest.mark.parametrize("day", [date(2026, 11, 15), date(2026, 11, 17)])
def test_another_day_than_a_monday_is_refused(tmp_path: Path, day: date) -> None:
    with pytest.raises(ValueError, match="is not a Monday"):
        build(tmp_path, monday=day)


def test_a_list_too_small_for_the_stories_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least 50 patients"):
        build(tmp_path, patients=SMALLEST - 1, monday=MONDAY)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_smallest_list_holds_one_of_each_story(tmp_path: Path, seed: int) -> None:
    made = read_back(build(tmp_path, patients=SMALLEST, seed=seed, monday=MONDAY))
    shown = {each["kind"] for each in made.truth["situations"] if each["shown"]}
    assert shown == set(made.truth["kinds"])
    stories = Counter(
        (each["depends_on"], each["counterfeit"]) for each in made.truth["requests"] if each["depends_on"]
    )
    assert set(stories) == {(story, real) for story in ("booked", "plan", "long_standing") for real in (True, False)}


def test_only_appointments_lie_in_the_future_and_nothing_before_birth(made: Made) -> None:
    for patient, resources in made.by_patient.items():
        born = date.fromisoformat(made.resources[f"Patient/{patient}"]["birthDate"])
        for resource in resources:
            for name in ("effectiveDateTime", "authoredOn", "onsetDateTime", "performedDateTime", "date", "sent"):
                if name in resource:
                    day = datetime.fromisoformat(resource[name].replace("Z", "+00:00")).date()
                    assert born <= day < MONDAY, resource
            if resource["resourceType"] == "Appointment" and resource["status"] == "booked":
                assert datetime.fromisoformat(resource["start"]).date() > MONDAY


def test_a_handful_of_patients_are_for_showing(made: Made) -> None:
    first = made.truth["showcase"][0]["patient"]
    kinds = Counter(resource["resourceType"] for resource in made.by_patient[first])
    assert 54 <= (MONDAY - date.fromisoformat(made.resources[f"Patient/{first}"]["birthDate"])).days / 365.25 < 55
    assert kinds["Observation"] > 150
    assert kinds["Condition"] >= 3
    assert kinds["CarePlan"] >= 1
