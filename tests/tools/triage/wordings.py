"""The wordings that red flags are measured on, and the third of them that nobody looks at while tuning.

A wording's half is settled by a digest of its words, so that it never moves when rows are added or sorted.
"""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from preceptor.advice import Case, Request

TABLE = Path(__file__).with_name("red_flag_wordings.csv")
NO_EMERGENCY = "no emergency"
AS_OF = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Wording:
    """One request, and the red flag that it must fire, or `NO_EMERGENCY`."""

    expects: str
    text: str
    age: float | None
    sex: str | None

    @property
    def kept_apart(self) -> bool:
        """True for about a third: measured, never looked at while tuning."""
        return hashlib.sha256(self.text.encode()).digest()[0] % 3 == 0

    @property
    def case(self) -> Case:
        return Case(self.text, AS_OF, Request(self.text, self.age, self.sex))


def wordings() -> tuple[Wording, ...]:
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return tuple(
            Wording(row["expects"], row["text"], float(row["age"]) if row["age"] else None, row["sex"] or None)
            for row in csv.DictReader(lines)
        )
