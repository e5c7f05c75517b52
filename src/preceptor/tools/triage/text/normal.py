"""From characters to words: canonical spelling for the rules, and always the way back to the original text.

Patients write with curly quotes, emoji, no-break spaces, capitals and no full stops. Rules see lower-case words with
contractions opened ("dont" is "do not"); every word keeps the `Span` of the characters that it came from.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from preceptor.advice import Span


def word_set(line: str) -> frozenset[str]:
    """A set of words that a line lists."""
    return frozenset(line.split())


Respell = Callable[[str], tuple[str, ...]]

LONGEST_SENTENCE = 250  # words; text without full stops is cut into sentences of this length ...
OVERLAP = 25  # ... that share this many words, so that no phrase is lost at a cut

_TOKEN = re.compile(r"\d+(?:[.,]\d+)?|[^\W\d_]+(?:'[^\W\d_]+)*|\n[ \t]*\n\s*|\n|\.{2,}|[.!?]+|[,;:()\[\]/+\-–—*•…]|%")
_INVISIBLE = {"Cf", "Mn", "Me", "Cc"}
_QUOTES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "ʼ": "'", "′": "'", "＇": "'"})

_PRONOUNS = "i you he she it we they that there what who here how where this"
# Words that one writes together and that rules read apart. Patients leave the apostrophe out.
_OPENED = {
    "cant": "cannot",
    "carnt": "cannot",
    "cnt": "cannot",
    "wont": "will not",
    "aint": "is not",
    "ive": "i have",
    "im": "i am",
    "hes": "he is",
    "shes": "she is",
    "theyre": "they are",
    "theres": "there is",
    "thats": "that is",
    "youre": "you are",
    "couldnt": "could not",
    "gonna": "going to",
    "wanna": "want to",
    "gotta": "got to",
    "havnt": "have not",
    "havent": "have not",
    "hasent": "has not",
    "dosnt": "does not",
    "dosent": "does not",
    "doesent": "does not",
    "didint": "did not",
    "dnt": "do not",
    "w/out": "without",
    "pls": "please",
    "abt": "about",
    "bp": "blood pressure",
    "sob": "short of breath",
    "hr": "hour",
    "hrs": "hours",
    "min": "minute",
    "mins": "minutes",
    "wk": "week",
    "wks": "weeks",
    "mth": "month",
    "mths": "months",
    "yr": "year",
    "yrs": "years",
    "temp": "temperature",
    "tempature": "temperature",
    "temprature": "temperature",
    "meds": "medicines",
    "med": "medicine",
    "appt": "appointment",
    "docs": "doctor",
}
for _verb in sorted(word_set("do does did have has had is are was were would should could must need")):
    _OPENED[_verb + "nt"] = _OPENED[_verb + "n't"] = f"{_verb} not"
_OPENED["can't"] = _OPENED["cannot"] = "cannot"
_OPENED["won't"] = "will not"
_OPENED["ain't"] = "is not"
for _pronoun in sorted(word_set(_PRONOUNS)):
    _OPENED[_pronoun + "'s"] = f"{_pronoun} is"
    _OPENED[_pronoun + "'ve"] = f"{_pronoun} have"
    _OPENED[_pronoun + "'re"] = f"{_pronoun} are"
    _OPENED[_pronoun + "'ll"] = f"{_pronoun} will"
    _OPENED[_pronoun + "'d"] = f"{_pronoun} had"
_OPENED["i'm"] = "i am"


def contractions() -> frozenset[str]:
    """The contractions as they are written without an apostrophe: "couldnt"."""
    opened = (written.replace("'", "") for written, means in _OPENED.items() if " " in means)
    return frozenset(word for word in opened if word.isalpha())


_STRETCHED = re.compile(r"(.)\1{2,}")


@lru_cache(maxsize=20_000)
def canonical(token: str) -> tuple[str, ...]:
    """One written word as the words that rules read: "Can't" is `cannot`, "mum's" is `mum`, "sooo" is `soo`."""
    word = token.casefold()
    if word in _OPENED:
        return tuple(_OPENED[word].split())
    word = _STRETCHED.sub(r"\1\1", word)
    if word in _OPENED:
        return tuple(_OPENED[word].split())
    if word.endswith("'s"):
        word = word[:-2]
    return (word.replace("'", ""),)


@dataclass(frozen=True)
class Sentence:
    """Words that stand together. `breaks` are the words that follow a comma, a dash, a bracket or a line end."""

    words: tuple[str, ...]
    spans: tuple[Span, ...]
    breaks: frozenset[int] = frozenset()
    asks: bool = False  # ends in a question mark

    @cached_property
    def line(self) -> str:
        """The words with one space before each and one behind the last: what patterns run over."""
        return " " + " ".join(self.words) + " "

    @cached_property
    def starts(self) -> list[int]:
        """Where each word's leading space stands in `line`."""
        at, found = 0, []
        for word in self.words:
            found.append(at)
            at += len(word) + 1
        return found

    def words_at(self, start: int, end: int) -> tuple[int, int]:
        """The words, first and one past the last, of the characters `start` to `end` of `line`."""
        return bisect_right(self.starts, start) - 1, bisect_right(self.starts, end - 1)

    def span(self, first: int, last: int) -> Span:
        """The characters of the original text from word `first` up to, not including, word `last`."""
        return Span(self.spans[first].start, self.spans[last - 1].end)

    def clause(self, word: int) -> tuple[int, int]:
        """The words between the breaks around `word`."""
        before = [b for b in self.breaks if b <= word]
        after = [b for b in self.breaks if b > word]
        return max(before, default=0), min(after, default=len(self.words))


