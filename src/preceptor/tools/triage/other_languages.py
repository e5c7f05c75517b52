"""Plain words for an emergency in a request that is not in English: the rest of it is left to a person.

The phrases stand apart from the English ones: spelling is never mended towards them, and they are looked for only in a
text that seems to be in another language.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from preceptor.advice import RedFlag, Span, Urgency
from preceptor.tools.triage.text.normal import Sentence, sentences
from preceptor.tools.triage.text.patterns import Index, Lexicon

_NEAR = 3  # words before a phrase in which a denial takes it away


@dataclass(frozen=True)
class Alarms:
    """Red flags by their phrases, and the words that deny."""

    flags: dict[str, RedFlag]  # by id, still without words of a request
    index: Index  # phrases by the flag's id
    deny: frozenset[str]


@cache
def the_alarms() -> Alarms:
    """What `other_languages.toml` holds."""
    held = tomllib.loads((files(__package__) / "other_languages.toml").read_text("utf-8"))
    index, lexicon = Index(), Lexicon({})
    flags = {}
    for flag in held["flag"]:
        for phrase in flag["phrases"]:
            index.add(flag["id"], lexicon.compile(phrase))
        flags[flag["id"]] = RedFlag(flag["id"], flag["title"], Urgency(flag["urgency"]), flag["action"], ())
    return Alarms(flags, index, frozenset(held["deny"]["words"]))


def alarms_in(text: str) -> tuple[RedFlag, ...]:
    """The red flags whose phrases stand in a text that is not in English, in the order of their ids."""
    known = the_alarms()
    found: dict[str, list[Span]] = {}
    for sentence in sentences(text):
        for flag, span in _said(sentence, known):
            found.setdefault(flag, []).append(span)
    return tuple(
        RedFlag(flag.id, flag.title, flag.urgency, flag.action, tuple(sorted(set(found[flag.id]))))
        for flag in known.flags.values()
        if flag.id in found
    )


def _said(sentence: Sentence, known: Alarms) -> Iterator[tuple[str, Span]]:
    for flag, first, last, _ in known.index.search(sentence):
        if known.deny.isdisjoint(sentence.words[max(0, first - _NEAR) : first]):
            yield flag, sentence.span(first, last)
