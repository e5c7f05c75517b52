"""A request arrives. It is saved before anything else happens; only then is it looked at."""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from preceptor import advice
from preceptor.record.check_digits import valid_nhs_number
from preceptor.service.ledger import chain
from preceptor.service.patients.models import Patient
from preceptor.service.practices.models import Practice
from preceptor.service.requests.cases import case_of, case_of_words
from preceptor.service.requests.models import Checked, Request
from preceptor.wire import red_flag_as_json

LONGEST_TEXT = 20_000  # characters: some ten pages

log = logging.getLogger(__name__)


class BadArrival(Exception):
    """The request cannot be taken as it is; the message tells its sender what to do."""


class IdempotencyClash(Exception):
    """The same idempotency key came before with another request."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What came, from a page, a program or the demo. `writer` is who wrote it, when not the patient."""

    text: str
    source: str
    patient: Patient | None = None
    name_typed: str = ""
    born_typed: date | None = None
    nhs_number_typed: str = ""
    telephone: str = ""
    writer: str = ""
    idempotency_key: str | None = None
    received: datetime | None = None  # now, when it is None


@dataclass(frozen=True, slots=True)
class Received:
    request: Request
    is_new: bool  # False: a replay under an idempotency key that we hold


def receive(practice: Practice, arrival: Arrival) -> Received:
    """Save a request, then check it for red flags. Raises BadArrival or IdempotencyClash, having saved nothing."""
    text = storable(arrival.text)
    if not text.strip():
        raise BadArrival("Tell us what is the matter: the request is empty.")
    if len(text) > LONGEST_TEXT:
        raise BadArrival(f"The request is too long: {len(text):,} characters, and {LONGEST_TEXT:,} is the most.")
    digest = _body_digest(arrival)
    if held := _held(practice, arrival, digest):
        return _replay(held)
    try:
        request = _save(practice, arrival, text, digest)
    except IntegrityError:
        # The same key came twice at once, and the other one was first.
        held = _held(practice, arrival, digest)
        if held is None:
            raise
        return _replay(held)
    _check_what_is_saved(request)
    return Received(request, is_new=True)


def _replay(held: Request) -> Received:
    if held.red_flags_checked == Checked.PENDING:
        _check_what_is_saved(held)  # the service stopped in between: its sender is still to be told
    return Received(held, is_new=False)


def _check_what_is_saved(request: Request) -> None:
    try:
        check_red_flags(request)
    except DatabaseError:
        # It is saved, and its sender must hear so, and hear what was found; the assessor will check it again.
        log.exception("what was found in request %s could not be written down", request.id)


def storable(text: str) -> str:
    """The text without what no database can hold (NUL, half a surrogate pair), each shown as U+FFFD."""
    return text.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _held(practice: Practice, arrival: Arrival, digest: str) -> Request | None:
    if arrival.idempotency_key is None:
        return None
    held = Request.objects.of(practice).filter(idempotency_key=arrival.idempotency_key).first()
    if held and held.body_digest != digest:
        raise IdempotencyClash("this Idempotency-Key was used before, for another request")
    return held


@transaction.atomic
def _save(practice: Practice, arrival: Arrival, text: str, digest: str) -> Request:
    request = Request.objects.create(
        practice=practice,
        patient=arrival.patient,
        received=arrival.received or timezone.now(),
        text=text,
        name_typed=storable(arrival.name_typed),
        born_typed=arrival.born_typed,
        nhs_number_typed=storable(arrival.nhs_number_typed),
        telephone=storable(arrival.telephone),
        writer=storable(arrival.writer),
        source=arrival.source,
        idempotency_key=arrival.idempotency_key,
        body_digest=digest,
    )
    # The ledger proves what was written without holding a second copy of a patient's words.
    body = {
        "source": arrival.source,
        "patient": arrival.patient.key if arrival.patient else None,
        "text_sha256": hashlib.sha256(text.encode()).hexdigest(),
    }
    chain.append("request.received", f"request:{request.id}", body, actor=chain.PATIENT, practice=practice)
    return request


