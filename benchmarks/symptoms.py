"""How fast the symptom tool answers while somebody types: p50 and p99, on one core.

    python benchmarks/symptoms.py [REPEATS]

Measured: the look-up of every beginning of a sample of the tests' wordings, as they look while typed; the same with
the page around it (sign-in, form, template; SQLite in memory); and words of the greatest length that is looked up.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from preceptor.tools.triage.symptoms import LONGEST, look_up
from tools.triage.wordings import wordings

STEP = 5  # characters typed between two look-ups
SAMPLE = 7  # one wording in so many


def typed() -> list[str]:
    """The wordings as they look while they are typed."""
    texts = [wording.case.request.text for wording in wordings()[::SAMPLE] if wording.case.request]
    return [text[:end] for text in texts for end in range(3, len(text) + STEP, STEP) if text[:end].strip()]


def longest() -> list[str]:
    texts = [wording.case.request.text for wording in wordings() if wording.case.request]
    joined = ". ".join(texts)
    return [joined[at : at + LONGEST] for at in range(0, len(joined) - LONGEST, LONGEST)]


def measured(name: str, ask: Callable[[str], object], texts: list[str]) -> None:
    times = []
    for text in texts:
        started = time.perf_counter()
        ask(text)
        times.append((time.perf_counter() - started) * 1000)
    middle, slowest = statistics.median(times), statistics.quantiles(times, n=100)[98]
    print(f"| {name} | {len(times):,} | {middle:.1f} ms | {slowest:.1f} ms |")


def page() -> Callable[[str], object]:
    """What htmx asks of the page for each stop in the typing, by somebody who has signed in."""
    os.environ["PRECEPTOR_HOME"] = tempfile.mkdtemp()
    os.environ["DATABASE_URL"] = "sqlite://:memory:"
    os.environ["DJANGO_SETTINGS_MODULE"] = "preceptor.service.settings"
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import Client

    from service.factories import a_practice, a_user

    call_command("migrate", verbosity=0)
    client = Client(SERVER_NAME="localhost")
    client.force_login(a_user(a_practice()))

    def ask(text: str) -> object:
        answer = client.post("/symptoms/", {"words": text}, headers={"HX-Request": "true"})
        if answer.status_code != 200:
            raise SystemExit(f"the page answered {answer.status_code}")
        return answer

    return ask


def main(repeats: int) -> None:
    started = time.perf_counter()
    look_up("sore throat")
    print(f"Library loaded and first look-up: {time.perf_counter() - started:.2f} s\n")
    short, long = typed(), longest()
    cold = time.perf_counter()
    for text in short + long:  # phrases are compiled when first met
        look_up(text)
    print(f"The first pass, phrases compiled on the way: {time.perf_counter() - cold:.1f} s\n")
    print("| what | look-ups | p50 | p99 |\n|---|---:|---:|---:|")
    measured("look-up while typed", look_up, short * repeats)
    measured(f"look-up of {LONGEST:,} characters", look_up, long * repeats)
    ask = page()
    ask("sore throat")
    measured("the page's answer while typed", ask, short * repeats)
    measured(f"the page's answer to {LONGEST:,} characters", ask, long * repeats)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
