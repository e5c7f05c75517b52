"""How fast a sweep goes: `python benchmarks/sweep.py [PATIENTS ...]`, 10,000 and 100,000 when none is named.

Makes a synthetic lake for each size (100 events a patient, vectorised, no meaning beyond shape and frequency), and
prints as a table, ratios within one run: a code-only watch, a code and date watch, three watches beside hand-written
DuckDB SQL that asks the same, the whole of the packs, the largest memory of this process, and all watches live on one
patient with 1,000 results.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb

from preceptor.advice import Event, EventKind, Patient, Priority, Record
from preceptor.population.engines import DuckDB
from preceptor.population.preparing import Wanted
from preceptor.population.sweep import sweep
from preceptor.tools.watch import Source, Watch, all_watches, notice, watch_named
from preceptor.tools.watch.criteria import all_of
from preceptor.tools.watch.days import end_of
from preceptor.tools.watch.words import conditions, ever, latest, medicines, no, results

TODAY = date(2026, 11, 1)
_SOURCE = Source(words="benchmark", version="0", verified="no", effective=TODAY, review=TODAY)

# Concept, its share of events, its mean and its spread (no mean: it has no value).
_MIX = (
    ("result", "systolic_bp", 0.18, 135, 15), ("result", "weight", 0.10, 78, 12), ("result", "egfr", 0.08, 72, 18),
    ("result", "creatinine", 0.08, 88, 25), ("result", "potassium", 0.08, 4.4, 0.5), ("result", "sodium", 0.08, 139, 3),
    ("result", "haemoglobin", 0.06, 136, 13), ("result", "platelets", 0.06, 260, 60), ("result", "hba1c", 0.03, 43, 9),
    ("medication", "ramipril", 0.08, None, 0), ("medication", "atorvastatin", 0.08, None, 0),
    ("medication", "naproxen", 0.02, None, 0), ("medication", "apixaban", 0.02, None, 0),
    ("condition", "hypertension", 0.02, None, 0), ("condition", "diabetes_type_2", 0.01, None, 0),
    ("referral", None, 0.02, None, 0),
)  # fmt: skip


def make_lake(folder: Path, patients: int, each: int = 100) -> None:
    """Rows from DuckDB's own random numbers, sorted by patient."""
    steps, total = [], 0.0
    for kind, concept, share, mean, spread in _MIX:
        total += share
        about = f"'{concept}'" if concept else "NULL"
        value = f"round({mean} + {spread} * sqrt(-2 * ln(u2)) * cos(6.283185307 * u3), 1)" if mean else "NULL"
        steps.append((total, f"'{kind}'", about, value))
    case = {
        name: "CASE " + " ".join(f"WHEN u1 < {step[0]:.3f} THEN {step[place]}" for step in steps) + " END"
        for place, name in ((1, "kind"), (2, "concept"), (3, "value"))
    }
    connection = duckdb.connect()
    connection.execute("SELECT setseed(0.5); SET preserve_insertion_order = true")
    (folder / "events").mkdir(parents=True)
    at_once = 100_000
    for start in range(0, patients, at_once):
        end = min(start + at_once, patients)
        connection.execute(f"""
            COPY (
                SELECT patient, id, coalesce({case["kind"]}, 'encounter') AS kind, {case["concept"]} AS concept,
                    "when", CAST(NULL AS TIMESTAMP) AS "end", '' AS status, CAST({case["value"]} AS DOUBLE) AS value,
                    '' AS text, '' AS note
                FROM (
                    SELECT printf('p%08d', n // {each}) AS patient, 'e' || n AS id, random() AS u1,
                        greatest(random(), 1e-12) AS u2, random() AS u3,
                        TIMESTAMP '2026-10-31 12:00' - to_minutes(CAST(random() * 5256000 AS BIGINT)) AS "when"
                    FROM range({start * each}, {end * each}) AS numbers(n)
                )
            ) TO '{folder}/events/{start:09}.parquet' (FORMAT parquet)
        """)  # noqa: S608
    connection.execute(f"""
        COPY (
            SELECT printf('p%08d', n) AS patient, DATE '1935-01-01' + CAST(random() * 30000 AS INTEGER) AS born,
                CASE WHEN n % 2 = 0 THEN 'female' ELSE 'male' END AS sex, CAST(NULL AS DATE) AS died
            FROM range({patients}) AS numbers(n)
        ) TO '{folder}/patients.parquet' (FORMAT parquet)
    """)  # noqa: S608


def _watch(name: str, when: object) -> Watch:
    return Watch(id=name, title=name, pack="benchmark", priority=Priority.ROUTINE, why="-", ask="-",
                 when=when, source=_SOURCE)  # type: ignore[arg-type]  # fmt: skip


CODE_ONLY = _watch("code_only", all_of(ever(conditions("diabetes")), ever(medicines("ace_inhibitor"))))
CODE_AND_DATE = _watch("code_and_date", all_of(latest(results("potassium")) >= 5.0, no(results("egfr")).for_days(365)))

