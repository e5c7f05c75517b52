"""A synthetic lake of any size for the watches to sweep: `preceptor demo --lake DIR --patients 1000000`.

Made in columns, 10,000 patients at a time, from the demo practice's own figures. It has their ages, problems,
medicines and tests, and none of its planted situations: it is for speed and frequency, not for truth. One seed makes
the same bytes, with the same versions of numpy and pyarrow.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from preceptor.demo.lake.chunk import chunk

AT_ONCE = 10_000  # patients
TODAY = date(2026, 11, 2)  # no event is later
_NOTE = "lake.json"

Progress = Callable[[str, int, int], None]


class CannotMakeLake(Exception):
    """Why not, in one line."""


def make_lake(folder: Path, patients: int, seed: int, progress: Progress, today: date = TODAY) -> int:
    """Write `events` and `patients` into a folder that is new or empty. Returns how many events there are.

    Raises CannotMakeLake before anything is written. `lake.json` stands in it once it is whole.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CannotMakeLake(f"{folder} is there already, and is not an empty folder")
    if not folder.parent.is_dir():
        raise CannotMakeLake(f"there is no folder {folder.parent}")
    for name in ("events", "patients"):
        (folder / name).mkdir(parents=True)
    events = 0
    for number, first in enumerate(range(0, patients, AT_ONCE)):
        made = chunk(seed, number, min(AT_ONCE, patients - first), first, today)
        for name, table in (("events", made.events), ("patients", made.patients)):
            _write(table, folder / name / f"part-{number:05}.parquet")
        events += made.events.num_rows
        progress("Making the lake", min(first + AT_ONCE, patients), patients)
    said = {"synthetic": True, "patients": patients, "events": events, "seed": seed, "today": today.isoformat()}
    (folder / _NOTE).write_text(json.dumps(said) + "\n")
    return events


def _write(table: pa.Table, path: Path) -> None:
    pq.write_table(table, path, compression="zstd", compression_level=1, row_group_size=250_000)
