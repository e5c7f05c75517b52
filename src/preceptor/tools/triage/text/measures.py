"""Numbers that patients give: ages, temperatures, weeks of pregnancy, ketones, and how long something has lasted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from preceptor.advice import Span
from preceptor.tools.triage.text.normal import Sentence, word_set

_SMALL = {
    "a": 1, "an": 1, "one": 1, "two": 2, "couple": 2, "couple of": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "few": 3, "several": 4,
}  # fmt: skip
_COUNT = r"(?:\d+(?:\.\d+)?|couple of|" + "|".join(sorted(_SMALL, key=len, reverse=True)) + ")"
_UNIT_DAYS = {
    "minute": 1 / 1440,
    "hour": 1 / 24,
    "h": 1 / 24,
    "day": 1,
    "night": 1,
    "week": 7,
    "w": 7,
    "month": 30.4,
    "m": 30.4,
    "year": 365.25,
    "y": 365.25,
}
_YEARS = {"day": 1 / 365.25, "d": 1 / 365.25, "week": 7 / 365.25, "w": 7 / 365.25, "month": 1 / 12, "m": 1 / 12, "mo": 1 / 12,
          "year": 1.0, "y": 1.0, "yo": 1.0, "f": 1.0}  # fmt: skip

_AGE = re.compile(
    rf" (?P<count>{_COUNT}) (?P<unit>day|week|month|year|mo|m|w|d)s? (?:old|o|of age)(?= )"
    r"| (?P<yo>\d{1,3}) (?:y o|yo|y old|year o)(?= )"
    r"| (?:aged|age|age is) (?P<aged>\d{1,3})(?: (?P<aged_unit>day|week|month|year)s?)?(?= )"
    r"| (?:he is|she is|i am|am) (?P<am>\d{1,3})(?! (?:plus|weeks?|days?|months?|hours?|minutes?|stone|kg|cm|st|lb|percent|off|th|st|40))(?= )"
    r"| (?P<letter>\d{2})(?P<sex> [fm]|(?: year old)? (?:female|male|woman|man|lady|gentleman))(?= )"
)
_CHILD_IS = re.compile(
    rf" (?:(?:he|she) is|(?:baby|boy|girl|son|daughter|one|lo|grandson|granddaughter) is)(?: (?:only|just|about|nearly|almost))* "
    rf"(?P<count>{_COUNT}) (?P<unit>day|week|month)s(?! (?:post|into|after|late|pregnant|gone|along|in|overdue|away|from|behind|off|since|and))(?= )"
)
_NEWBORN = re.compile(
    r" (?:newborn|new born|neonate|just been born|born (?:yesterday|today|last week|this week|\d days? ago))(?= )"
)
_CHILD = re.compile(
    r" (?:(?:my|our|the) (?:little )?(?:baby|bubba|bub|babba|newborn|toddler|child|kid|kids|son|daughter|boy|girl|lad|bairn|wee (?:one|man|boy|girl|lad|lass)|"
    r"little (?:one|man|boy|girl|lad)|lo|dd|ds|infant|twins?|grandson|granddaughter|grandchild)|baby|toddler|infant|(?:his|her) nursery|(?:at|to) (?:nursery|primary school))(?= )"
)
_BABY = re.compile(r" (?:baby|newborn|new born|infant|bubba|bub|babba|neonate|fontanelle|nappy|nappies)(?= )")
_WEEKS_PREGNANT = re.compile(
    r" (?P<a>\d{1,2})(?: plus \d)? (?:40|weeks?|w)(?: (?:and )?(?:\d|a few) days?)? (?:pregnant|preg|gone|along|into|gestation|with (?:my|twins))(?= )"
    r"| (?:pregnant|preg|gestation|expecting)(?: [^ ]+){0,3}? (?P<b>\d{1,2})(?: plus \d)? (?:40|weeks?|w)(?= )"
    r"| (?P<c>\d{1,2})(?: plus \d)? 40(?= )"
    r"| (?:i am|am) (?P<d>\d{1,2})(?: plus \d)? weeks(?! (?:old|post|late|into|off|in|on|after|since|from|out|sober|clean|behind|overdue|away|and|of))(?= )"
    r"| (?P<e>\d{1,2})(?: plus \d)? weeks(?= (?:today|tomorrow|now|pain|cramp\w*|agon\w+|spotting|head|headache|bad|baby|bump|reduced|"
    r"no movement\w*|not felt|heavy|bleeding|face|feet|sudden|severe|terrible|swollen|seeing|little one|and bleeding|and baby|and i can)(?= ))"
)
# "for 6 weeks, pain ..." is how long, and "my sister is 20 weeks pregnant" is not this patient.
_NOT_OF_PREGNANCY = word_set(
    "for past last over after about nearly every in within than these few been of or to another"
)
_SOMEBODY_ELSE = word_set("sister friend cousin colleague neighbour niece mate teacher boss")
_TEMPERATURE = re.compile(
    r" (?:temperature|temp|temps|fever|thermometer|burning up)(?: [^ ]+){0,6}? (?P<near>3[5-9](?:\.\d)?|4[0-2](?:\.\d)?|9[5-9](?:\.\d)?|10[0-8](?:\.\d)?)(?= )"
    r"| (?P<unit>3[5-9](?:\.\d)?|4[0-2](?:\.\d)?)(?: degrees)? (?:degrees|c|celsius|centigrade|temperature|fever)(?= )"
    r"| (?P<fahrenheit>9[5-9](?:\.\d)?|10[0-8](?:\.\d)?)(?: degrees)? (?:f|fahrenheit)(?= )"
    r"| (?P<bare>3[789]\.\d|4[01]\.\d)(?= )"
)
_KETONES = re.compile(
    r" (?:(?:blood )?ketones?|keytones?|ketone (?:level|reading|meter))(?: [^ ]+){0,5}? (?P<a>\d{1,2}(?:\.\d)?)(?! (?:plus|hours?|days?|times|am|pm|weeks?|years?))(?= )"
    r"| (?P<b>\d{1,2}\.\d)(?: [^ ]+){0,3}? (?:ketones?|keytones?)(?= )"
)
_URINE_KETONES = re.compile(
    r" (?:ketones?|keytones?)(?: [^ ]+){0,8}? (?P<a>[1-4]) (?:plus|crosses)(?= )|(?: (?P<b>[1-4]) plus)(?: [^ ]+){0,3}? (?:ketones?|keytones?)(?= )"
    r"| (?:ketones?|keytones?)(?: [^ ]+){0,6}? (?P<words>two|three|four|large|high)(?: plus| crosses)(?= )"
)
_LONG_FOR = re.compile(
    rf" (?:for|since|past|last|over|been|about|around|nearly|almost|lasted|lasting|more than|least|going on|on and off|of|now|it is|ongoing)"
    rf"(?: (?:the|about|around|nearly|almost|over|more than|at least|past|last|well over|good|a good))*"
    rf" (?P<count>{_COUNT})(?: or (?:so|{_COUNT}))?(?: long| solid| whole)? (?P<unit>minute|hour|day|night|week|month|year)s?(?= )"
    rf"| (?P<count2>{_COUNT}) (?P<unit2>day|night|week|month|year)s? (?:now|running|in a row|straight)(?= )"
    rf"| (?:day|night) (?P<day>\d{{1,2}})(?= )"
    rf"| (?P<ages>for (?:years|ages|decades|as long as|months|donkeys years)|all my life|years and years|since i was (?:a child|a kid|little|young|\d+))(?= )"
)


@dataclass(frozen=True, slots=True)
class Measure:
    """A number with the words that gave it. The unit is the function's."""

    value: float
    span: Span
    sentence: int
    first: int = 0
    last: int = 0


