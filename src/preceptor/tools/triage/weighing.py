"""How soon by the words: the model's judgement, or the rules' alone where the model could not read or is not there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from preceptor.advice import URGENCIES, Effect, Reason, Span, Urgency, most_urgent
from preceptor.tools.triage.assessing import SPOKEN, Assessment
from preceptor.tools.triage.likelihood import UNKNOWN, possible, probabilities
from preceptor.tools.triage.model.judging import Judgement
from preceptor.tools.triage.reading import Reading

_WORTH_SAYING = 0.1  # a chance below this is not spoken of
_KNOWN = 0.1  # the chance of some presentation below which, with no rule's, nobody knows what it is about ...
_SURE = 0.85  # ... unless how soon is as good as certain ("repeat please": on what, nobody knows; but not for today)
_MOST_QUESTIONS = 3
_NOT_RECOGNISED = Reason("Not recognised: read it as it stands", Effect.SETS, rule="input.not_recognised")


@dataclass(frozen=True, slots=True)
class Weighed:
    """How soon, before the record speaks and before red flags hold it up; `possible` is what cannot be ruled out."""

    urgency: Urgency
    chances: Mapping[str, float]
    possible: tuple[Urgency, ...]
    reasons: tuple[Reason, ...]


def by_model(judged: Judgement, assessed: list[Assessment], reading: Reading) -> Weighed:
    """What the model makes of it. Where it is not sure enough it says what would settle it, and asks for today.

    Two things that rules know hold it up: where no pharmacy may treat, and what stands beside another kind of request.
    """
    decision = judged.decision
    known = bool(assessed) or judged.how_like >= _KNOWN or max(judged.chances.values()) >= _SURE
    if known and not decision.unsure:
        held = [up for up in (_no_pharmacy(assessed, reading, decision.option), _beside(assessed)) if up]
        option = most_urgent(decision.option, *(urgency for urgency, _ in held))
        told = tuple(reason for urgency, reason in held if urgency.rank < decision.option.rank)
        return Weighed(option, judged.chances, tuple({option, *decision.possible}), (_told(judged), *told))
    why = _needed(judged, assessed) if known else _NOT_RECOGNISED
    today = most_urgent(Urgency.SAME_DAY, decision.option)
    kept = URGENCIES[min(today.rank, decision.possible[0].rank) : max(today.rank, decision.possible[-1].rank) + 1]
    return Weighed(today, judged.chances, kept, (_told(judged), why))


def _no_pharmacy(assessed: list[Assessment], reading: Reading, option: Urgency) -> tuple[Urgency, Reason] | None:
    """What Pharmacy First leaves out at this age or for this sex is no self-care where the rules say sooner."""
    if option is not Urgency.SELF_CARE or not assessed or not assessed[0].presentation.pharmacy_first:
        return None
    age = min(reading.ages, default=None)
    parts = assessed[0].presentation.pharmacy_first
    if any(part.fits(age, reading.sex) is not False for part in parts) or assessed[0].urgency is Urgency.SELF_CARE:
        return None
    urgency = max(assessed[0].urgency, Urgency.SOON, key=lambda u: u.rank)
    words = "A community pharmacy may not treat this at this age or for this sex"
    return urgency, Reason(words, Effect.RAISES, rule=assessed[0].presentation.id)


def _beside(assessed: list[Assessment]) -> tuple[Urgency, Reason] | None:
    """A problem that a rule raised, named beside a request of another kind, is not put off by what stands around it."""
    if len({a.presentation.kind for a in assessed}) < 2:
        return None
    for problem in assessed:  # the most urgent first
        if any(r.effect is Effect.RAISES and r.rule == problem.presentation.id for r in problem.reasons):
            urgency = max(problem.urgency, Urgency.SOON, key=lambda u: u.rank)
            words = f"{problem.presentation.title} stands beside a request of another kind, and is not put off by it"
            return urgency, Reason(words, Effect.RAISES, _first(problem), rule="words.beside")
    return None


def _first(problem: Assessment) -> Span | None:
    return problem.found.spans[0] if problem.found.spans else None


def by_rules(assessed: list[Assessment], unread: tuple[Reason, ...], recognised: bool) -> Weighed:
    """What the rules alone make of it: what they do not recognise, or could not read, is for a person today."""
    if not recognised and not unread:
        unread = (_NOT_RECOGNISED,)
    urgencies = [a.urgency for a in assessed] + [Urgency.SAME_DAY] * bool(unread)
    urgency = most_urgent(*urgencies) if urgencies else Urgency.SAME_DAY
    chances = probabilities(urgency) if recognised else UNKNOWN
    return Weighed(urgency, chances, possible(chances, urgency), unread)


def _told(judged: Judgement) -> Reason:
    likeliest = sorted(URGENCIES, key=lambda u: (-judged.chances[u], u.rank))
    said = [f"{SPOKEN[u]} {judged.chances[u]:.0%}" for u in likeliest if judged.chances[u] >= _WORTH_SAYING]
    about = f" It reads most like: {judged.like.title} ({judged.how_like:.0%})." if judged.like else ""
    return Reason(f"The model's chances: {', '.join(said)}.{about}", Effect.SETS, rule="model")


def _needed(judged: Judgement, assessed: list[Assessment]) -> Reason:
    presentations = [*([judged.like] if judged.like else []), *(a.presentation for a in assessed)]
    asked = list(dict.fromkeys(ask.question for p in presentations for ask in p.ask))[:_MOST_QUESTIONS]
    needs = f" What would settle it: {' '.join(asked)}" if asked else " Ask what has happened, since when, and how bad."
    return Reason(f"Not sure enough to advise: a person should read it today.{needs}", Effect.SETS, rule="model.unsure")
