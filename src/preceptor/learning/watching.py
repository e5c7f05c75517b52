"""Does somebody teach what others do not? Each account beside its colleagues, and an alarm where one stands out.

What the champion would have expected is only the common yardstick: where everybody differs from it, it is the champion
that is wrong, and nobody is named. An alarm sets an account's lessons aside until a named person has looked.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import numpy as np
from scipy.stats import binom

from preceptor.learning.lessons import LED, Lesson, Source, Teaches
from preceptor.learning.stage import LEVELS, Floats, Ints
from preceptor.learning.weights import TRUTHS, checked, places

FEWEST = 8  # answers of an account (or of one about a topic) below which nothing is said of it
STANDS_OUT = 4.5  # standard errors, the habits of colleagues counted in; benchmarks/learning tells of false alarms
_URGENT = 0.5  # the chance of "the same day or sooner" from which an answer can be dangerously low
_UNLIKELY = 0.1  # an answer that the champion gives less chance than this
_FEW_HABITS = 0.3  # what two or three people may differ by, where habit cannot be measured
_WINDOW = timedelta(hours=12)
_LEAST_BURST = 25


class Kind(StrEnum):
    """What an account stands out by."""

    STRANGE = "answers that nobody else gives"
    LOWER = "answers less urgent than others'"
    TOPIC = "answers less urgent than others' about one problem"
    AGAINST_TRUTH = "answers far from what turned out to be right"
    ONE_ANSWER = "one answer to everything"
    BURST = "many answers in a few hours"
    PAIR = "two accounts that confirm each other in what nobody else says"
    GIVES_WAY = "takes the advice whenever it differs from their own view"


# Giving way says nothing against a first view, and such final decisions teach next to nothing: told, not set aside.
_TOLD_ONLY = frozenset({Kind.GIVES_WAY})


@dataclass(frozen=True, slots=True)
class Alarm:
    """One account, or a pair, that stands out. `n` answers show it; `by` is in standard errors, or as the words say."""

    kind: Kind
    accounts: tuple[str, ...]
    n: int
    by: float
    words: str

    @property
    def sets_aside(self) -> bool:
        return self.kind not in _TOLD_ONLY


@dataclass(frozen=True, slots=True)
class Table:
    """Lessons as numbers: those that show an account's own judgement of a text."""

    lessons: Sequence[Lesson]
    account: Ints
    accounts: tuple[str, ...]
    chances: Floats  # the champion's, (n, 5)
    answers: Ints


def watch(lessons: Sequence[Lesson], chances: Floats) -> tuple[Alarm, ...]:
    """Every alarm, the plainest first. `chances` (lessons, 5) are the champion's for each lesson's case."""
    own = [at for at, each in enumerate(lessons) if each.teaches is Teaches.TEXT and each.weight != LED]
    if not own:
        return ()
    kept = [lessons[at] for at in own]
    account, accounts = places([lesson.account for lesson in kept])
    answers = np.array([lesson.answer.rank for lesson in kept], dtype=np.int64)
    table = Table(kept, account, accounts, chances[own], answers)
    found = [
        *_strange(table), *_lower(table), *_topics(table), *_against_truth(table), *_one_answer(table),
        *_bursts(table), *_pairs(table), *_gives_way(table),
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda alarm: (-alarm.by, alarm.accounts)))


def _strange(table: Table) -> list[Alarm]:
    logs = np.log(np.maximum(table.chances, 1e-4))
    surprise = -logs[np.arange(len(logs)), table.answers] + (table.chances * logs).sum(axis=1)
    told = "their answers are {by:.1f} standard errors more surprising than their colleagues' ({n} answers)"
    return _beside_others(table, Kind.STRANGE, surprise, np.ones(len(logs), bool), 0.6, told)


def _lower(table: Table) -> list[Alarm]:
    told = "where something urgent was expected they answer {mean:.1f} steps lower than their colleagues ({n} answers)"
    return _beside_others(table, Kind.LOWER, _below(table), _urgent(table), 0.6, told)


