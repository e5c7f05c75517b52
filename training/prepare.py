"""Write the examples as the model reads them, for `encoder.py`, which needs nothing of Preceptor.

python training/prepare.py OUT.jsonl
"""

from __future__ import annotations

import sys
from pathlib import Path

import orjson

from preceptor.advice import URGENCIES
from preceptor.tools.triage.examples import Example, all_examples
from preceptor.tools.triage.model.wording import as_read

SHARED = 0.3  # of the weight goes to the other answers that a GP could defend


def target(example: Example) -> list[float]:
    """How much weight each urgency has in what is learned, most urgent first. Sums to one."""
    others = set(example.also)
    share = SHARED / len(others) if others else 0.0
    best = 1.0 - (SHARED if others else 0.0)
    return [best if u is example.urgency else share if u in others else 0.0 for u in URGENCIES]


def main(out: Path) -> None:
    lines = [
        orjson.dumps(
            {"id": e.id, "text": as_read(e.case), "target": target(e), "presentation": e.presentation,
             "author": e.author, "voice": e.voice}
        )
        for e in all_examples()
    ]  # fmt: skip
    out.write_bytes(b"\n".join(lines) + b"\n")
    print(f"{len(lines)} examples in {out}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
