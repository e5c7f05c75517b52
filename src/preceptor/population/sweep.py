"""One sweep: every watch over every record of a source, a part of the patients at a time.

What is done is kept beside the output, in a folder that goes when the sweep ends. A sweep that was stopped goes on
from there, and ends with the same findings.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from preceptor.advice import Finding
from preceptor.population.engines import DuckDB, Engine, Spark
from preceptor.population.faults import CannotSweep
from preceptor.population.found import findings
from preceptor.population.output import check_out, join_parts, write_part
from preceptor.population.preparing import Wanted
from preceptor.population.sources import Source, source_at
from preceptor.population.sources.lake import Lake, needs_words
from preceptor.tools.watch.days import end_of
from preceptor.tools.watch.watch import Watch

ENGINES = ("duckdb", "spark")
_EVENTS_AT_ONCE = {"duckdb": 5_000_000, "spark": 20_000_000}
_EARLIEST, _YEARS_AHEAD = date(1900, 1, 1), 1

Progress = Callable[[str, int, int], None]


def silent(_what: str, _done: int, _of: int) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did."""

    patients: int
    events: int
    findings: int
    as_of: date
    resumed: bool


def sweep(
    address: str,
    out: Path,
    watches: Sequence[Watch],
    *,
    engine: str = "duckdb",
    as_of: date | None = None,
    living: bool = False,
    today: date,
    progress: Progress = silent,
    events_at_once: int | None = None,
) -> Swept:
    """Raises CannotSweep, in one line, before anything is written."""
    if engine not in ENGINES:
        raise CannotSweep(f"there is no engine {engine!r}: choose {' or '.join(ENGINES)}")
    check_day(as_of, today)
    check_out(out)
    source = source_at(address)
    work = _Work(out.with_name(f".{out.name}.sweep"), source, watches, as_of, today, living)
    try:
        swept = _Sweep(work, watches, engine, living, progress).run(source, out, events_at_once)
    except CannotSweep:
        shutil.rmtree(work.folder, ignore_errors=True)
        raise
    shutil.rmtree(work.folder)
    return swept


@dataclass(frozen=True)
class _Sweep:
    work: _Work
    watches: Sequence[Watch]
    engine: str
    living: bool
    progress: Progress

    def run(self, source: Source, out: Path, events_at_once: int | None) -> Swept:
        lake = source.staged(self.work.folder / "lake", self.progress)
        needs_words(lake, [watch.id for watch in self.watches if Wanted.by([watch]).words])
        patients, events = lake.size()
        each = max(1, patients * (events_at_once or _EVENTS_AT_ONCE[self.engine]) // max(1, events))
        self.work.begin()
        cuts = lake.cuts(each)
        parts = [self.work.part(place, len(cuts)) for place in range(len(cuts))]
        running = _started(self.engine, self.work.folder)
        try:
            for place, (cut, part) in enumerate(zip(cuts, parts, strict=True)):
                if not part.exists():
                    self._sweep_part(running, lake, cut, part, (place, len(cuts)))
        finally:
            running.close()
        return Swept(patients, events, join_parts(parts, out), self.work.as_of, self.work.resumed)

    def _sweep_part(
        self, engine: Engine, lake: Lake, cut: tuple[str | None, str | None], part: Path, place: tuple[int, int]
    ) -> None:
        as_of = end_of(self.work.as_of)
        engine.prepare_files(lake.events, lake.patients, cut, Wanted.by(self.watches), as_of, self.living)
        found: list[Finding] = []
        for number, watch in enumerate(self.watches, start=1):
            found += findings(watch, engine.fired(watch, as_of))
            self.progress("Sweeping", place[0] * len(self.watches) + number, place[1] * len(self.watches))
        write_part(found, part)


def check_day(as_of: date | None, today: date) -> None:
    if as_of is not None and not _EARLIEST <= as_of <= today.replace(day=1, year=today.year + _YEARS_AHEAD):
        raise CannotSweep(f"--as-of {as_of} is not a day that records can be read as of (1900 to a year from now)")


def _started(engine: str, scratch: Path) -> Engine:
    if engine == "duckdb":
        return DuckDB(scratch=scratch, memory="2GB")
    try:
        return Spark()
    except ImportError:
        raise CannotSweep("the engine spark needs pyspark: install preceptor[spark], and Java 17") from None
    except Exception as why:  # what Java says is long, and of many kinds
        raise CannotSweep(f"Spark does not start (is Java 17 installed?): {str(why).strip().splitlines()[0]}") from None


class _Work:
    """The folder of a sweep under way: what was asked, the staged lake, and the parts that are done."""

    def __init__(
        self, folder: Path, source: Source, watches: Sequence[Watch], as_of: date | None, today: date, living: bool
    ) -> None:
        self.folder = folder
        asked = {
            "source": source.mark,
            "watches": hashlib.sha256(repr([(each.id, each) for each in watches]).encode()).hexdigest(),
            "living": living,
        }
        held = self._held()
        same = held is not None and all(held.get(name) == value for name, value in asked.items())
        self.resumed = bool(same and held and as_of in (None, date.fromisoformat(held["as_of"])))
        if self.resumed and held:
            self.as_of = date.fromisoformat(held["as_of"])
        else:
            shutil.rmtree(folder, ignore_errors=True)
            self.as_of = as_of or today
        self._asked = asked | {"as_of": self.as_of.isoformat()}

    def begin(self) -> None:
        self.folder.mkdir(exist_ok=True)
        (self.folder / "asked.json").write_text(json.dumps(self._asked))

    def part(self, place: int, of: int) -> Path:
        return self.folder / f"part-{place:05}-of-{of:05}.parquet"

    def _held(self) -> dict[str, str] | None:
        try:
            held: dict[str, str] = json.loads((self.folder / "asked.json").read_text())
        except (OSError, ValueError):
            return None
        return held
