"""Why, in words that a clinician can check: the reasons of an advice, and what it leaves out."""

from __future__ import annotations

from dataclasses import replace

from preceptor.advice import Case, Effect, Reason, RedFlag, Span, Urgency
from preceptor.tools.triage.assessing import Assessment
from preceptor.tools.triage.language import seems_foreign
from preceptor.tools.triage.logic import widest
from preceptor.tools.triage.reading import LONGEST, Reading
from preceptor.tools.triage.text.scopes import Meant

MOST_SET_ASIDE = 5
_CHILDBEARING = (12.0, 56.0)  # years: when a pregnancy that changes the answer must be asked for


def of_flag(flag: RedFlag) -> Reason:
    return Reason(
        f"Red flag: {flag.title}", Effect.SETS, span=flag.spans[0], event=next(iter(flag.events), None), rule=flag.id
    )


def of_problems(assessed: list[Assessment], urgency: Urgency, floor: Urgency | None) -> list[Reason]:
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


def set_aside(reading: Reading, alarming: frozenset[str]) -> list[Reason]:
    """What sounds like a red flag and was read as denied, past, another's or feared: for a person to check.

    `alarming` are the features that red flags name.
    """
    found: dict[Span, Meant] = {}
    for name in sorted(reading.perhaps_set_aside(alarming)):
        found |= {span: meant for span, meant in reading.readings(name) if meant is not Meant.NOW}
    phrases = (span for span in found if " " in span.of(reading.text))  # a single word says too little to be checked
    kept = widest(phrases)[:MOST_SET_ASIDE]
    return [
        Reason(f"Read as {found[span]}: {span.of(reading.text)}", span=span, rule="words.set_aside") for span in kept
    ]


def why_unread(reading: Reading, recognised: bool) -> tuple[Reason, ...]:
    """Why a person must read this as it stands: nothing there, too long, or another language."""
    if reading.is_cut:
        return (
            Reason(f"Longer than {LONGEST:,} characters: its middle was not read", Effect.SETS, rule="input.too_long"),
        )
    if not reading.sentences:
        return (Reason("There is nothing to read in the request", Effect.SETS, rule="input.empty"),)
    if seems_foreign(reading.sentences, recognised):
        return (
            Reason(
                "The request seems not to be in English: have it read or translated", Effect.SETS, rule="input.language"
            ),
        )
    return ()


def is_foreign(unread: tuple[Reason, ...]) -> bool:
    """True where the request was not read because it seems to be in another language."""
    return any(reason.rule == "input.language" for reason in unread)


def not_considered(
    case: Case, reading: Reading, assessed: list[Assessment], by_rules_alone: bool = False
) -> tuple[str, ...]:
    """What the advice leaves out, said on every advice."""
    left_out = []
    if by_rules_alone:
        left_out.append("The model: these are rules alone, and their probabilities are not calibrated.")
    if case.record is None:
        left_out.append("The record: none was given.")
    else:
        left_out.append("Results, but for the latest that a rule names; trends, but a jump in creatinine or eGFR.")
        left_out.append("Reports, letters and documents in the record.")
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
