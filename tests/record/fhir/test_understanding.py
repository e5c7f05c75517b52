"""Files read by several processes say what they say when one reads them: the same, in the same order."""

import json
import os
from datetime import UTC, datetime

import pytest

from preceptor.processes import Processes
from preceptor.record.fhir import Kept, NotKept, Problem, interpret, medication_keys
from preceptor.record.fhir import understanding as reader
from preceptor.record.fhir.understanding import understand
from record.fhir.test_usual import POTASSIUM

NOW = datetime(2026, 11, 1, tzinfo=UTC)
LINES = 1500


def line(number):
    """Of every sort that a file may hold, most of them plain."""
    match number % 50:
        case 7:
            return b'{"resourceType": "Observation", "id": '
        case 13:
            return json.dumps({"resourceType": "Claim", "id": str(number)}).encode()
        case 17:
            return b""
        case 19:
            return b'{"resourceType": "Observation", "id": "\xff"}'
        case 23:
            inner = [{"resource": _potassium(f"{number}-{place}")} for place in range(3)] + [{"request": {}}]
            return json.dumps({"resourceType": "Bundle", "entry": inner}).encode()
        case 29:
            return json.dumps({"resourceType": "Medication", "id": str(number), "code": {"text": "Ramipril"}}).encode()
        case 31:
            order = {"resourceType": "MedicationRequest", "id": str(number), "subject": {"reference": "Patient/7"}}
            return json.dumps(order | {"medicationReference": {"reference": f"Medication/{number - 2}"}}).encode()
        case 37:
            return json.dumps(_potassium(str(number)) | {"status": "cancelled"}).encode()
        case 41:
            return b"[1, 2]"
        case _:
            return json.dumps(_potassium(str(number))).encode()


def _potassium(name):
    quantity = POTASSIUM["valueQuantity"] | {"value": 4.4}
    return POTASSIUM | {"id": name, "valueQuantity": quantity}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fhir")
    (folder / "a.ndjson").write_bytes(b"\n".join(map(line, range(LINES))))
    (folder / "b.json").write_text(json.dumps(_potassium("b")))
    (folder / "c.ndjson").write_bytes(b"\n".join(map(line, range(LINES, LINES + 450))))
    (folder / "empty.ndjson").write_bytes(b"")
    return sorted(folder.iterdir())


def told(files, processes, on_item=lambda _place: None):
    """All that is said of these files, as a consumer that remembers the medications is told it."""
    found, medications = [], {}
    for place, item in enumerate(understand(files, NOW, medications.get, processes=processes)):
        on_item(place)
        if isinstance(item, Problem):
            found.append(str(item))
            continue
        entry, outcome = item
        if isinstance(outcome, NotKept) and outcome.kind == "Medication":
            medications |= medication_keys(entry)
        assert interpret(entry.resource, entry.full_url, now=NOW, medication=medications.get) == outcome
        found.append((entry.file, entry.place, outcome))
    return found


@pytest.fixture(scope="module")
def alone(files):
    return told(files, 0)


def test_two_processes_say_what_one_says(files, alone):
    assert told(files, 2) == alone
    assert sum(isinstance(item, str) for item in alone) > LINES / 50
    kept = [outcome for item in alone if not isinstance(item, str) for outcome in item[2:] if isinstance(outcome, Kept)]
    assert any(each.events[0].text == "Ramipril" for each in kept)


def test_what_killed_processes_were_to_read_is_read_all_the_same(files, alone, monkeypatch):
    begun = []

    class Watched(Processes):
        def __enter__(self):
            begun.append(self)
            return super().__enter__()

    def kill(place):
        if place == 500:
            for process in list(begun[0]._pool._processes.values()):
                os.kill(process.pid, 9)

    monkeypatch.setattr(reader, "Processes", Watched)
    assert told(files, 1, kill) == alone


def test_little_is_read_by_one(files):
    assert reader._worth(files) == 0
