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
    "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_ONES = {"": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9}
_COUNT = r"(?:\d+(?:\.\d+)?|couple of|" + "|".join(sorted(_SMALL, key=len, reverse=True)) + ")"
_COUNT = _COUNT[:-1] + rf"|(?:{'|'.join(_TENS)})(?: (?:{'|'.join(filter(None, _ONES))}))?)"
_SMALL |= {f"{ten} {one}".strip(): _TENS[ten] + _ONES[one] for ten in _TENS for one in _ONES}

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
    r" (?:temperature|temp|temps|fever|thermometer|burning up)(?: [^ ]+){0,6}? (?P<near>3[5-9](?:\.\d)?|4[0-2](?:\.\d)?|9[5-9](?:\.\d)?|10[0-8](?:\.\d)?|(?:3[6-9]|4[0-2])\d)(?= )"
    r"| (?P<unit>3[5-9](?:\.\d)?|4[0-2](?:\.\d)?)(?: degrees)? (?:degrees|c|celsius|centigrade|temperature|fever)(?= )"
    r"| (?P<fahrenheit>9[5-9](?:\.\d)?|10[0-8](?:\.\d)?)(?: degrees)? (?:f|fahrenheit)(?= )"
    r"| (?P<bare>3[789]\.\d|4[01]\.\d)(?= )"
)
_KETONES = re.compile(
    r" (?:(?:blood )?ketones?|keytones?|ketone (?:level|reading|meter))(?: [^ ]+){0,5}? (?P<a>\d{1,2}(?:\.\d)?)(?! (?:plus|hours?|days?|times|am|pm|weeks?|years?))(?= )"
    r"| (?P<b>\d{1,2}\.\d)(?: [^ ]+){0,3}? (?:ketones?|keytones?)(?! (?:of |at |are |is |were |was )?\d)(?= )"
)
_MOST_KETONES = 15  # mmol/L
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


# "5 days vomiting", "2-3 weeks", "a four-day history of": a length of time on its own ...
_LENGTH = re.compile(
    rf" (?:(?P<half>half) an? |(?:a )?(?P<count>{_COUNT})(?P<and_half> and a half)? (?:(?:or|to)? ?(?:{_COUNT}) )??)"
    rf"(?:full |whole |solid |long )?(?P<unit>minute|hour|h|day|d|night|week|w|month|year)s?(?P<half_more> and a half)?(?= )"
)
_UNITS_HINT = ("minute", "hour", "day", "night", "week", "month", "year", " h ", " d ", " w ")
# ... unless the words around it say that it is of something else.
_NOT_BEFORE = word_set("in every within next aged age each per after until another under plus at q")
_NOT_AFTER = word_set(
    "old ago o pregnant course supply gestation post notice worth off each per apart later late overdue into to along gone "
    "sober clean away before after time prescription antibiotic appointment review"
)
_FOR_SOMETHING_ELSE = word_set("note certificate supply holiday course leave appointment prescription every aged")
_CALENDAR = (
    (1.0, r"since yesterday|(?:start\w*|began|begun|came on|come on) yesterday|yesterday (?:\w+ )?(?:start\w*|began)|all (?:day )?yesterday|all day"),
    (2.0, r"the day before yesterday|second day of|since the day before"),
    (3.0, r"(?:since|on|began on|started on) (?:last )?(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)|since (?:the|last) weekend|third day of"),
    (0.5, r"since (?:this|early this|first thing this) (?:morning|afternoon|evening)|since (?:today|tonight|last night|lunch\w*|breakfast|i (?:woke|got up))"
          r"|(?:start\w*|began|begun|came on|come on|woke)(?: \w+){0,3}? (?:today|tonight|this (?:morning|afternoon|evening)|last night)"
          r"|(?:today|tonight|this morning|last night) (?:i |he |she |it )?(?:start\w*|began|woke)|all night"),
    (0.02, r"just (?:started|now|began|come on|came on)|(?:a )?(?:few|couple of) minutes ago"),
    (7.0, r"(?:the|this|all|whole|entire) (?:past |last |whole |of this )?week|past week|since last week|nearly a week"),
    (30.4, r"(?:the|this) (?:past|last|whole) month|past month|since last month"),
    (365.25, r"the (?:past|last|whole) year|past year|since last year|this time last year"),
)  # fmt: skip
_SAID_BY_CALENDAR = [(days, re.compile(rf" (?:{words})(?= )")) for days, words in _CALENDAR]
_FORTNIGHT = re.compile(r" (?:a|last|past|over a|nearly a|one|whole) fortnight(?! (?:ago|old|time|off))(?= )")
_ONSET = re.compile(
    rf" (?:start\w*|beg[au]n|came (?:up|on|out)|come (?:up|on|out)|notic\w+|got ill|onset|first felt|appeared|went numb|flared)(?: [^ ]+){{0,6}}? (?P<count>{_COUNT})"
    rf"(?: (?:or|to)? ?{_COUNT})? (?P<unit>minute|hour|day|night|week|month|year)s? (?:ago|back)(?= )"
)
_SHORTHAND = re.compile(r" (?:x )?(?P<count>\d{1,2}) (?P<of>7|52|12)(?! [\d/])(?= )")
_SHORTHAND_DAYS = {"7": 1.0, "52": 7.0, "12": 30.4}
_LONG_FOR_UNITS = {**_UNIT_DAYS, "d": 1.0}

