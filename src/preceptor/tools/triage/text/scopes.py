"""Whether words are meant of this patient, now: negation, other people, the past, what might be, what is quoted.

In the manner of ConText (Chapman and others, 2007; Harkema and others, 2009), rewritten for how patients type:
a trigger ("no", "my dad had", "years ago": `triggers`) opens a scope; a phrase inside it is read as negated, another
person's, past ... A trigger that is part of the phrase itself ("cannot breathe", "no wet nappies") says nothing of it.
Doubt ("I think", "might be") suppresses nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from preceptor.tools.triage.text.normal import Sentence
from preceptor.tools.triage.text.patterns import Match
from preceptor.tools.triage.text.triggers import (
    ANOTHER_SUBJECT,
    BARE,
    BETWEEN_CLAUSES,
    DENIED_BEFORE,
    ENDS,
    ENDS_BY_AND,
    ENDS_MIGHT,
    FIRST_PERSON,
    FORMER,
    LETTER,
    LIKENED,
    MIGHT,
    MONTH,
    MONTHS,
    NEGATION,
    NOT_A_NEGATION,
    NOT_HYPOTHETICAL,
    OF_NOW,
    ON_BEHALF,
    OTHERS_PAST,
    PAST,
    RECENT,
    SOMEBODY,
    STILL,
    STRONG,
    TOLD_NOW,
    TOLD_THEN,
    TOPIC,
    YEAR,
)


class Meant(StrEnum):
    """How a phrase is to be read."""

    NOW = "now"  # of this patient, now: what rules act on
    NEGATED = "negated"
    OTHER = "other person"
    PAST = "past"
    MIGHT_BE = "might be"  # feared, asked about or to be prevented, not there
    QUOTED = "quoted"  # from a letter that was pasted in
    POSSIBLE = "possible"  # said as possible: suppresses nothing, only `senses` says it
    LIKENED = "likened"  # "like being kicked by a horse": what it feels like, not what happened


@dataclass(frozen=True, slots=True)
class Scope:
    """Words `first` up to `last` are read as `meant` because of the trigger at `trigger_first` up to `trigger_last`."""

    meant: Meant
    first: int
    last: int
    trigger_first: int
    trigger_last: int


_DENYING = frozenset({"no", "not", "cannot", "never", "without", "none"})
_LONGEST = 9  # words that a plain "no" reaches
_AROUND_PAST = 12  # words before and after "six years ago" that are of then
_AFTER_FORMER = 4  # words that "previous" or "history of" reaches
_NEXT = 1  # "is not short of breath" denies what follows at once, not the chest pain after it


class Reader:
    """Finds the scopes of every sentence of one text, once."""

    def __init__(self, sentences: tuple[Sentence, ...], as_of: datetime, written_by_other: bool) -> None:
        self.sentences = sentences
        self._as_of = as_of
        self.for_other = written_by_other or any(ON_BEHALF.search(s.line) for s in sentences)
        self._in_first_person = any(FIRST_PERSON.search(s.line) for s in sentences)
        self._quoted = _quoted_from(sentences)
        self._scopes: dict[int, tuple[Scope, ...]] = {}

    def meant(self, match: Match) -> Meant:
        """How the words of a phrase are to be read: what rules go by."""
        return next(self.all_meant(match), Meant.NOW)

    def all_meant(self, match: Match) -> Iterator[Meant]:
        """Everything that takes a phrase away, most telling first: "my mum never had it" is negated and another's."""
        for scope in self._of(match.sentence):
            if match.first <= scope.trigger_first < match.last:
                # "cannot breathe" holds its own negation; "my face is not drooping" has one in the middle.
                inside = scope.meant is Meant.NEGATED and not match.denies
                if inside and scope.first <= match.last - 1 < scope.last:
                    yield scope.meant
            elif scope.first <= match.first < scope.last:
                yield scope.meant
            elif scope.meant is Meant.NEGATED and scope.trigger_first < match.first < scope.first < match.last:
                # "has not been sick": the denial ends within the phrase, which holds none of its own.
                words = self.sentences[match.sentence].words[match.first : match.last]
                if match.last - 1 < scope.last and not _DENYING.intersection(words):
                    yield scope.meant

    @cached_property
    def unsettled(self) -> frozenset[int]:
        """The sentences in which some phrase may be read otherwise than as of now; in all others none is."""
        return frozenset(number for number in range(len(self.sentences)) if self._of(number))

    def _of(self, number: int) -> tuple[Scope, ...]:
        if number not in self._scopes:
            self._scopes[number] = tuple(self._find(number))
        return self._scopes[number]

    def _find(self, number: int) -> list[Scope]:
        sentence = self.sentences[number]
        found = list(_negations(sentence))
        found += _denied_after(sentence)
        if sentence.asks and number + 1 < len(self.sentences) and _says_no(self.sentences[number + 1]):
            found.append(_whole(sentence, Meant.NEGATED))
        found += self._others(sentence)
        found += self._past(sentence)
        found += _might_be(sentence)
        found += _likened(sentence)
        if number in self._quoted and not FIRST_PERSON.search(sentence.line):
            found.append(_whole(sentence, Meant.QUOTED))
        return found

    def _others(self, sentence: Sentence) -> list[Scope]:
        found = []
        for trigger in OTHERS_PAST.finditer(sentence.line):
            first, last = sentence.words_at(trigger.start(), trigger.end())
            start, end = _part(sentence, first)
            if self.for_other or RECENT.search(_words(sentence, start, end)):
                continue
            if SOMEBODY.match(trigger[0]) and (not self._in_first_person or _aged(sentence, first, last)):
                continue  # "a man of 45 had ...": the patient himself
            backwards = "family" in sentence.words[first:last]
            found.append(Scope(Meant.OTHER, start if backwards else last, end, first, last))
        return found

    def _past(self, sentence: Sentence) -> list[Scope]:
        found = []
        triggers = list(PAST.finditer(sentence.line))
        triggers += [y for y in YEAR.finditer(sentence.line) if int(y[1]) < self._as_of.year]
        triggers += [m for m in MONTH.finditer(sentence.line) if self._told_of_then(sentence, m)]
        for trigger in triggers:
            first, last = sentence.words_at(trigger.start(), trigger.end())
            start, end = _part(sentence, first)
            start, end = max(start, first - _AROUND_PAST), min(end, last + _AROUND_PAST)
            around = _words(sentence, start, end)
            if not RECENT.search(around) and not STILL.search(around):
                found.append(Scope(Meant.PAST, start, end, first, last))
        for trigger in FORMER.finditer(sentence.line):
            first, last = sentence.words_at(trigger.start(), trigger.end())
            told_now = OF_NOW.search(sentence.line[: trigger.end()]) or RECENT.search(
                _words(sentence, last, sentence.clause(last - 1)[1])
            )
            if "history" in trigger[0] and (told_now or sentence.words[first - 1 : first] in (("no",), ("family",))):
                continue
            found.append(Scope(Meant.PAST, last, min(last + _AFTER_FORMER, len(sentence.words)), first, last))
        return found

    def _told_of_then(self, sentence: Sentence, month: re.Match[str]) -> bool:
        """Whether words tell, in the past tense, of a month that is neither this one nor the last."""
        if month[1] and (self._as_of.month - 1 - MONTHS.index(month[1])) % 12 <= 1:
            return False
        first, _ = sentence.words_at(month.start(), month.end())
        start, end = _part(sentence, first)
        return bool(TOLD_THEN.search(_words(sentence, start, first))) and not TOLD_NOW.search(
            _words(sentence, start, end)
        )


