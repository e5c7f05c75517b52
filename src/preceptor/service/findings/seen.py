"""Which cards a clinician has been shown: kept with the session for its budget, on the finding for what comes of it.

A finding is ignored when its patient was next seen without anybody having answered it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce, Now
from django.http import HttpRequest

from preceptor.advice import EventKind
from preceptor.service.accounts.signed_in import staff_of
from preceptor.service.findings.cards import Card
from preceptor.service.findings.models import Finding
from preceptor.service.oversight.models import CardShowing
from preceptor.service.patients.models import Event
from preceptor.service.requests.models import Decision

_KEY = "findings_shown"


def shown_in_session(http: HttpRequest) -> list[int | str]:
    """The leading findings of the cards that this session has put up front."""
    return list(http.session.get(_KEY, []))


def note_shown(http: HttpRequest, cards: Sequence[Card], now: datetime) -> None:
    """These cards are before somebody now. Who may not answer them is no clinician who could ignore them."""
    if not staff_of(http).may_decide:
        return
    before = shown_in_session(http)
    if new := [card for card in cards if card.key not in before]:
        http.session[_KEY] = before + [card.key for card in new]
        user = staff_of(http)
        CardShowing.objects.bulk_create(
            CardShowing(practice=user.practice, clinician=user, finding=card.lead, at=now) for card in new
        )
    fresh = [each.pk for card in cards for each in card.findings if each.shown is None]
    if fresh:
        Finding.objects.of(staff_of(http).practice).filter(pk__in=fresh, shown=None).update(shown=now)


def seen_since() -> Q:
    """Of a finding that was shown: its patient was seen after that, while it still held."""
    shown, ended = OuterRef("shown"), Coalesce(OuterRef("ended"), Now())
    decided = Decision.objects.filter(request__patient=OuterRef("patient"), at__gt=shown, at__lt=ended)
    met = Event.objects.filter(
        patient=OuterRef("patient"), kind=EventKind.ENCOUNTER, void=False, when__gt=shown, when__lt=ended
    )
    return Q(Exists(decided)) | Q(Exists(met))
