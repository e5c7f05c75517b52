"""Signals of cancer that are easy to miss one by one. A pack of its own: its main source needs a licence to adapt."""

from __future__ import annotations

from preceptor.advice import EventKind, Priority
from preceptor.tools.watch.criteria import When, all_of, holds
from preceptor.tools.watch.nodes import Row
from preceptor.tools.watch.packs.sources import CALCIUM, CANCER, HAEMOGLOBIN, OWN, PANCREAS, PLATELETS
from preceptor.tools.watch.watch import Source, Watch
from preceptor.tools.watch.words import (
    WOMAN,
    aged,
    before,
    by_sex,
    conditions,
    entries,
    latest,
    latest_run,
    no,
    previous,
    referrals,
    repeatedly,
    results,
    tests,
    up_to,
)

_HAEMOGLOBIN, _PLATELETS = results("haemoglobin"), results("platelets")
_WEIGHT, _CALCIUM = results("weight"), results("calcium_adjusted")
_HBA1C, _CRP = results("hba1c"), results("crp")

_COUNT = _HAEMOGLOBIN.last
_COUNT_BEFORE = previous(_HAEMOGLOBIN)
_BEST = up_to(1095, _COUNT, _HAEMOGLOBIN).highest
_FAR_DOWN = latest_run(_HAEMOGLOBIN, Row("value") < _BEST - 10)

_HEAVIEST = up_to(183, _WEIGHT.last, _WEIGHT).highest


def _signal(
    name: str, title: str, why: str, ask: str, when: When, where: Source = CANCER, priority: Priority = Priority.ROUTINE
) -> Watch:
    return Watch(id=name, title=title, pack="cancer", priority=priority, why=why, ask=ask, when=when, source=where)


def _unanswered(name: str, title: str, about: str, *also: When, tested_by: tuple[str, ...] = (), ask: str) -> Watch:
    """A symptom coded in the last half-year that asks for a referral or a test, and neither followed in two weeks."""
    coded = entries(EventKind.CONDITION, EventKind.ENCOUNTER, about=(about,))
    parts: list[When] = [
        *also,
        latest(coded).in_the_last(183),
        latest(coded).days_ago(14),
        no(referrals()).since(coded.last),
    ]
    if tested_by:
        parts.append(no(tests(*tested_by)).since(coded.last))
    return _signal(
        name, title, "At this age the symptom asks for a cancer to be looked for, and nothing followed.", ask,
        all_of(*parts), priority=Priority.THIS_WEEK,
    )  # fmt: skip


