"""Words looked up: the same reading, rules and presentations as in triage, told in full and without a record."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import pairwise

from preceptor.advice import (
    Case,
    Effect,
    Handler,
    Kind,
    Reason,
    RedFlag,
    Request,
    Span,
    Urgency,
    most_urgent,
)
from preceptor.tools.triage.assessing import Assessment, assess_all
from preceptor.tools.triage.card import CARD
from preceptor.tools.triage.explaining import not_considered, set_aside, why_unread
from preceptor.tools.triage.library import the_library
from preceptor.tools.triage.presentations import Discriminator, Presentation
from preceptor.tools.triage.reading import Reading
from preceptor.tools.triage.red_flags import Rule, fired
from preceptor.tools.triage.symptoms.answer import (
    Answer,
    Change,
    Flag,
    Origin,
    PharmacyFirst,
    Quote,
    Recognised,
    WouldChange,
)
from preceptor.tools.triage.symptoms.completing import completions
from preceptor.tools.triage.symptoms.ruling_out import denied, is_ruled_out

LONGEST = 2000  # characters: what a patient says, looked up as fast as it is typed
OLDEST = 125  # years
SEXES = ("female", "male", "other", "unknown")
NOTICE = (
    "This informs; a person decides. No clinician has reviewed or validated it. It knows some ways of putting things "
    "and not others: silence is not safety."
)
_NEEDS_NO_CLINICIAN = (Handler.SELF, Handler.COMMUNITY_PHARMACY)


class CannotLookUp(ValueError):
    """There is nothing to look up, or something given cannot be right; the message says what."""


def look_up(words: str, age: float | None = None, sex: str | None = None) -> Answer:
    """What the library knows about `words`. `age` is in years; `sex` is one of SEXES. Raises CannotLookUp."""
    case = Case("", datetime.now(UTC), Request(_words(words), _age(age), _sex(sex)))
    known = the_library()
    reading = Reading(case, known.features)
    flags = fired(reading, known.rules)
    assessed = assess_all(reading, known.presentations)
    aside = set_aside(reading, known.alarming)
    rules = {rule.id: rule for rule in known.rules}
    recognised = [_recognised(a, reading, bool(flags)) for a in assessed]
    recognised.sort(key=lambda found: found.urgency.rank)  # stable: a red flag may have taken a lowering back
    urgencies = [flag.urgency for flag in flags] + [found.urgency for found in recognised]
    return Answer(
        urgency=most_urgent(*urgencies) if urgencies else None,
        red_flags=tuple(_flag(flag, rules[flag.id], words) for flag in flags),
        presentations=tuple(recognised),
        set_aside=tuple(_change(reason, words) for reason in aside),
        cautions=_cautions(reading, bool(assessed or flags)),
        not_used=_not_used(reading, _used(reading, flags, assessed, aside)),
        completions=completions(words, {found.title for found in recognised}),
        not_considered=not_considered(case, reading, assessed),
        notice=NOTICE,
        tool="symptoms",
        version=CARD.version,
    )


def _words(words: str) -> str:
    if not words.strip():
        raise CannotLookUp("type what the patient says")
    if len(words) > LONGEST:
        raise CannotLookUp(f"that is {len(words):,} characters: give the {LONGEST:,} that matter most")
    return words


def _age(age: float | None) -> float | None:
    if age is not None and not (math.isfinite(age) and 0 <= age <= OLDEST):
        raise CannotLookUp(f"age {age:g} is not between 0 and {OLDEST} years")
    return age


def _sex(sex: str | None) -> str | None:
    if sex and sex.casefold() not in SEXES:
        raise CannotLookUp(f"sex {sex!r} is none of {', '.join(SEXES)}")
    return sex.casefold() if sex else None


def _flag(flag: RedFlag, rule: Rule, text: str) -> Flag:
    origin = Origin((rule.source,), rule.version, rule.effective, rule.review, rule.reviewed_by, rule.verified)
    return Flag(flag.id, flag.title, flag.urgency, flag.action, _quotes(flag.spans, text), origin)


def _recognised(assessed: Assessment, reading: Reading, flagged: bool) -> Recognised:
    """One presentation. Where a red flag stands nothing is shown as less urgent than usual, or as no clinician's."""
    presentation, text = assessed.presentation, reading.text
    held_up = flagged and presentation.usual.rank < assessed.urgency.rank
    urgency = presentation.usual if held_up else assessed.urgency
    handler = presentation.handler if held_up else assessed.handler
    clinical = presentation.kind is Kind.CLINICAL
    if handler in _NEEDS_NO_CLINICIAN and clinical and (flagged or urgency.at_least(Urgency.SAME_DAY)):
        handler = Handler.GP
    return Recognised(
        id=presentation.id,
        title=presentation.title,
        kind=presentation.kind,
        usual=presentation.usual,
        urgency=urgency,
        handler=handler,
        words=_quotes(assessed.found.spans, text),
        changes=tuple(
            _change(reason, text, flagged) for reason in assessed.reasons[1:]
        ),  # the first says what is usual
        must_not_miss=presentation.must_not_miss,
        think_of=presentation.think_of,
        ask=presentation.ask,
        would_change=tuple(_would_change(presentation, urgency, reading, flagged)),
        pharmacy_first=() if flagged else _pharmacy_first(presentation, reading),
        safety_net=presentation.safety_net,
        origin=Origin(
            presentation.sources,
            presentation.version,
            presentation.effective,
            presentation.review,
            presentation.reviewed_by,
        ),
    )


