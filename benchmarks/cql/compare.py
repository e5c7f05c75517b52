"""One of our watches beside the same rule in cql-execution, in one run: `python benchmarks/cql/compare.py [PATIENTS]`.

Needs node and, once, `npm ci` in this folder: for development only, nothing of it is shipped. Both read the same FHIR
R4 (a bundle a patient, 100 results each, all synthetic) and are asked the same of it: is the last potassium 5.8 or
more, and two weeks old? Who fires is checked to be equal, and to be who was made so. The rule in CQL and as ELM, by
hand, stands beside this file: there is no translator on npm.

Three ways, by processor time and by wall time: cql-execution; our watch live, a patient at a time, as CDS Hooks runs
it; our watch swept over the same records as a lake.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from preceptor.population.engines import DuckDB
from preceptor.population.preparing import Wanted
from preceptor.population.tables import events_table, patients_table
from preceptor.record.concepts import codes_of, concept
from preceptor.record.fhir import entries, record_of
from preceptor.tools.watch import notice, watch_named
from preceptor.tools.watch.days import end_of

HERE = Path(__file__).parent
TODAY = date(2026, 10, 31)
RESULTS = 100
WATCH = watch_named("potassium_high_not_repeated")
_OTHERS = (("egfr", 62), ("creatinine", 88), ("sodium", 139), ("haemoglobin", 132), ("platelets", 250),
           ("alt", 24), ("hba1c", 44), ("cholesterol_total", 4.8), ("tsh", 2.1))  # fmt: skip


def bundle(number: int) -> dict[str, Any]:
    """A patient with 100 results, ten of them of potassium. Every tenth fires; of every tenth the last is too new."""
    now = datetime(TODAY.year, TODAY.month, TODAY.day, 9, tzinfo=UTC)
    subject = {"reference": f"Patient/p{number}"}
    resources: list[dict[str, Any]] = [
        {"resourceType": "Patient", "id": f"p{number}", "gender": "female", "birthDate": "1950-03-02"}
    ]
    for place in range(RESULTS):
        slug, value = ("potassium", 4.4) if place % 10 == 0 else _OTHERS[place % 10 - 1]
        days = 5 * place + number % 5 + (3 if number % 10 == 1 else 20)
        if place == 0 and number % 10 < 2:
            value = 6.1
        coding = _LOINC if slug == "potassium" else _coding(slug)
        resources.append({
            "resourceType": "Observation", "id": f"p{number}-{place}", "status": "final", "subject": subject,
            "code": {"coding": [coding]}, "effectiveDateTime": (now - timedelta(days=days)).isoformat(),
            "valueQuantity": {"value": value, "unit": concept(slug).unit, "code": concept(slug).unit,
                              "system": "http://unitsofmeasure.org"},
        })  # fmt: skip
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": each} for each in resources]}


_LOINC = {"system": "http://loinc.org", "code": "2823-3", "display": "Potassium"}


def _coding(slug: str) -> dict[str, str]:
    code = codes_of(slug)[0]
    return {"system": code.system, "code": code.code, "display": code.display}


def taken(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """What it gives, and its seconds of processor and of wall time."""
    wall, processor = time.perf_counter(), time.process_time()
    found = work()
    return found, time.process_time() - processor, time.perf_counter() - wall


def main(patients: int) -> None:
    with tempfile.TemporaryDirectory(prefix="preceptor-benchmark-") as folder:
        file = Path(folder) / "bundles.ndjson"
        file.write_text("\n".join(json.dumps(bundle(number)) for number in range(patients)))
        as_of = end_of(TODAY)
        asked = ["node", "peer.js", str(file), as_of.isoformat(timespec="milliseconds")]
        theirs = json.loads(subprocess.run(asked, cwd=HERE, check=True, capture_output=True).stdout)  # noqa: S603
        lines = file.read_bytes().split(b"\n")

    def read() -> list[Any]:
        return [record_of(entries("", 1, orjson.loads(line)), "", as_of)[0] for line in lines]

    def live() -> list[str]:
        return sorted(found.patient for record in records for found in notice([WATCH], record, as_of))

    def swept() -> list[str]:
        engine.prepare_tables(events, people, Wanted.by([WATCH]), as_of)
        return sorted(row["patient"] for row in engine.fired(WATCH, as_of))

    records = read()
    live()
    records, reading, reading_wall = taken(read)
    found, ours, ours_wall = taken(live)
    events, people = events_table(records), patients_table(record.patient for record in records)
    engine = DuckDB()
    swept()
    found_by_sweep, sweeping, sweeping_wall = taken(swept)
    made = sorted(f"Patient/p{number}" for number in range(patients) if number % 10 == 0)
    if not [f"Patient/{name}" for name in theirs["found"]] == found == found_by_sweep == made:
        sys.exit("they do not find the same patients")
    node = subprocess.run(["node", "--version"], check=True, capture_output=True, text=True).stdout.strip()  # noqa: S607
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}, node {node}; "
          f"{patients:,} patients with {RESULTS} results, {len(made):,} found by each\n")  # fmt: skip
    print("| what | processor a patient | times ours | wall time of all |\n|---|---|---|---|")
    rule, both = theirs["rule"], theirs["rule"] + theirs["parse"]
    for what, processor, beside, wall in (
        ("cql-execution: bundle to answer", both, reading + ours, theirs["wall"]),
        ("ours, live: bundle to answer", reading + ours, reading + ours, reading_wall + ours_wall),
        ("cql-execution: the rule, on parsed JSON", rule, ours, None),
        ("ours, live: the rule, on a record", ours, ours, ours_wall),
        ("ours, swept: the rule, on a lake", sweeping, ours, sweeping_wall),
    ):
        told = "" if wall is None else f"{wall:.2f} s"
        print(f"| {what} | {1e6 * processor / patients:,.0f} µs | {processor / beside:.2f} | {told} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
