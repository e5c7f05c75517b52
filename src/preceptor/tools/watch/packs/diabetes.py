"""Diabetes and the risk of it: uncoded, or overdue."""

from __future__ import annotations

from preceptor.advice import Priority
from preceptor.tools.watch.criteria import When, all_of
from preceptor.tools.watch.nodes import Row
from preceptor.tools.watch.packs.sources import OWN
from preceptor.tools.watch.watch import Watch
from preceptor.tools.watch.words import (
    active,
    aged,
    conditions,
    ever,
    latest,
    medicines,
    no,
    not_taking,
    repeatedly,
    results,
    tests,
)

_HBA1C = results("hba1c")
_DIABETES = conditions("diabetes")


def _diabetes(name: str, title: str, priority: Priority, why: str, ask: str, when: When) -> Watch:
    return Watch(id=name, title=title, pack="diabetes", priority=priority, why=why, ask=ask, when=when, source=OWN)


WATCHES = (
    _diabetes(
        "hba1c_diabetic_uncoded",
        "HbA1c in the diabetic range, no diagnosis coded",
        Priority.THIS_WEEK,
        "Two results at or above 48 make the diagnosis; uncoded, no recall and no eye screening follow.",
        "Confirm, code diabetes and start the first-year care.",
        all_of(repeatedly(_HBA1C, Row("value") >= 48, 1, "48 or more twice"), no(_DIABETES).at_all),
    ),
    _diabetes(
        "hba1c_diabetic_not_repeated",
        "One HbA1c in the diabetic range, not repeated",
        Priority.ROUTINE,
        "One such result without symptoms has to be confirmed by a second, and none followed.",
        "Repeat the HbA1c.",
        all_of(
            latest(_HBA1C) >= 48,
            latest(_HBA1C).days_ago(90),
            no(_DIABETES).at_all,
        ),
    ),
    _diabetes(
        "prediabetes_uncoded",
        "Raised risk of diabetes, not coded",
        Priority.ROUTINE,
        "Uncoded, the prevention programme and the yearly test are not offered.",
        "Code it, and offer the diabetes prevention programme.",
        all_of(
            repeatedly(_HBA1C, (Row("value") >= 42) & (Row("value") < 48), 28, "42 to 47 twice at least 4 weeks apart"),
            no(_DIABETES).at_all,
            no(conditions("prediabetes")).at_all,
        ),
    ),
    _diabetes(
        "prediabetes_hba1c_overdue",
        "Raised risk of diabetes, HbA1c overdue",
        Priority.ROUTINE,
        "One in ten goes on to diabetes each year, mostly without symptoms.",
        "Ask for an HbA1c.",
        all_of(ever(conditions("prediabetes")), no(_DIABETES).at_all, no(tests("hba1c")).for_days(456)),
    ),
    _diabetes(
        "diabetes_review_overdue",
        "Diabetes, HbA1c overdue",
        Priority.ROUTINE,
        "Control is not known for more than 13 months.",
        "Ask for an HbA1c and the yearly review.",
        all_of(active(_DIABETES), no(tests("hba1c")).for_days(400)),
    ),
    _diabetes(
        "diabetes_kidney_check_overdue",
        "Diabetes, kidney check overdue",
        Priority.ROUTINE,
        "Diabetes harms kidneys without a sign; an eGFR and a urine ACR a year show it.",
        "Ask for kidney function and a urine ACR.",
        all_of(active(_DIABETES), aged(12), no(tests("urine_acr", "urine_pcr")).for_days(456)),
    ),
    _diabetes(
        "hba1c_very_high_not_followed",
        "Very high HbA1c, not followed up",
        Priority.THIS_WEEK,
        "At this level complications come fast, and nothing was measured for four months.",
        "Review treatment; look for weight loss, thirst and ketones.",
        all_of(active(_DIABETES), latest(_HBA1C) >= 86, latest(_HBA1C).days_ago(120)),
    ),
    _diabetes(
        "diabetes_without_statin",
        "Diabetes at 40 or older without a statin",
        Priority.ROUTINE,
        "Most people with type 2 diabetes of this age gain from a statin; none is on the record.",
        "Discuss a statin, or code that it was declined or not suited.",
        all_of(active(conditions("diabetes_type_2")), aged(40, 84), not_taking(medicines("statin"), 183)),
    ),
)
