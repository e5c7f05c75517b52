"""The held-out requests are what their README says: whole, well formed, varied, and unchanged since it was written."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rapidfuzz import fuzz, process

from preceptor.advice import URGENCIES, Kind

ROOM = Path(__file__).resolve().parents[2] / "evaluation" / "held_out_requests"
LEVELS = [urgency.value for urgency in URGENCIES]
STYLES = {
    *("plain", "short", "long", "misspelt", "text_speak", "no_punctuation", "all_caps", "second_language", "carer"),
    *(
        "parent",
        "rambling",
        "two_problems",
        "pasted_letter",
        "clinical_prose",
        "hypothetical",
        "look_alike",
        "injection",
    ),
}
LANGUAGES = {"en", "pl", "pt", "es", "ro", "ur-Latn", "pa-Latn"}
FIELDS: dict[str, type | tuple[type, ...]] = {
    "id": str,
    "text": str,
    "age": (int, float),
    "sex": str,
    "written_by_other": bool,
    "urgency": str,
    "acceptable": list,
    "kind": str,
    "topic": str,
    "style": str,
    "language": str,
    "sounds": str,
    "why": str,
}
RECORD_PARTS = {"conditions", "medicines", "appointments", "plans"}

# What a person could be found by.
PERSONAL = {
    "an e-mail address": r"\S+@\S+\.\w",
    "a long number (telephone, NHS number)": r"\d[\d \-]{7,}\d",
    "a postcode": r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b",
    "a full date": r"\b\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}\b",
    "a titled name": r"\b(?:Dr|Mr|Mrs|Ms|Miss|Prof)\.? [A-Z][a-z]+",
    "a web address": r"https?://|www\.",
}


@pytest.fixture(scope="module")
def requests() -> list[dict[str, Any]]:
    return [json.loads(line) for line in (ROOM / "requests.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def readme() -> str:
    return (ROOM / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def passes() -> list[dict[str, str]]:
    with (ROOM / "passes.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def weighted_kappa(first: Sequence[str], second: Sequence[str], power: int) -> float:
    """Cohen's kappa over the five levels, with disagreement weighted by distance to the power given (1 or 2)."""
    seen = np.zeros((5, 5))
    for one, other in zip(first, second, strict=True):
        seen[LEVELS.index(one), LEVELS.index(other)] += 1
    chance = np.outer(seen.sum(axis=1), seen.sum(axis=0)) / seen.sum()
    weight = np.abs(np.subtract.outer(np.arange(5), np.arange(5))) ** power
    return float(1 - (weight * seen).sum() / (weight * chance).sum())


def test_the_file_is_the_one_that_the_readme_speaks_of(readme: str) -> None:
    digest = hashlib.sha256((ROOM / "requests.jsonl").read_bytes()).hexdigest()

    assert f"sha256 of `requests.jsonl`: `{digest}`" in readme


def test_every_line_has_every_field_and_nothing_else(requests: list[dict[str, Any]]) -> None:
    for request in requests:
        assert set(request) - {"record"} == set(FIELDS), request["id"]
        for field, kind in FIELDS.items():
            assert isinstance(request[field], kind), (request["id"], field)
        assert request["text"].strip()
        assert request["why"].strip()
        assert 0 <= request["age"] <= 110
        assert request["sex"] in {"female", "male"}
        assert request["sounds"] in {"harmless", "alarming", "as_it_is"}
        assert request["language"] in LANGUAGES
        assert request["style"] in STYLES
        assert re.fullmatch(r"[a-z][a-z0-9_]*", request["topic"]), request["id"]
        Kind(request["kind"])


def test_a_record_is_small_and_in_words(requests: list[dict[str, Any]]) -> None:
    for record in (request["record"] for request in requests if "record" in request):
        assert record
        assert set(record) <= RECORD_PARTS
        assert all(words and isinstance(words, str) for part in record.values() for words in part)


def test_the_best_answer_is_acceptable_and_acceptable_answers_are_neighbours(requests: list[dict[str, Any]]) -> None:
    for request in requests:
        ranks = [LEVELS.index(level) for level in request["acceptable"]]
        assert request["urgency"] in request["acceptable"], request["id"]
        assert ranks == sorted(set(ranks)), request["id"]
        assert len(ranks) <= 3, request["id"]
        assert "emergency" not in request["acceptable"] or set(ranks) <= {0, 1}, request["id"]
    assert sum(len(request["acceptable"]) == 1 for request in requests) > len(requests) / 2


def test_ids_run_on_without_a_gap(requests: list[dict[str, Any]]) -> None:
    assert [request["id"] for request in requests] == [f"h{n:03d}" for n in range(1, len(requests) + 1)]


