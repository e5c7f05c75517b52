"""Charts of results, as SVG text: pure functions of their points. Nothing is fetched, no colour carries meaning."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from html import escape
from typing import Any

import vl_convert

INK, QUIET, FAINT = "#0b2d52", "#4c6272", "#d8dde0"
FONT = "Arial, Helvetica, Liberation Sans, sans-serif"
WIDTH, HEIGHT = 370, 190  # of the plot: small enough that its words can still be read on a phone


@dataclass(frozen=True, slots=True)
class Point:
    """One result. `series` names the line it belongs to, where a chart has two (a blood pressure)."""

    when: datetime
    value: float
    series: str = ""


@dataclass(frozen=True, slots=True)
class Band:
    """A range worth naming, drawn as a dotted line at its upper edge with its label: "G3a below 60"."""

    below: float
    label: str


def result_chart(
    points: Sequence[Point], *, title: str, unit: str, bands: Sequence[Band] | None = None, width: int = WIDTH
) -> str:
    """An SVG of these results over time, oldest to newest; at least one point is needed.

    It carries its own title and a description in words, for those who do not see it.
    """
    return _drawn(tuple(points), title, unit, tuple(bands or ()), width)


def in_words(points: Sequence[Point], unit: str) -> str:
    """What it shows: "5 values from 3 Mar 2012 to 4 May 2026: first 78, lowest 41, highest 80, latest 41 mmol/L"."""
    said = []
    for series in dict.fromkeys(point.series for point in points):
        values = [point for point in points if point.series == series]
        first, last = values[0], values[-1]
        name = f"{series}: " if series else ""
        if len(values) == 1:
            said.append(f"{name}one value, {number(last.value)} {unit}".rstrip() + f" on {_day(last.when)}")
            continue
        lowest, highest = min(point.value for point in values), max(point.value for point in values)
        said.append(
            f"{name}{len(values)} values from {_day(first.when)} to {_day(last.when)}: first {number(first.value)}, "
            f"lowest {number(lowest)}, highest {number(highest)}, latest {number(last.value)} {unit}".rstrip()
        )
    return ". ".join(said)


def sparkline(
    points: Sequence[Point], series: str = "", width: int = 120, height: int = 28
) -> list[tuple[float, float]]:
    """One series as a line without axes, in a box of this size: x and y from its upper left corner.

    All the points set the scale, so that two series can share one box.
    """
    start, end = points[0].when, points[-1].when
    low, high = min(point.value for point in points), max(point.value for point in points)
    seconds, span, edge = (end - start).total_seconds() or 1.0, (high - low) or 1.0, 4
    lift = 0.5 if high == low else 0.0  # values that never change run through the middle
    return [
        (
            round(edge + (point.when - start).total_seconds() / seconds * (width - 2 * edge), 1),
            round(edge + ((high - point.value) / span + lift) * (height - 2 * edge), 1),
        )
        for point in points
        if point.series == series
    ]


def number(value: float) -> str:
    """As a clinician writes it, with four significant digits at most: 41, 4.6, 10.96, 1,234."""
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.4g}" if abs(value) >= 1e-4 else f"{value:.4f}".rstrip("0").rstrip(".")


def _day(when: datetime) -> str:
    return f"{when.day} {when:%b %Y}"


@lru_cache(maxsize=256)
def _drawn(points: tuple[Point, ...], title: str, unit: str, bands: tuple[Band, ...], width: int) -> str:
    svg = vl_convert.vegalite_to_svg(_spec(points, unit, bands, width))
    description = in_words(points, unit)
    # Vega's own roles and labels would be read out one mark after another: the description says it all.
    bare = re.sub(r' (?:role|aria-[a-z]+)="[^"]*"', "", svg)
    opening, _, drawing = bare.partition(">")
    named = 'role="img" aria-labelledby="chart-title chart-description"'
    told = f'<title id="chart-title">{escape(title)}</title><desc id="chart-description">{escape(description)}</desc>'
    return f"{opening} {named}>{told}{drawing}"


def _spec(points: tuple[Point, ...], unit: str, bands: tuple[Band, ...], width: int) -> dict[str, Any]:
    low, high = _range(points, bands)
    x = {
        "field": "when", "type": "temporal", "title": None, "scale": {"type": "utc", "domain": _days(points)},
        "axis": {
            "format": "%Y" if _years(points) > 3 else "%b %Y", "tickCount": 4, "grid": False,
            "labelOverlap": True, "labelSeparation": 12,
        },
    }  # fmt: skip
    y = {
        "field": "value", "type": "quantitative", "title": unit or None,
        "scale": {"domain": [low, high], "zero": False, "nice": False}, "axis": {"tickCount": 5, "gridColor": FAINT},
    }  # fmt: skip
    series = list(dict.fromkeys(point.series for point in points))
    by_series = {"field": "series", "type": "nominal", "sort": series, "legend": None}
    shape = by_series | {"scale": {"domain": series, "range": ["circle", "square"][: len(series)]}}
    dash = by_series | {"scale": {"domain": series, "range": [[1, 0], [6, 3]][: len(series)]}}
    last = [point for name in series for point in [p for p in points if p.series == name][-1:]]
    labels = [f"{point.series} {number(point.value)}".strip() for point in last]
    latest = {
        "data": {"values": [_row(point) | {"label": label} for point, label in zip(last, labels, strict=True)]},
        "mark": {"type": "text", "align": "left", "dx": 8, "fontWeight": "bold", "fontSize": 15, "color": INK},
        "encoding": {"x": x, "y": y, "text": {"field": "label"}},
    }
    line = {"mark": {"type": "line", "color": INK, "strokeWidth": 2}, "encoding": {"x": x, "y": y, "strokeDash": dash}}
    dots = {
        "mark": {"type": "point", "filled": True, "color": INK, "opacity": 1, "size": 45},
        "encoding": {"x": x, "y": y, "shape": shape},
    }
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": width, "height": HEIGHT, "background": "white",
        "padding": {"left": 4, "top": 20, "bottom": 4, "right": 10},
        "autosize": {"type": "pad", "contains": "content"},
        "data": {"values": [_row(point) for point in points]},
        "layer": [*_bands(points, bands, low, high), line, dots, latest],
        "config": {
            "font": FONT, "view": {"stroke": None},
            "axis": {"labelFontSize": 14, "titleFontSize": 14, "titleFontWeight": "normal", "labelColor": QUIET,
                     "titleColor": QUIET, "domainColor": QUIET, "tickColor": QUIET},
        },
    }  # fmt: skip


def _row(point: Point) -> dict[str, Any]:
    # The day in the result's own time zone, given to Vega as UTC: it must not move by an hour into another day.
    return {"when": f"{point.when:%Y-%m-%dT%H:%M}Z", "value": point.value, "series": point.series}


def _bands(points: tuple[Point, ...], bands: tuple[Band, ...], low: float, high: float) -> list[dict[str, Any]]:
    layers: list[dict[str, Any]] = []
    for band in bands:
        if not low < band.below <= high:
            continue
        data, edge = {"values": [{"edge": band.below}]}, {"field": "edge", "type": "quantitative"}
        left = _room(points, band.below, at_start=True) > _room(points, band.below, at_start=False)
        mark = {"type": "text", "align": "left" if left else "right", "baseline": "bottom", "dx": 4 if left else -4}
        look = {"dy": -2, "fontSize": 13, "color": QUIET, "text": f"{band.label} below {number(band.below)}"}
        rule = {"type": "rule", "color": QUIET, "strokeDash": [2, 4]}
        layers += [
            {"data": data, "mark": rule, "encoding": {"y": edge}},
            {"data": data, "mark": mark | look, "encoding": {"y": edge, "x": {"value": 0 if left else WIDTH}}},
        ]
    return layers


def _room(points: tuple[Point, ...], edge: float, *, at_start: bool) -> float:
    """How near the line comes to an edge in the part of the chart where its label would stand."""
    middle = points[0].when + (points[-1].when - points[0].when) * (0.4 if at_start else 0.6)
    near = [abs(point.value - edge) for point in points if (point.when <= middle) == at_start]
    return min(near, default=0.0)


def _range(points: tuple[Point, ...], bands: tuple[Band, ...]) -> tuple[float, float]:
    """From a little below the lowest value to a little above the highest: never so close that noise looks like a fall,
    and with the nearest edge of a band in sight."""
    low, high = min(point.value for point in points), max(point.value for point in points)
    least = 0.2 * max(abs(low), abs(high)) or 1.0
    room = max(0.08 * (high - low), (least - (high - low)) / 2)
    bottom, top = low - room, high + room
    edges = [band.below for band in bands]
    top = min((edge for edge in edges if edge >= high), default=top)
    nearest_below = max((edge for edge in edges if edge <= low), default=bottom)
    bottom = min(bottom, nearest_below - 0.05 * (top - nearest_below))
    return (max(bottom, 0.0) if low >= 0 else bottom), max(top, high + room / 2)


def _years(points: tuple[Point, ...]) -> float:
    return (points[-1].when - points[0].when).days / 365


def _days(points: tuple[Point, ...]) -> list[str]:
    """From the first day to the last; a single day gets a season of room on each side."""
    start, end = points[0].when, points[-1].when
    if (end - start).days < 7:
        start, end = start - timedelta(days=90), end + timedelta(days=90)
    return [f"{when:%Y-%m-%dT%H:%M}Z" for when in (start, end)]
