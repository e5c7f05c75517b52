"""Against what is known to be there: the planted situations of a demo practice, and a count on other people's data."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import pytest

from preceptor.advice import Event, Finding, Patient, Record
from preceptor.demo import build
from preceptor.population.sweep import sweep
from preceptor.record.fhir import Entry, Kept, files_of, interpret, read
from preceptor.tools.watch import PACKS, all_watches, notice, watch_named
from preceptor.tools.watch.days import end_of

MONDAY = date(2026, 11, 16)


def records_of(folder: Path) -> list[Record]:
    people: dict[str, Patient] = {}
    events: dict[str, list[Event]] = defaultdict(list)
    for item in read(files_of([folder])):
        outcome = interpret(item.resource, item.full_url) if isinstance(item, Entry) else None
        if isinstance(outcome, Kept):
            if outcome.person:
                people[outcome.key] = outcome.person.patient
            for subject in outcome.subjects:
                events[subject.key] += outcome.events
    return [Record(person, tuple(events[key])) for key, person in people.items()]


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict, dict[str, dict[str, Finding]]]:
    """What was planted in a practice of 400, and what was found: by watch, by patient."""
    folder = tmp_path_factory.mktemp("practice")
    build(folder, patients=400, seed=7, monday=MONDAY)
    found: dict[str, dict[str, Finding]] = defaultdict(dict)
    for record in records_of(folder / "fhir"):
        for finding in notice(all_watches(), record, end_of(MONDAY)):
            found[finding.watch][finding.patient.removeprefix("Patient/")] = finding
    return json.loads((folder / "truth.json").read_text()), found


def planted(truth: dict, kind: str, *, shown: bool) -> dict[str, dict]:
    situations = (each for each in truth["situations"] if each["kind"] == kind and each["shown"] is shown)
    return {each["patient"].removeprefix("Patient/"): each for each in situations}


def test_every_kind_of_planted_situation_has_a_watch_of_its_name(practice) -> None:  # type: ignore[no-untyped-def]
    truth, _ = practice
    assert set(truth["kinds"]) <= {watch.id for watch in all_watches()}


def test_all_that_was_planted_is_found_and_no_counterfeit(practice) -> None:  # type: ignore[no-untyped-def]
    truth, found = practice
    for kind in truth["kinds"]:
        assert planted(truth, kind, shown=True).keys() <= found[kind].keys(), kind
        assert not planted(truth, kind, shown=False).keys() & found[kind].keys(), kind


def test_nothing_else_is_found_where_the_list_is_complete(practice) -> None:  # type: ignore[no-untyped-def]
    truth, found = practice
    complete = [kind for kind, told in truth["kinds"].items() if told["complete"]]
    assert len(complete) > 20
    false = {kind: found[kind].keys() - planted(truth, kind, shown=True).keys() for kind in complete}
    assert not {kind: patients for kind, patients in false.items() if patients}


def test_since_is_the_day_that_the_truth_gives_but_for_a_day_of_counting(practice) -> None:  # type: ignore[no-untyped-def]
    """Truth counts "365 days on" as overdue, a watch the day after; two kinds go by the latest run instead."""
    truth, found = practice
    for kind in set(truth["kinds"]) - {"metformin_with_egfr_below_30", "acr_missing_in_ckd"}:
        for patient, situation in planted(truth, kind, shown=True).items():
            since = found[kind][patient].since
            assert since is not None
            assert abs(since - date.fromisoformat(situation["since"])) <= timedelta(days=1), (kind, patient)


def test_kidney_disease_that_nobody_coded_in_a_public_set(shared: Path, tmp_path: Path) -> None:
    """15 of these 60 records have two eGFR below 60 at least 90 days apart and no code: all are found, nobody else.

    7 have no better result since the first of the two; for 8 the watch says "possible".
    """
    watches = [watch_named("ckd_uncoded"), watch_named("ckd_possibly_uncoded")]
    out = tmp_path / "findings.jsonl"
    sweep(str(shared / "data" / "fhir" / "synthea_r4"), out, watches, today=date(2026, 11, 1))
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    uncoded = {row["patient"] for row in rows}
    assert len(uncoded) == len(rows) == 15
    assert sum(row["watch"] == "ckd_uncoded" for row in rows) == 7
    expected = set()
    for file in sorted((shared / "data" / "fhir" / "synthea_r4").glob("*.json")):
        (record,) = records_by_url(file)
        low = [event for event in record.about("egfr") if event.value is not None and event.value < 60 and event.when]
        coded = any((event.concept or "").startswith("ckd") for event in record.events)
        if not coded and low and (low[-1].when - low[0].when).days >= 90:  # type: ignore[operator]
            expected.add(record.patient.id)
    assert uncoded == expected


def records_by_url(file: Path) -> list[Record]:
    from preceptor.record.fhir import record_from

    return [record_from(file)[0]]


def test_packs_hold_every_watch_once() -> None:
    assert sum(len(watches) for watches in PACKS.values()) == len(all_watches()) >= 60
