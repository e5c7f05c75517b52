"""QRISK3 against figures worked out with ClinRisk's own program, and the floor of it that a record gives."""

from __future__ import annotations

import csv
import math
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from preceptor.advice import Event, EventKind, Patient, Record
from preceptor.tools.watch import watch_named
from preceptor.tools.watch.nodes import Const, Expression
from preceptor.tools.watch.qrisk3 import DISCLAIMER, Inputs, least_qrisk3_of_record, qrisk3
from preceptor.tools.watch.qrisk3.equation import CONDITIONS
from preceptor.tools.watch.reference import View

NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)


def test_qrisk3_against_the_published_program_and_not_another_persons(shared: Path) -> None:
    rows = vectors(shared)
    assert len(rows) == 73
    told_apart = 0
    for row in rows:
        expected = float(row["expected_10y_risk_pct"])
        risk = value(qrisk3(inputs(row)))
        assert risk == pytest.approx(expected, rel=2e-6, abs=2e-6), row["id"]
        other = {"female": "male", "male": "female"}[row["sex"]]
        swapped = value(qrisk3(inputs(row | {"sex": other})))
        told_apart += not math.isclose(swapped, expected, rel_tol=0.005)
    assert told_apart >= 70, "the negative control: the other sex's equation has to give another number"


def test_nothing_is_filled_in(shared: Path) -> None:
    row = vectors(shared)[0]
    whole = inputs(row)
    assert value(qrisk3(whole)) is not None
    for name in ("age", "sex", "bmi", "cholesterol_ratio", "systolic", "systolic_deviation", "townsend", "ethnicity",
                 "smoking"):  # fmt: skip
        assert value(qrisk3(replace(whole, **{name: Const(None)}))) is None, name
    for name in CONDITIONS:
        partly = {**whole.conditions, name: Const(None)}
        assert value(qrisk3(replace(whole, conditions=partly))) is None, name
    assert value(qrisk3(replace(whole, smoking=Const("pipe")))) is None
    assert value(qrisk3(replace(whole, ethnicity=Const("unheard of")))) is None


@pytest.mark.parametrize(("age", "known"), [(24, False), (25, True), (84, True), (85, False)])
def test_it_is_made_for_the_ages_of_25_to_84(shared: Path, age: int, known: bool) -> None:
    told = replace(inputs(vectors(shared)[0]), age=Const(age))
    assert (value(qrisk3(told)) is not None) is known


def test_what_a_record_gives_is_never_more_than_the_score_whatever_the_rest(shared: Path) -> None:
    compared = 0
    for row in vectors(shared):
        bmi = float(row["weight_kg"]) / (float(row["height_cm"]) / 100) ** 2
        if not 20 <= bmi <= 40:
            continue
        floor = View(record(row), NOW).value(least_qrisk3_of_record())
        assert floor is not None, row["id"]
        assert 0 < floor <= float(row["expected_10y_risk_pct"]) + 1e-6, row["id"]
        compared += 1
    assert compared >= 60


def test_the_floor_is_unknown_without_a_measure(shared: Path) -> None:
    whole = record(vectors(shared)[0])
    for concept in ("bmi", "cholesterol_hdl_ratio", "systolic_bp"):
        lacking = Record(whole.patient, tuple(event for event in whole.events if event.concept != concept))
        assert View(lacking, NOW).value(least_qrisk3_of_record()) is None, concept
    assert View(Record(Patient("p", sex="male"), whole.events), NOW).value(least_qrisk3_of_record()) is None


def test_the_disclaimer_goes_with_every_score() -> None:
    assert "responsibility of the end user" in DISCLAIMER
    assert DISCLAIMER in watch_named("qrisk3_high_without_statin").why


def vectors(shared: Path) -> list[dict[str, str]]:
    with (shared / "knowledge" / "qrisk3_test_vectors.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def inputs(row: dict[str, str]) -> Inputs:
    return Inputs(
        age=Const(int(row["age"])),
        sex=Const(row["sex"]),
        bmi=Const(float(row["weight_kg"]) / (float(row["height_cm"]) / 100) ** 2),
        cholesterol_ratio=Const(float(row["chol_hdl_ratio"])),
        systolic=Const(float(row["sbp"])),
        systolic_deviation=Const(float(row["sbp_sd"])),
        townsend=Const(float(row["townsend"])),
        ethnicity=Const("white" if row["ethnicity"] == "white_or_not_stated" else row["ethnicity"]),
        smoking=Const(row["smoke"]),
        conditions={name: Const(int(row[name])) for name in CONDITIONS},
    )


def record(row: dict[str, str]) -> Record:
    """What a record would hold of this person: two pressures with this deviation, and no word of deprivation."""
    apart = float(row["sbp_sd"]) * 2**0.5
    coded = {
        "atrial_fibrillation": "atrial_fibrillation", "migraine": "migraine", "ckd_3_5": "ckd_stage_3",
        "type1_diabetes": "diabetes_type_1", "type2_diabetes": "diabetes_type_2", "sle": None,
        "rheumatoid_arthritis": "rheumatoid_arthritis", "erectile_dysfunction": "erectile_dysfunction",
        "severe_mental_illness": "schizophrenia",
    }  # fmt: skip
    smoking = {"non_smoker": "never_smoked", "ex_smoker": "ex_smoker"}.get(row["smoke"], "smoker")
    bmi = float(row["weight_kg"]) / (float(row["height_cm"]) / 100) ** 2
    events = [
        event("bmi", bmi, 30),
        event("cholesterol_hdl_ratio", float(row["chol_hdl_ratio"]), 30),
        event("systolic_bp", float(row["sbp"]) - apart, 60),
        event("systolic_bp", float(row["sbp"]), 30),
        event(smoking, None, 100),
    ]
    events += [event(slug, None, 900, EventKind.CONDITION) for name, slug in coded.items() if slug and row[name] == "1"]
    events.sort(key=lambda each: each.order)
    born = date(NOW.year - int(row["age"]), 1, 15)
    return Record(Patient("p", born=born, sex=row["sex"]), tuple(events))


def event(concept: str, number: float | None, days_ago: int, kind: EventKind = EventKind.RESULT) -> Event:
    return Event(f"{concept}-{days_ago}", kind, NOW - timedelta(days=days_ago), "", concept=concept, value=number)


def value(expression: Expression) -> Any:
    return View(Record(Patient("p")), NOW).value(expression)
