"""One practice of 320, built once for all the tests of this room, and its files read back."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson

from preceptor.advice import Code
from preceptor.demo import Practice, build
from preceptor.record.concepts import concept_of

MONDAY = date(2026, 11, 16)


@dataclass(frozen=True)
class Made:
    """A practice as its files tell it."""

    practice: Practice
    truth: dict[str, Any]
    lines: list[dict[str, Any]]  # of requests.jsonl
    resources: dict[str, dict[str, Any]]  # by reference
    by_patient: dict[str, list[dict[str, Any]]]

    def situations(self, kind: str, shown: bool = True) -> list[dict[str, Any]]:
        return [each for each in self.truth["situations"] if each["kind"] == kind and each["shown"] is shown]


def read_back(practice: Practice) -> Made:
    resources = {}
    by_patient = defaultdict(list)
    for file in sorted((practice.folder / "fhir").glob("*.ndjson")):
        for line in file.read_bytes().splitlines():
            resource = orjson.loads(line)
            resources[f"{resource['resourceType']}/{resource['id']}"] = resource
            by_patient[patient_of(resource)].append(resource)
    lines = [orjson.loads(line) for line in (practice.folder / "requests.jsonl").read_bytes().splitlines()]
    truth = orjson.loads((practice.folder / "truth.json").read_bytes())
    return Made(practice, truth, lines, resources, dict(by_patient))


def patient_of(resource: dict[str, Any]) -> str:
    if resource["resourceType"] == "Patient":
        return str(resource["id"])
    if resource["resourceType"] == "Appointment":
        subject = resource["participant"][0]["actor"]
    else:
        subject = resource.get("subject") or resource["patient"]
    return str(subject["reference"]).removeprefix("Patient/")


def concept_in(codeable: dict[str, Any]) -> str | None:
    """The slug of what a CodeableConcept is coded as."""
    found = concept_of(Code(each["system"], each["code"]) for each in codeable.get("coding", ()))
    return found.slug if found else None


@cache
def built() -> Made:
    """What the fixture `made` of each test module gives. (A conftest here would hide the one that all tests share.)"""
    with TemporaryDirectory() as folder:
        return read_back(build(Path(folder), patients=320, seed=1, monday=MONDAY))
