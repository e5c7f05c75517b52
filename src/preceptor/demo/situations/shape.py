"""The shape of a planted situation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from preceptor.demo.body import creatinine_for
from preceptor.demo.life import Life
from preceptor.demo.truth import Planted


@dataclass(frozen=True, slots=True)
class Situation:
    """`plant(life, shown)` writes it, or its counterfeit, and says where it is."""

    kind: str
    title: str
    definition: str  # in words, with the days from which it counts as seen
    plant: Callable[[Life, bool], Planted]
    ages: tuple[float, float]
    sex: str | None = None
    shown_at_2000: int = 6
    counterfeits_at_2000: int = 3
    complete: bool = True  # the background makes none
    keeps_out: frozenset[str] = frozenset()  # problems, medicines and care that would blur it


def kidney_result(life: Life, day: date, egfr: float) -> str:
    """A creatinine and the eGFR that comes with it, without scatter; gives the eGFR's reference."""
    life.result("creatinine", day, round(creatinine_for(egfr, life.person, day)))
    return life.result("egfr", day, round(egfr))


def later(day: date, days: int) -> date:
    return day + timedelta(days=days)
