"""What the record says that a rule may rest on: medicines and conditions that are active as of the case's moment."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache

from preceptor.advice import Case, Event, EventKind
from preceptor.record import concepts

_OVER = frozenset(
    {"stopped", "completed", "cancelled", "entered-in-error", "resolved", "inactive", "remission", "draft", "rejected",
     "revoked", "refuted", "ended", "not-taken", "noshow", "fulfilled"}
)  # fmt: skip
# A medicine whose status the record does not tell is taken to be current for this long after it was last issued.
STILL_TAKEN = timedelta(days=400)
# A supply that was handed out is taken to be in use for this long: three months' tablets, and some over.
SUPPLIED = timedelta(days=120)


def is_active(event: Event, as_of: datetime) -> bool:
    """True when the record does not say that it is over, and it had begun."""
    if event.when is not None and event.when > as_of:
        return False
    if event.end is not None and event.end < as_of:
        return False
    status = event.status.casefold()
    if event.kind is EventKind.MEDICATION:
        return _is_taken(event, status, as_of)
    return status not in _OVER


def _is_taken(event: Event, status: str, as_of: datetime) -> bool:
    # A repeat prescription that is active stays so however long ago it was begun.
    if status == "active":
        return True
    age = as_of - event.when if event.when else None
    if status == "completed":
        return age is not None and age <= SUPPLIED
    return status not in _OVER and (age is None or age <= STILL_TAKEN)


def active(case: Case, *kinds: EventKind) -> tuple[Event, ...]:
    """The active events of these kinds, oldest first."""
    if case.record is None:
        return ()
    return tuple(event for event in case.record.of(*kinds) if is_active(event, case.as_of))


def with_concept(events: tuple[Event, ...], *slugs: str) -> tuple[Event, ...]:
    """Those of the events whose concept is one of these, or narrower."""
    wanted = covered_by(*slugs)
    return tuple(event for event in events if event.concept in wanted)


@lru_cache(maxsize=4096)
def covered_by(*slugs: str) -> frozenset[str]:
    """These concepts and all narrower ones."""
    return frozenset[str]().union(*(narrower(slug) for slug in slugs))


def narrower(slug: str) -> frozenset[str]:
    """A concept and all narrower ones. A slug that the tables do not hold yet stands for itself, and no rule fails."""
    try:
        return concepts.narrower(slug)
    except KeyError:
        return frozenset({slug})
