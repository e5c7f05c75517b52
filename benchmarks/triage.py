"""How fast triage is on one core: requests a second, the slowest hundredth, and the time to load.

    python benchmarks/triage.py [REPEATS]

The requests are the wordings of the tests, without a record and with one of 300 entries. One at a time is how the
service asks, and `preceptor advise triage` has the tool read what has come ahead, some 32 at a time, and writes JSON.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from preceptor.advice import Case, Event, EventKind, Patient, Record
from preceptor.tools.jsonl import TOGETHER, advise_lines
from preceptor.tools.triage import red_flags_in, related_events, tool
from tools.triage.wordings import AS_OF, wordings


def record() -> Record:
    kinds = (EventKind.RESULT, EventKind.ENCOUNTER, EventKind.CONDITION, EventKind.MEDICATION, EventKind.APPOINTMENT)
    texts = ("Haemoglobin 130 g/L", "Seen for cough", "Dizziness", "Ramipril 5mg capsules", "Knee review")
    entries = [
        Event(f"{kinds[at % 5].value}/{at}", kinds[at % 5], AS_OF - timedelta(days=at), texts[at % 5], status="active")
        for at in range(300)
    ]
    return Record(Patient("p1"), tuple(entries))


def measured(name: str, ask: Callable[[Case], object], cases: list[Case]) -> None:
    times = []
    for case in cases:
        started = time.perf_counter()
        ask(case)
        times.append(time.perf_counter() - started)
    slowest = statistics.quantiles(times, n=100)[98] * 1000
    rate, middle = len(times) / sum(times), statistics.median(times) * 1000
    print(f"{name:<42} {rate:>7,.0f} a second   p50 {middle:5.1f} ms   p99 {slowest:5.1f} ms")


def read_ahead(name: str, cases: list[Case]) -> None:
    started = time.perf_counter()
    for at in range(0, len(cases), TOGETHER):
        tool.read_ahead(cases[at : at + TOGETHER])
        for case in cases[at : at + TOGETHER]:
            tool.advise(case)
    told(name, len(cases), time.perf_counter() - started)


def through_the_command(name: str, cases: list[Case]) -> None:
    """What `preceptor advise triage` does between reading a line and writing one."""
    asked = [(case.id, case.request) for case in cases if case.request]
    lines = [json.dumps({"id": name, "text": request.text, "age": request.age}) for name, request in asked]
    started = time.perf_counter()
    for answer in advise_lines(lines, tool, AS_OF):
        json.dumps(answer)
    told(name, len(lines), time.perf_counter() - started)


def told(name: str, asked: int, seconds: float) -> None:
    print(f"{name:<42} {asked / seconds:>7,.0f} a second")


def main(repeats: int) -> None:
    plain = [wording.case for wording in wordings()]
    started = time.perf_counter()
    tool.advise(plain[0])
    print(f"{'load and first request':<42} {time.perf_counter() - started:>7.2f} s")
    for case in plain:  # phrases are compiled when first met
        tool.advise(case)
    held = record()
    with_record = [replace(case, record=held) for case in plain]
    measured("red flags", red_flags_in, plain * repeats)
    measured("advice, words alone", tool.advise, plain * repeats)
    measured("advice, with a record of 300 entries", tool.advise, with_record * repeats)
    through_the_command("preceptor advise triage, words alone", plain * repeats)
    read_ahead("read ahead, with a record of 300 entries", with_record * repeats)
    measured("what the record says, 300 entries", related_events, with_record * repeats)


if __name__ == "__main__":
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("repeats", type=int, nargs="?", default=3, help="how often each request is asked (3)")
    main(ask.parse_args().repeats)
