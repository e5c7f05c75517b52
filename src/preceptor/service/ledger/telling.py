"""What `preceptor ledger verify` prints."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from django.db import DatabaseError, connection

from preceptor.service.ledger.models import Entry, Head
from preceptor.service.ledger.verdict import Anchor, Verdict


def what_lacks() -> str:
    """What keeps the ledger from being read, in words; empty when nothing does."""
    place = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite" and not place.startswith(("file:", ":memory:")) and not Path(place).exists():
        return f"there is no database at {place}: make one with `preceptor setup`"
    try:
        tables = set(connection.introspection.table_names())
    except DatabaseError as fault:
        return f"the database cannot be read: {str(fault).strip().splitlines()[0]}"
    if not tables >= {Entry._meta.db_table, Head._meta.db_table}:
        return "the database holds no ledger: make one with `preceptor setup`"
    return ""


def in_words(verdict: Verdict, anchor: Anchor | None) -> str:
    entries = "1 entry" if verdict.entries == 1 else f"{verdict.entries:,} entries"
    if verdict.fault:
        return (
            f"The ledger is NOT whole. The first bad row: {verdict.fault}.\n"
            f"In good order from the first on: {entries}. Change nothing, keep a copy of the database as it is now, "
            "and tell the clinical safety officer."
        )
    held = f" It still holds what the anchor of row {anchor.seq:,} vouches for." if anchor else ""
    return f"The ledger is whole: {entries}.{held}\nNote this anchor down, away from this computer: {verdict.head}"


def as_json(verdict: Verdict) -> str:
    said = {
        "whole": verdict.whole,
        "entries": verdict.entries,
        "anchor": str(verdict.head) if verdict.head else None,
        "fault": asdict(verdict.fault) if verdict.fault else None,
    }
    return json.dumps(said)
