"""Where records come from. Whatever it is, it becomes a lake: Parquet files of `events` and of `patients`."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from preceptor.population.faults import CannotSweep
from preceptor.population.sources.lake import Lake, lake_in

_DATABASE = re.compile(r"(sqlite|postgres|postgresql)://")
_FHIR = (".json", ".ndjson", ".json.gz", ".ndjson.gz")

Staged = Callable[[str, int, int], None]  # what is being done, how much of it, of how much (0: not known)


@dataclass(frozen=True, slots=True)
class Source:
    """`kind` is lake, fhir or database; `name` is a path, or a URL without its password."""

    kind: str
    name: str
    address: str

    @property
    def mark(self) -> str:
        """Changes when the files do. A database is taken as it was when it was first read."""
        path = Path(self.address)
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        told = [] if self.kind == "database" else [_told(file) for file in files if file.is_file()]
        return hashlib.sha256(json.dumps([self.kind, self.name, told]).encode()).hexdigest()

    def staged(self, folder: Path, progress: Staged) -> Lake:
        """The source as a lake; unless it is one already it is written to `folder`, in whole or not at all."""
        if self.kind == "lake":
            return lake_in(Path(self.address))
        if not (folder / "ready").exists():
            folder.mkdir(parents=True, exist_ok=True)
            if self.kind == "fhir":
                from preceptor.population.sources.fhir import stage
            else:
                from preceptor.population.sources.database import stage
            stage(self.address, folder, progress)
            (folder / "ready").touch()
        return lake_in(folder)


def source_at(address: str) -> Source:
    """What stands at this address; CannotSweep, in one line, when it is nothing that can be swept."""
    if _DATABASE.match(address):
        return Source("database", re.sub(r"//[^@/]*@", "//", address), address)
    path = Path(address)
    if not path.exists():
        raise CannotSweep(f"{address}: there is no such file or folder")
    files = [file.name.lower() for file in (path.rglob("*") if path.is_dir() else [path]) if file.is_file()]
    if path.is_dir() and any(name.endswith(".parquet") for name in files):
        return Source("lake", str(path.resolve()), address)
    if any(name.endswith(_FHIR) for name in files):
        return Source("fhir", str(path.resolve()), address)
    if not files:
        raise CannotSweep(f"{address} is an empty folder: there is nothing to sweep")
    raise CannotSweep(f"{address} holds neither Parquet files nor FHIR in JSON")


def _told(file: Path) -> tuple[str, int, int]:
    told = file.stat()
    return str(file), told.st_size, told.st_mtime_ns
