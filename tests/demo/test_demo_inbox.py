"""The requests of the Monday: written by hand, fitting their patients, with the answers that are expected."""

from __future__ import annotations

import csv
import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from demo.demo_files import MONDAY, Made, built
from preceptor.advice import URGENCIES, Kind, Urgency
from preceptor.demo.inbox import CONTEXTS, Text, texts


@pytest.fixture(scope="module")
def made() -> Made:
    return built()


TEXTS = texts()


def named(text: Text) -> str:
    return text.id


def test_a_request_fits_the_patient_it_is_about(made: Made) -> None:
    by_id = {text.id: text for text in TEXTS}
    assert len({line["patient"] for line in made.lines}) == len(made.lines) == 19
    for line, request, expected in zip(made.lines, made.practice.requests, made.truth["requests"], strict=True):
        text = by_id[expected["text_id"]]
        patient = made.resources[f"Patient/{line['patient']}"]
        age = (MONDAY - date.fromisoformat(patient["birthDate"])).days / 365.25

        assert line["id"] == expected["id"]
        assert line["patient"] == expected["patient"] == request.patient_id
        assert line["text"] == request.text == text.words(MONDAY)
        assert text.ages[0] <= age <= text.ages[1]
        assert line["age"] == pytest.approx(age, abs=0.01)
        assert text.sex in (None, patient["gender"])
        assert line["sex"] == patient["gender"]
        assert request.written_by_other is (text.writer != "patient")


def test_there_are_enough_texts_and_no_two_alike() -> None:
    assert len(TEXTS) >= 130
    assert len({text.id for text in TEXTS}) == len(TEXTS)
    # No templates: no two texts share a run of eight words.
    seen: dict[tuple[str, ...], str] = {}
    for text in TEXTS:
        words = re.findall(r"[a-z']+", text.text.lower())
        for start in range(len(words) - 7):
            run = tuple(words[start : start + 8])
            assert seen.setdefault(run, text.id) == text.id, (run, text.id, seen[run])


@pytest.mark.parametrize("text", TEXTS, ids=named)
def test_what_a_text_expects_is_well_said(text: Text) -> None:
    assert Kind(text.kind)
    assert text.urgency in text.acceptable
    assert {*text.acceptable, *text.from_words_alone} <= set(URGENCIES)
    assert 0 <= text.ages[0] < text.ages[1] <= 110
    assert text.sex in (None, "female", "male")
    assert text.depends_on in ("", "booked", "plan", "long_standing")
    assert not text.counterfeit or text.depends_on
    if text.counterfeit:
        assert Urgency(text.urgency).at_least(Urgency.SOON), "a counterfeit is one that must not be lowered"
    elif text.depends_on:
        assert text.entries, "a story rests on an entry in the record"
        assert not Urgency(text.urgency).at_least(Urgency.SOON)
    assert "{" not in text.words(MONDAY)


def test_every_kind_of_writing_is_there() -> None:
    written = [text.text for text in TEXTS]
    assert any(text.upper() == text for text in written), "all capitals"
    assert any(len(text) < 12 for text in written), "a single word"
    assert sum(len(text) > 350 for text in written) >= 5, "long ones"
    assert sum("." not in text for text in written) >= 10, "without full stops"
    assert any("ignore all previous instructions" in text.lower() for text in written)
    writers = Counter(text.writer for text in TEXTS)
    assert {"mother", "father", "daughter", "son", "wife", "husband", "care home nurse"} <= set(writers)


def test_every_story_and_its_counterfeit_has_several_texts() -> None:
    strata = Counter(text.stratum for text in TEXTS)
    assert all(strata[story] >= 4 for story in CONTEXTS), strata


def test_the_stories_are_in_the_records_that_they_are_about(made: Made) -> None:
    told = [each for each in made.truth["requests"] if each["depends_on"]]
    assert len(told) >= 6
    for each in told:
        kinds = {reference.split("/")[0] for reference in each["evidence"]}
        wanted = {"booked": {"Appointment"}, "plan": {"CarePlan", "Flag"}, "long_standing": {"Condition"}}
        assert kinds & wanted[each["depends_on"]]


def test_no_requester_has_another_appointment_to_come_than_the_one_of_the_story(made: Made) -> None:
    for each in made.truth["requests"]:
        to_come = [
            resource
            for resource in made.by_patient[each["patient"]]
            if resource["resourceType"] == "Appointment" and resource["status"] == "booked"
        ]
        assert {f"Appointment/{resource['id']}" for resource in to_come} <= set(each["evidence"])


def test_red_flags_are_rules_that_exist_and_set_an_urgency_that_is_accepted(shared: Path) -> None:
    with (shared / "knowledge" / "emergency_red_flags.csv").open(encoding="utf-8") as file:
        rules = {row["id"]: row for row in csv.DictReader(file)}
    flagged = [text for text in TEXTS if text.red_flag]
    assert len(flagged) >= 30
    for text in flagged:
        rule = rules[str(text.red_flag)]
        now = any(word in rule["action"] for word in ("999", "A&E now", "maternity unit now", "eye emergency"))
        floor = "emergency" if now and not rule["action"].startswith("same-day") else "same_day"
        assert any(Urgency(each).at_least(Urgency(floor)) for each in text.acceptable), (text.id, rule["action"])
        assert rule["sex"] in ("any", text.sex)
        assert float(rule["age_min"] or 0) <= text.ages[1]
        assert float(rule["age_max"] or 120) >= text.ages[0]
