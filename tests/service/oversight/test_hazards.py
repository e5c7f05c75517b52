"""Every hazard has a control, and something true that shows it at work: a test that exists, or a live metric."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

from machine import REPOSITORY
from preceptor.service.oversight.hazards import LIKELIHOODS, MATRIX, Hazard, _hazard, hazard_log
from preceptor.service.oversight.metrics import METRICS, OF_TOOLS, metrics_of
from service.factories import a_practice

HAZARDS = hazard_log().hazards


def test_the_log_holds_at_least_twelve_hazards_each_with_controls_and_evidence():
    assert len(HAZARDS) >= 12
    assert [hazard.id for hazard in HAZARDS] == [f"H{number:02}" for number in range(1, len(HAZARDS) + 1)]
    for hazard in HAZARDS:
        assert hazard.controls, hazard.id
        assert hazard.tests, hazard.id
        assert hazard.cause.endswith(".")
        assert hazard.residual.score <= hazard.initial.score, hazard.id


@pytest.mark.parametrize("hazard", HAZARDS, ids=lambda hazard: hazard.id)
def test_every_test_that_is_named_exists(hazard: Hazard):
    for name in hazard.tests:
        path, _, function = name.partition("::")
        assert function in named_in(REPOSITORY / path), name


@cache
def named_in(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text())
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_the_check_finds_a_test_that_is_gone():
    assert "test_of_nothing" not in named_in(REPOSITORY / "tests/service/oversight/test_hazards.py")


@pytest.mark.parametrize("hazard", HAZARDS, ids=lambda hazard: hazard.id)
def test_every_metric_that_is_named_is_measured(hazard: Hazard):
    assert set(hazard.metrics) <= set(METRICS) | set(OF_TOOLS)


@pytest.mark.django_db
def test_every_metric_says_something_of_a_practice_without_a_request():
    found = metrics_of(a_practice())
    assert set(found) == set(METRICS) | set(OF_TOOLS)
    assert all(metric.words for metric in found.values())
    assert "no truly urgent case has been found yet" in found["under_triage"].words
    named = {name for hazard in HAZARDS for name in hazard.metrics}
    assert named == set(found), "a metric that no hazard names is nobody's evidence"


def test_nobody_has_signed_for_the_log_and_it_says_so():
    assert hazard_log().reviewed_by == "none"


def test_risk_never_falls_as_severity_or_likelihood_rises():
    rows = [MATRIX[name] for name in LIKELIHOODS]
    for row in rows:
        assert list(row) == sorted(row)
    for column in zip(*rows, strict=True):
        assert list(column) == sorted(column)


@pytest.mark.parametrize("part", ["controls", "evidence"])
def test_a_hazard_without_a_control_or_its_evidence_is_no_hazard_log(part):
    said = {"id": "H99", "controls": ["c"], "evidence": [{"metric": "m"}]} | {part: []}
    with pytest.raises(ValueError, match="H99"):
        _hazard(said)
