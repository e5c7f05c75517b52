"""A small language for how patients put things, compiled to regular expressions over a sentence's words.

    crushing|squeezing ~3 chest      one of these words, then "chest" with up to three words between
    {pain} &4 {chest}                the two in either order, up to four words between
    cannot ~1 breathe                contractions are opened: also "can't breathe", "cant breathe"
    one? calf swoll*                 an optional word; any word with this beginning
    left_arm|jaw                     an underscore joins the words of one alternative
    temperature ~3 #                 # is any number

`{name}` stands for a list of words in `lexicon/words.toml`. Gaps are bounded and never cross a sentence,
so the time to match grows with the length of the text and no faster.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import product
from typing import NamedTuple

from preceptor.tools.triage.text.normal import Sentence, canonical, word_set

_GAP = re.compile(r"~(\d+)$")
_EITHER = re.compile(r"&(\d+)$")
_NUMBER = "#"
_NOTHING = frozenset[int]()
# Too common to say anything on their own: a pattern is looked up by its rarer words.
_DENYING = frozenset(["no", "not", "cannot", "never", "none", "nothing", "without", "hardly", "barely", "stopped"])
_COMMON = word_set(
    "a an the i my me you he she it we they his her their is am are was were be been has have had do does did not "
    "no and or but of in on at to for with from so very really just now this that all any some can cannot will "
    "would feel feels feeling get getting got going keep keeps like as up down out off over when if then than "
    "what"
)


class PatternError(ValueError):
    """A pattern that does not follow the language; the message says where and why."""


@dataclass(frozen=True)
class _Element:
    """One place in a pattern: alternatives of words, or a gap when there are none."""

    alternatives: tuple[tuple[str, ...], ...] = ()
    gap: int = 0
    optional: bool = False

    @property
    def regex(self) -> str:
        if not self.alternatives:
            return rf"(?: [^ ]+){{0,{self.gap}}}?"
        longest_first = sorted(self.alternatives, key=lambda words: (-len(words), words))
        joined = "|".join(" ".join(_word_regex(word) for word in words) for words in longest_first)
        return f"(?: (?:{joined})(?= )){'?' if self.optional else ''}"

    @property
    def anchors(self) -> frozenset[str] | None:
        """One word of each alternative, of which a matching sentence must hold at least one; None if none serves."""
        if self.optional or not self.alternatives:
            return None
        return frozenset(map(_rarest, self.alternatives))


@cache
def _rarest(words: tuple[str, ...]) -> str:
    return min(words, key=lambda word: (word in _COMMON, word == _NUMBER, -len(word))) if len(words) > 1 else words[0]


def _word_regex(word: str) -> str:
    if word == _NUMBER:
        return r"\d+(?:\.\d+)?"
    return re.escape(word[:-1]) + "[^ ]*" if word.endswith("*") else re.escape(word)


@dataclass(frozen=True)
class Pattern:
    """One compiled phrase."""

    source: str
    elements: tuple[_Element, ...]

    @cached_property
    def denies(self) -> bool:
        """True when a negation is part of the phrase."""
        return not _DENYING.isdisjoint(self.words)

    @cached_property
    def regex(self) -> re.Pattern[str]:
        return re.compile("".join(element.regex for element in self.elements))

    def places_in(self, sentence: Sentence) -> Iterator[tuple[int, int]]:
        """Where it stands, first and one past the last word; from every word anew, so that none hides in a longer."""
        found = self.regex.search(sentence.line)
        while found:
            yield sentence.words_at(found.start(), found.end())
            found = self.regex.search(sentence.line, found.start() + 1)

    @property
    def anchors(self) -> frozenset[str]:
        """Words of which a sentence must hold at least one to be worth a look: those of the rarest place."""
        choices = self.places
        if not choices:
            raise PatternError(f"{self.source!r} has no word that must be there")
        return min(
            choices, key=lambda words: (sum(w in _COMMON or w == _NUMBER for w in words), len(words), sorted(words))
        )

    @cached_property
    def places(self) -> tuple[frozenset[str], ...]:
        """For each place that must be filled: words of which a sentence must hold at least one."""
        return tuple(anchors for element in self.elements if (anchors := element.anchors))

    @property
    def words(self) -> frozenset[str]:
        """Every word in it; one that takes any ending keeps its *."""
        return frozenset(word for element in self.elements for words in element.alternatives for word in words)


class Lexicon:
    """Named lists of words, in which a list may name others: `pain = ["pain", "ache*", "{soreness}"]`."""

    def __init__(self, lists: Mapping[str, Iterable[str]]) -> None:
        self._lists = {name: tuple(entries) for name, entries in lists.items()}
        self._opened: dict[str, tuple[tuple[str, ...], ...]] = {}

    def alternatives(self, name: str) -> tuple[tuple[str, ...], ...]:
        """Every entry of a list as its words."""
        if name not in self._lists:
            raise PatternError(f"no list of words is called {name!r}")
        if name not in self._opened:
            found: list[tuple[str, ...]] = []
            for entry in self._lists[name]:
                if entry.startswith("{"):
                    found += self.alternatives(entry[1:-1])
                else:
                    found += _spoken(*entry.split())
            self._opened[name] = tuple(dict.fromkeys(found))
        return self._opened[name]

    def compile(self, source: str) -> tuple[Pattern, ...]:
        """The patterns of one line of the language: two where `&` allows either order."""
        places = source.split()
        for at, place in enumerate(places):
            if either := _EITHER.match(place):
                gap = f"~{either[1]}"
                left, right = places[:at], places[at + 1 :]
                if any(_EITHER.match(other) for other in right):
                    raise PatternError(f"{source!r} has more than one &")
                return self._one(source, [*left, gap, *right]) + self._one(source, [*right, gap, *left])
        return self._one(source, places)

    def _one(self, source: str, places: list[str]) -> tuple[Pattern, ...]:
        elements: list[_Element] = []
        for place in places:
            if gap := _GAP.match(place):
                elements.append(_Element(gap=int(gap[1])))
                continue
            optional = place.endswith("?")
            alternatives: list[tuple[str, ...]] = []
            for choice in (place[:-1] if optional else place).split("|"):
                if choice.startswith("{") and choice.endswith("}"):
                    alternatives += self.alternatives(choice[1:-1])
                elif "*" in choice.split("_"):
                    raise PatternError(f"{source!r} has a * without the beginning of a word")
                elif choice:
                    alternatives += _spoken(*choice.split("_"))
                else:
                    raise PatternError(f"{source!r} has an empty alternative")
            elements.append(_Element(tuple(dict.fromkeys(alternatives)), optional=optional))
        if not elements:
            raise PatternError("an empty pattern")
        return (Pattern(source, tuple(elements)),)


@cache
def _spoken(*written: str) -> list[tuple[str, ...]]:
    """Words as a sentence would hold them, contractions opened: the rules' own words go through the same door."""
    opened = [
        (word,) if word == _NUMBER else canonical(word) if not word.endswith("*") else (word.casefold(),)
        for word in written
    ]
    return [tuple(word for words in choice for word in words) for choice in product(*([o] for o in opened))]


