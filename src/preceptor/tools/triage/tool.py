"""The triage tool: red flags as a floor, presentations and how they are put, and what the record knows."""

from __future__ import annotations

from dataclasses import dataclass, replace

from preceptor.advice import (
    URGENCIES,
    Advice,
    Card,
    Case,
    Effect,
    Handler,
    Kind,
    Reason,
    RedFlag,
    Span,
    Urgency,
    most_urgent,
)
from preceptor.tools.triage import context
from preceptor.tools.triage.card import CARD
from preceptor.tools.triage.language import seems_foreign
from preceptor.tools.triage.library import the_library
from preceptor.tools.triage.likelihood import UNKNOWN, prediction_set, probabilities
from preceptor.tools.triage.logic import Found, widest
from preceptor.tools.triage.presentations import Discriminator, Presentation
from preceptor.tools.triage.reading import LONGEST, Reading
from preceptor.tools.triage.red_flags import Rule, fired
from preceptor.tools.triage.text.normal import word_set
from preceptor.tools.triage.text.scopes import Meant

_OF_ITS_OWN = word_set("also and plus but & found noticed started since changed new worse too another because getting")
MOST_SET_ASIDE = 5
_NEVER_A_MANS = frozenset({"menopause", "pregnancy_query", "vaginal_bleeding"})
_CHILDBEARING = (12.0, 56.0)  # years: when a pregnancy that changes the answer must be asked for
_SPOKEN = {
    Urgency.EMERGENCY: "an emergency",
    Urgency.SAME_DAY: "for the same day",
    Urgency.SOON: "within 5 days",
    Urgency.ROUTINE: "routine",
    Urgency.SELF_CARE: "for self-care or a pharmacy",
}


@dataclass(frozen=True)
class Assessment:
    """One presentation, and how soon words and record make it."""

    presentation: Presentation
    urgency: Urgency
    handler: Handler
    found: Found
    alarmed: bool  # the patient's words raised it
    reasons: tuple[Reason, ...] = ()


class Triage:
    """Advises how soon somebody should act on a request. It reads a case and returns advice; it keeps nothing."""

    @property
    def card(self) -> Card:
        return CARD

    def advise(self, case: Case) -> Advice:
        """Advice on a case; always an answer, whatever was typed."""
        known = the_library()
        reading = Reading(case, known.features)
        flags = fired(reading, known.rules)
        assessed = assess_all(reading, known.presentations)
        unread = why_unread(reading, bool(assessed or flags))
        urgency = most_urgent(
            *[flag.urgency for flag in flags], *[a.urgency for a in assessed], *([Urgency.SAME_DAY] if unread else [])
        )
        floor = flags[0].urgency if flags else None
        chances = probabilities(urgency) if assessed or flags else UNKNOWN
        return Advice(
            case=case.id,
            tool=CARD.tool,
            version=CARD.version,
            option=urgency,
            scale=CARD.scale,
            probabilities=chances,
            prediction_set=prediction_set(chances, urgency, floor),
            red_flags=flags,
            reasons=(
                *(_of_flag(flag) for flag in flags),
                *unread,
                *_reasons(assessed, urgency, floor),
                *set_aside(reading, known.rules),
            ),
            not_considered=not_considered(case, reading, assessed),
            kind=Kind.CLINICAL if flags or not assessed else assessed[0].presentation.kind,
            handler=_handler(flags, assessed, urgency),
        )


def assess_all(reading: Reading, presentations: tuple[Presentation, ...]) -> list[Assessment]:
    """Every presentation recognised, the one that decides first: by urgency, then what is asked for, then by id."""
    recognised = [(p, found) for p in presentations if (found := reading.feature(p.id)) is not None and found.spans]
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


def _first_to_answer(assessment: Assessment) -> tuple[int, bool, str]:
    """The most urgent; of those what is asked for, but what must be seen the same day goes before a prescription."""
    clinical = assessment.presentation.kind is Kind.CLINICAL
    later = not clinical if assessment.urgency.at_least(Urgency.SAME_DAY) else clinical
    return assessment.urgency.rank, later, assessment.presentation.id


def _of_flag(flag: RedFlag) -> Reason:
    return Reason(
        f"Red flag: {flag.title}", Effect.SETS, span=flag.spans[0], event=next(iter(flag.events), None), rule=flag.id
    )


def _can_have(presentation: Presentation, reading: Reading) -> bool:
    """False for what a man who writes for himself cannot have."""
    return presentation.id not in _NEVER_A_MANS or reading.sex != "male" or reading.reader.for_other


