"""Typing errors, put right towards the rules' own words only, and only where no real word is meant.

"cheast" becomes `chest`, "brething" becomes `breathing`. A word that English has ("breast", "beast") is never changed,
nor is a short one: at three or four letters one slip turns too many harmless words into alarms.
The span always shows what the patient wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

from rapidfuzz.distance import OSA

from preceptor.tools.triage.text.normal import contractions

_DOUBLED = re.compile(r"(.)\1+")
SHORTEST = 5  # letters
LONGEST = 30
ENDINGS = ("", "e", "s", "es", "ed", "ing", "ion", "ting", "ted")  # of the words that rules give by their beginning
SHORTEST_UNSURE = 4
MOST_UNSURE = 4  # of the words that one may be meant for
LONG = 9  # from this length on two slips are allowed


@cache
def real_words() -> frozenset[str]:
    """English words, which must be left alone."""
    lines = files(__package__).joinpath("real_words.txt").read_text("utf-8").splitlines()
    return frozenset(" ".join(line for line in lines if not line.startswith("#")).split())


class Spelling:
    """Puts words right towards a vocabulary. Looks up deletions, so that time does not grow with the vocabulary."""

    def __init__(self, words: Iterable[str], misspellings: Mapping[str, str], keep: frozenset[str]) -> None:
        """`words` are the rules' own; one that ends in * stands for every word with that beginning."""
        words = frozenset(words)
        self._beginnings = tuple(sorted(word[:-1] for word in words if word.endswith("*")))
        self._given = frozenset(word for word in (*words, *contractions()) if word.isalpha())
        endings = (stem + ending for stem in self._beginnings if len(stem) >= SHORTEST for ending in ENDINGS)
        self._known = self._given.union(word for word in endings if word.isalpha())
        self._misspellings = {wrong: tuple(right.split()) for wrong, right in misspellings.items()}
        self._keep = keep
        self._by_deletion: dict[str, set[str]] = {}
        for word in self._known:
            if len(word) >= SHORTEST:
                for shorter in _deletions(word):
                    self._by_deletion.setdefault(shorter, set()).add(word)
        self._seen: dict[str, tuple[str, ...]] = {}
        self._unsure: dict[str, tuple[str, ...]] = {}

    def __call__(self, word: str) -> tuple[str, ...]:
        """The word, or the words, as the rules spell it."""
        if word in self._misspellings:
            return self._misspellings[word]
        if word in self._known or not SHORTEST <= len(word) <= LONGEST or word in self._keep:
            return (word,)
        if word not in self._seen:
            if len(self._seen) > 50_000:  # a long-lived service meets many words: keep the memory bounded
                self._seen.clear()
            self._seen[word] = self._put_right(word)
        return self._seen[word]

    def others(self, word: str) -> tuple[str, ...]:
        """The rules' words that a word which is none may be one slip from, where it cannot be told which: "bood"."""
        if word not in self._unsure:
            if len(self._unsure) > 50_000:
                self._unsure.clear()
            self._unsure[word] = self._one_slip_away(word)
        return self._unsure[word]

    def _one_slip_away(self, word: str) -> tuple[str, ...]:
        if not SHORTEST_UNSURE <= len(word) <= LONGEST or word in self._given or word in self._keep:
            return ()
        if not word.isalpha() or word in self._misspellings:
            return ()
        near = [known for known in self._near(word) if known[0] == word[0] and not _only_an_ending(word, known)]
        return tuple(sorted(known for known in near if OSA.distance(word, known) == 1))[:MOST_UNSURE]

    def _near(self, word: str) -> set[str]:
        return set[str]().union(*(self._by_deletion.get(shorter, ()) for shorter in _deletions(word)))

    def _put_right(self, word: str) -> tuple[str, ...]:
        near = self._near(word)
        allowed = 2 if len(word) >= LONG else 1
        best = sorted(
            (
                OSA.distance(word, known),
                _single(word) != _single(known),
                known[0] != word[0],
                known not in self._given,
                known,
            )
            for known in near
            if (known[0] == word[0] or known[1:] == word[1:]) and not _only_an_ending(word, known)
        )
        best = [candidate for candidate in best if candidate[0] <= allowed]
        if word.startswith(self._beginnings):  # "vomitting" is as good as it is; "closiing" is still `closing`
            best = [candidate for candidate in best if candidate[-1].startswith(self._beginnings)]
        if best and (len(best) == 1 or best[0][:-1] < best[1][:-1]):
            return (best[0][-1],)
        return self._split(word) if len(word) >= 8 else (word,)

    def _split(self, word: str) -> tuple[str, ...]:
        """ "chestpain" as its two words, when both are the rules' own and long enough not to be chance."""
        # Where a rule takes any ending of the first ("chest*"), only whole words that rules name count as two.
        known = self._given if word.startswith(self._beginnings) else self._known
        for at in range(4, len(word) - 3):
            if word[:at] in known and word[at:] in known:
                return word[:at], word[at:]
        return (word,)


def _deletions(word: str) -> set[str]:
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


def _single(word: str) -> str:
    """The word with each doubled letter once: "botom" is more likely `bottom` than `botox`."""
    return _DOUBLED.sub(r"\1", word)


def _only_an_ending(word: str, known: str) -> bool:
    """ "painting" is no slip for "paining", but "pains" for "pain" is another word, not a slip."""
    return word in (known + "s", known + "d") or known in (word + "s", word + "d")
