"""Whether words are meant of this patient, now: negation, other people, the past, what might be, what is quoted.

In the manner of ConText (Chapman and others, 2007; Harkema and others, 2009), rewritten for how patients type:
a trigger ("no", "my dad had", "years ago") opens a scope; a phrase inside it is read as negated, another person's, past ...
A trigger that is part of the phrase itself ("cannot breathe", "no wet nappies") says nothing about it. Doubt ("I think",
"might be") suppresses nothing.
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


RELATIONS = (
    "dad|father|mum|mom|mam|mother|brother|sister|son|daughter|husband|wife|partner|boyfriend|girlfriend|nan|nana|nanny|gran|"
    "granny|grandma|grandmother|grandad|granddad|grandfather|uncle|aunt|auntie|aunty|cousin|niece|nephew|friend|mate|"
    "neighbour|colleague|baby|child|kid|toddler|boy|girl|lad|parents|parent|grandson|granddaughter|twin|stepdad|stepmum|"
    "father in law|mother in law|dad's|ex"
)

# A phrase with "no" in it that denies nothing: "no relief from chest pain" is chest pain.
_NOT_A_NEGATION = re.compile(
    r" (?:so (?:that )?(?:i|he|she|we|they) do(?:es)? not (?:get|catch|have)|no (?:relief|better|improvement|idea|change|longer just|matter|let up|letup|joke|doubt|different|wonder|"
    r"break|rest|sleep|respite|luck|end|help|use|good|clue|reason|warning|result|joy|appetite|energy|appointments?|one|emergency|rush|hurry|red flags?|worries|panic|big deal)"
    r"|not (?:only|just|sure|certain|getting|going(?! to (?:kill|harm|hurt|act))|gone|go|improv\w+|help\w+|work\w+|better|feeling|felt|well|right|normal|"
    r"like|know|think|want|sleep\w*|cop\w+|able|stop\w*|eas\w+|shift\w*|touch\w*|eat\w*|drink\w*|"
    r"been(?! (?:sick|being|vomit\w+|throwing|puking|dizzy|feverish|confused|hot))|breath\w*(?! (?:fast|quick\w*|hard|heav\w*|rapid\w*))|respond\w*|"
    r"wak\w+|mov\w+|settl\w+|clear\w*|understand\w*|mind|explain|ignore|bear|take(?! any| blood)|taking(?! any| blood)|herself|himself|myself|too|"
    r"budg\w+|subsid\w+|relent\w*|recover\w*|responding|leave|leaving|see|seeing(?! things)|talk|speak|stand|walk|feed\w*|"
    r"pass\w*|pee\w*|wee\w*|swallow\w*|make|making|let|letting|let up|ignor\w+|settled|resolved|disappear\w*|drunk|eaten)"
    r"|never (?:had|have|felt|known|experienced)(?: [^ ]+){0,5}? (?:like|before|so|as|this bad|until|till|this)"
    r"|never ending|never stops|never goes(?! (?:blue|grey|floppy|stiff|pale))|without (?:stopping|stop|warning|a break|relief|fail|any (?:relief|warning|help))"
    r"|do not (?:know|think|want|get why|understand)|(?:could|can) not (?:be|cope|stand|bear|take))(?= )"
)
_NEGATION = re.compile(
    r" (?:(?:do|does|did|have|has|had|is|are|am|was|were) not(?: (?:really|actually|currently|even|very|that|so|particularly))?(?: (?:taking|take|using|use)(?= (?:any|blood))| on(?! (?:and|insulin|steroids?|hydrocortisone)))?"
    r"(?: (?:had|have|got|get|been|having|getting|experienc\w+|notic\w+|seen|felt|feel|suffer\w*|show\w*))*(?: (?:any|a|an|the|much))?"
    r"|not on(?! (?:and|insulin|steroids?|hydrocortisone))(?: any)?|not (?:taking|take|using|use|given) any|not (?:got|had|having|have|any|a|an|in|experiencing|noticed|seen|suffering|had any|currently)(?: any)?"
    r"|not(?: (?:very|that|so|particularly|really))?"
    r"|no(?: (?:signs?|symptoms?|history|evidence|sort|kind|feeling|sensation|new|obvious|other|further|more|any|longer|"
    r"longer have|longer has|longer got))*(?: of)?"
    r"|never (?:had|have|got|any|suffer(?:ed)? (?:from|with))(?: any)?|never|fail(?:s|ed)? to (?:reveal|show|demonstrate)(?: any)?|declines any|without(?: any)?|nil|denies|denied|denying|nor|neither|negative for|free of|free from|"
    r"rather than|instead of|ruled out|none of)(?= )"
)
_STRONG = re.compile(r"denie[sd]|denying|nil|negative|neither|none of|without")  # goes on over "and"
_DENIED_BEFORE = re.compile(
    r" (?:none|nil|negative|absent|(?:has|have|had) (?:been|was) ruled out|was ruled out|is not present)(?= )"
)
_ENDS = re.compile(
    r" (?:but|however|although|though|except|apart|besides|yet|nevertheless|now|still|then|just|only|because|since|as|which|"
    r"i (?:have|am|feel|get|got|keep|can|cannot|had|do|think|was|did|would|need)|(?:he|she|they|it) (?:has|have|is|are|keeps?|got|feels?|was|had|cannot)|"
    r"there is|and (?:i|my|he|she|his|her|now|have|has|am|is|also|then|the|a|this|feel|getting)|my|so|also|plus|until|when|worried|"
    r"today|tonight)(?= )"
)
_OTHERS_PAST = re.compile(
    rf" (?:(?:my|our|his|her) (?:late )?(?:{RELATIONS})(?: [^ ]+){{0,2}}? "
    r"(?:had|died|passed|suffered|lost|took|tried|got diagnosed|was diagnosed|were diagnosed|has had|have had|did have)"
    r"|family history(?: of)?|runs in (?:the|my|our) family|fhx?|family has|in my family"
    r"|(?:friend|neighbour|colleague|someone|somebody|bloke|guy|woman|man|lady|celebrity|person|footballer)(?: [^ ]+){0,4}? "
    r"(?:had|died|has had|collapsed|who had|whos had|got diagnosed))(?= )"
)
_SOMEBODY = re.compile(r" (?:bloke|guy|woman|man|lady|person)(?= )")
_ON_BEHALF = re.compile(
    rf" (?:writing|asking|requesting|filling|completing|submitting|messaging|this is|form)(?: [^ ]+){{0,5}}? (?:for|behalf of|about)"
    rf"(?: (?:my|our|his|her))?(?: [^ ]+){{0,2}}? (?:{RELATIONS})(?= )"
)
_RECENT = re.compile(
    r" (?:today|now|tonight|this (?:morning|afternoon|evening|week)|yesterday|last night|just|again|still|currently|"
    r"at the moment|right now|since|minutes? ago|hours? ago|days? ago|woke|ongoing|keeps?|half an hour ago|an hour ago)(?= )"
)
_STILL = re.compile(
    r" (?:(?:has|have|is|it|came|come|coming) (?:come |been )?back|returned|recurrent|recurring|recurred|ever since|flared up|"
    r"(?:put|started|commenced|maintained) on)(?= )"
)
_BETWEEN_CLAUSES = re.compile(
    r" (?:but|however|although|though|and (?:now|today|i am|my|i have got|this)|now|today|since then)(?= )"
)
_PAST = re.compile(
    r"(?<! the)(?<! this) (?:(?:a )?(?:few|couple of|couple|several|many|some|\d+|two|three|four|five|six|seven|eight|nine|ten|fifteen|twenty|thirty) "
    r"(?:years|yrs)(?: or so)? (?:ago|back)|(?:\d+|two|three|four|five|six|seven|eight|nine|ten|few|several|couple of) months (?:ago|back)"
    r"|years ago|months ago|a year ago|last year|the year before|last (?:january|february|march|april|may|june|july|august|"
    r"september|october|november|december|spring|summer|autumn|winter|christmas|month)|used to|"
    r"in the past|as a (?:child|kid|teenager|baby|boy|girl)|when (?:i|he|she|they) (?:was|were) (?:a |about |around )?(?:\d+|young\w*|little|small|kid|child|baby|toddler|tot|teen\w*|pregnant|at school)"
    r"|back in (?:the|my|january|february|march|april|may|june|july|august|september|october|november|december)|in my (?:twenties|thirties|teens|20s|30s|40s)|a long time ago|ages ago"
    r"|anniversary)(?= )"
)
_FORMER = re.compile(
    r" (?:history of|hx of|h o|past history|previous|previously|pmh|once had|after my last|following my|recovering from)(?= )"
)
# "A two-day history of vomiting" is how long it has lasted, not that it is over.
_OF_NOW = re.compile(
    r" (?:minutes?|hours?|days?|nights?|weeks?|months?|years?|\d+|[hdwmy]|lifelong|long|short|longstanding|standing|acute|recent|brief|"
    r"(?:presents?|presented|presenting|comes?|came|attends?|admitted)(?: \w+)? with an?(?: \w+)?|(?:gives|gave|reports|describes) an?(?: \w+)?)"
    r" (?:history|hx) of$"
)
# "I had chest pains in August" is told of then; "the pain began in August" and "I have chest pain, my scan is in May" are not.
_MONTH = re.compile(
    r" (?:in|during|over|around) (?:early |late |mid )?(?:(january|february|march|april|may|june|july|august|september|october|"
    r"november|december)|(?:the )?(?:spring|summer))(?= )"
)
_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_TOLD_THEN = re.compile(r" (?:had|was|were|got|went|waited|saw|collapsed|ended up|took|broke|fell)(?= )")
_TOLD_NOW = re.compile(
    r" (?:am|is|are|have|has|been|get|gets|getting|having|feel|feels|hurts?|started|starting|starts|began|beginning|due|booked|will|next|"
    r"going|flying|travelling|due|before)(?= )"
)
_YEAR = re.compile(r" (?:in|since|from|of|during|back in|early|late)? ?((?:19|20)\d\d)(?= )")
_MIGHT = re.compile(
    r" (?:if (?:i|he|she|they|it|we|my|the|you|there)|in case(?: of)?|what if|risk of|risks of|chances? of|prevent\w*|avoid\w*|"
    r"watch out for|look out for|looking out for|told to (?:watch|look)|should i get|should i have|could (?:lead to|cause|develop|become|turn)|"
    r"can (?:lead to|cause)|might (?:lead to|cause|become|develop|turn)|may cause|side effects? (?:include|of|are|say|says|listed)|lead to|worried about (?:getting|having|developing|catching|it becoming)|"
    r"scared of (?:getting|having)|afraid of (?:getting|having)|worried (?:it|this|that it|that this) (?:could|might|may|will|would)(?: [^ ]+){0,2}? (?:become|turn|lead|cause|develop)|"
    r"fear of|phobia of|read about|leaflet (?:says|said|mentions)|symptoms? of|signs? of|checked for|screen\w* for|test\w* for|training|"
    r"so (?:that )?(?:i|he|she|we|they) do(?:es)? not (?:get|catch|have)|reduce|rule out|do i need to worry about)(?= )"
)
_NOT_HYPOTHETICAL = re.compile(
    r" (?:as if|like if|even if|(?:cannot|not|never)(?: be)? rule out|not sure if|not know if|wonder(?:ing)? if|see if|know if|if that makes|ask if|check if|if possible|"
    r"(?:think|feel|got|have|having|has|showing|shows|with|all the|classic) (?:\w+ ){0,3}?(?:symptoms|signs) of)(?= )"
)
_TOPIC = re.compile(
    r" (?:clinic|prevention|course|awareness|training|leaflet|association|charity|insurance|policy|unit|nurse|screening|study|"
    r"research|fundraiser|marathon|workshop|programme|documentary|team|rehab|rehabilitation|follow up|appointment|vaccine|jab)(?= )"
)
_LIKENED = re.compile(
    r" (?:like|as if|as though)(?= (?:[^ ]+ ){0,3}?(?:being|been|getting|got|was|were|had|has|just)(?: just)? "
    r"(?:hit|punched|kicked|stabbed|beaten|whacked|smacked|struck|slapped|clubbed|knifed|thumped|bashed|booted|clobbered)"
    r"(?: [^ ]+)* $)"
)
_LETTER = re.compile(
    r" (?:discharge (?:summary|letter)|clinic letter|dear (?:dr|doctor|colleague|sir)|yours (?:sincerely|faithfully)|"
    r"date of (?:admission|discharge)|on admission|was admitted|were admitted|presenting complaint|diagnosis|diagnoses|"
    r"letter (?:says|said|reads|from)|consultant|discharged (?:home|on|with)|many thanks for (?:referring|seeing)|reviewed in clinic|"
    r"gp to|hospital (?:number|no)|admission)(?= )"
)
_FIRST_PERSON = re.compile(r" (?:i|my|me|mine|we|im)(?= )")

_DENYING = frozenset({"no", "not", "cannot", "never", "without", "none"})
_LONGEST = 9  # words that a plain "no" reaches
_AROUND_PAST = 12  # words before and after "six years ago" that are of then
_AFTER_FORMER = 4  # words that "previous" or "history of" reaches
_NEXT = 1  # "is not short of breath" denies what follows at once, not the chest pain after it
_BARE = re.compile(
    r" (?:(?:(?:do|does|did|have|has|had|is|are|am|was|were) )?not(?: (?:really|actually|currently|even|very|that|so|particularly))?|never)"
)
_ANOTHER_SUBJECT = re.compile(
    r"(?<! or)(?<! the) (?:the|his|her|it|he|she|i) [^ ]+(?: [^ ]+)? (?:is|are|was|has|gets)(?= )"
)
_ENDS_BY_AND = re.compile(r" and(?= )")


class Reader:
    """Finds the scopes of every sentence of one text, once."""

    def __init__(self, sentences: tuple[Sentence, ...], as_of: datetime, written_by_other: bool) -> None:
        self.sentences = sentences
        self._as_of = as_of
        self.for_other = written_by_other or any(_ON_BEHALF.search(s.line) for s in sentences)
        self._in_first_person = any(_FIRST_PERSON.search(s.line) for s in sentences)
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
        if number in self._quoted and not _FIRST_PERSON.search(sentence.line):
            found.append(_whole(sentence, Meant.QUOTED))
        return found

    def _others(self, sentence: Sentence) -> list[Scope]:
        found = []
        for trigger in _OTHERS_PAST.finditer(sentence.line):
            first, last = sentence.words_at(trigger.start(), trigger.end())
            start, end = _part(sentence, first)
            if self.for_other or _RECENT.search(_words(sentence, start, end)):
                continue
            if _SOMEBODY.match(trigger[0]) and not self._in_first_person:  # "a man of 45 had ...": the patient himself
                continue
            backwards = "family" in sentence.words[first:last]
            found.append(Scope(Meant.OTHER, start if backwards else last, end, first, last))
        return found

    def _past(self, sentence: Sentence) -> list[Scope]:
        found = []
        triggers = list(_PAST.finditer(sentence.line))
        triggers += [y for y in _YEAR.finditer(sentence.line) if int(y[1]) < self._as_of.year]
        triggers += [m for m in _MONTH.finditer(sentence.line) if self._told_of_then(sentence, m)]
        for trigger in triggers:
            first, last = sentence.words_at(trigger.start(), trigger.end())
            start, end = _part(sentence, first)
            start, end = max(start, first - _AROUND_PAST), min(end, last + _AROUND_PAST)
            around = _words(sentence, start, end)
            if not _RECENT.search(around) and not _STILL.search(around):
                found.append(Scope(Meant.PAST, start, end, first, last))
        for trigger in _FORMER.finditer(sentence.line):
            first, last = sentence.words_at(trigger.start(), trigger.end())
            told_now = _OF_NOW.search(sentence.line[: trigger.end()]) or _RECENT.search(
                _words(sentence, last, sentence.clause(last - 1)[1])
            )
            if "history" in trigger[0] and (told_now or sentence.words[first - 1 : first] in (("no",), ("family",))):
                continue
            found.append(Scope(Meant.PAST, last, min(last + _AFTER_FORMER, len(sentence.words)), first, last))
        return found

    def _told_of_then(self, sentence: Sentence, month: re.Match[str]) -> bool:
        """Whether words tell, in the past tense, of a month that is neither this one nor the last."""
        if month[1] and (self._as_of.month - 1 - _MONTHS.index(month[1])) % 12 <= 1:
            return False
        first, _ = sentence.words_at(month.start(), month.end())
        start, end = _part(sentence, first)
        return bool(_TOLD_THEN.search(_words(sentence, start, first))) and not _TOLD_NOW.search(
            _words(sentence, start, end)
        )


def _says_no(answer: Sentence) -> bool:
    """ "Floppy? No." and "Floppy? No, tired." deny what was asked."""
    bare = answer.words in (("no",), ("none",), ("nope",), ("never",), ("not",), ("no", "none"))
    return bare or (answer.words[:1] in (("no",), ("nope",)) and 1 in answer.breaks)


def _words(sentence: Sentence, first: int, last: int) -> str:
    return " " + " ".join(sentence.words[first:last]) + " "


def _whole(sentence: Sentence, meant: Meant) -> Scope:
    return Scope(meant, 0, len(sentence.words), -1, -1)


def _part(sentence: Sentence, word: int) -> tuple[int, int]:
    """The stretch around a word between "but", "and now" and the like: wider than a clause, narrower than a sentence."""
    cuts = [sentence.words_at(m.start(), m.end())[0] for m in _BETWEEN_CLAUSES.finditer(sentence.line)]
    start = max((c for c in cuts if c <= word), default=0)
    # "... has come back today": a last word belongs to what it ends.
    end = min((c for c in cuts if word < c < sentence.clause(c)[1] - 1), default=len(sentence.words))
    clause_start, clause_end = sentence.clause(word)
    return max(start, clause_start), min(end, clause_end)


def _negations(sentence: Sentence) -> list[Scope]:
    line = sentence.line
    spared = [(m.start(), m.end()) for m in _NOT_A_NEGATION.finditer(line)]
    found = []
    for trigger in _NEGATION.finditer(line):
        first, last = sentence.words_at(trigger.start(), trigger.end())
        if any(start <= trigger.start() < end or trigger.start() <= start < trigger.end() for start, end in spared):
            if sentence.words[first : last + 1] == ("no", "change"):  # "no change in bowel habit", but a headache stays
                found.append(Scope(Meant.NEGATED, last, last + 1, first, last))
            continue
        strong = bool(_STRONG.search(trigger.group()))
        reach = 2 * _LONGEST if strong else _NEXT if _BARE.fullmatch(trigger.group()) else _LONGEST
        if reach == _NEXT:  # "is not black or smelly" denies both
            while sentence.words[last + reach : last + reach + 1] in (("or",), ("nor",)):
                reach += 2
        end = min(len(sentence.words), last + reach)
        if ends := _ENDS.search(line, trigger.end()):
            end = min(end, sentence.words_at(ends.start(), ends.end())[0])
        if trigger[0] == " without" and (other := _ANOTHER_SUBJECT.search(line, trigger.end() + 1)):
            end = min(end, sentence.words_at(other.start(), other.end())[0])
        if not strong and (joined := _ENDS_BY_AND.search(line, trigger.end())):
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
    for trigger in _DENIED_BEFORE.finditer(sentence.line):
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
    for trigger in _LIKENED.finditer(sentence.line):
        first, last = sentence.words_at(trigger.start(), trigger.end())
        end = min(sentence.clause(last)[1], last + _LONGEST)
        found.append(Scope(Meant.LIKENED, last, end, first, last))
    return found


def _might_be(sentence: Sentence) -> list[Scope]:
    line = sentence.line
    spared = [(m.start(), m.end()) for m in _NOT_HYPOTHETICAL.finditer(line)]
    found = []
    for trigger in _MIGHT.finditer(line):
        if any(start < trigger.end() and trigger.start() < end for start, end in spared):
            continue
        first, last = sentence.words_at(trigger.start(), trigger.end())
        end = min(len(sentence.words), last + 10)
        if ends := re.search(
            r" (?:but|however|although|and (?:now|i am|my|i have)|then|because|today)(?= )", line[trigger.end() :]
        ):
            end = min(end, sentence.words_at(trigger.end() + ends.start(), trigger.end() + ends.end())[0])
        end = min([end, *(b for b in sentence.breaks if b > last)])
        found.append(Scope(Meant.MIGHT_BE, last, end, first, last))
    for topic in _TOPIC.finditer(line):
        first, last = sentence.words_at(topic.start(), topic.end())
        found.append(Scope(Meant.MIGHT_BE, max(0, first - 2), first, first, last))
    return found


def _quoted_from(sentences: tuple[Sentence, ...]) -> frozenset[int]:
    """The sentences of a letter that was pasted in: from its first mark to its last, and two sentences more."""
    marked = [at for at, s in enumerate(sentences) for _ in _LETTER.finditer(s.line)]
    if len(marked) < 2:
        return frozenset()
    return frozenset(range(marked[0], min(len(sentences), marked[-1] + 3)))
