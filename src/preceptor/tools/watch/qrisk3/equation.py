"""The equation. None as soon as one input is missing: nothing is ever filled in."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from preceptor.tools.watch.nodes import Expression, const, op

# ClinRisk's additional terms: to be held together with every score, and shown with it.
DISCLAIMER = (
    "The initial version of this file, to be found at http://svn.clinrisk.co.uk/opensource/qrisk2, faithfully "
    "implements QRISK3-2017. ClinRisk Ltd. have released this code under the GNU Lesser General Public License to "
    "enable others to implement the algorithm faithfully. However, the nature of the GNU Lesser General Public "
    "License is such that we cannot prevent, for example, someone accidentally altering the coefficients, getting the "
    "inputs wrong, or just poor programming. ClinRisk Ltd. stress, therefore, that it is the responsibility of the "
    "end user to check that the source that they receive produces the same results as the original code found at "
    "https://qrisk.org. Inaccurate implementations of risk scores can lead to wrong patients being given the wrong "
    "treatment."
)

ETHNICITIES = (
    "indian", "pakistani", "bangladeshi", "other_asian", "black_caribbean", "black_african", "chinese",
    "other_ethnic_group",
)  # fmt: skip
SMOKERS = ("ex_smoker", "light_smoker", "moderate_smoker", "heavy_smoker")
CONDITIONS = (
    "atrial_fibrillation", "atypical_antipsychotic", "regular_steroids", "erectile_dysfunction", "migraine",
    "rheumatoid_arthritis", "ckd_3_5", "severe_mental_illness", "sle", "treated_hypertension", "type1_diabetes",
    "type2_diabetes", "family_history_cvd_lt60",
)  # fmt: skip


@dataclass(frozen=True)
class Sex:
    """What differs between the two equations: survival without any risk, and what the measures are centred on."""

    name: str
    survival: float
    age_1: float
    age_2: float
    bmi_1: float
    bmi_2: float
    cholesterol_ratio: float
    systolic: float
    systolic_deviation: float
    townsend: float


FEMALE = Sex(
    "female", 0.988876402378082, 0.053274843841791, 4.332503318786621, 0.154946178197861, 0.144462317228317,
    3.476326465606690, 123.130012512207030, 9.002537727355957, 0.392308831214905,
)  # fmt: skip
MALE = Sex(
    "male", 0.977268040180206, 0.234766781330109, 77.284080505371094, 0.149176135659218, 0.141913309693336,
    4.300998687744141, 128.571578979492190, 8.756621360778809, 0.526304900646210,
)  # fmt: skip


@dataclass(frozen=True)
class Inputs:
    """Age in years (25 to 84), sex "male" or "female", BMI in kg/m2, systolic pressure and the standard deviation of
    two readings or more in mmHg, Townsend's score of deprivation. `ethnicity`: one of `ETHNICITIES`, "white" or
    "not_stated"; `smoking`: one of `SMOKERS` or "non_smoker". `conditions`: 1 or 0 for each of `CONDITIONS`.
    """

    age: Expression
    sex: Expression
    bmi: Expression
    cholesterol_ratio: Expression
    systolic: Expression
    systolic_deviation: Expression
    townsend: Expression
    ethnicity: Expression
    smoking: Expression
    conditions: Mapping[str, Expression]


class Equation:
    """One sex's equation, at an age."""

    def __init__(self, sex: Sex, age: Expression) -> None:
        self.sex = sex
        tens = age / 10.0
        self.age_1 = (op("pow", tens, -2.0) if sex is FEMALE else op("pow", tens, -1.0)) - sex.age_1
        self.age_2 = (tens if sex is FEMALE else op("pow", tens, 3.0)) - sex.age_2

    def weight(self, name: str) -> Expression:
        """What one unit of an input adds to the sum at this age."""
        alone, by_age_1, by_age_2 = _coefficients()[self.sex.name, name]
        weight = const(alone)
        if by_age_1 or by_age_2:
            weight = weight + self.age_1 * by_age_1 + self.age_2 * by_age_2
        return weight

    def of_age(self) -> Expression:
        return self.weight("age_1") * self.age_1 + self.weight("age_2") * self.age_2

    def of_bmi(self, bmi: Expression) -> Expression:
        tens = bmi / 10.0
        squared = op("pow", tens, -2.0)
        return (squared - self.sex.bmi_1) * self.weight("bmi_1") + (
            squared * op("ln", tens) - self.sex.bmi_2
        ) * self.weight("bmi_2")

    def of_measure(self, name: str, value: Expression) -> Expression:
        return (value - float(getattr(self.sex, name))) * self.weight(name)

    def of_choice(self, chosen: Expression, choices: tuple[str, ...], nothing: tuple[str, ...]) -> Expression:
        """What the choice that was made adds; None for a choice that there is not."""
        added: Expression = op("if", op("in", chosen, *nothing), 0.0)
        for name in choices:
            added = op("if", chosen.is_(name), self.weight(name), added)
        return added

    def risk(self, total: Expression) -> Expression:
        """In percent."""
        return (1.0 - op("pow", self.sex.survival, op("exp", total))) * 100.0


def qrisk3(inputs: Inputs) -> Expression:
    """The risk of the next ten years, in percent; None when any input is missing, or the age is not 25 to 84."""
    risks = [_risk(Equation(sex, inputs.age), inputs) for sex in (MALE, FEMALE)]
    risk = op("if", inputs.sex.is_("male"), risks[0], op("if", inputs.sex.is_("female"), risks[1]))
    return op("if", (inputs.age >= 25) & (inputs.age <= 84), risk)


def _risk(equation: Equation, inputs: Inputs) -> Expression:
    total = equation.of_age() + equation.of_bmi(inputs.bmi)
    for name in ("cholesterol_ratio", "systolic", "systolic_deviation", "townsend"):
        total = total + equation.of_measure(name, getattr(inputs, name))
    total = total + equation.of_choice(inputs.ethnicity, ETHNICITIES, ("white", "not_stated"))
    total = total + equation.of_choice(inputs.smoking, SMOKERS, ("non_smoker",))
    for name in CONDITIONS:
        total = total + equation.weight(name) * inputs.conditions[name]
    return equation.risk(total)


@cache
def _coefficients() -> dict[tuple[str, str], tuple[float, float, float]]:
    """(sex, input): alone, by age_1, by age_2."""
    text = (files(__package__) / "coefficients.csv").read_text(encoding="utf-8")
    return {
        (sex, row["input"]): (
            float(row[sex] or 0),
            float(row[f"{sex}_by_age_1"] or 0),
            float(row[f"{sex}_by_age_2"] or 0),
        )
        for row in csv.DictReader(text.splitlines())
        for sex in ("female", "male")
    }
