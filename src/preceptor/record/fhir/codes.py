"""Codes as they were sent: their words, our concept for them, and whether their check digits are right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from preceptor.advice import Code
from preceptor.record.check_digits import valid_loinc, valid_sctid
from preceptor.record.concepts import Concept, concept_of
from preceptor.record.fhir.shapes import Node

_CHECKS: Mapping[str, tuple[str, Callable[[str], bool]]] = {
    "http://snomed.info/sct": ("SNOMED CT", valid_sctid),
    "https://dmd.nhs.uk": ("dm+d", valid_sctid),
    "http://loinc.org": ("LOINC", valid_loinc),
}


@dataclass(frozen=True, slots=True)
class Coded:
    """A CodeableConcept: its words, its codes as sent, and our concept when one of the codes is ours."""

    text: str = ""
    codes: tuple[Code, ...] = ()
    concept: Concept | None = None


NOTHING = Coded()
_WORDS = frozenset({str, type(None)})


def coded(node: Node, name: str) -> Coded:
    """The CodeableConcept in this field; nothing when absent."""
    if node.data.get(name) is None:
        return NOTHING
    return of_concept(node.node(name))


def coded_list(node: Node, name: str) -> list[Coded]:
    """The CodeableConcepts of a list."""
    if node.data.get(name) is None:
        return []
    return [of_concept(child) for child in node.nodes(name)]


def of_concept(node: Node) -> Coded:
    """What a CodeableConcept says. Codes that fail their check digit are kept as sent, and flagged."""
    # By far the most common shape, and the same few thousand concepts again and again.
    if (words := _words_of_one(node.data)) is not None:
        found, problem = _usual(*words)
        if problem:
            node.flag(problem)
        return found
    return _of_concept(node)


def usual_concept(data: Mapping[str, Any]) -> Coded | None:
    """The same of a CodeableConcept with one code, in which nothing is wrong; None for any other."""
    words = _words_of_one(data)
    if words is None:
        return None
    found, problem = _usual(*words)
    return None if problem else found


def _words_of_one(data: Mapping[str, Any]) -> tuple[Any, Any, Any, Any] | None:
    """The text of a CodeableConcept and the system, code and display of its only coding; None where it is another."""
    sent = data.get("coding")
    if type(sent) is not list or len(sent) != 1 or type(coding := sent[0]) is not dict:
        return None
    words = data.get("text"), coding.get("system"), coding.get("code"), coding.get("display")
    return words if _WORDS.issuperset(map(type, words)) else None


@lru_cache(maxsize=16384)
def _usual(text: str | None, system: str | None, code: str | None, display: str | None) -> tuple[Coded, str]:
    coding = {"system": system, "code": code, "display": display}
    node = Node({"coding": [coding], "text": text}, [])
    return _of_concept(node), "; ".join(node.problems)


def _of_concept(node: Node) -> Coded:
    codes = []
    for coding in node.nodes("coding"):
        code, problem = _code(coding.text("system"), coding.text("code"), coding.text("display"))
        if problem:
            node.flag(problem)
        if code.code or code.display:
            codes.append(code)
    sent = tuple(codes)
    return Coded(node.text("text") or _words(sent), sent, _concept(sent))


def of_coding(node: Node) -> Coded:
    """What a bare Coding says."""
    return of_concept(Node({"coding": [node.data]}, node.problems)) if node else NOTHING


def words(*found: Coded) -> str:
    """The words of several, with commas."""
    return ", ".join(each.text for each in found if each.text)


def _words(codes: tuple[Code, ...]) -> str:
    for code in codes:
        if code.display:
            return code.display
    return f"code {codes[0].code}" if codes else ""


@lru_cache(maxsize=16384)
def _code(system: str, code: str, display: str) -> tuple[Code, str]:
    if system in _CHECKS and code:
        name, valid = _CHECKS[system]
        if not valid(code):
            said = f" ({display[:80]})" if display else ""
            return Code(system, code, display), f"{code[:60]}{said} is not a valid {name} code"
    return Code(system, code, display), ""


@lru_cache(maxsize=16384)
def _concept(codes: tuple[Code, ...]) -> Concept | None:
    return concept_of(codes)
