"""The body of a call, read and checked: a client's mistake is a 4xx that says which, and quotes nothing of it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from django.http import HttpRequest

from preceptor.service.hooks.refusing import Refusal
from preceptor.service.hooks.services import NEEDED, PREFETCH, Service

LARGEST = 16 * 2**20  # bytes
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_USER = re.compile(r"(Practitioner|PractitionerRole|Patient|RelatedPerson)/[A-Za-z0-9\-.]{1,64}")
_LONGEST_URL = 2000


@dataclass(frozen=True)
class Asked:
    """A call of a service. `prefetch` holds every key that is needed; None means that there is no such data."""

    patient: str  # the FHIR id
    user: str  # who looks: "Practitioner/abc"
    prefetch: Mapping[str, Mapping[str, Any] | None]
    drafts: tuple[Mapping[str, Any], ...] = ()  # the resources of all draft orders
    selections: frozenset[str] = frozenset()  # "Type/id" of those just selected

    @property
    def draft_ids(self) -> frozenset[str]:
        """ "Type/id" of all draft orders."""
        return frozenset(f"{draft['resourceType']}/{draft['id']}" for draft in self.drafts)


def json_of(http: HttpRequest) -> Mapping[str, Any]:
    """The JSON object in the body. Raises Refusal: 400, 413 or 415."""
    if http.content_type != "application/json" or http.headers.get("Content-Encoding", "identity") != "identity":
        raise Refusal(415, "Send JSON, not compressed: Content-Type: application/json.")
    length = http.META.get("CONTENT_LENGTH") or "0"
    # The stream is read by hand: Django's own limit is for forms, and is far smaller than a record.
    body = http.read(LARGEST + 1) if length.isdecimal() and int(length) <= LARGEST else None
    if body is None or len(body) > LARGEST:
        raise Refusal(413, f"The body is larger than {LARGEST // 2**20} MB.")
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Refusal(400, "The body is not valid JSON.") from None
    if not isinstance(found, dict):
        raise Refusal(400, "The body is not a JSON object.")
    return found


def asked(told: Mapping[str, Any], service: Service) -> Asked:
    """The call. Raises Refusal: 400 for what is wrong, 412 for data that is needed and was not sent."""
    if told.get("hook") != service.hook:
        raise Refusal(400, f"hook has to be {service.hook}, which this service is for.")
    if not _is_uuid(told.get("hookInstance")):
        raise Refusal(400, "hookInstance has to be a UUID.")
    server = told.get("fhirServer")
    if server is not None and not (isinstance(server, str) and _is_address(server)):
        raise Refusal(400, "fhirServer has to be an http or https URL.")
    if told.get("fhirAuthorization") is not None and server is None:
        raise Refusal(400, "fhirAuthorization was sent without a fhirServer.")
    context = told.get("context")
    if not isinstance(context, dict):
        raise Refusal(400, "context has to be an object.")
    if not (isinstance(user := context.get("userId"), str) and _USER.fullmatch(user)):
        raise Refusal(400, "context.userId has to be a reference such as Practitioner/abc.")
    patient = context.get("patientId")
    if not (isinstance(patient, str) and _ID.fullmatch(patient)):
        raise Refusal(400, "context.patientId has to be the id of a FHIR Patient.")
    drafts, selections = _orders(context) if service.hook == "order-select" else ((), frozenset())
    return Asked(patient, user, _prefetch(told.get("prefetch")), drafts, selections)


def _prefetch(told: Any) -> Mapping[str, Mapping[str, Any] | None]:
    sent = {} if told is None else told
    if not isinstance(sent, dict):
        raise Refusal(400, "prefetch has to be an object.")
    missing = [key for key in NEEDED if key not in sent]
    if missing or sent["patient"] is None:
        names = ", ".join(missing or ["patient"])
        raise Refusal(412, f"This service needs prefetch data that was not sent: {names}. It fetches nothing itself.")
    found = {key: sent[key] for key in PREFETCH if key in sent}
    for key, resource in found.items():
        if resource is not None and not (isinstance(resource, dict) and isinstance(resource.get("resourceType"), str)):
            raise Refusal(400, f"prefetch.{key} has to be a FHIR resource, a Bundle or null.")
        if resource is not None and resource["resourceType"] == "OperationOutcome":
            raise Refusal(412, f"prefetch.{key} is an OperationOutcome: the data could not be had.")
        if _goes_on(resource):
            raise Refusal(412, f"prefetch.{key} is one page of several. Send all of it at once.")
    if found["patient"]["resourceType"] != "Patient":
        raise Refusal(400, "prefetch.patient has to be a Patient.")
    return found


def _goes_on(resource: Mapping[str, Any] | None) -> bool:
    """True for a Bundle with a next page: what is on it would be taken for absent."""
    links = resource.get("link") if resource else None
    return isinstance(links, list) and any(isinstance(link, dict) and link.get("relation") == "next" for link in links)


def _orders(context: Mapping[str, Any]) -> tuple[tuple[Mapping[str, Any], ...], frozenset[str]]:
    bundle, selections = context.get("draftOrders"), context.get("selections")
    entries = bundle.get("entry", []) if isinstance(bundle, dict) and bundle.get("resourceType") == "Bundle" else None
    if not isinstance(entries, list):
        raise Refusal(400, "context.draftOrders has to be a Bundle.")
    if not isinstance(selections, list) or not all(isinstance(each, str) for each in selections):
        raise Refusal(400, "context.selections has to be a list of the ids of draft orders.")
    drafts = tuple(_draft(entry) for entry in entries)
    named: dict[str, set[str]] = {}  # by "Type/id", and by the id alone
    for draft in drafts:
        key = f"{draft['resourceType']}/{draft['id']}"
        for name in (key, draft["id"]):
            named.setdefault(name, set()).add(key)
    if any(each not in named for each in selections):
        raise Refusal(400, "context.selections names an order that is not in context.draftOrders.")
    return drafts, frozenset(key for each in selections for key in named[each])


def _draft(entry: Any) -> Mapping[str, Any]:
    draft = entry.get("resource") if isinstance(entry, dict) else None
    if not isinstance(draft, dict) or not isinstance(draft.get("resourceType"), str):
        raise Refusal(400, "Each entry of context.draftOrders has to hold a FHIR resource.")
    if not (isinstance(draft.get("id"), str) and _ID.fullmatch(draft["id"])):
        raise Refusal(400, "Each of context.draftOrders needs an id, by which selections can name it.")
    return draft


def _is_uuid(told: Any) -> bool:
    try:
        return isinstance(told, str) and len(told) <= 45 and bool(uuid.UUID(told))
    except ValueError:
        return False


def _is_address(told: str) -> bool:
    return len(told) <= _LONGEST_URL and told.startswith(("https://", "http://"))
