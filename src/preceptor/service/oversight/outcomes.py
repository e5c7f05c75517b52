"""What turned out to be right, where no audit said it: a senior review, or something that happened later.

Outcomes are recorded where something came to light, so they are no sample. They teach, they are counted beside the
figures, and a missed emergency is listed for whoever governs; no rate, bound or alarm takes them.
Whoever could still answer a request's audit is not shown them, and records none: they answer the audit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from preceptor.advice import URGENCIES, Urgency
from preceptor.service.accounts.models import DECIDING_ROLES, User
from preceptor.service.ledger.chain import Actor, append
from preceptor.service.oversight.auditing import AUDITING_ROLES, may_audit, queue_for, took_part, what_bars
from preceptor.service.oversight.models import AuditAnswer, AuditDraw, KnownBy, Outcome
from preceptor.service.practices.models import Practice
from preceptor.service.requests.models import Decision, Request, State

RECORDING_ROLES = DECIDING_ROLES | AUDITING_ROLES


class MayNot(Exception):
    """This person records no outcome of this request. The message says why."""


class NotKept(Exception):
    """It cannot be kept as it is; the message says why, and `field` where it is to be typed anew."""

    def __init__(self, words: str, field: str | None = None) -> None:
        super().__init__(words)
        self.field = field


# ---- one request ----


@dataclass(frozen=True, slots=True)
class TurnedOut:
    """What is known of one decided request, as one person may know it."""

    outcomes: tuple[Outcome, ...]  # the one that holds first, then those that it corrected
    answer: AuditAnswer | None  # of the audit
    answered: bool  # the audit, whether or not they may know how
    in_full: bool  # its answer with its note and its auditor's name
    waits_for_you: bool  # they could still answer the audit: nothing is told to them
    waits: bool  # its audit waits for somebody
    ways: tuple[KnownBy, ...]  # in which they may know an outcome; none: they record none
    why_not: str

    @property
    def seen(self) -> int:
        """Which outcome a new one would correct; 0 where there is none."""
        return self.outcomes[0].pk if self.outcomes else 0


def turned_out(request: Request, user: User) -> TurnedOut:
    draw = AuditDraw.objects.of(request.practice).filter(request=request, drawn=True).first()
    answer = AuditAnswer.objects.of(request.practice).filter(draw=draw).select_related("auditor").first()
    for_you = _could_answer(draw, user)
    rows = Outcome.objects.of(request.practice).filter(request=request).select_related("by").order_by("-pk")
    outcomes = () if for_you else tuple(rows)
    # As the audit's own pages have it: all of it for who governs and who answered, what was right for who decided.
    in_full = user.may_govern or (answer is not None and answer.auditor_id == user.pk)
    theirs = draw is not None and draw.decision.clinician_id == user.pk
    try:
        ways, why_not = _ways(request, user, for_you, outcomes[0] if outcomes else None), ""
    except (MayNot, NotKept) as why:
        ways, why_not = (), str(why)
    return TurnedOut(
        outcomes=outcomes,
        answer=answer if in_full or theirs else None,
        answered=answer is not None,
        in_full=in_full,
        waits_for_you=for_you,
        waits=draw is not None and answer is None,
        ways=ways,
        why_not=why_not,
    )


def _could_answer(draw: AuditDraw | None, user: User) -> bool:
    return draw is not None and not what_bars(draw, user)


def _ways(request: Request, user: User, could_answer: bool, last: Outcome | None) -> tuple[KnownBy, ...]:
    if user.practice_id != request.practice_id or user.role not in RECORDING_ROLES:
        raise MayNot("A GP, nurse, pharmacist, care navigator or the clinical safety officer records what turned out.")
    if could_answer:
        raise MayNot("Its audit waits, and you could answer it: say there what would have been right.")
    if request.state != State.DECIDED:
        raise NotKept("The request has been opened again. Record what turned out when it is decided.")
    part = took_part(request, user)
    if part and last is not None and last.by_id != user.pk:
        raise NotKept(f"{last.by.shown_name} recorded this. You took part in the decision: a colleague corrects it.")
    if part and last is not None and last.urgency == Urgency.EMERGENCY:
        raise NotKept("You took part in the decision: a colleague corrects it where an emergency is recorded.")
    return (KnownBy.LATER_EVENT,) if part or user.role not in AUDITING_ROLES else tuple(KnownBy)


def ways_open(request: Request, user: User) -> tuple[KnownBy, ...]:
    """How this person may know an outcome of this request. Raises MayNot or NotKept where they record none."""
    found = turned_out(request, user)
    return _ways(request, user, found.waits_for_you, found.outcomes[0] if found.outcomes else None)


@transaction.atomic
def record(
    request: Request, user: User, *, urgency: Urgency, known_by: KnownBy, known_on: date, what: str, seen: int
) -> Outcome:
    """Keep what turned out to be right. `seen`: the outcome that it corrects, 0 for none. Raises MayNot or NotKept."""
    now = Request.objects.of(user.practice).select_for_update().get(pk=request.pk)
    draw = AuditDraw.objects.of(now.practice).filter(request=now, drawn=True).first()
    last = Outcome.objects.of(now.practice).filter(request=now).select_related("by").order_by("-pk").first()
    ways = _ways(now, user, _could_answer(draw, user), last)
    if known_by not in ways:
        raise NotKept("A senior review is for a clinician who took no part in the decision.", "known_by")
    if seen != (last.pk if last else 0):
        raise NotKept("Somebody recorded what turned out meanwhile. Read it, then send yours if it is still needed.")
    what = " ".join(what.split())
    if not what:
        raise NotKept("Say in a line what happened, or what the review found.", "what")
    if known_on < timezone.localdate(now.received):
        raise NotKept("The date must not be before the request came.", "known_on")
    if known_on > timezone.localdate():
        raise NotKept("The date must be today or in the past.", "known_on")
    row = Outcome.objects.create(
        practice=now.practice, request=now, by=user, urgency=urgency, known_by=known_by, known_on=known_on, what=what
    )
    body = {
        "outcome": row.pk, "urgency": urgency, "known_by": known_by, "known_on": known_on.isoformat(), "what": what,
        "corrects": last.pk if last else None,
    }  # fmt: skip
    append("request.outcome", f"request:{now.pk}", body, actor=Actor.person(user), practice=now.practice)
    return row


# ---- all of a practice's ----


@dataclass(frozen=True, slots=True)
class Held:
    """The outcome that holds for a request, beside the first decision on it."""

    outcome: Outcome
    decision: Decision

    @property
    def sooner(self) -> bool:
        """It needed somebody sooner than was decided."""
        return Urgency(self.outcome.urgency).rank < Urgency(self.decision.urgency).rank

    @property
    def later(self) -> bool:
        return Urgency(self.outcome.urgency).rank > Urgency(self.decision.urgency).rank

    @property
    def emergency_missed_by(self) -> str:
        """Who missed an emergency, in words; empty where nobody did, or it was none."""
        if self.outcome.urgency != Urgency.EMERGENCY:
            return ""
        shown = self.decision.assessment.urgency if self.decision.assessment else None
        missed = [
            who
            for who, said in (("the decision", self.decision.urgency), ("the advice that was shown", shown))
            if said in URGENCIES and said != Urgency.EMERGENCY
        ]
        return " and ".join(missed)


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts, of which no rate is made; and the missed emergencies, the last recorded first."""

    recorded: int
    sooner: int
    later: int
    missed: tuple[Held, ...]


def summary(practice: Practice, user: User) -> Summary:
    """What a practice's outcomes come to, as this person may know it."""
    held = list(_held(practice, user))
    missed = sorted((each for each in held if each.emergency_missed_by), key=lambda each: -each.outcome.pk)
    return Summary(len(held), sum(each.sooner for each in held), sum(each.later for each in held), tuple(missed))


def _held(practice: Practice, user: User) -> Iterator[Held]:
    rows = Outcome.objects.of(practice).select_related("request", "by").order_by("pk")
    if may_audit(user):
        rows = rows.exclude(request__in=queue_for(user).order_by().values("request"))
    last = {row.request_id: row for row in rows}
    first = Decision.objects.filter(request__in=list(last), round=1).select_related("assessment")
    return (Held(last[decision.request_id], decision) for decision in first)
