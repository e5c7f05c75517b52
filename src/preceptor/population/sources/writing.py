"""Events as they come, to Parquet in batches; then sorted by patient into a lake, on disk where memory ends."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

_BATCH = 100_000
MEMORY = "2GB"


class BatchWriter:
    """Rows of one schema to one Parquet file."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._schema = schema
        self._writer = pq.ParquetWriter(path, schema)
        self._rows: list[tuple[Any, ...]] = []

    def add(self, rows: Iterable[tuple[Any, ...]]) -> None:
        self._rows += rows
        if len(self._rows) >= _BATCH:
            self._flush()

    def close(self) -> None:
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        columns = zip(*self._rows, strict=True) if self._rows else [()] * len(self._schema)
        arrays = [pa.array(column, field.type) for column, field in zip(columns, self._schema, strict=True)]
        self._writer.write_table(pa.table(arrays, self._schema))
        self._rows = []


def write_sorted(select: str, path: Path, scratch: Path) -> None:
    """What this SELECT gives, as one Parquet file."""
    connection = duckdb.connect(":memory:")
    connection.execute(f"SET temp_directory = '{scratch}'; SET memory_limit = '{MEMORY}'")
    quoted = str(path).replace("'", "''")
    connection.execute(f"COPY ({select}) TO '{quoted}' (FORMAT parquet, ROW_GROUP_SIZE 100000)")
    connection.close()
