"""What recent results say of how soon: they raise, or are worth knowing, and never reassure."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preceptor.advice import Advice, Effect, Event, Handler, Precision, Reason, Urgency, faults, most_urgent
from preceptor.record.concepts import concept
from preceptor.tools.triage import tool
from preceptor.tools.triage.assessing import as_likened, with_record
from preceptor.tools.triage.features import LibraryError
from preceptor.tools.triage.library import the_library
from preceptor.tools.triage.reading import Reading
from preceptor.tools.triage.results import MOST_NOTES, ResultRule, result_rules
from tools.triage.cases import case, event

_numbers = count(1)


def result(slug: str, value: float | None, days_ago: float = 2, **more: Any) -> Event:
    stated = {"unit": concept(slug).unit, "status": "final", "id": f"Observation/{next(_numbers)}"} | more
    return event("result", concept(slug).title, days_ago, concept=slug, value=value, **stated)


def advise(text: str, *events: Event, age: float | None = 60.0, sex: str | None = None) -> Advice:
    asked = case(text, *events, age=age, sex=sex)
    advice = tool.advise(asked)
    assert faults(advice, asked, tool.card) == ()
    return advice


def of_results(advice: Advice, effect: Effect | None = None) -> list[Reason]:
    found = [r for r in advice.reasons if r.rule and r.rule.startswith("result.")]
    return [r for r in found if effect is None or r.effect is effect]


SMEAR = "Can I book a smear please"


def test_a_dangerous_potassium_is_for_today_whatever_is_asked_and_is_shown() -> None:
    assert advise(SMEAR).option == Urgency.ROUTINE
    high = result("potassium", 6.8)
    advice = advise(SMEAR, high)
    assert (advice.option, advice.handler) == (Urgency.SAME_DAY, Handler.GP)
    (reason,) = of_results(advice)
    assert (reason.effect, reason.event, reason.rule) == (Effect.RAISES, high.id, "result.potassium_very_high")
    assert reason.text.startswith("Potassium 6.8 mmol/L on 31 October 2026: ")


@pytest.mark.parametrize(
    ("text", "events", "sex", "option"),
    [
        ("I get breathless climbing the stairs", [result("haemoglobin", 88)], "female", Urgency.SAME_DAY),
        ("I have a temperature and feel shivery", [result("neutrophils", 0.3)], "female", Urgency.EMERGENCY),
        ("I keep getting nosebleeds", [result("inr", 6.1)], "male", Urgency.SAME_DAY),
        ("I am badly constipated", [result("calcium_adjusted", 2.95)], "female", Urgency.SAME_DAY),
        ("I am going to the loo for a wee all night, prostate I think", [result("psa", 9.0, 40)], "male", Urgency.SOON),
        ("Bloated all the time", [result("ca125", 40, 40)], "female", Urgency.SOON),
        ("Change in my bowel habit for a while", [result("fit", 22, 20)], "male", Urgency.SOON),
        ("My hands are shaking", [result("lithium_level", 1.2, 20)], "male", Urgency.SAME_DAY),
        (
            "I have had diarrhoea since yesterday",
            [
                result("egfr", 72, 200),
                result("egfr", 48, 10),
                event("medication", "Ramipril 5mg", 30, concept="ramipril"),
            ],
            "male",
            Urgency.SAME_DAY,
        ),
        (SMEAR, [result("creatinine", 80, 200), result("creatinine", 140, 2)], "female", Urgency.SAME_DAY),
    ],
)
def test_a_result_with_the_symptom_that_fits_it_makes_it_sooner(
    text: str, events: list[Event], sex: str, option: Urgency
) -> None:
    advice = advise(text, *events, sex=sex)
    assert Urgency(advice.option).at_least(option)
    newest = max(events, key=lambda e: (e.kind == "result", e.order))
    assert newest.id in {reason.event for reason in of_results(advice)}


@pytest.mark.parametrize(
    "entries",
    [
        [result("potassium", 6.8, 9)],  # too old
        [result("potassium", 6.8, -1)],  # not yet
        [result("potassium", 6.8, problem="sample haemolysed")],
        [result("potassium", 6.8, unit=None)],
        [result("potassium", 6.8, unit="mg/L")],
        [result("potassium", None, value_sent=">6.8")],
        [result("potassium", 6.8, status="entered-in-error")],
        [result("potassium", 6.8, status="cancelled")],
        [result("potassium", 6.8, precision=Precision.MONTH)],
        [replace(result("potassium", 6.8), when=None)],
        [result("potassium", 6.8, 3), result("potassium", 4.4, 1)],  # the latest counts
        [result("potassium", 6.2)],  # without a medicine that raises it
        [result("creatinine", 140, 400), result("creatinine", 140, 2)],  # as usual
    ],
)
def test_what_cannot_be_trusted_or_is_over_says_nothing(entries: list[Event]) -> None:
    advice = advise(SMEAR, *entries)
    assert advice.option == Urgency.ROUTINE
    assert of_results(advice) == []


def test_an_older_result_still_stands_when_a_newer_one_cannot_be_read() -> None:
    advice = advise(SMEAR, result("potassium", 6.8, 3), result("potassium", None, 1, problem="no value was sent"))
    assert advice.option == Urgency.SAME_DAY


def test_of_two_at_one_moment_the_same_one_is_the_latest_in_any_order() -> None:
    high, normal = result("potassium", 6.8, id="Observation/a"), result("potassium", 4.2, id="Observation/b")
    assert advise(SMEAR, high, normal).option == advise(SMEAR, normal, high).option == Urgency.ROUTINE


def test_a_result_that_nothing_in_the_words_bears_on_is_a_note() -> None:
    advice = advise("my knee hurts", result("haemoglobin", 88))
    assert advice.option == Urgency.ROUTINE
    (note,) = of_results(advice)
    assert note.effect is Effect.NOTES
    assert "nothing it bears on" in note.text


def test_at_most_two_results_are_noted_the_most_urgent_first() -> None:
    low = [result("haemoglobin", 88), result("sodium", 128), result("platelets", 40), result("fit", 80)]
    advice = advise("my knee hurts", *low)
    notes = of_results(advice, Effect.NOTES)
    assert len(notes) == len(of_results(advice)) == MOST_NOTES
    assert low[3].id not in {note.event for note in notes}


def test_a_result_speaks_once_by_the_rule_that_makes_it_most_urgent() -> None:
    advice = advise("I have a temperature", result("neutrophils", 0.2))
    assert [reason.rule for reason in of_results(advice)] == ["result.neutropenic_with_infection"]


def test_an_emergency_stays_and_the_result_is_a_note() -> None:
    advice = advise("Crushing pain in my chest and sweating", result("potassium", 6.9))
    assert advice.option == Urgency.EMERGENCY
    assert of_results(advice, Effect.RAISES) == []
    assert len(of_results(advice, Effect.NOTES)) == 1


def test_a_result_goes_before_a_booking_that_would_lower() -> None:
    booked = event("appointment", "Dizziness review", -3, status="booked", id="Appointment/1")
    advice = advise("I am dizzy", booked, result("haemoglobin", 82))
    assert advice.option == Urgency.SAME_DAY
    assert not any(reason.effect is Effect.LOWERS for reason in advice.reasons)
    assert any(r.event == "Appointment/1" and "a result stands" in r.text for r in advice.reasons)


@pytest.mark.parametrize("words", Urgency)
def test_it_raises_what_the_model_made_of_the_words_and_needs_no_problem_recognised(words: Urgency) -> None:
    asked = case("the wotsit has gone all thingummy", result("potassium", 6.8))
    known = the_library()
    reading = Reading(asked, known.features)
    headache = next(p for p in known.presentations if p.id == "headache")
    for assessed in ([], [as_likened(headache, words)]):
        informed = with_record(reading, assessed, words)
        assert informed.urgency is most_urgent(words, Urgency.SAME_DAY)
        assert informed.raised_by_result == (words.rank > Urgency.SAME_DAY.rank)


def test_what_the_model_took_the_request_for_counts_as_what_it_is_about() -> None:
    asked = case("the wotsit has gone all thingummy", result("fit", 80))
    known = the_library()
    reading = Reading(asked, known.features)
    bowel = next(p for p in known.presentations if p.id == "bowel_habit")
    assert with_record(reading, [as_likened(bowel, Urgency.ROUTINE)], Urgency.ROUTINE).urgency is Urgency.SOON
    assert with_record(reading, [], Urgency.ROUTINE).urgency is Urgency.ROUTINE


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([SMEAR, "I am dizzy", "my knee hurts", "tired all the time", "bowel habit changed", "zzz", ""]),
    st.lists(
        st.tuples(
            st.sampled_from(sorted({rule.concepts[0] for rule in result_rules()})),
            st.floats(0, 1000),
            st.floats(0, 400),
        ),
        min_size=1,
        max_size=6,
    ),
)
def test_no_result_lowers(text: str, entries: list[tuple[str, float, float]]) -> None:
    events = [
        result(slug, value, days, id=f"Observation/{at}") for at, (slug, value, days) in enumerate(entries, start=1)
    ]
    without = Urgency(advise(text, event("condition", "Asthma", 900)).option)
    assert Urgency(advise(text, *events).option).at_least(without)


def test_every_rule_says_where_it_is_from() -> None:
    for rule in result_rules():
        assert rule.id.startswith("result.")
        assert rule.source
        assert rule.verified in ("yes", "partly", "no")
        assert ("general knowledge, unverified" in rule.source) <= (rule.verified == "no")
        assert rule.reviewed_by == "none"
        assert rule.effective < rule.review


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"unit": "mg/L"}, "unit"),
        ({"at_least": None, "above": None}, "is needed"),
        ({"above": 1.0}, "is needed"),
        ({"concepts": ["unobtainium"]}, "unobtainium"),
        ({"when": "no_such_feature"}, "no_such_feature"),
        ({"who": "age =! 4"}, "cannot be read"),
        ({"taking": ["asthma"]}, "no medicine"),
        ({"to": "routine"}, "nothing urgent"),
        ({"colour": "red"}, "colour"),
        ({"source": ""}, "missing"),
    ],
)
def test_a_wrong_rule_is_refused_by_name(change: dict[str, Any], said: str) -> None:
    good = {
        "id": "result.test", "concepts": ["potassium"], "unit": "mmol/L", "at_least": 6.5, "days": 7,
        "to": "same_day", "text": "why", "source": "somewhere", "verified": "no",
    }  # fmt: skip
    first = result_rules()[0]
    common = {name: getattr(first, name) for name in ("version", "effective", "review", "reviewed_by")}
    library = the_library().features
    assert ResultRule.read(good, common, library).bound == 6.5
    table = {name: value for name, value in (good | change).items() if value is not None}
    with pytest.raises(LibraryError, match=said):
        ResultRule.read(table, common, library)
