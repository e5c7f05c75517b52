"""Live traffic that a challenger was not taught from: what it and the champion call each case, and what was right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np

from preceptor.advice import URGENCIES, Urgency
from preceptor.learning.challenge import Shadow, challenge
from preceptor.learning.limits import contest
from preceptor.learning.shared import Shared
from preceptor.learning.stage import Stage
from preceptor.service.learning import record_rules, telling
from preceptor.service.learning.gathering import Told


@dataclass(frozen=True, slots=True)
class Champion:
    """The second stage in force, its digest ("" for the one that ships), the starting point it was learnt from, and
    the limits of the record's rules that were learnt with it."""

    stage: Stage
    digest: str
    start: str = ""
    limits: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rival:
    """What challenges: its second stage and limits, the last moment that taught it, and whom it did not believe."""

    stage: Stage
    limits: dict[str, int]
    last: datetime | None
    set_aside: frozenset[str]


@dataclass(frozen=True, slots=True)
class LiveCase:
    """One decided request. `truth` is None where no audit was drawn, answered, or could tell."""

    request: UUID
    practice: str
    before: Urgency  # as the champion calls it, red flags heeded
    after: Urgency  # as the challenger does
    decided: Urgency
    truth: Urgency | None


def tried(shared: Shared, champion: Champion, rival: Rival, told: Sequence[Told]) -> dict[str, Any]:
    """How the challenger does on the hold-out and on decisions after those that taught it, as figures."""
    live = live_cases(told, champion.stage, rival.stage, rival.last)
    found = challenge(champion.stage, rival.stage, shared.holdout, shadow_of(told, live))
    cases = {case.request for case in live}
    fresh = [each.decided for each in told if each.request in cases]
    limits = contest(fresh, champion.limits, rival.limits, rival.set_aside)
    return record_rules.with_contest(telling.challenge_as_json(found, live), limits)


def live_cases(told: Sequence[Told], champion: Stage, challenger: Stage, since: datetime | None) -> list[LiveCase]:
    """Every decision after the challenger's last lesson, the first first."""
    fresh = [each for each in told if since is None or each.decided.final.when > since]
    if not fresh:
        return []
    inputs = np.stack([each.decided.inputs for each in fresh]).astype(np.float64)
    floors = np.array([each.floor for each in fresh], dtype=np.int64)
    before, after = champion.calls(inputs, floors), challenger.calls(inputs, floors)
    return [
        LiveCase(
            each.request, each.decided.practice, URGENCIES[was], URGENCIES[now], each.decided.final.urgency,
            each.decided.audit.urgency if each.decided.audit else None,
        )
        for each, was, now in zip(fresh, before.tolist(), after.tolist(), strict=True)
    ]  # fmt: skip


def shadow_of(told: Sequence[Told], cases: Sequence[LiveCase]) -> list[Shadow]:
    """Of live cases those that the random audit judged, each with the same chance, in the order of the answers.

    A lot below the lowest probability that was used would have been drawn whatever anybody had said. An audit that
    found no truth counts as unknown; one that nobody has answered yet does not count yet.
    """
    by_request = {each.request: each for each in told}
    lowest = min((by_request[case.request].decided.audit_probability for case in cases), default=0.0)
    judged = [(by_request[case.request], case) for case in cases]
    answered = [
        (each.answered, case)
        for each, case in judged
        if each.answered is not None and each.lot is not None and each.lot < lowest
    ]
    return [
        Shadow(str(case.request), case.before, case.after, case.truth)
        for _, case in sorted(answered, key=lambda pair: pair[0])
    ]
