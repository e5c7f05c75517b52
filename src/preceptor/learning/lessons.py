"""What a decision teaches: at most one lesson from each person, and how much it weighs.

A view that was given before the advice was seen is worth most after what turned out to be right. A decision that was
taken with the advice in sight, and equals it, would only tell the tool what it said itself. Nobody having complained
is not agreement: a case without an audit or an outcome has no truth.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from preceptor.advice import Urgency
from preceptor.tools.triage.noted import Noted

Row = npt.NDArray[np.float32]  # (len(model.inputs.NAMES),)


class Source(StrEnum):
    """Where an answer comes from, the most trustworthy first."""

    OUTCOME = "outcome"  # a senior review, or what happened later
    AUDIT = "audit"  # somebody who took no part, drawn by lot
    FIRST_VIEW = "first_view"  # before the advice was shown
    FINAL = "final"  # with the advice in sight


class Teaches(StrEnum):
    """What the reason for a difference says that the lesson is about."""

    TEXT = "text"  # how urgent such words are
    CONTEXT = "context"  # what the record holds: it says nothing of the words
    NOTHING = "nothing"  # true of this patient alone, or not known


# The reasons of the service's form (`service.requests.reasons`; a test holds the two together), and what each teaches.
REASONS: dict[str, Teaches] = {
    "already_booked": Teaches.CONTEXT,
    "standing_plan": Teaches.CONTEXT,
    "long_standing": Teaches.CONTEXT,
    "wrong_about_symptom": Teaches.TEXT,
    "something_missed": Teaches.TEXT,
    "know_this_patient": Teaches.NOTHING,
    "other": Teaches.NOTHING,  # in free words, which nobody has sorted
}

OUTCOME = 3.0
AUDIT_AT_MOST = 5.0  # an audit stands for 1 / probability decisions, and for no more than this
FIRST_VIEW = 1.0
GAVE_WAY = 0.5  # a first view that was given up for the advice: it may have been the mistake
LED = 0.02  # a decision that equals the advice that led it


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody said of a case: `account` is a pseudonym, the same for one person throughout."""

    urgency: Urgency
    account: str
    when: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """One round of a request, as the ledger tells it. No words of the patient."""

    case: str
    practice: str
    inputs: Row  # as `Model.inputs` gives them
    about: str  # the presentation it is most like, "" where none
    advised: Urgency | None  # what whoever decided had been shown; None: nothing
    final: Answer
    first_views: tuple[Answer, ...] = ()
    reason: str = ""
    audit: Answer | None = None
    audit_probability: float = 1.0  # of being drawn, as recorded beforehand
    outcome: Answer | None = None
    noted: tuple[Noted, ...] = ()  # what the advice that was shown said of the record's rules: see `context`


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """One person's answer about one case.

    `weight` is before caps and trust; 0 where it teaches the words nothing: it is about context, or a better answer
    of the same case stands in its place (it then still tells how far its account can be trusted).
    """

    case: str
    inputs: Row
    answer: Urgency
    weight: float
    source: Source
    account: str
    practice: str
    when: datetime
    reason: str = ""
    about: str = ""
    advised: Urgency | None = None
    final: Urgency | None = None  # what the same person decided in the end; None where somebody else did
    teaches: Teaches = Teaches.TEXT


def lessons_of(decided: Iterable[Decided]) -> list[Lesson]:
    """The lessons of many decisions, the first to be given first."""
    found = [lesson for each in decided for lesson in _lessons(each)]
    return sorted(found, key=lambda lesson: (lesson.when, lesson.case, lesson.account, lesson.source))


def _lessons(decided: Decided) -> list[Lesson]:
    teaches = REASONS.get(decided.reason, Teaches.NOTHING) if decided.reason else Teaches.TEXT
    said: dict[str, tuple[Source, Answer, float]] = {}  # the best of each person
    final, led = decided.final, decided.advised is not None
    own = {view.account: view for view in decided.first_views}
    for account, view in own.items():
        gave_way = led and account == final.account and final.urgency == decided.advised != view.urgency
        said[account] = (Source.FIRST_VIEW, view, GAVE_WAY if gave_way else FIRST_VIEW)
    if not led:
        said.setdefault(final.account, (Source.FIRST_VIEW, final, FIRST_VIEW))
    elif final.urgency == decided.advised:
        said.setdefault(final.account, (Source.FINAL, final, LED))
    else:  # against the advice, and in sight of it: what they came to in the end
        before = own.get(final.account)
        if before is None or before.urgency != final.urgency:
            said[final.account] = (Source.FINAL, final, FIRST_VIEW)
    truths = [
        (Source.OUTCOME, decided.outcome, OUTCOME),
        (Source.AUDIT, decided.audit, min(1 / decided.audit_probability, AUDIT_AT_MOST)),
    ]
    known = [(source, answer, weight) for source, answer, weight in truths if answer is not None]
    lessons = [
        _lesson(decided, source, answer, 0.0 if known or teaches is not Teaches.TEXT else weight, teaches)
        for source, answer, weight in said.values()
    ]
    for at, (source, answer, weight) in enumerate(known):
        # An auditor sees the record too: where it decided, what was right says nothing of the words.
        useful = at == 0 and teaches is not Teaches.CONTEXT
        lessons.append(_lesson(decided, source, answer, weight if useful else 0.0, teaches))
    return lessons


def _lesson(decided: Decided, source: Source, answer: Answer, weight: float, teaches: Teaches) -> Lesson:
    return Lesson(
        case=decided.case,
        inputs=decided.inputs,
        answer=answer.urgency,
        weight=weight,
        source=source,
        account=answer.account,
        practice=decided.practice,
        when=answer.when,
        reason=decided.reason,
        about=decided.about,
        advised=decided.advised,
        final=decided.final.urgency if decided.final.account == answer.account else None,
        teaches=teaches,
    )
