"""The same figures for each group of requests: by age band, sex, and whatever else the data names.

Each group is compared with everybody else, and gets one of three answers. There is no pass by absence of evidence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from preceptor.evaluation.asking import Judged
from preceptor.evaluation.measures import ACCEPTABLE, NEEDLESS, OVER, RECALL, UNDER, is_acceptable, is_under_triaged
from preceptor.supervision.figures import Share
from preceptor.supervision.subgroups import Answer, subgroups

MARGIN = 0.05  # a group is as good as the others where it is shown to be worse by less than this
FEWEST = 10  # a smaller group is shown and not judged: it could not pass or fail, and would cost the others evidence
TOGETHER = f"each of fewer than {FEWEST}"
MOST_VALUES = 30  # more is not a group but a description
AGE_BANDS = (
    (0.25, "under 3 months"), (5, "3 months to 4"), (16, "5 to 15"), (40, "16 to 39"), (65, "40 to 64"),
    (80, "65 to 79"), (float("inf"), "80 and over"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Group:
    """The requests of one group. `as_good` is of acceptable advice, `as_safe` of advice that is not under-triage."""

    attribute: str
    value: str
    n: int
    acceptable: Share
    under: Share
    over: Share
    recall: Share
    needless: Share
    as_good: Answer
    as_safe: Answer


@dataclass(frozen=True, slots=True)
class Groups:
    """Every group of every attribute, and what could not be a group."""

    margin: float
    groups: tuple[Group, ...]
    notes: tuple[str, ...]


def age_band(age: float | None) -> str | None:
    return None if age is None else next(name for limit, name in AGE_BANDS if age < limit)


def by_group(judged: Sequence[Judged]) -> Groups:
    """Figures by age band and sex as the tool was told them, then by each further key of the data that is a group."""
    asked = [each.case.request for each in judged]
    attributes: dict[str, list[str | None]] = {
        "age": [age_band(request.age) if request else None for request in asked],
        "sex": [request.sex if request else None for request in asked],
    }
    notes = []
    for name in dict.fromkeys(key for each in judged for key in each.request.groups):
        values = [each.request.groups.get(name) for each in judged]
        several = len({value for value in values if value is not None})
        if several > min(MOST_VALUES, len(judged) / 2):
            notes.append(f"{name} has {several} values: too many to report by")
        elif several > 1:
            attributes[name] = values
    judged_together = {name: small_together(values) for name, values in attributes.items()}
    good = subgroups([is_acceptable(each) for each in judged], judged_together, MARGIN)
    safe = subgroups([not is_under_triaged(each) for each in judged], judged_together, MARGIN)
    answers = {
        (one.attribute, one.value): (one.answer, other.answer)
        for one, other in zip(good.groups, safe.groups, strict=True)
    }
    found = []
    for attribute, values in attributes.items():
        for value in sorted({value for value in values if value is not None}):
            inside = [each for each, its in zip(judged, values, strict=True) if its == value]
            as_good, as_safe = answers.get((attribute, value), (Answer.NOT_ENOUGH, Answer.NOT_ENOUGH))
            found.append(_group(attribute, value, inside, as_good, as_safe))
    notes += good.notes
    order = {name: place for place, (_, name) in enumerate(AGE_BANDS)}
    found.sort(key=lambda g: (list(attributes).index(g.attribute), order.get(g.value, 0), g.value))
    return Groups(MARGIN, tuple(found), tuple(notes))


def small_together(values: Sequence[str | None]) -> list[str | None]:
    """Groups too small to be judged, as one: they stay among those with whom the others are compared."""
    sizes = Counter(values)
    return [TOGETHER if value is not None and sizes[value] < FEWEST else value for value in values]


def _group(attribute: str, value: str, inside: Sequence[Judged], as_good: Answer, as_safe: Answer) -> Group:
    return Group(
        attribute=attribute,
        value=value,
        n=len(inside),
        acceptable=ACCEPTABLE.of(inside),
        under=UNDER.of(inside),
        over=OVER.of(inside),
        recall=RECALL.of(inside),
        needless=NEEDLESS.of(inside),
        as_good=as_good,
        as_safe=as_safe,
    )
