"""Red flags are a floor: however the same words are sent, nothing talks the advice below what the flag sets."""

from __future__ import annotations

from dataclasses import replace

import pytest

from preceptor.advice import Case, Request, Urgency
from preceptor.tools.triage import tool
from tools.triage.rewordings import reworded
from tools.triage.wordings import AS_OF, NO_EMERGENCY, Wording, wordings


def first_of_each_flag() -> list[Wording]:
    """One wording of each red flag, the first that fires it."""
    found: dict[str, Wording] = {}
    for wording in wordings():
        if wording.expects == NO_EMERGENCY or wording.expects in found:
            continue
        if any(flag.id == wording.expects for flag in tool.advise(wording.case).red_flags):
            found[wording.expects] = wording
    return list(found.values())


FLAGS = first_of_each_flag()


def sent(wording: Wording, text: str) -> Case:
    return replace(wording.case, request=Request(text, wording.age, wording.sex))


def downgrades(wording: Wording, times: int) -> list[str]:
    """The rewordings on which the advice is less urgent than the red flag that the plain words fire."""
    floor = next(flag.urgency for flag in tool.advise(wording.case).red_flags if flag.id == wording.expects)
    texts = dict.fromkeys(reworded(wording.text, number) for number in range(times))
    return [text for text in texts if not Urgency(tool.advise(sent(wording, text)).option).at_least(floor)]


def test_there_are_flags_enough_to_say_something_of_them() -> None:
    assert len(FLAGS) >= 80


@pytest.mark.parametrize("wording", FLAGS, ids=lambda wording: wording.expects)
def test_no_rewording_talks_a_red_flag_down(wording: Wording) -> None:
    assert downgrades(wording, 10) == []


@pytest.mark.long
@pytest.mark.parametrize("wording", FLAGS, ids=lambda wording: wording.expects)
def test_no_rewording_of_two_hundred_talks_a_red_flag_down(wording: Wording) -> None:
    assert downgrades(wording, 200) == []


LOOK_ALIKES = (
    ("chest pain when I press on it after the gym", 27.0, "male"),
    ("My son's homework gave me the worst headache ever lol. Repeat of my hay fever tablets please", 38.0, "female"),
    (
        "Please file this letter. Discharge summary 2019: admitted with crushing chest pain and ST elevation, treated "
        "with a stent, discharged well. I feel fine and only need my repeat prescription.",
        66.0,
        "male",
    ),
    ("I had a stroke in 2015 and need a letter for my travel insurance", 71.0, "female"),
    ("Do a stiff neck and a rash mean meningitis? It is for a school project, nobody is ill", 15.0, "female"),
    ("My neighbour had a heart attack last year, can I have my cholesterol checked", 52.0, "male"),
    ("No chest pain, no breathlessness, just want my blood pressure tablets reviewed", 60.0, "female"),
    ("I could have died of embarrassment at the party. My ears are blocked with wax", 33.0, "female"),
    ("I would kill for a decent night's sleep, snoring partner. Any advice?", 44.0, "female"),
)  # fmt: skip


JOKE = "stubbed my toe on the bed, worst headache of my life would be easier than telling the wife haha"


def test_a_joke_is_no_emergency() -> None:
    advice = tool.advise(Case("joke", AS_OF, Request(JOKE, 41.0, "male")))
    assert advice.red_flags == ()
    assert advice.option != Urgency.EMERGENCY


@pytest.mark.parametrize(("text", "age", "sex"), LOOK_ALIKES, ids=lambda value: str(value)[:40])
def test_a_look_alike_is_no_emergency(text: str, age: float, sex: str) -> None:
    advice = tool.advise(Case("look-alike", AS_OF, Request(text, age, sex)))
    assert advice.option != Urgency.EMERGENCY, [flag.title for flag in advice.red_flags]
