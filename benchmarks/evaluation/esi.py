"""100 teaching cases with their level on the Emergency Severity Index, in clinicians' words, many with vital signs.

    python benchmarks/evaluation/esi.py ESI_PRACTICE.jsonl

Only levels 1 and 2 are judged: same-day or sooner is acceptable, an emergency is best. Levels 3 to 5 count the
resources that a patient will need, not how soon; what is advised for them is shown, and not judged.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from tables import advised_by_level, main_figures, measured, said_of, written


def main(data: Path) -> None:
    cases = [json.loads(line) for line in data.read_text(encoding="utf-8").splitlines()]
    lines = [{"id": f"e{at}", "text": case["text"]} for at, case in enumerate(cases, start=1)]
    right = {"urgency": "emergency", "acceptable": ["emergency", "same_day"]}
    urgent = [
        line | right | {"level": str(case["esi"])} for line, case in zip(lines, cases, strict=True) if case["esi"] <= 2
    ]
    print(said_of(data))
    with tempfile.TemporaryDirectory() as folder:
        result = measured(written(urgent, Path(folder) / "esi.jsonl"))
    print("\n".join(main_figures(result)))
    print("\nWhat the tool advised, by level:\n")
    print("\n".join(advised_by_level(lines, [case["esi"] for case in cases])))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
