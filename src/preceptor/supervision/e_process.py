"""Watching under-triage as it happens: a bet against "the tool misses no more than the limit", open at any time.

Each truly urgent case that was found makes the bettor richer if the tool had missed it and poorer if not. Were the
tool within its limit, the chance of ever growing twentyfold would be 5% at most (Ville, 1939), however often one looks;
so at 1/alpha there is an alarm. See Ramdas, Grunwald, Vovk and Shafer (2023, doi 10.1214/23-STS894) and, for bets on
weighted samples, Waudby-Smith and Ramdas (2024, doi 10.1093/jrsssb/qkad009).

The truth of a non-urgent call is known only where a random audit looked. An audited case stands for 1/probability
cases, so that the label does not depend on what anybody decided. The probability must have been recorded beforehand.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from preceptor.supervision.figures import CONFIDENCE, Figure, Interval
from preceptor.supervision.resampling import Floats

# The bettor splits the stake evenly between these guesses of the true rate, as multiples of the limit.
GUESSES_ABOVE = (1.25, 1.5, 2.0, 3.0, 4.0)
GUESSES_BELOW = (0.0, 0.25, 0.5, 0.75)
RATES = np.concatenate([np.geomspace(5e-4, 0.1, 160), np.linspace(0.1, 1, 91)[1:-1]])


@dataclass(frozen=True, slots=True)
class Plan:
    """What is watched, and set before the first case: the bets may not depend on what is seen.

    `audit` is the planned probability that a non-urgent call is audited, `follow_up` that an urgent call is followed
    to its truth; a case of a lower recorded probability than planned cannot be used.
    """

    limit: float  # share of truly urgent cases that the tool may miss
    alpha: float = 0.05
    audit: float = 1.0
    follow_up: float = 1.0

    def __post_init__(self) -> None:
        if not (0 < self.limit <= 0.2 and 0 < self.alpha < 1 and 0 < self.audit <= 1 and 0 < self.follow_up <= 1):
            raise ValueError("the limit is at most 0.2; alpha and probabilities lie between 0 and 1")


@dataclass(frozen=True, slots=True)
class Watched:
    """Where the watch stands after the cases so far."""

    cases: int  # truly urgent cases whose truth was found
    wealth: tuple[float, ...]  # the e-value after each; natural logarithm
    alarm_at: int | None  # the case that raised the alarm, counted from 1
    rate: Figure  # share of urgent cases missed, weighted; its interval holds at every look
    words: str

    @property
    def alarm(self) -> bool:
        return self.alarm_at is not None

    @property
    def upper(self) -> float:
        """The running upper bound of the share missed, at 95% and at every look; 1 when nothing is known."""
        return self.rate.interval.high if self.rate.interval else 1.0


def watch(plan: Plan, missed: Sequence[bool], probability: Sequence[float | None] | None = None) -> Watched:
    """The watch over truly urgent cases in the order that they were found.

    `missed`: the tool's call was less than urgent. `probability`: of this case's truth being looked for, as recorded
    beforehand; left out, every case was looked at. A case without one cannot be weighed, and then nothing is promised.
    """
    x = np.asarray(missed, dtype=float)
    chance = np.array([np.nan if p is None else p for p in probability] if probability is not None else np.ones(len(x)))
    if len(chance) != len(x):
        raise ValueError("there must be one probability for each case")
    fault = _fault(plan, x, chance)
    if fault:
        return Watched(len(x), (), None, Figure(None, len(x), None, fault), fault)
    if len(x) == 0:
        words = "no truly urgent case has been found yet"
        return Watched(0, (), None, Figure(None, 0, None, words), words)
    wealth = log_wealth(plan, x, chance)
    over = np.flatnonzero(wealth >= -math.log(plan.alpha))
    alarm_at = int(over[0]) + 1 if len(over) else None
    weight = 1 / chance
    rate = float((weight * x).sum() / weight.sum())
    interval = Interval(
        min(_lower(plan, x, chance), rate), max(_upper(plan, x, chance), rate), "betting, each limit 95%, at every look"
    )
    found = f"{int(x.sum()):,} of {len(x):,} urgent cases found were missed"
    now = f"{found}; at most {interval.high:.1%} of all are (95%, at every look)"
    words = f"ALARM at case {alarm_at}: more than {plan.limit:.1%} are missed. {now}" if alarm_at else now
    return Watched(len(x), tuple(wealth.tolist()), alarm_at, Figure(rate, len(x), interval), words)


def _fault(plan: Plan, x: Floats, chance: Floats) -> str:
    if not np.isfinite(chance).all():
        return (
            f"{int((~np.isfinite(chance)).sum())} cases have no recorded sampling probability: nothing can be promised"
        )
    if (chance <= 0).any() or (chance > 1).any():
        return "a sampling probability is not between 0 and 1: nothing can be promised"
    planned = np.where(x == 1, plan.audit, plan.follow_up)
    if (chance < planned - 1e-12).any():
        return "a case has a lower sampling probability than was planned: nothing can be promised"
    return ""


def log_wealth(plan: Plan, x: Floats, chance: Floats) -> Floats:
    """The logarithm of the e-value after each case. `x` and `chance` may have leading axes: one watch a row."""
    return _mixed(plan.limit, [m * plan.limit for m in GUESSES_ABOVE if m * plan.limit < 1], plan, x, chance)


def _mixed(against: float, guesses: Sequence[float], plan: Plan, x: Floats, chance: Floats) -> Floats:
    """Wealth of bets that the rate is as guessed and not `against`.

    The stake of a guess is Kelly's for the planned probabilities: it solves d/dk of
    guess x audit x log(1 + k (1 - against) / audit) + (1 - guess) x follow_up x log(1 - k against / follow_up) = 0.
    With everything looked at, that is the likelihood ratio of the guess.
    """
    gain = (x - against) / chance
    total: Floats | None = None
    for guess in guesses:
        stake = (guess - against) / (against * (1 - against) * (guess / plan.follow_up + (1 - guess) / plan.audit))
        with np.errstate(divide="ignore"):
            wealth = np.cumsum(np.log(np.maximum(1 + stake * gain, 0.0)), axis=-1)
        wealth -= math.log(len(guesses))
        total = wealth if total is None else np.logaddexp(total, wealth)
    assert total is not None  # noqa: S101 -- every caller gives a guess
    return total


def _upper(plan: Plan, x: Floats, chance: Floats) -> float:
    """The highest rate that bets on a lower one have not refuted at any look so far, or the next of the grid."""
    for i in range(len(RATES) - 1, -1, -1):
        rate = float(RATES[i])
        if not _refuted(rate, [m * rate for m in GUESSES_BELOW], plan, x, chance):
            return float(RATES[i + 1]) if i + 1 < len(RATES) else 1.0
    return float(RATES[0])


def _lower(plan: Plan, x: Floats, chance: Floats) -> float:
    """The lowest rate that bets on a higher one have not refuted at any look so far, or the one below on the grid."""
    for i, rate in enumerate(RATES.tolist()):
        guesses = [m * rate for m in GUESSES_ABOVE if m * rate < 1] or [(1 + rate) / 2]
        if not _refuted(rate, guesses, plan, x, chance):
            return float(RATES[i - 1]) if i else 0.0
    return float(RATES[-1])


def _refuted(rate: float, guesses: Sequence[float], plan: Plan, x: Floats, chance: Floats) -> bool:
    return bool(_mixed(rate, guesses, plan, x, chance).max() >= -math.log(1 - CONFIDENCE))
