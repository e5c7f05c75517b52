"""Where each feature's phrases stand in a text. Most are never asked for, so each is looked for when it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from preceptor.tools.triage.features import Library, is_unless
from preceptor.tools.triage.text.normal import Sentence
from preceptor.tools.triage.text.patterns import Match, Pattern

MOST_SLIPS = 8  # of a sentence's words that are none: how many readings are tried


class _Chance(NamedTuple):
    """A phrase that may stand in a sentence; of one that was put right, only where it holds the word `slip`."""

    number: int
    sentence: Sentence
    pattern: Pattern
    slip: int | None = None


class Phrases:
    """The phrases of a text by the library's keys: a feature's name, or `unless` of it."""

    def __init__(self, text: str, sentences: tuple[Sentence, ...], library: Library) -> None:
        self._text = text
        self._library = library
        self._chances = self._look(sentences)
        self.perhaps = frozenset(self._chances)  # the keys whose phrases may stand in the text
        self._found: dict[str, list[Match]] = {}
        self._places: dict[tuple[int, int], list[tuple[int, int]]] = {}

    def found(self, key: str) -> list[Match]:
        """Where the phrases of a key stand, in the order of the sentences."""
        if key not in self._found:
            self._found[key] = [match for chance in self._chances.get(key, ()) for match in self._tried(chance)]
        return self._found[key]

    def perhaps_in(self, keys: frozenset[str], sentences: frozenset[int]) -> set[str]:
        """Of these keys, those of which a phrase may stand in one of these sentences: a first, cheap look."""
        chances = self._chances
        return {key for key in keys & self.perhaps if any(chance.number in sentences for chance in chances[key])}

    def _look(self, sentences: tuple[Sentence, ...]) -> dict[str, list[_Chance]]:
        """For each key: the phrases of which a sentence holds a word for every place, and so may hold them."""
        chances: dict[str, list[_Chance]] = defaultdict(list)
        seen: dict[tuple[str, ...], tuple[Sentence, list[tuple[Pattern, str]]]] = {}
        index = self._library.index
        for number, sentence in enumerate(sentences):
            if sentence.words not in seen:  # a text that repeats itself costs no more
                seen[sentence.words] = sentence, index.candidates(sentence)
            same, candidates = seen[sentence.words]
            for pattern, key in candidates:
                chances[key].append(_Chance(number, same, pattern))
            for at, put_right in self._slips(sentence):
                for pattern, key in index.candidates(put_right):
                    if not is_unless(key):
                        chances[key].append(_Chance(number, put_right, pattern, at))
        return dict(chances)

    def _slips(self, sentence: Sentence) -> Iterator[tuple[int, Sentence]]:
        """What a sentence also says if a word that is none is a slip ("vomiting bood"). It hides nothing."""
        typed = [span.of(self._text).casefold() for span in sentence.spans]
        slips = [
            (at, other)
            for at, word in enumerate(sentence.words)
            for other in self._library.spelling.others(typed[at])
            if other != word
        ]
        for at, other in slips[:MOST_SLIPS]:
            yield at, replace(sentence, words=(*sentence.words[:at], other, *sentence.words[at + 1 :]))

    def _tried(self, chance: _Chance) -> list[Match]:
        tried = (id(chance.sentence), id(chance.pattern))
        if tried not in self._places:
            self._places[tried] = list(chance.pattern.places_in(chance.sentence))
        return [
            Match(chance.number, first, last, chance.pattern.denies)
            for first, last in self._places[tried]
            if chance.slip is None or first <= chance.slip < last
        ]
