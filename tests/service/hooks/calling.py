"""A clinical system that calls: its key, its tokens, and prefetch made of a bundle as a FHIR server would answer."""

from __future__ import annotations

import json
import time
import uuid
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

ISSUER, ORIGIN, KID = "https://sandbox.cds-hooks.org", "https://sandbox.cds-hooks.org", "the-key"
JKU = "https://sandbox.cds-hooks.org/.well-known/jwks.json"
KEY = ec.generate_private_key(ec.SECP384R1())
ANOTHER_KEY = ec.generate_private_key(ec.SECP384R1())
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
P256_KEY = ec.generate_private_key(ec.SECP256R1())
BASE = "http://testserver/cds-services"
VIEW, ORDER = "preceptor-patient-view", "preceptor-order-select"

TYPES = {
    "Condition": "conditions", "Observation": "results", "MedicationRequest": "medications",
    "Procedure": "procedures", "DiagnosticReport": "reports", "Encounter": "encounters",
    "ServiceRequest": "referrals", "DocumentReference": "documents", "AllergyIntolerance": "allergies",
    "MedicationStatement": "statements",
}  # fmt: skip


def jwk_of(key: Any, kid: str = KID) -> dict[str, Any]:
    to_jwk = RSAAlgorithm.to_jwk if isinstance(key, rsa.RSAPrivateKey) else ECAlgorithm.to_jwk
    return json.loads(to_jwk(key.public_key())) | {"kid": kid}


def a_client(**parts: Any) -> dict[str, Any]:
    return {"issuer": ISSUER, "jwks": {"keys": [jwk_of(KEY)]}} | parts


def told(**parts: Any) -> dict[str, Any]:
    """What stands in hooks.json."""
    return {"clients": [a_client()], "origins": [ORIGIN], "cards": 5, "calls_a_minute": 100_000} | parts


def claims(audience: Any, exp_in: float = 300, iat_in: float = 0, **parts: Any) -> dict[str, Any]:
    """As the sandbox makes them: for five minutes from now, in whole seconds. None leaves one out."""
    now = round(time.time())
    made = {"iss": ISSUER, "aud": audience, "exp": now + exp_in, "iat": now + iat_in, "jti": str(uuid.uuid4())} | parts
    return {name: value for name, value in made.items() if value is not None}


def a_token(audience: Any, key: Any = KEY, algorithm: str = "ES384", kid: str | None = KID, **parts: Any) -> str:
    """As the sandbox signs its own: ES384, with `kid` and `jku`."""
    header = {"jku": JKU} | ({"kid": kid} if kid else {})
    return jwt.encode(claims(audience, **parts), key, algorithm, headers=header)


def bearer(audience: str, **parts: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {a_token(audience, **parts)}"}


def prefetch_of(resources: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """As the sandbox fills it: the Patient, a searchset for each template, null where there is nothing."""
    by_key: dict[str, list[dict[str, Any]]] = defaultdict(list)
    patient = None
    for resource in resources:
        if resource["resourceType"] == "Patient":
            patient = resource
        elif key := TYPES.get(resource["resourceType"]):
            by_key[key].append(resource)
    found: dict[str, Any] = {key: _searchset(by_key[key]) if by_key[key] else None for key in TYPES.values()}
    return {"patient": patient} | found


def _searchset(resources: list[dict[str, Any]]) -> dict[str, Any]:
    entries = [{"resource": resource, "search": {"mode": "match"}} for resource in resources]
    return {"resourceType": "Bundle", "type": "searchset", "total": len(resources), "entry": entries}


def body(hook: str, prefetch: dict[str, Any], **context: Any) -> dict[str, Any]:
    patient = (prefetch.get("patient") or {}).get("id", "p1")
    return {
        "hook": hook,
        "hookInstance": str(uuid.uuid4()),
        "fhirServer": "https://fhir.example.org/r4",
        "context": {"userId": "Practitioner/abc", "patientId": patient} | context,
        "prefetch": prefetch,
    }
