"""Where there is too little to say: how many more would be enough, if things go on as well as they can."""

from __future__ import annotations

import math
from collections.abc import Callable

from preceptor.service.oversight.auditing import is_urgent
from preceptor.service.oversight.measuring import Gates
from preceptor.supervision.e_process import watch
from preceptor.supervision.non_inferiority import Comparison
from preceptor.supervision.standing import Thresholds
from preceptor.supervision.subgroups import LEVEL, Answer, Group, p_worse_by_more_than

MOST = 4_096  # more than this is said as "more than"


def cases_for_comparison(found: Comparison | None, thresholds: Thresholds) -> int:
    """At least so many more audited decisions on which both are right or both wrong; 0 where none is needed.

    A case on which they do not differ multiplies the wealth by 1 + margin at most.
    """
    if found is None:
        wealth = 1.0
    elif found.highest_e >= thresholds.e_needed:
        return 0
    else:
        wealth = max(found.e, 1e-300)
    return math.ceil(math.log(thresholds.e_needed / wealth) / math.log1p(thresholds.margin))


def urgent_for_bound(held: Gates) -> int | None:
    """So many more urgent cases, none of them missed, and the running bound is within the limit.

    None where no number would do: an alarm stands, or the probabilities allow no promise. MOST stands for "more".
    """
    found, plan = held.measured.watch, held.terms.plan
    urgent = [row for row in held.audited.told if is_urgent(row.truth or "")]
    if found is None or found.alarm or (urgent and found.rate.interval is None):
        return None
    missed = [not is_urgent(row.advice) for row in urgent]
    chances: list[float | None] = [row.probability for row in urgent]

    def is_enough(more: int) -> bool:
        then = watch(plan, [*missed, *[False] * more], [*chances, *[plan.follow_up] * more])
        return then.upper <= plan.limit

    return _least(is_enough)


def more_of_group(group: Group, thresholds: Thresholds, groups: int) -> int | None:
    """About so many more of this group, and of the others in proportion, to be shown fair at the shares seen so far.

    None where no number would do at these shares; 0 where it is shown, one way or the other. The level is shared by
    all `groups`, as Holm's adjustment does for the first of them: it asks no more of any other.
    """
    if group.answer is not Answer.NOT_ENOUGH:
        return 0
    n, others = group.raw.n, group.others.n
    if not n or not others or group.worse_by.value is None or group.worse_by.value >= thresholds.subgroup_margin:
        return None

    def is_enough(more: int) -> bool:
        times = (n + more) / n
        count, count_others = group.raw.count * times, group.others.count * times
        p = p_worse_by_more_than(
            thresholds.subgroup_margin, round(count), round(n * times), round(count_others), round(others * times)
        )
        return 1 - p < LEVEL / groups

    return _least(is_enough)


def _least(is_enough: Callable[[int], bool]) -> int:
    """The least number that is enough, taken to be enough from there on; MOST where that is not."""
    if is_enough(0):
        return 0
    high = 1
    while high < MOST and not is_enough(high):
        high *= 2
    if high >= MOST and not is_enough(MOST):
        return MOST
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_enough(middle) else (middle, high)
    return high
