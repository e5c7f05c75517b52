"""One case, read once: which features its words and its record show, and the words and events behind each."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from preceptor.advice import Case, Event, Span
from preceptor.tools.triage.entries import Entries
from preceptor.tools.triage.features import Feature, Library, unless
from preceptor.tools.triage.logic import Found, When, widest
from preceptor.tools.triage.phrases import Phrases
from preceptor.tools.triage.text import measures
from preceptor.tools.triage.text.normal import Sentence, sentences, word_set
from preceptor.tools.triage.text.patterns import Match
from preceptor.tools.triage.text.peak_flow import peak_flows
from preceptor.tools.triage.text.reach import reaches
from preceptor.tools.triage.text.scopes import Meant, Reader
from preceptor.tools.triage.text.senses import senses

_CHILDHOOD = 16
LONGEST = 200_000  # characters; of a longer text the first and the last half of these are read, and that is said
_MEASURED: dict[str, Callable[[tuple[Sentence, ...]], tuple[measures.Measure, ...]]] = {
    "weeks_pregnant": measures.weeks_pregnant,
    "temperature": measures.temperatures,
    "ketones": measures.ketones,
    "urine_ketones": measures.urine_ketones,
    "lasting_days": measures.durations,
    "peak_flow_percent": peak_flows,
}
_DENYING = word_set("no not never without nothing")
# An adult's "my daughter says I look grey" makes nobody a child; "my toddler" does.
_SURELY_A_CHILD = word_set("baby bubba bub babba newborn toddler child kid kids infant bairn one lo nursery nappy")


class Reading:
    """What a case says. It answers the conditions of red flags and presentations (`logic.Known`)."""

    def __init__(self, case: Case, library: Library) -> None:
        self.case = case
        self.library = library
        request = case.request
        self.text = request.text if request else ""
        self.sentences = _read(self.text, library)
        self.reader = Reader(self.sentences, case.as_of, bool(request and request.written_by_other))
        self._phrases = Phrases(self.text, self.sentences, library)
        self._said = self._phrases.perhaps.union(library.recorded if case.record else ())
        self.may_show = library.may_show(self._said)
        self._known: dict[str, Found | None] = {}
        self._measures: dict[str, tuple[measures.Measure, ...]] = {}
        self._entries = Entries(case, library)

    def feature(self, name: str) -> Found | None:
        """What a feature rests on, or None when neither words nor record show it."""
        if name not in self.may_show:
            return None
        if name not in self._known:
            self._known[name] = None  # a circle of conditions ends here
            self._known[name] = self._built_in(name) if name not in self.library.features else self._find(name)
        return self._known[name]

    def holds(self, when: When) -> Found | None:
        """What a condition rests on, or None; it is not asked where nothing that it needs is said or recorded."""
        evidence = self.library.evidence(when)
        return None if evidence is not None and evidence.isdisjoint(self._said) else when.holds(self)

    def measure(self, name: str, holds: Callable[[float], bool]) -> Found | None:
        """The first measures of this name that satisfy `holds`; None when none does or none is known."""
        found = [m for m in self._measured(name) if holds(m.value)]
        if not found:
            return None
        return Found(
            tuple(sorted({m.span for m in found if m.span.end > m.span.start})),
            places=tuple(sorted({m.sentence for m in found if m.sentence >= 0})),
        )

    def readings(self, name: str) -> tuple[tuple[Span, Meant], ...]:
        """Every place where a feature's phrases stand, with how each is to be read. For explanations and tests."""
        if name not in self._phrases.perhaps or name not in self.library.features:
            return ()
        feature = self.library.features[name]
        return tuple(
            (self._span(m), self._meant(m))
            for m in self._phrases.found(name)
            if not self._means_something_else(feature, m)
        )

    def only(self, name: str) -> frozenset[Meant]:
        """What the words say of every place where a feature's phrases stand: possible, over, another person's."""
        matches = self._phrases.found(name)
        said = [senses(self.reader, match) for match in matches]
        return frozenset.intersection(*said) if said else frozenset()

    def denials(self, name: str) -> tuple[Span, ...]:
        """Where a feature's phrases are denied ("no fever"); empty when any of them is to be read otherwise."""
        matches = self._phrases.found(name)
        if any(self._meant(match) is not Meant.NEGATED for match in matches):
            return ()
        return tuple(self._span(m) for m in matches)

    def perhaps_set_aside(self, names: frozenset[str]) -> set[str]:
        """Of these features, those whose phrases may stand where they are not to be read as of now."""
        return self._phrases.perhaps_in(names, self.reader.unsettled)

    def mentions(self, name: str) -> bool:
        """True when a feature's phrases stand anywhere, however they are to be read: it was spoken of."""
        return bool(self._phrases.found(name) or self._phrases.found(unless(name)))

    # -- words

    def _find(self, name: str) -> Found | None:
        feature = self.library.features[name]
        held = self._by_words(feature) if name in self._phrases.perhaps else None
        if feature.concepts or feature.reads:
            held = _both(held, self._entries.show(feature))
        if feature.when:
            held = _both(held, self.holds(feature.when))
        return held

    def _by_words(self, feature: Feature) -> Found | None:
        spans: set[Span] = set()
        places: set[int] = set()
        for match in self._phrases.found(feature.name):
            meant = self._meant(match)
            if (meant is Meant.NOW or meant in feature.also) and not self._means_something_else(feature, match):
                spans.add(self._span(match))
                places.add(match.sentence)
        return Found(widest(spans), (), tuple(sorted(places))) if spans else None

    def _meant(self, match: Match) -> Meant:
        return self.reader.meant(match)

    def _means_something_else(self, feature: Feature, match: Match) -> bool:
        exceptions = [other for other in self._phrases.found(unless(feature.name)) if other.sentence == match.sentence]
        if feature.name not in self.library.alarms:
            return bool(exceptions)
        near = [self._span(other) for other in exceptions if self._may_mean(feature, other, match)]
        return reaches(self.text, near, [self._span(match)])

    def _may_mean(self, feature: Feature, exception: Match, match: Match) -> bool:
        """Whether an exception may speak of this match: one that reads a phrase otherwise speaks of no other phrase.

        "A sick note, and I feel sick": the first "sick" is read as the note's, the second stays.
        """
        if self._denies_over_a_break(exception):
            return False
        read = [other for other in self._phrases.found(feature.name) if _share(other, exception)]
        return not read or any(_share(other, match) for other in read)

    def _denies_over_a_break(self, exception: Match) -> bool:
        """ "No symptoms, sudden pain" denies no pain."""
        sentence = self.sentences[exception.sentence]
        opens = sentence.words[exception.first] in _DENYING
        return opens and any(exception.first < at < exception.last for at in sentence.breaks)

    def speaks_of(self, exception: Found, said: Found) -> bool:
        """Whether an exception is near what was said; one that rests on no words, or is of none, always is."""
        return not exception.spans or not said.spans or reaches(self.text, exception.spans, said.spans)

    def _span(self, match: Match) -> Span:
        return self.sentences[match.sentence].span(match.first, match.last)

    def said_by(self, event: Event) -> frozenset[str]:
        """The features whose phrases stand in an entry's own words, its note among them."""
        return self._entries.said_by(event)

    # -- numbers and people

    @property
    def is_cut(self) -> bool:
        """True when the text is so long that its middle was not read."""
        return len(self.text) > LONGEST

    def _measured(self, name: str) -> tuple[measures.Measure, ...]:
        if name not in self._measures:
            ages = {"age": self._ages, "stated_age": tuple(age for age in self._ages if age.sentence < 0)}
            self._measures[name] = ages[name] if name in ages else _MEASURED[name](self.sentences)
        return self._measures[name]

    @cached_property
    def _ages(self) -> tuple[measures.Measure, ...]:
        """Every age that may be the patient's: the request's, the record's, and those in the text."""
        nowhere = Span(0, 0)
        given = [
            age for age in (self.case.request.age if self.case.request else None, self.age_on_record) if age is not None
        ]
        return tuple(measures.Measure(age, nowhere, -1) for age in given) + measures.ages(self.sentences)

    @cached_property
    def ages(self) -> tuple[float, ...]:
        """Every age, in years, that may be the patient's: the request's and the record's before those in the text."""
        given = tuple(measure.value for measure in self._ages if measure.sentence < 0)
        return given or tuple(measure.value for measure in self._ages)

    @cached_property
    def lasting(self) -> float | None:
        """For how many days it has lasted, as the words say; the shortest of several, None where none is said."""
        return min((measure.value for measure in self._measured("lasting_days")), default=None)

    @property
    def age_on_record(self) -> float | None:
        """Years, from the record's date of birth."""
        return self.case.record.patient.age_on(self.case.as_of.date()) if self.case.record else None

    @cached_property
    def sex(self) -> str:
        """As the request or else the record states it, or else as the words say; "unknown" when none does."""
        stated = self._stated_sex
        return measures.sex_said(self.sentences) if stated == "unknown" else stated

    @property
    def _stated_sex(self) -> str:
        if self.case.request and self.case.request.sex:
            return self.case.request.sex
        return self.case.record.patient.sex if self.case.record else "unknown"

    def _built_in(self, name: str) -> Found | None:
        match name:
            case "male" | "female":  # what the words say of sex must not take a red flag away
                return Found() if self._stated_sex in (name, "unknown", "other") or self.reader.for_other else None
            case "for_other":
                return Found() if self.reader.for_other else None
            case "pregnant_in_weeks":
                return self.measure("weeks_pregnant", lambda weeks: weeks > 0)
            case "child":
                return self._child()
            case "baby":
                young = self.measure("age", lambda age: age < 1)
                said = measures.speaks_of_baby(self.sentences)
                return young or (
                    Found(tuple(m.span for m in said), places=tuple(m.sentence for m in said)) if said else None
                )
            case _:  # pragma: no cover - the library was checked when it was loaded
                raise KeyError(name)

    def _child(self) -> Found | None:
        young = self.measure("age", lambda age: age < _CHILDHOOD)
        if young is not None:
            return young
        said = measures.speaks_of_child(self.sentences)
        if self._ages:
            said = tuple(m for m in said if _SURELY_A_CHILD & set(self.sentences[m.sentence].words[m.first : m.last]))
        return Found(tuple(m.span for m in said), places=tuple(m.sentence for m in said)) if said else None


def _read(text: str, library: Library) -> tuple[Sentence, ...]:
    if len(text) <= LONGEST:
        return sentences(text, library.spelling)
    half = LONGEST // 2
    last = len(text) - half
    return sentences(text[:half], library.spelling) + sentences(text[last:], library.spelling, last)


def _share(one: Match, other: Match) -> bool:
    """True when two places have a word in common."""
    return one.sentence == other.sentence and one.first < other.last and other.first < one.last


def _both(one: Found | None, other: Found | None) -> Found | None:
    if one is None or other is None:
        return other if one is None else one
    return one + other
