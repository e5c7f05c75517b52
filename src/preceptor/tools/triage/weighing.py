"""How soon by the words: the model's judgement, or the rules' alone where the model could not read or is not there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from preceptor.advice import URGENCIES, Effect, Reason, Urgency, most_urgent
from preceptor.tools.triage.assessing import SPOKEN, Assessment
from preceptor.tools.triage.likelihood import UNKNOWN, possible, probabilities
from preceptor.tools.triage.model.judging import Judgement

_WORTH_SAYING = 0.1  # a chance below this is not spoken of
_KNOWN = 0.1  # the chance of some presentation below which, with no rule's, nobody knows what it is about
_MOST_QUESTIONS = 3
_NOT_RECOGNISED = Reason("Not recognised: read it as it stands", Effect.SETS, rule="input.not_recognised")


@dataclass(frozen=True, slots=True)
class Weighed:
    """How soon, before the record speaks and before red flags hold it up; `possible` is what cannot be ruled out."""

    urgency: Urgency
    chances: Mapping[str, float]
    possible: tuple[Urgency, ...]
    reasons: tuple[Reason, ...]


def by_model(judged: Judgement, assessed: list[Assessment]) -> Weighed:
    """What the model makes of it. Where it is not sure enough it says what would settle it, and asks for today."""
    decision = judged.decision
    known = bool(assessed) or judged.how_like >= _KNOWN
    if known and not decision.unsure:
        return Weighed(decision.option, judged.chances, decision.possible, (_told(judged),))
    why = _needed(judged, assessed) if known else _NOT_RECOGNISED
    today = most_urgent(Urgency.SAME_DAY, decision.option)
    kept = URGENCIES[min(today.rank, decision.possible[0].rank) : max(today.rank, decision.possible[-1].rank) + 1]
    return Weighed(today, judged.chances, kept, (_told(judged), why))


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
