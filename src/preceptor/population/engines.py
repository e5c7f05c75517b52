"""The engines: each takes a batch of records in and answers the question of a compiled watch."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import ibis
import pyarrow as pa

from preceptor.advice import EventKind
from preceptor.population.compiling import Target, question, who
from preceptor.population.preparing import DUCKDB, SPARK, Wanted, events_sql, people_sql
from preceptor.tools.watch.watch import Watch

if TYPE_CHECKING:
    import duckdb
    from pyspark.sql import SparkSession


class Engine(Protocol):
    """`prepare` takes records in, as of a moment, in place of those before; `fired` gives what a watch found in them.

    The records are Arrow tables, or Parquet files with the patients that they are cut to: `low` up to, not
    including, `high` (None: to the end).
    """

    name: str

    def prepare_tables(
        self, events: pa.Table, patients: pa.Table, wanted: Wanted, as_of: datetime, living: bool = False
    ) -> None: ...

    def prepare_files(
        self,
        events: str,
        patients: str,
        cut: tuple[str | None, str | None],
        wanted: Wanted,
        as_of: datetime,
        living: bool = False,
    ) -> None: ...

    def fired(self, watch: Watch, as_of: datetime) -> list[dict[str, Any]]: ...

    def close(self) -> None: ...


class DuckDB:
    """In this process. Beyond `memory` (such as "2GB") it works on disk, in `scratch`."""

    name = "duckdb"

    def __init__(self, scratch: Path | None = None, memory: str | None = None, threads: int | None = None) -> None:
        import duckdb

        self._connection: duckdb.DuckDBPyConnection = duckdb.connect(":memory:")
        settings = {
            "memory_limit": memory,
            "temp_directory": str(scratch) if scratch else None,
            "threads": threads,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "preserve_insertion_order": False,
        }
        for setting, value in settings.items():
            if value is not None:
                self._connection.execute(f"SET {setting} = '{value}'")

    def prepare_tables(
        self, events: pa.Table, patients: pa.Table, wanted: Wanted, as_of: datetime, living: bool = False
    ) -> None:
        self._connection.register("lake_events", events)
        self._connection.register("lake_patients", patients)
        self._prepare("lake_events", "lake_patients", wanted, as_of, living)

    def prepare_files(
        self,
        events: str,
        patients: str,
        cut: tuple[str | None, str | None],
        wanted: Wanted,
        as_of: datetime,
        living: bool = False,
    ) -> None:
        where = _cut_sql(*cut)
        self._prepare(
            f"(SELECT * FROM read_parquet('{_quoted(events)}', union_by_name = true){where})",  # noqa: S608
            f"(SELECT * FROM read_parquet('{_quoted(patients)}', union_by_name = true){where})",  # noqa: S608
            wanted,
            as_of,
            living,
        )

    def _prepare(self, events: str, patients: str, wanted: Wanted, as_of: datetime, living: bool) -> None:
        """Patients by number, kinds and concepts as enumerations, each concept's rows together: then most of what a
        watch does not look at is never read, and what it does look at is compared as numbers.
        """
        people = f"""
            SELECT row_number() OVER () AS patient, patient AS name, * EXCLUDE (patient)
            FROM ({people_sql(patients, as_of, living)})
        """  # noqa: S608
        self._connection.execute(f"CREATE OR REPLACE TEMP TABLE people AS {people}")
        wanted_only = ""
        if not wanted.kinds:  # then the files' reader passes over the other columns of rows that nobody looks at
            about = pa.table({"concept": pa.array(sorted(wanted.concepts), pa.string())})
            self._connection.register("wanted", about)
            wanted_only = "SEMI JOIN wanted USING (concept)"
        theirs = f"""(
            SELECT people.patient, e.* EXCLUDE (patient)
            FROM {events} AS e {wanted_only} JOIN people ON e.patient = people.name
        )"""  # noqa: S608
        told = f"""
            SELECT * REPLACE (
                TRY_CAST(kind AS {_enumeration(EventKind)}) AS kind,
                TRY_CAST(concept AS {_enumeration(wanted.concepts)}) AS concept
            ) FROM ({events_sql(theirs, wanted, as_of, DUCKDB)}) ORDER BY concept, kind, patient
        """  # noqa: S608
        self._connection.execute(f"CREATE OR REPLACE TEMP TABLE events AS {told}")

    def fired(self, watch: Watch, as_of: datetime) -> list[dict[str, Any]]:
        """First who, of everybody; then since when and why, of those few."""
        self._connection.execute(f"CREATE OR REPLACE TEMP TABLE fired AS {self.who(watch, as_of)}")
        if not self.rows("SELECT count(*) FROM fired")[0][0]:
            return []
        for table, which in (("events", Wanted.by([watch]).sql), ("people", "TRUE")):
            few = f"SELECT * FROM {table} SEMI JOIN fired USING (patient) WHERE {which}"  # noqa: S608
            self._connection.execute(f"CREATE OR REPLACE TEMP TABLE {table}_of_fired AS {few}")
        asked = question(watch, as_of, Target("duckdb", "events_of_fired", "people_of_fired"))
        named = f"SELECT name AS patient, asked.* EXCLUDE (patient) FROM ({asked}) AS asked JOIN people USING (patient)"  # noqa: S608
        found: list[dict[str, Any]] = self._connection.sql(named).to_arrow_table().to_pylist()
        return found

    def who(self, watch: Watch, as_of: datetime) -> str:
        """For whom the watch fires, by number, in DuckDB's SQL, over the tables that `prepare` made."""
        return who(watch, as_of, Target("duckdb"))

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What a query of one's own over these tables gives."""
        return self._connection.execute(query).fetchall()

    def close(self) -> None:
        self._connection.close()


