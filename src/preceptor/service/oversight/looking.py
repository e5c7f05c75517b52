"""A look at the words of requests: have those of late become other than those before?"""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from preceptor.service.accounts.models import User
from preceptor.service.oversight.models import WordsLook
from preceptor.service.practices.models import Practice
from preceptor.service.requests.models import Request
from preceptor.supervision.drift import text_drift

LATELY = timedelta(days=30)
TEXTS = 1_000  # of either side, the latest: some seconds' work


def look_at_words(practice: Practice, user: User) -> WordsLook:
    """Compare and keep the outcome. Which words tell is not kept: they are patients' own."""
    since = timezone.now() - LATELY
    requests = Request.objects.of(practice).order_by("-received")
    earlier = list(requests.filter(received__lt=since).values_list("text", flat=True)[:TEXTS])
    later = list(requests.filter(received__gte=since).values_list("text", flat=True)[:TEXTS])
    found = text_drift(earlier, later)
    interval = found.auc.interval
    return WordsLook.objects.create(
        practice=practice,
        earlier_to=since,
        n=found.auc.n,
        auc=found.auc.value,
        low=interval.low if interval else None,
        high=interval.high if interval else None,
        p=found.p,
        words=found.words,
        asked_by=user,
    )