WATCHES = (
    _signal(
        "haemoglobin_falling_in_range",
        "Haemoglobin falling, still in range",
        "In bowel cancer haemoglobin falls for years before it leaves the range; each count alone looks harmless.",
        "Look at the whole series; send ferritin and a FIT.",
        all_of(
            aged(40),
            holds("Haemoglobin: the last three each lower than the one before",
                  (_COUNT.value < _COUNT_BEFORE.value)
                  & (_COUNT_BEFORE.value < before(_COUNT_BEFORE, _HAEMOGLOBIN).last.value),
                  _COUNT_BEFORE.day, before(_COUNT_BEFORE, _HAEMOGLOBIN).last, _COUNT_BEFORE, _COUNT),
            holds("Haemoglobin: more than 10 g/L below the best of 3 years", _BEST - _COUNT.value > 10,
                  _FAR_DOWN.first.day, _COUNT, value=_BEST - _COUNT.value),
            (latest(_HAEMOGLOBIN) >= by_sex(130, 120)).told("Haemoglobin: latest still in range"),
        ),
        HAEMOGLOBIN,
    ),
    _signal(
        "platelets_rising",
        "Platelets raised twice at 40 or older",
        "A second raised count makes cancer likelier still: one man in five, one woman in ten.",
        "A chest X-ray and a FIT; examine; look for iron deficiency.",
        all_of(
            aged(40),
            repeatedly(_PLATELETS, Row("value") > 400, 1, "above 400 twice in a row"),
            latest(_PLATELETS).in_the_last(365),
            no(referrals()).since(_PLATELETS.last),
        ),
        PLATELETS,
    ),
    _signal(
        "calcium_raised_at_40",
        "Calcium of 2.6 or more at 40 or older, twice",
        "Calcium that stays up is a sign of cancer in some, and of an overactive parathyroid gland in most.",
        "Parathyroid hormone; a myeloma screen; examine.",
        all_of(
            aged(40),
            repeatedly(_CALCIUM, Row("value") >= 2.6, 7, "2.6 or more twice at least a week apart"),
            latest(_CALCIUM).in_the_last(365),
            no(referrals()).since(_CALCIUM.last),
        ),
        CALCIUM,
    ),
    _signal(
        "weight_falling",
        "Weight down by 5% in 6 months, at 60 or older",
        "Weight that falls unnoticed is a sign of cancer at this age, more than any single symptom.",
        "Ask whether it was meant; if not, examine and start the work-up.",
        all_of(
            aged(60),
            holds("Weight: 5% or more below the heaviest of 6 months", _WEIGHT.last.value <= _HEAVIEST * 0.95,
                  _WEIGHT.last.day, _WEIGHT.last, up_to(183, _WEIGHT.last, _WEIGHT).first,
                  value=_WEIGHT.last.value / _HEAVIEST),
            latest(_WEIGHT).in_the_last(183),
        ),
    ),
    _signal(
        "hba1c_rising_weight_falling",
        "HbA1c rising while weight falls, at 60 or older",
        "Diabetes that comes or worsens while weight is lost can be the first sign of cancer of the pancreas.",
        "Ask about pain, appetite and stools; consider an urgent scan.",
        all_of(
            aged(60),
            holds("HbA1c: 6 or more above the lowest of 2 years",
                  _HBA1C.last.value - up_to(730, _HBA1C.last, _HBA1C).lowest >= 6, _HBA1C.last.day, _HBA1C.last),
            holds("Weight: 5% or more below the heaviest of 2 years",
                  _WEIGHT.last.value <= up_to(730, _WEIGHT.last, _WEIGHT).highest * 0.95, _WEIGHT.last.day,
                  _WEIGHT.last),
            latest(_HBA1C).in_the_last(365),
            latest(_WEIGHT).in_the_last(365),
        ),
        PANCREAS,
        Priority.THIS_WEEK,
    ),
    _signal(
        "crp_raised_for_long",
        "CRP raised for more than a month without a cause",
        "Inflammation that does not settle has a cause; in some it is cancer.",
        "Look for the cause; examine; blood count, calcium, myeloma screen.",
        all_of(
            aged(50),
            repeatedly(_CRP, Row("value") >= 20, 28, "20 or more twice at least 4 weeks apart"),
            latest(_CRP).in_the_last(183),
            no(conditions("rheumatoid_arthritis", "polymyalgia", "giant_cell_arteritis", "inflammatory_bowel_disease",
                          "cancer")).at_all,
            no(referrals()).since(_CRP.last),
        ),
        OWN,
    ),
    _unanswered(
        "rectal_bleeding_without_fit",
        "Rectal bleeding at 50 or older, no FIT",
        "rectal_bleeding", aged(50), tested_by=("fit", "colonoscopy"), ask="Send a FIT.",
    ),
    _unanswered(
        "bowel_habit_change_without_fit",
        "Change in bowel habit, no FIT",
        "bowel_habit_change", aged(18), tested_by=("fit", "colonoscopy"), ask="Send a FIT.",
    ),
    _unanswered(
        "haemoptysis_without_referral",
        "Coughing up blood at 40 or older, nothing followed",
        "haemoptysis", aged(40), tested_by=("ct_chest",), ask="Refer on the suspected cancer pathway.",
    ),
    _unanswered(
        "dysphagia_without_referral",
        "Difficulty swallowing, no referral",
        "dysphagia", aged(18), ask="Refer on the suspected cancer pathway.",
    ),
    _unanswered(
        "postmenopausal_bleeding_without_referral",
        "Bleeding after the menopause, no referral",
        "postmenopausal_bleeding", aged(55), WOMAN, ask="Refer on the suspected cancer pathway.",
    ),
    _unanswered(
        "breast_lump_without_referral",
        "Breast lump at 30 or older, no referral",
        "breast_lump", aged(30), ask="Refer on the suspected cancer pathway.",
    ),
    _unanswered(
        "jaundice_without_referral",
        "Jaundice at 40 or older, no referral",
        "jaundice", aged(40), ask="Refer on the suspected cancer pathway; same-day bloods.",
    ),
    _unanswered(
        "haematuria_without_referral",
        "Visible blood in urine at 45 or older, no referral",
        "haematuria", aged(45), ask="Exclude an infection; refer on the suspected cancer pathway.",
    ),
)  # fmt: skip
