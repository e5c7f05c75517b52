"""Slow trends: each result looks harmless, the series does not."""

from __future__ import annotations

from datetime import date

from preceptor.demo.figures import figure
from preceptor.demo.life import Life
from preceptor.demo.situations.shape import Situation, kidney_result, later
from preceptor.demo.truth import Planted


def _series(
    life: Life, concept: str, months: tuple[float, ...], values: tuple[float, ...], scatter: float
) -> list[str]:
    """Results of one concept, oldest first, and none of it from the background since the first of them."""
    life.withheld[concept] = later(life.ago(months=months[0]), -1)
    decimals = 1 if concept == "weight" else 0
    return [
        life.result(concept, life.ago(months=when), round(value + life.dice.normal(0, scatter), decimals))
        for when, value in zip(months, values, strict=True)
    ]


def _day_of(life: Life, concept: str, place: int) -> date:
    return sorted(result.day for result in life.results[concept])[place]


def _haemoglobin(life: Life, shown: bool) -> Planted:
    start = 140.0 if life.person.sex == "female" else 155.0
    months = (31, 22, 14, 7, 1.2)
    falls = (0.0, 4.0, 9.0, 14.0, 18.0) if shown else (0.0, 1.0, 9.0, 1.0, 0.0)
    entries = _series(life, "haemoglobin", months, tuple(start - fall for fall in falls), 0.8)
    if shown:
        return Planted("haemoglobin_falling_in_range", True, tuple(entries), life.ago(months=7))
    return Planted("haemoglobin_falling_in_range", False, tuple(entries), None, "one dip, then as before")


def _weight(life: Life, shown: bool) -> Planted:
    start = life.body.levels["weight"](life.monday)
    months = (15, 9, 5.4, 3, 0.6)
    shares = (1.0, 0.998, 1.0, 0.965, 0.925) if shown else (1.0, 0.985, 0.99, 0.98, 0.972)
    entries = _series(life, "weight", months, tuple(start * share for share in shares), 0.1)
    note = "" if shown else "less than 5%: within what scales and clothes do"
    return Planted("weight_falling", shown, tuple(entries), life.ago(months=0.6) if shown else None, note)


def _egfr(life: Life, shown: bool) -> Planted:
    life.barred |= {"ckd", "naproxen"}
    start = life.dice.between(55, 58)
    months = (25, 13, 11.5, 7, 3.5, 0.8)
    falls = (0.01, 0.02, 0.03, 0.12, 0.23, 0.33) if shown else (0.0, 0.02, 0.01, 0.04, 0.05, 0.06)
    life.withheld |= dict.fromkeys(("creatinine", "potassium", "sodium", "urea"), later(life.ago(months=25), -1))
    life.body.kidneys(lambda _day: start)
    entries = [
        kidney_result(life, life.ago(months=when), start * (1 - fall)) for when, fall in zip(months, falls, strict=True)
    ]
    reference = life.diagnose("ckd_stage_3a", life.ago(months=11), "CKD stage 3a")
    life.problems["ckd"] = reference
    if life.dice.chance(figure("ckd_acr_within_a_year")):
        life.result("urine_acr", life.ago(months=5), round(life.dice.between(1.0, 12.0), 1))
    life.withheld["urine_acr"] = life.ago(months=13)
    note = "" if shown else "a slow fall, as most people with CKD have"
    return Planted("egfr_falling_fast", shown, tuple(entries[1:]), life.ago(months=0.8) if shown else None, note)


def _platelets(life: Life, shown: bool) -> Planted:
    months = (26, 13, 5.5, 0.9)
    values = (318.0, 371.0, 418.0, 446.0) if shown else (252.0, 248.0, 463.0, 261.0)
    entries = _series(life, "platelets", months, values, 4)
    if shown:
        return Planted("platelets_rising", True, tuple(entries), life.ago(months=0.9))
    day = life.ago(months=5.5)
    life.result("crp", day, 88)
    life.chart.encounter(day, "Pneumonia, day 5. Bloods sent")
    return Planted("platelets_rising", False, tuple(entries), None, "raised once, with pneumonia; then normal")


def _sodium(life: Life, shown: bool) -> Planted:
    life.prescribe("indapamide", life.ago(months=20))
    life.withheld |= dict.fromkeys(("creatinine", "potassium", "urea"), later(life.ago(months=22), -1))
    values = (139.0, 136.0, 132.0, 128.0) if shown else (136.0, 135.0, 136.0, 135.0)
    entries = _series(life, "sodium", (22, 12, 5, 1.1), values, 0.3)
    for when in (22, 12, 5, 1.1):
        kidney_result(life, life.ago(months=when), life.body.egfr(life.ago(months=when)))
        life.result("potassium", life.ago(months=when), 4.1)
    note = "" if shown else "low-normal and steady"
    return Planted("sodium_falling", shown, tuple(entries), life.ago(months=1.1) if shown else None, note)


TRENDS: tuple[Situation, ...] = (
    Situation(
        "haemoglobin_falling_in_range",
        "Haemoglobin falling, still in range",
        "A fall of more than 10 g/L over successive counts, none below the limit; from the first count that far down",
        _haemoglobin,
        (50, 84),
        complete=False,
        keeps_out=frozenset({"ckd"}),
    ),
    Situation(
        "weight_falling",
        "Weight falling",
        "More than 5% in 6 months, at 60 or older; from the weight that shows it",
        _weight,
        (61, 88),
    ),
    Situation(
        "egfr_falling_fast",
        "Kidney function falling fast",
        "eGFR down by 25% and a category, or by 15, in 12 months, over 3 or more results; from the one that shows it",
        _egfr,
        (50, 82),
        complete=False,
    ),
    Situation(
        "platelets_rising",
        "Platelets rising",
        "Rising over 2 years, the last two counts above 400; from the second of them",
        _platelets,
        (42, 82),
    ),
    Situation(
        "sodium_falling",
        "Sodium falling on a diuretic",
        "Sodium down by more than 5 mmol/L to below 132 mmol/L on indapamide; from the result that shows it",
        _sodium,
        (60, 88),
    ),
)