def _count(text: str) -> float:
    return float(_SMALL[text]) if text in _SMALL else 0.5 if text.startswith("half") else float(text)


def _found(
    sentences: tuple[Sentence, ...], pattern: re.Pattern[str], hint: tuple[str, ...] = ()
) -> Iterator[tuple[int, re.Match[str], Measure]]:
    for number, sentence in enumerate(sentences):
        if hint and not any(word in sentence.line for word in hint):
            continue
        for match in pattern.finditer(sentence.line):
            first, last = sentence.words_at(match.start(), match.end())
            yield number, match, Measure(0.0, sentence.span(first, last), number, first, last)


def _with(measure: Measure, value: float) -> Measure:
    return Measure(value, measure.span, measure.sentence, measure.first, measure.last)


def ages(sentences: tuple[Sentence, ...]) -> tuple[Measure, ...]:
    """Ages in years that the text gives, of whomever: "6 week old", "my 3yo", "aged 54", "newborn"."""
    found = []
    for _, match, where in _found(sentences, _AGE):
        groups = match.groupdict()
        if groups["count"]:
            years = _count(groups["count"]) * _YEARS[groups["unit"]]
        elif groups["aged"]:
            years = float(groups["aged"]) * _YEARS[groups["aged_unit"] or "year"]
        else:
            years = float(groups["yo"] or groups["am"] or groups["letter"])
        if years <= 120:
            found.append(_with(where, years))
    for _, match, where in _found(sentences, _CHILD_IS):
        found.append(_with(where, _count(match["count"]) * _YEARS[match["unit"]]))
    found += [where for _, _, where in _found(sentences, _NEWBORN, ("born", "neonate"))]
    return tuple(found)


