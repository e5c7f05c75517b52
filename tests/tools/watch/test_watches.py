"""Every watch, told by example: the tables in `specs` are the definition, and run on each engine."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from preceptor.tools.watch import all_watches, examine, notice, watch_named
from preceptor.tools.watch.days import end_of
from tools.watch.spec_tables import Spec, all_specs, specs_in

SPECS = all_specs()


def test_a_high_potassium_is_noticed_until_it_is_repeated() -> None:
    (spec,) = specs_in(
        """
== potassium_high_not_repeated, as of 2026-02-01
high     | potassium | 2026-01-10 | 6.0
repeated | potassium | 2026-01-10 | 6.0
repeated | potassium | 2026-01-12 | 4.5
"""
    )
    high, repeated = spec.records
    (finding,) = notice([watch_named(spec.watch)], high, spec.as_of)
    assert finding.since == date(2026, 1, 24)
    assert finding.evidence == ("e1",)
    assert finding.detail["criteria"][0] == {
        "words": "Potassium: latest at least 5.8 mmol/L", "state": "met", "since": "2026-01-10", "value": 6.0,
    }  # fmt: skip
    assert not notice([watch_named(spec.watch)], repeated, spec.as_of)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.watch)
def test_a_watch_finds_what_its_table_says(spec: Spec) -> None:
    watch = watch_named(spec.watch)
    found = {record.patient.id: notice([watch], record, spec.as_of) for record in spec.records}
    fired = {patient: findings[0] for patient, findings in found.items() if findings}
    assert fired.keys() == spec.expected.keys()
    for patient, expected in spec.expected.items():
        assert (patient, fired[patient].since) == (patient, expected.since)
        assert not expected.evidence or set(fired[patient].evidence) == expected.evidence


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.watch)
def test_since_is_the_first_day_of_it(spec: Spec) -> None:
    """Replayed as of that day the watch fires; as of the day before it does not."""
    watch = watch_named(spec.watch)
    for record in spec.records:
        for finding in notice([watch], record, spec.as_of):
            if finding.since:
                then = notice([watch], record, end_of(finding.since))
                assert [each.since for each in then] == [finding.since], record.patient.id
                assert not notice([watch], record, end_of(finding.since - timedelta(days=1))), record.patient.id


def test_every_watch_has_a_table_that_it_fires_on_and_passes_over() -> None:
    shown = {spec.watch for spec in SPECS if spec.expected}
    passed_over = {spec.watch for spec in SPECS if len(spec.expected) < len(spec.records)}
    assert {watch.id for watch in all_watches()} == shown == passed_over


def test_what_is_not_known_is_said_to_be_unknown() -> None:
    (spec,) = specs_in(
        """
== psa_raised_not_repeated, as of 2026-02-01
no birth date: male
no birth date | psa | 2025-11-01 | 20
"""
    )
    told = examine(watch_named(spec.watch), spec.records[0], spec.as_of)
    assert told["fires"] is False
    assert [criterion["state"] for criterion in told["criteria"]] == ["unknown", "met", "met"]


@pytest.mark.parametrize("watch", all_watches(), ids=lambda watch: watch.id)
def test_a_watch_says_where_it_comes_from_and_what_it_asks(watch) -> None:  # type: ignore[no-untyped-def]
    for words in (watch.title, watch.why, watch.ask, watch.source.words, watch.source.version):
        assert words.strip()
    assert watch.source.verified in ("yes", "partly", "no")
    assert watch.source.effective < watch.source.review
    assert watch.reviewed_by == "none", "until a clinician has signed"
    assert len(watch.title) <= 80


def test_ids_are_unique() -> None:
    ids = [watch.id for watch in all_watches()]
    assert len(ids) == len(set(ids))
