"""How often clinicians act on a watch's findings, dismiss them, put them off, or pass them by."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from preceptor.service.findings.models import Finding, Kind
from preceptor.service.findings.seen import seen_since
from preceptor.service.hooks.models import HookFeedback
from preceptor.service.practices.models import Practice
from preceptor.supervision.figures import Share, share

IGNORED = "ignored"
FATES = {Kind.ACT: "acted on", Kind.DISMISS: "dismissed", Kind.SNOOZE: "snoozed", IGNORED: "ignored"}
FEWEST = 10  # findings, before a watch is called ignored


@dataclass(frozen=True, slots=True)
class Responses:
    """Of the `n` findings of a watch that were shown and have come to something."""

    counts: Counter[str]
    open: int  # shown, and the patient has not been seen since

    @property
    def n(self) -> int:
        return sum(self.counts.values())

    @property
    def shares(self) -> list[tuple[str, Share]]:
        """Each fate in words, with its Wilson interval."""
        return [(words, share(self.counts[fate], self.n)) for fate, words in FATES.items()]

    @property
    def is_ignored(self) -> bool:
        """Beyond doubt more often than not: the whole interval lies above a half."""
        ignored = share(self.counts[IGNORED], self.n)
        return self.n >= FEWEST and ignored.interval is not None and ignored.interval.low > 0.5


def responses_of(practice: Practice) -> dict[str, Responses]:
    """By watch; a watch of which nothing was shown is not there. What ended before anybody answered, or saw the
    patient, counts for nothing. Of cards that another system showed the last feedback on each counts; of those without
    any it is not known whether somebody saw them.
    """
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    still_open: Counter[str] = Counter()
    shown = Finding.objects.of(practice).filter(shown__isnull=False).annotate(was_seen=seen_since())
    for watch, ended, kind, was_seen in shown.values_list("watch", "ended", "answer__kind", "was_seen"):
        if kind and kind != Kind.SHOW_AGAIN:
            counts[watch][kind] += 1
        elif was_seen:
            counts[watch][IGNORED] += 1
        elif ended is None:
            still_open[watch] += 1
    for feedback in _last_of_each_card(practice):
        for watch in feedback.card.watches:
            counts[watch][feedback.fate] += 1
    return {watch: Responses(counts[watch], still_open[watch]) for watch in {*counts, *still_open}}


def _last_of_each_card(practice: Practice) -> Iterable[HookFeedback]:
    given = HookFeedback.objects.filter(card__practice=practice).select_related("card").order_by("at", "pk")
    return {feedback.card_id: feedback for feedback in given}.values()
