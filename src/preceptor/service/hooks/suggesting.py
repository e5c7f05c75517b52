"""What a card offers to do: a draft request for the test that a watch asks for. Nothing is applied by itself."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from preceptor.advice import EventKind, Finding, Priority
from preceptor.record.concepts import codes_of, concept
from preceptor.tools.watch import Watch, watch_named
from preceptor.tools.watch.packs.monitoring import TESTS

_OVERDUE = re.compile(r"(.+): none in the last \d+ days")
_TITLES = dict(TESTS.values())


@dataclass(frozen=True)
class Test:
    """A test that may be requested."""

    title: str
    concept: str


def suggestions(findings: Sequence[Finding], patient: str) -> list[dict[str, Any]]:
    """One for each test that the findings of a card ask for, the most urgent first, as CDS Hooks suggestions."""
    asked = {test: finding for finding in reversed(findings) for test in tests_asked_for(finding)}
    return [_suggestion(test, finding, patient) for test, finding in asked.items()]


def tests_asked_for(finding: Finding) -> list[Test]:
    watch = watch_named(finding.watch)
    if watch.pack == "monitoring":
        return list(dict.fromkeys(_overdue(finding)))
    repeated = _repeated(watch)
    return [repeated] if repeated else []


def _overdue(finding: Finding) -> Iterator[Test]:
    for criterion in finding.detail["criteria"]:
        match = _OVERDUE.fullmatch(criterion["words"])
        if match and criterion["state"] == "met" and match[1] in _TITLES:
            yield Test(match[1], _TITLES[match[1]][0])


@cache
def _repeated(watch: Watch) -> Test | None:
    """The test that a watch over results that nobody repeated asks to repeat."""
    if not watch.id.endswith("_not_repeated"):
        return None
    for criterion in watch.criteria:
        for shown in criterion.shows:
            if EventKind.RESULT in shown.of.kinds and shown.of.about:
                return Test(concept(shown.of.about[0]).title, shown.of.about[0])
    return None


def _suggestion(test: Test, finding: Finding, patient: str) -> dict[str, Any]:
    what = f"Request: {test.title}"
    coding = [{"system": code.system, "code": code.code, "display": code.display} for code in codes_of(test.concept)]
    resource: dict[str, Any] = {
        "resourceType": "ServiceRequest",
        "status": "draft",
        "intent": "proposal",
        "priority": "urgent" if finding.priority == Priority.TODAY else "routine",
        "code": {"text": test.title} | ({"coding": coding[:1]} if coding else {}),
        "subject": {"reference": f"Patient/{patient}"},
        "reasonCode": [{"text": finding.title}],
    }
    action = {"type": "create", "description": f"{what}, as a draft for you to sign", "resource": resource}
    return {"label": what, "uuid": str(uuid.uuid4()), "actions": [action]}