# The same questions by hand: who fires.
BY_HAND = {
    "code_only": """
        SELECT patient, greatest(d, r) FROM (
            SELECT patient, min(day) FILTER (concept IN ('diabetes_type_2')) AS d,
                min(day) FILTER (concept IN ('ramipril')) AS r
            FROM events WHERE concept IN ('diabetes_type_2', 'ramipril') GROUP BY patient)
        WHERE d IS NOT NULL AND r IS NOT NULL""",
    "potassium_high_not_repeated": """
        WITH k AS (SELECT patient, ord, day, value FROM events WHERE concept = 'potassium' AND value IS NOT NULL),
        last AS (SELECT patient, arg_max(value, ord) AS value, max(day) AS day,
                        coalesce(max(ord) FILTER (value < 5.8), -1) AS broken FROM k GROUP BY patient)
        SELECT k.patient, greatest(min(k.day), any_value(last.day) + 14) FROM k JOIN last USING (patient)
        WHERE last.value >= 5.8 AND last.day <= {today} - 14 AND k.ord > last.broken GROUP BY k.patient""",
    "ckd_uncoded": """
        WITH e AS (SELECT patient, ord, day, value FROM events WHERE concept = 'egfr' AND value IS NOT NULL),
        broken AS (SELECT patient, coalesce(max(ord) FILTER (value >= 60), -1) AS ord FROM e GROUP BY patient),
        run AS (SELECT e.*, min(e.day) OVER (PARTITION BY e.patient) AS start FROM e JOIN broken USING (patient)
                WHERE e.ord > broken.ord)
        SELECT patient, min(day) FROM run WHERE day >= start + 90
            AND patient NOT IN (SELECT patient FROM events WHERE concept LIKE 'ckd%') GROUP BY patient""",
}


def timed(work: Callable[[], object], runs: int = 3) -> float:
    """The best of some runs, in seconds."""
    best = float("inf")
    for _ in range(runs):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def measure(patients: int, folder: Path) -> None:
    make_lake(folder / "lake", patients)
    lake, out = str(folder / "lake"), folder / "findings.parquet"
    for watch in (CODE_ONLY, CODE_AND_DATE):
        seconds = timed(lambda watch=watch: sweep(lake, out, [watch], today=TODAY), 1)  # type: ignore[misc]
        print(f"| {patients:,} | sweep, {watch.id} | {seconds:.2f} s | {patients / seconds:,.0f} patients/s |")
    seconds = timed(lambda: sweep(lake, out, all_watches(), today=TODAY), 1)
    rate = f"{patients / seconds:,.0f} patients/s"
    print(f"| {patients:,} | sweep, all {len(all_watches())} watches | {seconds:.1f} s | {rate} |")
    if patients <= 200_000:
        beside_sql(patients, folder)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"| {patients:,} | largest memory so far | {memory:.2f} GiB | |")


def beside_sql(patients: int, folder: Path) -> None:
    """The compiled watch and hand-written SQL on the same prepared rows: who fires and since when."""
    watches = [CODE_ONLY, watch_named("potassium_high_not_repeated"), watch_named("ckd_uncoded")]
    engine, as_of = DuckDB(), end_of(TODAY)
    engine.prepare_files(
        f"{folder}/lake/events/*.parquet", f"{folder}/lake/patients.parquet", (None, None), Wanted.by(watches), as_of
    )
    today = (TODAY - date(1970, 1, 1)).days
    for watch in watches:
        engine.fired(watch, as_of)  # compiled once
        ours, theirs = engine.who(watch, as_of), BY_HAND[watch.id].format(today=today)
        if len(engine.rows(ours)) != len(engine.rows(theirs)):
            sys.exit(f"{watch.id}: the SQL by hand asks another question")
        times = [timed(lambda sql=sql: engine.rows(f"SELECT count(*) FROM ({sql})")) for sql in (ours, theirs)]  # type: ignore[misc]  # noqa: S608
        told = f"{times[0]:.3f} s, {times[1]:.3f} s | {times[0] / times[1]:.2f} times"
        print(f"| {patients:,} | {watch.id}, and SQL by hand | {told} |")


def live() -> None:
    """One patient with 1,000 results."""
    slugs = [(concept, mean) for kind, concept, _, mean, _ in _MIX if kind == "result" and concept and mean]
    now = datetime(2026, 10, 31, tzinfo=UTC)
    events = tuple(
        Event(f"e{n}", EventKind.RESULT, now - timedelta(days=3 * n), "", concept=slugs[n % len(slugs)][0],
              value=float(slugs[n % len(slugs)][1] * (0.8 + n % 37 / 90)))
        for n in range(1000)
    )  # fmt: skip
    record = Record(Patient("p", born=date(1950, 1, 1), sex="female"), events)
    times = []
    for _ in range(200):
        start = time.perf_counter()
        notice(all_watches(), record, end_of(TODAY))
        times.append(time.perf_counter() - start)
    times.sort()
    print(f"| 1 | live, all {len(all_watches())} watches, 1,000 results | median {times[100] * 1000:.1f} ms "
          f"| p99 {times[197] * 1000:.1f} ms |")  # fmt: skip


if __name__ == "__main__":
    print("| patients | what | time | rate |\n|---|---|---|---|")
    for size in [int(argument) for argument in sys.argv[1:]] or [10_000, 100_000]:
        with tempfile.TemporaryDirectory(prefix="preceptor-benchmark-") as made:
            measure(size, Path(made))
    live()
