"""How fast a sweep goes, and how its cost grows.

    python benchmarks/sweep.py [--lakes FOLDER] [--write FILE] [--kill] [PATIENTS ...]

For each size (10,000 and 100,000 where none is named) it takes the synthetic lake of `preceptor demo --lake` with about
100 events a patient (kept in FOLDER where one is named), and prints as a table, to FILE too: making the lake, a
code-only watch, a code and date watch, the whole of the packs, each in a process of its own with its largest memory and
the processor time that it took; then three watches beside hand-written DuckDB SQL that asks the same of the same rows;
then how each cost grew from size to size; last, all watches live on one patient with 1,000 results. With --kill, the
whole of the packs on the largest size is killed half-way, asked again, and has to end with the same findings.

The bars, for 1,000,000 patients on two cores: 100,000 patients/s code only, 30,000 code and date, all in 10 minutes,
and within 1.5 times SQL by hand.
"""

from __future__ import annotations

import argparse
import filecmp
import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from preceptor.advice import Event, EventKind, Patient, Priority, Record
from preceptor.demo.lake import TODAY, make_lake
from preceptor.population.engines import DuckDB
from preceptor.population.preparing import Wanted
from preceptor.population.sweep import silent, sweep
from preceptor.record.concepts import narrower
from preceptor.tools.watch import Source, Watch, all_watches, notice, watch_named
from preceptor.tools.watch.criteria import all_of
from preceptor.tools.watch.days import end_of
from preceptor.tools.watch.words import conditions, ever, latest, medicines, no, results

Tell = Callable[[str], None]

ALL = f"sweep, all {len(all_watches())} watches"
_SOURCE = Source(words="benchmark", version="0", verified="no", effective=TODAY, review=TODAY)
_RESULTS = (
    ("systolic_bp", 135), ("weight", 78), ("egfr", 72), ("creatinine", 88), ("potassium", 4.4), ("sodium", 139),
    ("haemoglobin", 136), ("platelets", 260), ("hba1c", 43),
)  # fmt: skip


@dataclass(frozen=True)
class Cost:
    seconds: float
    processor: float  # seconds, of all cores
    memory: float  # GiB, at its most


def apart(work: Callable[[], object]) -> Cost:
    """In a process of its own, so that its memory is its own."""
    start = time.perf_counter()
    pid = os.fork()
    if not pid:
        status = 1
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    _, status, used = os.wait4(pid, 0)
    if status:
        sys.exit("a benchmark failed")
    return Cost(time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 2**20)


def _watch(name: str, when: object) -> Watch:
    return Watch(id=name, title=name, pack="benchmark", priority=Priority.ROUTINE, why="-", ask="-",
                 when=when, source=_SOURCE)  # type: ignore[arg-type]  # fmt: skip


CODE_ONLY = _watch("code_only", all_of(ever(conditions("diabetes")), ever(medicines("ace_inhibitor"))))
CODE_AND_DATE = _watch("code_and_date", all_of(latest(results("potassium")) >= 5.0, no(results("egfr")).for_days(365)))

_DIABETES, _ACE = (", ".join(f"'{slug}'" for slug in sorted(narrower(name))) for name in ("diabetes", "ace_inhibitor"))
_BOTH = """
        SELECT patient, greatest(d, r) FROM (
            SELECT patient, min(day) FILTER (concept IN ({0})) AS d, min(day) FILTER (concept IN ({1})) AS r
            FROM events WHERE concept IN ({0}, {1}) GROUP BY patient)
        WHERE d IS NOT NULL AND r IS NOT NULL"""

# The same questions by hand: who fires. The last asks less: only of the codes that happen to be in this lake.
BY_HAND = {
    "code_only": _BOTH.format(_DIABETES, _ACE),
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
    "code_only, by hand of 3 codes": _BOTH.format("'diabetes_type_1', 'diabetes_type_2'", "'ramipril'"),
}


def timed(work: Callable[[], object], runs: int = 3) -> float:
    """The best of some runs, in seconds."""
    best = float("inf")
    for _ in range(runs):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def measure(patients: int, lakes: Path, tell: Tell) -> dict[str, Cost]:
    lake, out = lakes / f"lake-{patients}", lakes / f"findings-{patients}.parquet"
    works: dict[str, Callable[[], object]] = {}
    if not (lake / "lake.json").exists():
        works["make the lake"] = lambda: make_lake(lake, patients, 1, silent)
    for watch in (CODE_ONLY, CODE_AND_DATE):
        works[f"sweep, {watch.id}"] = lambda watch=watch: sweep(str(lake), out, [watch], today=TODAY)  # type: ignore[misc]
    works[ALL] = lambda: sweep(str(lake), out, all_watches(), today=TODAY)
    costs = {}
    for what, work in works.items():
        cost = costs[what] = apart(work)
        tell(
            f"| {patients:,} | {what} | {cost.seconds:.1f} s | {patients / cost.seconds:,.0f} patients/s | "
            f"{cost.processor:.1f} s | {cost.memory:.2f} GiB |"
        )
    return costs


