"""How an idea is written in the demo's records: with a code from our own concept tables, or in words alone.

A code from memory would be a guess, so an idea that the tables do not hold is written as text.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from preceptor.record.concepts import codes_of, concept

Json = dict[str, Any]

# What people write for a unit, where it differs from its UCUM code.
_WRITTEN = {
    "10*9/L": "10^9/L",
    "10*12/L": "10^12/L",
    "mm[Hg]": "mmHg",
    "umol/L": "µmol/L",
    "ug/L": "µg/L",
    "ug/g": "µg/g",
    "m[IU]/L": "mU/L",
    "mL/min/{1.73_m2}": "mL/min/1.73m²",
    "Cel": "°C",
    "/min": "beats/min",
}


@cache
def known(slug: str) -> bool:
    """True when the concept tables hold this slug with at least one code."""
    try:
        return bool(codes_of(slug))
    except KeyError:
        return False


@cache
def meaning(slug: str | None, text: str = "") -> Json:
    """A FHIR CodeableConcept. Shared between resources: never change what this returns."""
    if slug is None or not known(slug):
        return {"text": text or (slug or "").replace("_", " ").capitalize()}
    code = codes_of(slug)[0]
    title = concept(slug).title
    return {
        "coding": [{"system": code.system, "code": code.code, "display": code.display or title}],
        "text": text or title,
    }


@cache
def unit_of(slug: str) -> str | None:
    """The UCUM unit that results of this concept are written in."""
    try:
        return concept(slug).unit
    except KeyError:
        return None


@cache
def written(unit: str) -> str:
    return _WRITTEN.get(unit, unit)
