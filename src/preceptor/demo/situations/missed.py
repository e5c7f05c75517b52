"""Missed follow-up: a result or letter that asked for something, and nobody did it."""

from __future__ import annotations

from datetime import date

from preceptor.demo import kidneys
from preceptor.demo.dice import working_day
from preceptor.demo.figures import figure
from preceptor.demo.life import Life
from preceptor.demo.situations.shape import Situation, kidney_result, later
from preceptor.demo.truth import Planted

# No referral, report or letter of the background: it could pass for the follow-up.
_NO_PAPER = frozenset({"referral", "report", "letter"})
_KIDNEY_TESTS = ("creatinine", "potassium", "sodium", "urea")


def _psa(life: Life, shown: bool) -> Planted:
    day = life.ago(days=life.dice.whole(110, 420))
    threshold = 3.5 if life.age < 60 else 4.5 if life.age < 70 else 6.5
    life.chart.encounter(later(day, -6), "Poor stream and up twice at night for months. PSA after discussion")
    raised = life.result("psa", day, round(threshold + life.dice.between(1.2, 7.5), 1))
    if shown:
        return Planted("psa_raised_not_repeated", True, (raised,), later(day, 60))
    if life.dice.chance(0.5):
        life.chart.message(later(day, 2), "Your PSA blood test was raised. We would like to repeat it in 7 weeks.")
        repeat = life.result("psa", later(day, 50), round(threshold * life.dice.between(0.4, 0.7), 1))
        return Planted("psa_raised_not_repeated", False, (raised, repeat), None, "repeated: back below the limit")
    referral = life.chart.referral(
        "suspected_cancer_referral",
        later(day, 4),
        "Suspected cancer referral, urology",
        "Raised PSA",
        urgent=True,
        status="completed",
    )
    return Planted("psa_raised_not_repeated", False, (raised, referral), None, "referred")


def _potassium(life: Life, shown: bool) -> Planted:
    day = life.ago(days=life.dice.whole(22, 70))
    life.withheld |= dict.fromkeys(_KIDNEY_TESTS, later(day, -1))
    kidney_result(life, day, life.body.egfr(day))
    high = life.result("potassium", day, round(life.dice.between(5.8, 6.4), 1))
    if shown:
        return Planted("potassium_high_not_repeated", True, (high,), later(day, 14))
    repeat = life.result("potassium", working_day(later(day, 3)), round(life.dice.between(4.3, 4.9), 1))
    life.chart.encounter(later(day, 1), "Rang: well. High potassium, likely haemolysed. Repeat arranged", mode="VR")
    return Planted("potassium_high_not_repeated", False, (high, repeat), None, "repeated: normal")


def _hba1c(life: Life, shown: bool) -> Planted:
    life.withheld["hba1c"] = life.ago(years=6)
    first_day = life.ago(days=life.dice.whole(300, 420))
    second_day = life.ago(days=life.dice.whole(60, 200))
    first = life.result("hba1c", first_day, life.dice.whole(49, 53))
    if shown:
        second = life.result("hba1c", second_day, life.dice.whole(50, 57))
        return Planted("hba1c_diabetic_uncoded", True, (first, second), second_day)
    second = life.result("hba1c", second_day, life.dice.whole(41, 45))
    return Planted("hba1c_diabetic_uncoded", False, (first, second), None, "below 48 when repeated")


def _calcium(life: Life, shown: bool) -> Planted:
    day = life.ago(days=life.dice.whole(50, 260))
    life.withheld["calcium_adjusted"] = later(day, -1)
    raised = life.result("calcium_adjusted", day, round(life.dice.between(2.70, 2.94), 2))
    if shown:
        return Planted("calcium_raised_not_acted_on", True, (raised,), later(day, 30))
    again = life.result("calcium_adjusted", later(day, 10), round(life.dice.between(2.40, 2.52), 2))
    life.chart.finding(None, later(day, 10), "Parathyroid hormone", "4.1 pmol/L (normal)")
    return Planted("calcium_raised_not_acted_on", False, (raised, again), None, "repeated with PTH: normal")


def _fit(life: Life, shown: bool) -> Planted:
    day = life.ago(days=life.dice.whole(24, 150))
    life.chart.encounter(later(day, -9), "Looser stools for six weeks. Abdomen soft. FIT kit given")
    positive = life.result("fit", day, life.dice.whole(14, 260))
    if shown:
        return Planted("fit_positive_not_referred", True, (positive,), later(day, 14))
    referral = life.chart.referral(
        "suspected_cancer_referral",
        later(day, 3),
        "Suspected cancer referral, lower gastrointestinal",
        "FIT positive",
        urgent=True,
    )
    return Planted("fit_positive_not_referred", False, (positive, referral), None, "referred")