# The age of the one who is written of, for texts that give no age otherwise.
_WRITTEN_OF = (
    "mum|mom|mam|dad|mother|father|gran|nan|nana|grandma|grandad|grandmother|grandfather|husband|wife|partner|boyfriend|"
    "girlfriend|son|daughter|boy|girl|lad|baby|child|toddler|grandson|granddaughter|patient|man|woman|lady|gentleman"
)
_NO_UNIT = (
    r"(?! (?:weeks?|days?|months?|hours?|minutes?|stone|kg|cm|percent|times|out|over|mg|ml|points?|units?|st|lb|plus))"
)
_AGE_OF_PERSON = re.compile(
    r" (?!(?:he|she|and) \d )"  # it may be half a postcode
    rf"(?:{_WRITTEN_OF}|he|she|and)(?: is)?(?: (?:only|just|nearly|now|almost))? (?P<is>\d{{1,3}}){_NO_UNIT}(?= )"
    rf"| (?:{_WRITTEN_OF}|he|she)(?: is)?(?: (?:only|just|nearly|now|almost))? (?P<word>{'|'.join(sorted((w for w in _SMALL if w not in ('a', 'an', 'couple', 'couple of', 'few', 'several')), key=len, reverse=True))}){_NO_UNIT}(?= )"
    r"| (?:man|woman|lady|gentleman|girl|boy|person|female|male) (?:of |aged )?(?P<of>\d{1,3})(?! (?:weeks?|days?|months?|kg|times|out|over))(?= )"
    r"| (?:turned|turning) (?P<turned>\d{1,3})(?= )"
    r"| (?:child|baby|toddler|infant|boy|girl) (?P<years>\d{1,2}) years?(?= )"
)

_FEMALE = "woman|women|lady|girl|female|mother|mum|f|lass|schoolgirl"
_MALE = "man|gentleman|boy|male|bloke|lad|guy|father|dad|m|schoolboy"
_SEX_SAID = re.compile(
    rf" (?:\d{{1,3}}|old|{'|'.join(_TENS)}|aged \d+|y|yo|yr) (?:(?:year|yr) old )?(?:pregnant |retired |young |elderly )?(?:(?P<f>{_FEMALE})|(?P<m>{_MALE}))(?= )"
    rf"| (?:i am|this is|am) (?:an? )?(?:\w+ )?(?:(?P<f2>woman|lady|girl|female|mum|mother)|(?P<m2>man|gentleman|boy|male|bloke|lad|guy|dad|father))(?= )"
    r"| (?:sex|gender) (?:is )?(?:(?P<f3>female|f)|(?P<m3>male|m))(?= )"
    rf"|^ (?:an? |this )?(?:\w+ )?(?:(?P<f4>woman|lady|girl|female)|(?P<m4>man|gentleman|boy|male))(?= )"
    r"| (?:(?P<f5>female)|(?P<m5>male)) \d{1,3}(?= )"
    r"| (?:\d{1,3}) (?:(?P<f6>female)|(?P<m6>male))(?= )"
)
_SEX_OF_PERSON = re.compile(
    r" (?:(?P<f>mum|mom|mam|mother|gran|granny|nan|nana|grandma|grandmother|wife|girlfriend|daughter|girl|granddaughter|stepmum|lady|woman)|"
    r"(?P<m>dad|father|grandad|granddad|grandfather|husband|boyfriend|son|boy|lad|grandson|stepdad|gentleman|man|bloke))(?= )"
)
_SEX_OF_BODY = re.compile(
    r" (?:(?P<f>pregnant|pregnancy|breastfeeding|breast feeding|periods?(?! of)|vagina\w*|vulva\w*|womb|cervix|cervical smear|smear|ovar\w+|menopaus\w+|midwife|hysterectomy)|"
    r"(?P<m>penis|testic\w+|scrotum|scrotal|prostate|foreskin|erections?|erectile))(?= )"
)
_ONESELF = frozenset({"i", "me", "myself"})


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
    found = [
        where for where in found if "died" not in sentences[where.sentence].words[max(0, where.first - 4) : where.first]
    ]
    return tuple(found) or tuple(_ages_of_person(sentences))


def _ages_of_person(sentences: tuple[Sentence, ...]) -> Iterator[Measure]:
    """ "mum is 84", "my gran, 91, is ...": who is written of, where no age is given more plainly."""
    for number, match, where in _found(sentences, _AGE_OF_PERSON):
        groups = match.groupdict()
        written = next(value for value in groups.values() if value)
        # A word that stands for a number is an age only at the end of a clause: "my lad is four, he ...".
        words, breaks = sentences[number].words, sentences[number].breaks
        if groups["word"] and where.last < len(words) and where.last not in breaks and words[where.last] != "and":
            continue
        if match[0].startswith(" and ") or "died" in words[: where.first]:
            continue
        if 0 < _count(written) <= 110:
            yield _with(where, _count(written))


