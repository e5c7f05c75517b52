"""A table of decisions from a CSV file: UTF-8, a header row, the columns in any order, a million rows in seconds."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np

from preceptor.collecting import no_collecting
from preceptor.supervision.decisions import VIEWS, CannotUse, Column, Decisions, tabulate

NEEDED = ("clinician", "case", *VIEWS)
ROWS_AT_ONCE = 5_000


def read_decisions(path: Path, scale: tuple[str, ...] = ()) -> Decisions:
    """The decisions in a CSV file. Columns: clinician, case, first_view, advice, final, truth, and perhaps arm.

    Other columns are passed over. Raises CannotUse, with one clear line, for whatever cannot be read.
    """
    try:
        # Millions of short rows without a circle: collecting would double the time.
        with path.open(encoding="utf-8-sig", newline="") as lines, no_collecting():
            return tabulate(_columns(csv.reader(lines, strict=True)), scale)
    except OSError as fault:
        raise CannotUse(f"cannot read {path}: {fault.strerror or fault}") from None
    except UnicodeDecodeError:
        raise CannotUse(f"{path} is not UTF-8 text") from None
    except csv.Error as fault:
        raise CannotUse(f"{path} is not a CSV file that can be read: {fault}") from None
    except CannotUse as fault:
        raise CannotUse(f"{path}: {fault}") from None


def _columns(reader: Iterator[list[str]]) -> dict[str, Column]:
    header = [name.strip() for name in next(reader, [])]
    if not header:
        raise CannotUse("the file is empty: a header row is needed")
    for name in (*NEEDED, "arm"):
        if header.count(name) > 1:
            raise CannotUse(f"column {name} stands twice in the header")
    missing = [name for name in NEEDED if name not in header]
    if missing:
        raise CannotUse(f"no column {', '.join(missing)}; the header has: {', '.join(header)[:200]}")
    wanted = {name: header.index(name) for name in (*NEEDED, "arm") if name in header}
    # A word gets its number when it is first met: the dictionary's own size is the next number.
    codes: dict[str, defaultdict[str, int]] = {name: defaultdict() for name in wanted}
    for met in codes.values():
        met.default_factory = met.__len__
    pieces: dict[str, list[np.ndarray]] = {name: [np.empty(0, np.int64)] for name in wanted}
    before = 0
    while rows := list(islice(reader, ROWS_AT_ONCE)):
        # Blank lines are no rows; a row of another width is a fault that must not shift the columns after it.
        rows = [row for row in rows if row]
        if any(len(row) != len(header) for row in rows):
            at = next(i for i, row in enumerate(rows) if len(row) != len(header))
            raise CannotUse(f"row {before + at + 1} has {len(rows[at])} values, where the header has {len(header)}")
        before += len(rows)
        values = list(zip(*rows, strict=True))
        for name, place in wanted.items():
            if rows:
                numbers = np.fromiter(map(codes[name].__getitem__, values[place]), np.int64, len(rows))
                pieces[name].append(numbers)
    return {name: Column(np.concatenate(pieces[name]), list(codes[name])) for name in wanted}
