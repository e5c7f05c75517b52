"""Medicines that need tests: one definition over the table `monitoring.csv`.

A row says: for these medicines, each of these tests at least every so many `days`, for who has taken them without a
break for `after_days`, and less than `until_days` (from this age, with this condition). How far each row was checked
stands in `verified`.
"""

from __future__ import annotations

import csv
from importlib.resources import files

from preceptor.advice import Priority
from preceptor.tools.watch.criteria import When, all_of, any_of
from preceptor.tools.watch.nodes import Selection
from preceptor.tools.watch.packs.sources import source
from preceptor.tools.watch.watch import Watch
from preceptor.tools.watch.words import aged, conditions, ever, medicines, no, taking_for, tests

# A panel reported as such counts as the test; and one member of it, as a sign that the panel was done.
TESTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "blood_count": ("Blood count", ("full_blood_count", "haemoglobin", "white_cell_count", "platelets")),
    "kidneys": ("Kidney test", ("egfr", "creatinine", "urea_and_electrolytes", "metabolic_panel")),
    "liver": ("Liver test", ("alt", "ast", "alp", "liver_function_tests", "metabolic_panel")),
    "thyroid": ("Thyroid test", ("tsh", "thyroid_function_tests")),
    "calcium": ("Calcium", ("calcium", "calcium_adjusted")),
    "lithium_level": ("Lithium level", ("lithium_level",)),
    "inr": ("INR", ("inr",)),
    "glucose": ("Glucose or HbA1c", ("glucose", "hba1c")),
    "hba1c": ("HbA1c or glucose", ("hba1c", "glucose")),
    "lipids": ("Lipids", ("cholesterol_total", "cholesterol_hdl", "lipid_profile")),
    "weight": ("Weight", ("weight", "bmi")),
    "blood_pressure": ("Blood pressure", ("blood_pressure", "systolic_bp")),
}


def _missing(test: str, days: int) -> When:
    title, concepts = TESTS[test]
    return no(tests(*concepts)).for_days(days).told(f"{title}: none in the last {days} days")


def _watch(row: dict[str, str]) -> Watch:
    taken: Selection = medicines(*row["medicines"].split())
    days, after = int(row["days"]), int(row["after_days"])
    parts: list[When] = [
        taking_for(taken, at_least=after, below=int(row["until_days"]) if row["until_days"] else None),
        any_of(*(_missing(test, days) for test in row["tests"].split())),
    ]
    if row["age_from"]:
        parts.append(aged(int(row["age_from"])))
    if row["with"]:
        parts.append(ever(conditions(row["with"])))
    return Watch(
        id=row["id"],
        title=row["title"],
        pack="monitoring",
        priority=Priority(row["priority"]),
        why="This medicine can do harm that only a test shows in time.",
        ask="Arrange the missing tests, or note that they are done elsewhere.",
        when=all_of(*parts),
        source=source(row["source"], row["version"], row["verified"]),
    )


WATCHES = tuple(
    _watch(row)
    for row in csv.DictReader((files(__package__) / "monitoring.csv").read_text(encoding="utf-8").splitlines())
)
