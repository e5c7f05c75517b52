"""The tool as a whole: how soon, what kind, who, why, and what it did not look at."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.advice import URGENCIES, Advice, Case, Effect, Handler, Kind, Tool, Urgency, faults
from preceptor.tools.triage import tool
from preceptor.tools.triage.assessing import assess_all
from preceptor.tools.triage.library import the_library
from preceptor.tools.triage.reading import Reading
from tools.triage.cases import case
from tools.triage.wordings import wordings


def advise(text: str, **more: object) -> Advice:
    return tool.advise(case(text, **more))  # type: ignore[arg-type]


def rules_of(advice: Advice) -> set[str | None]:
    return {reason.rule for reason in advice.reasons}


def test_a_sore_throat_is_for_the_pharmacy_and_says_why() -> None:
    text = "I've had a sore throat for 3 days, eating and drinking ok"
    advice = advise(text, age=25.0, sex="female")
    assert (advice.option, advice.kind, advice.handler) == (
        Urgency.SELF_CARE,
        Kind.CLINICAL,
        Handler.COMMUNITY_PHARMACY,
    )
    told = {reason.rule: reason for reason in advice.reasons if reason.effect is Effect.SETS}
    assert told["sore_throat"].span is not None
    assert told["sore_throat"].span.of(text) == "sore throat"
    assert "self-care" in told["model"].text
    assert isinstance(tool, Tool)


@pytest.mark.parametrize(
    ("text", "urgency", "kind"),
    [
        ("Repeat prescription for amlodipine please", Urgency.ROUTINE, Kind.MEDICATION),
        ("Are my blood test results back?", Urgency.ROUTINE, Kind.RESULTS),
        ("I need a sick note for my bad back", Urgency.ROUTINE, Kind.ADMINISTRATIVE),
        ("Can I book a smear please", Urgency.ROUTINE, Kind.ADMINISTRATIVE),
        ("blood in my wee", Urgency.SOON, Kind.CLINICAL),
        ("I found a lump in my breast", Urgency.SOON, Kind.CLINICAL),
        ("hay fever is bad this year", Urgency.SELF_CARE, Kind.CLINICAL),
        ("Crushing pain in my chest and sweating", Urgency.EMERGENCY, Kind.CLINICAL),
    ],
)
def test_usual_requests(text: str, urgency: Urgency, kind: Kind) -> None:
    advice = advise(text)
    assert (advice.option, advice.kind) == (urgency, kind)


@pytest.mark.parametrize(
    ("text", "latest"), [("I ran out of insulin this morning", Urgency.SAME_DAY), ("blood in my wee", Urgency.SOON)]
)
def test_what_must_not_wait_longer_does_not(text: str, latest: Urgency) -> None:
    assert Urgency(advise(text).option).at_least(latest)


def test_who_has_run_out_of_insulin_and_is_well_is_not_sent_to_hospital() -> None:
    assert advise("I ran out of insulin this morning").option == Urgency.SAME_DAY


def test_of_several_problems_the_most_urgent_decides_and_all_are_named() -> None:
    text = "sore throat, also I have crushing chest pain and I need a repeat prescription"
    advice = advise(text)
    assert advice.option == Urgency.EMERGENCY
    assert {"sore_throat", "chest_pain", "medication_repeat"} <= rules_of(advice)


def by_rules(text: str, **more: object) -> Urgency:
    """How soon the presentations' rules alone make it."""
    known = the_library()
    assessed = assess_all(Reading(case(text, **more), known.features), known.presentations)  # type: ignore[arg-type]
    return assessed[0].urgency


BESIDE = "sore throat, also my mole has changed colour and I need a repeat prescription"


def test_problems_beside_each_other_are_all_named() -> None:
    assert {"sore_throat", "mole_changed", "medication_repeat"} <= rules_of(advise(BESIDE))


def test_a_problem_that_needs_days_decides_beside_what_does_not() -> None:
    assert advise(BESIDE).option == Urgency.SOON


AGONY = "severe agony in my knee, getting worse and worse, unbearable"


def test_the_tool_as_a_whole_follows_severity_age_and_illness() -> None:
    assert advise("my knee hurts").option == Urgency.ROUTINE
    assert advise("my knee has been sore for months").option == Urgency.ROUTINE
    assert advise("my knee pain is severe").option == Urgency.SOON
    assert advise("sore throat", age=30.0).option == Urgency.SELF_CARE
    assert advise("sore throat, I take azathioprine", age=30.0).option == Urgency.SAME_DAY
    burning = "burning when I wee"
    assert advise(burning, age=30.0, sex="female").option == Urgency.SELF_CARE
    assert advise(burning, age=70.0, sex="female").option == Urgency.SOON
    assert advise(burning, age=30.0, sex="male").option == Urgency.SOON
    assert Urgency(advise(AGONY).option).at_least(Urgency.SAME_DAY)


