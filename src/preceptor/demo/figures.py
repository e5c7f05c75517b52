"""The figures that the practice is made from, each with its source and whether it was verified."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import sqrt


@dataclass(frozen=True, slots=True)
class Figure:
    id: str
    value: float
    unit: str
    source: str
    verified: str  # yes, partly or no
    note: str


@cache
def table(name: str) -> list[dict[str, str]]:
    """The rows of one of this package's CSV files."""
    text = files("preceptor.demo").joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def all_figures() -> dict[str, Figure]:
    return {
        row["id"]: Figure(row["id"], float(row["value"]), row["unit"], row["source"], row["verified"], row["note"])
        for row in table("figures.csv")
    }


def figure(name: str) -> float:
    return all_figures()[name].value


@cache
def variation(concept: str) -> float:
    """The share by which two results of one steady person differ: within-person and analytical together (a CV)."""
    return _variations().get(concept, 0.05)


@cache
def _variations() -> dict[str, float]:
    return {
        row["concept"]: sqrt(float(row["cv_within_pct"]) ** 2 + float(row["cv_analytical_pct"]) ** 2) / 100
        for row in table("variation.csv")
    }


def ages_of_the_list() -> list[tuple[float, float, float]]:
    """(from, to, share in %) for each age band of the list."""
    bands = []
    for name, entry in all_figures().items():
        if name.startswith("age_"):
            _, low, high = name.split("_")
            bands.append((float(low), float(high), entry.value))
    return bands
