"""What an engine answered, as findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from preceptor.advice import Finding
from preceptor.tools.watch.noticing import Told, finding
from preceptor.tools.watch.watch import Watch


def findings(watch: Watch, rows: Iterable[dict[str, Any]]) -> Iterator[Finding]:
    for row in rows:
        told = [
            Told(
                met=row[f"met_{place}"],
                since=row[f"since_{place}"] if row[f"met_{place}"] else None,
                value=row.get(f"value_{place}"),
                events=tuple(row[f"event_{place}_{number}"] for number in range(len(criterion.shows))),
            )
            for place, criterion in enumerate(watch.criteria)
        ]
        yield finding(watch, row["patient"], row["since"], told, row["died"])
