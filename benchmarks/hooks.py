"""How soon a CDS Hooks call is answered: `python benchmarks/hooks.py [CALLS]`.

One process, one call after the other, through Django's whole stack with SQLite on disk: a signed token (ES384), the
prefetch of a synthetic patient with 1,000 results (each of a concept that watches look at), 12 conditions, 20
medicines and 40 encounters, each call another patient with dates of their own; all watches, for a practice with every
pack on; 5 cards. The bar is a p99 under 100 ms, where the standard suggests 500.

On two cores of a shared cloud machine (x86_64, Python 3.11.7, 2026-11), body 0.70 MB, with other work beside it. Before
and after the most usual result was read in one go (`record/fhir/usual.py`):

| what                               | before (n 300): p50, p99 | after (n 150): p50, p99 | again (n 150)  |
|------------------------------------|--------------------------|-------------------------|----------------|
| time until the answer              | 95 ms, 150 ms            | 96 ms, 219 ms           | 145 ms, 216 ms |
| of it, processor time              | 94 ms, 124 ms            | 58 ms, 95 ms            | 80 ms, 93 ms   |
| processor time of JSON             | 8 ms, 10 ms              | 5 ms, 8 ms              | 7 ms, 9 ms     |
| processor time of FHIR to a record | 64 ms, 89 ms             | 33 ms, 50 ms            | 42 ms, 56 ms   |
| processor time of all watches      | 11 ms, 14 ms             | 8 ms, 12 ms             | 11 ms, 16 ms   |

The load on the two cores was 2 to 4 before, 4 to 5 after, 6 to 8 at last; in the latter two the process waited for a
core half of the time. On a freer machine the same reading of one result took 48 microseconds before, and 29 after.

With a core nearly of its own (load 1.0, n 400), twice: p50 82 ms, p99 104 ms until the answer; and p50 56 ms, p99 94
ms on a better day of the machine (of it FHIR to a record 30 and 53 ms). So the bar is met where the machine is its
own, with little to spare.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
import time
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

RESULTS, WARM_UP, SERVICE = 1000, 20, "preceptor-patient-view"
URL = f"http://testserver/cds-services/{SERVICE}"
_RESULTS = (
    ("egfr", 62), ("creatinine", 88), ("potassium", 4.4), ("sodium", 139), ("haemoglobin", 132), ("platelets", 250),
    ("white_cell_count", 6.5), ("neutrophils", 3.8), ("mcv", 90), ("alt", 24), ("alp", 80), ("hba1c", 44),
    ("cholesterol_total", 4.8), ("cholesterol_hdl", 1.4), ("tsh", 2.1), ("urine_acr", 2.5), ("systolic_bp", 138),
    ("diastolic_bp", 82), ("weight", 71), ("bmi", 26), ("ferritin", 90), ("calcium_adjusted", 2.35), ("inr", 1.1),
    ("ca125", 12), ("crp", 3),
)  # fmt: skip
_CONDITIONS = ("hypertension", "diabetes", "atrial_fibrillation", "asthma", "heart_failure", "peptic_ulcer")
_MEDICINES = (
    "Ramipril 5mg capsules", "Metformin 500mg tablets", "Apixaban 5mg tablets", "Naproxen 500mg tablets",
    "Bisoprolol 2.5mg tablets", "Atorvastatin 20mg tablets", "Furosemide 40mg tablets", "Levothyroxine 50mcg tablets",
    "Omeprazole 20mg capsules", "Methotrexate 2.5mg tablets",
)  # fmt: skip


def prefetch(number: int = 0) -> dict[str, Any]:
    """As a clinical system fills it: each number is another patient, with dates of their own."""
    from preceptor.record.concepts import codes_of, concept

    now = datetime.now(UTC) - timedelta(seconds=37 * number)
    subject = {"reference": f"Patient/p{number}"}

    def coded(slug: str) -> dict[str, Any]:
        code = codes_of(slug)[0]
        return {"coding": [{"system": code.system, "code": code.code, "display": code.display}], "text": code.display}

    def result(number: int) -> dict[str, Any]:
        slug, usual = _RESULTS[number % len(_RESULTS)]
        unit = concept(slug).unit or "1"
        when = (now - timedelta(days=3 * number, minutes=7 * number)).isoformat()
        laboratory = {"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}
        return {
            "resourceType": "Observation", "id": f"o{number}", "meta": {"versionId": "1", "lastUpdated": when},
            "status": "final", "category": [{"coding": [laboratory]}], "code": coded(slug), "subject": subject,
            "effectiveDateTime": when, "issued": when,
            "valueQuantity": {
                "value": round(usual * (0.85 + number % 37 / 120), 2), "unit": unit, "code": unit,
                "system": "http://unitsofmeasure.org",
            },
        }  # fmt: skip

    def condition(number: int) -> dict[str, Any]:
        onset = (now - timedelta(days=400 * (number + 1))).isoformat()
        active = {"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}
        return {
            "resourceType": "Condition", "id": f"c{number}", "subject": subject, "onsetDateTime": onset,
            "clinicalStatus": {"coding": [active]}, "code": coded(_CONDITIONS[number % len(_CONDITIONS)]),
        }  # fmt: skip

    def medicine(number: int) -> dict[str, Any]:
        return {
            "resourceType": "MedicationRequest", "id": f"m{number}", "status": "active", "intent": "order",
            "subject": subject, "authoredOn": (now - timedelta(days=20 * number + 5)).isoformat(),
            "medicationCodeableConcept": {"text": _MEDICINES[number % len(_MEDICINES)]},
            "dosageInstruction": [{"text": "One to be taken each day"}],
        }  # fmt: skip

    def encounter(number: int) -> dict[str, Any]:
        start = (now - timedelta(days=31 * number)).isoformat()
        return {
            "resourceType": "Encounter", "id": f"e{number}", "status": "finished", "subject": subject,
            "class": {"code": "AMB"}, "period": {"start": start},
        }  # fmt: skip

    def searchset(*resources: dict[str, Any]) -> dict[str, Any]:
        return {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": each} for each in resources]}

    person = {
        "resourceType": "Patient", "id": f"p{number}", "gender": "female", "birthDate": "1950-03-02",
        "name": [{"family": "TESTLEY", "given": ["Pat"]}],
    }  # fmt: skip
    return {
        "patient": person,
        "conditions": searchset(*map(condition, range(12))),
        "results": searchset(*map(result, range(RESULTS))),
        "medications": searchset(*map(medicine, range(20))),
        "encounters": searchset(*map(encounter, range(40))),
        "procedures": None, "reports": None, "referrals": None, "documents": None,
    }  # fmt: skip


def measure(calls: int) -> None:
    import jwt
    from cryptography.hazmat.primitives.asymmetric import ec
    from django.conf import settings
    from django.core.management import call_command
    from django.test import Client
    from jwt.algorithms import ECAlgorithm

    call_command("migrate", verbosity=0)
    import preceptor.service.wsgi  # noqa: F401 -- makes ready what the server makes ready before it takes calls
    from preceptor.service.findings.watches import switch
    from preceptor.service.practices.models import Practice
    from preceptor.tools.watch import PACKS

    practice = Practice.objects.create(name="Benchmark", ods_code="Z00000", synthetic=True)
    for pack in PACKS:
        switch(practice, pack, on=True, user=None, why="for the benchmark")
    key = ec.generate_private_key(ec.SECP384R1())
    jwk = json.loads(ECAlgorithm.to_jwk(key.public_key())) | {"kid": "k"}
    settings.ALLOWED_HOSTS = ["testserver"]
    trusted = {"issuer": "https://b.example", "practice": "Z00000", "jwks": {"keys": [jwk]}}
    settings.CDS_HOOKS.write_text(json.dumps({"clients": [trusted], "calls_a_minute": 100_000}))
    client = Client()
    waited, worked, cards = [], [], 0
    for number in range(WARM_UP + calls):
        body = body_of(number)
        now = round(time.time())
        claims = {"iss": "https://b.example", "aud": URL, "iat": now, "exp": now + 60, "jti": str(uuid.uuid4())}
        token = jwt.encode(claims, key, "ES384", headers={"kid": "k"})
        start, busy = time.perf_counter(), time.process_time()
        answer = client.post(URL, body, "application/json", headers={"Authorization": f"Bearer {token}"})
        if number >= WARM_UP:
            waited.append(time.perf_counter() - start)
            worked.append(time.process_time() - busy)
        if answer.status_code != 200:
            sys.exit(f"answered {answer.status_code}: {answer.content[:300]!r}")
        cards = len(answer.json()["cards"])
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores (load {os.getloadavg()[0]:.1f}), "
          f"Python {platform.python_version()}; body {len(body) / 1e6:.2f} MB, {cards} cards")  # fmt: skip
    print("| what | n | p50 | p99 |\n|---|---:|---:|---:|")
    told_of = {"time until the answer": waited, "of it, processor time": worked} | stages(calls)
    for name, times in told_of.items():
        times.sort()
        p50, p99 = (1000 * times[min(len(times) - 1, int(len(times) * part))] for part in (0.5, 0.99))
        print(f"| {name} | {len(times)} | {p50:.0f} ms | {p99:.0f} ms |")


def body_of(number: int) -> bytes:
    context = {"userId": f"Practitioner/{number // 8}", "patientId": f"p{number}"}
    sent = {"hook": "patient-view", "context": context, "prefetch": prefetch(number)}
    return json.dumps(sent | {"hookInstance": str(uuid.uuid4())}).encode()


def stages(calls: int) -> dict[str, list[float]]:
    """Processor time of the parts that depend on the record, each alone."""
    import orjson
    from django.utils import timezone

    from preceptor.service.hooks.asked import asked
    from preceptor.service.hooks.finding import findings
    from preceptor.service.hooks.records import brought
    from preceptor.service.hooks.services import SERVICES

    service, now = SERVICES[SERVICE], timezone.now()
    times: dict[str, list[float]] = {name: [] for name in ("JSON", "FHIR to a record", "all watches")}
    for number in range(calls):
        body = body_of(WARM_UP + calls + number)
        moments = [time.process_time()]
        call = asked(orjson.loads(body), service)
        moments.append(time.process_time())
        record = brought(call, now)
        moments.append(time.process_time())
        findings(service, service.watches, call, record, now)
        moments.append(time.process_time())
        for name, start, end in zip(times, moments, moments[1:], strict=False):
            times[name].append(end - start)
    return {f"processor time of {name}": found for name, found in times.items()}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="preceptor-benchmark-") as home:
        os.environ["PRECEPTOR_HOME"] = home
        os.environ["DJANGO_SETTINGS_MODULE"] = "preceptor.service.settings"
        import django

        django.setup()
        measure(int(sys.argv[1]) if len(sys.argv) > 1 else 400)