def _urgent(table: Table) -> np.ndarray:
    return np.asarray(table.chances[:, :2].sum(axis=1) >= _URGENT)


def _below(table: Table) -> Floats:
    """Steps below what was expected."""
    return np.asarray(table.answers - table.chances @ np.arange(LEVELS))


def _beside_others(
    table: Table, kind: Kind, score: Floats, rows: np.ndarray, least: float, told: str
) -> list[Alarm]:  # fmt: skip
    """Accounts whose mean score is above the others' by `least`, and by more than chance and habit explain."""
    n = np.bincount(table.account[rows], minlength=len(table.accounts))
    mean = np.bincount(table.account[rows], score[rows], len(table.accounts)) / np.maximum(n, 1)
    seen = np.flatnonzero(n >= FEWEST)
    if not len(seen):
        return []
    found = []
    for at in seen:
        others = seen[seen != at]
        middle = float(np.median(mean[others])) if len(others) else 0.0
        # Careful people differ too: what the middle half of the others differ by counts as habit.
        habit = _habit(mean[others]) if len(others) > 2 else _FEW_HABITS
        spread = float(score[rows & (table.account != at)].std()) if len(others) else float(score[rows].std())
        more = float(mean[at] - middle)
        by = more / math.sqrt(habit**2 + spread**2 / n[at] + 1e-9)
        if more >= least and by >= STANDS_OUT:
            words = told.format(by=by, n=int(n[at]), mean=more)
            found.append(Alarm(kind, (table.accounts[at],), int(n[at]), by, words))
    return found


def _habit(means: Floats) -> float:
    """By how much one more careful person may differ from the middle of these few.

    1.4826 times the median absolute deviation estimates a standard deviation, and of n values comes out too small: the
    correction n / (n - 0.8) is Croux and Rousseeuw's (1992). The middle is a median of n, whose own variance is pi / 2n
    of theirs.
    """
    n = len(means)
    spread = float(np.median(np.abs(means - np.median(means)))) * 1.4826 * n / (n - 0.8)
    return spread * math.sqrt(1 + math.pi / (2 * n))


