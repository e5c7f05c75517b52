"""Two problems in one message: the more urgent wins, and what is said of the harmless one takes nothing from it.

Every red flag's wording is sent with an example of something that can wait, before it or after it, in one breath or in
a sentence of its own. Where nothing but nearness could tell whose weeks "for weeks" are, some flags are lost; the
reference page says how many.
"""

from __future__ import annotations

import random
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from preceptor.advice import Urgency
from preceptor.tools.triage import red_flags_in, tool
from preceptor.tools.triage.examples import all_examples
from preceptor.tools.triage.text.measures import ages
from preceptor.tools.triage.text.normal import sentences
from tools.triage.cases import case
from tools.triage.wordings import NO_EMERGENCY, Wording, wordings

IN_ONE_BREATH = (" and ", ", ", " also ", " and also ", " - ")
CAN_WAIT = {Urgency.SOON, Urgency.ROUTINE, Urgency.SELF_CARE}


@cache
def that_can_wait() -> tuple[str, ...]:
    """Short examples of what can wait, by patients, in which nobody's age is told."""
    return tuple(
        example.text.strip().rstrip(".!")
        for example in all_examples()
        if {example.urgency, *example.also} <= CAN_WAIT
        and example.voice == "patient"
        and 4 <= len(example.text.split()) <= 14
        and not ages(sentences(example.text))
    )


def with_another(wording: Wording, number: int, joints: tuple[str, ...]) -> Wording:
    luck = random.Random(f"{wording.text}/{number}")  # noqa: S311 - a draw, not a secret
    both = [wording.text.rstrip(".!"), luck.choice(that_can_wait())]
    luck.shuffle(both)
    return replace(wording, text=luck.choice(joints).join(both))


def lost(times: int, joints: tuple[str, ...]) -> tuple[list[str], int]:
    """The messages whose red flags are less urgent than the wording's alone, and how many were sent."""
    texts, sent = [], 0
    for wording in wordings():
        if wording.expects == NO_EMERGENCY or wording.kept_apart:
            continue
        floor = min(red_flags_in(wording.case), key=lambda flag: flag.urgency.rank).urgency
        for number in range(times):
            both = with_another(wording, number, joints)
            sent += 1
            if not any(flag.urgency.at_least(floor) for flag in red_flags_in(both.case)):
                texts.append(both.text)
    return texts, sent


@pytest.mark.parametrize(("joints", "at_most"), [(IN_ONE_BREATH, 0.02), ((". ",), 0.01)])
def test_what_can_wait_takes_hardly_a_red_flag_away(joints: tuple[str, ...], at_most: float) -> None:
    texts, sent = lost(2, joints)
    assert len(texts) <= at_most * sent, texts[:20]


@pytest.mark.long
@pytest.mark.parametrize("joints", [IN_ONE_BREATH, (". ",)], ids=["one breath", "two sentences"])
def test_the_reference_page_states_how_many_are_lost(joints: tuple[str, ...]) -> None:
    page = (Path(__file__).parents[3] / "docs" / "reference" / "triage.md").read_text("utf-8")
    texts, sent = lost(40, joints)
    assert f"{len(texts):,} of {sent:,}" in page, texts[:20]


@pytest.mark.parametrize(
    ("flag", "text"),
    [
        ("RF001", "on wegovy, hair coming out for 2 months - my face has dropped on one side"),
        ("RF001", "need my repeat, app has not worked for 3 weeks. My right arm has gone all heavy since I woke up"),
        ("RF009", "eczema creams needed, settled for months, also crushing pain in my chest going down my arm"),
        ("RF018", "mirena thread check, put in 6 weeks back, PS he is choking on a grape now"),
        ("RF130", "cracked my head at dinner time, sick twice since. Also records for insurance, fit 3 years ago"),
        ("RF143", "tried to hang myself last night. the insurance people want a letter about my knee"),
        ("RF033", "coil check, no symptoms, awful back pain with a fever and shivers, I inject heroin"),
        ("RF022", "discharge letter says GP to repeat my bloods. on azathioprine and have a temp of 38.9"),
    ],
)  # fmt: skip
def test_the_more_urgent_of_two_problems_is_seen(flag: str, text: str) -> None:
    assert flag in {found.id for found in red_flags_in(case(text, age=54))}
    assert tool.advise(case(text, age=54)).option == Urgency.EMERGENCY
