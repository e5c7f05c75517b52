"""A finding as a card: what a clinician reads in their own system.

Nothing that was sent stands in a card's words: only our own, with figures and dates. What a client shows as Markdown
or HTML can therefore bring nothing in from a record.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

from preceptor.advice import Finding, Priority
from preceptor.service.hooks.reasons import codings
from preceptor.service.hooks.suggesting import suggestions
from preceptor.tools.watch import Watch, watch_named

PACK_SYSTEM = "urn:x-preceptor:watch-pack"
PACK_TITLES = {
    "results": "Results not acted on",
    "kidney": "Kidneys",
    "diabetes": "Diabetes",
    "monitoring": "Monitoring of medicines",
    "prescribing": "Prescribing safety",
    "cancer": "Signs of cancer",
    "cancer_results": "Results beyond a limit for cancer",
    "symptoms": "Symptoms",
    "heart": "Heart and circulation",
    "qrisk3": "QRISK3",
}
_INDICATORS = {Priority.TODAY: "critical", Priority.THIS_WEEK: "warning", Priority.ROUTINE: "info"}
_STATES = {"met": "Yes", "not met": "No", "unknown": "Not known"}
LONGEST_SUMMARY = 139  # fewer than 140 characters


def card(finding: Finding, patient: str, page_of: Callable[[str], str], notes: tuple[str, ...] = ()) -> dict[str, Any]:
    """The card of a finding. `page_of` gives the absolute URL of a watch's page; `notes` end the details."""
    watch = watch_named(finding.watch)
    offered = suggestions(finding, patient)
    return {
        "uuid": str(uuid.uuid4()),
        "summary": _summary(finding),
        "detail": _detail(watch, finding, notes),
        "indicator": _INDICATORS[finding.priority],
        "source": {
            "label": watch.source.words,
            "url": page_of(watch.id),
            "topic": {
                "system": PACK_SYSTEM,
                "code": watch.pack,
                "display": PACK_TITLES.get(watch.pack, watch.pack.capitalize()),
            },
        },
        **({"suggestions": offered, "selectionBehavior": "any"} if offered else {}),
        "overrideReasons": codings(),
    }


def _summary(finding: Finding) -> str:
    since = f" (since {_day(finding.since)})" if finding.since else ""
    return f"{finding.title}{since}"[:LONGEST_SUMMARY]


def _detail(watch: Watch, finding: Finding, notes: tuple[str, ...]) -> str:
    verified = {"yes": "checked against it", "partly": "checked against it in part"}.get(
        watch.source.verified, "not checked against it"
    )
    parts = [
        watch.why,
        f"**{watch.ask}**",
        "\n".join(_criterion(criterion) for criterion in finding.detail["criteria"]),
        f"Source: {watch.source.words} ({watch.source.version}); {verified}. Reviewed by: {watch.reviewed_by}. "
        "It rests on what the record holds, and informs; you decide.",
        *notes,
    ]
    return "\n\n".join(parts)


def _criterion(told: dict[str, Any]) -> str:
    line = f"- {_STATES[told['state']]}: {told['words']}"
    if "value" in told:
        line += f": {told['value']:g}"
    if "since" in told:
        line += f" (since {_day(date.fromisoformat(told['since']))})"
    return line


def _day(when: date) -> str:
    return f"{when.day} {when:%B} {when.year}"
