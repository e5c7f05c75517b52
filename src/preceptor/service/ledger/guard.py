"""The database itself refuses to change or delete a ledger row, on SQLite and on PostgreSQL.

A person with full rights over the database can still remove these triggers: then `ledger verify` names the row.
"""

from __future__ import annotations

from typing import Any

from django.db import connections

_TABLE = "ledger_entry"
_SQLITE = [
    f"CREATE TRIGGER IF NOT EXISTS ledger_no_{verb.lower()} BEFORE {verb} ON {_TABLE} "
    "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
    for verb in ("UPDATE", "DELETE")
] + [
    # INSERT OR REPLACE deletes a row without a word to the trigger above.
    "CREATE TRIGGER IF NOT EXISTS ledger_no_replace BEFORE INSERT ON ledger_entry "
    "WHEN EXISTS (SELECT 1 FROM ledger_entry WHERE seq = NEW.seq) "
    "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
]
_POSTGRESQL = [
    "CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$",
    f"CREATE OR REPLACE TRIGGER ledger_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {_TABLE} "
    "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()",
]
_SQLITE_OFF = [f"DROP TRIGGER IF EXISTS ledger_no_{verb}" for verb in ("update", "delete", "replace")]
_POSTGRESQL_OFF = [f"DROP TRIGGER IF EXISTS ledger_no_change ON {_TABLE}"]


def prepare(using: str = "default", **_: Any) -> None:
    """After a migration: the head of an empty chain, and the triggers."""
    from preceptor.service.ledger.chain import BEFORE_THE_FIRST
    from preceptor.service.ledger.models import Entry, Head

    if _TABLE not in connections[using].introspection.table_names():
        return  # migrated back to before there was a ledger
    if not Entry.objects.using(using).exists():
        # A head that is missing above a chain is a sign of tampering: it is left for `ledger verify` to tell.
        Head.objects.using(using).get_or_create(pk=1, defaults={"seq": 0, "digest": BEFORE_THE_FIRST})
    _run(using, _SQLITE, _POSTGRESQL)


def lift(using: str = "default") -> None:
    """Remove the triggers: for the tests, which empty tables and play the intruder."""
    _run(using, _SQLITE_OFF, _POSTGRESQL_OFF)


def _run(using: str, sqlite: list[str], postgresql: list[str]) -> None:
    with connections[using].cursor() as cursor:
        for statement in {"sqlite": sqlite, "postgresql": postgresql}[connections[using].vendor]:
            cursor.execute(statement)