def speaks_of_child(sentences: tuple[Sentence, ...]) -> tuple[Measure, ...]:
    """Where the text speaks of a child of no stated age."""
    return tuple(where for _, _, where in _found(sentences, _CHILD))


def speaks_of_baby(sentences: tuple[Sentence, ...]) -> tuple[Measure, ...]:
    """Where the text speaks of a baby."""
    return tuple(where for _, _, where in _found(sentences, _BABY))


def weeks_pregnant(sentences: tuple[Sentence, ...]) -> tuple[Measure, ...]:
    """Completed weeks of pregnancy: "28 weeks pregnant", "28/40", "pregnant, 28+3 weeks"."""
    found = []
    for _, match, where in _found(sentences, _WEEKS_PREGNANT):
        if match["e"] and where.first and sentences[where.sentence].words[where.first - 1] in _NOT_OF_PREGNANCY:
            continue
        if _SOMEBODY_ELSE & set(sentences[where.sentence].words[max(0, where.first - 3) : where.first]):
            continue
        weeks = float(next(v for v in match.groupdict().values() if v))
        if 2 <= weeks <= 43:
            found.append(_with(where, weeks))
    return tuple(found)


def temperatures(sentences: tuple[Sentence, ...]) -> tuple[Measure, ...]:
    """Body temperatures in degrees Celsius; Fahrenheit is converted."""
    found = []
    for _, match, where in _found(sentences, _TEMPERATURE):
        value = float(next(v for v in match.groupdict().values() if v))
        found.append(_with(where, round((value - 32) / 1.8, 1) if value > 90 else value))
    return tuple(found)


def ketones(sentences: tuple[Sentence, ...]) -> tuple[Measure, ...]:
    """Blood ketones in mmol/L."""
    found = []
    for _, match, where in _found(sentences, _KETONES, ("ketone", "keytone")):
        value = float(match["a"] or match["b"])
        if value <= 15:
            found.append(_with(where, value))
    return tuple(found)


def urine_ketones(sentences: tuple[Sentence, ...]) -> tuple[Measure, ...]:
    """Ketones in the urine, in plusses: "ketones 3+", "two plus"."""
    words = {"two": 2, "three": 3, "four": 4, "large": 3, "high": 3}
    found = []
    for _, match, where in _found(sentences, _URINE_KETONES, ("ketone", "keytone")):
        found.append(_with(where, float(match["a"] or match["b"] or words[match["words"]])))
    return tuple(found)


def durations(sentences: tuple[Sentence, ...]) -> tuple[Measure, ...]:
    """How long something has lasted, in days: "for 3 weeks", "the past 20 years", "for years" (taken as two)."""
    found = []
    for _, match, where in _found(sentences, _LONG_FOR):
        if match["ages"]:
            days = 90.0 if "month" in match["ages"] else 730.0
        elif match["day"]:
            days = float(match["day"])
        else:
            days = _count(match["count"] or match["count2"]) * _UNIT_DAYS[match["unit"] or match["unit2"]]
        found.append(_with(where, days))
    return tuple(found)
