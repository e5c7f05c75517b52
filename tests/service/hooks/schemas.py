"""The answers of a CDS service as JSON Schema, written from the standard: https://cds-hooks.hl7.org/2.0/

Elements that the standard does not name are refused here, so that a slip of the pen is seen; nothing may be null or
empty, which the standard forbids of every element.
"""

from __future__ import annotations

from typing import Any

from jsonschema import Draft202012Validator

_TEXT = {"type": "string", "minLength": 1}
_URL = {"type": "string", "pattern": "^https?://[^ ]+$"}
_UUID = {"type": "string", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"}


def _object(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": required | (optional or {}),
        "required": list(required),
        "additionalProperties": False,
    }


def _list(items: dict[str, Any], least: int = 1) -> dict[str, Any]:
    return {"type": "array", "items": items, "minItems": least}


_CODING = _object({"code": _TEXT}, {"system": _TEXT, "display": _TEXT})
_REASON = _object({"code": _TEXT, "display": _TEXT}, {"system": _TEXT})
_RESOURCE = {"type": "object", "required": ["resourceType"], "properties": {"resourceType": _TEXT}}
_ACTION = {
    "oneOf": [
        _object({"type": {"enum": ["create", "update"]}, "description": _TEXT, "resource": _RESOURCE}),
        _object({"type": {"const": "delete"}, "description": _TEXT, "resourceId": _TEXT}),
    ]
}
_SUGGESTION = _object(
    {"label": _TEXT}, {"uuid": _UUID, "isRecommended": {"type": "boolean"}, "actions": _list(_ACTION)}
)
_LINK = _object({"label": _TEXT, "url": _URL, "type": {"enum": ["absolute", "smart"]}}, {"appContext": _TEXT})
_SOURCE = _object({"label": _TEXT}, {"url": _URL, "icon": _URL, "topic": _CODING})
_CARD = _object(
    {
        "summary": _TEXT | {"maxLength": 139},
        "indicator": {"enum": ["info", "warning", "critical"]},
        "source": _SOURCE,
    },
    {
        "uuid": _UUID,
        "detail": _TEXT,
        "suggestions": _list(_SUGGESTION),
        "selectionBehavior": {"enum": ["at-most-one", "any"]},
        "overrideReasons": _list(_REASON),
        "links": _list(_LINK),
    },
) | {"dependentRequired": {"suggestions": ["selectionBehavior"]}}

CARDS = Draft202012Validator(_object({"cards": _list(_CARD, least=0)}, {"systemActions": _list(_ACTION)}))

# The subset of FHIR search that the standard recommends for prefetch, with tokens of the context alone.
_TEMPLATE = {
    "type": "string",
    "pattern": r"^[A-Z][A-Za-z]+(/|\?patient=)\{\{context\.patientId\}\}(&_count=\d+)?$",
}
_SERVICE = _object(
    {"hook": _TEXT, "description": _TEXT, "id": {"type": "string", "pattern": "^[A-Za-z0-9-]+$"}},
    {
        "title": _TEXT,
        "usageRequirements": _TEXT,
        "prefetch": {"type": "object", "additionalProperties": _TEMPLATE, "minProperties": 1},
    },
)
DISCOVERY = Draft202012Validator(_object({"services": _list(_SERVICE, least=0)}))
REFUSAL = Draft202012Validator(_object({"detail": _TEXT}))