def _assess(reading: Reading, presentation: Presentation, found: Found, elsewhere: frozenset[int]) -> Assessment:
    """How soon one presentation needs somebody: usually, by what the words add, and by what the record knows.

    `elsewhere` are the sentences that name other problems.
    """
    reasons = [
        Reason(
            f"{presentation.title}: usually {_SPOKEN[presentation.usual]}",
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
    reasons += of_words
    alarmed = bool(raised and raised[1].spans) or any(r.effect is Effect.RAISES for r in of_words)
    urgency, of_record = _by_record(reading, presentation, urgency, alarmed, elsewhere)
    return Assessment(presentation, urgency, handler, found, alarmed, (*reasons, *of_record))


def _only_mentioned(assessment: Assessment, asked_for: list[Assessment], text: str) -> Assessment:
    """ "A sick note for my broken foot" asks for a note: a problem named only there is routine, unless it alarms."""
    clinical = assessment.presentation.kind is Kind.CLINICAL
    if not clinical or assessment.alarmed or assessment.urgency.rank >= Urgency.ROUTINE.rank:
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
    held = [(row, why) for row in rows if (why := row.when.holds(reading)) is not None]
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


def _by_record(
    reading: Reading, presentation: Presentation, urgency: Urgency, alarmed: bool, elsewhere: frozenset[int]
) -> tuple[Urgency, tuple[Reason, ...]]:
    changes = tuple(context.changes(reading, presentation, urgency, alarmed, elsewhere))
    raises = [c.to for c in changes if c.to is not None and c.reason.effect is Effect.RAISES]
    lowers = [c.to for c in changes if c.to is not None and c.reason.effect is Effect.LOWERS]
    if raises:  # a plan that raises goes before anything that lowers
        kept = tuple(
            replace(c.reason, effect=Effect.NOTES) if c.reason.effect is Effect.LOWERS else c.reason for c in changes
        )
        return most_urgent(urgency, *raises), kept
    if lowers:
        return max(lowers, key=lambda to: to.rank), tuple(c.reason for c in changes)
    return urgency, tuple(c.reason for c in changes)


def _reasons(assessed: list[Assessment], urgency: Urgency, floor: Urgency | None) -> list[Reason]:
    """The reasons of every problem named; what did not decide, or could not lower a red flag, only notes."""
    reasons = []
    for assessment in assessed:
        decided = assessment.urgency is urgency
        for reason in assessment.reasons:
            held_up = floor is not None and reason.effect is Effect.LOWERS
            if held_up:
                reason = replace(reason, text=f"{reason.text} (a red flag stands: this lowers nothing)")
            changed = decided or reason.effect in (Effect.LOWERS, Effect.RAISES)
            reasons.append(replace(reason, effect=Effect.NOTES) if held_up or not changed else reason)
    return reasons


def set_aside(reading: Reading, rules: tuple[Rule, ...]) -> list[Reason]:
    """What sounds like a red flag and was read as denied, past, another's or feared: for a person to check."""
    found: dict[Span, Meant] = {}
    for name in sorted({name for rule in rules for name in rule.when.names}):
        found |= {span: meant for span, meant in reading.readings(name) if meant is not Meant.NOW}
    phrases = (span for span in found if " " in span.of(reading.text))  # a single word says too little to be checked
    kept = widest(phrases)[:MOST_SET_ASIDE]
    return [
        Reason(f"Read as {found[span]}: {span.of(reading.text)}", span=span, rule="words.set_aside") for span in kept
    ]


def why_unread(reading: Reading, recognised: bool) -> tuple[Reason, ...]:
    """Why a person must read this as it stands: nothing there, too long, another language, or nothing known in it."""
    if reading.is_cut:
        return (
            Reason(f"Longer than {LONGEST:,} characters: its middle was not read", Effect.SETS, rule="input.too_long"),
        )
    if not reading.sentences:
        return (Reason("There is nothing to read in the request", Effect.SETS, rule="input.empty"),)
    if seems_foreign(reading.sentences):
        return (
            Reason(
                "The request seems not to be in English: have it read or translated", Effect.SETS, rule="input.language"
            ),
        )
    if not recognised:
        return (Reason("Not recognised: read it as it stands", Effect.SETS, rule="input.not_recognised"),)
    return ()


def _handler(flags: tuple[RedFlag, ...], assessed: list[Assessment], urgency: Urgency) -> Handler:
    if urgency is Urgency.EMERGENCY:
        return Handler.EMERGENCY_SERVICES
    if flags or not assessed:
        return Handler.GP
    chosen = assessed[0].handler
    to_clinician = urgency.at_least(Urgency.SAME_DAY) and chosen in (Handler.SELF, Handler.COMMUNITY_PHARMACY)
    return Handler.GP if to_clinician else chosen


def not_considered(case: Case, reading: Reading, assessed: list[Assessment]) -> tuple[str, ...]:
    """What the advice leaves out, said on every advice."""
    left_out = ["How sure it is: the probabilities come from rules and are not calibrated yet."]
    if case.record is None:
        left_out.append("The record: none was given.")
    else:
        left_out.append("Results and their trends.")
    if case.request is None or (case.request.age is None and reading.age_on_record is None):
        left_out.append("Age: not known.")
    if reading.sex == "unknown":
        left_out.append("Sex: not known.")
    if _pregnancy_matters(reading, assessed):
        left_out.append("Pregnancy: it was not asked, and would change this.")
    left_out.append("Pictures and attachments.")
    return tuple(left_out)


def _pregnancy_matters(reading: Reading, assessed: list[Assessment]) -> bool:
    """True when a pregnancy would change the answer, is possible, and is neither said nor denied."""
    if reading.sex != "female" or reading.feature("pregnant") or reading.mentions("pregnant"):
        return False
    low, high = _CHILDBEARING
    ages = reading.measure("age", lambda age: low <= age < high)
    rows = [row for a in assessed for row in (*a.presentation.raises, *a.presentation.lowers)]
    return ages is not None and any("pregnant" in row.when.names for row in rows)
