"""How much each lesson may weigh: no account and no practice beyond its cap, and each account as far as it is trusted.

Trust is the chance that an account's answer was thought through rather than picked at random: the one-coin model of
Raykar and others (2010, "Learning from crowds", JMLR 11), where a classifier and the raters are judged together by
expectation-maximisation. It needs no case that two people answered, and most requests are answered by one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from preceptor.learning.lessons import Lesson, Source
from preceptor.learning.stage import LEVELS, Floats, Ints

CAP = 0.05  # of the whole weight, shared rows included: what one account, or one practice, can have at most
TRUSTED = (16.0, 4.0)  # as if so many answers had been seen before, thought through and not
TRUTHS = frozenset({Source.OUTCOME, Source.AUDIT})
GOLD_COUNTS = 3.0  # an answer that was checked against a truth tells this many times what an unchecked one does
HEARD = 0.05  # what a model finds less likely than this is heard as if it were: the model may be what is wrong
_ROUNDS = 200


def places(names: Sequence[str]) -> tuple[Ints, tuple[str, ...]]:
    """A number for each name, and the names in order."""
    known, at = np.unique(np.array(names, dtype=object).astype(str), return_inverse=True)
    return at.astype(np.int64), tuple(known.tolist())


def capped(weights: Floats, groups: Sequence[Ints], shared: float, cap: float = CAP) -> Floats:
    """Weights scaled down until no group's sum is above `cap` of the whole, `shared` included.

    `groups`: for each way of grouping (accounts, practices) the group of each lesson, -1 for one without a cap.
    """
    found = weights.astype(np.float64).copy()
    for _ in range(_ROUNDS):
        steady = True
        for group in groups:
            under = group >= 0
            if not under.any():
                continue
            limit = cap * (shared + found.sum())
            sums = np.bincount(group[under], weights=found[under], minlength=int(group.max()) + 1)
            scale = np.where(sums > limit, limit / np.maximum(sums, 1e-12), 1.0)
            found[under] *= scale[group[under]]
            steady &= bool((scale > 1 - 1e-6).all())
        if steady:
            break
    return found


def thought_through(chances: Floats, answers: Ints, trust: Floats) -> Floats:
    """The chance that each answer was no random pick, given the model's chances (n, 5) and its account's trust (n,)."""
    meant = trust * np.maximum(chances[np.arange(len(answers)), answers], HEARD)
    return np.asarray(meant / (meant + (1 - trust) / LEVELS))


def trust_of(thought: Floats, account: Ints, accounts: int, gold: Sequence[tuple[int, float]] = ()) -> Floats:
    """Each account's trust (accounts,) from how likely its answers were thought through, and from checked answers.

    `gold`: for each checked answer its account and how near it came to the truth, from 0 to 1.
    """
    good, seen = np.full(accounts, TRUSTED[0]), np.full(accounts, sum(TRUSTED))
    np.add.at(good, account, thought)
    np.add.at(seen, account, 1.0)
    for at, near in gold:
        good[at] += GOLD_COUNTS * near
        seen[at] += GOLD_COUNTS
    return np.asarray(np.clip(good / seen, 0.02, 0.98))


def checked(lessons: Sequence[Lesson]) -> list[tuple[int, Lesson, Lesson]]:
    """Answers whose case has a truth that somebody else gave: place among the lessons, the answer, the truth."""
    truths: dict[str, list[Lesson]] = defaultdict(list)
    for lesson in lessons:
        if lesson.source in TRUTHS:
            truths[lesson.case].append(lesson)
    found = []
    for at, lesson in enumerate(lessons):
        if lesson.source is Source.FIRST_VIEW:
            others = [truth for truth in truths.get(lesson.case, ()) if truth.account != lesson.account]
            if others:
                found.append((at, lesson, min(others, key=lambda t: (t.source is not Source.OUTCOME, t.when))))
    return found


def nearness(answer: int, truth: int) -> float:
    """1 for the truth itself, a half for its neighbour, 0 beyond: two careful GPs are often one step apart."""
    return max(0.0, 1 - abs(answer - truth) / 2)
