"""Small makers of what tests need: a practice, its people, a patient with a record, a request."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime
from typing import Any

from preceptor.advice import EventKind, Standing
from preceptor.advice import Standing
from preceptor.service.accounts.models import Role, User
from preceptor.service.oversight.models import ToolStanding
from preceptor.service.oversight.models import ToolStanding
from preceptor.service.patients.models import Event, Patient, Resource
from preceptor.service.practices.models import Practice
from preceptor.service.requests.models import Assessment, Checked, Request

PASSWORD = "synthetic-words-12"
TOOL, VERSION = "triage", "0.0.test"
MONDAY = datetime(2026, 3, 2, 8, 5, tzinfo=UTC)
_numbers = itertools.count(1)


def make_practice(name: str = "Synthetic Test Surgery", ods_code: str = "Z00001", **fields: Any) -> Practice:
    return Practice.objects.create(
        **{"name": name, "ods_code": ods_code, "synthetic": True, "telephone": "01632 960000"} | fields
    )


def make_user(practice: Practice | None, role: Role = Role.GP, username: str = "gp", name: str = "Dr Gee Testley") -> User:
    first, _, last = name.rpartition(" ")
    return User.objects.create_user(
        username, password=PASSWORD, practice=practice, role=role, first_name=first, last_name=last
    )


def make_patient(practice: Practice, **fields: Any) -> Patient:
    number = next(_numbers)
    return Patient.objects.create(
        practice=practice,
        **{
            "key": f"Patient/p{number}",
            "family_name": "Sampleton",
            "given_names": "Ada",
            "title": "Mrs",
            "born": date(1962, 3, 1),
            "sex": "female",
            "telephone": "07700 900123",
        }
        | fields,
    )


def make_event(patient: Patient, key: str, kind: EventKind, text: str, when: datetime | None, **fields: Any) -> Event:
    resource, _ = Resource.objects.get_or_create(
        practice=patient.practice, key=key, defaults={"patient": patient, "digest": b"0" * 32}
    )
    return Event.objects.create(
        practice=patient.practice, patient=patient, resource=resource, key=key, kind=kind, text=text, when=when, **fields
    )


def make_request(practice: Practice, text: str = "My knee has been sore for a week.", **fields: Any) -> Request:
    """A request that was checked and assessed; red flags are given by `red_flag_at`."""
    return Request.objects.create(
        practice=practice,
        text=text,
        **{
            "received": MONDAY,
            "source": "page",
            "telephone": "07700 900123",
            "red_flags_checked": Checked.DONE,
            "assessed": Checked.DONE,
        }
        | fields,
    )


def red_flag_at(text: str, words: str, title: str = "Chest pain now", urgency: str = "emergency") -> dict[str, Any]:
    start = text.index(words)
    span = [start, start + len(words)]
    return {
        "id": title.lower().replace(" ", "_"),
        "title": title,
        "urgency": urgency,
        "action": "Call 999 now." if urgency == "emergency" else "You need to be seen today.",
        "span": span,
        "spans": [span],
        "events": [],
    }


def advice(request: Request, urgency: str = "same_day", handler: str = "gp", **parts: Any) -> dict[str, Any]:
    """Advice in the shape of the triage contract."""
    rest = [option for option in ("emergency", "same_day", "soon", "routine", "self_care") if option != urgency]
    return {
        "id": str(request.pk),
        "urgency": urgency,
        "probabilities": {option: 0.6 if option == urgency else 0.1 for option in sorted([urgency, *rest], key=_rank)},
        "set": sorted([urgency, rest[0]], key=_rank),
        "red_flags": [],
        "reasons": [],
        "not_considered": ["Photographs", "What was said on the phone"],
        "kind": "clinical",
        "handler": handler,
        "tool": TOOL,
        "version": VERSION,
    } | parts


def _rank(option: str) -> int:
    return ("emergency", "same_day", "soon", "routine", "self_care").index(option)


def make_advice(request: Request, standing: Standing = Standing.SECOND, **parts: Any) -> Assessment:
    """Advice about a request from a tool that stands so."""
    trust(request.practice, standing)
    return Assessment.objects.create(
        request=request, tool=TOOL, version=VERSION, standing=standing, advice=advice(request, **parts), seconds=0.1
    )


def trust(practice: Practice, standing: Standing) -> None:
    ToolStanding.objects.create(practice=practice, tool=TOOL, version=VERSION, standing=standing, why="for the test")
