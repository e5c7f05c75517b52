"""What an Observation, or one of its components, says: a number in the concept's unit, or words."""

from __future__ import annotations

import math
from dataclasses import dataclass

from preceptor.record.concepts import Concept
from preceptor.record.fhir.codes import coded
from preceptor.record.fhir.shapes import Node, Number, fitted, shown
from preceptor.record.units import canonical, ucum

UCUM = "http://unitsofmeasure.org"
_COMPARATORS = ("<", "<=", ">=", ">")


@dataclass(frozen=True, slots=True)
class Value:
    """`number` is None when there is none, or when it is not exact (">90") or cannot be trusted."""

    number: float | None = None
    unit: str | None = None
    sent: str = ""
    unit_sent: str = ""
    note: str = ""


def value_of(node: Node, concept: Concept | None) -> Value:
    """The value of this node, whichever of FHIR's value types it was sent in; empty when there is none."""
    data = node.data
    if "valueQuantity" in data:
        return _quantity(node.node("valueQuantity"), concept)
    if "valueCodeableConcept" in data:
        return Value(sent=coded(node, "valueCodeableConcept").text)
    if "valueInteger" in data:
        number = node.number("valueInteger")
        return Value() if number is None else _measured(node, concept, number, "", shown(number))
    if "valueBoolean" in data:
        truth = node.truth("valueBoolean")
        return Value(sent="" if truth is None else "yes" if truth else "no")
    for name in ("valueString", "valueDateTime", "valueTime"):
        if name in data:
            return Value(sent=node.text(name))
    if "valueRange" in data:
        low, high = (_words(node.node("valueRange").node(side)) for side in ("low", "high"))
        return Value(sent=f"{low} to {high}" if low and high else f"from {low}" if low else f"up to {high}")
    if "valueRatio" in data:
        ratio = node.node("valueRatio")
        return Value(sent=f"{_words(ratio.node('numerator'))}:{_words(ratio.node('denominator'))}")
    if "valuePeriod" in data:
        span = node.node("valuePeriod")
        return Value(sent=f"{span.text('start')} to {span.text('end')}")
    if "valueSampledData" in data:
        return Value(sent="a series of samples, not shown")
    if "dataAbsentReason" in data:
        return Value(note=f"No value: {coded(node, 'dataAbsentReason').text}")
    return Value()


def quantity_words(node: Node) -> str:
    """A Quantity as words: "40 a", "<5 mg/L"; empty when it holds no number."""
    return _words(node)


def _words(quantity: Node) -> str:
    number = quantity.number("value")
    if number is None:
        return ""
    unit = quantity.text("unit") or quantity.text("code")
    return f"{quantity.text('comparator')}{shown(number)} {unit}".strip()


def _quantity(quantity: Node, concept: Concept | None) -> Value:
    words, code = quantity.text("unit"), quantity.text("code")
    unit = code if code and (quantity.text("system") == UCUM or not words) else words
    unit_sent = fitted(quantity, "the unit", unit, 100)
    number = quantity.number("value")
    if number is None:
        # What should have been a number may be text: then it is at least shown as it was sent.
        raw = quantity.data.get("value")
        return Value(sent=raw.replace("\0", "\ufffd") if isinstance(raw, str) else "", unit_sent=unit_sent)
    comparator = quantity.text("comparator")
    sent = comparator + shown(number)
    if comparator:
        if comparator not in _COMPARATORS:
            quantity.flag(f"comparator {comparator[:20]!r} is not known")
        return Value(sent=sent, unit_sent=unit_sent)
    if concept and words and words != unit and _contradicts(concept, float(number), words, unit):
        quantity.flag(f"its unit is sent as {words[:40]!r} and also as {unit[:40]!r}, which differ")
        return Value(sent=sent, unit_sent=unit_sent)
    return _measured(quantity, concept, number, unit_sent, sent)


def _measured(node: Node, concept: Concept | None, number: Number, unit: str, sent: str) -> Value:
    if concept is None:
        return Value(float(number), unit[:40] or None, sent, unit)
    found = canonical(concept, float(number), unit)
    if found.problem:
        node.flag(found.problem)
    if found.value is not None and not math.isfinite(found.value):
        node.flag(f"{sent} {unit} is too large to keep")
        return Value(sent=sent, unit_sent=unit)
    return Value(found.value, found.unit, sent, unit)


def _contradicts(concept: Concept, number: float, one: str, other: str) -> bool:
    """True when both are units that we know, and they do not give the concept the same value."""
    units = ucum(one), ucum(other)
    if None in units or units[0] == units[1]:
        return False
    return canonical(concept, number, one).value != canonical(concept, number, other).value