def beside_sql(patients: int, lake: Path, tell: Tell) -> None:
    """The compiled watch and hand-written SQL on the same prepared rows: who fires."""
    watches = {each.id: each for each in (CODE_ONLY, *map(watch_named, ("potassium_high_not_repeated", "ckd_uncoded")))}
    as_of, today = end_of(TODAY), (TODAY - date(1970, 1, 1)).days
    engine = DuckDB(scratch=lake.parent)
    files = (f"{lake}/{table}/*.parquet" for table in ("events", "patients"))
    engine.prepare_files(*files, (None, None), Wanted.by(watches.values()), as_of)
    for name, by_hand in BY_HAND.items():
        ours, theirs = engine.who(watches[name.partition(",")[0]], as_of), by_hand.format(today=today)
        found = {row[0] for row in engine.rows(ours)}
        if found != {row[0] for row in engine.rows(theirs)}:
            sys.exit(f"{name}: the SQL by hand asks another question")
        times = [timed(lambda sql=sql: engine.rows(f"SELECT count(*) FROM ({sql})"), 7) for sql in (ours, theirs)]  # type: ignore[misc]  # noqa: S608
        tell(
            f"| {patients:,} | {name} | {len(found):,} | {1000 * times[0]:.0f} ms | {1000 * times[1]:.0f} ms | "
            f"{times[0] / times[1]:.2f} |"
        )


def growth(costs: dict[int, dict[str, Cost]], tell: Tell) -> None:
    """How many times as much each size costs as the one before."""
    for small, large in pairwise(sorted(costs)):
        for what in [what for what in costs[small] if what in costs[large]]:
            one, other = costs[small][what], costs[large][what]
            tell(
                f"| {small:,} to {large:,} ({large / small:g} times) | {what} | {other.seconds / one.seconds:.1f} "
                f"times | {other.processor / one.processor:.1f} times | {other.memory / one.memory:.1f} times |"
            )


def killed(patients: int, lakes: Path, after: float, tell: Tell) -> None:
    """All watches on the command line, killed after so many seconds and asked again: the findings have to be equal."""
    lake, out, whole = lakes / f"lake-{patients}", lakes / "resumed.parquet", lakes / f"findings-{patients}.parquet"
    program = Path(sys.executable).with_name("preceptor")
    asked = [program, "sweep", str(lake), "--out", str(out), "--as-of", TODAY.isoformat()]
    first = subprocess.Popen(asked, stdout=subprocess.DEVNULL)  # noqa: S603 -- our own command
    try:
        first.wait(after)
    except subprocess.TimeoutExpired:
        first.kill()
    ended = first.wait()
    done = len(list(lakes.glob(f".{out.name}.sweep/part-*.parquet")))
    start = time.perf_counter()
    again = subprocess.run(asked, check=True, capture_output=True, text=True)  # noqa: S603 -- our own command
    if ended != -signal.SIGKILL or not filecmp.cmp(out, whole, shallow=False):
        sys.exit("the sweep was not killed, or did not end with the same findings")
    tell(
        f"Killed after {after:.0f} s with {done} parts done, the sweep of {patients:,} patients took "
        f"{time.perf_counter() - start:.0f} s more and ended with the same file, byte for byte: {again.stdout.strip()}"
    )


def live(tell: Tell) -> None:
    """One patient with 1,000 results."""
    now = datetime(2026, 10, 31, tzinfo=UTC)
    events = tuple(
        Event(f"e{n}", EventKind.RESULT, now - timedelta(days=3 * n), "", concept=_RESULTS[n % len(_RESULTS)][0],
              value=float(_RESULTS[n % len(_RESULTS)][1] * (0.8 + n % 37 / 90)))
        for n in range(1000)
    )  # fmt: skip
    record = Record(Patient("p", born=date(1950, 1, 1), sex="female"), events)
    times = []
    for _ in range(200):
        start = time.perf_counter()
        notice(all_watches(), record, end_of(TODAY))
        times.append(time.perf_counter() - start)
    times.sort()
    tell(
        f"All {len(all_watches())} watches live on a patient with 1,000 results: median {times[100] * 1000:.1f} ms, "
        f"p99 {times[197] * 1000:.1f} ms (n 200)."
    )


def main(sizes: list[int], lakes: Path, kill: bool, tell: Tell) -> None:
    tell(
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start, Python {platform.python_version()}, "
        f"{TODAY:%Y-%m}; all records synthetic.\n"
    )
    tell("| patients | what | time | rate | processor | largest memory |\n|---|---|---|---|---|---|")
    costs = {size: measure(size, lakes, tell) for size in sizes}
    tell("\n| patients | watch | found | ours | SQL by hand | ratio |\n|---|---|---|---|---|---|")
    for size in sizes:
        apart(lambda size=size: beside_sql(size, lakes / f"lake-{size}", tell))  # type: ignore[misc]
    if len(sizes) > 1:
        tell("\n| from, to | what | time | processor | memory |\n|---|---|---|---|---|")
        growth(costs, tell)
    tell("")
    live(tell)
    if kill:
        killed(max(sizes), lakes, costs[max(sizes)][ALL].seconds / 2, tell)
    tell(f"\nLoad {os.getloadavg()[0]:.1f} at the end.")


def teller(file: Path | None) -> Tell:
    """Says a line on the screen, and in a file where one is named."""
    if file:
        file.write_text("", encoding="utf-8")

    def tell(line: str) -> None:
        print(line, flush=True)
        if file:
            with file.open("a", encoding="utf-8") as out:
                out.write(f"{line}\n")

    return tell


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("patients", type=int, nargs="*", default=[10_000, 100_000])
    parser.add_argument("--lakes", type=Path)
    parser.add_argument("--write", type=Path)
    parser.add_argument("--kill", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="preceptor-benchmark-") as made:
        main(asked.patients, asked.lakes or Path(made), asked.kill, teller(asked.write))
