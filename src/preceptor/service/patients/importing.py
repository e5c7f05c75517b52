"""FHIR files into the records of a practice: every resource is kept, not kept because of its type, or reported."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from django.db import transaction

from preceptor.record.fhir import (
    Entry,
    Kept,
    NotKept,
    Outcome,
    Problem,
    Refused,
    files_of,
    interpret,
    medication_keys,
    understand,
    with_problem,
)
from preceptor.service.ledger import chain
from preceptor.service.patients.aside import Aside
from preceptor.service.patients.keeping import Fate, Keeper, Placed
from preceptor.service.practices.models import Practice

BATCH = 1000  # resources in one transaction: others who write wait for a fraction of a second
UNREADABLE = "(unreadable)"  # stands for the type where there is none to tell


@dataclass(slots=True)
class Counts:
    """`read` is the sum of all the others but `flagged`, which counts those kept in which something is not trusted."""

    read: int = 0
    added: int = 0
    replaced: int = 0
    unchanged: int = 0
    older: int = 0  # than the version that is held
    not_kept: int = 0  # of a type that has no place in a record
    reported: int = 0  # not taken in, for the reason told
    flagged: int = 0


@dataclass(slots=True)
class ImportReport:
    """What became of every resource, by type."""

    files: int = 0
    types: dict[str, Counts] = field(default_factory=dict)
    finished: bool = False

    def of(self, kind: str) -> Counts:
        if kind not in self.types:
            self.types[kind] = Counts()
        return self.types[kind]

    @property
    def total(self) -> Counts:
        counts = [asdict(each) for each in self.types.values()]
        return Counts(**{name: sum(each[name] for each in counts) for name in asdict(Counts())})

    @property
    def reported(self) -> int:
        return self.total.reported

    @property
    def flagged(self) -> int:
        return self.total.flagged

    def as_dict(self) -> dict[str, object]:
        types = {kind: asdict(self.types[kind]) for kind in sorted(self.types)}
        return {"files": self.files, "finished": self.finished, "total": asdict(self.total), "types": types}


class NoSuchPractice(LookupError):
    """The message says which practices there are."""


def practice_of(ods_code: str | None) -> Practice:
    """The practice with this code, or the only one there is."""
    practices = list(Practice.objects.order_by("ods_code"))
    if not practices:
        raise NoSuchPractice("there is no practice yet: run `preceptor setup` first")
    if ods_code is None and len(practices) == 1:
        return practices[0]
    for practice in practices:
        if practice.ods_code == ods_code:
            return practice
    codes = ", ".join(practice.ods_code for practice in practices)
    if ods_code is None:
        raise NoSuchPractice(f"there are several practices: choose one with --practice ({codes})")
    raise NoSuchPractice(f"there is no practice with the ODS code {ods_code} ({codes})")


def import_paths(
    practice: Practice,
    paths: Iterable[Path],
    progress: Callable[[int, int], None] | None = None,
    tell: Callable[[Problem], None] | None = None,
    now: datetime | None = None,
) -> ImportReport:
    """Import files and folders of FHIR R4 JSON; importing the same again changes nothing.

    `progress` is called with the bytes read and their sum; `tell` with each problem, as soon as it is sure.
    One ledger entry says what the run did, also of a run that was broken off: what it had kept by then stays.
    """
    files = files_of(paths)
    size = sum(file.stat().st_size for file in files if file.is_file())
    done = 0

    def on_bytes(count: int) -> None:
        nonlocal done
        done += count
        if progress:
            progress(done, size)

    with Aside() as aside:
        run = _Run(practice, aside, tell or _nobody, now or datetime.now(UTC))
        run.report.files = len(files)
        try:
            for item in understand(files, run.now, aside.medication, on_bytes):
                run.take(item)
            run.flush()
            run.take_what_waited()
            run.report.finished = True
        finally:
            with transaction.atomic():
                subject = f"practice:{practice.ods_code}"
                chain.append("records.imported", subject, run.report.as_dict(), actor=chain.SYSTEM, practice=practice)
    return run.report


def _nobody(problem: Problem) -> None:
    del problem


class _Run:
    def __init__(self, practice: Practice, aside: Aside, tell: Callable[[Problem], None], now: datetime) -> None:
        self.report = ImportReport()
        self._keeper = Keeper(practice)
        self._aside = aside
        self._tell = tell
        self.now = now
        self._batch: dict[str, tuple[Entry, Kept]] = {}
        self._last_chance = False

    def take(self, item: tuple[Entry, Outcome] | Problem) -> None:
        """One item of the input: counted once, whatever becomes of it."""
        if isinstance(item, Problem):
            counts = self.report.of(UNREADABLE)
            counts.read += 1
            counts.reported += 1
            self._tell(item)
            return
        entry, outcome = item
        counts = self.report.of(outcome.kind or UNREADABLE)
        counts.read += 1
        match outcome:
            case NotKept():
                counts.not_kept += 1
                for key, code in medication_keys(entry) if outcome.kind == "Medication" else ():
                    self._aside.put_medication(key, code)
            case Refused():
                self._report(entry, outcome.kind, outcome.key, outcome.why)
            case Kept():
                self._take(entry, outcome)

    def _take(self, entry: Entry, kept: Kept) -> None:
        if kept.waits_for:
            if not self._last_chance:
                self._aside.put(entry)
                return
            kept = with_problem(kept, f"points at {kept.waits_for}, which is not in this import")
        if kept.key in self._batch or len(self._batch) >= BATCH:
            self.flush()
        self._batch[kept.key] = (entry, kept)

    def flush(self) -> None:
        """Write what has gathered."""
        batch, self._batch = self._batch, {}
        if batch:
            for placed in self._keeper.keep(list(batch.values())):
                self._settle(placed)

    def take_what_waited(self) -> None:
        """What was put aside, now that everything was seen: who is not known now is reported."""
        self._last_chance = True
        for entry in self._aside.entries():
            outcome = interpret(entry.resource, entry.full_url, now=self.now, medication=self._aside.medication)
            if isinstance(outcome, Kept):
                self._take(entry, outcome)
        self.flush()

    def _settle(self, placed: Placed) -> None:
        kept, entry = placed.kept, placed.entry
        if placed.fate is Fate.WAITS and not self._last_chance:
            self._aside.put(entry)
            return
        if placed.fate in (Fate.WAITS, Fate.REPORTED):
            self._report(entry, kept.kind, kept.key, placed.why)
            return
        counts = self.report.of(kept.kind)
        setattr(counts, placed.fate, getattr(counts, placed.fate) + 1)
        counts.flagged += bool(placed.problems)
        for why in placed.problems:
            self._tell(Problem(entry.file, entry.place, why, kept.key))

    def _report(self, entry: Entry, kind: str, key: str, why: str) -> None:
        self.report.of(kind or UNREADABLE).reported += 1
        self._tell(Problem(entry.file, entry.place, why, key))
