"""How soon by the words: the model's judgement, or the rules' alone where the model could not read or is not there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from preceptor.advice import URGENCIES, Effect, Handler, Reason, Urgency, most_urgent
from preceptor.tools.triage.assessing import SPOKEN, Assessment
from preceptor.tools.triage.likelihood import UNKNOWN, possible, probabilities
from preceptor.tools.triage.model.judging import Judgement
from preceptor.tools.triage.reading import Reading
from preceptor.tools.triage.text.normal import word_set

_WORTH_SAYING = 0.1  # a chance below this is not spoken of
_KNOWN = 0.1  # the chance of some presentation below which, with no rule's, nobody knows what it is about ...
_SURE = 0.85  # ... unless how soon is as good as certain ("repeat please": on what, nobody knows; but not for today)
_UNCLEAR = "unclear"  # the presentation of a message that says too little
_TODAY = Urgency.SAME_DAY
_FEW_WORDS = 6
_BARE = 4  # words, of which the model alone calls nothing an emergency unless it is sure
_EVEN = 0.5
_NEARLY_EVEN = 0.4
_WORTH_ASKING = 0.2  # the chance of today or sooner from which what was noted down is asked about today
_ONESELF = word_set("i my me mine myself we our")
_FEW = "model.few_words"
_TOO_LITTLE = "A few words tell too little: somebody must ask today"
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
    """What the model makes of it. Where it is not sure enough it says what would settle it, and asks for today, or for
    as soon as the rules ask.

    Where no pharmacy may treat, self-care is no answer, whatever it makes of the words; nor is what comes later than a
    presentation allows, such as tomorrow where too much was swallowed.
    """
    decision = judged.decision
    known = _is_known(judged, assessed)
    if known and not decision.unsure:
        held = (
            _at_latest(assessed, decision.option)
            or _no_pharmacy(assessed, reading, decision.option)
            or _as_few_words_usually_are(judged, assessed, reading)
            or _too_few_words(judged, assessed, reading)
        )
        if held is not None:
            return Weighed(held[0], judged.chances, (held[0], *decision.possible), (_told(judged), held[1]))
        return Weighed(decision.option, judged.chances, decision.possible, (_told(judged),))
    why = _needed(judged, assessed) if known else _not_told(judged)
    # On a few vague words nobody is sent to hospital ("it has come back"): they are read today, and asked about.
    says_little = _words(reading) <= _FEW_WORDS
    named = [a.urgency for a in assessed[:1]]
    today = Urgency.SAME_DAY if says_little else most_urgent(Urgency.SAME_DAY, decision.option, *named)
    # Where nobody knows what it is about, neither does anybody know that today is early enough, or needed.
    around = 0 if known else 1
    first, last = decision.possible[0].rank, decision.possible[-1].rank
    kept = URGENCIES[min(today.rank - around, first) : max(today.rank + around, last) + 1]
    return Weighed(today, judged.chances, kept, (_told(judged), why))


def _is_known(judged: Judgement, assessed: list[Assessment]) -> bool:
    """Whether anybody can tell what it is about, or how soon is as good as certain whatever it is about."""
    if max(judged.chances.values()) >= _SURE or any(a.presentation.id != _UNCLEAR for a in assessed if a.found.spans):
        return True
    return judged.how_like >= _KNOWN and not (judged.like and judged.like.id == _UNCLEAR)


def _words(reading: Reading) -> int:
    return sum(len(sentence.words) for sentence in reading.sentences)


def _too_few_words(judged: Judgement, assessed: list[Assessment], reading: Reading) -> tuple[Urgency, Reason] | None:
    """Where so little is said, what such words usually need counts for more than what the model makes of them.

    A bare "headache" sends nobody to hospital by the model alone, a bare "dyspnoea" does not wait till tomorrow by it;
    and a patient's "I am dizzy" is not for today where the model itself thinks that unlikely, and an emergency out of
    sight. What somebody noted down ("dizziness") leaves more unsaid: it is asked about today on a lesser chance.
    """
    option, chances = judged.decision.option, judged.chances
    usual = assessed[0].urgency if assessed else None
    if _words(reading) > _BARE:
        return None
    if option is Urgency.EMERGENCY and usual is not Urgency.EMERGENCY and chances[option] < _SURE:
        return _TODAY, Reason(_TOO_LITTLE, Effect.LOWERS, rule=_FEW)
    noted = not any(_ONESELF.intersection(sentence.words) for sentence in reading.sentences)
    likely_today = noted and chances[Urgency.EMERGENCY] + chances[_TODAY] >= _WORTH_ASKING
    if not option.at_least(_TODAY) and (likely_today or (usual is not None and usual.at_least(_TODAY))):
        return _TODAY, Reason(_TOO_LITTLE, Effect.RAISES, rule=_FEW)
    if option is _TODAY and not noted and usual is not None and chances[Urgency.EMERGENCY] < _WORTH_SAYING:
        likely = next(u for u in URGENCIES if sum(chances[v] for v in URGENCIES[: u.rank + 1]) >= _EVEN)
        if (to := most_urgent(usual, likely)) is not option:
            return to, Reason("A few words, and such words are not usually for today", Effect.SETS, rule=_FEW)
    return None


def _as_few_words_usually_are(
    judged: Judgement, assessed: list[Assessment], reading: Reading
) -> tuple[Urgency, Reason] | None:
    """Below the same day, where little is said: what is called severe does not wait for weeks, and what a pharmacy
    usually deals with is left to it where the model hardly knows either."""
    option = judged.decision.option
    if _words(reading) > _FEW_WORDS or not assessed or option.at_least(Urgency.SOON):
        return None
    first = assessed[0]
    if first.alarmed and first.urgency.at_least(Urgency.SOON) and reading.feature("severe") is not None:
        return Urgency.SOON, Reason("A few words, and one says that it is severe", Effect.RAISES, rule=_FEW)
    for_pharmacy = first.urgency is Urgency.SELF_CARE and first.handler is Handler.COMMUNITY_PHARMACY
    if for_pharmacy and option is Urgency.ROUTINE and judged.chances[Urgency.SELF_CARE] >= _NEARLY_EVEN:
        return Urgency.SELF_CARE, Reason("A few words, and a pharmacy usually deals with it", Effect.LOWERS, rule=_FEW)
    return None


def _at_latest(assessed: list[Assessment], option: Urgency) -> tuple[Urgency, Reason] | None:
    """However harmless the words sound, some things are asked about no later than their presentation says."""
    for each in assessed:
        latest = each.presentation.at_latest
        if latest is not None and each.urgency.at_least(latest.to) and not option.at_least(latest.to):
            return latest.to, Reason(latest.text, Effect.RAISES, rule=each.presentation.id)
    return None


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


def _not_told(judged: Judgement) -> Reason:
    """Nothing was recognised; where the model finds that too little is said, what to ask."""
    if judged.like is None or judged.like.id != _UNCLEAR:
        return _NOT_RECOGNISED
    asked = " ".join(ask.question for ask in judged.like.ask[:_MOST_QUESTIONS])
    return replace(_NOT_RECOGNISED, text=f"It says too little to tell: a person should read it today. Ask: {asked}")


def _needed(judged: Judgement, assessed: list[Assessment]) -> Reason:
    presentations = [*([judged.like] if judged.like else []), *(a.presentation for a in assessed)]
    asked = list(dict.fromkeys(ask.question for p in presentations for ask in p.ask))[:_MOST_QUESTIONS]
    needs = f" What would settle it: {' '.join(asked)}" if asked else " Ask what has happened, since when, and how bad."
    return Reason(f"Not sure enough to advise: a person should read it today.{needs}", Effect.SETS, rule="model.unsure")