def _aged(sentence: Sentence, first: int, last: int) -> bool:
    """ "a 61 year old man", "a man of 61": whose age is told is told of as a patient."""
    told = sentence.words[first:last]
    return any(word[0].isdigit() for word in told) or sentence.words[max(0, first - 1) : first] in (("old",), ("yo",))


def _says_no(answer: Sentence) -> bool:
    """ "Floppy? No.", "Floppy? No, tired." and "Floppy? Not since Monday." deny what was asked."""
    bare = answer.words in (("no",), ("none",), ("nope",), ("never",), ("not",), ("no", "none"))
    return (
        bare
        or (answer.words[:1] in (("no",), ("nope",)) and 1 in answer.breaks)
        or answer.words[:2] == ("not", "since")
    )


def _words(sentence: Sentence, first: int, last: int) -> str:
    return " " + " ".join(sentence.words[first:last]) + " "


def _whole(sentence: Sentence, meant: Meant) -> Scope:
    return Scope(meant, 0, len(sentence.words), -1, -1)


def _part(sentence: Sentence, word: int) -> tuple[int, int]:
    """The stretch around a word between "but", "and now" and the like: wider than a clause, within a sentence."""
    cuts = [sentence.words_at(m.start(), m.end())[0] for m in BETWEEN_CLAUSES.finditer(sentence.line)]
    start = max((c for c in cuts if c <= word), default=0)
    # "... has come back today": a last word belongs to what it ends.
    end = min((c for c in cuts if word < c < sentence.clause(c)[1] - 1), default=len(sentence.words))
    clause_start, clause_end = sentence.clause(word)
    return max(start, clause_start), min(end, clause_end)


