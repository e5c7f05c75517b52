"""What a practice has decided and its clinicians have answered, heeded in other systems as on our own pages.

Whom a card was about and for is not kept, only digests under the service's secret key: enough to know the same again,
and nothing that a name or a record could be read from.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from preceptor import advice
from preceptor.service.findings import models as stored
from preceptor.service.findings.cards import Limits, limits_of, within
from preceptor.service.findings.noticing import is_news
from preceptor.service.findings.watches import packs_on
from preceptor.service.hooks.clients import BadSettings, Client, Hooks
from preceptor.service.hooks.finding import Group, Noticed, grouped
from preceptor.service.hooks.models import HookCard, HookFeedback
from preceptor.service.hooks.services import Service
from preceptor.service.patients.models import Patient
from preceptor.service.practices.models import Practice
from preceptor.tools.watch import Watch


def practice_of(client: Client) -> Practice | None:
    """The practice that the client speaks for; None where hooks.json names none. Raises BadSettings."""
    if not client.practice:
        return None
    practice = Practice.objects.filter(ods_code=client.practice).first()
    if practice is None:
        raise BadSettings(f"{client.issuer} speaks for {client.practice}, which is no practice here")
    return practice


def watches_of(service: Service, practice: Practice | None) -> tuple[Watch, ...]:
    """Those of the packs that the practice has switched on; all of them where there is no practice to say."""
    if practice is None:
        return service.watches
    on = packs_on(practice)
    return tuple(watch for watch in service.watches if watch.pack in on)


def unanswered(
    noticed: Iterable[Noticed], record: advice.Record, client: Client, practice: Practice | None
) -> list[Group]:
    """What is still to be told: not answered on this evidence, on our own pages or by feedback on an earlier card."""
    keyed = [(about(client, record.patient.id, each), each) for each in noticed]
    by_page = _answered_on_pages(record.patient, practice) if keyed and practice else {}
    by_feedback = _answered_by_feedback(client, {key for key, _ in keyed}) if keyed else set()
    return grouped([
        (key, each) for key, each in keyed
        if (key, each.finding.watch) not in by_feedback and not _rests(each, by_page.get(each.finding.watch))
    ])  # fmt: skip


def within_budget(
    groups: list[Group], hooks: Hooks, practice: Practice | None, clinician: str, now: datetime
) -> tuple[list[Group], list[Group]]:
    """Those to answer with, and the rest. Another system's sessions are not known: one here is a day."""
    limits = limits_of(practice) if practice else Limits()
    limits = Limits(min(limits.per_patient, hooks.cards), limits.per_session)
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    seen = set(HookCard.objects.filter(clinician=clinician, given__gte=today).values_list("about", flat=True))
    return within(groups, limits, seen)


def about(client: Client, patient: str, noticed: Noticed) -> str:
    """The same for the same patient of the same client on the same evidence."""
    # What rests on no entry, such as a test that is overdue, is the same again where it began on the same day.
    began = "" if noticed.seen else str(noticed.finding.since)
    return keyed_digest(client.issuer, patient, noticed.fingerprint, began)


def keyed_digest(*parts: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), "\n".join(parts).encode(), hashlib.sha256).hexdigest()


def _rests(noticed: Noticed, row: stored.Finding | None) -> bool:
    if row is None or not row.rests:
        return False
    ended = row.ended is not None
    return not is_news(noticed.seen, noticed.finding.since, row.marks, row.since, ended=ended)


def _answered_on_pages(patient: advice.Patient, practice: Practice | None) -> dict[str, stored.Finding]:
    """The finding of each watch that stands for this patient, or else the last that did."""
    ours = _patient_of(patient, practice)
    if ours is None:
        return {}
    rows = stored.Finding.objects.of(practice).filter(patient=ours).select_related("answer")
    return {row.watch: row for row in rows.order_by(F("ended").asc(nulls_last=True), "pk")}


def _patient_of(patient: advice.Patient, practice: Practice | None) -> Patient | None:
    """The same person here: by NHS number; by FHIR id and birthday where one side has none."""
    ours = Patient.objects.of(practice)
    if patient.nhs_number and (found := ours.filter(nhs_number=patient.nhs_number).first()):
        return found
    same = ours.filter(key=patient.id, born=patient.born, born__isnull=False)
    return (same.filter(nhs_number=None) if patient.nhs_number else same).first()


def _answered_by_feedback(client: Client, keys: set[str]) -> set[tuple[str, str]]:
    """Key and watch of what the last feedback put out of sight: for good, or for the day on which it came."""
    today, answered = timezone.localdate(), {}
    rows = HookFeedback.objects.filter(card__about__in=keys, card__issuer=client.issuer).select_related("card")
    for row in rows.order_by("at", "pk"):
        rests = row.fate != stored.Kind.SNOOZE or timezone.localdate(row.at) == today
        for watch in row.card.watches:
            answered[row.card.about, watch] = rests
    return {known for known, rests in answered.items() if rests}
