"""What many practices learnt, each by itself, as one new starting point for all of them.

Each update is what a practice's lessons moved against a penalty and the shared examples. If every practice's lessons
pull on the weights as the shared examples hold them, only more or less strongly, then what all lessons together would
have moved is

    sum of (S + W_i) / (S + sum of W_j) * moved_i        S: weight of the shared examples, W_i: of practice i's lessons

so no lesson has to leave its practice (the product of the practices' answers around one prior, each taken as a
Gaussian; compare Al-Shedivat and others, 2021, "Federated learning via posterior averaging"). A practice's W_i is cut
to 5% of the whole, shared examples included, as in a fit of all lessons at one place. A practice that lies about its
weight, or moves further than such a weight can, gains nothing: how far an update reaches is bounded too. One that alone
would miss emergencies is set aside and named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from preceptor.learning.calibrating import calibrated, no_less_safe
from preceptor.learning.challenge import Challenged, challenge, paired
from preceptor.learning.shared import Rows, Shared
from preceptor.learning.stage import LEVELS, Stage
from preceptor.learning.updates import NotUsable, Update
from preceptor.learning.weights import CAP, capped

FEWEST = 3  # practices: of two, each could read off what the other taught
REACH = 0.08  # root mean square of the weights moved, in units of each input's spread, over the root of the weight


@dataclass(frozen=True, slots=True)
class Part:
    """What became of one practice's update."""

    update: Update
    weight: float  # its share of the whole, after caps; 0 where it was set aside
    shortened: bool  # it reached further than its weight can
    alarm: str = ""  # why it was set aside


@dataclass(frozen=True)
class Pooled:
    """A new starting point, what it was made of, and how it does on the hold-out beside the one before."""

    stage: Stage
    parts: tuple[Part, ...]
    challenged: Challenged


def pool(shared: Shared, start: Stage, updates: Sequence[Update], cap: float = CAP) -> Pooled:
    """The starting point that these updates of one and the same `start` make together. Raises NotUsable."""
    twice = [practice for practice, n in Counter(update.practice for update in updates).items() if n > 1]
    if twice:
        raise NotUsable(f"{twice[0]} signed two updates: give the later one alone, or it would weigh twice")
    if len(updates) < FEWEST:
        raise NotUsable(f"there are {len(updates)} updates, {FEWEST} are needed: of fewer, one could read another's")
    updates = sorted(updates, key=lambda update: update.practice)  # sums do not depend on the order of files
    alarms = [alarm(start, update, shared.calibration) for update in updates]
    kept = [update for update, why in zip(updates, alarms, strict=True) if not why]
    if not kept:
        raise NotUsable("every update would miss emergencies that the starting point catches: there is nothing to pool")
    spread = np.maximum(shared.learned.inputs.std(axis=0), 0.05)[:, None]  # as in `moving`
    whole = float(len(shared.learned))
    stated = np.array([whole * update.weight / (1 - update.weight) for update in kept])
    weights = capped(stated, [np.arange(len(kept))], whole, cap)
    total = whole + float(weights.sum())
    slopes, biases, shortened = np.zeros_like(start.slopes), np.zeros(LEVELS), []
    for update, said, weight in zip(kept, stated, weights, strict=True):
        # As if so much less had pulled: what was moved is to what pulls as W to S + W.
        part = float(weight / said * (whole + said) / (whole + weight))
        length = part * float(np.sqrt(((update.slopes * spread) ** 2).mean()))
        limit = REACH * float(np.sqrt(weight / (whole + weight)))
        shortened.append(length > limit)
        part *= min(1.0, limit / max(length, 1e-12)) * float((whole + weight) / total)
        slopes += part * update.slopes
        biases += part * update.biases
    moved = replace(start, slopes=start.slopes + slopes, biases=start.biases + biases)
    stage = no_less_safe(start, calibrated(moved, shared.calibration), shared.calibration, shared.learned)
    parts = _parts(updates, alarms, (weights / total).tolist(), shortened)
    return Pooled(stage, parts, challenge(start, stage, shared.holdout, needs_live=False))


def alarm(start: Stage, update: Update, rows: Rows) -> str:
    """Why an update is set aside: alone it would miss emergencies that are caught now. Empty where it would not."""
    stage = replace(start, slopes=start.slopes + update.slopes, biases=start.biases + update.biases)
    only = rows.where(np.flatnonzero(rows.emergencies))
    unaided = np.full(len(only), LEVELS - 1)  # whatever a red flag would add
    found = paired(start.calls(only.inputs, unaided) == 0, stage.calls(only.inputs, unaided) == 0)
    if found.difference.interval is None or found.difference.interval.high >= 0:
        return ""
    words = f"alone it would miss {found.lost} of {len(only)} emergencies that are caught now"
    return f"{words}, and catch {found.gained} others"


def _parts(
    updates: Sequence[Update], alarms: Sequence[str], weights: Sequence[float], shortened: Sequence[bool]
) -> tuple[Part, ...]:  # fmt: skip
    used = iter(zip(weights, shortened, strict=True))
    return tuple(
        Part(update, 0.0, False, why) if why else Part(update, *next(used))
        for update, why in zip(updates, alarms, strict=True)
    )


def update_of(practice: str, start: Stage, fitted: Stage, weight: float, lessons: int) -> Update:
    """What a practice moved, from the starting point to what it fitted."""
    return Update(practice, fitted.slopes - start.slopes, fitted.biases - start.biases, weight, lessons)