def test_there_are_enough_of_each_sort(requests: list[dict[str, Any]]) -> None:
    share = {level: sum(r["urgency"] == level for r in requests) / len(requests) for level in LEVELS}
    emergencies = [request for request in requests if request["urgency"] == "emergency"]

    assert len(requests) >= 440
    assert len(emergencies) >= 55
    assert len({request["topic"] for request in emergencies}) >= 40
    assert share == pytest.approx(
        {"emergency": 0.12, "same_day": 0.22, "soon": 0.20, "routine": 0.28, "self_care": 0.18}, abs=0.04
    )
    assert sum(request["sex"] == "female" for request in requests) / len(requests) == pytest.approx(0.65, abs=0.03)
    assert sum(request["kind"] != "clinical" for request in requests) / len(requests) == pytest.approx(0.20, abs=0.04)
    assert sum(request["sounds"] == "alarming" for request in requests) >= 60
    assert sum(request["sounds"] == "harmless" for request in requests) >= 40
    assert {request["style"] for request in requests} == STYLES
    assert {request["language"] for request in requests} == LANGUAGES
    assert min(len(r["text"].split()) for r in requests) <= 3
    assert max(len(r["text"].split()) for r in requests) > 200


def test_what_sounds_harmless_is_urgent_and_what_sounds_alarming_is_not(requests: list[dict[str, Any]]) -> None:
    for request in requests:
        if request["sounds"] == "harmless":
            assert request["urgency"] in {"emergency", "same_day", "soon"}, request["id"]
        if request["sounds"] == "alarming":
            assert request["urgency"] in {"routine", "self_care"}, request["id"]


def test_the_figures_in_the_readme_are_those_of_the_file(requests: list[dict[str, Any]], readme: str) -> None:
    counts = Counter[str]()
    for request in requests:
        counts.update([request["urgency"], request["kind"], request["sex"], request["sounds"]])
    named = {"harmless": "sounds harmless, is urgent", "alarming": "sounds alarming, is not urgent"}
    del counts["as_it_is"]
    rows = {named.get(key, key): n for key, n in counts.items()}
    rows["written by somebody else"] = sum(request["written_by_other"] for request in requests)

    for name, n in rows.items():
        assert f"| {name} | {n} | {n / len(requests):.1%} |" in readme
    answers = Counter(len(request["acceptable"]) for request in requests)
    assert f"{answers[1]} have one, {answers[2]} two, {answers[3]} three" in readme
    only = sum(request["acceptable"] == ["emergency"] for request in requests)
    topics = len({request["topic"] for request in requests if request["urgency"] == "emergency"})
    assert f"{topics} topics; {only} of the {counts['emergency']} accept no other answer" in " ".join(readme.split())


def test_the_two_passes_agree_as_the_readme_says(
    requests: list[dict[str, Any]], passes: list[dict[str, str]], readme: str
) -> None:
    twice = [row for row in passes if row["second"]]
    first, second = [row["first"] for row in twice], [row["second"] for row in twice]
    same = sum(row["first"] == row["second"] for row in twice)

    assert {row["id"]: row["resolved"] for row in passes} == {r["id"]: r["urgency"] for r in requests}
    assert f"| both passes, n = {len(twice)} | |" in readme
    assert f"| same label | {same} ({same / len(twice):.1%}) |" in readme
    assert f"| Cohen's kappa, linear weights | {weighted_kappa(first, second, 1):.3f} |" in readme
    assert f"| Cohen's kappa, quadratic weights | {weighted_kappa(first, second, 2):.3f} |" in readme


def test_weighted_kappa_is_one_for_agreement_and_below_nought_for_contradiction() -> None:
    assert weighted_kappa(LEVELS, LEVELS, 1) == pytest.approx(1.0)
    assert weighted_kappa(LEVELS, LEVELS[::-1], 1) < 0


def test_no_two_requests_are_alike(requests: list[dict[str, Any]]) -> None:
    texts = [request["text"].lower() for request in requests]
    alike = np.triu(process.cdist(texts, texts, scorer=fuzz.ratio), k=1)
    one, other = np.unravel_index(int(alike.argmax()), alike.shape)

    assert alike.max() < 60, (texts[one], texts[other])


@pytest.mark.parametrize(("what", "pattern"), PERSONAL.items())
def test_no_personal_data(requests: list[dict[str, Any]], what: str, pattern: str) -> None:
    for request in requests:
        assert not re.search(pattern, request["text"]), f"{request['id']} holds {what}"


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("an e-mail address", "write to a.person@example.org please"),
        ("a long number (telephone, NHS number)", "ring me on 01632 960 983"),
        ("a postcode", "I live at ZZ99 3WZ"),
        ("a full date", "born 01/02/1960"),
        ("a titled name", "ask for Dr Example"),
        ("a web address", "see www.example.org"),
    ],
)
def test_the_search_for_personal_data_would_find_it(what: str, words: str) -> None:
    assert re.search(PERSONAL[what], words)


def test_it_says_plainly_what_it_is(readme: str) -> None:
    for words in ("**Synthetic.**", "**Not clinically validated.**", "**reporting only**"):
        assert words in readme