_ASKING = frozenset(
    [
        "is",
        "are",
        "was",
        "am",
        "do",
        "does",
        "did",
        "can",
        "could",
        "should",
        "would",
        "will",
        "has",
        "have",
        "why",
        "what",
        "when",
        "how",
        "who",
    ]
)
_WONDERING = (" wonder ", " wondering ", " not sure ", " do not know if ", " know whether ", " is it ", " should i ")


def asks(sentence: Sentence) -> bool:
    """True when a sentence puts a question, with its mark or without."""
    return sentence.asks or sentence.words[0] in _ASKING or any(words in sentence.line for words in _WONDERING)


def _plain(text: str) -> tuple[str, list[int] | None]:
    """The text in lower case without invisible characters, and where each of its characters came from."""
    if text.isascii():
        cleaned = text.lower().replace("\r", "\n") if "\r" not in text else text.lower().replace("\r\n", " \n")
        return cleaned.replace("\r", "\n").replace("\x00", " "), None
    characters: list[str] = []
    origins: list[int] = []
    for at, character in enumerate(text.translate(_QUOTES)):
        if character.isascii():
            characters.append(character.lower())
            origins.append(at)
            continue
        # An invisible joiner inside a word must not hide the word from a rule.
        if unicodedata.category(character) in _INVISIBLE:
            continue
        folded = unicodedata.normalize("NFKD", character).casefold()
        kept = [c for c in folded if unicodedata.category(c) != "Mn"]
        characters += kept
        origins += [at] * len(kept)
    return "".join(characters), origins


def sentences(text: str, respell: Respell | None = None, begins: int = 0) -> tuple[Sentence, ...]:
    """The sentences of a text, in order. Empty when there are no words in it.

    `respell` gives a word as the rules spell it ("cheast" is `chest`, "chestpain" is `chest pain`). `begins` is where
    this text begins in the whole one, to which the spans refer.
    """
    plain, origins = _plain(text)
    found: list[Sentence] = []
    words: list[str] = []
    spans: list[Span] = []
    breaks: set[int] = set()

    def close(asks: bool = False) -> None:
        if words:
            found.extend(_cut(words, spans, breaks, asks))
        words.clear()
        spans.clear()
        breaks.clear()

    def span_of(start: int, end: int) -> Span:
        if origins is None:
            return Span(begins + start, begins + end)
        return Span(begins + origins[start], begins + origins[end - 1] + 1)

    for token in _TOKEN.finditer(plain):
        written, start, end = token.group(), token.start(), token.end()
        first = written[0]
        if first.isdigit() or first.isalpha():
            span = span_of(start, end)
            for word in (written.replace(",", "."),) if first.isdigit() else canonical(written):
                if word == "not" and words and words[-1] == "can":
                    words[-1] = "cannot"
                    spans[-1] = Span(spans[-1].start, span.end)
                    continue
                for spelt in (word,) if respell is None else _put_right(word, respell):
                    words.append(spelt)
                    spans.append(span)
        elif first in ".!?":
            if written == "?" and plain[end : end + 1].isalpha() and not plain[max(0, start - 1) : start].isalnum():
                words.append("query")  # a clinician's "?cellulitis"
                spans.append(span_of(start, end))
            elif written.startswith("..") and set(written) == {"."}:  # "..." is a patient's comma
                breaks.add(len(words))
            else:
                close(asks="?" in written)
        elif first == "\n":
            if written.count("\n") > 1:
                close()
            else:
                breaks.add(len(words))
        elif first == ";":
            close()
        elif first == "+" and words and words[-1][0].isdigit():
            words.append("plus")
            spans.append(span_of(start, end))
        else:
            if first != "/" and not (first == "-" and _joins(plain, start)):
                breaks.add(len(words))
    close()
    return tuple(found)


def _put_right(word: str, respell: Respell) -> tuple[str, ...]:
    """A word as the rules spell it; what turns out to be a contraction ("coudlnt") is opened."""
    spelt = respell(word)
    return spelt if spelt == (word,) else tuple(part for each in spelt for part in canonical(each))


def _joins(plain: str, at: int) -> bool:
    """True for the hyphen of "one-sided", which is no break."""
    return 0 < at < len(plain) - 1 and plain[at - 1].isalnum() and plain[at + 1].isalnum()


def _cut(words: list[str], spans: list[Span], breaks: set[int], asks: bool) -> list[Sentence]:
    if len(words) <= LONGEST_SENTENCE:
        return [Sentence(tuple(words), tuple(spans), frozenset(b for b in breaks if 0 < b < len(words)), asks)]
    parts = []
    step = LONGEST_SENTENCE - OVERLAP
    ordered = sorted(breaks)
    for first in range(0, len(words), step):
        last = first + LONGEST_SENTENCE
        inside = ordered[bisect_right(ordered, first) : bisect_right(ordered, last - 1)]
        parts.append(
            Sentence(tuple(words[first:last]), tuple(spans[first:last]), frozenset(b - first for b in inside), asks)
        )
        if last >= len(words):
            break
    return parts
