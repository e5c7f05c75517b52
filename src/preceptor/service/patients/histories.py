"""A patient's requests and what was decided on each, as one signed-in person may see them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import prefetch_related_objects

from preceptor.service.accounts.models import User
from preceptor.service.requests.marks import opening_words
from preceptor.service.requests.models import Decision, Request
from preceptor.service.requests.presenters import state_of, undone
from preceptor.service.requests.reasons import REASON_WORDS
from preceptor.service.requests.visibility import advice_shown_to, needs_first_view
from preceptor.service.words import handler_in_words, urgency_in_words

SHOWN_WORDS = 280  # characters of a request: the rest is on its own page


@dataclass(frozen=True, slots=True)
class Decided:
    when: datetime
    who: str
    what: str
    why: str  # why it differs from the advice: told only to those who may see the advice
    note: str


@dataclass(frozen=True, slots=True)
class History:
    request: Request
    words: str
    red_flags: tuple[str, ...]
    state: str
    undone: tuple[str, ...]
    advice: str
    decisions: tuple[Decided, ...]


def histories_of(requests: Iterable[Request], user: User) -> list[History]:
    """One for each request. Advice comes through `visibility` alone, request by request: the list must be short."""
    found = list(requests)
    prefetch_related_objects(found, "decisions__clinician", "first_views__clinician", "practice")
    return [_history(request, user) for request in found]


def _history(request: Request, user: User) -> History:
    shown = advice_shown_to(request, user)
    advised = shown.advice["urgency"] if shown and shown.advice else None
    # The words of an earlier decision may quote the advice: they wait, as on the request's page, for one's own view.
    tell_note = shown is not None or not request.decisions.all() or not needs_first_view(request, user)
    decisions = sorted(request.decisions.all(), key=lambda decision: decision.round, reverse=True)
    return History(
        request=request,
        words=opening_words(request.text, SHOWN_WORDS),
        red_flags=tuple(flag["title"] for flag in request.red_flags),
        state=state_of(request),
        undone=undone(request),
        advice=f"{urgency_in_words(advised)} ({shown.tool} {shown.version})" if shown and advised else "",
        decisions=tuple(_decided(decision, shown is not None, tell_note) for decision in decisions),
    )


def _decided(decision: Decision, tell_why: bool, tell_note: bool) -> Decided:
    why = REASON_WORDS.get(decision.reason, "") if tell_why else ""
    what = f"{urgency_in_words(decision.urgency)}, {handler_in_words(decision.handler)}"
    return Decided(decision.at, decision.clinician.shown_name, what, str(why), decision.note if tell_note else "")
