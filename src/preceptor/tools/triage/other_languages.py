"""Plain words for an emergency in a request that is not in English: the rest of it is left to a person.

The phrases stand apart from the English ones: spelling is never mended towards them, and they are looked for only in a
text that seems to be in another language. Letters that people type one for another are read alike, vowel signs of
Indian scripts belong to their word, and a Chinese character is a word.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from preceptor.advice import RedFlag, Span, Urgency
from preceptor.tools.triage.text.normal import Sentence, sentences
from preceptor.tools.triage.text.patterns import Index, Lexicon

_NEAR = 3  # words before a phrase in which a denial takes it away
_HAN = re.compile("[\u3400-\u9fff]")
_BETWEEN_HAN = re.compile("(?<=[\u3400-\u9fff])(?=[\u3400-\u9fff])")
# The vowel signs of Indian scripts count as no letters, and words would fall apart at them: each is read as a letter
# that none of these languages has. Nasal and doubling marks and dots, that many leave out, are not read.
_FIRST, _LAST, _SPARE = 0x0900, 0x0D7F, 0xA000
_LEFT_OUT = {0x0901, 0x0902, 0x093C, 0x0981, 0x09BC, 0x0A01, 0x0A02, 0x0A3C, 0x0A70, 0x0A71, 0x0A81, 0x0A82, 0x0ABC}
_SIGNS = {
    code: _SPARE + code - _FIRST
    for code in range(_FIRST, _LAST + 1)
    if unicodedata.category(chr(code)).startswith("M") and code not in _LEFT_OUT
}
_ALIKE = {**_SIGNS, **str.maketrans("łŁıİيىئكةہۃھۂۓ۔،؛؟।。、ːٱ", "lLiIیییکهههههے.,;?..,:ا")}

# Arabic in Latin letters writes some of its letters as digits: "waja3".
_DIGIT = re.compile(r"(?<=[a-z])[2357]|[2357](?=[a-z]{2})", re.IGNORECASE)
_AS_LETTER = {"2": "\u0294", "3": "\u0295", "5": "x", "7": "\u0127"}


@dataclass(frozen=True)
class Denials:
    """Words that take a phrase away, before it and behind it.

    One before it does not where a word of `able` comes next, one of `ahead` came just before, one of `goes_on` is
    between, or one of its own `unless` is in the sentence.
    """

    before: frozenset[str]
    able: frozenset[str]
    ahead: frozenset[str]
    goes_on: frozenset[str]
    unless: dict[str, frozenset[str]]
    behind: re.Pattern[str]

    def take(self, sentence: Sentence, first: int, last: int) -> bool:
        """True when the phrase from word `first` up to `last` is denied, by words of its own clause."""
        words = sentence.words
        start, _ = sentence.clause(first)
        if words[first] in self.before:  # the phrase is itself what cannot be done, and does not reach over a comma
            return any(first < at < last for at in sentence.breaks)
        _, end = sentence.clause(last - 1)
        if any(self._denies(words, at, start, first) for at in range(max(start, first - _NEAR), first)):
            return True
        return bool(self.behind.match(" ".join(words[last : min(end, last + 4)]) + " "))

    def _denies(self, words: tuple[str, ...], at: int, start: int, first: int) -> bool:
        """True when word `at` denies the phrase at `first`, in a clause from `start`."""
        if words[at] not in self.before or words[at + 1] in self.able:
            return False
        if not self.unless.get(words[at], frozenset()).isdisjoint(words):
            return False
        if at > start and words[at - 1] in self.ahead:
            return False
        return self.goes_on.isdisjoint(words[at:first])


@dataclass(frozen=True)
class Alarms:
    """Red flags by their phrases, and the words that deny."""

    flags: dict[str, RedFlag]  # by id, still without words of a request
    index: Index  # phrases by the flag's id
    harmless: Index  # phrases whose words are no flag's
    deny: Denials


@cache
def the_alarms() -> Alarms:
    """What `other_languages.toml` holds."""
    held = tomllib.loads((files(__package__) / "other_languages.toml").read_text("utf-8"))
    index, lexicon = Index(), Lexicon({})
    flags = {}
    for flag in held["flag"]:
        for phrase in flag["phrases"]:
            index.add(flag["id"], lexicon.compile(_as_read(phrase)))
        flags[flag["id"]] = RedFlag(flag["id"], flag["title"], Urgency(flag["urgency"]), flag["action"], ())
    harmless = Index()
    for phrase in held["harmless"]["phrases"]:
        harmless.add("harmless", lexicon.compile(_as_read(phrase)))
    return Alarms(flags, index, harmless, _denials(held["deny"]))


def alarms_in(text: str) -> tuple[RedFlag, ...]:
    """The red flags whose phrases stand in a text that is not in English, in the order of their ids."""
    known = the_alarms()
    found: dict[str, list[Span]] = {}
    for sentence in sentences(_alike(text)):
        for flag, span in _said(_by_character(sentence), known):
            found.setdefault(flag, []).append(_with_marks(text, span))
    return tuple(
        RedFlag(flag.id, flag.title, flag.urgency, flag.action, tuple(sorted(set(found[flag.id]))))
        for flag in known.flags.values()
        if flag.id in found
    )


def _said(sentence: Sentence, known: Alarms) -> Iterator[tuple[str, Span]]:
    harmless = [(first, last) for _, first, last, _ in known.harmless.search(sentence)]
    for flag, first, last, _ in known.index.search(sentence):
        if any(begins < last and first < ends for begins, ends in harmless):
            continue
        if not known.deny.take(sentence, first, last):
            yield flag, sentence.span(first, last)


def _with_marks(text: str, span: Span) -> Span:
    """A span up to the end of its last letter, with the marks on it that are not read."""
    end = span.end
    while end < len(text) and unicodedata.category(text[end]) == "Mn":
        end += 1
    return Span(span.start, end)


def _alike(text: str) -> str:
    """A text of the same length, in which what is read alike is written alike."""
    if not text.isascii():
        text = text.translate(_ALIKE)
    return _DIGIT.sub(lambda digit: _AS_LETTER[digit.group()], text)


def _as_read(phrase: str) -> str:
    """A phrase, or a word, as a text is read: without accents, Chinese words as their characters."""
    parts = unicodedata.normalize("NFKD", _alike(phrase))
    return _BETWEEN_HAN.sub("_", "".join(one for one in parts if unicodedata.category(one) != "Mn"))


def _by_character(sentence: Sentence) -> Sentence:
    """A sentence in which each Chinese character is a word; another as it is."""
    if sentence.line.isascii() or not _HAN.search(sentence.line):
        return sentence
    words: list[str] = []
    spans: list[Span] = []
    breaks = set()
    for at, (word, span) in enumerate(zip(sentence.words, sentence.spans, strict=True)):
        if at in sentence.breaks:
            breaks.add(len(words))
        if _HAN.search(word) and len(word) == span.end - span.start:
            words += word
            spans += (Span(span.start + place, span.start + place + 1) for place in range(len(word)))
        else:
            words.append(word)
            spans.append(span)
    return Sentence(tuple(words), tuple(spans), frozenset(breaks), sentence.asks)


def _denials(held: dict[str, Any]) -> Denials:
    """The `[deny]` table: `lasts` are words behind a denial that say that the matter itself does not stop."""
    unless = {_as_read(word): frozenset(map(_as_read, words)) for word, words in held["unless"].items()}
    listed = {name: words for name, words in held.items() if name != "unless"}
    read = {name: [_as_read(word).replace("_", " ") for word in words] for name, words in listed.items()}
    one_of = {name: "|".join(map(re.escape, words)) for name, words in read.items()}
    denial = f"(?:{one_of['behind']}) (?!(?:{one_of['lasts']}))|(?:{one_of['closing']}) (?:$|(?:{one_of['then']}) )"
    behind = re.compile(f"(?:(?:{one_of['between']}) ){{0,2}}(?:{denial})")
    before, able, ahead, goes_on = (frozenset(read[name]) for name in ("before", "able", "ahead", "goes_on"))
    return Denials(before, able, ahead, goes_on, unless, behind)
