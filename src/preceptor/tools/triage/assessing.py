"""The problems that a request names, by the presentations' rules: how soon each needs somebody, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from preceptor.advice import URGENCIES, Effect, Handler, Kind, Reason, Span, Urgency, most_urgent
from preceptor.tools.triage import context, repeats, results
from preceptor.tools.triage.logic import Found
from preceptor.tools.triage.presentations import Discriminator, Presentation
from preceptor.tools.triage.reading import Reading
from preceptor.tools.triage.text.normal import word_set

_OF_ITS_OWN = word_set("also and plus but & found noticed started since changed new worse too another because getting")
SPOKEN = {
    Urgency.EMERGENCY: "an emergency",
    Urgency.SAME_DAY: "for the same day",
    Urgency.SOON: "within 5 days",
    Urgency.ROUTINE: "routine",
    Urgency.SELF_CARE: "for self-care or a pharmacy",
}


@dataclass(frozen=True)
class Assessment:
    """One presentation, and how soon the words make it."""

    presentation: Presentation
    urgency: Urgency
    handler: Handler
    found: Found
    alarmed: bool  # the patient's words raised it
    elsewhere: frozenset[int] = frozenset()  # the sentences that name other problems
    reasons: tuple[Reason, ...] = ()


def assess_all(reading: Reading, presentations: tuple[Presentation, ...]) -> list[Assessment]:
    """Every presentation recognised, the one that decides first: by urgency, then what is asked for, then by id."""
    may_show = reading.may_show
    perhaps = [p for p in presentations if p.id in may_show]
    recognised = [(p, found) for p in perhaps if (found := reading.feature(p.id)) is not None and found.spans]
    if any(not p.minor for p, _ in recognised):
        recognised = [(p, found) for p, found in recognised if not p.minor]
    recognised = [(p, found) for p, found in recognised if _can_have(p, reading)]
    named = {p.id: frozenset(found.places) for p, found in recognised}
    assessed = [
        _assess(reading, p, found, frozenset[int]().union(*(places for one, places in named.items() if one != p.id)))
        for p, found in recognised
    ]
    asked_for = [a for a in assessed if a.presentation.kind is not Kind.CLINICAL]
    assessed = [_only_mentioned(a, asked_for, reading.text) for a in assessed]
    return sorted(assessed, key=_first_to_answer)


def as_if(reading: Reading, presentation: Presentation) -> Assessment:
    """How soon this presentation would need somebody, if it is what the words are about."""
    return _assess(reading, presentation, reading.feature(presentation.id) or Found(), frozenset())


def as_likened(presentation: Presentation, urgency: Urgency) -> Assessment:
    """A presentation that no rule recognised and that the words are most like, by the model."""
    return Assessment(presentation, urgency, presentation.handler, Found(), alarmed=False)


def _first_to_answer(assessment: Assessment) -> tuple[int, bool, str]:
    """The most urgent; of those what is asked for, but what must be seen the same day goes before a prescription."""
    clinical = assessment.presentation.kind is Kind.CLINICAL
    later = not clinical if assessment.urgency.at_least(Urgency.SAME_DAY) else clinical
    return assessment.urgency.rank, later, assessment.presentation.id


def _can_have(presentation: Presentation, reading: Reading) -> bool:
    """False for what the patient's sex or age rules out. Whoever writes for somebody else may have given their own."""
    if presentation.sex and reading.sex in ("female", "male") and presentation.sex != reading.sex:
        return reading.reader.for_other
    return not reading.ages or reading.reader.for_other or any(presentation.can_be_at(age) for age in reading.ages)


def _assess(reading: Reading, presentation: Presentation, found: Found, elsewhere: frozenset[int]) -> Assessment:
    """How soon one presentation needs somebody: usually, and by what the words add."""
    reasons = [
        Reason(
            f"{presentation.title}: usually {SPOKEN[presentation.usual]}",
            Effect.SETS,
            _first(found),
            rule=presentation.id,
        )
    ]
    urgency, handler = presentation.usual, presentation.handler
    raised = _strongest(reading, presentation.raises)
    if raised is not None:
        row, why = raised
        urgency, handler = row.to, row.handler or handler
        effect = Effect.RAISES if row.to.rank < presentation.usual.rank else Effect.NOTES
        reasons.append(Reason(row.text, effect, _first(why), next(iter(why.events), None), presentation.id))
    elif lowered := _strongest(reading, presentation.lowers):
        row, why = lowered
        urgency, handler = row.to, row.handler or handler
        effect = Effect.LOWERS if row.to.rank > presentation.usual.rank else Effect.NOTES
        reasons.append(Reason(row.text, effect, _first(why), next(iter(why.events), None), presentation.id))
    urgency, of_words = _by_words(reading, presentation, urgency)
    alarmed = bool(raised and raised[1].spans) or any(r.effect is Effect.RAISES for r in of_words)
    return Assessment(presentation, urgency, handler, found, alarmed, elsewhere, (*reasons, *of_words))


def _only_mentioned(assessment: Assessment, asked_for: list[Assessment], text: str) -> Assessment:
    """ "A sick note for my broken foot" asks for a note: a problem named only there is routine, unless it alarms."""
    clinical = assessment.presentation.kind is Kind.CLINICAL
    settled = assessment.urgency is Urgency.EMERGENCY or assessment.urgency.rank >= Urgency.ROUTINE.rank
    if not clinical or assessment.alarmed or settled:
        return assessment
    for other in asked_for:
        if set(assessment.found.places) <= set(other.found.places) and not _apart(assessment.found, other.found, text):
            words = f"Named only in asking for something else ({other.presentation.title.lower()})"
            why = Reason(words, Effect.LOWERS, rule="words.mentioned")
            return replace(assessment, urgency=Urgency.ROUTINE, reasons=(*assessment.reasons, why))
    return assessment