def sex_said(sentences: tuple[Sentence, ...]) -> str:
    """ "female" or "male" as the words say of the patient, or "unknown": "34F", "my son", "my period", "she"."""
    words = [word for sentence in sentences for word in sentence.words]
    of_oneself = not _ONESELF.isdisjoint(words)
    said = [match for sentence in sentences for match in _SEX_SAID.finditer(sentence.line)]
    if not said and not of_oneself and "died" not in words:
        said = [match for sentence in sentences for match in _SEX_OF_PERSON.finditer(sentence.line)][:1]
    if not said and (of_oneself or not any(_SEX_OF_PERSON.search(sentence.line) for sentence in sentences)):
        said = [match for sentence in sentences for match in _SEX_OF_BODY.finditer(sentence.line)]
    sexes = {"female" if value == "f" else "male" for value in (_sex_of(match) for match in said)}
    if not said and not of_oneself and "died" not in words:
        sexes = {sex for sex, pronouns in _PRONOUNS.items() if not pronouns.isdisjoint(words)}
    return sexes.pop() if len(sexes) == 1 else "unknown"


_PRONOUNS = {"female": word_set("she her hers herself"), "male": word_set("he him his himself")}


def _sex_of(match: re.Match[str]) -> str:
    return next(name[0] for name, value in match.groupdict().items() if value)


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
        if "born" in sentences[where.sentence].words[max(0, where.first - 3) : where.first]:
            continue
        weeks = float(next(v for v in match.groupdict().values() if v))
        if 2 <= weeks <= 43:
            found.append(_with(where, weeks))
    return tuple(found)


def temperatures(sentences: tuple[Sentence, ...]) -> tuple[Measure, ...]:
    """Body temperatures in degrees Celsius; Fahrenheit is converted, and 393 has lost its point."""
    found = []
    for _, match, where in _found(sentences, _TEMPERATURE):
        value = float(next(v for v in match.groupdict().values() if v))
        celsius = value / 10 if value > 300 else round((value - 32) / 1.8, 1) if value > 90 else value
        found.append(_with(where, celsius))
    return tuple(found)


def ketones(sentences: tuple[Sentence, ...]) -> tuple[Measure, ...]:
    """Blood ketones in mmol/L. A number that no meter shows has lost its point: "ketones 34" is read as 3.4."""
    found = []
    for _, match, where in _found(sentences, _KETONES, ("ketone", "keytone")):
        value = float(match["a"] or match["b"])
        if value <= _MOST_KETONES:
            found.append(_with(where, value))
        elif value.is_integer():
            found.append(_with(where, value / 10))
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
        if not _of_something_else(sentences[where.sentence], where):
            found.append(_with(where, days))
    return (*found, *(where for where in _other_lengths(sentences) if not any(_overlap(where, f) for f in found)))


def _overlap(one: Measure, other: Measure) -> bool:
    return one.sentence == other.sentence and one.first < other.last and other.first < one.last


def _of_something_else(sentence: Sentence, where: Measure) -> bool:
    """ "a sick note for 2 weeks" says nothing of the problem."""
    return not _FOR_SOMETHING_ELSE.isdisjoint(sentence.words[max(0, where.first - 4) : where.first])


def _other_lengths(sentences: tuple[Sentence, ...]) -> Iterator[Measure]:
    for number, match, where in _found(sentences, _LENGTH, _UNITS_HINT):
        words = sentences[number].words
        before, after = words[where.first - 1 : where.first], words[where.last : where.last + 1]
        if not (_NOT_BEFORE.isdisjoint(before) and _NOT_AFTER.isdisjoint(after)):
            continue
        alone = before == () and after == ()
        if (
            alone
            or _of_something_else(sentences[number], where)
            or (match["count"] in ("a", "an") and not match["half_more"])
        ):
            continue
        count = 0.5 if match["half"] else _count(match["count"])
        count += 0.5 if match["and_half"] or match["half_more"] else 0
        yield _with(where, count * _LONG_FOR_UNITS[match["unit"]])
    for days, pattern in _SAID_BY_CALENDAR:
        yield from (_with(where, days) for _, _, where in _found(sentences, pattern))
    yield from (_with(where, 14.0) for _, _, where in _found(sentences, _FORTNIGHT, ("fortnight",)))
    for _, match, where in _found(sentences, _ONSET, (" ago", " back")):
        yield _with(where, _count(match["count"]) * _UNIT_DAYS[match["unit"]])
    for number, match, where in _found(sentences, _SHORTHAND):
        spans = sentences[number].spans
        if (
            where.last - 1 not in sentences[number].breaks
            and spans[where.last - 1].start == spans[where.last - 2].end + 1
        ):
            yield _with(where, float(match["count"]) * _SHORTHAND_DAYS[match["of"]])
