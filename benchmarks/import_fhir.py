"""How fast FHIR is read and stored on one core: `python benchmarks/import_fhir.py PATH...`.

Prints, for reading and interpreting alone and for an import into an empty SQLite database and once more into the
same: resources, seconds of this process and resources a second. Claims and the like are counted: they are read too.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path


def main(paths: list[Path]) -> None:
    with tempfile.TemporaryDirectory(prefix="preceptor-benchmark-") as home:
        os.environ |= {"PRECEPTOR_HOME": home, "DJANGO_SETTINGS_MODULE": "preceptor.service.settings"}
        os.environ.pop("DATABASE_URL", None)
        import django

        django.setup()
        from django.core.management import call_command

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

        timed("read and interpret", understand)
        timed("import", store)
        timed("import again", store)


def timed(what: str, work: Callable[[], int]) -> None:
    wall, cpu = time.perf_counter(), time.process_time()
    resources = work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    speed = f"{resources / wall:,.0f} a second, {resources / cpu:,.0f} a second of processor"
    print(f"{what:<20}{resources:>9,} resources{wall:>8.2f} s: {speed}")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(f"usage: {sys.argv[0]} PATH...")
    main([Path(argument) for argument in sys.argv[1:]])
