"""What an import cannot place yet: on disk, in a private temporary database, so that no input fills the memory."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from preceptor.record.fhir import Entry

_DECIMAL = "\u0001decimal"  # no FHIR field is called so


class Aside:
    """Entries that wait for their patient or their medication, and the medications seen so far."""

    def __init__(self) -> None:
        # An empty name: SQLite keeps it in a file of its own, and deletes that when it is closed.
        self._disk = sqlite3.connect("", isolation_level=None)
        self._disk.execute("PRAGMA journal_mode = OFF")
        self._disk.execute("CREATE TABLE waiting (place INTEGER PRIMARY KEY, entry TEXT)")
        self._disk.execute("CREATE TABLE medication (key TEXT PRIMARY KEY, code TEXT) WITHOUT ROWID")
        self._disk.execute("BEGIN")

    def __enter__(self) -> Aside:
        return self

    def __exit__(self, *_: object) -> None:
        self._disk.close()

    def put(self, entry: Entry) -> None:
        text = _written([entry.file, entry.place, entry.resource, entry.full_url])
        self._disk.execute("INSERT INTO waiting (entry) VALUES (?)", (text,))

    def entries(self) -> Iterator[Entry]:
        """What was put aside, in the order in which it came."""
        for (text,) in self._disk.execute("SELECT entry FROM waiting ORDER BY place"):
            yield Entry(*json.loads(text, object_hook=_decimal))

    def put_medication(self, key: str, code: Mapping[str, Any]) -> None:
        self._disk.execute("INSERT OR REPLACE INTO medication VALUES (?, ?)", (key, _written(code)))

    def medication(self, key: str) -> Mapping[str, Any] | None:
        """The `code` of the Medication with this key, None when it was not seen so far."""
        row = self._disk.execute("SELECT code FROM medication WHERE key = ?", (key,)).fetchone()
        return json.loads(row[0], object_hook=_decimal) if row else None


def _written(value: Any) -> str:
    return json.dumps(value, default=lambda number: {_DECIMAL: str(number)})


def _decimal(found: dict[str, Any]) -> Any:
    if found.keys() != {_DECIMAL}:
        return found
    try:
        return Decimal(found[_DECIMAL])
    except (InvalidOperation, TypeError, ValueError):
        return found  # somebody does have a field of that name
