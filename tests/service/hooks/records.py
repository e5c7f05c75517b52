"""Small synthetic records, in FHIR."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from service.hooks.calling import body, prefetch_of

OF_PATIENT = {"reference": "Patient/p1"}
LOINC = "http://loinc.org"


def days_ago(days: int) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).isoformat()


def a_person(**parts: Any) -> dict[str, Any]:
    return {
        "resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "1950-03-02",
        "name": [{"family": "TESTLEY", "given": ["Pat"]}],
    } | parts  # fmt: skip


def a_result(code: str, value: float, unit: str, days: int, **parts: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation", "id": f"o-{code}-{days}", "status": "final", "subject": OF_PATIENT,
        "code": {"coding": [{"system": LOINC, "code": code}]}, "effectiveDateTime": days_ago(days),
        "valueQuantity": {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit},
    } | parts  # fmt: skip


def a_medicine(name: str, number: str = "m1", days: int = 10, **parts: Any) -> dict[str, Any]:
    return {
        "resourceType": "MedicationRequest", "id": number, "status": "active", "intent": "order",
        "subject": OF_PATIENT, "authoredOn": days_ago(days), "medicationCodeableConcept": {"text": name},
    } | parts  # fmt: skip


def a_draft(name: str, number: str = "d1", **parts: Any) -> dict[str, Any]:
    """As the sandbox sends it: a draft, without a date."""
    draft = a_medicine(name, number, status="draft", **parts)
    del draft["authoredOn"]
    return draft


HIGH_POTASSIUM = a_result("2823-3", 6.1, "mmol/L", 20)


def a_view(*resources: dict[str, Any]) -> dict[str, Any]:
    return body("patient-view", prefetch_of([a_person(), *resources]))


def an_order(*drafts: dict[str, Any], record: tuple[dict[str, Any], ...] = (), select: Any = None) -> dict[str, Any]:
    chosen = [f"MedicationRequest/{draft['id']}" for draft in drafts] if select is None else select
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": draft} for draft in drafts]}
    return body("order-select", prefetch_of([a_person(), *record]), selections=chosen, draftOrders=bundle)
