"""Looks at drift: have requests of late, or what the tools make of them, become other than before?

The service looks by itself, from the process beside the web server: once a week, and sooner where many requests came.
A person who governs may look at any time. What is found starts an audit sample and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from preceptor.service.accounts.models import User
from preceptor.service.ledger.chain import SYSTEM, Actor, append
from preceptor.service.oversight import sampling, tables
from preceptor.service.oversight.models import WordsLook
from preceptor.service.practices.models import Practice
from preceptor.service.requests.models import Assessment, Request
from preceptor.supervision.drift import FEWEST, ScoreDrift, TextDrift, score_drift, text_drift

LATELY = timedelta(days=30)
TEXTS = 1_000  # of either side, the latest: some four seconds' work
EVERY, REQUESTS = timedelta(days=7), 500  # by itself: after a week with any request, or after so many
STARTS_DRIFT = 100  # scores that later ones are compared with


def look_if_due(practice: Practice) -> WordsLook | None:
    """The look that the service takes by itself; None while none is due. Twice at once is one look."""
    if not _is_due(practice):
        return None
    found = _compare(practice)
    with transaction.atomic():
        # Two processes that look at once come to one look: the second waits, and finds it taken.
        Practice.objects.select_for_update().get(pk=practice.pk)
        return _keep(practice, found) if _is_due(practice) else None


def look(practice: Practice, user: User) -> WordsLook:
    """The look that somebody asked for."""
    return _keep(practice, _compare(practice), user)


def _is_due(practice: Practice) -> bool:
    """Somebody's look counts as one. None is due while there is too little on either side to compare."""
    now = timezone.now()
    last = WordsLook.objects.of(practice).aggregate(last=Max("at"))["last"]
    requests = Request.objects.of(practice)
    if last is not None:
        since = requests.filter(received__gt=last).count()
        if not since or (now - last < EVERY and since < REQUESTS):
            return False
    edge = now - LATELY
    sides = (requests.filter(received__lt=edge), requests.filter(received__gte=edge))
    return all(side[:FEWEST].count() == FEWEST for side in sides)


@dataclass(frozen=True, slots=True)
class _Compared:
    edge: datetime  # between earlier requests and later ones
    words: TextDrift
    scores: dict[tuple[str, str], ScoreDrift]  # by tool and version


def _compare(practice: Practice) -> _Compared:
    """Outside any transaction: it takes seconds, in which nobody's request may wait to be saved."""
    edge = timezone.now() - LATELY
    return _Compared(edge, _words(practice, edge), {each: scores_of(practice, *each) for each in _watched(practice)})


@transaction.atomic
def _keep(practice: Practice, found: _Compared, user: User | None = None) -> WordsLook:
    """The outcome with its ledger entry, and the samples that it starts. Which words tell is not kept: they are
    patients' own."""
    words, interval = found.words, found.words.auc.interval
    row = WordsLook.objects.create(
        practice=practice,
        earlier_to=found.edge,
        n=words.auc.n,
        auc=words.auc.value,
        low=interval.low if interval else None,
        high=interval.high if interval else None,
        p=words.p,
        words=words.words,
        asked_by=user,
    )
    body = {
        "look": row.pk, "n": row.n, "auc": row.auc, "low": row.low, "high": row.high, "p": row.p, "words": row.words,
        "scores": {f"{tool} {version}": drift.words for (tool, version), drift in found.scores.items()},
    }  # fmt: skip
    actor = Actor.person(user) if user else SYSTEM
    append("oversight.drift_look", "oversight:drift", body, actor=actor, practice=practice)
    if words.starts_audit:
        sampling.start(practice, sampling.WORDS, words.words, again_after=LATELY)
    for (tool, version), drift in found.scores.items():
        if drift.starts_audit:
            sampling.start(practice, sampling.cause_of(tool, version), f"{tool} {version}: {drift.words}")
    return row


def _words(practice: Practice, since: datetime) -> TextDrift:
    requests = Request.objects.of(practice).order_by("-received", "pk")
    earlier = requests.filter(received__lt=since).values_list("text", flat=True)[:TEXTS]
    return text_drift(list(earlier), list(requests.filter(received__gte=since).values_list("text", flat=True)[:TEXTS]))


def scores_of(practice: Practice, tool: str, version: str) -> ScoreDrift:
    """The watch on a tool version's chances of "urgent".

    An alarm has been told once its sample began: the watch then starts afresh, from what came after.
    """
    started = sampling.last(practice, sampling.cause_of(tool, version))
    scores = tables.scores(practice, tool, version, since=started.at if started else None)
    return score_drift(scores[:STARTS_DRIFT], scores[STARTS_DRIFT:])


def _watched(practice: Practice) -> list[tuple[str, str]]:
    """The tool versions that were asked here of late."""
    of_late = Assessment.objects.filter(
        request__practice=practice, advice__isnull=False, request__received__gte=timezone.now() - LATELY
    )
    return list(of_late.values_list("tool", "version").distinct().order_by("tool", "version"))
