"""One patient's record, written entry by entry as FHIR R4 resources. Every entry carries the label HTEST."""

from __future__ import annotations

import base64
from datetime import date, datetime, timedelta

from preceptor.demo.coding import Json, meaning, unit_of, written
from preceptor.demo.people import Person

TEST_LABEL = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
_META: Json = {"security": [{"system": TEST_LABEL, "code": "HTEST", "display": "test health data"}]}
_PATIENT_META: Json = {
    **_META,
    "tag": [
        {
            "system": "https://preceptor.invalid/fhir/tags",
            "code": "synthetic",
            "display": "Synthetic: a made-up person, not a real patient",
        }
    ],
}

_LABORATORY: list[Json] = [
    {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}]}
]
_VITAL_SIGNS: list[Json] = [
    {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "vital-signs"}]}
]
_PROBLEM: list[Json] = [
    {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-category", "code": "problem-list-item"}]}
]
_MEASURED_IN_THE_ROOM = {"weight", "height", "bmi", "heart_rate", "oxygen_saturation", "temperature"}


class Chart:
    """Writes entries about one person and keeps them in the order in which they were written.

    Every method returns the reference of what it wrote, such as "Observation/demo-00012-7". Nothing but an
    appointment may lie in the future, and nothing before birth.
    """

    def __init__(self, person: Person, monday: date) -> None:
        self.person = person
        self.monday = monday
        self.entries: list[tuple[str, Json]] = []
        self._subject: Json = {"reference": f"Patient/{person.id}"}
        self.entries.append(("Patient", _patient(person)))

    def result(self, concept: str, day: date, value: float, *, note: str = "", hour: int = 10) -> str:
        unit = unit_of(concept)
        quantity: Json = {"value": value}
        if unit:
            quantity |= {"unit": written(unit), "system": "http://unitsofmeasure.org", "code": unit}
        body: Json = {
            "status": "final",
            "category": _VITAL_SIGNS if concept in _MEASURED_IN_THE_ROOM else _LABORATORY,
            "code": meaning(concept),
            "subject": self._subject,
            "effectiveDateTime": self._at(day, hour),
            "valueQuantity": quantity,
        }
        if note:
            body["note"] = [{"text": note}]
        return self._write("Observation", body)

    def finding(self, concept: str | None, day: date, text: str, words: str) -> str:
        """An observation in words: a urine dip, a smoking status, an examination."""
        return self._write(
            "Observation",
            {
                "status": "final",
                "code": meaning(concept, text),
                "subject": self._subject,
                "effectiveDateTime": self._at(day, 10),
                "valueString": words,
            },
        )

    def blood_pressure(self, day: date, systolic: int, diastolic: int) -> str:
        def part(concept: str, value: int) -> Json:
            unit = {"unit": "mmHg", "system": "http://unitsofmeasure.org", "code": "mm[Hg]"}
            return {"code": meaning(concept), "valueQuantity": {"value": value, **unit}}

        return self._write(
            "Observation",
            {
                "status": "final",
                "category": _VITAL_SIGNS,
                "code": meaning("blood_pressure", "Blood pressure"),
                "subject": self._subject,
                "effectiveDateTime": self._at(day, 10),
                "component": [part("systolic_bp", systolic), part("diastolic_bp", diastolic)],
            },
        )

    def condition(
        self,
        concept: str | None,
        onset: date,
        text: str = "",
        *,
        ended: date | None = None,
        note: str = "",
    ) -> str:
        onset = max(onset, self.person.born)
        system = "http://terminology.hl7.org/CodeSystem/condition"
        body: Json = {
            "clinicalStatus": {"coding": [{"system": f"{system}-clinical", "code": "resolved" if ended else "active"}]},
            "verificationStatus": {"coding": [{"system": f"{system}-ver-status", "code": "confirmed"}]},
            "category": _PROBLEM,
            "code": meaning(concept, text),
            "subject": self._subject,
            "onsetDateTime": self._on(onset),
            "recordedDate": self._on(onset),
        }
        if ended:
            body["abatementDateTime"] = self._on(ended)
        if note:
            body["note"] = [{"text": note}]
        return self._write("Condition", body)

    def medicine(self, concept: str, product: str, dose: str, since: date, until: date | None = None) -> str:
        """What is authorised: active, unless `until` says when it was stopped. See `issue` for each prescription."""
        return self._medicine(concept, product, dose, since, "plan", "stopped" if until else "active", until)

    def issue(self, concept: str, product: str, dose: str, day: date, days: int) -> str:
        return self._medicine(concept, product, dose, day, "order", "completed", day + timedelta(days=days))

    def allergy(self, concept: str | None, text: str, reaction: str, day: date) -> str:
        system = "http://terminology.hl7.org/CodeSystem/allergyintolerance"
        return self._write(
            "AllergyIntolerance",
            {
                "clinicalStatus": {"coding": [{"system": f"{system}-clinical", "code": "active"}]},
                "verificationStatus": {"coding": [{"system": f"{system}-verification", "code": "confirmed"}]},
                "type": "allergy",
                "category": ["medication"],
                "code": meaning(concept, text),
                "patient": self._subject,
                "recordedDate": self._on(day),
                "reaction": [{"manifestation": [{"text": reaction}]}],
            },
        )

    def encounter(
        self, day: date, words: str, *, concept: str | None = None, by: str = "GP", mode: str = "AMB", hour: int = 10
    ) -> str:
        """A contact: `words` is what the note says. Mode AMB is in the room, VR by telephone or online."""
        start = self._at(day, hour)
        return self._write(
            "Encounter",
            {
                "status": "finished",
                "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": mode},
                "type": [{"text": f"{by} {'consultation' if mode == 'AMB' else 'telephone consultation'}"}],
                "subject": self._subject,
                "period": {"start": start, "end": self._at(day, hour, 12)},
                "reasonCode": [meaning(concept, words)],
            },
        )

    def procedure(self, concept: str | None, day: date, text: str, note: str = "") -> str:
        body: Json = {
            "status": "completed",
            "code": meaning(concept, text),
            "subject": self._subject,
            "performedDateTime": self._on(day),
        }
        if note:
            body["note"] = [{"text": note}]
        return self._write("Procedure", body)

    def immunisation(self, concept: str | None, text: str, day: date) -> str:
        return self._write(
            "Immunization",
            {
                "status": "completed",
                "vaccineCode": meaning(concept, text),
                "patient": self._subject,
                "occurrenceDateTime": self._on(day),
            },
        )

    def report(self, concept: str | None, day: date, text: str, conclusion: str) -> str:
        return self._write(
            "DiagnosticReport",
            {
                "status": "final",
                "code": meaning(concept, text),
                "subject": self._subject,
                "effectiveDateTime": self._at(day, 14),
                "conclusion": conclusion,
            },
        )

    def referral(
        self, concept: str | None, day: date, text: str, reason: str, *, urgent: bool = False, status: str = "active"
    ) -> str:
        return self._write(
            "ServiceRequest",
            {
                "status": status,
                "intent": "order",
                "category": [{"text": "Referral"}],
                "priority": "urgent" if urgent else "routine",
                "code": meaning(concept, text),
                "subject": self._subject,
                "authoredOn": self._at(day, 12),
                "reasonCode": [{"text": reason}],
            },
        )

    def appointment(
        self, start: datetime, minutes: int, description: str, who: str, *, made: date, status: str = "booked"
    ) -> str:
        return self._write(
            "Appointment",
            {
                "status": status,
                "description": description,
                "start": start.isoformat(),
                "end": (start + timedelta(minutes=minutes)).isoformat(),
                "minutesDuration": minutes,
                "created": self._at(made, 9),
                "participant": [
                    {"actor": self._subject, "status": "accepted"},
                    {"actor": {"display": who}, "status": "accepted"},
                ],
            },
        )

    def flag(self, text: str, since: date) -> str:
        category = "http://terminology.hl7.org/CodeSystem/flag-category"
        return self._write(
            "Flag",
            {
                "status": "active",
                "category": [{"coding": [{"system": category, "code": "clinical", "display": "Clinical"}]}],
                "code": {"text": text},
                "subject": self._subject,
                "period": {"start": self._on(since)},
            },
        )

    def plan(self, title: str, words: str, since: date) -> str:
        return self._write(
            "CarePlan",
            {
                "status": "active",
                "intent": "plan",
                "title": title,
                "description": words,
                "subject": self._subject,
                "period": {"start": self._on(since)},
                "created": self._on(since),
            },
        )

    def letter(self, day: date, title: str, words: str) -> str:
        data = base64.b64encode(words.encode()).decode()
        return self._write(
            "DocumentReference",
            {
                "status": "current",
                "type": {"text": title},
                "subject": self._subject,
                "date": self._at(day, 13),
                "description": title,
                "content": [{"attachment": {"contentType": "text/plain; charset=utf-8", "data": data, "title": title}}],
            },
        )

    def message(self, day: date, words: str) -> str:
        """What the practice told the patient."""
        return self._write(
            "Communication",
            {
                "status": "completed",
                "subject": self._subject,
                "sent": self._at(day, 15),
                "payload": [{"contentString": words}],
            },
        )

    def _medicine(
        self, concept: str, product: str, dose: str, day: date, intent: str, status: str, until: date | None
    ) -> str:
        body: Json = {
            "status": status,
            "intent": intent,
            "medicationCodeableConcept": meaning(concept, product),
            "subject": self._subject,
            "authoredOn": self._on(day),
            "dosageInstruction": [{"text": dose}],
        }
        if until:
            body["dispenseRequest"] = {"validityPeriod": {"start": self._on(day), "end": until.isoformat()}}
        return self._write("MedicationRequest", body)

    def _write(self, kind: str, body: Json) -> str:
        name = f"{self.person.id}-{len(self.entries)}"
        self.entries.append((kind, {"resourceType": kind, "id": name, "meta": _META, **body}))
        return f"{kind}/{name}"

    def _on(self, day: date) -> str:
        if not self.person.born <= day < self.monday:
            raise ValueError(f"{self.person.id}: {day} is before birth or not before {self.monday}")
        return day.isoformat()

    def _at(self, day: date, hour: int, minute: int = 0) -> str:
        # A few minutes that differ from entry to entry, so that a day's entries keep their order.
        minute += len(self.entries) % 40
        return f"{self._on(day)}T{hour:02d}:{minute:02d}:00Z"


def _patient(person: Person) -> Json:
    code, words = person.ethnicity
    return {
        "resourceType": "Patient",
        "id": person.id,
        "meta": _PATIENT_META,
        "extension": [
            {
                "url": "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-EthnicCategory",
                "valueCodeableConcept": {
                    "coding": [
                        {
                            "system": "https://fhir.hl7.org.uk/CodeSystem/UKCore-EthnicCategoryEngland",
                            "code": code,
                            "display": words,
                        }
                    ]
                },
            }
        ],
        "identifier": [{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": person.nhs_number}],
        "active": True,
        "name": [{"use": "official", "family": person.family, "given": [person.given]}],
        "telecom": [{"system": "phone", "value": person.phone, "use": "mobile"}],
        "gender": person.sex,
        "birthDate": person.born.isoformat(),
        "address": [{"use": "home", "line": [person.street], "city": "Demotown", "postalCode": "ZZ99 9ZZ"}],
    }
