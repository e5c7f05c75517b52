"""How deprived the area is that a patient lives in: as the practice says, since no record that is read holds it.

A CSV file `patient,decile`: the patient by NHS number or by the key of the record, and the decile of their area by the
English Index of Multiple Deprivation, 1 (the most deprived tenth of areas) to 10. It is of areas, not of people.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from preceptor.service.ledger import chain
from preceptor.service.oversight.models import Deprivation
from preceptor.service.patients.models import Patient
from preceptor.service.practices.models import Practice

COLUMNS = ["patient", "decile"]
DECILES = {str(decile): decile for decile in range(1, 11)}
MOST_BYTES = 50_000_000  # a million patients, twice over


class BadTable(ValueError):
    """The file cannot be taken in; the message says where and why, in one line."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the patients that a file names. Their sum is how many it named."""

    added: int
    changed: int
    unchanged: int
    unknown: int  # no patient of this practice is called so

    @property
    def of_patients_here(self) -> int:
        return self.added + self.changed + self.unchanged


def quintile_in_words(decile: int) -> str:
    """The fifth of areas that a decile lies in: 1 is the most deprived."""
    fifth = (decile + 1) // 2
    return str(fifth) + {1: " (most deprived fifth)", 5: " (least deprived fifth)"}.get(fifth, "")


def take_deciles(practice: Practice, path: Path) -> Taken:
    """Keep the deciles of a file: all of it, or nothing where anything in it is wrong. The same again changes nothing.

    Whom a file does not name keeps what was known. Raises BadTable.
    """
    if path.stat().st_size > MOST_BYTES:
        raise BadTable(f"{path.name} is larger than {MOST_BYTES // 1_000_000} MB: it is no list of patients")
    sent = path.read_bytes()
    named = _read(path.name, sent)
    with transaction.atomic():
        # Two of these at a practice take turns.
        Practice.objects.select_for_update(no_key=True).get(pk=practice.pk)
        of_patient, unknown = _of_patients(practice, path.name, named)
        if not of_patient:
            raise BadTable(f"{path.name}: none of its {unknown:,} patients is a patient of {practice.name}")
        taken = _keep(practice, of_patient, unknown)
        if taken.added or taken.changed:
            body = {
                "file": path.name[:200], "sha256": hashlib.sha256(sent).hexdigest(), "added": taken.added,
                "changed": taken.changed, "unchanged": taken.unchanged, "unknown": taken.unknown,
            }  # fmt: skip
            subject = f"practice:{practice.ods_code}"
            chain.append("oversight.deprivation", subject, body, actor=chain.SYSTEM, practice=practice)
    return taken


def _read(name: str, sent: bytes) -> dict[str, tuple[int, int]]:
    """For each patient as the file calls them, the decile and the line."""
    try:
        rows = list(csv.reader(io.StringIO(sent.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as fault:
        raise BadTable(f"{name} is not CSV in UTF-8: {fault}") from None
    head = [column.strip().casefold() for column in rows[0]] if rows else []
    if head != COLUMNS:
        raise BadTable(f"{name}: its first line should be {','.join(COLUMNS)}")
    named: dict[str, tuple[int, int]] = {}
    for line, row in _numbered(rows):
        if len(row) != len(COLUMNS):
            raise BadTable(f"{name}, row {line}: it has {len(row)} columns, not {len(COLUMNS)}")
        patient, decile = row[0].strip(), DECILES.get(row[1].strip())
        if not patient:
            raise BadTable(f"{name}, row {line}: it names no patient")
        if decile is None:
            raise BadTable(f"{name}, row {line}: the decile {row[1][:40]!r} is not a whole number from 1 to 10")
        if patient in named and named[patient][0] != decile:
            raise BadTable(f"{name}, row {line}: it gives another decile than row {named[patient][1]}, same patient")
        named.setdefault(patient, (decile, line))
    if not named:
        raise BadTable(f"{name} names no patient")
    return named


def _numbered(rows: list[list[str]]) -> Iterator[tuple[int, list[str]]]:
    return ((line, row) for line, row in enumerate(rows[1:], start=2) if any(cell.strip() for cell in row))


def _of_patients(practice: Practice, name: str, named: Mapping[str, tuple[int, int]]) -> tuple[dict[int, int], int]:
    """The decile by the patient's primary key, and how many are no patients here."""
    by_name: dict[str, int] = {}
    for pk, key, number in Patient.objects.of(practice).values_list("pk", "key", "nhs_number").iterator():
        by_name[key] = by_name[key.removeprefix("Patient/")] = pk
        if number:
            by_name[number] = pk
    found: dict[int, int] = {}
    unknown = 0
    for called, (decile, line) in named.items():
        # NHS numbers are written in groups as well: 999 000 0018.
        pk = by_name.get(called, by_name.get(called.replace(" ", "")))
        if pk is None:
            unknown += 1
        elif found.setdefault(pk, decile) != decile:
            raise BadTable(f"{name}, row {line}: this patient has another decile under another name in the same file")
    return found, unknown


def _keep(practice: Practice, of_patient: Mapping[int, int], unknown: int) -> Taken:
    held = {row.patient_id: row for row in Deprivation.objects.of(practice)}
    now = timezone.now()
    new = [
        Deprivation(practice=practice, patient_id=pk, decile=decile, at=now)
        for pk, decile in of_patient.items()
        if pk not in held
    ]
    other = [held[pk] for pk, decile in of_patient.items() if pk in held and held[pk].decile != decile]
    for row in other:
        row.decile, row.at = of_patient[row.patient_id], now
    Deprivation.objects.bulk_create(new, batch_size=1000)
    Deprivation.objects.bulk_update(other, ["decile", "at"], batch_size=200)
    return Taken(len(new), len(other), len(of_patient) - len(new) - len(other), unknown)
