"""What the model reads of a case."""

from __future__ import annotations

from preceptor.advice import Case, Patient, Record, Request
from preceptor.record import concepts
from preceptor.tools.triage.model.wording import MATTERS, as_read
from tools.triage.cases import AS_OF, case, event


def test_who_it_is_and_what_the_record_holds_come_before_the_words() -> None:
    asked = case("I  hit my\nhead", event("medication", "Warfarin 3mg", concept="warfarin"), age=54.0, sex="female")
    assert as_read(asked) == "54 year old female. record: blood thinner. I hit my head"


def test_a_baby_is_told_in_weeks_and_months() -> None:
    assert as_read(case("hot", age=0.15, sex="male")) == "8 week old baby male. hot"
    assert as_read(case("hot", age=0.75)) == "9 month old. hot"


def test_age_and_sex_are_the_records_where_the_form_does_not_say() -> None:
    assert as_read(case("tired", event("condition", "Asthma", concept="asthma"))).startswith(
        "66 year old female. record: asthma."
    )


def test_what_is_over_or_yet_to_come_is_not_told() -> None:
    over = event("condition", "Pregnant", 900, concept="pregnant", status="resolved")
    later = event("medication", "Warfarin", -2, concept="warfarin")
    asked = Case("r", AS_OF, Request("sore", 30.0, "female"), Record(Patient("p"), (over, later)))
    assert as_read(asked) == "30 year old female. sore"


def test_nothing_asked_is_nothing_to_read() -> None:
    assert as_read(Case("r", AS_OF)) == ""
    assert as_read(case("  ")) == ""


def test_every_concept_that_matters_exists() -> None:
    for slugs in MATTERS.values():
        for slug in slugs:
            assert concepts.concept(slug)
