"""Real exports: Synthea's bundles and Bulk Data, read whole, with what is wrong in them named."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from preceptor.record.fhir import Entry, Kept, NotKept, files_of, interpret, read
from record.fhir.samples import NOW


def counts(path: Path) -> tuple[Counter[str], Counter[str], list[str]]:
    """How many of each outcome, how many events of each kind, and the problems."""
    outcomes: Counter[str] = Counter()
    events: Counter[str] = Counter()
    problems: list[str] = []
    for item in read(files_of([path])):
        assert isinstance(item, Entry), str(item)
        outcome = interpret(item.resource, item.full_url, now=NOW)
        outcomes[type(outcome).__name__] += 1
        if isinstance(outcome, Kept):
            events.update(event.kind for event in outcome.events)
            problems += outcome.problems
        else:
            assert isinstance(outcome, NotKept)
    return outcomes, events, problems


def test_sixty_synthetic_bundles_are_read_whole(shared: Path) -> None:
    outcomes, events, problems = counts(shared / "data/fhir/synthea_r4")
    assert outcomes == {"Kept": 16652, "NotKept": 4763}
    assert sum(events.values()) == 17258
    # The generator sends an echocardiogram's LOINC-like number as SNOMED CT.
    assert sum("34552-0" in problem for problem in problems) == 20


def test_bulk_data_folders_are_read_whole(shared: Path) -> None:
    outcomes, events, problems = counts(shared / "data/fhir/ndjson")
    assert (outcomes, events, problems) == ({"Kept": 4436}, {"encounter": 3697, "condition": 639}, [])
    outcomes, events, problems = counts(shared / "data/fhir/ndjson_results")
    assert (outcomes, events["result"]) == ({"Kept": 1582}, 1585)


def test_the_broken_bundle_names_its_impossible_codes(shared: Path) -> None:
    outcomes, _, problems = counts(shared / "data/fhir/broken")
    assert outcomes == {"Kept": 338, "NotKept": 79}
    assert "112141AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA (Tuberculosis) is not a valid SNOMED CT code" in problems