def test_agony_in_a_knee_is_for_today_and_no_emergency() -> None:
    assert advise(AGONY).option == Urgency.SAME_DAY


@pytest.mark.parametrize("text", ["it has come back", "feeling funny", "my thing is doing the thing"])
def test_a_few_vague_words_send_nobody_to_hospital(text: str) -> None:
    assert advise(text).option == Urgency.SAME_DAY


@pytest.mark.parametrize("text", ["headache", "my back hurts", "dizzy", "knee pain"])
def test_a_bare_complaint_sends_nobody_to_hospital(text: str) -> None:
    assert Urgency(advise(text).option) != Urgency.EMERGENCY


def test_a_bare_danger_does() -> None:
    for text in ("can't breathe", "crushing chest pain", "vomiting blood", "suicidal with a plan"):
        assert advise(text).option == Urgency.EMERGENCY, text


def test_a_bare_knee_is_routine() -> None:
    assert advise("my knee hurts").option == Urgency.ROUTINE


def test_words_of_severity_raise_within_limits() -> None:
    assert by_rules("my knee hurts") == Urgency.ROUTINE
    assert by_rules("my knee pain is severe") == Urgency.SOON
    assert by_rules("severe agony in my knee, getting worse and worse, unbearable") == Urgency.SAME_DAY


def test_age_and_illness_change_it() -> None:
    assert by_rules("sore throat", age=30.0) == Urgency.SELF_CARE
    assert by_rules("sore throat, I take azathioprine", age=30.0) == Urgency.SAME_DAY
    burning = "burning when I wee"
    assert by_rules(burning, age=30.0, sex="female") == Urgency.SELF_CARE
    assert by_rules(burning, age=70.0, sex="female") == Urgency.SOON
    assert by_rules(burning, age=30.0, sex="male") == Urgency.SOON


def test_what_is_not_known_is_not_guessed_and_says_what_would_settle_it() -> None:
    advice = advise("not right since the weekend, same as mum had, can somebody ring")
    assert advice.option == Urgency.SAME_DAY
    assert {"input.not_recognised", "model.unsure"} & rules_of(advice)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "input.empty"),
        (" \n ", "input.empty"),
        ("😀", "input.empty"),
        ("the wotsit has gone all thingummy", "input.not_recognised"),
        ("Dzień dobry, od dwóch tygodni mam kaszel i katar, gardło trochę boli.", "input.language"),
        ("أحتاج إلى موعد مع الطبيب لوصفة طبية", "input.language"),
        ("word " * 100_000, "input.too_long"),
    ],
)
def test_what_cannot_be_read_is_said_and_left_to_a_person_today(text: str, rule: str) -> None:
    advice = advise(text)
    assert rule in rules_of(advice)
    assert advice.option == Urgency.SAME_DAY
    assert len(advice.prediction_set) >= 3


def test_an_alarm_at_either_end_of_an_endless_text_is_heard() -> None:
    filler = "and so on it went. " * 30_000
    for text in (f"Crushing pain in my chest. {filler}", f"{filler} Crushing pain in my chest."):
        advice = advise(text)
        assert advice.option == Urgency.EMERGENCY
        assert all("chest" in span.of(text) for flag in advice.red_flags for span in flag.spans)


def test_what_was_read_as_denied_or_past_is_shown() -> None:
    advice = advise("crushing chest pain in 2010. Repeat prescription please, no chest pain")
    said = [r.text for r in advice.reasons if r.rule == "words.set_aside"]
    assert any(text.startswith("Read as past") for text in said)
    assert any(text.startswith("Read as negated") for text in said)


def test_a_record_without_a_request_gets_an_answer() -> None:
    assert tool.advise(Case("x", case("").as_of)).option == Urgency.SAME_DAY


def test_no_red_flag_is_below_the_advice_and_no_advice_has_a_fault() -> None:
    for wording in wordings()[::3]:
        advice = tool.advise(wording.case)
        assert faults(advice, wording.case, tool.card) == ()
        assert set(advice.probabilities) == set(URGENCIES)
        assert max(
            advice.probabilities, key=lambda option: advice.probabilities[option]
        ) == advice.option or advice.option in (advice.prediction_set)


@given(
    st.text(max_size=400), st.one_of(st.none(), st.floats(0, 120)), st.sampled_from([None, "male", "female", "other"])
)
def test_whatever_is_typed_gets_advice_without_a_fault(text: str, age: float | None, sex: str | None) -> None:
    asked = case(text, age=age, sex=sex)
    assert faults(tool.advise(asked), asked, tool.card) == ()
