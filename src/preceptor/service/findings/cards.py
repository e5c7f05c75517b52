"""Findings as cards: those of one evidence together, the most urgent first, and no more up front than the budget."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar

from preceptor.advice import Priority
from preceptor.service.findings.models import PRIORITY_WORDS, Budget, Finding
from preceptor.service.practices.models import Practice
from preceptor.tools.watch import Watch, watch_named

PER_PATIENT, PER_SESSION = 5, 40  # where the practice has set nothing
_RANK = {str(priority): rank for rank, priority in enumerate(Priority)}


@dataclass(frozen=True, slots=True)
class Card:
    """What one evidence gave rise to: one finding, or those of several watches. The most urgent leads."""

    findings: tuple[Finding, ...]

    @property
    def lead(self) -> Finding:
        return self.findings[0]

    @property
    def ids(self) -> list[int]:
        return [each.pk for each in self.findings]

    @property
    def key(self) -> int:
        return self.lead.pk

    @property
    def priority(self) -> str:
        return self.lead.priority

    @property
    def priority_words(self) -> str:
        return PRIORITY_WORDS[self.priority]

    @property
    def since(self) -> date | None:
        """The first day on which any of its watches would have fired."""
        return min((each.since for each in self.findings if each.since), default=None)

    @property
    def watches(self) -> list[tuple[Finding, Watch | None]]:
        """Each finding with its watch; None for a watch that is no longer there."""
        return [(each, _named(each.watch)) for each in self.findings]

    @property
    def order(self) -> tuple[int, date, int]:
        """By priority, then what has been so for longest, then by id."""
        return _RANK[self.priority], self.since or date.min, self.lead.pk


def merged(findings: Iterable[Finding]) -> list[Card]:
    """One card an evidence of a patient, in order."""
    groups: dict[tuple[int, str], list[Finding]] = {}
    for finding in sorted(findings, key=lambda each: (_RANK[each.priority], each.pk)):
        groups.setdefault((finding.patient_id, finding.fingerprint), []).append(finding)
    return sorted((Card(tuple(group)) for group in groups.values()), key=lambda card: card.order)


@dataclass(frozen=True, slots=True)
class Limits:
    per_patient: int = PER_PATIENT
    per_session: int = PER_SESSION


def limits_of(practice: Practice) -> Limits:
    row = Budget.objects.of(practice).order_by("-pk").first()
    return Limits(row.per_patient, row.per_session) if row else Limits()


class Budgeted(Protocol):
    """What costs one of the budget; `key` is the same when it is shown again."""

    @property
    def key(self) -> int | str: ...

    @property
    def priority(self) -> str: ...


C = TypeVar("C", bound=Budgeted)


def within(cards: Sequence[C], limits: Limits, seen: Collection[int | str]) -> tuple[list[C], list[C]]:
    """Those to show up front, and the rest: one click away, never gone.

    `seen` are the keys of the cards that this clinician was shown up front in this session. A card shown before
    costs nothing again, and what is for today is never held back for the sake of a session.
    """
    before, left = set(seen), limits.per_session - len(seen)
    front: list[C] = []
    rest: list[C] = []
    for card in cards:
        is_new = card.key not in before
        is_free = not is_new or card.priority == Priority.TODAY
        if len(front) < limits.per_patient and (is_free or left > 0):
            front.append(card)
            left -= is_new
        else:
            rest.append(card)
    return front, rest


def _named(watch: str) -> Watch | None:
    try:
        return watch_named(watch)
    except KeyError:
        return None
