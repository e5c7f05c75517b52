"""The demo practice's own requests against its truth file, with the records and without: what does the record add?

    python benchmarks/evaluation/demo.py [PATIENTS]

Synthetic throughout. The tool's rules have been tuned on these very texts, so this measures no more than that they
still do what they were tuned to do.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

from tables import Line, main_figures, measured, sha256, whole, written

from preceptor.demo import build

MONDAY = date(2026, 11, 2)


def main(patients: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build(folder, patients=patients, seed=1, monday=MONDAY)
        truth = json.loads((folder / "truth.json").read_text())
        requests = [json.loads(line) for line in (folder / "requests.jsonl").read_text().splitlines()]
        expected = {each["id"]: each for each in truth["requests"]}
        print(f"{patients:,} patients, seed 1, {MONDAY}; truth.json sha256 `{sha256(folder / 'truth.json')}`\n")
        records = records_of(folder, {request["patient"] for request in requests})
        lines = [line_of(request, expected[request["id"]]) for request in requests]
        with_record = [line | {"record": str(records[str(line["patient"])])} for line in lines]
        from_words = [
            line | _right(expected[str(line["id"])]["from_words_alone"], expected[str(line["id"])]["urgency"])
            for line in lines
        ]
        print("### With the records\n")
        print("\n".join(whole(measured(written(with_record, folder / "with.jsonl")))))
        print("\n### Without the records, judged by what is right with them\n")
        print("\n".join(main_figures(measured(written(lines, folder / "without.jsonl")))))
        print("\n### Without the records, judged by what is right from the words alone\n")
        print("\n".join(main_figures(measured(written(from_words, folder / "words.jsonl")))))


def line_of(request: Line, right: Line) -> dict[str, Any]:
    asked = {key: request[key] for key in ("id", "text", "age", "sex", "written_by_other", "patient")}
    groups = {"kind": right["kind"], "depends_on": right["depends_on"] or "nothing"}
    if right["depends_on"]:
        groups["counterfeit"] = "yes" if right["counterfeit"] else "no"
    return asked | groups | {"as_of": request["received"]} | _right(right["acceptable"], right["urgency"])


def _right(acceptable: list[str], best: str) -> dict[str, Any]:
    """The best answer stays where it is among the acceptable; else it is the first of them."""
    return {"urgency": best if best in acceptable else acceptable[0], "acceptable": acceptable}


def records_of(folder: Path, wanted: set[str]) -> dict[str, Path]:
    """One bundle for each of these patients, out of the practice's NDJSON."""
    entries: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for file in sorted((folder / "fhir").glob("*.ndjson")):
        with file.open(encoding="utf-8") as lines:
            for line in lines:
                resource = json.loads(line)
                for patient in _patients_of(resource) & wanted:
                    entries[patient].append({"resource": resource})
    held = {}
    for patient, found in entries.items():
        held[patient] = folder / f"{patient}.json"
        held[patient].write_text(json.dumps({"resourceType": "Bundle", "type": "collection", "entry": found}))
    return held


def _patients_of(resource: dict[str, Any]) -> set[str]:
    if resource["resourceType"] == "Patient":
        return {resource["id"]}
    named = [resource.get("subject"), resource.get("patient")]
    named += [each.get("actor") for each in resource.get("participant", ()) if isinstance(each, dict)]
    references = [each["reference"] for each in named if isinstance(each, dict) and "reference" in each]
    return {reference.rpartition("/")[2] for reference in references if "Patient/" in reference}


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
