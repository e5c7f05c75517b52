"""From chances to what is advised: three thresholds on "at least this urgent", and a set that bounds under-triage.

An urgency is advised when the chance of needing somebody at least as soon reaches its threshold, the most urgent first.
The set holds every urgency between the most urgent that cannot be ruled out and the least: its most urgent end rests on
conformal risk control over cases that were truly urgent (`preceptor.supervision.under_triage`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from preceptor.advice import URGENCIES, Urgency, most_urgent

_CUTS = URGENCIES[:-1]  # what is below the last cut is the least urgent


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Chances from which an urgency is advised, cannot be ruled out, and below which it is not worth naming."""

    advise: Mapping[Urgency, float]
    keep: Mapping[Urgency, float]
    unsure_below: float  # the advised option's neighbourhood is less likely than this: abstain


@dataclass(frozen=True, slots=True)
class Decision:
    """What the model would advise, and what it cannot rule out, most urgent first."""

    option: Urgency
    possible: tuple[Urgency, ...]
    unsure: bool


def decide(chances: Mapping[str, float], thresholds: Thresholds) -> Decision:
    """The decision that follows from calibrated chances of the five urgencies."""
    at_least = _at_least(chances)
    option = _first(at_least, thresholds.advise)
    end = most_urgent(option, _first(at_least, thresholds.keep))
    likely = [u for u in URGENCIES if chances[u] >= thresholds.unsure_below / 2]
    least = max([option, *likely], key=lambda urgency: urgency.rank)
    possible = URGENCIES[end.rank : least.rank + 1]
    around = sum(chances[u] for u in URGENCIES if abs(u.rank - option.rank) <= 1)
    return Decision(option, possible, around < thresholds.unsure_below)


def _at_least(chances: Mapping[str, float]) -> dict[Urgency, float]:
    total, found = 0.0, {}
    for urgency in URGENCIES:
        total += chances[urgency]
        found[urgency] = total
    return found


def _first(at_least: Mapping[Urgency, float], thresholds: Mapping[Urgency, float]) -> Urgency:
    for urgency in _CUTS:
        if at_least[urgency] >= thresholds[urgency]:
            return urgency
    return URGENCIES[-1]