def _topics(table: Table) -> list[Alarm]:
    below, urgent = _below(table), _urgent(table)
    spread = float(below[urgent].std()) if urgent.any() else 1.0
    by_topic: dict[str, dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    for at in np.flatnonzero(urgent).tolist():
        if table.lessons[at].about:
            by_topic[table.lessons[at].about][int(table.account[at])].append(float(below[at]))
    found = []
    for topic, said in by_topic.items():
        for account, steps in said.items():
            others = [step for other, theirs in said.items() if other != account for step in theirs]
            # With few others to compare with, what the champion expected counts as ten of them.
            usual = sum(others) / (len(others) + 10)
            more = float(np.mean(steps)) - usual
            by = more / (spread / math.sqrt(len(steps))) if spread else 0.0
            if len(steps) >= FEWEST and more >= 1.0 and by >= STANDS_OUT:
                words = f"about {topic} they answer {more:.1f} steps lower than others ({len(steps)} answers)"
                found.append(Alarm(Kind.TOPIC, (table.accounts[account],), len(steps), by, words))
    return found


def _against_truth(table: Table) -> list[Alarm]:
    """Far, and less urgent, from what somebody else found to be right."""
    wrong: dict[str, list[bool]] = defaultdict(list)
    for _, answer, truth in checked(table.lessons):
        wrong[answer.account].append(answer.answer.rank - truth.answer.rank >= 2)
    found = []
    for account, each in wrong.items():
        others = [was for other, theirs in wrong.items() if other != account for was in theirs]
        usual = (sum(others) + 1) / (len(others) + 20)
        n, k = len(each), sum(each)
        p = float(binom.sf(k - 1, n, usual))
        if k >= 4 and p * len(wrong) < 1e-4:
            words = f"{k} of {n} answers were two steps or more less urgent than what was right; others' {usual:.0%}"
            found.append(Alarm(Kind.AGAINST_TRUTH, (account,), n, -math.log10(max(p, 1e-99)), words))
    return found


def _one_answer(table: Table) -> list[Alarm]:
    found = []
    for at, account in enumerate(table.accounts):
        own = table.account == at
        n = int(own.sum())
        if n < 3 * FEWEST:
            continue
        counts = np.bincount(table.answers[own], minlength=LEVELS)
        most = int(counts.argmax())
        rest = float((table.answers[~own] == most).mean()) if (~own).any() else float(table.chances[own, most].mean())
        share = counts[most] / n
        by = (share - rest) / math.sqrt(max(rest * (1 - rest), 0.01) / n)
        if share >= 0.8 and share - rest >= 0.3 and by >= STANDS_OUT:
            words = f"{counts[most]} of {n} answers are one and the same, {rest:.0%} of the others'"
            found.append(Alarm(Kind.ONE_ANSWER, (account,), n, by, words))
    return found


def _bursts(table: Table) -> list[Alarm]:
    """The most answers of an account within twelve hours, beside what anybody gives in any twelve hours of work."""
    most: dict[int, int] = {}
    usual: dict[int, list[int]] = {}
    for at in range(len(table.accounts)):
        when = sorted(table.lessons[k].when for k in np.flatnonzero(table.account == at).tolist())
        halves = Counter(int(moment.timestamp() // _WINDOW.total_seconds()) for moment in when)
        usual[at] = list(halves.values())
        start, best = 0, 0
        for end, moment in enumerate(when):
            while moment - when[start] > _WINDOW:
                start += 1
            best = max(best, end - start + 1)
        most[at] = best
    everybody = [count for counts in usual.values() for count in counts]
    limit = max(_LEAST_BURST, 4 * float(np.quantile(everybody, 0.75)))
    return [
        Alarm(
            Kind.BURST, (table.accounts[at],), count, count / limit * STANDS_OUT,
            f"{count} answers within twelve hours; the most that is usual here is {limit / 4:.0f}",
        )
        for at, count in most.items()
        if count > limit
    ]  # fmt: skip


def _pairs(table: Table) -> list[Alarm]:
    """An auditor who gives the very answer that a colleague gave, again and again, where it is strange."""
    said: dict[tuple[str, str], list[bool]] = defaultdict(list)
    strange = {
        (lesson.case, lesson.account): table.chances[at, table.answers[at]] < _UNLIKELY
        for at, lesson in enumerate(table.lessons)
    }
    for _, answer, truth in checked(table.lessons):
        same = answer.answer == truth.answer and strange[answer.case, answer.account]
        said[answer.account, truth.account].append(same)
    found = []
    for (account, auditor), each in said.items():
        others = [was for pair, theirs in said.items() if pair != (account, auditor) for was in theirs]
        usual = (sum(others) + 1) / (len(others) + 20)
        p = float(binom.sf(sum(each) - 1, len(each), usual))
        if sum(each) >= 4 and p * len(said) < 1e-4:
            words = f"in {sum(each)} of {len(each)} audits one confirmed what the champion finds unlikely"
            found.append(Alarm(Kind.PAIR, (account, auditor), len(each), -math.log10(max(p, 1e-99)), words))
    return found


def _gives_way(table: Table) -> list[Alarm]:
    gave: dict[str, list[bool]] = defaultdict(list)
    for lesson in table.lessons:
        if lesson.source not in TRUTHS and lesson.final and lesson.advised and lesson.advised != lesson.answer:
            gave[lesson.account].append(lesson.final == lesson.advised and lesson.source is Source.FIRST_VIEW)
    found = []
    for account, each in gave.items():
        others = [was for other, theirs in gave.items() if other != account for was in theirs]
        usual = (sum(others) + 1) / (len(others) + 2)
        n, share = len(each), sum(each) / len(each)
        by = (share - usual) / math.sqrt(max(usual * (1 - usual), 0.02) / n)
        if n >= FEWEST and share >= 0.9 and share - usual >= 0.2 and by >= STANDS_OUT:
            words = f"gave way to the advice in {sum(each)} of {n} differences, others in {usual:.0%}"
            found.append(Alarm(Kind.GIVES_WAY, (account,), n, by, words))
    return found
