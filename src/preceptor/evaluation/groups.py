"""The same figures for each group of requests: by age band, sex, and whatever else the data names.

Each group is compared with everybody else, and gets one of three answers. There is no pass by absence of evidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from preceptor.evaluation.asking import Judged
from preceptor.evaluation.measures import ACCEPTABLE, NEEDLESS, OVER, RECALL, UNDER, is_acceptable, is_under_triaged
from preceptor.supervision.figures import Share
from preceptor.supervision.subgroups import Answer, subgroups

MARGIN = 0.05  # a group is as good as the others where it is shown to be worse by less than this
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
    good = subgroups([is_acceptable(each) for each in judged], attributes, MARGIN)
    safe = subgroups([not is_under_triaged(each) for each in judged], attributes, MARGIN)
    notes += good.notes
    found = []
    for one, other in zip(good.groups, safe.groups, strict=True):
        values = attributes[one.attribute]
        inside = [each for each, value in zip(judged, values, strict=True) if value == one.value]
        found.append(
            Group(
                attribute=one.attribute,
                value=one.value,
                n=len(inside),
                acceptable=ACCEPTABLE.of(inside),
                under=UNDER.of(inside),
                over=OVER.of(inside),
                recall=RECALL.of(inside),
                needless=NEEDLESS.of(inside),
                as_good=one.answer,
                as_safe=other.answer,
            )
        )
    order = {name: place for place, (_, name) in enumerate(AGE_BANDS)}
    found.sort(key=lambda g: (list(attributes).index(g.attribute), order.get(g.value, 0), g.value))
    return Groups(MARGIN, tuple(found), tuple(notes))
