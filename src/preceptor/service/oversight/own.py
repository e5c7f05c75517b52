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
KINDS = ("rightly", "wrongly", "held_rightly", "held_wrongly")


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
    changed: (
        Share  # of decisions where the advice differed from their own view: the final one is another than that view
    )
    reliance: Reliance  # on those that were audited
    rightly: tuple[Case, ...]  # changed their mind after advice that differed, from wrong to right
    wrongly: tuple[Case, ...]  # from right to wrong
    held_rightly: tuple[Case, ...]  # stayed with a right view against wrong advice
    held_wrongly: tuple[Case, ...]  # stayed with a wrong view against right advice
    kinds: dict[str, int]  # how many there are of each kind of case


@dataclass(frozen=True, slots=True)
class _Mine:
    """One decision with a view of their own before the advice."""

    decision: Decision
    first: str
    advice: str
    final: str
    truth: str | None

    @property
    def kind(self) -> str:
        """Which of the four kinds of case it is; empty where it is none."""
        if self.truth is None or self.first == self.advice:
            return ""
        if self.first != self.final:
            return "rightly" if self.final == self.truth else "wrongly" if self.first == self.truth else ""
        return "held_rightly" if self.first == self.truth else "held_wrongly" if self.advice == self.truth else ""


def own(user: User) -> Own:
    """Everything that the clinician's own page says of `user`."""
    mine = Decision.objects.filter(request__practice=user.practice, clinician=user, assessment__isnull=False)
    beside = ("request__practice", "request__audit_draw__answer", "first_view", "assessment")
    decided = list(mine.select_related(*beside).order_by("-pk")[:DECISIONS])
    rows = [row for row in map(_mine, decided) if row is not None]
    differed = [row for row in rows if row.first != row.advice]
    changed = sum(row.final != row.first for row in differed)
    of_kind = {kind: [row for row in rows if row.kind == kind] for kind in KINDS}
    shown = {kind: tuple(_case(row, user) for row in of_kind[kind][:CASES_A_KIND]) for kind in KINDS}
    views = [(str(user.pk), str(r.decision.request_id), r.first, r.advice, r.final, r.truth) for r in rows]
    return Own(
        decided=len(decided),
        without_own_view=len(decided) - len(rows),
        changed=share(changed, len(differed), words="the advice has never differed from your own view"),
        reliance=reliance(table(views, scale=tuple(map(str, URGENCIES)))),
        kinds={kind: len(cases) for kind, cases in of_kind.items()},
        **shown,
    )


def _mine(decision: Decision) -> _Mine | None:
    first, advice = decision.first_view, decision.assessment
    if first is None or advice is None or advice.urgency is None:
        return None
    draw = getattr(decision.request, "audit_draw", None)
    answer = getattr(draw, "answer", None) if draw else None
    return _Mine(
        decision, first.urgency, advice.urgency, decision.urgency, (answer.urgency or None) if answer else None
    )


def _case(row: _Mine, user: User) -> Case:
    request = row.decision.request
    open_now = advice_open_to(request, user)  # as on every page: a suspended tool's advice is shown no more
    is_open = open_now is not None and open_now.pk == row.decision.assessment_id
    return Case(
        request=request.pk,
        decided=row.decision.at,
        words=opening_words(request.text),
        first_view=row.first,
        advice=row.advice if is_open else "",
        final=row.final,
        truth=row.truth or "",
    )
