"""Kidneys: what is there and uncoded, what goes too fast, what was not measured."""

from __future__ import annotations

from preceptor.advice import Priority
from preceptor.tools.watch.criteria import When, all_of, any_of, holds
from preceptor.tools.watch.nodes import Row, op
from preceptor.tools.watch.packs.sources import AKI, KIDNEY, KIDNEY_RISK, OWN
from preceptor.tools.watch.scores import (
    ACR,
    CREATININE,
    EGFR,
    aki_stage,
    kidney_category,
    kidney_failure_risk_of_record,
)
from preceptor.tools.watch.watch import Source, Watch
from preceptor.tools.watch.words import (
    aged,
    conditions,
    ever,
    latest,
    no,
    referrals,
    repeatedly,
    tests,
)

_CODED = conditions("ckd", "diabetic_kidney_disease", "dialysis", "kidney_transplant")
_LOW_FOR_LONG = repeatedly(
    EGFR, Row("value") < 60, 90, "below 60 twice at least 90 days apart, none of 60 or more since"
)
_LOW = EGFR.that(Row("value") < 60)
_LOW_AGAIN = _LOW.that(Row("day") >= _LOW.first.day + 90)
_HAS_CKD = any_of(ever(conditions("ckd_stage_3_to_5")), _LOW_FOR_LONG)

_LAST = EGFR.last
_YEAR = EGFR.that(_LAST.day - Row("day") <= 365)
_FALL = _YEAR.first.value - _LAST.value


def _kidney(name: str, title: str, priority: Priority, why: str, ask: str, when: When, where: Source = KIDNEY) -> Watch:
    return Watch(id=name, title=title, pack="kidney", priority=priority, why=why, ask=ask, when=when, source=where)


