"""How likely each urgency is, from rules alone. Not calibrated: the numbers only order the options."""

from __future__ import annotations

from collections.abc import Mapping

from preceptor.advice import URGENCIES, Urgency

# Weights by how many steps more urgent (negative) or less urgent (positive) than the option advised.
_STEPS = {-4: 0.005, -3: 0.01, -2: 0.04, -1: 0.17, 0: 0.6, 1: 0.14, 2: 0.03, 3: 0.01, 4: 0.005}
# Nothing was recognised: wide on purpose.
UNKNOWN: dict[str, float] = {
    Urgency.EMERGENCY: 0.1,
    Urgency.SAME_DAY: 0.35,
    Urgency.SOON: 0.25,
    Urgency.ROUTINE: 0.2,
    Urgency.SELF_CARE: 0.1,
}
ENOUGH = 0.85  # the set holds the likeliest options until their sum reaches this


def probabilities(option: Urgency) -> dict[str, float]:
    """One number for each urgency, with a sum of one, highest at the option."""
    weights = {urgency: _STEPS[urgency.rank - option.rank] for urgency in URGENCIES}
    total = sum(weights.values())
    return {urgency: weight / total for urgency, weight in weights.items()}


def possible(chances: Mapping[str, float], option: Urgency) -> tuple[Urgency, ...]:
    """The urgencies that cannot be ruled out, most urgent first: the likeliest, until they are enough."""
    kept: set[Urgency] = {option}
    total = chances[option]
    for urgency in sorted(URGENCIES, key=lambda u: (-chances[u], u.rank)):
        if total >= ENOUGH:
            break
        if urgency not in kept:
            kept.add(urgency)
            total += chances[urgency]
    return tuple(urgency for urgency in URGENCIES if urgency in kept)
