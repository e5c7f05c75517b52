"""Drug safety: hazards in the manner of the PINCER indicators, and monitoring that is overdue."""

from __future__ import annotations

from preceptor.demo import kidneys
from preceptor.demo.figures import figure
from preceptor.demo.life import Life
from preceptor.demo.situations.shape import Situation, kidney_result, later
from preceptor.demo.truth import Planted

_BLOOD_COUNT = ("haemoglobin", "mcv", "platelets", "white_cell_count")
_KIDNEYS = ("creatinine", "potassium", "sodium", "urea")
_LIVER = ("alt", "alp", "bilirubin", "albumin")
# Anything that would make a second hazard, or bring tests that a story needs to be missing.
_QUIET = {
    "atrial_fibrillation",
    "ckd",
    "heart_failure",
    "diabetes_type_2",
    "diabetes_type_1",
    "coronary_heart_disease",
    "stroke",
    "rheumatoid_arthritis",
    "reflux",
    "osteoarthritis",
    "anxiety",
    "naproxen",
}


def _anti_inflammatory(life: Life, *, gastric_protection: bool) -> tuple[str, str]:
    """Naproxen on repeat for the last months; gives its entry and its last prescription."""
    since = life.ago(months=life.dice.between(4, 9))
    life.chart.encounter(since, "Knee pain worse, X-ray shows wear. Naproxen tried")
    written = life.prescribe("naproxen", since, every=28)
    if gastric_protection and "omeprazole" not in life.takes:
        life.prescribe("omeprazole", since)
    return written[0], written[-1]


def _old_naproxen(life: Life) -> str:
    return life.prescribe("naproxen", life.ago(years=4), until=life.ago(years=3.5))[0]


def _with_anticoagulant(life: Life, shown: bool) -> Planted:
    life.barred |= _QUIET
    life.diagnose("atrial_fibrillation", life.ago(years=2.5))
    anticoagulant = life.prescribe("apixaban", life.ago(years=2.4))[0]
    kind = "nsaid_with_anticoagulant"
    if shown:
        first, last = _anti_inflammatory(life, gastric_protection=True)
        return Planted(kind, True, (anticoagulant, first, last), life.since["naproxen"])
    if life.dice.chance(0.5):
        return Planted(kind, False, (anticoagulant, _old_naproxen(life)), None, "naproxen stopped before apixaban")
    life.barred.add("ibuprofen")
    gel = life.chart.medicine("ibuprofen_gel", "Ibuprofen 5% gel", "Rub in three times a day", life.ago(months=4))
    return Planted(kind, False, (anticoagulant, gel), None, "a gel, not a tablet")


def _without_protection(life: Life, shown: bool) -> Planted:
    life.barred |= _QUIET | {"hypertension"}
    first, last = _anti_inflammatory(life, gastric_protection=not shown)
    if shown:
        return Planted("nsaid_65_without_ppi", True, (first, last), life.since["naproxen"])
    return Planted("nsaid_65_without_ppi", False, (first, life.takes["omeprazole"]), None, "with omeprazole")


def _in_ckd(life: Life, shown: bool) -> Planted:
    life.barred |= _QUIET
    kidneys.give(
        life, life.dice.between(33, 41), pace=0.7, coded=True, acr=life.dice.chance(figure("ckd_acr_within_a_year"))
    )
    shows_it = life.results["egfr"][-1].reference
    if shown:
        first, last = _anti_inflammatory(life, gastric_protection=True)
        return Planted("nsaid_in_ckd", True, (first, last, shows_it), life.since["naproxen"])
    return Planted("nsaid_in_ckd", False, (_old_naproxen(life), shows_it), None, "stopped years ago")


def _in_heart_failure(life: Life, shown: bool) -> Planted:
    life.barred |= _QUIET
    problem = life.diagnose("heart_failure", life.ago(years=3))
    life.prescribe("furosemide", life.ago(years=2.9))
    if shown:
        first, last = _anti_inflammatory(life, gastric_protection=True)
        return Planted("nsaid_in_heart_failure", True, (problem, first, last), life.since["naproxen"])
    return Planted(
        "nsaid_in_heart_failure", False, (problem, _old_naproxen(life)), None, "stopped before the diagnosis"
    )


def _beta_blocker(life: Life, shown: bool) -> Planted:
    life.barred |= {
        "propranolol",
        "copd",
        "bisoprolol",
        "coronary_heart_disease",
        "atrial_fibrillation",
        "heart_failure",
    }
    outgrown = not shown and life.dice.chance(0.5)
    if outgrown:
        life.barred.add("asthma")
        born = life.person.born
        problem = life.diagnose("asthma", later(born, 1500), "Childhood asthma", ended=later(born, 3900))
    else:
        problem = life.diagnose("asthma", life.ago(years=12))
        life.prescribe("salbutamol", life.ago(years=6))
    life.chart.encounter(life.ago(months=6), "Heart racing when anxious. ECG normal")
    name = "propranolol" if shown or outgrown else "bisoprolol"
    written = life.prescribe(name, life.ago(months=5.9), every=56)
    since = life.since[name] if shown else None
    note = "" if shown else "asthma outgrown" if outgrown else "a selective one"
    return Planted("beta_blocker_in_asthma", shown, (problem, written[0], written[-1]), since, note)


