"""What an entry of the lake can be about, and the figures that say how often and how high."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from preceptor.advice import EventKind
from preceptor.demo.coding import unit_of
from preceptor.demo.figures import table
from preceptor.demo.illness import problems
from preceptor.demo.life import medicines
from preceptor.record.concepts import concept

CONTACT, LETTER, REFERRAL = "consultation", "letter", "referral"
_OTHERS = {
    CONTACT: (EventKind.ENCOUNTER, "Consultation"),
    LETTER: (EventKind.DOCUMENT, "Letter from a clinic"),
    REFERRAL: (EventKind.REFERRAL, "Referral"),
}


@dataclass(frozen=True, slots=True)
class What:
    """What an entry says but for its date and value."""

    kind: EventKind
    concept: str | None
    unit: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Test:
    """A result: its level in women and men, and the spread between people. NaN where it is worked out otherwise."""

    concept: str
    female: float
    male: float
    spread: float
    decimals: int


@dataclass(frozen=True, slots=True)
class Panel:
    """Tests that are done together, so often a year from these ages on: 0, 18, 40, 65."""

    name: str
    a_year: tuple[float, ...]
    tests: tuple[Test, ...]


@cache
def panels() -> tuple[Panel, ...]:
    rows = table("lake_tests.csv")
    found = []
    for name in dict.fromkeys(row["panel"] for row in rows):
        own = [row for row in rows if row["panel"] == name]
        tests = tuple(
            Test(
                row["concept"],
                float(row["female"] or "nan"),
                float(row["male"] or "nan"),
                float(row["spread"] or "nan"),
                int(row["decimals"]),
            )
            for row in own
        )
        found.append(Panel(name, tuple(float(own[0][f"from_{age}"]) for age in (0, 18, 40, 65)), tests))
    return tuple(found)


@cache
def vocabulary() -> dict[str, tuple[int, What]]:
    """By concept, or by the name of what has none: its place, and what it is."""
    found: dict[str, What] = {}
    for problem in problems():
        ours = _ours(problem.concept)
        found[problem.concept] = What(EventKind.CONDITION, ours, None, problem.text or concept(problem.concept).title)
    for name, medicine in medicines().items():
        found[name] = What(EventKind.MEDICATION, _ours(name), None, medicine.product)
    for panel in panels():
        for test in panel.tests:
            found[test.concept] = What(
                EventKind.RESULT, test.concept, unit_of(test.concept), concept(test.concept).title
            )
    found |= {name: What(kind, None, None, words) for name, (kind, words) in _OTHERS.items()}
    return {name: (place, what) for place, (name, what) in enumerate(found.items())}


def place_of(name: str) -> int:
    return vocabulary()[name][0]


def column_of(field: str) -> tuple[npt.NDArray[np.int32], list[str | None]]:
    """For a field of `What`: by place, the number of its word; and the words, each once."""
    said = [getattr(what, field) for _, what in vocabulary().values()]
    words = list(dict.fromkeys(None if each is None else str(each) for each in said))
    numbers = {word: number for number, word in enumerate(words)}
    return np.array([numbers[None if each is None else str(each)] for each in said], np.int32), words


def _ours(slug: str) -> str | None:
    """The slug, where it is one of our concepts; an entry of no concept has its words alone."""
    try:
        return concept(slug).slug
    except KeyError:
        return None
