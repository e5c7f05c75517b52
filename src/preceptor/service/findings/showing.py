"""A card as the patient's page shows it: why, on what evidence, with the results concerned, and what was said of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from preceptor.advice import EventKind
from preceptor.service.accounts.models import User
from preceptor.service.accounts.signed_in import staff_of
from preceptor.service.findings.cards import Card, limits_of, merged, within
from preceptor.service.findings.forms import AnswerForm
from preceptor.service.findings.models import Finding, answered_on, waits_on
from preceptor.service.findings.noticing import notice_patient
from preceptor.service.findings.seen import note_shown, shown_in_session
from preceptor.service.findings.watches import packs_on
from preceptor.service.patients import charts, presenters, results
from preceptor.service.patients.models import Event, Patient
from preceptor.tools.watch import PACKS

MOST_EVIDENCE = 6  # entries in sight; the rest behind a click
MOST_CHARTS = 2
LATEST = 6  # rows of a chart's table
STATE_WORDS = {"met": "Met", "not met": "Not met", "unknown": "Not known"}


@dataclass(frozen=True, slots=True)
class Criterion:
    words: str
    state: str  # met, not met, unknown
    since: date | None
    value: str

    @property
    def state_words(self) -> str:
        return STATE_WORDS[self.state]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One entry of the record, and where it can be read."""

    words: str
    when: str
    href: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A card with everything that stands on it."""

    card: Card
    criteria: tuple[Criterion, ...]
    evidence: tuple[Evidence, ...]
    gone: int  # entries it rests on that the record holds no longer
    series: tuple[results.Series, ...]
    form: AnswerForm

    @property
    def lead(self) -> Finding:
        return self.card.lead

    def line(self, series: results.Series, name: str) -> list[tuple[float, float]]:
        return charts.sparkline(series.points, name)

    def said(self, series: results.Series) -> str:
        return charts.in_words(series.points, series.unit)


@dataclass(frozen=True, slots=True)
class Section:
    """The findings part of a patient's page."""

    patient: Patient
    front: tuple[Shown, ...]
    rest: tuple[Shown, ...]
    answered: tuple[Finding, ...]
    may_answer: bool
    any_pack_on: bool
    owners: tuple[User, ...]
    died: bool

    @property
    def rest_words(self) -> str:
        """How many more there are, by priority: "3 more: 1 this week, 2 routine"."""
        counts: dict[str, int] = {}
        for shown in self.rest:
            counts[shown.card.priority_words.lower()] = counts.get(shown.card.priority_words.lower(), 0) + 1
        return f"{len(self.rest)} more: " + ", ".join(f"{number} {words}" for words, number in counts.items())


def section_of(http: HttpRequest, patient: Patient, form: AnswerForm | None = None) -> Section:
    """The findings of this patient as of now. `form` is one that could not be taken, with its mistakes."""
    now, today = timezone.now(), timezone.localdate()
    notice_patient(patient, now)
    on = packs_on(patient.practice)
    watches = [watch.id for pack in on for watch in PACKS[pack]]
    rows = Finding.objects.of(patient.practice).filter(patient=patient, watch__in=watches)
    rows = rows.select_related("answer__clinician", "owner")
    cards = merged(rows.filter(waits_on(today)))
    front, rest = within(cards, limits_of(patient.practice), shown_in_session(http))
    note_shown(http, front, now)
    entries = _entries(patient, cards)
    forms = {form.card: form} if form else {}
    shown = {card.lead.pk: _shown(patient, card, entries, forms.get(card.lead.pk)) for card in cards}
    return Section(
        patient=patient,
        front=tuple(shown[card.lead.pk] for card in front),
        rest=tuple(shown[card.lead.pk] for card in rest),
        answered=tuple(rows.filter(answered_on(today)).order_by("-answer__at", "pk")),
        may_answer=staff_of(http).may_decide,
        any_pack_on=bool(on),
        owners=tuple(clinicians_of(staff_of(http))),
        died=patient.died is not None,
    )


def clinicians_of(user: User) -> list[User]:
    """Who may take a finding on at this person's practice."""
    staff = User.objects.filter(practice=user.practice, is_active=True).order_by("last_name", "first_name", "pk")
    return [each for each in staff if each.may_decide]


def _entries(patient: Patient, cards: Sequence[Card]) -> dict[str, Event]:
    keys = {key for card in cards for finding in card.findings for key in finding.evidence}
    return {event.key: event for event in Event.objects.of(patient.practice).filter(patient=patient, key__in=keys)}


def _shown(patient: Patient, card: Card, entries: dict[str, Event], form: AnswerForm | None) -> Shown:
    keys = list(dict.fromkeys(key for finding in card.findings for key in finding.evidence))
    held = [entries[key] for key in keys if key in entries]
    told = {each["words"]: each for finding in card.findings for each in finding.detail.get("criteria", [])}
    return Shown(
        card=card,
        criteria=tuple(_criterion(each) for each in told.values()),
        evidence=tuple(_evidence(patient, event) for event in sorted(held, key=presenters.order, reverse=True)),
        gone=len(keys) - len(held),
        series=_series(patient, held),
        form=form or AnswerForm(card=card.lead.pk),
    )


def _criterion(told: dict[str, Any]) -> Criterion:
    since = date.fromisoformat(told["since"]) if "since" in told else None
    return Criterion(told["words"], told["state"], since, charts.number(told["value"]) if "value" in told else "")


def _evidence(patient: Patient, event: Event) -> Evidence:
    if event.kind == EventKind.RESULT:
        words = f"{event.text}: {results.value_in_words(event)}" if results.value_in_words(event) else event.text
        href = reverse("patient_result", args=[patient.pk, results.slug_of(event)])
    else:
        words = f"{presenters.KIND_WORDS[event.kind]}: {event.text}"
        href = f"{reverse('patient_timeline', args=[patient.pk])}?{urlencode({'q': event.text[:200]})}"
    return Evidence(words, presenters.given(event), href)


def _series(patient: Patient, evidence: Sequence[Event]) -> tuple[results.Series, ...]:
    """What was measured: all results of the concepts that the evidence is of, not only the entries that fired."""
    slugs = list(dict.fromkeys(results.slug_of(event) for event in evidence if event.kind == EventKind.RESULT))
    found = []
    for slug in slugs[:MOST_CHARTS]:
        events = Event.objects.of(patient.practice).filter(patient=patient, void=False, kind=EventKind.RESULT)
        series = [one for one in results.series_of(results.that_may_be(slug, events)) if one.slug == slug]
        found += [one for one in series if one.points]
    return tuple(found)


def age_in_days(finding: Finding, now: datetime) -> int:
    """For how long it could have been known: since it would first have fired, or since it was first noticed."""
    began = finding.since or timezone.localdate(finding.first_noticed)
    return max(0, (timezone.localdate(now) - began).days)
