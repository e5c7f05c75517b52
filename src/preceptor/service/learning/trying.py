"""Live traffic that a challenger was not taught from: what it and the champion call each case, and what was right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np

from preceptor.advice import URGENCIES, Urgency
from preceptor.learning.challenge import Shadow
from preceptor.learning.stage import Stage
from preceptor.service.learning.gathering import Told


@dataclass(frozen=True, slots=True)
class LiveCase:
    """One decided request. `truth` is None where no audit was drawn, answered, or could tell."""

    request: UUID
    practice: str
    before: Urgency  # as the champion calls it, red flags heeded
    after: Urgency  # as the challenger does
    decided: Urgency
    truth: Urgency | None


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
