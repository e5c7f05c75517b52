"""A tool that goes wrong in whatever way the request asks for."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from preceptor.advice import URGENCIES, Advice, Card, Case, Reason, Urgency


class Faulty:
    card = Card(
        tool="faulty",
        title="Faulty",
        version="1.0",
        purpose="to go wrong in tests",
        owner="the tests",
        scale=URGENCIES,
        evidence="none",
        limits=("all of them",),
    )

    def advise(self, case: Case) -> Advice:
        words = case.request.text if case.request else ""
        if "raise" in words:
            raise RuntimeError(f"asked to raise by {words}")
        if "die" in words:
            os._exit(3)
        if "hang" in words:
            time.sleep(60)
        if "secrets" in words:
            assert not [name for name in os.environ if name.startswith(("PRECEPTOR", "DATABASE"))]
        if "memory" in words:
            bytearray(64 * 1024**3)
        if "write" in words:
            with tempfile.TemporaryFile() as file:
                file.write(words.encode())
        if "print" in words:
            print(words, flush=True)
            print(words, file=sys.stderr, flush=True)
        if "fork" in words:
            # It outlives the tool's own process, unless somebody sees to it.
            sleeper = f"import time; time.sleep(300)  # {words.split()[-1]}"
            subprocess.Popen([sys.executable, "-c", sleeper])  # noqa: S603
            time.sleep(60)
        good = Advice(
            case=case.id,
            tool="faulty",
            version="1.0",
            option=Urgency.SOON,
            scale=URGENCIES,
            probabilities=dict.fromkeys(URGENCIES, 0.2),
            prediction_set=URGENCIES,
        )
        change = next((change for name, change in CHANGES.items() if name in words), None)
        return change(good) if change else good


def a_reason(text: object) -> Reason:
    return Reason(text, rule="a rule")  # type: ignore[arg-type]


CHANGES: dict[str, Callable[[Advice], object]] = {
    "nonsense": lambda good: replace(good, option="whenever"),
    "words of its own": lambda good: replace(good, reasons=(Reason("self_care, as it says SECRETWORD"),)),
    "huge": lambda good: replace(good, reasons=(a_reason("x" * 2_000_000),)),
    "half a letter": lambda good: replace(good, reasons=(a_reason("\ud800"),)),
    "nul": lambda good: replace(good, reasons=(a_reason("\0"),)),
    "an object": lambda good: replace(good, not_considered=(object(),)),
    "no number": lambda good: replace(good, probabilities=dict.fromkeys(URGENCIES, float("nan"))),
    "no mapping": lambda good: replace(good, probabilities=None),
    "read only": lambda good: replace(good, probabilities=MappingProxyType(dict.fromkeys(URGENCIES, 0.2))),
    "a path": lambda good: Path(good.case),
    "kind": lambda good: replace(good, kind="surgical"),
}


faulty = Faulty()
