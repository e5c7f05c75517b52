"""Running the watches on stored records, and keeping what they find.

A record is read again only when something could be new: its entries, its day, the watches, or which are switched on.
So a sweep that was stopped goes on where it was, and one that is run twice changes nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Count, Max
from django.utils import timezone

from preceptor import advice
from preceptor.service.findings.models import Finding, Reading
from preceptor.service.findings.watches import version_of, versions, watches_on
from preceptor.service.patients.models import Event, Patient
from preceptor.service.patients.store import record_of
from preceptor.service.practices.models import Practice
from preceptor.tools.watch import Watch, notice, watch_named

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Noticed:
    """What a sweep did: of so many patients so many were read again, and so many findings now stand."""

    patients: int
    read: int
    findings: int


def notice_patient(patient: Patient, now: datetime | None = None) -> bool:
    """Bring the findings of one patient up to date; true if the record had to be read again."""
    now = now or timezone.now()
    watches = watches_on(patient.practice)
    return _notice(patient, watches, now)


def notice_all(practice: Practice, progress: Progress | None = None, now: datetime | None = None) -> Noticed:
    """Bring the findings of every patient of the practice up to date, each in a transaction of its own."""
    now, watches = now or timezone.now(), watches_on(practice)
    patients = Patient.objects.of(practice).order_by("pk")
    total, read = patients.count(), 0
    for number, patient in enumerate(patients.iterator(chunk_size=500), start=1):
        read += _notice(patient, watches, now)
        if progress:
            progress(number, total)
    return Noticed(total, read, Finding.objects.of(practice).filter(ended=None).count())


def _notice(patient: Patient, watches: tuple[Watch, ...], now: datetime) -> bool:
    revision = revision_of(patient, watches, now)
    if Reading.objects.filter(patient=patient, revision=revision).exists():
        return False
    with transaction.atomic():
        # Two readers of one record take turns; the second finds the work done.
        Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
        revision = revision_of(patient, watches, now)
        if Reading.objects.filter(patient=patient, revision=revision).exists():
            return False
        record = record_of(patient)
        # Of who has died nothing waits to be done.
        found = [] if patient.died else notice(watches, record, now)
        keep(patient, found, marks_of(record.events), {watch.id for watch in watches}, now)
        Reading.objects.update_or_create(patient=patient, defaults={"revision": revision, "at": now})
    return True


def revision_of(patient: Patient, watches: Iterable[Watch], now: datetime) -> str:
    """The state of everything that findings depend on. An entry that is replaced comes back under a newer key."""
    entries = Event.objects.of(patient.practice).filter(patient=patient)
    state = entries.aggregate(last=Max("pk"), number=Count("pk"))
    about = [patient.born, patient.sex, patient.died, now.date(), versions(), sorted(watch.id for watch in watches)]
    return hashlib.sha256(json.dumps([state, *map(str, about)]).encode()).hexdigest()


def marks_of(events: Iterable[advice.Event]) -> dict[str, str]:
    """Of each entry a digest of what a watch could see of it: a corrected value is new information."""
    return {event.id: _mark(event) for event in events}


def _mark(event: advice.Event) -> str:
    about = [event.id, event.kind, event.concept, event.when, event.end, event.status]
    seen = [*about, event.value, event.unit, event.text]
    return hashlib.sha256(json.dumps([str(each) for each in seen]).encode()).hexdigest()[:16]


def seen_in(one: advice.Finding, marks: Mapping[str, str]) -> list[str]:
    """The marks of the entries that a finding rests on."""
    return sorted({marks[event] for event in one.evidence if event in marks})


def fingerprint_of(one: advice.Finding, seen: Iterable[str]) -> str:
    """Two findings are of one evidence where they rest on the same entries; on none at all they are not."""
    rests_on = list(seen) or [f"watch:{one.watch}"]
    return hashlib.sha256(" ".join(rests_on).encode()).hexdigest()


def is_news(
    seen: Iterable[str], since: date | None, before: Iterable[str], since_before: date | None, *, ended: bool
) -> bool:
    """Is there anything that was not there to be seen before: another entry, or, where it had ended, another start?

    Fewer entries are no news: with time the oldest of "three in a quarter" drop out.
    """
    return not set(seen) <= set(before) or (ended and since != since_before)


def keep(
    patient: Patient, found: Iterable[advice.Finding], marks: Mapping[str, str], asked: Iterable[str], now: datetime
) -> None:
    """Make the stored findings of a patient say what was found now by the watches that were asked.

    On evidence that was there before, a finding stays the same one, and so does its answer. With new evidence the
    old one ends and another begins, unanswered. Call it in a transaction that holds the patient.
    """
    standing = {row.watch: row for row in Finding.objects.of(patient.practice).filter(patient=patient, ended=None)}
    for one in found:
        row = standing.pop(one.watch, None)
        seen = seen_in(one, marks)
        if row is not None and is_news(seen, one.since, row.marks, row.since, ended=False):
            _end(row, now)
            row = None
        elif row is None:
            row = _before(patient, one, seen)
        _confirm(row, one, seen, now) if row else _begin(patient, one, seen, now)
    asked = set(asked)
    for row in standing.values():
        if row.watch in asked:  # of a watch that is switched off nothing is known: it is not shown, and not ended
            _end(row, now)


def _before(patient: Patient, one: advice.Finding, seen: list[str]) -> Finding | None:
    """The finding that ended and is here again, of the same day and on nothing new: it was no recurrence."""
    ended = Finding.objects.of(patient.practice).filter(patient=patient, watch=one.watch, ended__isnull=False)
    last = ended.order_by("-ended", "-pk").first()
    return last if last and not is_news(seen, one.since, last.marks, last.since, ended=True) else None


def _begin(patient: Patient, one: advice.Finding, seen: list[str], now: datetime) -> None:
    said = _said(one, seen, now)
    Finding.objects.create(
        practice=patient.practice, patient=patient, watch=one.watch, marks=seen, first_noticed=now, **said
    )


def _confirm(row: Finding, one: advice.Finding, seen: list[str], now: datetime) -> None:
    for name, value in _said(one, seen, now).items():
        setattr(row, name, value)
    row.ended = None
    row.save()


def _end(row: Finding, now: datetime) -> None:
    row.ended = now
    row.save(update_fields=["ended"])


def _said(one: advice.Finding, seen: list[str], now: datetime) -> dict[str, object]:
    return {
        "version": version_of(watch_named(one.watch)),
        "title": one.title,
        "priority": str(one.priority),
        "since": one.since,
        "evidence": list(one.evidence),
        "fingerprint": fingerprint_of(one, seen),
        "detail": dict(one.detail),
        "ask": one.ask,
        "last_confirmed": now,
    }
