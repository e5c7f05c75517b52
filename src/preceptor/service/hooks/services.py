"""The services that are offered, and the data that each asks the client to bring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from preceptor.advice import Patient, Record
from preceptor.tools.watch import PACKS, Watch, all_watches, examine

_OF_PATIENT = "patient={{context.patientId}}&_count=1000"
# What the watches look at. Each has to be there, or null for none: a list that is missing would read as "never done".
NEEDED: Mapping[str, str] = MappingProxyType(
    {
        "patient": "Patient/{{context.patientId}}",
        "conditions": f"Condition?{_OF_PATIENT}",
        "results": f"Observation?{_OF_PATIENT}",
        "medications": f"MedicationRequest?{_OF_PATIENT}",
        "procedures": f"Procedure?{_OF_PATIENT}",
        "reports": f"DiagnosticReport?{_OF_PATIENT}",
        "encounters": f"Encounter?{_OF_PATIENT}",
        "referrals": f"ServiceRequest?{_OF_PATIENT}",
        "documents": f"DocumentReference?{_OF_PATIENT}",
    }
)
# Read where a system keeps them; where it does not, no watch is misled by more than it would be anyway.
WELCOME: Mapping[str, str] = MappingProxyType(
    {
        "statements": f"MedicationStatement?{_OF_PATIENT}",
        "allergies": f"AllergyIntolerance?{_OF_PATIENT}",
    }
)
PREFETCH: Mapping[str, str] = MappingProxyType({**NEEDED, **WELCOME})


@dataclass(frozen=True)
class Service:
    """One CDS service: the watches that it runs on one hook."""

    id: str
    hook: str
    title: str
    description: str
    watches: tuple[Watch, ...]

    @property
    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "hook": self.hook,
            "title": self.title,
            "description": self.description,
            "prefetch": dict(PREFETCH),
            "usageRequirements": "FHIR R4. All data comes as prefetch, whole: nothing is fetched from the client.",
        }


def ready_to_notice() -> None:
    """Have every watch made ready to run: for the first call that takes two seconds."""
    for watch in all_watches():
        examine(watch, Record(Patient(""), ()), datetime.now(UTC))


SERVICES: Mapping[str, Service] = MappingProxyType(
    {
        service.id: service
        for service in (
            Service(
                "preceptor-patient-view",
                "patient-view",
                "Preceptor: what was missed in this record",
                "Trends and gaps in the record that ask for action, most urgent first. It informs; a person decides.",
                all_watches(),
            ),
            Service(
                "preceptor-order-select",
                "order-select",
                "Preceptor: safety of the medicine being ordered",
                "What the selected medicines should not meet in this record, and the tests that are overdue for them.",
                (*PACKS["prescribing"], *PACKS["monitoring"]),
            ),
        )
    }
)
