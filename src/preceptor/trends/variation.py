"""How much one person's results vary from one time to the next with nothing the matter, by analyte.

The table beside this module gives the source of each figure and how far it was checked. Within-person variation was
measured on healthy people over weeks: the ill vary more, so fitting widens it by what a person's own results show.
"""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

from preceptor.record.concepts import Concept, concept

_TWO_SIDED = 1.959964


@dataclass(frozen=True)
class Variation:
    """Coefficients of variation, in percent. `scale` is "log" where the variation is multiplicative, else "plain"."""

    concept: str
    also_called: str
    unit: str
    within_person_percent: float
    analytical_percent: float
    scale: str
    source: str
    verified: str  # yes, partly, no, or derived from another row
    note: str

    @property
    def on_log_scale(self) -> bool:
        return self.scale == "log"

    @cached_property
    def relative(self) -> float:
        """Both kinds together, as a fraction."""
        return math.hypot(self.within_person_percent, self.analytical_percent) / 100

    def spread(self, level: float) -> float:
        """One standard deviation on the scale of the fit, of somebody whose results lie around `level`."""
        return math.sqrt(math.log1p(self.relative**2)) if self.on_log_scale else self.relative * abs(level)

    @property
    def reference_change(self) -> tuple[float, float]:
        """The reference change value: how far, in percent, the second of two results has to lie below, or above, the
        first for it to happen in one pair of twenty at most (two-sided) where nothing has changed (Fraser; log-normal:
        Fokkema and others 2006).
        """
        if not self.on_log_scale:
            percent = 100 * math.sqrt(2) * _TWO_SIDED * self.relative
            return percent, percent
        far = math.sqrt(2) * _TWO_SIDED * self.spread(1.0)
        return -100 * math.expm1(-far), 100 * math.expm1(far)

    @property
    def about(self) -> Concept:
        return concept(self.concept)


def variation_of(analyte: str) -> Variation:
    """By concept, or by the name in the literature; ValueError, in words, when we have no figures for it."""
    try:
        return _by_name()[analyte.strip().casefold()]
    except KeyError:
        raise ValueError(
            f"no within-person variation is known for {analyte!r}; known are {', '.join(sorted(known()))}"
        ) from None


def known() -> tuple[str, ...]:
    """The concepts with figures."""
    return tuple(each.concept for each in _rows())


@cache
def _rows() -> tuple[Variation, ...]:
    text = (files(__package__) / "variation.csv").read_text(encoding="utf-8")
    return tuple(
        Variation(
            concept=row["concept"],
            also_called=row["also_called"],
            unit=row["unit"],
            within_person_percent=float(row["within_person_percent"]),
            analytical_percent=float(row["analytical_percent"]),
            scale=row["scale"],
            source=row["source"],
            verified=row["verified"],
            note=row["note"],
        )
        for row in csv.DictReader(text.splitlines())
    )


@cache
def _by_name() -> dict[str, Variation]:
    return {
        name.casefold(): each for each in _rows() for name in (each.concept, each.also_called, each.about.title) if name
    }
