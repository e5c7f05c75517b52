"""Everything that words say of a phrase: what suppresses it (`scopes`), and what only colours it.

Rules act on `Reader.meant`, which is cautious: "I think it may be a stroke" and "my mum has chest pain" stay as they
are, for the mother may be the patient. Here stands what a person would understand beside that: possible, somebody
else's, over. Nothing here takes a red flag away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from preceptor.tools.triage.text.normal import Sentence
from preceptor.tools.triage.text.patterns import Match
from preceptor.tools.triage.text.scopes import Meant, Reader
from preceptor.tools.triage.text.triggers import RELATIONS

_FARTHEST = 10  # words that doubt reaches

_MAY_BE = re.compile(
    r" (?:(?:may|might|could|can|would)(?: \w+)?? be|(?:may|might) (?:just |only |well |also |now |then )?(?:have|represent|indicate|suggest|need|get|develop|become)|"
    r"could (?:have|represent|indicate)|may|might|maybe|perhaps|possibl[ey]|possibility of|potential\w*|probabl[ey]|likely|"
    r"unlikely|suspect\w*|suspicio\w+(?: for| of)?|query|quer(?:ies|ied)|presum\w+|provisional\w*|apparent\w*|"
    r"(?:appears?|appeared|seems?|seemed) to|(?:looks?|looked|sounds?|feels?)(?: \w+){0,2}? like|something like|suggest\w*(?: of)?|consistent with|"
    r"compatible with|in keeping with|indicative of|impression|differentials?|ddx|working diagnosis|equivocal|questionable|"
    r"consider\w*|concerns? for|(?:my|main|only) (?:concern|worry|fear) is|raises?|"
    r"(?:worried|worry|worrying|concerned|scared|afraid|terrified|frightened|panicking)(?: that| if| in case| about| of)?(?! (?:about|by|how|my|the|this|and|because|as|for|me|him|her|sick|out))|"
    r"convinced|think|thinks|thinking|thought|reckons?|suppose|believes?|guess|guessing|assume|assuming|wonder\w*|unsure|uncertain|unclear|"
    r"not (?:\w+ )?(?:sure|certain|clear)|not know (?:if|whether|what)|cannot (?:tell|say|decide)|"
    r"cannot (?:be )?(?:exclude|rule out)|not (?:yet )?(?:excluded|ruled out)|chances? (?:of|it|that|its)|"
    r"could (?:it|this|that|these|he|she) be|is (?:it|this|that) (?:possible|likely)|is there a chance|"
    r"check\w*(?: \w+){0,2}? (?:for|if|whether)|(?:tests?|tested|testing)(?: (?!positive|negative)\w+){0,2}? for|screen\w* for|(?:evaluate|assess|investigat\w+) for|"
    r"exclude|rule out|r o|in case|what if|unless|if|risk of|prevent\w*|prophyla\w+(?: \w+)?|watch (?:out )?for|look out for|safety netted|"
    r"signs of a|cause|causes|so i do not get)(?= )"
)
_ASKED = re.compile(
    r"^ (?:(?:is|are|was) (?:it|this|that|these|they|my \w+|he|she|the \w+)|(?:do|have|am|could|can|does|has|might|may) (?:i|he|she|it|this)|"
    r"could)(?= )"
)
_SURE = re.compile(
    r" (?:if (?:possible|you|it helps|so|that|someone|anyone|i could|i can|needed|necessary)|(?:may|might|could|can|would) (?:i|you|we|someone|somebody|anyone|the|a|my)|"
    r"(?:could|would|may|might) (?:not|really|hardly|barely|do)|as if|even if|(?:think|thinking|thought|thoughts) (?:about|of|my|the|you|this needs)|"
    r"(?:feels?|looks?|felt|sounds?) like (?:i|a weight|someone|it is|my)|worried (?:about )?(?:my|the|this|how|because|as)|no doubt|"
    r"can be (?:doing|done|seen)|cannot be (?:doing)|risk (?:taker|it)|not know what to do|wonder(?: \w+)? (?:i am|why)|"
    r"(?:think|reckon) (?:i |it )?(?:should|need|ought)|could have something|could i have)(?= |$)"
)
_DOUBTED_BEFORE = re.compile(
    r" (?:cannot (?:\w+ )?(?:be|say|tell) (?:certain|sure|excluded|ruled out|for sure)|(?:is|are|was|seems?|remains?|looks?) (?:\w+ )?(?:possible|likely|probable|suspected|unlikely|unclear|questionable)|"
    r"(?:not|never) (?:sure|certain|excluded|ruled out)|who knows|hard to (?:say|tell)|or something|i (?:think|guess|suppose|reckon)|possibly|perhaps|maybe|"
    r"(?:develops?|recurs?|returns?|occurs?|appears|starts))(?= )"
)
_DOUBT_ENDS = re.compile(
    r" (?:but|however|although|though|because|since|so i|and (?:i|my|he|she|now)|which|should|then|as|her|where)(?= )"
)

_NEVER_PATIENTS = (
    "uncle|aunt|auntie|aunty|cousin|niece|nephew|friend|friends|mate|neighbour|neighbours|colleague|colleagues|boss|flatmate|housemate|roommate|"
    "coworker|manager|teacher|ex|someone|somebody|everyone|everybody|anybody|siblings?|brothers?|sisters?|twin|parents|relatives?|"
    "dog|cat|pet|kids at \\w+|children at \\w+|household contact|contact|school|nursery|class|"
    "mother in law|father in law|sister in law|brother in law|stepdad|stepmum"
)
_HAS = (
    r"(?:has|have|had|got|is|are|with|who|whos|whose|tested|suffers|suffered|suffering|caught|diagnosed|died|passed|known|does not have|do not have|"
    r"never had|denies|might|may|possibly|came down|was|were|did not have)"
)
_ANOTHERS = re.compile(
    rf" (?:(?:my|our|his|her|the|a|an|one of|two|both|both my|both of my|maternal|paternal|of) )?(?:\w+ )?(?:{_NEVER_PATIENTS})(?: (?!my |i |he |she |me |and )[^ ]+){{0,4}}? {_HAS}(?= )"
)
_RELATIVES = re.compile(
    rf" (?:(?P<whose>my|our|his|her|patient|patients|infant|child|boy|girl) )?(?:late |elderly |older |younger |paternal |maternal |own )?(?P<relation>{RELATIONS}|grandparent|sibling)(?: (?!my |i |he |she |me |and |by )[^ ]+){{0,4}}? {_HAS}(?= )"
)
_OF_FAMILY = re.compile(
    r" (?:family history(?: of)?|runs in (?:the|my|our|his|her) family|in (?:the|my|our|his|her) family|fhx?|f h|"
    r"contact with|exposed to|exposure to|live with|lives with|living with|sat next to|worked next to|case of)(?= )"
)
# The writer asks for herself: the husband with covid is not the patient.
_FOR_ONESELF = re.compile(
    r" (?:(?:should|do|am|can|could|will|would|may|must) i|i (?:am|feel|want|would|shared|live|care|look|stayed|took|slept|think i|have (?!to|been|no|given|tried|noticed|rung|called|taken))"
    r"|so i|i need|(?:my|our) (?:own|health|cholesterol|smear|screening)|me down|carer|patient)(?! (?:worried|concerned|scared|not sure|calling|writing|ringing|messaging|his|her|bring|ring|call|give|take him|take her))(?= )"
)
_OTHER_ENDS = re.compile(
    r" (?:but|should|do i|can i|could i|so i|and (?:i|he|she|now)|i (?:am|have|feel|want|need)|now i|which has|reports?|says|said|noticed|noted|told|made|thinks?|patient)(?= )"
)

_OVER_BEFORE = re.compile(  # what stands before these words is over
    r" (?:before(?: so| but| and| i| $)|got over it|(?:has|have|had|is|are|was) (?:now |completely |all |fully |totally |since |nearly )*"
    r"(?:gone|disappeared|resolved|settled|subsided|cleared(?: up)?|healed|stopped|all better|better now|come down)|resolved|went away|cleared up|healed fine|"
    r"stopped on|(?:is|was) all (?:better|gone|clear)|any more|none (?:since|for)|all clear since)(?= |$)"
)
_OVER_AFTER = re.compile(
    r" (?:formerly|former|(?<!year )(?<!years )(?<!month )(?<!week )(?<!day )old|past(?! (?:few|couple|week|month|year|day|two|three|four|five|six|\d))|prior|previous|previously|once had|i once|"
    r"as a young (?:man|woman|adult)|in (?:childhood|infancy|his youth|her youth)|status post|s p|remote|childhood|had (?:\w+ ){1,3}(?:before|at (?:university|college|school))|"
    r"stopped(?! working)|no longer(?: have| has| get)?|used to|the last time i had)(?= )"
)
_OVER_AROUND = re.compile(
    r" (?:at (?:university|college|uni|school)|in (?:my|her|his) (?:last|first|second|third|previous) (?:pregnancy|marriage|job)|"
    r"after (?:my|her|his) (?:first|second|third|last) (?:baby|child|pregnancy|birth)?|before my (?:first|second|third) (?:child|baby)|"
    r"in (?:childhood|infancy)|as a (?:young|small) \w+|when (?:i|he|she) was (?:a |very |about )?(?:\d+|small|young\w*|little|baby|child|student|pregnant)|"
    r"in (?:my|her|his) (?:teens|twenties|thirties|forties|fifties|sixties|seventies)|died (?:of|from)|(?:was|been) treated for|treated in|underwent|"
    r"had (?:\w+ ){1,3}in (?:january|february|march|april|may|june|july|august|september|october|november|december))(?= )"
)
_STILL_GOING = re.compile(
    r" (?:still|again|today|come back|came back|returned|recurrent|recurs?|ongoing|currently|same)(?= )"
)

_NOT_THERE = re.compile(
    r" (?:not (?:think|believe|feel)(?: that)?(?: (?:i|he|she|it|this|that))*(?: (?:have|has|is|am|was))*(?: got)?(?: an?)?|"
    r"(?:nobody|no one|none of \w+(?: \w+)?)(?: [^ ]+){0,4}? (?:has|have|had)(?! (?:seen|looked|been|rung|called|helped|told|listened|done|given))(?: had)?|"
    r"(?:hardly|barely|scarcely) any|zero|lack of)(?= )"
)
_NOT_EITHER = re.compile(r" not (?:\w+ )?\w+ (?:or|nor)(?= )")


def senses(reader: Reader, match: Match) -> frozenset[Meant]:
    """All that is said of a phrase; empty when it is simply there, of this patient, now."""
    sentence = reader.sentences[match.sentence]
    said = set(reader.all_meant(match))
    if not reader.for_other and _covered(match, _others(reader, sentence)):
        said.add(Meant.OTHER)
    if not _STILL_GOING.search(_clause(sentence, match.first)) and _covered(match, _over(sentence)):
        said.add(Meant.PAST)
    if not match.denies and _covered(match, _absent(sentence)):
        said.add(Meant.NEGATED)
    if Meant.NEGATED in said:  # "no sign of infection" has no doubt in it
        said.discard(Meant.MIGHT_BE)
    elif _covered(match, _doubts(sentence)):
        said.add(Meant.POSSIBLE)
    return frozenset(said)


def _clause(sentence: Sentence, word: int) -> str:
    first, last = sentence.clause(word)
    return " " + " ".join(sentence.words[first:last]) + " "


def _covered(match: Match, scopes: Iterator[tuple[int, int]]) -> bool:
    return any(first <= match.first < last for first, last in scopes)


def _doubts(sentence: Sentence) -> Iterator[tuple[int, int]]:
    line = sentence.line
    sure = [(m.start(), m.end()) for m in _SURE.finditer(line)]
    triggers = list(_MAY_BE.finditer(line)) + (list(_ASKED.finditer(line)) if sentence.asks else [])
    for trigger in triggers:
        if any(start < trigger.end() and trigger.start() < end for start, end in sure):
            continue
        _, last = sentence.words_at(trigger.start(), trigger.end())
        yield last, _until(sentence, last, _DOUBT_ENDS, trigger.end())
    for trigger in _DOUBTED_BEFORE.finditer(line):
        first, _ = sentence.words_at(trigger.start(), trigger.end())
        yield max(0, first - _FARTHEST), first


def _others(reader: Reader, sentence: Sentence) -> Iterator[tuple[int, int]]:
    line = sentence.line
    for trigger in _ANOTHERS.finditer(line):
        yield _after(sentence, trigger)
    for trigger in _OF_FAMILY.finditer(line):
        first, last = sentence.words_at(trigger.start(), trigger.end())
        forward = _until(sentence, last, _OTHER_ENDS, trigger.end())
        yield (sentence.clause(first)[0] if "family" in trigger[0] else last), forward
    asks_for_oneself = any(_FOR_ONESELF.search(each.line) for each in reader.sentences)
    for trigger in _RELATIVES.finditer(line):
        if asks_for_oneself or trigger["whose"] in ("his", "her") or " died" in trigger[0]:
            yield _after(sentence, trigger)


def _after(sentence: Sentence, trigger: re.Match[str]) -> tuple[int, int]:
    """From the person to where the sentence turns to something else."""
    first, last = sentence.words_at(trigger.start(), trigger.end())
    if _OTHER_ENDS.search(trigger[0] + " ") and "who" not in trigger[0]:
        return 0, 0
    return first, _until(sentence, last, _OTHER_ENDS, trigger.end())


def _over(sentence: Sentence) -> Iterator[tuple[int, int]]:
    line = sentence.line
    for trigger in _OVER_BEFORE.finditer(line):
        first, _ = sentence.words_at(trigger.start(), trigger.end())
        yield sentence.clause(max(0, first - 1))[0], first
    for trigger in _OVER_AFTER.finditer(line):
        _, last = sentence.words_at(trigger.start(), trigger.end())
        yield last, min(last + 4, sentence.clause(last - 1)[1])
    for trigger in _OVER_AROUND.finditer(line):
        first, last = sentence.words_at(trigger.start(), trigger.end())
        turns = [sentence.words_at(m.start(), m.end())[0] for m in _OTHER_ENDS.finditer(line)]
        start = max([sentence.clause(first)[0], *(at for at in turns if at <= first)])
        yield start, min([sentence.clause(last - 1)[1], *(at for at in turns if at > first)])


def _absent(sentence: Sentence) -> Iterator[tuple[int, int]]:
    for trigger in _NOT_THERE.finditer(sentence.line):
        _, last = sentence.words_at(trigger.start(), trigger.end())
        yield last, _until(sentence, last, _DOUBT_ENDS, trigger.end())
    for trigger in _NOT_EITHER.finditer(sentence.line):
        _, last = sentence.words_at(trigger.start(), trigger.end())
        yield last, last + 1


def _until(sentence: Sentence, last: int, ends: re.Pattern[str], at: int) -> int:
    """Where a scope that begins at word `last` ends: at a break, at a word that ends it, or after the farthest word."""
    end = min(last + _FARTHEST, len(sentence.words), *(b for b in (*sentence.breaks, 10_000) if b > last))
    if ending := ends.search(sentence.line, at):
        end = min(end, sentence.words_at(ending.start(), ending.end())[0])
    return end
