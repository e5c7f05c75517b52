"""1,267 real visits to an emergency department, with three experts' level and the nurses' own (PLoS ONE 0216972).

    python benchmarks/evaluation/ktas.py KTAS.csv [reported|open]

The tool is told the complaint, age and sex, and nothing else. The rows are halved by a digest of the complaint's words,
so that a complaint is in one half only: `open` is for whoever improves a tool, `reported` is for the figures, and
nobody looks at it. The experts' levels 1 and 2 are what is judged: same-day or sooner is acceptable. Levels 3 to 5 are
an emergency department's, not a practice's; what is advised for them is shown, and not judged.
"""

from __future__ import annotations

import csv
import hashlib
import sys
import tempfile
from pathlib import Path
from typing import Any

from tables import Line, advised_by_level, main_figures, measured, said_of, written

from preceptor.evaluation.telling import of, percent
from preceptor.supervision.figures import share

SEXES = {"1": "female", "2": "male"}
URGENT = ("1", "2")


def half(complaint: str) -> str:
    """By the first byte of the sha256 of the complaint (lower case, single spaces): reported where it is odd."""
    plain = " ".join(complaint.casefold().split())
    return "reported" if hashlib.sha256(plain.encode()).digest()[0] % 2 else "open"


def rows(data: Path, wanted: str) -> list[dict[str, Any]]:
    with data.open(encoding="latin-1", newline="") as lines:
        everybody = list(csv.DictReader(lines, delimiter=";"))
    return [row | {"id": f"k{at}"} for at, row in enumerate(everybody, 1) if half(row["Chief_complain"]) == wanted]


def asked(row: dict[str, Any]) -> Line:
    """The line for the tool: complaint, age and sex only."""
    return {"id": row["id"], "text": row["Chief_complain"], "age": float(row["Age"]), "sex": SEXES[row["Sex"]]}


def main(data: Path, wanted: str) -> None:
    held = rows(data, wanted)
    complaints = {" ".join(row["Chief_complain"].casefold().split()) for row in held}
    print(said_of(data))
    print(f"The {wanted} half: {len(held)} rows, {len(complaints)} different complaints.\n")
    urgent = [row for row in held if row["KTAS_expert"] in URGENT]
    right = {"urgency": "emergency", "acceptable": ["emergency", "same_day"]}
    with tempfile.TemporaryDirectory() as folder:
        lines = [asked(row) | right | {"level": row["KTAS_expert"]} for row in urgent]
        result = measured(written(lines, Path(folder) / "ktas.jsonl"))
    caught = result.share("urgent_caught")
    nurses = share(sum(row["KTAS_RN"] in URGENT for row in urgent), len(urgent))
    exact = share(sum(row["KTAS_RN"] == row["KTAS_expert"] for row in held), len(held))
    under = share(sum(row["KTAS_RN"] > row["KTAS_expert"] for row in held), len(held))
    over = share(sum(row["KTAS_RN"] < row["KTAS_expert"] for row in held), len(held))
    above = [row for row in held if row["KTAS_expert"] not in URGENT]
    print("| experts' level 1-2 | of | 95% interval |\n|---|---|---|")
    print(f"| the tool: same-day or sooner | {of(caught)} | {percent(caught)} |")
    print(f"| the tool: emergency | {of(result.share('exact'))} | {percent(result.share('exact'))} |")
    print(f"| the nurses: level 1-2 | {of(nurses)} | {percent(nurses)} |")
    print("\n| the nurses, all rows of this half | of | 95% interval |\n|---|---|---|")
    for title, found in (("exact", exact), ("under", under), ("over", over)):
        print(f"| {title} | {of(found)} | {percent(found)} |")
    needless = share(sum(row["KTAS_RN"] in URGENT for row in above), len(above))
    print(f"| level 1-2 where the experts say 3-5 | {of(needless)} | {percent(needless)} |")
    print("\nWhat the tool advised, by the experts' level:\n")
    print("\n".join(advised_by_level([asked(row) for row in held], [row["KTAS_expert"] for row in held])))
    print("\nLevels 1 and 2, in full:\n")
    print("\n".join(main_figures(result)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "reported")
