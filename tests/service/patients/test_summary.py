"""The summary of a record: what is so now before what is past, and nothing said that was not sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from preceptor.service.patients.models import Event
from preceptor.service.patients.presenters import given, summary_of, when_given

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)


def event(kind: str, text: str, when: datetime | None = datetime(2020, 5, 4, 9, tzinfo=UTC), **fields) -> Event:
    return Event(**{"kind": kind, "text": text, "when": when, "key": f"{kind}/{text}/{when}"} | fields)


def year(number: int) -> datetime:
    return datetime(number, 1, 1, tzinfo=UTC)


def texts(lines) -> list[str]:
    return [line.text for line in lines]


def test_a_record_in_summary():
    summary = summary_of(
        [
            event("condition", "Diabetes", year(2010), precision="year", status="active"),
            event("condition", "Wrist fracture", status="resolved"),
            event("medication", "Ramipril", status="active", note="One in the morning"),
            event("medication", "Ibuprofen", status="stopped"),
            event("allergy", "Penicillin", status="active", note="Reaction: rash"),
            event("plan", "Reviews only", status="active"),
            event("flag", "Hard of hearing", status="active"),
            event("appointment", "Review", NOW + timedelta(days=2), status="booked"),
        ],
        NOW,
    )
    assert [(line.text, line.when) for line in summary.problems] == [("Diabetes", "since 2010")]
    assert texts(summary.past_problems) == ["Wrist fracture"]
    assert [(line.text, line.note) for line in summary.medicines] == [("Ramipril", "One in the morning")]
    assert texts(summary.past_medicines) == ["Ibuprofen"]
    assert [(line.text, line.note) for line in summary.allergies] == [("Penicillin", "Reaction: rash")]
    assert set(texts(summary.plans)) == {"Reviews only", "Hard of hearing"}
    assert [(line.text, line.when) for line in summary.appointments] == [("Review", "Wed 18 Nov 2026, 9:00am")]


@pytest.mark.parametrize(
    ("precision", "shown"),
    [("year", "2010"), ("month", "Jan 2010"), ("day", "1 Jan 2010"), ("time", "1 Jan 2010")],
)
def test_a_date_is_shown_as_exactly_as_it_was_given(precision, shown):
    assert when_given(year(2010), precision) == shown


def test_a_date_is_the_practices_own_not_greenwichs():
    assert when_given(datetime(2026, 6, 30, 23, 30, tzinfo=UTC), "day") == "1 Jul 2026"
    assert given(event("condition", "Undated", None)) == "no date"


def test_many_issues_of_one_medicine_are_one_line_and_the_last_tells_whether_it_is_current():
    issues = [
        event("medication", "Ramipril 5 mg", datetime(2026, month, 1, tzinfo=UTC), status="completed")
        for month in range(1, 9)
    ]
    last = event("medication", "RAMIPRIL  5 mg", datetime(2026, 9, 1, tzinfo=UTC), status="active", note="One daily")
    (line,) = summary_of([last, *issues], NOW).medicines
    assert (line.when, line.more, line.note) == ("1 Sep 2026", "9 issues since 1 Jan 2026", "One daily")
    stopped = event("medication", "Ramipril 5 mg", datetime(2026, 10, 1, tzinfo=UTC), status="stopped")
    summary = summary_of([last, *issues, stopped], NOW)
    assert not summary.medicines
    assert texts(summary.past_medicines) == ["Ramipril 5 mg"]


def test_a_supply_that_ran_out_does_not_stop_a_medicine():
    summary = summary_of([event("medication", "Ramipril", status="active", end=NOW - timedelta(days=60))], NOW)
    assert texts(summary.medicines) == ["Ramipril"]


def test_a_completed_issue_is_taken_for_as_long_as_its_supply_lasts():
    issued = {"status": "completed", "precision": "day"}
    (line,) = summary_of([event("medication", "Furosemide", end=NOW + timedelta(days=30), **issued)], NOW).medicines
    assert line.more == "supply to 16 Dec 2026"
    last_day = NOW.replace(hour=0, minute=0)
    assert texts(summary_of([event("medication", "Furosemide", end=last_day, **issued)], NOW).medicines)
    for end in (NOW - timedelta(days=1), None):
        assert texts(summary_of([event("medication", "Furosemide", end=end, **issued)], NOW).past_medicines)


def test_a_problem_that_ended_is_past_whatever_its_status():
    assert texts(summary_of([event("condition", "Gout", end=year(2021))], NOW).past_problems) == ["Gout"]


@pytest.mark.parametrize("word", ["Refuted", "Differential"])
def test_what_is_denied_or_only_thought_of_is_no_problem(word):
    summary = summary_of([event("condition", f"{word}: Asthma", status="active")], NOW)
    assert not summary.problems
    assert not summary.past_problems


def test_an_allergy_that_was_refuted_is_still_told_apart_from_the_others():
    summary = summary_of([event("allergy", "Refuted: Latex"), event("allergy", "Penicillin")], NOW)
    assert texts(summary.allergies) == ["Penicillin"]
    assert texts(summary.former_allergies) == ["Refuted: Latex"]


def test_a_medicine_not_to_be_given_is_a_warning_not_a_medicine():
    warning = event("medication", "Do not give: Methotrexate", year(1999), status="active")
    summary = summary_of([event("plan", "Reviews only", status="active"), warning], NOW)
    assert texts(summary.plans) == ["Do not give: Methotrexate", "Reviews only"]
    assert not summary.medicines


@pytest.mark.parametrize("status", ["cancelled", "noshow", "fulfilled"])
def test_an_appointment_that_will_not_be_kept_is_not_coming(status):
    assert not summary_of([event("appointment", "Review", NOW + timedelta(days=2), status=status)], NOW).appointments


def test_todays_appointment_is_coming_all_day_and_yesterdays_is_not():
    early, yesterday = NOW - timedelta(hours=1), NOW - timedelta(days=1)
    coming = summary_of([event("appointment", "A", early), event("appointment", "B", yesterday)], NOW).appointments
    assert texts(coming) == ["A"]


def test_a_problem_with_an_entry_is_said_where_the_entry_is_shown():
    (line,) = summary_of([event("allergy", "Penicillin", problem="is dated 2031-01-01, in the future")], NOW).allergies
    assert line.problem == "is dated 2031-01-01, in the future"


def test_an_empty_record():
    summary = summary_of([], NOW)
    assert not any((summary.allergies, summary.plans, summary.problems, summary.medicines, summary.appointments))
