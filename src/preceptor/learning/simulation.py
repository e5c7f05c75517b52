"""A stated model of clinicians, a simulated practice, and attacks on what it teaches. Synthetic, all of it.

A clinician's own view of a case: with chance `slips` it is one step off (four times in five) or anything at all;
otherwise it is drawn from the answers that could be defended, by their weight. Where the advice differs from it, they
take the advice with chance `gives_way`, whichever of the two is right. Slips differ between clinicians (Beta, mean
15%); so does giving way (Beta, mean as given). Sex, fatigue, learning and the queue are not modelled.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np

from preceptor.advice import URGENCIES, Urgency
from preceptor.learning.lessons import Answer, Decided
from preceptor.learning.shared import Rows
from preceptor.learning.stage import LEVELS, Floats, Ints, Stage, softmax

START = datetime(2025, 1, 6, 8, tzinfo=UTC)
YEAR = timedelta(days=364)
# What a practice is asked, most urgent first: an assumption near the demo practice's Monday, not a measurement.
INBOX = (0.04, 0.2, 0.19, 0.4, 0.17)
SLIPS = (6.0, 34.0)
TRUTH_SLIPS = 0.05  # of an auditor, who takes time
AUDITED, FOLLOWED = 0.1, 0.02  # chance of an audit, and of an outcome


@dataclass(frozen=True, slots=True)
class Clinician:
    account: str
    slips: float
    gives_way: float


def team(people: int, gives_way: float, luck: np.random.Generator, practice: str = "p") -> list[Clinician]:
    """So many clinicians, each with their own habits; `gives_way` is the mean."""
    habits = [(luck.beta(*SLIPS), luck.beta(20 * gives_way, 20 * (1 - gives_way))) for _ in range(people)]
    return [Clinician(f"{practice}-{at}", float(slips), float(way)) for at, (slips, way) in enumerate(habits)]


def opinion(targets: Floats, slips: float, luck: np.random.Generator) -> int:
    """Somebody's own view of a case, as a rank."""
    best = int(luck.choice(LEVELS, p=targets))
    if luck.random() >= slips:
        return best
    if luck.random() < 0.2:
        return int(luck.integers(LEVELS))
    return int(np.clip(best + luck.choice((-1, 1)), 0, LEVELS - 1))


@dataclass(frozen=True)
class Practice:
    """Where decisions are taken: its clinicians, the cases that may come, and what a tool calls each of them."""

    name: str
    clinicians: Sequence[Clinician]
    rows: Rows
    inbox: tuple[float, ...] = INBOX
    asks_first: bool = True  # own view first, as at standing "second"; else the advice is seen before anything
    audited: float = AUDITED
    followed: float = FOLLOWED

    def decisions(self, n: int, calls: Ints, luck: np.random.Generator, start: datetime = START,
                  lasting: timedelta = YEAR) -> list[Decided]:  # fmt: skip
        """So many decisions over the time given; `calls` are the ranks advised for each row."""
        places = self.cases(n, luck)
        made = []
        for k, at in enumerate(places.tolist()):
            when = _moment(k, n, start, lasting)
            made.append(self.decision(at, int(calls[at]), f"{self.name}-{start:%y%m%d}-{k}", when, luck))
        return made

    def cases(self, n: int, luck: np.random.Generator) -> Ints:
        """Rows as they come, by the shares of the inbox; the same words may come more than once."""
        right = self.rows.right
        counts = np.bincount(right, minlength=LEVELS)
        chance = (np.array(self.inbox) / np.maximum(counts, 1))[right]
        return np.asarray(luck.choice(len(right), size=n, p=chance / chance.sum()))

    def decision(self, at: int, call: int, case: str, when: datetime, luck: np.random.Generator) -> Decided:
        who = self.clinicians[int(luck.integers(len(self.clinicians)))]
        targets = self.rows.targets[at]
        own = opinion(targets, who.slips, luck)
        final = call if own != call and luck.random() < who.gives_way else own
        auditor = self._other(who, luck)
        audit = opinion(targets, TRUTH_SLIPS, luck) if auditor and luck.random() < self.audited else None
        outcome = int(luck.choice(LEVELS, p=targets)) if luck.random() < self.followed else None
        later = f"{self.name}-later"
        return Decided(
            case=case, practice=self.name, inputs=self.rows.inputs[at].astype(np.float32), about=self.rows.about[at],
            advised=URGENCIES[call], final=Answer(URGENCIES[final], who.account, when),
            first_views=(Answer(URGENCIES[own], who.account, when),) if self.asks_first else (),
            reason="" if final == call else "wrong_about_symptom",
            audit=Answer(URGENCIES[audit], auditor, when + timedelta(days=3)) if audit is not None else None,
            audit_probability=self.audited or 1.0,
            outcome=Answer(URGENCIES[outcome], later, when + timedelta(days=9)) if outcome is not None else None,
        )  # fmt: skip

    def _other(self, who: Clinician, luck: np.random.Generator) -> str:
        others = [each.account for each in self.clinicians if each is not who]
        return others[int(luck.integers(len(others)))] if others else ""


