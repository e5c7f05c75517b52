"""Charts of an evaluation, as SVG text. Nothing is fetched and no colour carries meaning: every mark has its words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from textwrap import wrap
from typing import Any

import vl_convert

from preceptor.advice import URGENCIES
from preceptor.evaluation.evaluation import Evaluation
from preceptor.supervision.calibration import Calibration
from preceptor.supervision.figures import Share

INK, QUIET, FAINT = "#0b2d52", "#4c6272", "#d8dde0"
SHADES = ["#ffffff", "#aebdca"]  # dark ink reads on both
FONT = "Arial, Helvetica, Liberation Sans, sans-serif"
BREAK = "\x1f"  # between the lines of a name: no name holds it


def shares(rows: Sequence[tuple[str, Share]], key: str, title: str, *, narrow: bool = False) -> str:
    """Each share as a point with its interval, top to bottom in the order given; those of no cases are left out.

    `narrow` is for a phone: some 320 px in all, so that its words are not made smaller to fit. Long names break.
    """
    values = [
        {
            "name": _broken(name) if narrow else name,
            "at": 100 * found.value,
            "low": 100 * found.interval.low,
            "high": 100 * found.interval.high,
        }
        for name, found in rows
        if found.value is not None and found.interval is not None
    ]
    axis: dict[str, Any] = {"labelLimit": 320}
    if narrow:
        axis = {"labelLimit": 150, "labelExpr": f"split(datum.label, '{BREAK}')", "labelLineHeight": 16}
    names = {"field": "name", "type": "nominal", "sort": None, "title": None, "axis": axis}
    scale = {"domain": [0, 100]}
    spec = {
        "data": {"values": values},
        "width": 160 if narrow else 420,
        "height": {"step": 42 if narrow else 26},
        "encoding": {"y": names},
        "layer": [
            {
                "mark": {"type": "rule", "color": INK, "strokeWidth": 2},
                "encoding": {
                    "x": {"field": "low", "type": "quantitative", "scale": scale, "title": "per cent"},
                    "x2": {"field": "high"},
                },
            },
            {
                "mark": {"type": "point", "filled": True, "color": INK, "opacity": 1, "size": 70},
                "encoding": {"x": {"field": "at", "type": "quantitative", "scale": scale}},
            },
        ],
    }
    said = "; ".join(f"{v['name']} {v['at']:.1f} ({v['low']:.1f} to {v['high']:.1f})" for v in values)
    return _drawn(spec, key, title, said.replace(BREAK, " "))


def _broken(name: str) -> str:
    """A name of some words in lines of at most 20 characters."""
    return BREAK.join(wrap(name, 20, break_long_words=False))


def confusion(found: Evaluation, key: str) -> str:
    """Best answer down, advice across; each square holds its count, darker where more of its row."""
    columns = [*map(str, URGENCIES), *(["none"] if found.no_advice else [])]
    values = []
    for best, counts in found.confusion.items():
        of = sum(counts.values())
        for column in columns:
            square = {"best": named(best), "advice": named(column), "count": counts[column]}
            values.append(square | {"share": counts[column] / of if of else 0})
    top = {"orient": "top", "labelAngle": 0}
    across = {"field": "advice", "type": "nominal", "sort": None, "title": "advice", "axis": top}
    down = {"field": "best", "type": "nominal", "sort": None, "title": "best answer"}
    grey = {"domain": [0, 1], "range": SHADES, "interpolate": "rgb"}
    shade = {"field": "share", "type": "quantitative", "scale": grey, "legend": None}
    spec = {
        "data": {"values": values},
        "width": {"step": 84},
        "height": {"step": 42},
        "encoding": {"x": across, "y": down},
        "layer": [
            {"mark": {"type": "rect", "stroke": QUIET}, "encoding": {"color": shade}},
            {"mark": {"type": "text", "fontSize": 15, "color": INK}, "encoding": {"text": {"field": "count"}}},
        ],
    }
    said = "; ".join(f"{v['best']} advised {v['advice']}: {v['count']}" for v in values if v["count"])
    return _drawn(spec, key, "Best answer and advice", said)


def reliability(each: Calibration, key: str, title: str, *, narrow: bool = False) -> str:
    """What happened against what was said, bin by bin, with intervals; on the dashed line they would agree.

    `narrow` is for a phone, as in `shares`.
    """
    values = [
        {
            "said": row.predicted,
            "happened": row.happened.value,
            "low": row.happened.interval.low,
            "high": row.happened.interval.high,
            "n": row.happened.n,
        }
        for row in each.reliability
        if row.happened.interval is not None
    ]
    unit = {"domain": [0, 1]}
    x: dict[str, Any] = {
        "field": "said",
        "type": "quantitative",
        "scale": unit,
        "title": "probability that the tool gave",
    }
    y: dict[str, Any] = {
        "field": "happened",
        "type": "quantitative",
        "scale": unit,
        "title": "share in which it was so",
    }
    spec = {
        "width": 240 if narrow else 300,
        "height": 240 if narrow else 300,
        "layer": [
            {
                "data": {"values": [{"said": 0, "happened": 0}, {"said": 1, "happened": 1}]},
                "mark": {"type": "line", "color": QUIET, "strokeDash": [5, 4]},
                "encoding": {"x": x, "y": y},
            },
            {
                "data": {"values": values},
                "mark": {"type": "rule", "color": INK, "strokeWidth": 2},
                "encoding": {"x": x, "y": y | {"field": "low"}, "y2": {"field": "high"}},
            },
            {
                "data": {"values": values},
                "mark": {"type": "point", "filled": True, "color": INK, "opacity": 1, "size": 70},
                "encoding": {"x": x, "y": y},
            },
        ],
    }
    said = "; ".join(f"said {v['said']:.2f}, was so in {v['happened']:.2f} of {v['n']}" for v in values)
    return _drawn(spec, key, title, said)


def named(urgency: str) -> str:
    """An urgency as it is read: "same day"."""
    return urgency.replace("_", " ")


def _drawn(spec: dict[str, Any], key: str, title: str, description: str) -> str:
    """The SVG, with its own title and a description in words, and no id that another chart of the page could have."""
    axis = {
        "labelFontSize": 13, "titleFontSize": 13, "titleFontWeight": "normal", "labelColor": QUIET,
        "titleColor": QUIET, "gridColor": FAINT, "domainColor": QUIET, "tickColor": QUIET,
    }  # fmt: skip
    whole = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "background": "white",
        "config": {"font": FONT, "view": {"stroke": None}, "axis": axis},
        **spec,
    }
    bare = re.sub(r' (?:role|aria-[a-z]+)="[^"]*"', "", vl_convert.vegalite_to_svg(whole))
    bare = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{key}-", bare)
    opening, _, drawing = bare.partition(">")
    names = f'role="img" aria-labelledby="{key}-title {key}-words"'
    words = f'<title id="{key}-title">{escape(title)}</title><desc id="{key}-words">{escape(description)}</desc>'
    return f"{opening} {names}>{words}{drawing}"
