"""Concepts: our slugs for clinical ideas, and the codes, drug names and classes that lead to them.

The tables beside this module are the whole of it. `concepts.csv` names each concept; `codes.csv` gives the
codes that mean it, each with the place where the code was seen; `drug_names.csv` gives the names by which
a medicine that came as text is known. Labels are our own. How to add a row: docs/reference/concepts.md.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from preceptor.advice import Code, EventKind

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
DMD = "https://dmd.nhs.uk"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"

# Every way of writing the four systems that real senders use. dm+d codes are SNOMED-numbered and UK records
# send them under either name, so the two share one key.
_SYSTEM_KEYS: Mapping[str, str] = {
    LOINC: "loinc",
    "urn:oid:2.16.840.1.113883.6.1": "loinc",
    SNOMED: "sct",
    "urn:oid:2.16.840.1.113883.6.96": "sct",
    "urn:oid:2.16.840.1.113883.2.1.3.2.4.15": "sct",
    DMD: "sct",
    "https://dmd.nhs.uk/": "sct",
    RXNORM: "rxnorm",
    "urn:oid:2.16.840.1.113883.6.88": "rxnorm",
}
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Concept:
    """A clinical idea. A number beyond `lowest` or `highest` (both possible, in `unit`) cannot be true of a person.

    `unit` is the canonical UCUM unit, as UK laboratories report; None for what has no unit (a diagnosis, a
    medicine, a ratio, a score).
    """

    slug: str
    title: str
    kind: EventKind
    unit: str | None = None
    broader: str | None = None
    lowest: float | None = None
    highest: float | None = None


def concept(slug: str) -> Concept:
    """The concept with this slug; KeyError with the slug in words when there is none."""
    try:
        return _concepts()[slug]
    except KeyError:
        raise KeyError(f"no concept has the slug {slug!r}") from None


def all_concepts() -> tuple[Concept, ...]:
    """Every concept, in the order of the table."""
    return tuple(_concepts().values())


def concept_of(codes: Iterable[Code]) -> Concept | None:
    """The concept of the first code, in the order given, that is one of ours."""
    by_code = _by_code()
    for code in codes:
        found = by_code.get((code.system, code.code))
        if found is not None:
            return found
    return None


def drug_named(text: str) -> Concept | None:
    """The medicine that a text such as "Apixaban 5mg tablets" names, by generic or brand name as a whole word.

    Of several names the one that stands first decides, and of those that start together the longest. A name is
    passed over when the text says that it is another thing: prednisolone in eye drops is not a steroid by mouth.
    """
    words = frozenset(_WORD.findall(text.casefold()))
    for match in _drug_pattern().finditer(text):
        slug, not_with = _drug_names()[_plain(match[0])]
        if words.isdisjoint(not_with):
            return concept(slug)
    return None


def narrower(slug: str) -> frozenset[str]:
    """The slug itself and every concept below it; KeyError when there is no such concept."""
    concept(slug)
    return _narrower()[slug]


def codes_of(slug: str) -> tuple[Code, ...]:
    """The codes that mean exactly this concept, UK ones first, each with our title as its display."""
    title = concept(slug).title
    return tuple(Code(system, code, title) for system, code in _codes().get(slug, ()))


def rows(table: str) -> Iterator[dict[str, str]]:
    """The rows of one of the tables beside this module."""
    yield from csv.DictReader((files(__name__) / f"{table}.csv").read_text(encoding="utf-8").splitlines())


@cache
def _concepts() -> dict[str, Concept]:
    return {
        row["slug"]: Concept(
            slug=row["slug"],
            title=row["title"],
            kind=EventKind(row["kind"]),
            unit=row["unit"] or None,
            broader=row["broader"] or None,
            lowest=float(row["lowest"]) if row["lowest"] else None,
            highest=float(row["highest"]) if row["highest"] else None,
        )
        for row in rows("concepts")
    }


@cache
def _codes() -> dict[str, list[tuple[str, str]]]:
    codes: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in rows("codes"):
        codes[row["concept"]].append((row["system"], row["code"]))
    return dict(codes)


@cache
def _by_code() -> dict[tuple[str, str], Concept]:
    """(system as any sender writes it, code) to concept: one look-up, because it runs over millions of events."""
    spellings: dict[str, list[str]] = defaultdict(list)
    for spelling, key in _SYSTEM_KEYS.items():
        spellings[key].append(spelling)
    return {
        (spelling, code): concept(slug)
        for slug, codes in _codes().items()
        for system, code in codes
        for spelling in spellings[_SYSTEM_KEYS[system]]
    }


@cache
def _narrower() -> dict[str, frozenset[str]]:
    below: dict[str, set[str]] = defaultdict(set)
    for each in all_concepts():
        above: Concept | None = each
        while above is not None:
            below[above.slug].add(each.slug)
            above = concept(above.broader) if above.broader else None
    return {slug: frozenset(slugs) for slug, slugs in below.items()}


@cache
def _drug_names() -> dict[str, tuple[str, frozenset[str]]]:
    """Name to its concept, and the words beside which it does not mean that."""
    return {_plain(row["name"]): (row["concept"], frozenset(row["not_with"].split())) for row in rows("drug_names")}


@cache
def _drug_pattern() -> re.Pattern[str]:
    longest_first = sorted(_drug_names(), key=len, reverse=True)
    alternatives = "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in longest_first)
    return re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)", re.IGNORECASE)


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
