"""Whether words are meant of this patient, now."""

from __future__ import annotations

import pytest

from preceptor.tools.triage.library import the_library
from preceptor.tools.triage.reading import Reading
from tools.triage.cases import case


def readings(text: str, feature: str, other: bool = False) -> list[str]:
    return [str(meant) for _, meant in Reading(case(text, other=other), the_library().features).readings(feature)]


def meant(text: str, feature: str = "headache", other: bool = False) -> str:
    """How the first headache of a text is to be read."""
    return readings(text, feature, other)[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I have a headache", "now"),
        ("no headache", "negated"),
        ("I haven't had any headache", "negated"),
        ("havent got a headache", "negated"),
        ("no fever, rash or headache", "negated"),
        ("no fever, headache all day", "now"),
        ("no fever but a headache", "now"),
        ("no fever I have a headache", "now"),
        ("no fever and a headache", "now"),
        ("denies fever and headache", "negated"),
        ("without headache", "negated"),
        ("headache: no", "negated"),
        ("headache - none", "negated"),
        ("Any headache? No.", "negated"),
        ("A headache? no, just tired", "negated"),
        ("A headache? Not since Monday", "negated"),
        ("A headache? Not sure", "now"),
        ("he never headaches or complains", "negated"),
        ("no relief from the headache", "now"),
        ("not only a headache", "now"),
        ("never had a headache like this", "now"),
        ("not sure if it is a headache", "now"),
        ("the headache does not go away", "now"),
        ("I think it might be a headache", "now"),
        ("my mum had headaches", "other person"),
        ("my friend took something for headaches", "other person"),
        ("I met a man who had headaches", "other person"),
        ("A man had headaches", "now"),  # nobody speaks of themselves: he is the patient
        ("Thank you for seeing me. I saw a 45-year-old woman had headaches", "now"),  # whose age is told is one
        ("family history of headaches", "other person"),
        ("my mum had headaches and now I have a fever", "other person"),
        ("my mum had a headache this morning", "now"),
        ("headaches 6 years ago", "past"),
        ("used to get headaches", "past"),
        ("headaches in 2012", "past"),
        ("I had headaches in May", "past"),
        ("I had headaches in the spring", "past"),
        ("I had a headache in October", "now"),  # as of November: as good as now
        ("headaches that began in May", "now"),
        ("I have a headache, my scan is in May", "now"),
        ("he had headaches when he was a toddler", "past"),
        ("had headaches as a child", "past"),
        ("headache since 2012, still there", "now"),
        ("previous headaches", "past"),
        ("headache and previous instructions", "now"),
        ("a two-day history of headache", "now"),
        ("presents with a history of headache", "now"),
        ("history of headaches", "past"),
        ("the headache I had last year has come back today", "now"),
        ("headache over the last year", "now"),
        ("h/o headaches", "past"),
        ("never suffered from headaches", "negated"),
        ("without paracetamol the headache is terrible", "now"),
        ("cannot rule out a headache", "now"),
        ("a tablet so I don't get a headache", "might be"),
        ("what if I get a headache", "might be"),
        ("worried about getting a headache", "might be"),
        ("side effects include headache", "might be"),
        ("the headache clinic", "might be"),
        ("wondering if my headache is serious", "now"),
        ("feels as if my headache is worse", "now"),
        ("Discharge summary. Dear Dr, diagnosis: tension headache. Yours sincerely", "quoted"),
    ],
)
def test_a_headache_is_read_as_it_is_meant(text: str, expected: str) -> None:
    assert meant(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("not on any blood thinners", "negated"),
        ("he is not on warfarin", "negated"),
        ("not on aspirin or blood thinners", "negated"),
        ("doesn't take blood thinners", "negated"),
        ("I was put on apixaban in 2021", "now"),
        ("I was put on warfarin in August", "now"),
    ],
)
def test_a_blood_thinner_is_taken_or_not(text: str, expected: str) -> None:
    assert meant(text, "anticoagulant") == expected


def test_not_on_insulin_is_no_denial_of_it() -> None:
    assert meant("not on insulin for two days", "diabetes_drug") == "now"


def test_another_writes_for_the_patient() -> None:
    assert meant("my mum had headaches", other=True) == "now"
    assert meant("I am writing on behalf of my mum. My mum had headaches") == "now"


def test_a_negation_that_is_part_of_the_symptom_does_not_deny_it() -> None:
    assert meant("I cannot breathe", "breathlessness") == "now"
    assert meant("not short of breath", "breathlessness") == "negated"
