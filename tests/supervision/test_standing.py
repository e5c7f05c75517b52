"""What standing do the measured figures earn, and what does the next step still lack?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.advice import Standing
from preceptor.supervision.decisions import table
from preceptor.supervision.e_process import Plan, watch
from preceptor.supervision.non_inferiority import compared
from preceptor.supervision.reliance import Change, rsr_change
from preceptor.supervision.standing import Measured, Thresholds, judge
from preceptor.supervision.subgroups import subgroups
from preceptor.supervision.under_triage import under_triage

SET = Thresholds(margin=0.05, under_triage_limit=0.05, subgroup_margin=0.1, rsr_margin=0.1)


def rsr(before: int, after: int, cases: int = 40) -> Change:
    """12 clinicians who withstood wrong advice in `before`, then `after`, of `cases` cases each."""
    earlier, later = (
        table(
            [
                (f"c{c}", f"{of}-{i}", "1", "0", "1" if (i + c) % cases < of else "0", "1")
                for c in range(12)
                for i in range(cases)
            ]
        )
        for of in (before, after)
    )
    return rsr_change(earlier, later)


GOOD = Measured(
    comparison=compared(np.zeros(400), 0.05),
    under_triage=under_triage(0, 149, 0.05),
    watch=watch(Plan(0.05), [False] * 200),
    subgroups=subgroups([True] * 400, {"sex": ["female", "male"] * 200}, margin=0.1),
    rsr=rsr(30, 30),
)
ALARM = watch(Plan(0.05), [True] * 20)
UNFAIR = subgroups([True] * 200 + [False] * 200, {"sex": ["female"] * 200 + ["male"] * 200}, margin=0.1)


def test_a_tool_earns_one_step_when_all_is_shown_and_loses_it_at_the_first_alarm() -> None:
    up = judge(Standing.SHADOW, GOOD, SET)
    assert (up.earned, up.promotes, up.missing) == (Standing.SECOND, True, ())
    assert judge(Standing.SECOND, GOOD, SET).earned is Standing.FIRST

    down = judge(Standing.FIRST, replace(GOOD, watch=ALARM), SET)
    assert (down.earned, down.demotes) == (Standing.SHADOW, True)
    assert down.alarms[0].startswith("under-triage: ALARM at case")


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("comparison", "non-inferiority has not been measured"),
        ("subgroups", "subgroups have not been measured"),
        ("rsr", "the change of RSR has not been measured"),
    ],
)
def test_what_was_not_measured_was_not_passed(part: str, words: str) -> None:
    found = judge(Standing.SECOND, replace(GOOD, **{part: None}), SET)
    assert (found.earned, found.missing) == (Standing.SECOND, (words,))


def test_each_condition_that_is_not_met_is_named_with_its_figures() -> None:
    few = replace(
        GOOD,
        comparison=compared(np.zeros(10), 0.05),
        watch=None,
        under_triage=under_triage(1, 60, 0.05),
        rsr=rsr(30, 28, cases=40),
    )
    found = judge(Standing.SECOND, few, SET)
    assert found.earned is Standing.SECOND
    assert found.missing[0] == "non-inferiority: E is 1.28 after 10 cases, 20 needed"
    assert found.missing[1] == "under-triage: at most 7.7% on 60 urgent cases, the limit is 5.0%"
    assert found.missing[2].startswith("RSR changed by -5% (")
    assert found.missing[2].endswith("a fall of 10% is not ruled out")
    assert found.met == ("subgroups: none of 2 is shown unfair",)


def test_a_margin_other_than_the_one_set_beforehand_is_no_evidence() -> None:
    found = judge(Standing.SHADOW, replace(GOOD, comparison=compared(np.zeros(400), 0.2)), SET)
    assert found.missing == ("non-inferiority was measured at 20%, not at the margin set, 5%",)


def test_unfairness_to_a_group_takes_the_standing_and_names_the_group() -> None:
    found = judge(Standing.SECOND, replace(GOOD, subgroups=UNFAIR), SET)
    assert found.earned is Standing.SHADOW
    assert found.alarms == ("shown unfair to sex: male",)


def test_a_fall_of_rsr_puts_peoples_own_view_first_again() -> None:
    found = judge(Standing.FIRST, replace(GOOD, rsr=rsr(36, 12)), SET)
    assert found.earned is Standing.SECOND
    assert found.alarms[0].startswith("RSR has fallen by")


def test_a_group_that_could_not_be_judged_is_told_to_whoever_signs() -> None:
    few = subgroups([True] * 410, {"sex": ["female", "male"] * 200 + ["other"] * 10}, margin=0.1)
    assert judge(Standing.SHADOW, replace(GOOD, subgroups=few), SET).cautions == ("not enough evidence for sex: other",)


def test_a_new_version_and_a_suspended_tool_have_nothing_to_stand_on() -> None:
    assert judge(Standing.FIRST, GOOD, SET, new_version=True).earned is Standing.SHADOW
    assert judge(Standing.SUSPENDED, GOOD, SET).earned is Standing.SUSPENDED
    assert "starts in shadow" in judge(Standing.SUSPENDED, GOOD, SET).missing[0]


ORDER = (Standing.SUSPENDED, Standing.SHADOW, Standing.SECOND, Standing.FIRST)


@given(
    st.sampled_from(Standing),
    st.sampled_from([None, GOOD.comparison, compared(np.zeros(10), 0.05)]),
    st.sampled_from([None, GOOD.watch, ALARM]),
    st.sampled_from([None, GOOD.subgroups, UNFAIR]),
    st.sampled_from([None, GOOD.rsr, rsr(36, 12)]),
    st.booleans(),
)
def test_never_two_steps_up_never_up_with_an_alarm_never_up_with_something_missing(
    now: Standing, comparison: object, watched: object, groups: object, change: object, new_version: bool
) -> None:
    measured = Measured(comparison, GOOD.under_triage, watched, groups, change)  # type: ignore[arg-type]
    found = judge(now, measured, SET, new_version=new_version)
    step = ORDER.index(found.earned) - ORDER.index(now)
    assert step <= 1
    if found.alarms or found.missing or new_version:
        assert step <= 0
    if found.alarms and now in (Standing.SECOND, Standing.FIRST):
        assert step < 0
    assert found.promotes == (step == 1)
