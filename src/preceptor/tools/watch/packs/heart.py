"""Heart, blood pressure and stroke; weight in heart failure, and sodium on a diuretic."""

from __future__ import annotations

from preceptor.advice import Priority
from preceptor.tools.watch.criteria import When, all_of, holds
from preceptor.tools.watch.nodes import Row
from preceptor.tools.watch.packs.sources import ATRIAL_FIBRILLATION, OWN
from preceptor.tools.watch.scores import cha2ds2_vasc
from preceptor.tools.watch.watch import Source, Watch
from preceptor.tools.watch.words import (
    active,
    aged,
    conditions,
    ever,
    in_the_last,
    latest,
    medicines,
    no,
    not_taking,
    repeatedly,
    results,
    taking,
    today,
    up_to,
)

_SODIUM, _SYSTOLIC = results("sodium"), results("systolic_bp")
_WEIGHT = results("weight")
_THIS_YEAR = in_the_last(365, _SYSTOLIC)
_YEARS_BEFORE = _SYSTOLIC.that(today - Row("day") > 365, today - Row("day") <= 1826)
_RISE = _THIS_YEAR.median - _YEARS_BEFORE.median
_LIGHTEST = up_to(92, _WEIGHT.last, _WEIGHT).lowest
_USUAL = up_to(1095, _SODIUM.last, _SODIUM).highest
_VASCULAR = conditions("coronary_heart_disease", "cerebrovascular_disease", "peripheral_arterial_disease")


def _heart(name: str, title: str, priority: Priority, why: str, ask: str, when: When, where: Source = OWN) -> Watch:
    return Watch(id=name, title=title, pack="heart", priority=priority, why=why, ask=ask, when=when, source=where)


WATCHES = (
    _heart(
        "af_without_anticoagulant",
        "Atrial fibrillation at risk of stroke, no anticoagulant",
        Priority.THIS_WEEK,
        "With 2 points or more an anticoagulant prevents most strokes, and none is on the record.",
        "Offer an anticoagulant, or note why not.",
        all_of(
            active(conditions("atrial_fibrillation")),
            not_taking(medicines("anticoagulant")),
            cha2ds2_vasc(2),
        ),
        ATRIAL_FIBRILLATION,
    ),
    _heart(
        "sodium_falling",
        "Sodium falling on a diuretic",
        Priority.THIS_WEEK,
        "Each result looks near enough; together they fall, and the diuretic is the likely cause.",
        "Stop or change the diuretic; repeat the sodium within days.",
        all_of(
            holds("Sodium: more than 5 mmol/L below the best of 3 years", _USUAL - _SODIUM.last.value > 5,
                  _SODIUM.last.day, _SODIUM.last, value=_USUAL - _SODIUM.last.value),
            latest(_SODIUM) < 132,
            taking(medicines("diuretic")),
        ),
    ),
    _heart(
        "hypertension_uncoded",
        "Blood pressure high twice, hypertension not coded",
        Priority.ROUTINE,
        "Two high readings with no home readings and no code leave a treatable risk standing.",
        "Arrange home or ambulatory readings; code the result.",
        all_of(
            repeatedly(_SYSTOLIC, Row("value") >= 150, 7, "150 or more twice at least a week apart, none lower since"),
            latest(_SYSTOLIC).in_the_last(730),
            no(conditions("hypertension")).at_all,
        ),
    ),
    _heart(
        "hypertension_not_controlled",
        "Hypertension, not controlled for half a year",
        Priority.ROUTINE,
        "A treated pressure that stays this high means that treatment is not taken, or not enough.",
        "Ask about tablets; arrange home readings; step up.",
        all_of(
            ever(conditions("hypertension")),
            repeatedly(_SYSTOLIC, Row("value") >= 160, 183, "160 or more for half a year, none lower between"),
        ),
    ),
    _heart(
        "blood_pressure_drifting_up",
        "Blood pressure drifting up",
        Priority.ROUTINE,
        "No reading is high yet; together they have climbed by more than readings of one person vary.",
        "Measure again, seated and rested; consider home readings, and ask about new medicines, weight and alcohol.",
        all_of(
            aged(40),
            holds("Systolic blood pressure: median of the last year 15 or more above that of the 4 years before, "
                  "3 readings in each", (_RISE >= 15) & (_THIS_YEAR.count >= 3) & (_YEARS_BEFORE.count >= 3),
                  _SYSTOLIC.last.day, _YEARS_BEFORE.first, _SYSTOLIC.last, value=_RISE),
            latest(_SYSTOLIC) < 140,
        ),
    ),
    _heart(
        "weight_rising_in_heart_failure",
        "Weight up by 5% in 3 months, in heart failure",
        Priority.THIS_WEEK,
        "Fluid shows on the scales before it is felt in the breath.",
        "Ask about breathlessness and swelling, examine, and review the diuretic.",
        all_of(
            active(conditions("heart_failure")),
            holds("Weight: 5% or more above the lowest of 3 months", _WEIGHT.last.value >= _LIGHTEST * 1.05,
                  _WEIGHT.last.day, up_to(92, _WEIGHT.last, _WEIGHT).first, _WEIGHT.last,
                  value=_WEIGHT.last.value / _LIGHTEST),
            latest(_WEIGHT).in_the_last(92),
        ),
    ),
    _heart(
        "hypertension_pressure_overdue",
        "Hypertension, no blood pressure for 18 months",
        Priority.ROUTINE,
        "Control is not known.",
        "Ask for a reading, at home or here.",
        all_of(ever(conditions("hypertension")), no(_SYSTOLIC).for_days(548)),
    ),
    _heart(
        "vascular_disease_without_statin",
        "Heart attack, stroke or poor leg arteries without a statin",
        Priority.ROUTINE,
        "A statin lowers the risk of the next event; none is on the record.",
        "Discuss a statin, or code that it was declined or not suited.",
        all_of(ever(_VASCULAR), not_taking(medicines("statin"), 183)),
    ),
    _heart(
        "vascular_disease_without_antithrombotic",
        "Heart attack or stroke without an antiplatelet or anticoagulant",
        Priority.THIS_WEEK,
        "Without one of them the next clot is not prevented.",
        "Check the history, and offer one.",
        all_of(
            ever(conditions("heart_attack", "stroke", "tia")),
            not_taking(medicines("antiplatelet", "anticoagulant"), 183),
        ),
    ),
    _heart(
        "cholesterol_very_high_not_followed",
        "Cholesterol above 7.5, nothing followed",
        Priority.ROUTINE,
        "At this level a familial cause is likely enough to look for.",
        "Repeat fasting; ask about family; consider familial hypercholesterolaemia.",
        all_of(
            aged(18),
            latest(results("cholesterol_total")) > 7.5,
            latest(results("cholesterol_total")).days_ago(60),
            not_taking(medicines("statin"), 183),
        ),
    ),
)  # fmt: skip
