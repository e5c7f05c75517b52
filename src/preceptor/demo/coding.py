"""How an idea is written in the demo's records: with a code from our own concept tables, or in words alone.

A code from memory would be a guess, so an idea that the tables do not hold is written as text.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from preceptor.advice import Code
from preceptor.record.concepts import DMD, LOINC, SNOMED, codes_of, concept

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


# UK records use SNOMED CT and dm+d. LOINC stands in where our tables know a result by no other code.
_UK = (SNOMED, DMD, LOINC)


@cache
def code_of(slug: str) -> Code | None:
    """The code to write for a concept, or None where the tables hold none that a UK record would use."""
    found = [code for code in codes_of(slug) if code.system in _UK]
    return min(found, key=lambda code: code.system == LOINC, default=None)


@cache
def meaning(slug: str | None, text: str = "") -> Json:
    """A FHIR CodeableConcept; KeyError for a slug that is not ours. Shared between resources: never change it."""
    if slug is None:
        return {"text": text}
    title = concept(slug).title
    code = code_of(slug)
    if code is None:
        return {"text": text or title}
    return {"coding": [{"system": code.system, "code": code.code, "display": title}], "text": text or title}


@cache
def unit_of(slug: str) -> str | None:
    """The UCUM unit that results of this concept are written in."""
    return concept(slug).unit


@cache
def written(unit: str) -> str:
    return _WRITTEN.get(unit, unit)
