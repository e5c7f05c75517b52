"""Watches run on one record, and what any engine worked out put into words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from preceptor.advice import Finding, Record
from preceptor.tools.watch.criteria import Criterion
from preceptor.tools.watch.days import date_of
from preceptor.tools.watch.reference import View
from preceptor.tools.watch.watch import Watch


@dataclass(frozen=True, slots=True)
class Told:
    """What an engine worked out of one criterion. `since` is a day number, `events` are ids."""

    met: bool | None
    since: int | None
    value: float | None
    events: tuple[str | None, ...]


def notice(watches: Iterable[Watch], record: Record, as_of: datetime) -> list[Finding]:
    """The findings of these watches in this record, as of this moment. Of who had died by then they say so."""
    died = record.patient.died if record.patient.died and record.patient.died <= as_of.date() else None
    view = View(record, as_of)
    found = []
    for watch in watches:
        if view.value(watch.when.met) is True:
            told = [_told(criterion, view) for criterion in watch.criteria]
            found.append(finding(watch, record.patient.id, view.value(watch.when.since), told, died))
    return found


def examine(watch: Watch, record: Record, as_of: datetime) -> dict[str, Any]:
    """Every criterion of a watch for this record, met or not, whether or not it would fire."""
    view = View(record, as_of)
    told = [_told(criterion, view) for criterion in watch.criteria]
    return {"fires": view.value(watch.when.met) is True, **_detail(watch.criteria, told)}


def finding(watch: Watch, patient: str, since: int | None, told: Sequence[Told], died: date | None = None) -> Finding:
    shown = [event for each in told if each.met for event in each.events if event is not None]
    return Finding(
        patient=patient,
        watch=watch.id,
        title=watch.title,
        since=date_of(since),
        priority=watch.priority,
        evidence=tuple(dict.fromkeys(shown)),
        detail=_detail(watch.criteria, told) | ({"died": died.isoformat()} if died else {}),
        ask=watch.ask,
    )


def _told(criterion: Criterion, view: View) -> Told:
    met = view.value(criterion.met)
    return Told(
        met=met,
        since=view.value(criterion.since) if met else None,
        value=view.value(criterion.value) if criterion.value is not None else None,
        events=tuple(view.value(one.id) for one in criterion.shows),
    )


def _detail(criteria: Sequence[Criterion], told: Sequence[Told]) -> dict[str, Any]:
    return {"criteria": [_shown(criterion, each) for criterion, each in zip(criteria, told, strict=True)]}


def _shown(criterion: Criterion, told: Told) -> dict[str, Any]:
    state = "unknown" if told.met is None else "met" if told.met else "not met"
    since: date | None = date_of(told.since) if told.met else None
    shown: dict[str, Any] = {"words": criterion.words, "state": state}
    if since:
        shown["since"] = since.isoformat()
    if told.value is not None:
        shown["value"] = round(told.value, 3)
    return shown