def _apart(one: Found, other: Found, text: str) -> bool:
    """True when words between the two say that each is a matter of its own: "also", "and", "noticed"."""
    (first, second) = sorted((one.spans[0], other.spans[-1]))
    return bool(_OF_ITS_OWN.intersection(text[first.end : second.start].casefold().replace(",", " ").split()))


def _first(found: Found) -> Span | None:
    return found.spans[0] if found.spans else None


def _strongest(reading: Reading, rows: tuple[Discriminator, ...]) -> tuple[Discriminator, Found] | None:
    held = [(row, why) for row in rows if (why := reading.holds(row.when)) is not None]
    return min(held, key=lambda pair: pair[0].to.rank) if held else None


def _by_words(reading: Reading, presentation: Presentation, urgency: Urgency) -> tuple[Urgency, list[Reason]]:
    """Words of severity and of getting worse raise a clinical problem by a step each, up to its ceiling."""
    if presentation.kind is not Kind.CLINICAL:
        return urgency, []
    reasons = []
    for feature, words in (("severe", "It is said to be severe"), ("worsening", "It is said to be getting worse")):
        found = reading.feature(feature)
        if found is not None and urgency.rank > presentation.ceiling.rank:
            urgency = URGENCIES[urgency.rank - 1]
            reasons.append(Reason(words, Effect.RAISES, _first(found), rule=f"words.{feature}"))
    if not reasons and urgency is Urgency.SOON and (found := reading.feature("improving")) is not None:
        urgency = Urgency.ROUTINE
        reasons.append(Reason("It is said to be getting better", Effect.LOWERS, _first(found), rule="words.improving"))
    return urgency, reasons


@dataclass(frozen=True, slots=True)
class Informed:
    """How soon once the record has spoken, the problems with what it said of each, and what results say of it all."""

    urgency: Urgency
    assessed: list[Assessment]
    reasons: tuple[Reason, ...] = ()
    raised_by_result: bool = False


def with_record(
    reading: Reading, assessed: list[Assessment], words: Urgency, floor: Urgency | None = None,
    learnt: Mapping[str, int] | None = None,
) -> Informed:  # fmt: skip
    """How soon, once the record has spoken. `words` is how soon without it, `floor` what a red flag sets.

    `learnt` are limits of the record's rules that stand in place of those that ship.

    What is recorded about the first problem may lower the whole, never below what another problem needs, and never
    an emergency; a plan, earlier requests and results may raise it.
    """
    if reading.case.record is None:
        return Informed(words, assessed)
    told, urgency = _of_problems(reading, assessed, words, learnt)
    stands = urgency if floor is None else most_urgent(urgency, floor)
    of_results = results.changes(reading, {a.presentation.id for a in assessed}, stands)
    raised = [change.to for change in of_results if change.to is not None]
    if raised:
        urgency = most_urgent(urgency, *raised)
        told = [replace(a, reasons=_without_lowering(a.reasons, "a result stands: this lowers nothing")) for a in told]
    return Informed(urgency, told, tuple(change.reason for change in of_results), bool(raised))


def _of_problems(
    reading: Reading, assessed: list[Assessment], words: Urgency, learnt: Mapping[str, int] | None
) -> tuple[list[Assessment], Urgency]:
    """What the record says of each problem, and how soon that makes the whole."""
    if not assessed:
        return assessed, words
    earlier = repeats.Earlier(reading)
    told, raised = [], []
    for place, one in enumerate(assessed):
        before = words if place == 0 else one.urgency
        after, reasons = _by_record(reading, one, before, earlier, learnt)
        told.append(replace(one, urgency=after, reasons=(*one.reasons, *reasons)))
        if after.rank < before.rank:
            raised.append(after)
    first = told[0].urgency
    if first.rank > words.rank and words is not Urgency.EMERGENCY:
        lowered = max(words, most_urgent(*(a.urgency for a in told)), key=lambda urgency: urgency.rank)
        return told, most_urgent(lowered, *raised)
    return told, most_urgent(words, *raised)


def _by_record(
    reading: Reading, assessed: Assessment, urgency: Urgency, earlier: repeats.Earlier, learnt: Mapping[str, int] | None
) -> tuple[Urgency, tuple[Reason, ...]]:
    presentation = assessed.presentation
    changes = tuple(context.changes(reading, presentation, urgency, assessed.alarmed, assessed.elsewhere, learnt))
    lowers = [c.to for c in changes if c.to is not None and c.reason.effect is Effect.LOWERS]
    again = tuple(repeats.changes(earlier, presentation, urgency, answered=bool(lowers)))
    raises = [c.to for c in (*changes, *again) if c.to is not None and c.reason.effect is Effect.RAISES]
    reasons = tuple(c.reason for c in (*changes, *again))
    if raises:  # a plan that raises goes before anything that lowers
        return most_urgent(urgency, *raises), _without_lowering(reasons)
    if lowers:
        return max(lowers, key=lambda to: to.rank), reasons
    return urgency, reasons


def _without_lowering(reasons: tuple[Reason, ...], why: str = "") -> tuple[Reason, ...]:
    """The reasons, with what would have lowered only noted."""
    told = f" ({why})" if why else ""
    return tuple(
        replace(r, text=r.text + told, effect=Effect.NOTES) if r.effect is Effect.LOWERS else r for r in reasons
    )