def _cytology(life: Life, shown: bool) -> Planted:
    day = life.ago(days=life.dice.whole(45, 220))
    life.chart.encounter(later(day, -16), "Cervical screening sample taken, no problems", by="Nurse")
    report = life.chart.report(
        None,
        day,
        "Cervical screening result",
        "HPV found. High-grade dyskaryosis (moderate). Colposcopy needed: please refer if no direct referral.",
    )
    if shown:
        return Planted("cervical_screening_not_followed_up", True, (report,), later(day, 30))
    referral = life.chart.referral(None, later(day, 2), "Colposcopy", "High-grade dyskaryosis", urgent=True)
    letter = life.chart.letter(
        later(day, 24), "Colposcopy clinic letter", "Seen in colposcopy. Treated. Test of cure in 6 months."
    )
    return Planted("cervical_screening_not_followed_up", False, (report, referral, letter), None, "seen in colposcopy")


def _iron(life: Life, shown: bool) -> Planted:
    day = life.ago(days=life.dice.whole(45, 200))
    life.withheld |= {"haemoglobin": later(day, -30), "ferritin": later(day, -30)}
    low = life.result("haemoglobin", day, life.dice.whole(94, 106))
    ferritin = life.result("ferritin", day, life.dice.whole(4, 11))
    if shown:
        return Planted("iron_deficiency_anaemia_no_action", True, (low, ferritin), later(day, 30))
    iron = life.prescribe("ferrous_sulfate", later(day, 3))[0]
    fit = life.result("fit", later(day, 14), life.dice.whole(1, 6))
    life.chart.message(later(day, 3), "Your iron is low. Please start the iron tablets and do the stool test.")
    return Planted("iron_deficiency_anaemia_no_action", False, (low, ferritin, iron, fit), None, "treated, FIT done")


def _chest_film(life: Life, shown: bool) -> Planted:
    day = life.ago(days=life.dice.whole(100, 260))
    life.chart.encounter(later(day, -3), "Cough and fever a week, crackles right base. Amoxicillin, chest X-ray")
    report = life.chart.report(
        "chest_xray",
        day,
        "Chest X-ray",
        "Consolidation in the right lower zone. Repeat film in 6 weeks to confirm clearing.",
    )
    if shown:
        return Planted("chest_x_ray_not_repeated", True, (report,), later(day, 56))
    clear = life.chart.report(
        "chest_xray", later(day, 44), "Chest X-ray", "The right lower zone has cleared. Normal film."
    )
    return Planted("chest_x_ray_not_repeated", False, (report, clear), None, "repeated: clear")


def _thyroid(life: Life, shown: bool) -> Planted:
    day = life.ago(days=life.dice.whole(120, 300))
    life.withheld["tsh"] = later(day, -1)
    high = life.result("tsh", day, round(life.dice.between(11, 24), 1))
    if shown:
        return Planted("tsh_high_not_repeated", True, (high,), later(day, 90))
    started = life.prescribe("levothyroxine", later(day, 8))[0]
    life.diagnose("hypothyroidism", later(day, 8), "Hypothyroidism")
    again = life.result("tsh", later(day, 85), round(life.dice.between(1.5, 3.5), 1))
    return Planted("tsh_high_not_repeated", False, (high, started, again), None, "treated and repeated")


def _pressure(life: Life, shown: bool) -> Planted:
    day = life.ago(days=life.dice.whole(32, 150))
    high = life.chart.blood_pressure(day, life.dice.whole(182, 198), life.dice.whole(106, 118))
    if shown:
        return Planted("blood_pressure_severe_not_repeated", True, (high,), later(day, 14))
    home = life.chart.blood_pressure(later(day, 9), life.dice.whole(128, 138), life.dice.whole(74, 84))
    return Planted("blood_pressure_severe_not_repeated", False, (high, home), None, "repeated: home average normal")


def _creatinine(life: Life, shown: bool) -> Planted:
    before = life.ago(days=life.dice.whole(150, 300))
    day = life.ago(days=life.dice.whole(22, 60))
    life.withheld |= dict.fromkeys(_KIDNEY_TESTS, later(before, -1))
    usual = life.body.egfr(day)
    kidney_result(life, before, usual)
    life.body.free.add("egfr")
    low = kidney_result(life, day, usual * 0.5)
    life.chart.encounter(later(day, -1), "Sickness bug for four days, still taking all tablets. Bloods sent")
    if shown:
        return Planted("creatinine_jump_not_repeated", True, (low,), later(day, 14))
    again = kidney_result(life, later(day, 7), usual * 0.97)
    return Planted("creatinine_jump_not_repeated", False, (low, again), None, "repeated: back to usual")


