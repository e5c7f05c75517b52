"""300 vignettes in clinicians' words, judged on three levels: emergency, the practice, self-care.

    python benchmarks/evaluation/vignettes.py

Aggregates only, never an id and never a word of one. A level that a careful panel could also have chosen counts as
right, as in `also` of the file; how often the first choice itself was met is told beside it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tables import advised_by_level, said_of

from preceptor.evaluation.telling import of, percent
from preceptor.supervision.figures import share
from preceptor.tools import found
from preceptor.tools.jsonl import advise_lines

DATA = Path(__file__).parents[2] / "evaluation" / "vignettes" / "vignettes.jsonl"
LEVELS = {"emergency": "emergency", "self_care": "self_care"}  # every other urgency is for the practice

Vignette = Mapping[str, Any]


def asked(vignette: Vignette) -> dict[str, Any]:
    return {key: vignette[key] for key in ("id", "text", "age", "sex")}


def advised(vignettes: Sequence[Vignette]) -> list[str]:
    """The level of the three that the tool advises for each."""
    lines = (json.dumps(asked(vignette)) for vignette in vignettes)
    answers = advise_lines(lines, found()["triage"], datetime.now(UTC))
    return [LEVELS.get(str(answer["urgency"]), "practice") for answer in answers]


def right(vignette: Vignette) -> set[str]:
    return {vignette["level"], *vignette["also"]}


def figures(vignettes: Sequence[Vignette], said: Sequence[str]) -> Iterator[str]:
    """A row of the table: right, first choice, emergencies caught, others sent to 999."""
    both = list(zip(vignettes, said, strict=True))
    emergencies = [level for vignette, level in both if right(vignette) == {"emergency"}]
    others = [level for vignette, level in both if "emergency" not in right(vignette)]
    for found_of in (
        share(sum(level in right(vignette) for vignette, level in both), len(both)),
        share(sum(level == vignette["level"] for vignette, level in both), len(both)),
        share(emergencies.count("emergency"), len(emergencies)),
        share(others.count("emergency"), len(others)),
    ):
        yield f"{of(found_of)}: {percent(found_of)}"


def main() -> None:
    vignettes = [json.loads(line) for line in DATA.read_text(encoding="utf-8").splitlines()]
    said = advised(vignettes)
    firm = [each["second"] == each["level"] and not each["also"] for each in vignettes]
    parts = {"all": [True] * len(said), "both readers chose this level and no other": firm}
    for form in ("examination", "audit", "teaching"):
        parts[f"form: {form}"] = [each["form"] == form for each in vignettes]
    print(said_of(DATA))
    print("| | right on three levels | the first choice itself | emergencies caught | others sent to 999 |")
    print("|---|---|---|---|---|")
    for title, chosen in parts.items():
        of_these = [each for each, is_in in zip(vignettes, chosen, strict=True) if is_in]
        levels = [level for level, is_in in zip(said, chosen, strict=True) if is_in]
        print(f"| {title} | {' | '.join(figures(of_these, levels))} |")
    second = [each["second"] in right(each) for each in vignettes]
    agreed = share(sum(second), len(second))
    print(f"\nThe second reader, who saw the words alone, chose an acceptable level: {of(agreed)}, {percent(agreed)}.")
    print("\nWhat the tool advised, by the first reader's level:\n")
    print("\n".join(advised_by_level([asked(each) for each in vignettes], [each["level"] for each in vignettes])))


if __name__ == "__main__":
    main()