def _ulcer(life: Life, shown: bool) -> Planted:
    life.barred |= (_QUIET - {"coronary_heart_disease"}) | {"clopidogrel", "omeprazole"}
    ulcer = life.diagnose("peptic_ulcer", life.ago(years=7), "Gastric ulcer with bleeding, treated at endoscopy")
    life.diagnose("coronary_heart_disease", life.ago(years=3), "Coronary heart disease")
    written = life.prescribe("aspirin", life.ago(years=2.9))
    kind = "antiplatelet_after_ulcer_without_ppi"
    if shown:
        return Planted(kind, True, (ulcer, written[0], written[-1]), life.since["aspirin"])
    protected = life.prescribe("omeprazole", life.ago(years=2.9))[0]
    return Planted(kind, False, (ulcer, written[0], protected), None, "with omeprazole")


def _methotrexate(life: Life, shown: bool) -> Planted:
    life.barred |= {"tests:methotrexate", *(_QUIET - {"rheumatoid_arthritis"})}
    life.diagnose("rheumatoid_arthritis", life.ago(years=4), "Rheumatoid arthritis")
    written = life.prescribe("methotrexate", life.ago(years=3.8), every=28)
    life.prescribe("folic_acid", life.ago(years=3.8))
    gap = life.dice.whole(130, 220) if shown else life.dice.whole(15, 70)
    last = life.ago(days=gap)
    for back in (320, 240, 160, 80, 0):
        tests = life.test(later(last, -back), "dmard")
    life.withheld |= dict.fromkeys((*_BLOOD_COUNT, *_KIDNEYS, *_LIVER), last)
    if shown:
        kind_evidence = (written[0], written[-1], tests["haemoglobin"])
        return Planted("methotrexate_without_blood_count", True, kind_evidence, later(last, 92))
    return Planted("methotrexate_without_blood_count", False, (tests["haemoglobin"],), None, "tested in time")


def _lithium(life: Life, shown: bool) -> Planted:
    life.barred |= {"tests:lithium", "naproxen", "ramipril", "losartan", "indapamide", "hypertension", "ckd"}
    life.diagnose("bipolar_disorder", life.ago(years=9), "Bipolar affective disorder")
    written = life.prescribe("lithium", life.ago(years=6), every=56)
    last = life.ago(days=life.dice.whole(200, 430) if shown else life.dice.whole(10, 80))
    for back in (520, 350, 170, 0):
        tests = life.test(later(last, -back), "lithium")
    life.withheld["lithium_level"] = last
    if shown:
        return Planted("lithium_level_overdue", True, (written[0], tests["lithium_level"]), later(last, 183))
    return Planted("lithium_level_overdue", False, (tests["lithium_level"],), None, "done in time")


def _amiodarone(life: Life, shown: bool) -> Planted:
    life.barred |= {"tests:amiodarone", "hypothyroidism", *_QUIET}
    life.diagnose("atrial_fibrillation", life.ago(years=4))
    life.prescribe("edoxaban", life.ago(years=3.9))
    written = life.prescribe("amiodarone", life.ago(years=3), every=56)
    last = life.ago(days=life.dice.whole(210, 520) if shown else life.dice.whole(20, 150))
    for back in (360, 180, 0):
        tests = life.test(later(last, -back), "amiodarone")
    life.withheld["tsh"] = last
    if shown:
        return Planted("amiodarone_without_thyroid_test", True, (written[0], tests["tsh"]), later(last, 183))
    return Planted("amiodarone_without_thyroid_test", False, (tests["tsh"],), None, "done in time")


def _ace_inhibitor(life: Life, shown: bool) -> Planted:
    life.barred |= {"tests:ramipril", "losartan", "indapamide", *_QUIET}
    life.diagnose("hypertension", life.ago(years=9))
    written = life.prescribe("ramipril", life.ago(years=5))
    last = life.ago(days=life.dice.whole(480, 800) if shown else life.dice.whole(60, 300))
    tests = life.test(last, "kidneys")
    life.withheld |= dict.fromkeys(_KIDNEYS, last)
    if shown:
        evidence = (written[0], written[-1], tests["egfr"])
        return Planted("ace_inhibitor_75_without_blood_test", True, evidence, later(last, 456))
    return Planted("ace_inhibitor_75_without_blood_test", False, (tests["egfr"],), None, "tested in time")