def _uncoded(life: Life, shown: bool) -> Planted:
    kidneys.give(
        life, life.dice.between(44, 52), coded=not shown, acr=life.dice.chance(figure("ckd_acr_within_a_year"))
    )
    return Planted("", shown, (), date.min)  # kidneys.noticed lists it


def _acr(life: Life, shown: bool) -> Planted:
    kidneys.give(life, life.dice.between(40, 52), coded=True, acr=not shown)
    return Planted("", shown, (), date.min)


MISSED: tuple[Situation, ...] = (
    Situation(
        "psa_raised_not_repeated",
        "Raised PSA, not repeated or referred",
        "PSA above the limit of the age (3.5, 4.5, 6.5 from 50, 60, 70); 60 days on: no repeat, no referral",
        _psa,
        (52, 78),
        "male",
        keeps_out=_NO_PAPER,
    ),
    Situation(
        "potassium_high_not_repeated",
        "High potassium, not repeated",
        "Potassium of 5.8 mmol/L or more; 14 days on: no repeat",
        _potassium,
        (50, 86),
        keeps_out=frozenset({"ckd"}),
    ),
    Situation(
        "hba1c_diabetic_uncoded",
        "HbA1c in the diabetic range, no diagnosis coded",
        "Two HbA1c of 48 mmol/mol or more, no diagnosis of diabetes; from the second",
        _hba1c,
        (40, 78),
        keeps_out=frozenset({"diabetes_type_1", "diabetes_type_2"}),
    ),
    Situation(
        "calcium_raised_not_acted_on",
        "Raised calcium, nothing done",
        "Adjusted calcium above 2.65 mmol/L; 30 days on: no repeat, no PTH, no referral",
        _calcium,
        (45, 84),
        keeps_out=_NO_PAPER,
    ),
    Situation(
        "fit_positive_not_referred",
        "Positive FIT, no referral",
        "FIT of 10 ug/g or more; 14 days on: no referral",
        _fit,
        (45, 84),
        keeps_out=_NO_PAPER,
    ),
    Situation(
        "cervical_screening_not_followed_up",
        "Abnormal cervical screening, no colposcopy",
        "High-grade result; 30 days on: no referral or clinic letter",
        _cytology,
        (26, 62),
        "female",
        keeps_out=_NO_PAPER,
    ),
    Situation(
        "iron_deficiency_anaemia_no_action",
        "Iron deficiency anaemia, nothing done",
        "Haemoglobin below 110 g/L and ferritin below 15 ug/L; 30 days on: no iron, no FIT, no referral",
        _iron,
        (52, 84),
        keeps_out=_NO_PAPER | frozenset({"ckd"}),
    ),
    Situation(
        "chest_x_ray_not_repeated",
        "Chest X-ray to be repeated, was not",
        "A report asks for a repeat film in 6 weeks; 8 weeks on: none",
        _chest_film,
        (45, 84),
        keeps_out=_NO_PAPER,
    ),
    Situation(
        "tsh_high_not_repeated",
        "High TSH, no repeat or treatment",
        "TSH above 10 mU/L; 90 days on: no repeat, no levothyroxine",
        _thyroid,
        (25, 80),
        keeps_out=frozenset({"hypothyroidism"}),
    ),
    Situation(
        "blood_pressure_severe_not_repeated",
        "Very high blood pressure, not repeated",
        "Blood pressure of 180/105 or more; 14 days on: no other reading",
        _pressure,
        (40, 84),
        keeps_out=frozenset({"blood_pressure"}),
    ),
    Situation(
        "creatinine_jump_not_repeated",
        "Creatinine jumped, not repeated",
        "Creatinine 1.5 times that of the months before, or more; 14 days on: no repeat",
        _creatinine,
        (50, 84),
        keeps_out=frozenset({"ckd"}),
    ),
    Situation(
        "ckd_uncoded",
        "Chronic kidney disease without a code",
        "Two eGFR below 60 at least 90 days apart, none of 60 or more since the first, no CKD code; from the second",
        _uncoded,
        (55, 88),
        shown_at_2000=1,
        counterfeits_at_2000=0,
    ),
    Situation(
        "acr_missing_in_ckd",
        "CKD without an ACR in the last year",
        "CKD by code or by two eGFR below 60 (see ckd_uncoded); no urine ACR for 365 days",
        _acr,
        (55, 88),
        shown_at_2000=1,
        counterfeits_at_2000=0,
    ),
)
