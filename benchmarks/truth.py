"""What the watches find of what is known to be there: `python benchmarks/truth.py [--patients N] [--seed S] [SYNTHEA]`.

Builds a synthetic practice with planted situations and counterfeits (what looks like one and is none), sweeps its FHIR
with every watch, and prints a table: of each kind how many of those planted were found, how many counterfeits, and who
else. Where the truth file says that its list is complete, anybody else is a false finding; elsewhere the same thing
also comes about by chance, and is counted apart. SYNTHEA is a folder of Synthea's R4 bundles: there two watches are
held against a count of one's own of low eGFRs without a code.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

from preceptor.demo import build
from preceptor.population.sweep import sweep
from preceptor.record.fhir import record_from
from preceptor.supervision.figures import wilson
from preceptor.tools.watch import all_watches, watch_named

MONDAY = date(2026, 11, 16)
KIDNEYS = ("ckd_uncoded", "ckd_possibly_uncoded")


def found_in(source: Path, scratch: Path, names: tuple[str, ...], day: date) -> dict[str, set[str]]:
    """Whom each watch finds, by a sweep."""
    out = scratch / "findings.jsonl"
    sweep(str(source), out, [watch_named(name) for name in names], as_of=day, today=day)
    found: dict[str, set[str]] = defaultdict(set)
    for line in out.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        found[row["watch"]].add(row["patient"].removeprefix("Patient/"))
    return found


def of(count: int, n: int) -> str:
    """ "3 of 4 (30 to 95%)", with the Wilson interval."""
    if not n:
        return "none"
    interval = wilson(count, n)
    return f"{count} of {n} ({100 * interval.low:.0f} to {100 * interval.high:.0f}%)"


def practice(patients: int, seed: int, scratch: Path) -> None:
    build(scratch / "practice", patients=patients, seed=seed, monday=MONDAY)
    truth = json.loads((scratch / "practice" / "truth.json").read_text())
    found = found_in(scratch / "practice" / "fhir", scratch, tuple(watch.id for watch in all_watches()), MONDAY)
    print(f"{patients:,} synthetic patients, seed {seed}, as of {MONDAY}\n")
    print("| watch | planted and found (95%) | counterfeits found | others found | the list is complete |")
    print("|---|---|---|---|---|")
    total = [0, 0, 0, 0, 0]
    for kind, told in sorted(truth["kinds"].items()):
        shown, counterfeit = (_planted(truth, kind, shown) for shown in (True, False))
        others = found[kind] - shown - counterfeit
        print(
            f"| {kind} | {of(len(shown & found[kind]), len(shown))} | "
            f"{len(counterfeit & found[kind])} of {len(counterfeit)} | {len(others)} | "
            f"{'yes' if told['complete'] else 'no'} |"
        )
        false = others if told["complete"] else set()
        for place, each in enumerate((shown & found[kind], shown, counterfeit & found[kind], counterfeit, false)):
            total[place] += len(each)
    print(
        f"\nAll together: {of(total[0], total[1])} planted situations found; "
        f"{of(total[2], total[3])} counterfeits found; {total[4]} false findings where the list is complete."
    )


def _planted(truth: dict[str, Any], kind: str, shown: bool) -> set[str]:
    rows = (each for each in truth["situations"] if each["kind"] == kind and each["shown"] is shown)
    return {each["patient"].removeprefix("Patient/") for each in rows}


def kidneys(folder: Path, scratch: Path) -> None:
    """Persistent eGFR below 60 (the first and last low ones 90 days apart or more) and no code, counted apart."""
    day = date(2026, 11, 1)
    by_watch = found_in(folder, scratch, KIDNEYS, day)
    expected, records = set(), 0
    for file in sorted(folder.glob("*.json")):
        record, records = record_from(file)[0], records + 1
        low = [each.when for each in record.about("egfr") if each.value is not None and each.value < 60 and each.when]
        coded = any((event.concept or "").startswith("ckd") for event in record.events)
        if not coded and low and (low[-1] - low[0]).days >= 90:
            expected.add(record.patient.id.removeprefix("Patient/"))
    found = set().union(*by_watch.values())
    by_name = ", ".join(f"{name} {len(by_watch[name])}" for name in KIDNEYS)
    print(
        f"\nOf {records} public records of Synthea {len(expected)} have it: "
        f"found {of(len(found & expected), len(expected))}, others {len(found - expected)} ({by_name})."
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("synthea", type=Path, nargs="?")
    parser.add_argument("--patients", type=int, default=400)
    parser.add_argument("--seed", type=int, default=11)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="preceptor-benchmark-") as made:
        practice(asked.patients, asked.seed, Path(made))
        if asked.synthea:
            kidneys(asked.synthea, Path(made))
