"""Small honest rows for tests. Every name is plainly synthetic."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from preceptor.advice import Standing, Urgency, most_urgent
from preceptor.service.accounts.models import Role, User
from preceptor.service.oversight.models import ToolStanding
from preceptor.service.patients.models import Event, Patient, Resource
from preceptor.service.practices.models import Practice
from preceptor.service.requests.models import Assessment, Checked, Request

PASSWORD = "a long enough password 1"
_numbers = count(1)


def a_practice(**fields: Any) -> Practice:
    number = next(_numbers)
    return Practice.objects.create(
        **{"name": "Synthetic Surgery", "ods_code": f"Z{number:05}", "synthetic": True} | fields
    )


def a_user(practice: Practice | None, role: Role = Role.GP, **fields: Any) -> User:
    number = next(_numbers)
    fields = {"username": f"user{number}", "first_name": "Dr Gee", "last_name": f"Demoworth {number}"} | fields
    return User.objects.create_user(password=PASSWORD, practice=practice, role=role, **fields)


def a_patient(practice: Practice, **fields: Any) -> Patient:
    number = next(_numbers)
    return Patient.objects.create(
        **{
            "practice": practice,
            "key": f"Patient/{number}",
            "family_name": "Testley",
            "given_names": f"Pat {number}",
            "born": date(1972, 3, 1),
            "sex": "female",
        }
        | fields
    )


def an_event(patient: Patient, **fields: Any) -> Event:
    number = next(_numbers)
    key = f"Condition/{number}"
    resource = Resource.objects.create(practice=patient.practice, key=key, patient=patient, digest=b"0" * 32)
    return Event.objects.create(
        **{
            "practice": patient.practice,
            "patient": patient,
            "resource": resource,
            "key": key,
            "kind": "condition",
            "when": datetime(2020, 5, 4, 9, tzinfo=UTC),
            "text": "A problem",
        }
        | fields
    )


def a_request(practice: Practice, **fields: Any) -> Request:
    floors = [Urgency(flag["urgency"]) for flag in fields.get("red_flags", [])]
    return Request.objects.create(
        **{
            "practice": practice,
            "floor": most_urgent(*floors) if floors else "",
            "received": datetime(2026, 11, 16, 8, 5, tzinfo=UTC),
            "text": "my knee has been sore since the weekend",
            "source": "page",
            "red_flags_checked": Checked.DONE,
        }
        | fields
    )


def a_red_flag(text: str, words: str, title: str = "Chest pain now", urgency: str = "emergency") -> dict[str, Any]:
    """A red flag at these words of the text, as a request keeps it."""
    start = text.index(words)
    span = [start, start + len(words)]
    action = "Call 999 now." if urgency == "emergency" else "You need to be seen today. Call us now."
    return {
        "id": title.lower().replace(" ", "_"),
        "title": title,
        "urgency": urgency,
        "action": action,
        "span": span,
        "spans": [span],
        "events": [],
    }


def trust(practice: Practice, standing: Standing, *, tool: str = "triage", version: str = "1.0.0") -> ToolStanding:
    """From now on the tool stands so."""
    return ToolStanding.objects.create(
        practice=practice, tool=tool, version=version, standing=standing, why="as the test needs it"
    )


def an_assessment(
    request: Request, urgency: str = "soon", *, tool: str = "triage", version: str = "1.0.0", **parts: Any
) -> Assessment:
    """An assessment as the assessor keeps it, with this urgency advised; `parts` replace parts of the advice."""
    scale = ("emergency", "same_day", "soon", "routine", "self_care")
    advice = {
        "id": str(request.id),
        "urgency": urgency,
        "probabilities": {option: 0.6 if option == urgency else 0.1 for option in scale},
        "set": [urgency],
        "red_flags": [],
        "reasons": [{"text": "sore knee", "effect": "sets", "span": [3, 7], "event": None, "rule": "knee-pain"}],
        "not_considered": ["photographs"],
        "kind": "clinical",
        "handler": "gp",
        "tool": tool,
        "version": version,
    } | parts
    request.assessed = Checked.DONE
    request.save(update_fields=["assessed"])
    return Assessment.objects.create(
        request=request, tool=tool, version=version, standing="second", advice=advice, seconds=0.01
    )
