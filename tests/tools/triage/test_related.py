"""What the record says about a request, before anybody gives a view."""

from __future__ import annotations

import re

from preceptor.advice import Event
from preceptor.tools.triage import related_events
from preceptor.tools.triage.library import the_library
from tools.triage.cases import case, event

RECORD = (
    event("condition", "Dizziness", 4000, concept="dizziness", id="Condition/1"),
    event("condition", "Asthma", 4000, concept="asthma", id="Condition/2"),
    event("medication", "Ramipril 5mg capsules", 30, concept="ramipril", id="MedicationRequest/1"),
    event("medication", "Levothyroxine 100 microgram tablets", 30, id="MedicationRequest/2"),
    event("appointment", "Dizziness review", -3, status="booked", id="Appointment/1"),
    event("appointment", "Dizziness review", 30, status="fulfilled", id="Appointment/2"),
    event("plan", "Asthma plan", 90, note="Reviews only", id="CarePlan/1"),
    event("result", "Haemoglobin 130 g/L", 5, id="Observation/1"),
    event("result", "Haemoglobin 128 g/L", 500, id="Observation/2"),
)


def shown(text: str, *events: Event) -> dict[str, str]:
    return {related.event.id: related.why for related in related_events(case(text, *(events or RECORD)))}


def test_the_same_problem_a_medicine_named_an_appointment_and_a_plan_are_shown() -> None:
    found = shown("dizzy again, is it the ramipril?")
    assert set(found) == {"Condition/1", "MedicationRequest/1", "Appointment/1", "CarePlan/1"}
    assert found["Appointment/1"] == "Appointment booked about dizziness"
    assert found["CarePlan/1"] == "Standing plan or flag in force"


def test_a_question_about_results_brings_recent_ones() -> None:
    found = shown("Are my blood test results back?")
    assert "Observation/1" in found
    assert "Observation/2" not in found


def test_nothing_that_is_said_hints_at_how_soon() -> None:
    hint = re.compile(r"urgen|emergenc|soon|same.day|routine|red flag|999|alarm|serious|worr", re.IGNORECASE)
    for presentation in the_library().presentations:
        assert not hint.search(presentation.title), presentation.id
    for text in ("crushing chest pain and dizzy", "dizzy, same as always", "no breath, ramipril"):
        assert not any(hint.search(why) for why in shown(text).values())


def test_it_is_the_same_each_time_and_each_entry_once() -> None:
    once, again = (related_events(case("dizzy, ramipril", *RECORD)) for _ in range(2))
    assert once == again
    assert len({related.event.id for related in once}) == len(once)
    assert related_events(case("dizzy")) == ()
