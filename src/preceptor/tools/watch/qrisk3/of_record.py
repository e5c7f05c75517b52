"""The least that QRISK3 can be, by what a record holds.

A record seldom holds every input: hardly any says how deprived the neighbourhood is. Nothing is filled in for it. What
is not recorded is taken as whatever makes the risk lowest, so the figure is a floor: with the rest known it could only
be higher. A condition without a code may be there all the same, and counts the same way.
"""

from __future__ import annotations

from preceptor.advice import EventKind
from preceptor.tools.watch.criteria import When, all_of
from preceptor.tools.watch.nodes import Expression, Person, const, op
from preceptor.tools.watch.qrisk3.equation import CONDITIONS, ETHNICITIES, FEMALE, MALE, SMOKERS, Equation, Sex
from preceptor.tools.watch.words import (
    active,
    age,
    conditions,
    entries,
    ever,
    in_the_last,
    medicines,
    previous,
    results,
    taking,
)

_FIVE_YEARS = 1826
# Townsend's score as the published calculator takes it.
_TOWNSEND = (-7.0, 11.0)

_SYSTOLIC = in_the_last(_FIVE_YEARS, results("systolic_bp"))
_RATIO = in_the_last(_FIVE_YEARS, results("cholesterol_hdl_ratio"))
_TOTAL = in_the_last(_FIVE_YEARS, results("cholesterol_total"))
_HDL = in_the_last(_FIVE_YEARS, results("cholesterol_hdl"))
_BMI = in_the_last(_FIVE_YEARS, results("bmi"))
_WEIGHT = in_the_last(_FIVE_YEARS, results("weight"))
_FOR_PRESSURE = medicines("ace_inhibitor", "arb", "calcium_channel_blocker", "diuretic", "beta_blocker")

# The entries that the measures come from, the last of each.
MEASURED = (_SYSTOLIC.last, previous(_SYSTOLIC), _RATIO.last, _TOTAL.last, _HDL.last, _BMI.last, _WEIGHT.last)

_CODED: dict[str, When] = {
    "atrial_fibrillation": ever(conditions("atrial_fibrillation")),
    "atypical_antipsychotic": taking(medicines("olanzapine", "quetiapine", "risperidone", "clozapine")),
    "regular_steroids": taking(medicines("oral_corticosteroid")),
    "erectile_dysfunction": ever(conditions("erectile_dysfunction")),
    "migraine": ever(conditions("migraine")),
    "rheumatoid_arthritis": ever(conditions("rheumatoid_arthritis")),
    "ckd_3_5": ever(conditions("ckd_stage_3_to_5")),
    "severe_mental_illness": ever(conditions("schizophrenia", "bipolar_disorder")),
    "treated_hypertension": all_of(active(conditions("hypertension")), taking(_FOR_PRESSURE)),
    "type1_diabetes": ever(conditions("diabetes_type_1")),
    "type2_diabetes": ever(conditions("diabetes_type_2")),
}


def least_qrisk3_of_record() -> Expression:
    """In percent, from below. None without age (25 to 84), sex, a ratio of cholesterols, two systolic pressures and a
    body mass index (20 to 40, for which the equation is made), each of the last five years.
    """
    male, female = (_least(sex) for sex in (MALE, FEMALE))
    risk = op("if", Person("sex").is_("male"), male, op("if", Person("sex").is_("female"), female))
    bmi = body_mass_index()
    return op("if", (age() >= 25) & (age() <= 84) & (bmi >= 20) & (bmi <= 40), risk)


def cholesterol_ratio() -> Expression:
    """As reported; else of a total and an HDL cholesterol of one day."""
    worked_out = op("if", _TOTAL.last.day.is_(_HDL.last.day), _TOTAL.last.value / _HDL.last.value)
    return op("coalesce", _RATIO.last.value, worked_out)


def body_mass_index() -> Expression:
    """As reported; else of the last weight and the last height."""
    metres = results("height").last.value / 100.0
    return op("coalesce", _BMI.last.value, _WEIGHT.last.value / (metres * metres))


def _least(sex: Sex) -> Expression:
    equation = Equation(sex, age())
    last, before = _SYSTOLIC.last.value, previous(_SYSTOLIC).value
    # Of two readings the standard deviation is their difference by the root of two.
    deviation = (op("greatest", last, before) - op("least", last, before)) * 0.5**0.5
    total = equation.of_age() + equation.of_bmi(body_mass_index())
    total = total + equation.of_measure("cholesterol_ratio", cholesterol_ratio())
    total = total + equation.of_measure("systolic", last)
    total = total + equation.of_measure("systolic_deviation", op("if", before > 0, deviation))
    total = total + op("least", *(equation.of_measure("townsend", const(score)) for score in _TOWNSEND))
    total = total + op("least", 0.0, *(equation.weight(name) for name in ETHNICITIES))
    total = total + _smoking(equation)
    for name in CONDITIONS:
        weight = equation.weight(name)
        coded = _CODED.get(name)
        total = total + (op("if", coded.met, weight, op("least", 0.0, weight)) if coded else op("least", 0.0, weight))
    return equation.risk(total)


def _smoking(equation: Equation) -> Expression:
    """By the last status that was coded; how much a smoker smokes is taken as whatever is lowest."""
    status = _smoking_status()
    smokers = op("least", *(equation.weight(name) for name in SMOKERS if name != "ex_smoker"))
    anything = op("least", 0.0, *(equation.weight(name) for name in SMOKERS))
    never = op("if", status["never_smoked"], 0.0, anything)
    ex = op("if", status["ex_smoker"], equation.weight("ex_smoker"), never)
    return op("if", status["smoker"], smokers, ex)


def _smoking_status() -> dict[str, Expression]:
    """For each status, whether the last entry about smoking says so."""
    about = {name: entries(EventKind.RESULT, EventKind.CONDITION, about=(name,)) for name in
             ("smoking_status", "smoker", "ex_smoker", "never_smoked")}  # fmt: skip
    last = about["smoking_status"].last.ord
    return {name: about[name].last.ord.is_(last) for name in ("smoker", "ex_smoker", "never_smoked")}
