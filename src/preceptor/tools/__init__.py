"""Tools: each takes a Case and returns Advice, each is found by entry point.

Anybody's package can add one: it names an object with a `card` and an `advise(case)` under the entry point group
`preceptor.tools` (docs/how-to/write-a-tool.md). A plug-in that cannot be loaded is reported by name and never takes the
others down.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from importlib.metadata import entry_points

from preceptor.advice import Card, Tool

GROUP = "preceptor.tools"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Broken:
    """A plug-in that is installed and cannot be used, and why."""

    name: str
    package: str
    why: str


def found() -> dict[str, Tool]:
    """Every tool that is installed and can be used, by its name. What cannot is in `broken()`, and in the log."""
    tools, faulty = _load()
    for fault in faulty:
        _log.warning("The tool %s of the package %s cannot be used: %s", fault.name, fault.package, fault.why)
    return tools


def broken() -> tuple[Broken, ...]:
    """Every plug-in that is installed and cannot be used, for `preceptor doctor` and the oversight pages."""
    return _load()[1]


def _load() -> tuple[dict[str, Tool], tuple[Broken, ...]]:
    tools: dict[str, Tool] = {}
    faulty: list[Broken] = []
    # By package as well, so that of two tools of one name the same one is kept on every machine; ours goes first.
    points = sorted(
        entry_points(group=GROUP), key=lambda p: (p.name, _package(p.dist) != "preceptor", _package(p.dist), p.value)
    )
    seen: set[tuple[str, str]] = set()
    for point in points:
        if (point.name, point.value) in seen:  # an editable install can list itself twice
            continue
        seen.add((point.name, point.value))
        package = _package(point.dist)
        try:
            tool = point.load()
            why = _not_a_tool(tool, point.name)
        except Exception as wrong:  # whatever a stranger's module raises, the others must stand
            why = f"{type(wrong).__name__}: {wrong}"
        if not why and point.name in tools:
            why = "another package has a tool of this name"
        if why:
            faulty.append(Broken(point.name, package, why))
        else:
            tools[point.name] = tool
    return tools, tuple(faulty)


def _package(distribution: object) -> str:
    return str(getattr(distribution, "name", "?"))


def _not_a_tool(tool: object, name: str) -> str:
    """Why this object is no tool; empty when it is one."""
    if isinstance(tool, type):
        return "the entry point names a class, not a tool made from it"
    if not isinstance(tool, Tool):
        return "it has no card or no advise(case)"
    card = tool.card
    if not isinstance(card, Card):
        return "its card is not a Card"
    if card.tool != name:
        return f"its card says {card.tool!r}, its entry point {name!r}"
    if not card.scale or len(set(card.scale)) != len(card.scale):
        return "its scale is empty or names an option twice"
    return ""
