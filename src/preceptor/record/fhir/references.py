"""Whom or what a resource points at: relative, absolute, `urn:uuid`, contained, conditional and logical references."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from preceptor.record.check_digits import valid_nhs_number
from preceptor.record.fhir.shapes import Node

NHS_NUMBER_SYSTEMS = frozenset(
    {
        "https://fhir.nhs.uk/Id/nhs-number",
        "http://fhir.nhs.net/Id/nhs-number",
        "urn:oid:2.16.840.1.113883.2.1.4.1",
    }
)

_TYPED = re.compile(r"(?:[^?]*/)?([A-Z][A-Za-z]+)/([^/?#\s]+)(?:/_history/[^/]*)?")
_CONDITIONAL = re.compile(r"Patient\?identifier=([^|&]+)\|([^&]+)")
_SEPARATORS = str.maketrans("", "", " -\u00a0")


@dataclass(frozen=True, slots=True)
class Subject:
    """A patient as referred to: by key ("Patient/123", or a full URL such as "urn:uuid:..."), or by NHS number."""

    sent: str
    key: str = ""
    nhs_number: str = ""


def nhs_number(identifier: Node) -> str:
    """The NHS number in an Identifier, without its spaces, valid or not; empty when it is another identifier."""
    if identifier.text("system") not in NHS_NUMBER_SYSTEMS:
        return ""
    return identifier.text("value").translate(_SEPARATORS)


def target(reference: Node) -> tuple[str, str]:
    """(type, key) that a Reference points at: ("Patient", "Patient/123"); the type is "" when it is not told."""
    sent = reference.text("reference")
    kind, key = _parsed(sent)
    return kind or reference.text("type"), key


@lru_cache(maxsize=4096)
def _parsed(sent: str) -> tuple[str, str]:
    match = _TYPED.fullmatch(sent)
    return (match[1], f"{match[1]}/{match[2]}") if match else ("", sent)


def subjects(references: Iterable[Node], contained: Iterable[Node]) -> tuple[tuple[Subject, ...], str]:
    """The patients that these references may mean, and why there is none (empty when there is one).

    A reference whose type is not told (`urn:uuid`) may turn out to be a practitioner: the importer, which knows
    the patients, tells these apart. It is left out when another reference is surely a patient.
    """
    references = list(references)
    if len(references) == 1 and (plain := plainly(references[0].data)):
        return plain, ""
    sure: list[Subject] = []
    unsure: list[Subject] = []
    others: list[str] = []
    for reference in references:
        kind, key = target(reference)
        if number := _logical(reference, key, contained):
            sure.append(Subject(key or f"NHS number {number}", nhs_number=number))
        elif key.startswith("#"):
            others.append(f"{key}, contained in it, without a valid NHS number")
        elif kind == "Patient" and key:
            sure.append(Subject(key, key))
        elif key and not kind:
            unsure.append(Subject(key, key))
        elif key or kind:
            others.append(key or f"a {kind} without a reference")
    found = tuple(dict.fromkeys(sure or unsure))
    if len(found) > 1 and sure:
        return (), f"is about {len(found)} patients"
    if found:
        return found, ""
    return (), f"is about {others[0][:200]}, not about a patient that can be told" if others else "names no patient"


def plainly(reference: object) -> tuple[Subject, ...]:
    """The patient of a reference such as "Patient/123" or "urn:uuid:...", the most usual; empty for any other."""
    if type(reference) is not dict:
        return ()
    sent = reference.get("reference")
    # What is told only by its place ("urn:uuid:...") may be told better by what stands beside it.
    return _patient(sent, len(reference) == 1 or "type" not in reference) if type(sent) is str else ()


@lru_cache(maxsize=4096)
def _patient(sent: str, alone: bool) -> tuple[Subject, ...]:
    sent = sent.strip()
    if "\0" in sent:
        return ()
    kind, key = _parsed(sent)
    is_plain = kind == "Patient" or (alone and key.startswith("urn:uuid:"))
    return (Subject(key, key),) if is_plain else ()


def _logical(reference: Node, key: str, contained: Iterable[Node]) -> str:
    """A valid NHS number by which a reference names its patient; empty when it does not."""
    # A reference that is literal too is followed as such: the identifier then only repeats it.
    if key and not key.startswith(("#", "Patient?")):
        return ""
    numbers = [nhs_number(reference.node("identifier"))]
    if (match := _CONDITIONAL.fullmatch(key)) and match[1] in NHS_NUMBER_SYSTEMS:
        numbers.append(match[2].translate(_SEPARATORS))
    if key.startswith("#"):
        for child in contained:
            if child.text("resourceType") == "Patient" and f"#{child.text('id')}" == key:
                numbers += [nhs_number(identifier) for identifier in child.nodes("identifier")]
    return next((number for number in numbers if number and valid_nhs_number(number)), "")
