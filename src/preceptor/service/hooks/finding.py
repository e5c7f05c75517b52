"""What a service has to say of the record that a call brought."""

from __future__ import annotations

from datetime import date, datetime

from preceptor.advice import Finding, Priority
from preceptor.service.hooks.asked import Asked
from preceptor.service.hooks.records import Brought
from preceptor.service.hooks.services import Service
from preceptor.tools.watch import notice

_PRIORITIES = tuple(Priority)


def findings(service: Service, call: Asked, brought: Brought, now: datetime) -> list[Finding]:
    """Most urgent first, of the equally urgent the newest; none for who has died.

    Of a draft order only what rests on the selected orders is told: the rest was there before.
    """
    if brought.has_died:
        return []
    found = notice(service.watches, brought.record, now)
    if service.hook == "order-select":
        found = [each for each in found if not call.selections.isdisjoint(each.evidence)]
    return sorted(found, key=_order)


def _order(finding: Finding) -> tuple[int, int, str]:
    since = finding.since or date.min
    return _PRIORITIES.index(finding.priority), -since.toordinal(), finding.watch
