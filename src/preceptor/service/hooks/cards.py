"""What one evidence gave rise to, as a card: what a clinician reads in their own system.

Nothing that was sent stands in a card's words: only our own, with figures and dates. What a client shows as Markdown
or HTML can therefore bring nothing in from a record.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from preceptor.advice import Finding, Priority
from preceptor.service.findings.reasons import EVERYWHERE_ELSE
from preceptor.service.findings.watches import PACK_TITLES
from preceptor.service.hooks.suggesting import suggestions
from preceptor.tools.watch import watch_named

PACK_SYSTEM = "urn:x-preceptor:watch-pack"
REASON_SYSTEM = "urn:x-preceptor:override-reason"
_INDICATORS = {Priority.TODAY: "critical", Priority.THIS_WEEK: "warning", Priority.ROUTINE: "info"}
_STATES = {"met": "Yes", "not met": "No", "unknown": "Not known"}
LONGEST_SUMMARY = 139  # fewer than 140 characters


def card(
    findings: Sequence[Finding], patient: str, page_of: Callable[[str], str], notes: tuple[str, ...] = ()
) -> dict[str, Any]:
    """The card of findings of one evidence, of which the first leads.

    `page_of` gives the absolute URL of a watch's page; `notes` end the details.
    """
    lead, *others = findings
    watch = watch_named(lead.watch)
    offered = suggestions(findings, patient)
    return {
        "uuid": str(uuid.uuid4()),
        "summary": _summary(lead),
        "detail": "\n\n".join([*_detail(lead), *(part for other in others for part in _beside(other)), *notes]),
        "indicator": _INDICATORS[lead.priority],
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
        "overrideReasons": [
            {"system": REASON_SYSTEM, "code": code, "display": words} for code, words in EVERYWHERE_ELSE
        ],
    }


def _summary(finding: Finding) -> str:
    since = f" (since {_day(finding.since)})" if finding.since else ""
    return f"{finding.title}{since}"[:LONGEST_SUMMARY]


def _beside(finding: Finding) -> list[str]:
    """What another watch says of the same evidence."""
    return [f"**Also: {_summary(finding)}**", *_detail(finding)]


def _detail(finding: Finding) -> list[str]:
    watch = watch_named(finding.watch)
    verified = {"yes": "checked against it", "partly": "checked against it in part"}.get(
        watch.source.verified, "not checked against it"
    )
    return [
        watch.why,
        f"**{watch.ask}**",
        "\n".join(_criterion(criterion) for criterion in finding.detail["criteria"]),
        f"Source: {watch.source.words} ({watch.source.version}); {verified}. Reviewed by: {watch.reviewed_by}. "
        "It rests on what the record holds, and informs; you decide.",
    ]


def _criterion(told: dict[str, Any]) -> str:
    line = f"- {_STATES[told['state']]}: {told['words']}"
    if "value" in told:
        line += f": {told['value']:g}"
    if "since" in told:
        line += f" (since {_day(date.fromisoformat(told['since']))})"
    return line


def _day(when: date) -> str:
    return f"{when.day} {when:%B} {when.year}"
