"""What the record says that a rule may rest on: medicines and conditions that are active as of the case's moment."""

from __future__ import annotations

from datetime import datetime, timedelta

from preceptor.advice import Case, Event, EventKind
from preceptor.record import concepts

_OVER = frozenset(
    {"stopped", "completed", "cancelled", "entered-in-error", "resolved", "inactive", "remission", "draft", "rejected",
     "revoked", "refuted", "ended", "not-taken", "noshow", "fulfilled"}
)  # fmt: skip
# A medicine with no end in the record is taken to be current for this long after it was last issued.
STILL_TAKEN = timedelta(days=400)


def is_active(event: Event, as_of: datetime) -> bool:
    """True when the record does not say that it is over, and it had begun."""
    if event.status.casefold() in _OVER:
        return False
    if event.end is not None and event.end < as_of:
        return False
    if event.kind is EventKind.MEDICATION and event.when is not None and as_of - event.when > STILL_TAKEN:
        return False
    return event.when is None or event.when <= as_of


def active(case: Case, *kinds: EventKind) -> tuple[Event, ...]:
    """The active events of these kinds, oldest first."""
    if case.record is None:
        return ()
    return tuple(event for event in case.record.of(*kinds) if is_active(event, case.as_of))


def with_concept(events: tuple[Event, ...], *slugs: str) -> tuple[Event, ...]:
    """Those of the events whose concept is one of these, or narrower."""
    wanted = frozenset[str]().union(*(_narrower(slug) for slug in slugs))
    return tuple(event for event in events if event.concept in wanted)


def _narrower(slug: str) -> frozenset[str]:
    """A slug that the concept tables do not hold yet stands for itself: a rule must not fail for want of a row."""
    try:
        return concepts.narrower(slug)
    except KeyError:
        return frozenset({slug})
