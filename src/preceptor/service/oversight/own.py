"""What advice did to one clinician's own decisions: for that clinician alone, with real cases to look at again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from preceptor.advice import URGENCIES
from preceptor.service.accounts.models import User
from preceptor.service.requests.marks import opening_words
from preceptor.service.requests.models import Decision
from preceptor.service.requests.visibility import advice_open_to
from preceptor.supervision.decisions import table
from preceptor.supervision.figures import Share, share
from preceptor.supervision.reliance import Reliance, reliance

CASES_A_KIND = 10
DECISIONS = 5_000  # the latest


@dataclass(frozen=True, slots=True)
class Case:
    """One decision to look at again. `advice` is empty where it may be shown no longer."""

    request: UUID
    decided: datetime
    words: str
    first_view: str
    advice: str
    final: str
    truth: str


@dataclass(frozen=True, slots=True)
class Own:
    """A clinician's decisions that had advice before them and a view of their own before that."""

    decided: int
    without_own_view: int  # the advice had been seen first: nothing can be told of these
    changed: Share  # of decisions where the advice differed from their own view: the final one is another than that view
    reliance: Reliance  # on those that were audited
    rightly: tuple[Case, ...]  # changed their mind, from wrong to right
    wrongly: tuple[Case, ...]  # from right to wrong
    held_rightly: tuple[Case, ...]  # stayed with a right view against wrong advice
    held_wrongly: tuple[Case, ...]  # stayed with a wrong view against right advice
    kinds: dict[str, int]  # how many there are of each kind of case


def own(user: User) -> Own:
    """Everything that the clinician's own page says of `user`."""
    mine = Decision.objects.filter(request__practice=user.practice, clinician=user, assessment__isnull=False)
    decided = list(
        mine.select_related("request__practice", "request__audit_draw__answer", "first_view", "assessment").order_by(
            "-pk"
        )[:DECISIONS]
    )
    rows = [(decision, _truth(decision)) for decision in decided if decision.first_view is not None]
    differed = [d for d, _ in rows if d.first_view.urgency != d.assessment.urgency]
    changed = [d for d in differed if d.urgency != d.first_view.urgency]
    found: dict[str, list[Decision]] = {"rightly": [], "wrongly": [], "held_rightly": [], "held_wrongly": []}
    for decision, truth in rows:
        if truth and (kind := _kind(decision, truth)):
            found[kind].append(decision)
    return Own(
        decided=len(decided),
        without_own_view=len(decided) - len(rows),
        changed=share(len(changed), len(differed), words="the advice has never differed from your own view"),
        reliance=reliance(
            table(
                [
                    (str(user.pk), str(d.request_id), d.first_view.urgency, d.assessment.urgency, d.urgency, truth)
                    for d, truth in rows
                ],
                scale=tuple(map(str, URGENCIES)),
            )
        ),
        kinds={kind: len(cases) for kind, cases in found.items()},
        **{kind: tuple(_case(decision, user) for decision in cases[:CASES_A_KIND]) for kind, cases in found.items()},
    )


def _truth(decision: Decision) -> str | None:
    draw = getattr(decision.request, "audit_draw", None)
    answer = getattr(draw, "answer", None) if draw else None
    return (answer.urgency or None) if answer else None


def _kind(decision: Decision, truth: str) -> str:
    first, final, advice = decision.first_view.urgency, decision.urgency, decision.assessment.urgency
    if first != final:
        return "rightly" if final == truth else "wrongly" if first == truth else ""
    if first == advice:
        return ""
    return "held_rightly" if first == truth else "held_wrongly" if advice == truth else ""


def _case(decision: Decision, user: User) -> Case:
    open_now = advice_open_to(decision.request, user)  # as on every page: a suspended tool's advice is shown no more
    return Case(
        request=decision.request_id,
        decided=decision.at,
        words=opening_words(decision.request.text),
        first_view=decision.first_view.urgency,
        advice=decision.assessment.urgency if open_now and open_now.pk == decision.assessment_id else "",
        final=decision.urgency,
        truth=_truth(decision) or "",
    )