def _metformin(life: Life, shown: bool) -> Planted:
    life.barred |= _QUIET - {"diabetes_type_2"}
    kidneys.give(
        life, 22.0 if shown else 41.0, pace=0.8, coded=True, acr=life.dice.chance(figure("ckd_acr_within_a_year"))
    )
    life.diagnose("diabetes_type_2", life.ago(years=11))
    written = life.prescribe("metformin", life.ago(years=10))
    latest = kidney_result(life, life.ago(days=12), 22.0 if shown else 41.0)
    life.withheld |= dict.fromkeys(_KIDNEYS, life.ago(days=13))
    below = sorted(result.day for result in life.results["egfr"] if result.value < 30)
    if shown:
        return Planted("metformin_with_egfr_below_30", True, (written[0], latest), below[0])
    return Planted("metformin_with_egfr_below_30", False, (written[0], latest), None, "eGFR above 30")


def _anticoagulant_bloods(life: Life, shown: bool) -> Planted:
    life.barred |= {"tests:apixaban", "hypertension", *_QUIET}
    life.diagnose("atrial_fibrillation", life.ago(years=5))
    written = life.prescribe("apixaban", life.ago(years=4.8))
    last = life.ago(days=life.dice.whole(420, 600) if shown else life.dice.whole(10, 100))
    for back in (240, 120, 0):
        tests = life.test(later(last, -back), "doac")
    life.withheld |= dict.fromkeys((*_KIDNEYS, *_BLOOD_COUNT, *_LIVER, "weight"), last)
    if shown:
        return Planted("anticoagulant_bloods_overdue", True, (written[0], tests["egfr"]), later(last, 365))
    return Planted("anticoagulant_bloods_overdue", False, (tests["egfr"],), None, "done in time")


_PINCER = "after PINCER"

DRUG_HAZARDS: tuple[Situation, ...] = (
    Situation(
        "nsaid_with_anticoagulant",
        "Anti-inflammatory with an anticoagulant",
        f"An oral NSAID prescribed within 3 months to somebody on an anticoagulant ({_PINCER}, D)",
        _with_anticoagulant,
        (55, 86),
    ),
    Situation(
        "nsaid_65_without_ppi",
        "Anti-inflammatory at 65 or older without stomach protection",
        f"An oral NSAID and no PPI within 3 months, at 65 or older ({_PINCER}, A)",
        _without_protection,
        (66, 86),
    ),
    Situation(
        "nsaid_in_ckd",
        "Anti-inflammatory with poor kidneys",
        f"An oral NSAID within 3 months, latest eGFR below 45 ({_PINCER}, K)",
        _in_ckd,
        (55, 86),
    ),
    Situation(
        "nsaid_in_heart_failure",
        "Anti-inflammatory in heart failure",
        f"An oral NSAID within 3 months in somebody with heart failure ({_PINCER}, I)",
        _in_heart_failure,
        (55, 88),
    ),
    Situation(
        "beta_blocker_in_asthma",
        "Non-selective beta-blocker in asthma",
        f"Propranolol within 3 months in somebody whose asthma is not resolved ({_PINCER}, G)",
        _beta_blocker,
        (20, 60),
    ),
    Situation(
        "antiplatelet_after_ulcer_without_ppi",
        "Aspirin after a bleeding ulcer without stomach protection",
        f"Aspirin and no PPI within 3 months, an ulcer or bleed ever ({_PINCER}, C)",
        _ulcer,
        (55, 86),
    ),
    Situation(
        "methotrexate_without_blood_count",
        "Methotrexate without a blood count",
        f"Methotrexate on repeat, no full blood count for 92 days ({_PINCER}, ME-FBC)",
        _methotrexate,
        (35, 80),
    ),
    Situation(
        "lithium_level_overdue",
        "Lithium level overdue",
        "Lithium on repeat, no level for 183 days (PMC2958995: 30% meet the standard)",
        _lithium,
        (28, 64),
        shown_at_2000=6,
        counterfeits_at_2000=3,
    ),
    Situation(
        "amiodarone_without_thyroid_test",
        "Amiodarone without a thyroid test",
        "Amiodarone on repeat, no TSH for 183 days (NHS GGC audit: 24% done)",
        _amiodarone,
        (58, 84),
        shown_at_2000=6,
        counterfeits_at_2000=2,
    ),
    Situation(
        "ace_inhibitor_75_without_blood_test",
        "ACE inhibitor at 75 or older without a kidney test",
        f"Ramipril for 15 months or longer, no kidney test for 15 months ({_PINCER}, AC)",
        _ace_inhibitor,
        (76, 92),
    ),
    Situation(
        "metformin_with_egfr_below_30",
        "Metformin with very poor kidneys",
        "Metformin on repeat, latest eGFR below 30; from the first such result",
        _metformin,
        (55, 82),
    ),
    Situation(
        "anticoagulant_bloods_overdue",
        "Anticoagulant without a yearly blood test",
        "Apixaban on repeat, no kidney test and blood count for 365 days",
        _anticoagulant_bloods,
        (60, 86),
    ),
)
