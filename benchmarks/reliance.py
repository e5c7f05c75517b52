"""How long `preceptor reliance` takes on a large table of decisions, made up for the purpose.

    python benchmarks/reliance.py [ROWS] [CLINICIANS]

Measured on a shared virtual machine with two cores of a current server processor, one process, Python 3.11. Other work
ran beside it, so processor time is the steadier figure; wall time was one to three times as long. The row of a million
rows and 500 clinicians was measured again when the agents of the split became two (wall 5.8 s); the others are earlier.

| rows | clinicians | read, processor s | measure, processor s | whole command, processor s | peak memory |
|---|---|---|---|---|---|
| 100,000 | 500 | 0.3 | 0.2 | 1.7 | 141 MiB |
| 1,000,000 | 500 | 2.6 | 1.3 | 5.7 | 656 MiB |
| 1,000,000 | 100,000 | 4.4 | 11.0 | 17.7 | 621 MiB |

With 100,000 clinicians the time goes into drawing clinicians: 2,000 resamples of as many.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from preceptor.supervision import telling
from preceptor.supervision.reading import read_decisions

URGENCIES = np.array(["emergency", "same_day", "soon", "routine", "self_care"])


def write(path: Path, rows: int, clinicians: int) -> None:
    """First views right in 68 of 100, advice in 76, taken in half of all disagreements; one row in fifty has no first
    view, and no two rows share a case."""
    rng = np.random.default_rng(1)
    truth = rng.integers(0, 5, rows)
    first, advice = (np.where(rng.random(rows) < p, truth, rng.integers(0, 5, rows)) for p in (0.6, 0.7))
    final = np.where(rng.random(rows) < 0.5, advice, first)
    who = rng.integers(0, clinicians, rows)
    views = [URGENCIES[column].tolist() for column in (first, advice, final, truth)]
    views[0] = ["" if i % 50 == 0 else word for i, word in enumerate(views[0])]
    with path.open("w") as out:
        out.write("clinician,case,first_view,advice,final,truth\n")
        for i, (c, *words) in enumerate(zip(who.tolist(), *views, strict=True)):
            out.write(f"c{c},case-{i},{','.join(words)}\n")


def main(rows: int, clinicians: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "decisions.csv"
        write(path, rows, clinicians)
        wall, cpu = time.perf_counter(), time.process_time()
        table = read_decisions(path)
        read = time.process_time() - cpu
        cpu = time.process_time()
        telling.report(table)
        measured = time.process_time() - cpu
        both = time.perf_counter() - wall
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        wall = time.perf_counter()
        subprocess.run(  # noqa: S603 -- our own command
            [Path(sys.executable).parent / "preceptor", "reliance", path], check=True, stdout=subprocess.DEVNULL
        )
        wall = time.perf_counter() - wall
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        whole = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(
        f"| {rows:,} | {clinicians:,} | {read:.1f} | {measured:.1f} | {whole:.1f} | {after.ru_maxrss / 1024:,.0f} MiB |"
    )
    print(f"wall: read and measure {both:.1f} s, whole command {wall:.1f} s")


if __name__ == "__main__":
    main(*(int(value) for value in (*sys.argv[1:3], *("1000000", "500")[len(sys.argv) - 1 :])))