def check_red_flags(request: Request) -> None:
    """Find and keep the request's red flags. A fault leaves the request in the inbox, marked as not fully checked.

    Where it was checked before, in part, what was found then stays: nothing takes a red flag away. Two who check at
    once come to one entry. Raises DatabaseError where it cannot be written down; `request` then still tells.
    """
    found, checked = _red_flags_of(request)
    request.red_flags = [red_flag_as_json(flag) for flag in found]
    request.red_flags_checked = checked
    request.floor = _floor(request.red_flags)
    with transaction.atomic():
        now = Request.objects.select_for_update().get(pk=request.pk)
        if now.red_flags_checked != Checked.DONE:
            ids = {flag["id"] for flag in request.red_flags}
            before = (now.red_flags, now.red_flags_checked)
            now.red_flags = request.red_flags + [flag for flag in now.red_flags if flag["id"] not in ids]
            now.red_flags_checked, now.floor = checked, _floor(now.red_flags)
            if before != (now.red_flags, now.red_flags_checked):  # else it was checked again, to the same end
                now.save(update_fields=["red_flags", "red_flags_checked", "floor"])
                told = [{"id": flag["id"], "urgency": flag["urgency"]} for flag in now.red_flags]
                body = {"checked": checked, "floor": now.floor, "red_flags": told}
                chain.append("request.red_flags", f"request:{now.pk}", body, actor=chain.SYSTEM, practice=now.practice)
    request.red_flags, request.red_flags_checked, request.floor = now.red_flags, now.red_flags_checked, now.floor


def _floor(flags: list[dict[str, Any]]) -> str:
    urgencies = [advice.Urgency(flag["urgency"]) for flag in flags]
    return advice.most_urgent(*urgencies) if urgencies else ""


def ready_to_check() -> None:
    """Read the rules into memory now. Where they cannot be read, each request will say so."""
    try:
        from preceptor.tools.triage import red_flags_in, related_events

        case = advice.Case(id="", as_of=timezone.now(), request=advice.Request("a sore knee"))
        red_flags_in(case)
        related_events(case)
    except Exception:
        log.exception("the rules for red flags cannot be read")


def _red_flags_of(request: Request) -> tuple[tuple[advice.RedFlag, ...], Checked]:
    from preceptor.tools.triage import red_flags_in
    from preceptor.tools.triage.language import seems_foreign
    from preceptor.tools.triage.text.normal import sentences

    # Whatever goes wrong in the rules or in the record, the patient's request stands; and when it is only the
    # record that cannot be read, the patient's own words are still checked.
    for make_case, checked in ((case_of, Checked.DONE), (case_of_words, Checked.FAILED)):
        try:
            flags = red_flags_in(make_case(request))
            # Rules in English that find nothing in another language have checked nothing.
            unread = not flags and seems_foreign(sentences(request.text))
            return flags, Checked.FAILED if unread else checked
        except Exception:
            log.exception("request %s could not be checked for red flags by %s", request.id, make_case.__name__)
    return (), Checked.FAILED


def _body_digest(arrival: Arrival) -> str:
    body = [
        arrival.text, arrival.patient and arrival.patient.key, arrival.name_typed, str(arrival.born_typed or ""),
        arrival.nhs_number_typed, arrival.telephone, arrival.writer,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(body).encode()).hexdigest()


def matching_patient(practice: Practice, name: str, born: date | None, nhs_number: str) -> Patient | None:
    """The one patient whom these details fit, or None. Never a guess between two."""
    if born is None:
        return None
    of_that_day = Patient.objects.of(practice).filter(born=born)
    digits = "".join(character for character in nhs_number if character in "0123456789")
    if digits:
        # A number that is wrong, or somebody else's, is a reason to look by eye, not to try the name.
        return of_that_day.filter(nhs_number=digits).first() if valid_nhs_number(digits) else None
    words = {word.casefold() for word in name.replace(",", " ").split()}
    fitting = [
        patient
        for patient in of_that_day
        if words >= _words(patient.family_name) and words & _words(patient.given_names) and patient.family_name
    ]
    return fitting[0] if len(fitting) == 1 else None


def _words(name: str) -> set[str]:
    return {word.casefold() for word in name.split()}
