"""The practice has the figures that it was made from.

Seeds are fixed, so nothing here is flaky. Tolerances are about four standard errors of the share at the n of each test,
or, for the inbox, one request; a failure after a change in the generator therefore means that a figure has moved.
"""

from __future__ import annotations

from datetime import timedelta
from statistics import mean, pstdev

import pytest

from demo.demo_files import MONDAY
from preceptor.demo import inbox
from preceptor.demo.body import Body, ckd_epi_2009, creatinine_for, declining_kidneys
from preceptor.demo.contacts import appointments
from preceptor.demo.dice import Dice, Stream
from preceptor.demo.figures import all_figures, figure, variation
from preceptor.demo.illness import fall_ill
from preceptor.demo.kidneys import biochemical
from preceptor.demo.life import Life
from preceptor.demo.people import Person, the_list

PEOPLE = the_list(1, 6000, MONDAY)  # standard error of a share near 0.19: 0.005


def share(matching: list[bool]) -> float:
    return sum(matching) / len(matching)


def test_the_list_has_the_ages_and_sexes_of_england() -> None:
    assert share([p.sex == "female" for p in PEOPLE]) == pytest.approx(figure("female_share"), abs=0.026)
    assert share([p.age_on(MONDAY) < 16 for p in PEOPLE]) == pytest.approx(figure("share_under_16"), abs=0.02)
    assert share([p.age_on(MONDAY) >= 65 for p in PEOPLE]) == pytest.approx(figure("share_65_and_over"), abs=0.02)
    white = [p.ethnicity[1].startswith("White") for p in PEOPLE]
    assert share(white) == pytest.approx(figure("white_share"), abs=0.02)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_inbox_of_a_list_of_2000_has_the_figures_of_the_studies(seed: int) -> None:
    arrivals = inbox.arrivals(seed, the_list(seed, 2000, MONDAY), MONDAY)
    assert len(arrivals) == 120
    one = 1 / 120
    assert share([a.person.sex == "female" for a in arrivals]) == pytest.approx(figure("requesters_female"), abs=one)
    assert mean(a.person.age_on(MONDAY) for a in arrivals) == pytest.approx(figure("requesters_mean_age"), abs=3)
    assert share([a.received.hour in (8, 9) for a in arrivals]) == pytest.approx(figure("requests_08_to_10"), abs=one)
    assert share([a.received.hour == 8 for a in arrivals]) == pytest.approx(figure("requests_08_to_09"), abs=one)
    administrative = [a.text.kind == "administrative" for a in arrivals]
    assert share(administrative) == pytest.approx(figure("requests_administrative"), abs=one)
    assert 0.02 <= share([a.text.urgency == "emergency" for a in arrivals]) <= 0.06


@pytest.mark.parametrize(
    ("now", "years_back", "slope"),
    [(45.0, 2.0, "ckd_slope_stage_3"), (20.0, 2.0, "ckd_slope_stage_4"), (9.0, 1.0, "ckd_slope_stage_5")],
)
def test_kidneys_decline_at_the_slope_of_their_stage(now: float, years_back: float, slope: str) -> None:
    level = declining_kidneys(now, MONDAY)
    before = MONDAY - timedelta(days=round(years_back * 365.25))
    assert (level(MONDAY) - level(before)) / years_back == pytest.approx(figure(slope), abs=0.01)
    assert level(MONDAY) == now


def test_creatinine_and_egfr_are_two_sides_of_one_equation() -> None:
    person = PEOPLE[0]
    for egfr in (12, 44, 59, 75, 110):
        creatinine = creatinine_for(egfr, person, MONDAY)
        assert ckd_epi_2009(creatinine, person.sex, person.age_on(MONDAY)) == pytest.approx(egfr)


@pytest.mark.parametrize("concept", ["haemoglobin", "potassium", "creatinine", "alp"])
def test_results_of_a_steady_person_scatter_as_the_literature_says(concept: str) -> None:
    """n = 600 results: the standard error of an SD is about 3% of it; 15% allows for rounding and the cut tails."""
    dice = Dice(1, Stream.RECORD, 1)
    person = next(p for p in PEOPLE if p.sex == "male" and 40 < p.age_on(MONDAY) < 50)
    body = Body(person, MONDAY, dice)
    body.free |= {concept, "egfr"}
    values = [body.measure(concept, MONDAY, dice) for _ in range(600)]
    assert pstdev(values) / mean(values) == pytest.approx(variation(concept), rel=0.15)


def _adults(number: int, low: float) -> list[Life]:
    lives = []
    for person in [p for p in PEOPLE if p.age_on(MONDAY) >= low][:number]:
        life = Life(person, MONDAY, Dice(1, Stream.RECORD, person.number))
        fall_ill(life)
        lives.append(life)
    return lives


def test_common_problems_are_as_common_as_they_are_recorded() -> None:
    """n = 2000 of all ages: standard error 0.008 at 15%, 0.005 at 6%."""
    lives = []
    for person in PEOPLE[:2000]:
        life = Life(person, MONDAY, Dice(1, Stream.RECORD, person.number))
        fall_ill(life)
        lives.append(life)
    assert share(["hypertension" in life.problems for life in lives]) == pytest.approx(0.153, abs=0.025)
    assert share(["diabetes_type_2" in life.problems for life in lives]) == pytest.approx(0.06, abs=0.02)
    assert share(["coronary_heart_disease" in life.problems for life in lives]) == pytest.approx(0.03, abs=0.014)
    adults = [life for life in lives if life.age >= 16]
    assert share([life.body.egfr(MONDAY) < 60 for life in adults]) == pytest.approx(figure("egfr_below_60"), abs=0.02)


def test_three_in_four_with_two_low_egfr_are_coded() -> None:
    """n is about 130 with CKD: standard error 0.039."""
    with_ckd = [life for life in _adults(700, 65) if biochemical(life)]
    assert len(with_ckd) > 100
    assert share(["ckd" in life.problems for life in with_ckd]) == pytest.approx(figure("ckd_coded"), abs=0.15)
    year_ago = MONDAY - timedelta(days=365)
    tested = [any(result.day >= year_ago for result in life.results["urine_acr"]) for life in with_ckd]
    assert share(tested) == pytest.approx(figure("ckd_acr_within_a_year"), abs=0.16)


def test_about_one_in_twelve_has_an_appointment_to_come() -> None:
    """n = 1500 adults: standard error 0.007."""

    def booked(person: Person) -> bool:
        life = Life(person, MONDAY, Dice(1, Stream.RECORD, person.number))
        appointments(life)
        return any(entry.get("status") == "booked" for kind, entry in life.chart.entries if kind == "Appointment")

    adults = [p for p in PEOPLE if p.age_on(MONDAY) >= 18][:1500]
    assert share([booked(person) for person in adults]) == pytest.approx(figure("booked_ahead"), abs=0.03)


def test_every_figure_says_where_it_is_from_and_whether_it_was_verified() -> None:
    for each in all_figures().values():
        assert each.source
        assert each.verified in ("yes", "partly", "no")