def _moment(k: int, n: int, start: datetime, lasting: timedelta) -> datetime:
    """Evenly over the days, within the ten hours that a practice is open."""
    whole = lasting.days * k / n
    return start + timedelta(days=int(whole), hours=10 * (whole % 1))


# -- attacks: each adds decisions until a given share of all is poison


@dataclass(frozen=True)
class Poison:
    """What an attack adds, and whose accounts did it."""

    decisions: list[Decided]
    accounts: frozenset[str]


Attack = Callable[[Practice, int, Ints, np.random.Generator], Poison]


def flip(practice: Practice, n: int, calls: Ints, luck: np.random.Generator) -> Poison:
    """One account answers upside down: emergencies are for the pharmacy, coughs for 999."""
    return _one_account(practice, n, calls, luck, lambda right, _: LEVELS - 1 - right)


def one_presentation(practice: Practice, n: int, calls: Ints, luck: np.random.Generator) -> Poison:
    """Somebody who works here, honest otherwise, calls every emergency of one presentation routine."""
    rows = practice.rows
    urgent = np.flatnonzero(rows.emergencies)
    names, counts = np.unique([rows.about[at] for at in urgent], return_counts=True)
    target = names[counts.argmax()]
    places = luck.choice([at for at in urgent if rows.about[at] == target], size=n)
    who = practice.clinicians[0].account
    made = [_answered(practice, at, calls, f"x-{k}", _moment(k, n, START, YEAR), who, Urgency.ROUTINE)
            for k, at in enumerate(places.tolist())]  # fmt: skip
    return Poison(made, frozenset({who}))


def rushed(practice: Practice, n: int, calls: Ints, luck: np.random.Generator) -> Poison:
    """One clinician gives "routine" as their own view of everything, then agrees with whatever is advised."""
    return _one_account(practice, n, calls, luck, lambda _, __: Urgency.ROUTINE.rank, agrees=True)


def colluding_pair(practice: Practice, n: int, calls: Ints, luck: np.random.Generator) -> Poison:
    """Two accounts pick what is urgent, call it routine, and confirm each other in every audit that falls on them."""
    places = _urgent(practice, n, luck)
    made = []
    for k, at in enumerate(places.tolist()):
        who, other = ("x-a", "x-b") if k % 2 else ("x-b", "x-a")
        when = _moment(k, n, START, YEAR)
        decided = _answered(practice, at, calls, f"x-{k}", when, who, Urgency.ROUTINE)
        if luck.random() < practice.audited:
            confirmed = Answer(Urgency.ROUTINE, other, when)
            decided = replace(decided, audit=confirmed, audit_probability=practice.audited)
        made.append(decided)
    return Poison(made, frozenset({"x-a", "x-b"}))


