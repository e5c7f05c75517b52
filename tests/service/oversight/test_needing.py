"""How many more would be enough: never a number that is too small, and none where no number would do."""

from __future__ import annotations

import numpy as np
import pytest

from preceptor.service.oversight.measuring import gates
from preceptor.service.oversight.needing import MOST, cases_for_comparison, more_of_group, urgent_for_bound
from preceptor.service.oversight.terms import DEFAULTS, set_terms
from preceptor.supervision.non_inferiority import compared
from preceptor.supervision.standing import Thresholds
from preceptor.supervision.subgroups import Answer, subgroups
from service.factories import a_practice, a_user
from service.oversight.histories import an_auditor, decided

LIMITS = Thresholds(margin=0.05, under_triage_limit=0.05, subgroup_margin=0.05, rsr_margin=0.1)
URGENT = ("same_day",) * 4


def test_of_nothing_it_takes_so_many_cases_on_which_both_agree():
    more = cases_for_comparison(None, LIMITS)
    assert not compared(np.zeros(more - 1), LIMITS.margin).shown
    assert more == 62


@pytest.mark.parametrize("steps", [[0.0] * 30, [1.0, -1.0] * 10, [-1.0] * 5, [1.0] * 5])
def test_fewer_cases_than_it_says_are_never_enough(steps):
    found = compared(np.array(steps), LIMITS.margin)
    more = cases_for_comparison(found, LIMITS)
    assert more > 0
    assert not compared(np.array([*steps, *[0.0] * (more - 1)]), LIMITS.margin).shown


def test_what_is_shown_needs_no_more():
    assert cases_for_comparison(compared(np.ones(40), LIMITS.margin), LIMITS) == 0


@pytest.mark.django_db
@pytest.mark.parametrize("missed", [0, 1])
def test_so_many_urgent_cases_bring_the_bound_within_the_limit_and_one_fewer_does_not(missed):
    practice = a_practice()
    set_terms(practice, DEFAULTS | {"audit": 1.0, "follow_up": 1.0}, user=None, why="Every decision is audited")
    gp, auditor = a_user(practice), an_auditor(practice)
    calls = [("same_day", "soon", "same_day", "same_day")] * missed + [URGENT] * 20
    decided(practice, gp, auditor, calls)
    more = urgent_for_bound(gates(practice, "triage", "1.0.0"))
    assert 0 < more < MOST
    decided(practice, gp, auditor, [URGENT] * (more - 1))
    assert gates(practice, "triage", "1.0.0").measured.watch.upper > 0.05
    decided(practice, gp, auditor, [URGENT])
    held = gates(practice, "triage", "1.0.0")
    assert held.measured.watch.upper <= 0.05
    assert urgent_for_bound(held) == 0


@pytest.mark.django_db
def test_after_an_alarm_no_number_would_do():
    practice = a_practice()
    set_terms(practice, DEFAULTS | {"audit": 1.0, "follow_up": 1.0}, user=None, why="Every decision is audited")
    decided(practice, a_user(practice), an_auditor(practice), [("same_day", "soon", "same_day", "same_day")] * 9)
    assert urgent_for_bound(gates(practice, "triage", "1.0.0")) is None


def test_a_group_is_told_how_many_more_it_takes_at_the_shares_seen():
    sexes = ["female", "male"] * 40
    good = [place % 16 != 0 for place in range(80)]  # 35 of 40 women, all 40 men: worse by 12 points
    even = [place not in (0, 1) for place in range(80)]  # 39 of 40 of either
    worse, _ = subgroups(good, {"sex": sexes}, 0.05).groups
    assert worse.answer is Answer.NOT_ENOUGH
    assert more_of_group(worse, LIMITS, 2) is None
    alike, _ = subgroups(even, {"sex": sexes}, 0.05).groups
    assert alike.answer is Answer.NOT_ENOUGH
    more = more_of_group(alike, LIMITS, 2)
    assert more > 0
    times = (40 + more) / 40
    n, good_of = round(40 * times), round(39 * times)
    many = [True] * good_of + [False] * (n - good_of)
    later = subgroups(many * 2, {"sex": ["female"] * n + ["male"] * n}, 0.05)
    assert later.groups[0].answer is Answer.FAIR
