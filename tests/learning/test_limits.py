"""How far an entry of the record may be: further on several people's word alone, nearer sooner than further."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preceptor.advice import Urgency
from preceptor.learning.context import Vote
from preceptor.learning.lessons import Answer, Decided
from preceptor.learning.limits import Asked, contest, learn_limits, work_out
from preceptor.tools.triage.context import limits
from preceptor.tools.triage.noted import Did, Noted

E, D, S, R, C = Urgency
SOON = limits()["booked.soon"]
LASTING = limits()["long_standing.first_recorded_before"]
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
LATER = START + timedelta(days=60)
TEAM = ("ann", "bob", "cat", "dan", "eve")
TRUSTING = Asked(people=1, most_of_one=1.0)  # the control: the same without the defences against accounts


def vote(days: int, waits: bool = True, account: str = "ann", limit: Any = SOON, led: bool = False) -> Vote:
    return Vote(limit, days, account, waits, led)


def team_says(days: int, times: int = 5, waits: bool = True) -> list[Vote]:
    return [vote(days, waits, who) for who in TEAM for _ in range(times)]


def test_what_several_people_agree_on_carries_a_limit_further_and_no_further_than_they_went() -> None:
    found = work_out(SOON, [*team_says(9), *team_says(10), vote(10, waits=False, account="eve")])

    assert found.days == 10
    assert (found.tally.waits, found.tally.n, found.tally.people) == (50, 51, 5)
    assert found.tally.interval is not None
    assert found.tally.interval.low > 0.8


@pytest.mark.parametrize(
    ("votes", "why"),
    [
        ([], "nothing was decided"),
        ([vote(9, account=who) for who in TEAM for _ in range(3)], "too few"),
        ([vote(9, account=who) for who in TEAM[:3] for _ in range(20)], "three people"),
        ([*team_says(9), *team_says(9, 2, waits=False)], "they do not agree"),
        ([Vote(SOON, 9, who, True, True) for who in TEAM for _ in range(9)], "they were led by the advice"),
        (team_says(15, 20), "beyond what may be learnt"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_where_nothing_supports_a_change_the_limit_stays(votes: list[Vote], why: str) -> None:
    assert work_out(SOON, votes).days == 7, why


def test_many_nearer_decisions_do_not_carry_a_limit_to_a_day_on_which_few_or_other_things_were_said() -> None:
    assert work_out(SOON, [*team_says(8, 20), vote(14)]).days == 8
    assert work_out(SOON, [*team_says(8, 20), *team_says(14, 1), vote(14, False), vote(14, False)]).days == 8


def test_what_is_put_back_up_too_often_brings_a_limit_nearer_on_less_than_further_takes() -> None:
    votes = [*(vote(7, waits=False) for _ in range(4)), *(vote(7, account="bob") for _ in range(6)), *team_says(4)]

    assert work_out(SOON, votes).days == 6
    assert work_out(SOON, votes[1:]).days == 7
    assert work_out(SOON, [vote(5, False, who) for who in TEAM]).days == 4


def test_a_long_standing_symptom_moves_by_months_and_the_other_way_round() -> None:
    said = [vote(280, account=who, limit=LASTING) for who in TEAM for _ in range(5)]
    assert work_out(LASTING, said).days == 275
    assert work_out(LASTING, [vote(150, account=who, limit=LASTING) for who in TEAM for _ in range(9)]).days == 365
    back = [vote(400, False, who, LASTING) for who in TEAM]
    assert work_out(LASTING, back).days == 425


VOTES = st.lists(
    st.builds(vote, st.integers(0, 16), st.booleans(), st.sampled_from(TEAM), st.just(SOON), st.booleans()), max_size=90
)
AGREEING = st.lists(st.builds(vote, st.integers(0, 16), st.just(True), st.sampled_from([*TEAM, "new"])), max_size=30)
# Enough of one mind that limits do move: at random they hardly would.
WILLING = st.lists(
    st.builds(vote, st.integers(6, 15), st.sampled_from([True] * 9 + [False]), st.sampled_from(TEAM)),
    min_size=40, max_size=120,
)  # fmt: skip


@settings(deadline=None)
@given(votes=st.one_of(VOTES, WILLING), more=AGREEING)
def test_more_agreement_never_narrows(votes: list[Vote], more: list[Vote]) -> None:
    assert work_out(SOON, [*votes, *more]).days >= work_out(SOON, votes).days


@settings(deadline=None)
@given(votes=st.one_of(VOTES, WILLING))
def test_more_that_was_decided_sooner_never_widens(votes: list[Vote]) -> None:
    against = [vote(day, False, "eve") for day in range(8, 15)]
    assert work_out(SOON, [*votes, *against]).days <= work_out(SOON, votes).days


@settings(deadline=None)
@given(days=st.lists(st.integers(0, 20), max_size=300), others=st.lists(st.integers(0, 20), max_size=60))
def test_one_account_alone_never_widens_and_neither_do_two(days: list[int], others: list[int]) -> None:
    votes = [*(vote(each, account="one") for each in days), *(vote(each, account="two") for each in others)]
    assert work_out(SOON, votes).days == 7


@settings(deadline=None)
@given(votes=st.one_of(VOTES, WILLING), luck=st.randoms(use_true_random=False))
def test_the_order_of_decisions_is_irrelevant(votes: list[Vote], luck: random.Random) -> None:
    mixed = list(votes)
    luck.shuffle(mixed)
    assert work_out(SOON, mixed) == work_out(SOON, votes)


@pytest.mark.parametrize("limit", limits().values(), ids=lambda each: each.id)
@settings(deadline=None, max_examples=30)
@given(days=st.lists(st.integers(0, 5000), max_size=40), waits=st.booleans())
def test_the_caps_hold(limit: Any, days: list[int], waits: bool) -> None:
    """Whatever everybody says, of whatever days."""
    votes = [vote(each, waits, who, limit) for each in days for who in TEAM for _ in range(2)]
    everywhere = [vote(each, True, who, limit) for each in range(0, 500, 5) for who in TEAM for _ in range(2)]
    for said in (votes, [*votes, *everywhere]):
        assert limit.allows(work_out(limit, said).days)


def asks(days: int, final: Urgency = R, account: str = "ann", **more: Any) -> Decided:
    """A request for which an appointment was shown that is so many days away and not soon enough."""
    reason = "" if final is S else "already_booked"
    given: dict[str, Any] = {
        "case": f"r{days}", "practice": "p", "inputs": np.zeros(3, np.float32), "about": "dizziness", "advised": S,
        "final": Answer(final, account, START), "reason": reason,
        "noted": (Noted("booked", Did.BEYOND, "booked.soon", days),), **more,
    }  # fmt: skip
    return Decided(**given)


def honest(n: int = 6, final: Urgency = S) -> list[Decided]:
    """Colleagues who see appointments of the second week, and want somebody sooner."""
    return [asks(9 + at % 3, final, who) for who in TEAM for at in range(n)]


def learnt(decided: list[Decided], asked: Asked | None = None, set_aside: frozenset[str] = frozenset()) -> int:
    return learn_limits(decided, LATER, set_aside, asked).moved.get("booked.soon", 7)


def test_a_stolen_account_cannot_widen_and_without_the_defence_it_would() -> None:
    night = [asks(9, R, "stolen") for _ in range(500)]
    assert learnt([*honest(), *night]) == 7
    assert learnt([*honest(), *night], TRUSTING) == 9


def test_a_colluding_pair_cannot_widen_whoever_of_them_audits_and_without_the_defence_it_would() -> None:
    pair = []
    for at in range(600):
        who, other = ("x", "y") if at % 2 else ("y", "x")
        pair.append(asks(14, R, who, audit=Answer(R, other, START)))
    few_who_agree = [asks(14, R, "ann"), asks(10, R, "bob")]
    assert learnt([*honest(), *few_who_agree, *pair]) == 7
    assert learnt([*honest(), *few_who_agree, *pair], TRUSTING) == 14


def test_one_auditor_cannot_speak_for_all_whom_they_audit() -> None:
    audited = [asks(9, S, who, audit=Answer(R, "x", START)) for who in TEAM for _ in range(20)]
    assert learnt(audited) == 7
    assert learnt(audited, TRUSTING) == 9


def test_an_account_that_an_alarm_names_says_nothing() -> None:
    agreed = [asks(9, R, who) for who in TEAM for _ in range(6)]
    assert learnt(agreed) == 9
    assert learnt(agreed, set_aside=frozenset(TEAM[:2])) == 7


def test_a_limit_goes_no_further_than_every_practice_of_the_installation_supports_by_itself() -> None:
    here = [asks(10, R, who) for who in TEAM for _ in range(6)]
    there = [asks(9, R, f"their {who}", practice="q") for who in TEAM for _ in range(6)]
    assert learnt(here) == 10
    assert learn_limits(here, LATER, practices=("p",)).moved == {"booked.soon": 10}
    assert learn_limits(here, LATER, practices=("p", "new")).moved == {}
    both = learn_limits([*here, *there], LATER, practices=("p", "q"))
    assert both.moved == {"booked.soon": 9}
    assert both.limits[1].tally.n == 30  # those up to the ninth day
    assert learnt([*here, *(asks(9, S, f"their {who}", practice="q") for who in TEAM)]) == 7


def test_what_is_young_waits_and_where_no_moment_is_given_nothing_moves() -> None:
    agreed = [asks(9, R, who) for who in TEAM for _ in range(6)]
    assert learn_limits(agreed, START - timedelta(days=1)).moved == {}
    assert learn_limits(agreed, None).moved == {}


def test_the_same_day_is_not_answered_by_a_later_appointment_than_the_rest() -> None:
    noted = (Noted("booked", Did.BEYOND, "booked.same_day", 3),)
    sooner = [asks(3, R, who, advised=D, noted=noted) for who in TEAM for _ in range(6)]
    lowered = (Noted("booked", Did.LOWERED, "booked.soon", 2),)
    put_back = [asks(2, S, who, advised=R, noted=lowered) for who in TEAM]
    assert learn_limits(sooner, LATER).moved == {"booked.same_day": 3}
    assert learn_limits([*sooner, *put_back], LATER).moved == {"booked.soon": 1}
    far = [asks(3, S, who, advised=R, noted=(Noted("booked", Did.LOWERED, "booked.soon", 3),)) for who in TEAM]
    held = learn_limits([*sooner, *far], LATER)
    assert held.moved == {"booked.same_day": 2, "booked.soon": 2}
    assert held.limits[0].tally.n == 0  # told of the days up to the second, and not of the third


def test_the_contest_refuses_a_further_limit_whose_live_cases_were_decided_sooner() -> None:
    (well,) = contest([asks(9, R, who) for who in TEAM], {}, {"booked.soon": 10})
    assert (well.waits, well.n, well.well) == (5, 5, True)
    assert well.interval is not None
    late, early = asks(12, S), asks(6, S)
    (worse,) = contest([asks(9, R), late, asks(9, R, audit=Answer(D, "x", START))], {}, {"booked.soon": 10})
    assert (worse.waits, worse.n, worse.well) == (1, 2, False)
    (nearer,) = contest([early], {"booked.soon": 10}, {"booked.soon": 5})
    assert (nearer.n, nearer.well) == (1, True)
    assert contest([late], {"booked.soon": 9}, {"booked.soon": 9}) == []
    (none_yet,) = contest([], {}, {"booked.soon": 9})
    assert (none_yet.n, none_yet.interval, none_yet.well) == (0, None, True)