class Match(NamedTuple):
    """Where a phrase stands: words `first` up to, not including, `last` of sentence number `sentence`."""

    sentence: int
    first: int
    last: int
    denies: bool = False  # the phrase itself holds a negation: "cannot breathe"


class Index:
    """Many patterns at once: a sentence is searched only for the patterns of which it holds a word for every place."""

    def __init__(self) -> None:
        self._patterns: list[tuple[Pattern, str]] = []
        self._besides: list[frozenset[int]] = []  # of each pattern: the places to fill, but that of its anchors
        self._by_word: dict[str, list[int]] = {}  # the patterns that a word anchors
        self._places: dict[frozenset[str], int] = {}  # many patterns share a place: each set of words has a number
        self._filled_by: dict[str, list[int]] = {}  # the places that a word fills
        self._beginnings: dict[int, set[str]] = {}  # by length
        self._met = lru_cache(maxsize=20_000)(self._look_up)

    def add(self, key: str, patterns: Iterable[Pattern]) -> None:
        """Whatever matches one of these patterns is reported under `key`."""
        self._met.cache_clear()
        for pattern in patterns:
            at = len(self._patterns)
            self._patterns.append((pattern, key))
            anchors = pattern.anchors
            self._besides.append(frozenset(self._number(place) for place in pattern.places if place != anchors))
            for anchor in anchors:
                self._by_word.setdefault(anchor, []).append(at)
            for word in frozenset[str]().union(*pattern.places):
                if word.endswith("*"):
                    self._beginnings.setdefault(len(word) - 1, set()).add(word[:-1])

    def _number(self, place: frozenset[str]) -> int:
        if place not in self._places:
            self._places[place] = len(self._places)
            for word in place:
                self._filled_by.setdefault(word, []).append(self._places[place])
        return self._places[place]

    def search(self, sentence: Sentence) -> Iterator[tuple[str, int, int, bool]]:
        """Every key found in a sentence, with its first and one past its last word, and whether the phrase denies."""
        for pattern, key in self.candidates(sentence):
            for first, last in pattern.places_in(sentence):
                yield key, first, last, pattern.denies

    def candidates(self, sentence: Sentence) -> list[tuple[Pattern, str]]:
        """The patterns that may match, each with its key, in the order in which they were added."""
        met = [self._met(word) for word in set(sentence.words)]
        filled = _NOTHING.union(*(places for _, places in met))
        besides, patterns = self._besides, self._patterns
        anchored = _NOTHING.union(*(at for at, _ in met))
        return [patterns[at] for at in sorted([at for at in anchored if besides[at] <= filled])]

    def _look_up(self, word: str) -> tuple[frozenset[int], frozenset[int]]:
        """The patterns that a word of a sentence anchors, and the places that it fills: as it is, begun or a number."""
        held = [word, *(f"{word[:length]}*" for length, begun in self._beginnings.items() if word[:length] in begun)]
        if word[0].isdigit():
            held.append(_NUMBER)
        anchored = frozenset(at for one in held for at in self._by_word.get(one, ()))
        return anchored, frozenset(place for one in held for place in self._filled_by.get(one, ()))

    @property
    def words(self) -> frozenset[str]:
        """Every word of every pattern; one that takes any ending keeps its *."""
        return frozenset[str]().union(*(pattern.words for pattern, _ in self._patterns))
