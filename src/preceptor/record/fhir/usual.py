"""The most usual Observation, read in one go: one code, one number with a unit, one patient, one moment.

Most of a record is such. Whatever is not exactly of this shape, or is wrong in any way, is left to the careful reader
(`interpret`), which says the same of these in three times the time: a test holds the two to that.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from preceptor.advice import Event, EventKind
from preceptor.record.concepts import Concept
from preceptor.record.fhir.codes import usual_concept
from preceptor.record.fhir.dates import parse
from preceptor.record.fhir.outcome import Version
from preceptor.record.fhir.references import Subject, plainly
from preceptor.record.fhir.shapes import is_finite, shown
from preceptor.record.units import canonical

# What is read below, and what nobody reads. With any other field there is more to say.
_FIELDS = frozenset(
    {
        "resourceType", "id", "meta", "status", "code", "subject", "effectiveDateTime", "issued", "valueQuantity",
        "category", "encounter", "performer", "identifier", "basedOn", "partOf", "specimen", "method", "bodySite",
        "referenceRange", "device", "text", "language", "focus", "derivedFrom",
    }
)  # fmt: skip
_QUANTITY = frozenset({"value", "unit", "system", "code"})
_STATUSES = frozenset({"final", "amended", "corrected", "preliminary", "registered", "unknown", "entered-in-error"})
_ONE_DAY = timedelta(days=1)
_NUMBERS = frozenset({int, float, Decimal})
_LONGEST_UNIT = 40
_LONGEST_VERSION = 64
_NO_VERSION = Version()

_Measured = tuple[float, str | None, str, str]  # the value and its unit, and both as they were sent


def usual_observation(
    resource: Mapping[str, Any], key: str, now: datetime
) -> tuple[Version, tuple[Subject, ...], Event] | None:
    """Its version, its patient and its one event; None where the careful reader has to look."""
    if not _FIELDS.issuperset(resource):
        return None
    status, code, quantity = resource.get("status"), resource.get("code"), resource.get("valueQuantity")
    if type(status) is not str or type(code) is not dict or type(quantity) is not dict or status not in _STATUSES:
        return None
    subject, said, version = plainly(resource.get("subject")), usual_concept(code), _version(resource.get("meta"))
    if not subject or said is None or not said.text or version is None:
        return None
    sent = resource.get("effectiveDateTime")
    if type(sent) is not str:
        return None
    when, problem = parse(sent.strip())
    if problem or when.at is None or when.at > now + _ONE_DAY:
        return None
    measured = _measured(quantity, said.concept)
    if measured is None:
        return None
    value, unit, value_sent, unit_sent = measured
    return version, subject, Event(
        key, EventKind.RESULT, when.at, said.text, when.precision, None, status,
        said.concept.slug if said.concept else None, said.codes, value, unit, value_sent, unit_sent,
    )  # fmt: skip


def _version(meta: Any) -> Version | None:
    if meta is None:
        return _NO_VERSION
    if type(meta) is not dict:
        return None
    name, updated = meta.get("versionId", ""), meta.get("lastUpdated")
    if type(name) is not str or len(name) > _LONGEST_VERSION or "\0" in name:
        return None
    if updated is None:
        return Version(name.strip()) if name else _NO_VERSION
    if type(updated) is not str:
        return None
    moment, problem = parse(updated.strip())
    return None if problem else Version(name.strip(), moment.at)


def _measured(quantity: Mapping[str, Any], concept: Concept | None) -> _Measured | None:
    number: Any = quantity.get("value")
    if type(number) not in _NUMBERS or not _QUANTITY.issuperset(quantity):
        return None
    words, code, system = quantity.get("unit", ""), quantity.get("code", ""), quantity.get("system", "")
    if not (type(words) is type(code) is type(system) is str):
        return None
    # Where the words and the code differ, the careful reader weighs the one against the other.
    if words and code and words != code:
        return None
    unit = (code or words).strip()
    if len(unit) > _LONGEST_UNIT or "\0" in unit or not is_finite(number):
        return None
    if concept is None:
        return float(number), unit or None, shown(number), unit
    found = canonical(concept, float(number), unit)
    if found.problem or found.value is None or not math.isfinite(found.value):
        return None
    return found.value, found.unit, shown(number), unit