class Spark:
    """Where one machine is outgrown: needs the package pyspark, and Java 17."""

    name = "spark"

    def __init__(self, session: SparkSession | None = None) -> None:
        _ = ibis.pyspark  # naming it registers the options that its SQL is written with
        self._own = session is None
        self._session = session or local_spark()
        self._session.conf.set("spark.sql.session.timeZone", "UTC")
        self._session.conf.set("spark.sql.ansi.enabled", "false")

    def prepare_tables(
        self, events: pa.Table, patients: pa.Table, wanted: Wanted, as_of: datetime, living: bool = False
    ) -> None:
        self._session.createDataFrame(events).createOrReplaceTempView("lake_events")
        self._session.createDataFrame(patients).createOrReplaceTempView("lake_patients")
        self._prepare("lake_events", "lake_patients", wanted, as_of, living)

    def prepare_files(
        self,
        events: str,
        patients: str,
        cut: tuple[str | None, str | None],
        wanted: Wanted,
        as_of: datetime,
        living: bool = False,
    ) -> None:
        self._session.read.parquet(events).createOrReplaceTempView("lake_events")
        self._session.read.parquet(patients).createOrReplaceTempView("lake_patients")
        where = _cut_sql(*cut)
        events, patients = (f"(SELECT * FROM lake_{name}{where})" for name in ("events", "patients"))  # noqa: S608
        self._prepare(events, patients, wanted, as_of, living)

    def _prepare(self, events: str, patients: str, wanted: Wanted, as_of: datetime, living: bool) -> None:
        for name, sql in (
            ("events", events_sql(events, wanted, as_of, SPARK)),
            ("people", people_sql(patients, as_of, living)),
        ):
            if self._session.catalog.tableExists(name):
                self._session.catalog.uncacheTable(name)
            self._session.sql(sql).createOrReplaceTempView(name)
            self._session.catalog.cacheTable(name)

    def fired(self, watch: Watch, as_of: datetime) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._session.sql(question(watch, as_of, Target("pyspark"))).toArrow().to_pylist()
        return found

    def close(self) -> None:
        if self._own:
            self._session.stop()


def local_spark(threads: int = 2) -> SparkSession:
    """A Spark of our own on this machine."""
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master(f"local[{threads}]").appName("preceptor sweep")
    settings = {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.shuffle.partitions": str(threads),
        "spark.sql.adaptive.enabled": "true",
        "spark.log.level": "ERROR",
    }
    for setting, value in settings.items():
        builder = builder.config(setting, value)
    return builder.getOrCreate()


def _cut_sql(low: str | None, high: str | None) -> str:
    parts = [f"patient {sign} '{_quoted(end)}'" for sign, end in ((">=", low), ("<", high)) if end is not None]
    return f" WHERE {' AND '.join(parts)}" if parts else ""


def _enumeration(names: Iterable[str]) -> str:
    listed = ", ".join(f"'{name}'" for name in sorted(names))
    return f"ENUM ({listed or repr('')})"


def _quoted(text: str) -> str:
    return text.replace("'", "''")


ENGINES = ("duckdb", "spark")
