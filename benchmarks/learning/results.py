"""The tables of RESULTS.md and the plot, from the CSV files that the simulations wrote.

python benchmarks/learning/results.py
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable

import vl_convert
from worlds import HERE, mean, percent, points

Lines = list[dict[str, str]]


def read(name: str) -> Lines:
    with (HERE / f"{name}.csv").open() as file:
        return list(csv.DictReader(file))


def grouped(lines: Lines, *keys: str) -> dict[tuple[str, ...], Lines]:
    found = defaultdict(list)
    for line in lines:
        found[tuple(line[key] for key in keys)].append(line)
    return dict(found)


def of(lines: Iterable[dict[str, str]], what: str) -> list[float]:
    return [float(line[what]) for line in lines]


def table(head: list[str], rows: Iterable[list[str]]) -> None:
    print(f"\n| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for row in rows:
        print(f"| {' | '.join(row)} |")


def poisoning() -> None:
    lines = read("poisoning")
    champion = {line["seed"]: line for line in lines if line["defended"] == "champion"}
    print(f"\n### Poisoning: {len(champion)} seeds")

    def change(some: Lines, what: str) -> str:
        return points(float(line[what]) - float(champion[line["seed"]][what]) for line in some)

    rows = []
    for (attack, fraction), some in grouped(
        [x for x in lines if x["defended"] != "champion"], "attack", "fraction"
    ).items():
        by = grouped(some, "defended")
        with_, without = by["yes",], by["no",]
        told = f"{sum(x['named'] == '1' for x in with_)} of {len(with_)}" if attack != "none" else ""
        wrongly = str(sum(int(x["innocent"]) for x in with_))
        rows.append([attack, f"{float(fraction):.0%}", change(with_, "recall_alone"), change(with_, "recall"),
                     change(without, "recall_alone"), change(with_, "under"), change(without, "under"),
                     told, wrongly])  # fmt: skip
    table(["attack", "share", "emergencies caught", "with red flags", "control", "under-triage", "control", "told",
           "honest accounts named"], rows)  # fmt: skip


def feedback() -> None:
    lines = [line for line in read("feedback") if line["who"] == "65 and over"]
    print(f"\n### Feedback loop, requests about people of 65 and over: {len({x['seed'] for x in lines})} seeds")
    table(
        ["loop", "quarters", "acceptable", "under-triage", "emergencies caught"],
        ([loop, quarter, percent(of(some, "acceptable")), percent(of(some, "under")), percent(of(some, "recall_alone"))]
         for (loop, quarter), some in grouped(lines, "loop", "quarter").items() if quarter in "04"),
    )  # fmt: skip


def pooling() -> None:
    lines = read("pooling")
    print(f"\n### Practices of four sizes: {len({x['seed'] for x in lines})} seeds")
    table(
        ["practice", "how", "its weight", "calls that differ", "chances moved", "acceptable", "under-triage",
         "emergencies"],
        ([practice, how, percent(of(some, "weight")), percent(of(some, "calls")), percent(of(some, "chances")),
          points(of(some, "acceptable")), points(of(some, "under")), points(of(some, "recall_alone"))]
         for (practice, how), some in grouped(lines, "practice", "how").items()),
    )  # fmt: skip


def sharing() -> None:
    lines = read("sharing")
    start = {(x["seed"], x["champion"]): x for x in lines if x["how"] == "champion"}
    print(f"\n### Twenty-four practices share what they learnt: {len({x['seed'] for x in lines})} seeds")

    def change(some: Lines, what: str) -> str:
        return points(float(x[what]) - float(start[x["seed"], x["champion"]][what]) for x in some)

    table(
        ["champion", "how", "acceptable", "under-triage", "emergencies", "weight of all updates", "set aside, of all"],
        ([champion, how, change(some, "acceptable"), change(some, "under"), change(some, "recall_alone"),
          percent(of(some, "weight")) if how in ("pooled", "hostile") else "",
          f"{sum(of(some, 'set_aside')):.0f} of {24 * len(some)}" if how in ("pooled", "hostile") else ""]
         for (champion, how), some in grouped(lines, "champion", "how").items() if how != "champion"),
    )  # fmt: skip


def curve() -> None:
    lines = read("curve")
    start = {(x["seed"], x["champion"], x["judged"]): x for x in lines if x["month"] == "0"}
    print(f"\n### A year of the demo practice: {len({x['seed'] for x in lines})} seeds")

    def change(some: Lines, what: str) -> str:
        return points(float(x[what]) - float(start[x["seed"], x["champion"], x["judged"]][what]) for x in some)

    table(
        ["champion", "judged on", "month", "acceptable", "change", "under-triage", "change", "needless 999"],
        ([champion, judged, month, percent(of(some, "acceptable")), change(some, "acceptable"),
          percent(of(some, "under")), change(some, "under"), percent(of(some, "needless"))]
         for (champion, judged, month), some in grouped(lines, "champion", "judged", "month").items()
         if month in ("0", "4", "8", "12")),
    )  # fmt: skip
    draw(lines)


NAMES = {"again": "the same texts, from other patients", "new": "texts that nobody decided on"}


def draw(lines: Lines) -> None:
    values = []
    for (champion, judged, month), some in grouped(lines, "champion", "judged", "month").items():
        for what, title in (("acceptable", "acceptable"), ("under", "under-triage")):
            middle, low, high, _ = mean(of(some, what))
            values.append({"month": int(month), "value": middle, "low": low, "high": high, "what": title,
                           "panel": f"{champion}: {NAMES[judged]}"})  # fmt: skip
    x = {"field": "month", "type": "quantitative", "title": "months of decisions"}

    def row(what: str, colour: str) -> dict:
        y = {"type": "quantitative", "axis": {"format": "%"}, "title": what, "scale": {"zero": False}}
        return {
            "transform": [{"filter": f"datum.what == '{what}'"}],
            "facet": {"column": {"field": "panel", "type": "nominal", "title": None}},
            "spec": {
                "width": 210,
                "height": 150,
                "layer": [
                    {"mark": {"type": "area", "opacity": 0.25, "color": colour},
                     "encoding": {"x": x, "y": y | {"field": "low"}, "y2": {"field": "high"}}},
                    {"mark": {"type": "line", "color": colour}, "encoding": {"x": x, "y": y | {"field": "value"}}},
                ],
            },
        }  # fmt: skip

    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "title": "A simulated year of the demo practice, mean and 95% interval over seeds (synthetic)",
        "data": {"values": values},
        "vconcat": [row("acceptable", "#005eb8"), row("under-triage", "#d5281b")],
    }
    (HERE / "curve.svg").write_text(vl_convert.vegalite_to_svg(spec), "utf-8")


if __name__ == "__main__":
    for part in (poisoning, feedback, pooling, sharing, curve):
        part()
