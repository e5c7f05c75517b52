"""What a service has to say of the record that a call brought."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from preceptor.advice import Event, Finding, Priority
from preceptor.service.findings.noticing import fingerprint_of, marks_of, seen_in
from preceptor.service.hooks.asked import Asked
from preceptor.service.hooks.records import Brought
from preceptor.service.hooks.services import Service
from preceptor.tools.watch import Watch, notice

_PRIORITIES = tuple(Priority)


@dataclass(frozen=True)
class Noticed:
    """A finding, and the marks of the entries that it rests on."""

    finding: Finding
    seen: tuple[str, ...]

    @property
    def fingerprint(self) -> str:
        return fingerprint_of(self.finding, self.seen)


@dataclass(frozen=True)
class Group:
    """What one evidence gave rise to. The most urgent finding leads. `key` is the same in another call."""

    findings: tuple[Finding, ...]
    key: str

    @property
    def lead(self) -> Finding:
        return self.findings[0]

    @property
    def priority(self) -> Priority:
        return self.lead.priority

    @property
    def order(self) -> tuple[int, date, str]:
        """By priority, then what has been so for longest, then by watch: as the pages order their cards."""
        since = min((each.since for each in self.findings if each.since), default=date.min)
        return _PRIORITIES.index(self.priority), since, self.lead.watch


def findings(
    service: Service, watches: tuple[Watch, ...], call: Asked, brought: Brought, now: datetime
) -> list[Noticed]:
    """What these watches find; nothing for who has died.

    Of a draft order only what rests on the selected orders is told: the rest was there before.
    """
    if brought.has_died:
        return []
    found = notice(watches, brought.record, now)
    if service.hook == "order-select":
        found = [each for each in found if not call.selections.isdisjoint(each.evidence)]
    rested_on = {event for each in found for event in each.evidence}
    marks = marks_of(_as_marked(event, call) for event in brought.record.events if event.id in rested_on)
    return [Noticed(each, tuple(seen_in(each, marks))) for each in found]


def _as_marked(event: Event, call: Asked) -> Event:
    """A draft order is taken as started at the moment of the call, but is the same evidence all day.

    Clients call again at each change of a draft: with the moment in its mark no answer would hold and no budget last.
    """
    if event.when is None or event.id not in call.draft_ids:
        return event
    return replace(event, when=event.when.replace(hour=0, minute=0, second=0, microsecond=0))


def grouped(noticed: list[tuple[str, Noticed]]) -> list[Group]:
    """One group a key, in order."""
    groups: dict[str, list[Finding]] = {}
    for key, each in noticed:
        groups.setdefault(key, []).append(each.finding)
    ordered = (
        Group(tuple(sorted(many, key=lambda each: (_PRIORITIES.index(each.priority), each.watch))), key)
        for key, many in groups.items()
    )
    return sorted(ordered, key=lambda group: group.order)
