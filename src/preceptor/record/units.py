"""Units: a number as it was sent, told in the concept's canonical unit, or not trusted and why.

A unit is read by a table of spellings, never parsed: general UCUM readers drop the "1.73 m2" of an eGFR, and
take mU/L for an enzyme's milli-unit. What the tables do not know is not guessed. Two tables beside the concepts:
`unit_aliases.csv` (spelling sent, UCUM unit) and `unit_conversions.csv`, in which
value in to_unit = value in from_unit x factor + offset.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cache, lru_cache

from preceptor.record.concepts import Concept, rows

_NO_UNIT = "1"  # UCUM's way of writing that a number has no unit
_ANNOTATION = re.compile(r"\{[^{}]*\}")


@dataclass(frozen=True, slots=True)
class Measurement:
    """`value` in `unit`, the concept's canonical UCUM unit; both None when it cannot be trusted: `problem` says why."""

    value: float | None
    unit: str | None
    problem: str


def canonical(concept: Concept, value: float, unit_sent: str) -> Measurement:
    """The value in the concept's canonical unit.

    It is not trusted when no unit was sent for a concept that has one, when the unit is unknown or cannot be
    a unit of this concept, and when the value is one that no person can have.
    """
    if not math.isfinite(value):
        return _untrusted(f"{value} is not a number")
    sent = ucum(unit_sent)
    if not unit_sent.strip():
        if concept.unit is not None:
            return _untrusted(f"{value:g} was sent without a unit")
        sent = _NO_UNIT
    if sent is None:
        return _untrusted(f"{unit_sent!r} is not a unit that we know")
    wanted = concept.unit or _NO_UNIT
    if sent != wanted:
        conversion = _conversions().get((concept.slug, sent, wanted)) or _conversions().get(("*", sent, wanted))
        if conversion is None:
            return _untrusted(f"{unit_sent!r} cannot be a unit of {concept.title}")
        factor, offset = conversion
        # Ten digits are more than any laboratory has; without them 0.07 g/dL would be 0.7000000000000001 g/L.
        value = float(f"{value * factor + offset:.10g}")
    if (concept.lowest is not None and value < concept.lowest) or (
        concept.highest is not None and value > concept.highest
    ):
        return _untrusted(f"{value:g} {concept.unit or ''}".rstrip() + f" is impossible for {concept.title}")
    return Measurement(value, concept.unit, "")


@lru_cache(maxsize=4096)
def ucum(unit_sent: str) -> str | None:
    """The UCUM unit that a spelling stands for, or None when we do not know it. "{score}" is no unit: "1"."""
    spelling = _plain(unit_sent)
    if _ANNOTATION.fullmatch(spelling):
        return _NO_UNIT
    return _aliases().get(spelling)


def _untrusted(problem: str) -> Measurement:
    return Measurement(None, None, problem)


def _plain(unit: str) -> str:
    """Without spaces, in small letters, and with the two signs for micro (U+00B5, U+03BC) as "u"."""
    return "".join(unit.split()).casefold().replace("\u03bc", "u").replace("×", "x")


@cache
def _aliases() -> dict[str, str]:
    return {_plain(row["sent"]): row["ucum"] for row in rows("unit_aliases")}


@cache
def _conversions() -> dict[tuple[str, str, str], tuple[float, float]]:
    return {
        (row["concept"], row["from_unit"], row["to_unit"]): (float(row["factor"]), float(row["offset"]))
        for row in rows("unit_conversions")
    }
