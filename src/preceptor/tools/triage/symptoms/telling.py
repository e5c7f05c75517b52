"""The answer in lines: one way of telling it, which the terminal colours and a pipe does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from preceptor.advice import Effect, Handler, Urgency
from preceptor.tools.triage.symptoms.answer import Answer, Origin, PharmacyFirst, Quote, Recognised

URGENCY_WORDS = {
    Urgency.EMERGENCY: "emergency: 999 or A&E now",
    Urgency.SAME_DAY: "same day",
    Urgency.SOON: "soon, within 5 days",
    Urgency.ROUTINE: "routine, within weeks",
    Urgency.SELF_CARE: "self-care, or a pharmacy",
}
HANDLER_WORDS = {
    Handler.EMERGENCY_SERVICES: "emergency services",
    Handler.GP: "GP",
    Handler.NURSE: "nurse",
    Handler.PHARMACIST: "practice pharmacist",
    Handler.PHYSIOTHERAPIST: "physiotherapist",
    Handler.MENTAL_HEALTH: "mental health practitioner",
    Handler.COMMUNITY_PHARMACY: "community pharmacy",
    Handler.CARE_NAVIGATOR: "care navigator",
    Handler.SELF: "the patient, with advice",
}
_EFFECTS = {Effect.RAISES: "Raised", Effect.LOWERS: "Lowered", Effect.SETS: "Set", Effect.NOTES: "Noted"}
_STYLES = {
    Urgency.EMERGENCY: "bold red",
    Urgency.SAME_DAY: "bold yellow",
    Urgency.SOON: "bold cyan",
    Urgency.ROUTINE: "bold",
    Urgency.SELF_CARE: "bold green",
}


@dataclass(frozen=True, slots=True)
class Line:
    """`style` is rich's; `indent` is in steps of two spaces."""

    text: str = ""
    style: str = ""
    indent: int = 0

    def __str__(self) -> str:
        return "  " * self.indent + self.text


def lines_of(answer: Answer) -> Iterator[Line]:
    """The whole answer, red flags first."""
    for flag in answer.red_flags:
        yield Line(f"RED FLAG  {flag.title} ({URGENCY_WORDS[flag.urgency]})", "bold white on red")
        yield Line(flag.action, "bold", 1)
        yield Line(f"Said: {_said(flag.words)}", indent=1)
        yield Line(_small_print(flag.origin), "dim", 1)
        yield Line()
    if answer.red_flags and answer.presentations:
        yield Line("Act on this first, whatever stands below.", "bold red")
        yield Line()
    for caution in answer.cautions:
        yield Line(f"{caution}.", "bold yellow")
    for found in answer.presentations:
        yield from _presentation(found)
        yield Line()
    for aside in answer.set_aside:
        yield Line(f"Check: {aside.text[0].lower()}{aside.text[1:]}", "yellow")
    if answer.not_used:
        yield Line(f"Played no part: {_said(answer.not_used)}")
    if answer.completions:
        may_be = ", ".join(f"{each.phrase} ({each.title})" for each in answer.completions)
        yield Line(f"Still typing? It may become: {may_be}", "dim")
    yield Line(f"Not looked at: {' '.join(answer.not_considered)}", "dim")
    yield Line(answer.notice, "dim")


def show(answer: Answer) -> None:
    """The lines in colour, wrapped to the terminal with their indent."""
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    console = Console(highlight=False)
    for line in lines_of(answer):
        console.print(Padding(Text(line.text, style=line.style), (0, 0, 0, 2 * line.indent)))


def _presentation(found: Recognised) -> Iterator[Line]:
    yield Line(f"{found.title}: {URGENCY_WORDS[found.urgency]}", _STYLES[found.urgency])
    yield Line(f"Usually {URGENCY_WORDS[found.usual]}. Who: {HANDLER_WORDS[found.handler]}.", indent=1)
    yield Line(f"Said: {_said(found.words)}", indent=1)
    for change in found.changes:
        rests_on = f" ({_said((change.words,))})" if change.words else ""
        yield Line(f"{_EFFECTS[change.effect]}: {change.text}{rests_on}", indent=1)
    for one in found.pharmacy_first:
        yield Line(pharmacy_first_in_words(one), indent=1)
    if found.must_not_miss:
        yield Line(f"Must not miss: {'; '.join(found.must_not_miss)}", "red", 1)
    if found.think_of:
        yield Line(f"Think also of: {'; '.join(found.think_of)}", indent=1)
    if found.ask:
        yield Line("Ask next", "bold", 1)
    for question in found.ask:
        yield Line(question.question, indent=2)
        if question.why:
            yield Line(question.why, "dim", 3)
    if found.would_change:
        yield Line("Would change it", "bold", 1)
    for change_to in found.would_change:
        yield Line(f"{change_to.text}: {URGENCY_WORDS[change_to.to]}", indent=2)
    for advice in found.safety_net:
        yield Line(f"Safety net: {advice}", indent=1)
    yield Line(_small_print(found.origin), "dim", 1)


def pharmacy_first_in_words(one: PharmacyFirst) -> str:
    """Pharmacy First: sore throat, from 5 years; not if pregnant, or a weakened immune system."""
    ages = f"from {one.from_age} year{'s' if one.from_age != 1 else ''}"
    if one.to_age is not None:
        ages = f"{one.from_age} to {one.to_age} years"
    fits = " (not for the age or sex given)" if one.fits is False else ""
    unless = f"; not where: {', '.join(one.unless)}" if one.unless else ""
    return f"Pharmacy First: {one.treats[0].lower()}{one.treats[1:]}, {ages}{fits}{unless}"


def _said(quotes: tuple[Quote, ...]) -> str:
    return ", ".join(dict.fromkeys(f"“{quote.words}”" for quote in quotes))


def _small_print(origin: Origin) -> str:
    sources = "; ".join(origin.sources)
    verified = f" (source read: {origin.verified})" if origin.verified else ""
    return (
        f"Source: {sources}{verified}. Version {origin.version} of {origin.effective}, review by {origin.review}, "
        f"reviewed by: {origin.reviewed_by}"
    )
