"""How fast FHIR is read and stored: `python benchmarks/import_fhir.py [PATH...]`.

Without a path it reads 214,800 synthetic resources as NDJSON (200 patients with 1,000 results each). Prints a table:
reading and interpreting alone on one core, an import into an empty database and once more into the same (SQLite; with
DATABASE_URL another), and the lake that a sweep of the files reads, each with the processor time of this process and
of those that read beside it. The bar is 10,000 resources a second on two cores.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

from hooks import prefetch

PATIENTS = 200


def main(paths: list[Path]) -> None:
    with tempfile.TemporaryDirectory(prefix="preceptor-benchmark-") as home:
        os.environ |= {"PRECEPTOR_HOME": home, "DJANGO_SETTINGS_MODULE": "preceptor.service.settings"}
        paths = paths or [synthetic(Path(home) / "fhir")]
        import django

        django.setup()
        from django.core.management import call_command

        from preceptor.population.sources.fhir import stage
        from preceptor.record.fhir import Entry, files_of, interpret, read
        from preceptor.service.patients.importing import import_paths
        from preceptor.service.practices.models import Practice

        def understand() -> int:
            items = 0
            for item in read(files_of(paths)):
                items += 1
                if isinstance(item, Entry):
                    interpret(item.resource, item.full_url)
            return items

        call_command("migrate", verbosity=0)
        practice = Practice.objects.create(name="Benchmark", ods_code="Z00000", synthetic=True)

        def store() -> int:
            return import_paths(practice, paths).total.read

        def lake() -> int:
            (Path(home) / "lake").mkdir()
            for path in paths:
                stage(str(path), Path(home) / "lake", lambda *_: None)
            return read_in_all

        print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}\n")
        print("| what | resources | time | a second | processor, this process | beside it |\n|---|---|---|---|---|---|")
        read_in_all = timed("read and interpret, one core", understand)
        timed("import", store)
        timed("import again", store)
        timed("lake for a sweep", lake)


def synthetic(folder: Path) -> Path:
    """200 patients as a bulk export writes them: a file a type."""
    folder.mkdir()
    with ExitStack() as stack:
        files: dict[str, TextIO] = {}
        for number in range(PATIENTS):
            told = prefetch(number)
            bundles = [told[name]["entry"] for name in ("conditions", "results", "medications", "encounters")]
            for resource in (told["patient"], *(entry["resource"] for entries in bundles for entry in entries)):
                kind = resource["resourceType"]
                if kind not in files:
                    files[kind] = stack.enter_context((folder / f"{kind}.ndjson").open("w"))
                # The prefetch names them for one patient alone.
                name = resource["id"] if kind == "Patient" else f"{number}-{resource['id']}"
                files[kind].write(json.dumps(resource | {"id": name}) + "\n")
    return folder


def timed(what: str, work: Callable[[], int]) -> int:
    wall, before = time.perf_counter(), os.times()
    resources = work()
    wall, after = time.perf_counter() - wall, os.times()
    # Of processes that have ended by now, too.
    own, others = (sum(after[at : at + 2]) - sum(before[at : at + 2]) for at in (0, 2))
    print(
        f"| {what} | {resources:,} | {wall:.1f} s | {resources / wall:,.0f} | {own:.1f} s | {others:.1f} s |",
        flush=True,
    )
    return resources


if __name__ == "__main__":
    main([Path(argument) for argument in sys.argv[1:]])
