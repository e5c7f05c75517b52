"""How a practice goes about it, from its tables: what becomes of cards, how long decisions take, what order does.

Everything is of the practice as a whole: these figures are shown for nobody alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.db.models import Max, Min
from django.utils import timezone

from preceptor.advice import URGENCIES, Urgency
from preceptor.service.findings.models import Answer, Kind
from preceptor.service.hooks.models import HookCard, HookFeedback
from preceptor.service.oversight.models import AuditAnswer, AuditDraw, CardShowing
from preceptor.service.practices.models import Practice
from preceptor.service.requests.models import Decision
from preceptor.supervision.fatigue import Fate, Fatigue, Shown, fatigue
from preceptor.supervision.pacing import Pacing, Timed, pacing

LATEST = 5_000  # cards of either kind, and decisions
FATES = {Kind.ACT: Fate.ACTED, Kind.DISMISS: Fate.DISMISSED, Kind.SNOOZE: Fate.PUT_OFF}


@dataclass(frozen=True, slots=True)
class Pace:
    """What the page shows."""

    fatigue: Fatigue
    pacing: Pacing


def pace(practice: Practice) -> Pace:
    """As of now, but made once for as long as nothing that it rests on has changed: it takes a second or two."""
    latest = (
        CardShowing.objects.of(practice),
        Answer.objects.filter(finding__practice=practice),
        HookCard.objects.of(practice),
        HookFeedback.objects.filter(card__practice=practice),
        Decision.objects.filter(request__practice=practice),
        AuditAnswer.objects.of(practice),
    )
    columns = ("at", "at", "given", "received", "at", "at")
    mark = tuple(rows.aggregate(last=Max(name))["last"] for rows, name in zip(latest, columns, strict=True))
    return _kept(practice, mark, timezone.localdate())


@lru_cache(maxsize=16)
def _kept(practice: Practice, _mark: tuple[object, ...], _today: date) -> Pace:
    return Pace(fatigue([*_cards_of_pages(practice), *_cards_of_hooks(practice)]), pacing(_decisions(practice)))


def _cards_of_pages(practice: Practice) -> list[Shown]:
    """Our own pages: a card that its clinician has not answered since was passed by."""
    showings = list(CardShowing.objects.of(practice).order_by("-at", "-pk")[:LATEST])
    answers: dict[tuple[int, int], list[Answer]] = {}
    of_them = Answer.objects.filter(finding__in={row.finding_id for row in showings}).exclude(kind=Kind.SHOW_AGAIN)
    for answer in of_them.order_by("at", "pk"):
        answers.setdefault((answer.finding_id, answer.clinician_id), []).append(answer)
    found = []
    for row in showings:
        since = (each for each in answers.get((row.finding_id, row.clinician_id), []) if each.at >= row.at)
        given = next(since, None)
        fate = FATES[Kind(given.kind)] if given else Fate.PASSED_BY
        seconds = (given.at - row.at).total_seconds() if given else None
        found.append(Shown(f"user:{row.clinician_id}", row.at.timestamp(), fate, seconds))
    return found


def _cards_of_hooks(practice: Practice) -> list[Shown]:
    """Other systems, by the last feedback on each card; without any it is not known whether somebody saw it."""
    given = list(HookCard.objects.of(practice).exclude(clinician="").order_by("-given", "-pk")[:LATEST])
    feedback = HookFeedback.objects.filter(card__in=given).order_by("at", "pk")
    last = {row.card_id: row for row in feedback}
    found = []
    for card in given:
        said = last.get(card.pk)
        fate = FATES[Kind(said.fate)] if said else None
        seconds = (said.at - card.given).total_seconds() if said else None
        found.append(Shown(f"hooks:{card.clinician}", card.given.timestamp(), fate, seconds))
    return found


def _decisions(practice: Practice) -> list[Timed]:
    """First decisions. Truths are those of the audit that was drawn evenly: see `tables.Audited.even`."""
    lowest = AuditDraw.objects.of(practice).aggregate(least=Min("probability"))["least"] or 0.0
    answers = AuditAnswer.objects.of(practice).filter(draw__lot__lt=lowest).exclude(urgency="")
    truths = dict(answers.values_list("draw__decision_id", "urgency"))
    rows = Decision.objects.filter(request__practice=practice, round=1).order_by("-pk")
    return [
        Timed(
            clinician=str(clinician),
            opened=opened.timestamp(),
            viewed=viewed.timestamp() if viewed else None,
            decided=decided.timestamp(),
            first_view=_urgency(first),
            advice=_urgency(advice),
            final=Urgency(final),
            right=final == truths[key] if key in truths else None,
        )
        for key, clinician, opened, viewed, decided, first, advice, final in rows.values_list(
            "pk", "clinician_id", "opened", "first_view__at", "at", "first_view__urgency",
            "assessment__advice__urgency", "urgency",
        )[:LATEST]
    ]  # fmt: skip


def _urgency(word: str | None) -> Urgency | None:
    return Urgency(word) if word in URGENCIES else None
