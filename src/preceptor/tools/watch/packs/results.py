"""Results that asked for something, and nobody acted."""

from __future__ import annotations

from preceptor.advice import Priority
from preceptor.tools.watch.criteria import When, all_of, any_of
from preceptor.tools.watch.packs.sources import OWN, PLATELETS, source
from preceptor.tools.watch.watch import Source, Watch
from preceptor.tools.watch.words import (
    aged,
    baseline,
    ever,
    latest,
    letters,
    medicines,
    no,
    not_taking,
    referrals,
    reports,
    results,
    saying,
    tests,
)

_POTASSIUM, _SODIUM = results("potassium"), results("sodium")
_PSA, _CA125, _FIT = results("psa"), results("ca125"), results("fit")
_CALCIUM = results("calcium_adjusted")
_HAEMOGLOBIN, _FERRITIN = results("haemoglobin"), results("ferritin")
_NEUTROPHILS, _PLATELETS = results("neutrophils"), results("platelets")
_TSH, _INR = results("tsh"), results("inr")
_CREATININE = results("creatinine")
_SYSTOLIC, _DIASTOLIC = results("systolic_bp"), results("diastolic_bp")
_SMEAR = saying(reports(), "high-grade dyskaryosis", "colposcopy needed", "needs colposcopy", "refer to colposcopy")
_FILM = saying(reports("chest_xray"), "repeat film", "repeat chest", "repeat x-ray", "repeat cxr")


def _result(name: str, title: str, priority: Priority, why: str, ask: str, when: When, where: Source = OWN) -> Watch:
    return Watch(id=name, title=title, pack="results", priority=priority, why=why, ask=ask, when=when, source=where)


WATCHES = (
    _result(
        "potassium_high_not_repeated",
        "High potassium, not repeated",
        Priority.TODAY,
        "A high potassium can stop the heart; a spoilt sample is as likely, and only a repeat tells.",
        "Repeat the potassium now, or note why not. Look at medicines that raise it.",
        all_of(latest(_POTASSIUM) >= 5.8, latest(_POTASSIUM).days_ago(14)),
    ),
    _result(
        "potassium_low_not_repeated",
        "Low potassium, not repeated",
        Priority.TODAY,
        "A low potassium disturbs the rhythm of the heart, and more so with digoxin or a diuretic.",
        "Repeat the potassium and look for a cause.",
        all_of(latest(_POTASSIUM) < 3.0, latest(_POTASSIUM).days_ago(7)),
    ),
    _result(
        "sodium_very_low_not_repeated",
        "Very low sodium, not repeated",
        Priority.TODAY,
        "A sodium this low brings confusion, falls and fits, often from a medicine.",
        "Repeat the sodium now and review medicines.",
        all_of(latest(_SODIUM) < 125, latest(_SODIUM).days_ago(7)),
    ),
    _result(
        "neutrophils_low_not_repeated",
        "Low neutrophils, not repeated",
        Priority.TODAY,
        "With few neutrophils an infection can be grave within hours.",
        "Repeat the blood count; ask about fever and sore throat; review medicines.",
        all_of(latest(_NEUTROPHILS) < 1.0, latest(_NEUTROPHILS).days_ago(14)),
    ),
    _result(
        "platelets_low_not_repeated",
        "Low platelets, not repeated",
        Priority.TODAY,
        "A low platelet count may be a clump in the tube, or a bleeding risk.",
        "Repeat the blood count with a film.",
        all_of(latest(_PLATELETS) < 100, latest(_PLATELETS).days_ago(14)),
    ),
    _result(
        "inr_high_not_repeated",
        "High INR, not repeated",
        Priority.TODAY,
        "At this INR a bleed is likely, and nothing shows that it came down.",
        "Repeat the INR now and check what dose is taken.",
        all_of(latest(_INR) > 5.0, latest(_INR).days_ago(3)),
    ),
    _result(
        "creatinine_jump_not_repeated",
        "Creatinine jumped, not repeated",
        Priority.TODAY,
        "Half as much again as usual for this patient means a kidney injury until a repeat says otherwise.",
        "Repeat kidney function now; look at fluids and medicines.",
        all_of(
            (latest(_CREATININE) >= baseline(_CREATININE, 365) * 1.5).told("Creatinine: 1.5 times the usual or more"),
            latest(_CREATININE).days_ago(14),
        ),
        source("NHS England AKI detection algorithm, the ratio alone", "2014", "partly"),
    ),
    _result(
        "blood_pressure_severe_not_repeated",
        "Very high blood pressure, not repeated",
        Priority.THIS_WEEK,
        "A pressure this high needs another reading soon, and a look for damage if it stays.",
        "Arrange another reading within days.",
        all_of(
            any_of(latest(_SYSTOLIC) >= 180, latest(_DIASTOLIC) >= 120),
            latest(_SYSTOLIC).days_ago(14),
        ),
    ),
    _result(
        "calcium_raised_not_acted_on",
        "Raised calcium, nothing done",
        Priority.THIS_WEEK,
        "A raised calcium is an overactive parathyroid gland or cancer until shown otherwise.",
        "Repeat calcium with parathyroid hormone; look for symptoms.",
        all_of(latest(_CALCIUM) > 2.65, latest(_CALCIUM).days_ago(30), no(referrals()).since(_CALCIUM.last)),
    ),
    _result(
        "cervical_screening_not_followed_up",
        "Abnormal cervical screening, no colposcopy",
        Priority.THIS_WEEK,
        "High-grade changes were reported, and no referral or clinic letter followed.",
        "Check that colposcopy has been booked or done.",
        all_of(
            ever(_SMEAR, "Report: high-grade changes, or colposcopy asked for"),
            latest(_SMEAR).days_ago(30),
            no(referrals()).since(_SMEAR.last),
            no(saying(letters(), "colposcopy")).since(_SMEAR.last),
        ),
    ),
    _result(
        "chest_x_ray_not_repeated",
        "Chest X-ray to be repeated, was not",
        Priority.THIS_WEEK,
        "The report asked for another film, to be sure that what was seen has cleared and hid no tumour.",
        "Order the film.",
        all_of(
            ever(_FILM, "Report: asks for another chest X-ray"),
            latest(_FILM).days_ago(56),
            no(tests("chest_xray", "ct_chest")).since(_FILM.last),
        ),
    ),
    _result(
        "tsh_high_not_repeated",
        "High TSH, no repeat or treatment",
        Priority.ROUTINE,
        "A TSH this high is hypothyroidism, and no repeat or treatment followed.",
        "Repeat thyroid function; start levothyroxine if it holds.",
        all_of(latest(_TSH) > 10, latest(_TSH).days_ago(90), not_taking(medicines("levothyroxine"))),
    ),
    _result(
        "thrombocytosis_no_action",
        "Raised platelets at 40 or older, nothing done",
        Priority.ROUTINE,
        "A raised platelet count goes before many cancers, of the lung and bowel above all, without other signs.",
        "Repeat the count; if still raised, a chest X-ray and a FIT.",
        all_of(
            aged(40),
            latest(_PLATELETS) > 450,
            latest(_PLATELETS).days_ago(42),
            no(tests("chest_xray", "ct_chest", "fit")).since(_PLATELETS.last),
            no(referrals()).since(_PLATELETS.last),
        ),
        PLATELETS,
    ),
)
