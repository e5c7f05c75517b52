"""The terms on which tools are trusted at a practice: signed for, and set before anything is measured.

A tool version is judged by the terms that held when the first truth about it was found. Terms that are signed later
hold for versions to come, so that nobody can set a limit to what was measured already.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Min

from preceptor.service.accounts.models import User
from preceptor.service.ledger.chain import SYSTEM, Actor, append
from preceptor.service.oversight.models import AuditAnswer, AuditDraw, Terms
from preceptor.service.practices.models import Practice
from preceptor.supervision.e_process import Plan
from preceptor.supervision.standing import Thresholds

NUMBERS = ("under_triage_limit", "margin", "subgroup_margin", "rsr_margin", "audit", "follow_up")
# What holds where nobody has signed for terms. Chosen by the authors; no clinician has reviewed them.
DEFAULTS: dict[str, float] = {
    "under_triage_limit": 0.05, "margin": 0.05, "subgroup_margin": 0.05, "rsr_margin": 0.1,
    "audit": 0.1, "follow_up": 0.1,
}  # fmt: skip
SHORTEST_WHY = 10  # characters


@dataclass(frozen=True, slots=True)
class TermsFor:
    """What one tool version is judged by. `since` is the moment of its first truth: None, nothing is measured yet."""

    terms: Terms
    since: datetime | None
    thresholds: Thresholds
    plan: Plan


def terms_at(practice: Practice, moment: datetime | None = None) -> Terms:
    """The terms that held at that moment, or hold now. Unsaved defaults where nobody had signed for any."""
    rows = Terms.objects.of(practice).select_related("signed_by").order_by("-pk")
    if moment is not None:
        rows = rows.filter(at__lte=moment)
    return rows.first() or Terms(practice=practice, why="nobody has signed for terms: the defaults hold", **DEFAULTS)


def terms_for(practice: Practice, tool: str, version: str) -> TermsFor:
    """What this version is judged by here, and the plan of the watch on its under-triage.

    The plan takes the lowest probabilities that had been recorded by then: known before the first truth was.
    """
    of_version = {"request__assessments__tool": tool, "request__assessments__version": version}
    advised = of_version | {"request__assessments__advice__isnull": False}
    answers = AuditAnswer.objects.of(practice).filter(**{f"draw__{name}": value for name, value in advised.items()})
    since = answers.aggregate(first=Min("at"))["first"]
    terms = terms_at(practice, since)
    draws = AuditDraw.objects.of(practice).filter(**advised)
    if since is not None:
        draws = draws.filter(at__lte=since)
    lowest = draws.aggregate(least=Min("probability"))["least"]
    rates = [rate for rate in (terms.audit, lowest) if rate is not None]
    audit = min(rates)
    thresholds = Thresholds(
        margin=terms.margin,
        under_triage_limit=terms.under_triage_limit,
        subgroup_margin=terms.subgroup_margin,
        rsr_margin=terms.rsr_margin,
    )
    plan = Plan(limit=terms.under_triage_limit, audit=audit, follow_up=min(audit, terms.follow_up))
    return TermsFor(terms, since, thresholds, plan)


@transaction.atomic
def set_terms(practice: Practice, numbers: dict[str, float], *, user: User | None, why: str) -> Terms:
    """Sign for new terms, with their ledger entry: both, or neither.

    Raises PermissionError if `user` may not govern this practice, ValueError if a number or `why` will not do.
    """
    if user is not None and not (user.may_govern and user.practice_id == practice.pk):
        raise PermissionError(f"{user.username} may not set the terms of {practice.name}")
    if len(why.strip()) < SHORTEST_WHY:
        raise ValueError(f"say why, in at least {SHORTEST_WHY} characters")
    said = {name: round(float(numbers[name]), 6) for name in NUMBERS}
    # Both refuse what no measure can use.
    Plan(limit=said["under_triage_limit"], audit=said["audit"], follow_up=said["follow_up"])
    if not all(0 < said[name] < 1 for name in NUMBERS[1:4]):
        raise ValueError("a margin lies between 0 and 1")
    row = Terms.objects.create(practice=practice, why=why.strip(), signed_by=user, **said)
    actor = Actor.person(user) if user else SYSTEM
    append(
        "oversight.terms", "oversight:terms", {"terms": row.pk, "why": row.why} | said, actor=actor, practice=practice
    )
    return row
