"""Random records, made so that limits, days and orders collide: what breaks engines apart is at the edges."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from preceptor.advice import Event, EventKind, Patient, Record
from preceptor.record.concepts import concept

AS_OF = datetime(2026, 2, 1, 23, 59, 59, 999_999, tzinfo=UTC)
_STATUSES = ("", "active", "stopped", "resolved", "completed", "entered-in-error")
_DAYS = (0, 1, 2, 7, 8, 14, 28, 48, 59, 60, 61, 89, 90, 92, 93, 120, 183, 184, 365, 366, 400, 730, 1500, 9000)
_SHARES = (0.5, 0.74, 0.9, 0.95, 1.0, 1.05, 1.2, 1.5, 2.0, 3.0)


def patients() -> st.SearchStrategy[Patient]:
    return st.builds(
        Patient,
        id=st.just(""),
        born=st.none() | st.sampled_from([date(1936, 2, 29), date(1951, 2, 2), date(1961, 2, 1), date(1996, 1, 1)]),
        sex=st.sampled_from(["male", "female", "unknown"]),
        died=st.sampled_from([None] * 9 + [date(2026, 1, 1), date(2026, 3, 1)]),
    )


def events(slugs: Iterable[str], around: Iterable[float]) -> st.SearchStrategy[Event]:
    """Events about these concepts, with values near `around`."""
    values = sorted({round(value * share, 2) for value in around for share in _SHARES})
    moments = st.none() | st.builds(
        lambda days, minutes: (
            AS_OF.replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=days, minutes=minutes)
        ),
        st.sampled_from(_DAYS) | st.integers(-2, 800),
        st.sampled_from((0, 0, 0, 1)),
    )
    return st.builds(
        _event,
        st.sampled_from([*slugs]),
        st.sampled_from(["", *(str(kind) for kind in (EventKind.REFERRAL, EventKind.DOCUMENT, EventKind.ENCOUNTER))]),
        moments,
        st.none() | st.sampled_from(values),
        st.sampled_from(_STATUSES),
        st.none() | st.integers(-30, 400),
        st.sampled_from(["", "Colposcopy", "Repeat film in 6 weeks", "MAMMOGRAM"]),
    )


def _event(
    slug: str, other: str, when: datetime | None, value: float | None, status: str, lasts: int | None, words: str
) -> Event:
    about = concept(slug)
    return Event(
        id="",
        kind=EventKind(other) if other and about.kind is not EventKind.RESULT else about.kind,
        when=when,
        text=words,
        end=when + timedelta(days=lasts) if when and lasts is not None else None,
        status=status,
        concept=None if other else slug,
        value=value if about.kind is EventKind.RESULT else None,
    )


def records(slugs: Iterable[str], around: Iterable[float], most: int = 12) -> st.SearchStrategy[list[Record]]:
    one = st.tuples(patients(), st.lists(events(slugs, around), min_size=1, max_size=most))
    return st.lists(one, min_size=1, max_size=12).map(_numbered)


def _numbered(drawn: list[tuple[Patient, list[Event]]]) -> list[Record]:
    """Each with an id of its own; the ids of a patient's events are out of the order in which they happened."""
    found = []
    for place, (person, many) in enumerate(drawn):
        told = Patient(f"p{place:02}", born=person.born, sex=person.sex, died=person.died)
        fields = [{name: getattr(event, name) for name in Event.__slots__} for event in many]
        found.append(
            Record(told, tuple(Event(**(each | {"id": f"e{(7 * i) % 97:02}"})) for i, each in enumerate(fields)))
        )
    return found
