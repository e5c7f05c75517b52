"""docs/reference/watches.md, made from the watches and their tables: python tests/tools/watch/reference_page.py"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from preceptor.tools.watch import PACKS, Watch
from preceptor.tools.watch.criteria import Criterion, When

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "watches.md"
SPECS = Path(__file__).parent / "specs"
_PACKS = {
    "results": "Results that asked for something",
    "kidney": "Kidneys",
    "diabetes": "Diabetes",
    "monitoring": "Medicines that need tests",
    "prescribing": "Prescribing safety",
    "cancer": "Signs of cancer (a source that needs a licence to adapt: a pack of its own)",
    "cancer_results": "Results beyond a limit for cancer (a source that needs a licence to adapt: a pack of its own)",
    "symptoms": "Symptoms that come back or change",
    "heart": "Heart, blood pressure and stroke",
    "qrisk3": "QRISK3 (coefficients under the GNU LGPL, with a disclaimer: a pack of its own)",
}


def page() -> str:
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    count = sum(len(watches) for watches in PACKS.values())
    yield "# The watches"
    yield ""
    yield "<!-- Made by tests/tools/watch/reference_page.py from the definitions and their tests: do not edit. -->"
    yield ""
    yield f"{count} watches in {len(PACKS)} packs. Each fires when all its criteria are met, unless it says otherwise;"
    yield "what is unknown never makes one fire. **No clinician has reviewed any of them yet.** `verified` says how far"
    yield "the figures were checked against the source: yes, partly or no. The tables are the tests: who is found,"
    yield "since when, by which of their rows; nobody else is. How to write one:"
    yield "[write a watch](../how-to/write-a-watch.md)."
    tables = _tables()
    for pack, watches in PACKS.items():
        yield f"\n## {_PACKS[pack]}"
        for watch in watches:
            yield from _watch(watch, tables[watch.id])


def _watch(watch: Watch, table: str) -> Iterator[str]:
    source = watch.source
    yield f"\n### {watch.title}\n"
    yield f"`{watch.id}` · {watch.priority.replace('_', ' ')} · {watch.why} **{watch.ask}**\n"
    yield from _criteria(watch.when)
    yield ""
    yield (
        f"Source: {source.words}; version {source.version}; verified: {source.verified}; effective {source.effective}, "
        f"review by {source.review}; reviewed by: {watch.reviewed_by}."
    )
    yield f"\n```\n{table}\n```"


def _criteria(part: When, indent: str = "") -> Iterator[str]:
    if isinstance(part, Criterion):
        yield f"{indent}- {part.words}"
    elif part.needed == sum(points for _, points in part.parts):
        for inner, _ in part.parts:
            yield from _criteria(inner, indent)
    else:
        yield f"{indent}- {'one of' if part.needed == 1 else f'at least {part.needed} points of'}:"
        for inner, points in part.parts:
            lines = list(_criteria(inner, f"{indent}  "))
            yield from lines if len(lines) == 1 and points == 1 else _together(lines, indent, points)


def _together(lines: list[str], indent: str, points: int) -> Iterator[str]:
    if len(lines) == 1:
        yield f"{lines[0]} ({points} points)"
    else:
        yield f"{indent}  - together:"
        yield from (f"  {line}" for line in lines)


def _tables() -> dict[str, str]:
    found = {}
    for file in sorted(SPECS.glob("*.txt")):
        for block in re.split(r"\n(?=== )", file.read_text()):
            if head := re.search(r"^== (\w+), (as of .*)$", block, re.M):
                found[head[1]] = f"{head[2]}\n{block[head.end() :].strip()}"
    return found


if __name__ == "__main__":
    PAGE.write_text(page())