WATCHES = (
    _kidney(
        "ckd_uncoded",
        "Chronic kidney disease without a code",
        Priority.ROUTINE,
        "Uncoded, it is left out of recalls, dose checks and sick-day advice.",
        "Code CKD with its stage, tell the patient, and send a urine ACR.",
        all_of(_LOW_FOR_LONG, no(_CODED).at_all),
    ),
    _kidney(
        "ckd_possibly_uncoded",
        "Possible chronic kidney disease without a code",
        Priority.ROUTINE,
        "eGFR was below 60 twice, at least 90 days apart, with better results between or since: it wants a decision.",
        "Repeat kidney function, send a urine ACR, and code CKD if it holds.",
        all_of(
            ever(_LOW_AGAIN, "Estimated GFR: below 60 twice at least 90 days apart"),
            holds("Estimated GFR: a better result between or since", ~_LOW_FOR_LONG.met, value=EGFR.last.value),
            no(_CODED).at_all,
        ),
    ),
    _kidney(
        "ckd_worse_than_coded",
        "Kidney function worse than the code says",
        Priority.ROUTINE,
        "The code stayed at stage 3 while the kidneys went on to stage 4 or 5.",
        "Update the code; review medicines and the need for a referral.",
        all_of(
            repeatedly(EGFR, Row("value") < 30, 90, "below 30 twice at least 90 days apart"),
            ever(conditions("ckd_stage_3", "ckd_stage_2", "ckd_stage_1")),
            no(conditions("ckd_stage_4", "ckd_stage_5", "dialysis", "kidney_transplant")).at_all,
        ),
    ),
    _kidney(
        "acr_raised_uncoded",
        "Protein in the urine twice, kidney disease not coded",
        Priority.ROUTINE,
        "Protein in the urine for three months is chronic kidney disease at any eGFR.",
        "Code CKD with its stage; check blood pressure and treatment.",
        all_of(repeatedly(ACR, Row("value") >= 3, 90, "3 or more twice at least 90 days apart"), no(_CODED).at_all),
    ),
    _kidney(
        "acr_missing_in_ckd",
        "CKD without an ACR in the last year",
        Priority.ROUTINE,
        "Without an ACR neither the risk of kidney failure nor the target for blood pressure is known.",
        "Ask for an early-morning urine ACR.",
        all_of(_HAS_CKD, no(tests("urine_acr", "urine_pcr")).for_days(365)),
    ),
    _kidney(
        "egfr_overdue_in_ckd",
        "CKD without an eGFR for 15 months",
        Priority.ROUTINE,
        "Coded CKD is to be measured at least once a year.",
        "Ask for kidney function and a urine ACR.",
        all_of(ever(conditions("ckd_stage_3_to_5")), no(tests("egfr", "creatinine")).for_days(456)),
        OWN,
    ),
    _kidney(
        "egfr_falling_fast",
        "Kidney function falling fast",
        Priority.THIS_WEEK,
        "A fall of a quarter with a worse category, or of 15, within a year goes on to kidney failure more often.",
        "Repeat within two weeks to exclude an acute injury; then consider a referral.",
        all_of(
            holds(
                "Estimated GFR: down by a quarter and a category, or by 15, within a year",
                ((_LAST.value <= _YEAR.first.value * 0.75)
                 & (kidney_category(_LAST.value) > kidney_category(_YEAR.first.value))) | (_FALL >= 15),
                _LAST.day, _YEAR.first, _LAST, value=_FALL,
            ),
            holds("Estimated GFR: 3 or more results over 90 days, the last the lowest",
                  (_YEAR.count >= 3) & (_LAST.day - _YEAR.first.day >= 90) & (_LAST.value <= _YEAR.lowest), _LAST.day),
            latest(EGFR) < 60,
        ),
    ),
    _kidney(
        "kidney_failure_risk_over_5_percent",
        "Risk of kidney failure above 5% in 5 years",
        Priority.ROUTINE,
        "At this risk a kidney specialist should know the patient.",
        "Offer a referral to the kidney clinic.",
        all_of(
            aged(18),
            holds("Kidney failure within 5 years: risk above 5%", kidney_failure_risk_of_record() > 0.05,
                  op("greatest", EGFR.last.day, ACR.last.day), EGFR.last, ACR.last,
                  value=kidney_failure_risk_of_record()),
            no(referrals()).since(EGFR.last, days_before=365).told("Referral: none within a year of the result"),
            no(conditions("dialysis", "kidney_transplant")).at_all,
        ),
        KIDNEY_RISK,
    ),
    _kidney(
        "acr_severe_not_referred",
        "Heavy protein in the urine, no referral",
        Priority.THIS_WEEK,
        "At this level kidney failure is near enough for a specialist, unless diabetes explains it and is treated.",
        "Refer, or note that it is known and treated.",
        all_of(latest(ACR) >= 70, latest(ACR).days_ago(14), no(referrals()).since(ACR.last)),
    ),
    _kidney(
        "aki_alert",
        "Possible acute kidney injury",
        Priority.TODAY,
        "The last creatinine is well above what is usual for this patient.",
        "Assess today: fluids, infection, obstruction, medicines. Repeat the creatinine.",
        all_of(
            holds("Creatinine: AKI stage 1 or higher", aki_stage() >= 1, CREATININE.last.day, CREATININE.last,
                  value=aki_stage()),
            latest(CREATININE).in_the_last(14),
        ),
        AKI,
    ),
    _kidney(
        "kidneys_not_checked_after_aki",
        "No kidney test since an acute kidney injury",
        Priority.ROUTINE,
        "After an acute injury kidney disease may develop, unseen, for years.",
        "Ask for kidney function and a urine ACR.",
        all_of(
            latest(conditions("acute_kidney_injury")).days_ago(90),
            no(tests("egfr", "creatinine")).since(conditions("acute_kidney_injury").last, days_before=-14).told(
                "eGFR or creatinine: none from two weeks after"
            ),
        ),
    ),
)  # fmt: skip
