"""Findings as files: Parquet, JSON lines or CSV, by the name's ending."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from preceptor.advice import Finding
from preceptor.population.faults import CannotSweep

ENDINGS = (".parquet", ".jsonl", ".csv")
SCHEMA = pa.schema(
    [
        pa.field("patient", pa.string(), nullable=False),
        pa.field("watch", pa.string(), nullable=False),
        pa.field("title", pa.string()),
        pa.field("since", pa.date32()),
        pa.field("priority", pa.string()),
        pa.field("evidence", pa.list_(pa.string())),
        pa.field("detail", pa.string()),  # JSON
        pa.field("ask", pa.string()),
    ]
)


def check_out(path: Path) -> None:
    if path.suffix not in ENDINGS:
        raise CannotSweep(f"--out {path}: its name has to end in one of {', '.join(ENDINGS)}")
    if not path.parent.is_dir():
        raise CannotSweep(f"--out {path}: there is no folder {path.parent}")
    if path.is_dir():
        raise CannotSweep(f"--out {path}: that is a folder")


def write_part(findings: Iterable[Finding], path: Path) -> int:
    """One part, in order of patient and watch; there in whole or not at all."""
    ordered = sorted(findings, key=lambda each: (each.patient, each.watch))
    rows = [
        (f.patient, f.watch, f.title, f.since, str(f.priority), list(f.evidence), _json(f.detail), f.ask)
        for f in ordered
    ]
    columns = zip(*rows, strict=True) if rows else [()] * len(SCHEMA)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, SCHEMA, strict=True)]
    unfinished = path.with_suffix(".unfinished")
    pq.write_table(pa.table(arrays, SCHEMA), unfinished)
    unfinished.replace(path)
    return len(ordered)


def join_parts(parts: Iterable[Path], out: Path) -> int:
    """All parts as one file; it replaces what was there once it is whole. Gives the number of findings."""
    unfinished = out.with_name(f".{out.name}.unfinished")
    tables = (pq.read_table(part) for part in parts)
    write = {".parquet": _parquet, ".jsonl": _lines, ".csv": _csv}[out.suffix]
    count = write(tables, unfinished)
    unfinished.replace(out)
    return count


def _parquet(tables: Iterator[pa.Table], path: Path) -> int:
    count = 0
    with pq.ParquetWriter(path, SCHEMA) as writer:
        for table in tables:
            writer.write_table(table)
            count += table.num_rows
    return count


def _lines(tables: Iterator[pa.Table], path: Path) -> int:
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for row in _rows(tables):
            file.write(_json(row | {"since": _day(row), "detail": json.loads(row["detail"])}) + "\n")
            count += 1
    return count


def _csv(tables: Iterator[pa.Table], path: Path) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(SCHEMA.names)
        for row in _rows(tables):
            writer.writerow((row | {"since": _day(row) or "", "evidence": " ".join(row["evidence"])}).values())
            count += 1
    return count


def _rows(tables: Iterator[pa.Table]) -> Iterator[dict[str, Any]]:
    for table in tables:
        yield from table.to_pylist()


def _day(row: dict[str, Any]) -> str | None:
    return row["since"].isoformat() if row["since"] else None


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
