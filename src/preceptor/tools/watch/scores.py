"""Published scores as expressions over a record. Each is None as soon as one of its inputs is missing."""

from __future__ import annotations

from preceptor.tools.watch.criteria import Points, points
from preceptor.tools.watch.nodes import Expression, Row, op
from preceptor.tools.watch.words import (
    WOMAN,
    age,
    aged,
    before,
    by_sex,
    conditions,
    ever,
    in_the_last,
    results,
    up_to,
)

_TWO_YEARS = 730

CREATININE = results("creatinine")
WEIGHT = results("weight")
EGFR = results("egfr")
ACR = results("urine_acr")


def creatinine_clearance() -> Expression:
    """Cockcroft and Gault, in mL/min, with actual weight: creatinine and weight of the last two years."""
    creatinine, weight = (in_the_last(_TWO_YEARS, each).last.value for each in (CREATININE, WEIGHT))
    return (140 - age()) * weight * by_sex(88.4 / 72, 88.4 / 72 * 0.85) / creatinine


def kidney_failure_risk(age_in_years: Expression, male: Expression, egfr: Expression, acr: Expression) -> Expression:
    """Chance (0 to 1) of kidney failure in 5 years: the 4-variable equation with the UK baseline, 0.9570.

    `acr` is in mg/mmol; the equation speaks mg/g. The sex term is centred inside its own bracket: a published script
    has that bracket in the wrong place, and its figures are the negative control of the tests.
    """
    linear = (
        (age_in_years / 10.0 - 7.036) * -0.2201
        + (male - 0.5642) * 0.2467
        + (egfr / 5.0 - 7.222) * -0.5567
        + (op("ln", acr / 0.113) - 5.137) * 0.4510
    )
    return 1.0 - op("pow", 0.9570, op("exp", linear))


def kidney_failure_risk_of_record() -> Expression:
    """None unless eGFR is 10 to 59 and an ACR lies within 6 months of it."""
    last, acr = EGFR.last, ACR.last
    apart = op("greatest", last.day, acr.day) - op("least", last.day, acr.day)
    valid = (last.value >= 10) & (last.value < 60) & (apart <= 183)
    return op("if", valid, kidney_failure_risk(age(), by_sex(1.0, 0.0), last.value, acr.value))


def aki_stage() -> Expression:
    """0 (no alert) to 3 for the last creatinine; None with none in the year before: then a laboratory compares it with
    its own reference interval, which a record does not hold.
    """
    last = CREATININE.last
    week = up_to(7, last, CREATININE).lowest
    year = before(last, CREATININE).that(last.day - Row("day") >= 8, last.day - Row("day") <= 365).median
    two_days = before(last, CREATININE).that(last.moment - Row("moment") <= 48 * 3_600_000_000).lowest
    ratio = op("greatest", last.value / week, last.value / year)
    stage = op("if", (last.value - two_days) > 26, 1, 0)
    stage = op("if", ratio >= 1.5, 1, stage)
    stage = op("if", ratio >= 2.0, 2, stage)
    stage = op("if", (ratio >= 3.0) | ((ratio >= 1.5) & (last.value > 354)), 3, stage)
    return op("if", ratio > 0, stage)


def kidney_category(egfr: Expression) -> Expression:
    """1 for G1, 2 for G2, 3 for G3a, 4 for G3b, 5 for G4, 6 for G5."""
    category: Expression = op("if", egfr < 15, 6, 5)
    for lowest, number in ((30, 4), (45, 3), (60, 2), (90, 1)):
        category = op("if", egfr >= lowest, number, category)
    return category


def cha2ds2_vasc(needed: int) -> Points:
    """At least `needed` points for the risk of stroke in atrial fibrillation."""
    return points(
        needed,
        (ever(conditions("heart_failure")), 1),
        (ever(conditions("hypertension")), 1),
        (aged(75), 2),
        (ever(conditions("diabetes")), 1),
        (ever(conditions("cerebrovascular_disease")), 2),
        (ever(conditions("coronary_heart_disease", "peripheral_arterial_disease")), 1),
        (aged(65, 74), 1),
        (WOMAN, 1),
    )