def _negations(sentence: Sentence) -> list[Scope]:
    line = sentence.line
    spared = [(m.start(), m.end()) for m in NOT_A_NEGATION.finditer(line)]
    found = []
    for trigger in NEGATION.finditer(line):
        first, last = sentence.words_at(trigger.start(), trigger.end())
        if any(start <= trigger.start() < end or trigger.start() <= start < trigger.end() for start, end in spared):
            if sentence.words[first : last + 1] == ("no", "change"):  # "no change in bowel habit", but a headache stays
                found.append(Scope(Meant.NEGATED, last, last + 1, first, last))
            continue
        if last in sentence.breaks and trigger[0].endswith((" symptom", " symptoms", " signs")):
            continue  # "no symptoms, sudden pain": what follows is not what was denied
        strong = bool(STRONG.search(trigger.group()))
        reach = 2 * _LONGEST if strong else _NEXT if BARE.fullmatch(trigger.group()) else _LONGEST
        if reach == _NEXT:  # "is not black or smelly" denies both
            while sentence.words[last + reach : last + reach + 1] in (("or",), ("nor",)):
                reach += 2
        end = min(len(sentence.words), last + reach)
        if ends := ENDS.search(line, trigger.end()):
            end = min(end, sentence.words_at(ends.start(), ends.end())[0])
        if trigger[0] == " without" and (other := ANOTHER_SUBJECT.search(line, trigger.end() + 1)):
            end = min(end, sentence.words_at(other.start(), other.end())[0])
        if not strong and (joined := ENDS_BY_AND.search(line, trigger.end())):
            end = min(end, sentence.words_at(joined.start(), joined.end())[0])
        end = min(end, _end_of_list(sentence, last, end, strong))
        found.append(Scope(Meant.NEGATED, last, end, first, last))
    return found


def _end_of_list(sentence: Sentence, start: int, end: int, strong: bool) -> int:
    """ "no fever, cough or rash" denies all three; "no fever, chest pain all night" denies the first."""
    commas = sorted(b for b in sentence.breaks if start < b < end)
    if not commas:
        return end
    if strong or any(word in ("or", "nor") for word in sentence.words[start:end]):
        last_or = max((at for at in range(start, end) if sentence.words[at] in ("or", "nor")), default=end)
        return min((b for b in commas if b > last_or), default=end)
    return commas[0]


def _denied_after(sentence: Sentence) -> list[Scope]:
    """The style of a form: "chest pain: no, fever: none"."""
    found = []
    words = sentence.words
    for trigger in DENIED_BEFORE.finditer(sentence.line):
        first, last = sentence.words_at(trigger.start(), trigger.end())
        if last < len(words) and last not in sentence.breaks:
            continue
        found.append(Scope(Meant.NEGATED, max(0, first - 4), first, first, last))
    for at, word in enumerate(words):
        if word == "no" and at in sentence.breaks and (at + 1 == len(words) or at + 1 in sentence.breaks):
            start = sentence.clause(at - 1)[0]
            found.append(Scope(Meant.NEGATED, start, at, at, at + 1))
    return found


def _likened(sentence: Sentence) -> list[Scope]:
    found = []
    for trigger in LIKENED.finditer(sentence.line):
        first, last = sentence.words_at(trigger.start(), trigger.end())
        end = min(sentence.clause(last)[1], last + _LONGEST)
        found.append(Scope(Meant.LIKENED, last, end, first, last))
    return found


def _might_be(sentence: Sentence) -> list[Scope]:
    line = sentence.line
    spared = [(m.start(), m.end()) for m in NOT_HYPOTHETICAL.finditer(line)]
    found = []
    for trigger in MIGHT.finditer(line):
        if any(start < trigger.end() and trigger.start() < end for start, end in spared):
            continue
        first, last = sentence.words_at(trigger.start(), trigger.end())
        end = min(len(sentence.words), last + 10)
        if ends := ENDS_MIGHT.search(line, trigger.end()):
            end = min(end, sentence.words_at(ends.start(), ends.end())[0])
        end = min([end, *(b for b in sentence.breaks if b > last)])
        found.append(Scope(Meant.MIGHT_BE, last, end, first, last))
    for topic in TOPIC.finditer(line):
        first, last = sentence.words_at(topic.start(), topic.end())
        found.append(Scope(Meant.MIGHT_BE, max(0, first - 2), first, first, last))
    return found


def _quoted_from(sentences: tuple[Sentence, ...]) -> frozenset[int]:
    """The sentences of a letter that was pasted in: from its first mark to its last, and two sentences more.

    Marks in one sentence alone ("letter says GP to repeat my bloods") tell of a letter; nothing after them is its text.
    """
    marked = [at for at, s in enumerate(sentences) for _ in LETTER.finditer(s.line)]
    if len(marked) < 2:
        return frozenset()
    after = 2 if marked[-1] > marked[0] else 0
    return frozenset(range(marked[0], min(len(sentences), marked[-1] + after + 1)))
