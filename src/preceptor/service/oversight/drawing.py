"""The charts of a tool's figures, by name: drawn by the helpers that the evaluation and the results have.

Each is told in words as well, and has its table beside it on the page.
"""

from __future__ import annotations

from preceptor.evaluation import charts as evaluation_charts
from preceptor.service.oversight.measuring import Figures
from preceptor.service.patients.charts import WIDTH, Band, Point, in_words, result_chart

CHARTS = ("under-triage", "calibration", "rair", "rsr", "subgroups")


def bounds_in_words(found: Figures) -> str:
    return in_words(_bounds(found), "%")


def drawn(found: Figures, name: str, *, narrow: bool = False) -> str:
    """The SVG of one chart, `narrow` for a phone; empty where there is nothing to draw.

    KeyError where no chart is called so.
    """
    if name not in CHARTS:
        raise KeyError(name)
    if name == "under-triage":
        limit = 100 * found.gates.terms.plan.limit
        points = _bounds(found)
        title = "Running upper bound of under-triage"
        width = 250 if narrow else WIDTH
        return result_chart(points, title=title, unit="%", bands=[Band(limit, "limit:")], width=width) if points else ""
    if name == "calibration":
        bins = found.calibration.reliability
        return evaluation_charts.reliability(found.calibration, name, "Calibration", narrow=narrow) if bins else ""
    if name in ("rair", "rsr"):
        return _months(found, name, narrow=narrow)
    groups = found.gates.measured.subgroups
    if groups is None or not groups.groups:
        return ""
    rows = [(f"{group.attribute}: {group.value} (n {group.raw.n:,})", group.raw) for group in groups.groups]
    return evaluation_charts.shares(rows, name, "Advice urgent enough, by group", narrow=narrow)


def _bounds(found: Figures) -> list[Point]:
    return [Point(bound.at, round(100 * bound.upper, 2)) for bound in found.bounds]


def _months(found: Figures, name: str, *, narrow: bool) -> str:
    rows = [(month.name, month.rair if name == "rair" else month.rsr) for month in found.months]
    if not any(share.n for _, share in rows):
        return ""
    title = "Put right by right advice (RAIR)" if name == "rair" else "Stood firm against wrong advice (RSR)"
    named = [(f"{month} (n {share.n})", share) for month, share in rows]
    return evaluation_charts.shares(named, name, title, narrow=narrow)
