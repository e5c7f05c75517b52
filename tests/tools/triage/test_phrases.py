"""Most conditions are never asked of a request, because nothing that they need is said. It must change no answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import timedelta

import pytest

from preceptor.advice import Event, EventKind, Patient, Record
from preceptor.tools.triage.features import BUILT_IN, Feature, Library
from preceptor.tools.triage.library import the_library
from preceptor.tools.triage.logic import When
from preceptor.tools.triage.phrases import Phrases
from preceptor.tools.triage.reading import Reading
from preceptor.tools.triage.text.normal import sentences
from tools.triage.wordings import AS_OF, Wording, wordings


class Thorough(Library):
    """A library of which every condition is asked, whatever is said."""

    def evidence(self, _: When) -> frozenset[str] | None:
        return None

    def may_show(self, _: Iterable[str]) -> frozenset[str]:
        return BUILT_IN.union(self.features)


def thorough(library: Library) -> Thorough:
    return Thorough(**{each.name: getattr(library, each.name) for each in fields(library)})


RECORD = Record(
    Patient("p1"),
    tuple(
        Event(f"{kind.value}/{at}", kind, AS_OF - timedelta(days=30), text, status="active", concept=concept)
        for at, (kind, text, concept) in enumerate(
            (
                (EventKind.MEDICATION, "Warfarin 3mg tablets", "warfarin"),
                (EventKind.MEDICATION, "Methotrexate 2.5mg tablets", "methotrexate"),
                (EventKind.CONDITION, "Pregnant", "pregnant"),
                (EventKind.CONDITION, "Type 2 diabetes", "type_2_diabetes"),
            )
        )
    ),
)


@pytest.mark.parametrize("record", [None, RECORD], ids=["words alone", "with a record"])
def test_what_is_not_asked_would_not_have_held(record: Record | None) -> None:
    known = the_library()
    whole = thorough(known.features)
    conditions = [rule.when for rule in known.rules]
    conditions += [row.when for each in known.presentations for row in (*each.raises, *each.lowers)]
    for wording in wordings()[::6]:
        case = replace(wording.case, record=record)
        quick, slow = Reading(case, known.features), Reading(case, whole)
        for when in conditions:
            assert quick.holds(when) == when.holds(slow), (_text(wording), when.source)
        for presentation in known.presentations:
            assert quick.feature(presentation.id) == slow.feature(presentation.id), (_text(wording), presentation.id)


def _text(wording: Wording) -> str:
    return wording.case.request.text if wording.case.request else ""


def _library(**when: str) -> Library:
    said = [Feature(name, (name,)) for name in ("alpha", "beta", "gamma")]
    built = [Feature(name, when=When.read(source)) for name, source in when.items()]
    return Library.build({}, [*said, *built], {}, frozenset())


def test_a_condition_needs_one_of_what_it_names() -> None:
    library = _library(either="alpha or beta", both="either and gamma and not beta")
    assert library.evidence(When.read("both and alpha")) == {"alpha"}
    assert library.evidence(When.read("near(beta, either) or gamma")) == {"beta", "gamma"}
    assert library.evidence(When.read("alpha or age >= 65")) is None
    assert library.evidence(When.read("not alpha")) is None


def test_conditions_that_go_round_in_a_circle_are_always_asked() -> None:
    library = _library(one="other or alpha", other="one or beta")
    assert {"one", "other"} <= library.may_show({"alpha"}) & library.may_show({"beta"})


def test_a_phrase_is_found_in_every_sentence_that_holds_it() -> None:
    library = _library()
    text = "alpha beta. gamma. alpha beta."
    phrases = Phrases(text, sentences(text), library)
    assert [match.sentence for match in phrases.found("alpha")] == [0, 2]
    assert [match.sentence for match in phrases.found("gamma")] == [1]
    assert phrases.found("delta") == []
