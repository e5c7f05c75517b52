"""Does evidence from elsewhere carry over to the patients here? Numbers beside numbers, and three answers only.

The same tool is run on local labelled requests, and each share is compared with the one in the statement: a difference
of two independent proportions with Newcombe's interval (1998, method 10). A measure carries over where the whole 95%
interval lies within the margin; one measure shown worse by more than the margin, in anybody or in one group by age or
sex, and the evidence does not (one-sided 2.5%, Holm over all comparisons). All else is not enough evidence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from preceptor.evaluation.evidence.population import in_order
from preceptor.evaluation.groups import FEWEST
from preceptor.evaluation.measures import ACCEPTABLE, RECALL, UNDER, Measure
from preceptor.supervision.figures import Figure, Share, newcombe, share
from preceptor.supervision.subgroups import holm, p_worse_by_more_than

MARGIN = 0.05
LEVEL = 0.025  # one-sided: the 95% interval's
DECIDING = (ACCEPTABLE, UNDER, RECALL)
OF_GROUPS = (ACCEPTABLE, UNDER)
ATTRIBUTES = ("age", "sex")
EVERYBODY = "everybody"


class Answer(StrEnum):
    CARRIES = "carries over within the margin"
    DOES_NOT = "does not carry over"
    NOT_ENOUGH = "not enough evidence"


@dataclass(frozen=True, slots=True)
class Compared:
    """One measure there and here. `worse_by` is how much worse it is here, with its 95% interval."""

    measure: str
    title: str
    whom: str  # "everybody", or "age: 16 to 39"
    there: Share
    here: Share
    worse_by: Figure
    p_worse: float  # Holm-adjusted, against "worse by the margin at most"
    answer: Answer


@dataclass(frozen=True, slots=True)
class Mix:
    """How common one value is there and here; `more_by` is here less there."""

    attribute: str
    value: str
    there: Share
    here: Share
    more_by: Figure

    @property
    def differs(self) -> bool:
        """The interval leaves out no difference."""
        interval = self.more_by.interval
        return interval is not None and not interval.low <= 0 <= interval.high


@dataclass(frozen=True, slots=True)
class Transfer:
    """The answer, and all that it rests on."""

    margin: float
    answer: Answer
    why: tuple[str, ...]
    compared: tuple[Compared, ...]
    mixes: tuple[Mix, ...]
    notes: tuple[str, ...] = ()


def transfer(there: Mapping[str, Any], here: Mapping[str, Any], margin: float = MARGIN) -> Transfer:
    """`there` and `here`: {"population", "results"} as a statement holds them. The margin is a share, such as 0.05."""
    if not 0 < margin < 1:
        raise ValueError("a margin lies between 0 and 1")
    pairs = _pairs(there["results"], here["results"])
    p_worse = holm([_p_worse(measure, a, b, margin) for measure, _, a, b in pairs])
    compared = tuple(
        _compared(measure, whom, a, b, p, margin) for (measure, whom, a, b), p in zip(pairs, p_worse, strict=True)
    )
    answer, why = _answer(compared)
    notes = tuple(
        f"{where}: {note}" for where, side in (("there", there), ("here", here)) for note in side["results"]["notes"]
    )
    return Transfer(margin, answer, why, compared, _mixes(there["population"], here["population"]), notes)


def _pairs(there: Mapping[str, Any], here: Mapping[str, Any]) -> list[tuple[Measure, str, Share, Share]]:
    """What is compared: the deciding measures for everybody, then those of groups that both sides have."""
    pairs = [
        (measure, EVERYBODY, _share(there["measures"][measure.key]), _share(here["measures"][measure.key]))
        for measure in DECIDING
    ]
    groups = {(row["attribute"], row["value"]): row for row in there["groups"]["rows"]}
    for row in here["groups"]["rows"]:
        other = groups.get((row["attribute"], row["value"]))
        if other and row["attribute"] in ATTRIBUTES and min(row["n"], other["n"]) >= FEWEST:
            whom = f"{row['attribute']}: {row['value']}"
            pairs += [(measure, whom, _share(other[measure.key]), _share(row[measure.key])) for measure in OF_GROUPS]
    return pairs


def _share(figure: Mapping[str, Any]) -> Share:
    return share(figure["count"], figure["n"])


def _p_worse(measure: Measure, there: Share, here: Share, margin: float) -> float:
    good_there, good_here = (each.count if measure.good else each.n - each.count for each in (there, here))
    return p_worse_by_more_than(margin, good_here, here.n, good_there, there.n)


def _compared(measure: Measure, whom: str, there: Share, here: Share, p_worse: float, margin: float) -> Compared:
    worse_by = _worse_by(measure, there, here)
    answer = Answer.NOT_ENOUGH
    if worse_by.interval is not None and worse_by.interval.high < margin:
        answer = Answer.CARRIES
    elif worse_by.interval is not None and p_worse < LEVEL:
        answer = Answer.DOES_NOT
    return Compared(measure.key, measure.title, whom, there, here, worse_by, p_worse, answer)


def _worse_by(measure: Measure, there: Share, here: Share) -> Figure:
    if there.value is None or here.value is None:
        where = "there" if there.value is None else "here"
        return Figure(None, here.n, None, f"no such cases {where}")
    if measure.good:
        interval = newcombe(there.count, there.n, here.count, here.n)
        return Figure(there.value - here.value, here.n, interval)
    return Figure(here.value - there.value, here.n, newcombe(here.count, here.n, there.count, there.n))


def _answer(compared: tuple[Compared, ...]) -> tuple[Answer, tuple[str, ...]]:
    worse = [each for each in compared if each.answer is Answer.DOES_NOT]
    if worse:
        return Answer.DOES_NOT, tuple(f"{each.title}, {each.whom}: shown worse here" for each in worse)
    unsure = [each for each in compared if each.answer is Answer.NOT_ENOUGH]
    deciding = [each for each in unsure if each.whom == EVERYBODY]
    if deciding:
        return Answer.NOT_ENOUGH, tuple(f"{each.title}: neither shown alike nor shown worse" for each in deciding)
    return Answer.CARRIES, tuple(f"{each.title}, {each.whom}: not shown for this group by itself" for each in unsure)


def _mixes(there: Mapping[str, Any], here: Mapping[str, Any]) -> tuple[Mix, ...]:
    """Every value of every attribute that both sides count."""
    held = {name: (there["counts"][name], here["counts"][name]) for name in there["counts"].keys() & here["counts"]}
    found = []
    for attribute, value in in_order({name: {**a, **b} for name, (a, b) in held.items()}):
        a, b = (
            share(counts.get(value, 0), n) for counts, n in zip(held[attribute], (there["n"], here["n"]), strict=True)
        )
        if a.n and b.n:
            more = Figure(b.count / b.n - a.count / a.n, b.n, newcombe(b.count, b.n, a.count, a.n))
            found.append(Mix(attribute, value, a, b, more))
    return tuple(found)