def _change(reason: Reason, text: str, flagged: bool = False) -> Change:
    quote = _quote(reason.span, text) if reason.span else None
    if flagged and reason.effect is Effect.LOWERS:
        return Change(f"{reason.text} (a red flag stands: this lowers nothing)", Effect.NOTES, quote)
    return Change(reason.text, reason.effect, quote)


def _would_change(
    presentation: Presentation, urgency: Urgency, reading: Reading, flagged: bool
) -> Iterator[WouldChange]:
    """What is neither said nor ruled out, and would raise it above `urgency` or lower it below."""
    raised = any(row.when.holds(reading) for row in presentation.raises)
    for row in sorted(presentation.raises, key=lambda row: row.to.rank):
        if row.to.rank < urgency.rank and _is_open(row, reading):
            yield WouldChange(row.text, row.to, Effect.RAISES)
    for row in presentation.lowers:
        if not raised and not flagged and row.to.rank > urgency.rank and _is_open(row, reading):
            yield WouldChange(row.text, row.to, Effect.LOWERS)


def _is_open(row: Discriminator, reading: Reading) -> bool:
    return row.when.holds(reading) is None and not is_ruled_out(row.when, reading)


def _pharmacy_first(presentation: Presentation, reading: Reading) -> tuple[PharmacyFirst, ...]:
    request = reading.case.request
    age, sex = (request.age, request.sex) if request else (None, None)
    return tuple(
        PharmacyFirst(one.treats, one.from_age, one.to_age, one.sex, one.unless, one.fits(age, sex))
        for one in presentation.pharmacy_first
    )


def _cautions(reading: Reading, recognised: bool) -> tuple[str, ...]:
    """Why a person must read this as it stands. A few words without an "I" or a "my" are no foreign language here."""
    reasons = why_unread(reading, recognised)
    if not reasons and not recognised:
        return ("Not recognised: read it as it stands",)
    return tuple(reason.text for reason in reasons)


def _quote(span: Span, text: str) -> Quote:
    return Quote(" ".join(span.of(text).split()), span.start, span.end)


def _quotes(spans: Iterable[Span], text: str) -> tuple[Quote, ...]:
    return tuple(_quote(span, text) for span in spans)


def _used(
    reading: Reading, flags: Iterable[RedFlag], assessed: Iterable[Assessment], aside: Iterable[Reason]
) -> list[Span]:
    spans = [span for flag in flags for span in flag.spans]
    for assessment in assessed:
        spans += assessment.found.spans
        spans += [reason.span for reason in assessment.reasons if reason.span]
        for row in (*assessment.presentation.raises, *assessment.presentation.lowers):
            spans += denied(row.when, reading)
    return spans + [reason.span for reason in aside if reason.span]


def _not_used(reading: Reading, used: list[Span]) -> tuple[Quote, ...]:
    """The clauses of the text of which nothing was used."""
    left: list[Quote] = []
    for sentence in reading.sentences:
        edges = sorted({0, *sentence.breaks, len(sentence.words)})
        for first, last in pairwise(edges):
            clause = sentence.span(first, last)
            if not any(span.start < clause.end and clause.start < span.end for span in used):
                left.append(_quote(clause, reading.text))
    return tuple(left)