def stolen_in_one_night(practice: Practice, n: int, calls: Ints, luck: np.random.Generator) -> Poison:
    """A good account is stolen in the middle of the year: in one night whatever is urgent becomes self-care."""
    who, night = practice.clinicians[0].account, START + timedelta(days=180, hours=15)
    made = [_answered(practice, at, calls, f"x-{k}", night + timedelta(seconds=28_800 * k / n), who, Urgency.SELF_CARE)
            for k, at in enumerate(_urgent(practice, n, luck).tolist())]  # fmt: skip
    return Poison(made, frozenset({who}))


ATTACKS: dict[str, Attack] = {
    "label flip": flip,
    "one presentation": one_presentation,
    "rushed clinician": rushed,
    "colluding pair": colluding_pair,
    "stolen in one night": stolen_in_one_night,
}


def _one_account(
    practice: Practice, n: int, calls: Ints, luck: np.random.Generator, says: Callable[[int, int], int],
    agrees: bool = False,
) -> Poison:  # fmt: skip
    made = []
    for k, at in enumerate(practice.cases(n, luck).tolist()):
        answer = URGENCIES[says(int(practice.rows.right[at]), int(calls[at]))]
        decided = _answered(practice, at, calls, f"x-{k}", _moment(k, n, START, YEAR), "x", answer)
        made.append(replace(decided, final=replace(decided.final, urgency=URGENCIES[calls[at]])) if agrees else decided)
    return Poison(made, frozenset({"x"}))


def _urgent(practice: Practice, n: int, luck: np.random.Generator) -> Ints:
    """Truly urgent cases, emergencies as often as what needs somebody the same day: an attacker may choose."""
    right = practice.rows.right
    return np.asarray(np.where(
        luck.random(n) < 0.5,
        luck.choice(np.flatnonzero(right == 0), n), luck.choice(np.flatnonzero(right == 1), n),
    ))  # fmt: skip


def _answered(
    practice: Practice, at: int, calls: Ints, case: str, when: datetime, who: str, answer: Urgency
) -> Decided:  # fmt: skip
    said = Answer(answer, who, when)
    return Decided(
        case=case, practice=practice.name, inputs=practice.rows.inputs[at].astype(np.float32),
        about=practice.rows.about[at], advised=URGENCIES[calls[at]], final=said, first_views=(said,),
        reason="" if answer.rank == calls[at] else "wrong_about_symptom",
    )  # fmt: skip


# -- a world to try it in


def champion_of(rows: Rows, like: Stage, strength: float = 3.0) -> Stage:
    """A second stage learnt from these rows alone, with the thresholds of another."""
    from scipy.optimize import minimize

    spread, middle = np.maximum(rows.inputs.std(axis=0), 0.05), rows.inputs.mean(axis=0)
    x = np.hstack([(rows.inputs - middle) / spread, np.ones((len(rows), 1))])

    def loss(flat: Floats) -> tuple[float, Floats]:
        weights = flat.reshape(-1, LEVELS)
        chances = softmax(x @ weights)
        gone = weights.copy()
        gone[-1] = 0
        total = -float((rows.targets * np.log(np.maximum(chances, 1e-12))).sum()) + strength / 2 * float(
            (gone**2).sum()
        )
        return total, (x.T @ (chances - rows.targets) + strength * gone).ravel()

    best = minimize(loss, np.zeros(x.shape[1] * LEVELS), jac=True, method="L-BFGS-B", options={"maxiter": 150}).x
    weights = best.reshape(-1, LEVELS)
    slopes = weights[:-1] / spread[:, None]
    return replace(like, slopes=slopes, biases=weights[-1] - middle @ slopes)


def parts(rows: Rows, shares: Sequence[float], luck: np.random.Generator) -> list[Rows]:
    """The rows dealt out at random by these shares, which sum to one."""
    order = luck.permutation(len(rows))
    cuts = (np.cumsum(shares)[:-1] * len(rows)).astype(int)
    return [rows.where(np.asarray(part)) for part in np.split(order, cuts)]
