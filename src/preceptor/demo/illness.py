"""Problems that fall on people by age and sex, and medicines that fit them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from preceptor.demo import kidneys
from preceptor.demo.figures import table
from preceptor.demo.life import Life

BANDS = (0, 18, 40, 65, 80)

# Of each group, at most one at a time.
_ONE_OF = (
    {"ramipril", "losartan"},
    {"apixaban", "edoxaban", "rivaroxaban", "warfarin"},
    {"sertraline", "citalopram", "mirtazapine"},
    {"desogestrel", "combined_pill"},
)
_ANTICOAGULANTS = _ONE_OF[1]

_FOR_CHILDREN = {
    "salbutamol",
    "beclometasone",
    "emollient",
    "cetirizine",
    "insulin",
    "levothyroxine",
    "levetiracetam",
    "lamotrigine",
    "lymecycline",
}

# A medicine that is not given beside a problem or another medicine: the background makes no drug hazard, so that the
# truth file lists them all.
_NOT_BESIDE: dict[str, set[str]] = {
    "aspirin": _ANTICOAGULANTS | {"clopidogrel"},
    "clopidogrel": _ANTICOAGULANTS,
    "naproxen": _ANTICOAGULANTS
    | {
        "heart_failure",
        "ckd",
        "hypertension",
        "lithium",
        "methotrexate",
        "aspirin",
        "clopidogrel",
        "coronary_heart_disease",
    },
    "propranolol": {"asthma", "copd"},
    "combined_pill": {"migraine", "hypertension"},
    "methotrexate": {"ckd"},
    "sertraline": {"lithium"},
}


@dataclass(frozen=True, slots=True)
class Problem:
    concept: str
    text: str
    shares: tuple[float, ...]  # by BANDS
    youngest: float  # nobody younger has it
    sex: str
    medicines: tuple[tuple[str, float], ...]


@cache
def problems() -> tuple[Problem, ...]:
    return tuple(
        Problem(
            row["concept"],
            row["text"],
            tuple(float(row[f"from_{band}"]) for band in BANDS),
            float(row["youngest"]),
            row["sex"],
            tuple(
                (name, float(share)) for name, _, share in (m.partition(":") for m in row["medicines"].split("|") if m)
            ),
        )
        for row in table("conditions.csv")
    )


@cache
def wording(concept: str) -> str:
    return next((problem.text for problem in problems() if problem.concept == concept), "")


def fall_ill(life: Life) -> None:
    """Chance gives the problems of this age and sex."""
    band = sum(life.age >= start for start in BANDS) - 1
    for problem in problems():
        struck = life.dice.chance(problem.shares[band])
        if not struck or problem.concept in life.barred or problem.concept in life.problems:
            continue
        if problem.sex and problem.sex != life.person.sex:
            continue
        if life.age < problem.youngest:
            continue
        years = min(0.8 * (life.age - problem.youngest), life.dice.between(0.4, 14 if life.age < 60 else 22))
        life.diagnose(problem.concept, life.ago(years=years), problem.text)
    if life.body.free.isdisjoint({"hba1c"}):
        _sugar(life)
    kidneys.perhaps(life)


def _sugar(life: Life) -> None:
    """HbA1c of somebody with diabetes: in the diabetic range from the diagnosis on, drifting up a little before it."""
    onset = life.since.get("diabetes_type_2") or life.since.get("diabetes_type_1")
    if onset is None:
        return
    now = life.dice.normal(58, 7)

    def level(day: date) -> float:
        if day >= onset:
            return max(49.0, now)
        return max(36.0, 47 - (onset - day).days / 365.25 * 2)

    life.body.drifting("hba1c", level)
    life.body.steady("urine_acr", life.dice.between(0.6, 12))


def treat(life: Life) -> None:
    """Medicines that fit the problems, and none that would be a hazard beside what the patient has and takes."""
    for problem in problems():
        if problem.concept not in life.problems or life.problems[problem.concept] == "":
            continue
        for name, share in problem.medicines:
            if life.dice.chance(share) and _suits(life, name):
                since = max(life.since[problem.concept], life.person.born)
                life.prescribe(name, since)
                if name == "naproxen" and "omeprazole" not in life.takes:
                    life.prescribe("omeprazole", since)


def _suits(life: Life, name: str) -> bool:
    if name in life.barred or name in life.takes or (life.age < 16 and name not in _FOR_CHILDREN):
        return False
    if any(name in group and group & life.takes.keys() for group in _ONE_OF):
        return False
    if name == "naproxen" and life.age >= 62:
        return False
    if name == "metformin" and life.body.egfr(life.monday) < 32:
        return False
    if name == "combined_pill" and life.age >= 40:
        return False
    beside = life.problems.keys() | life.takes.keys()
    if any(beside & others for first, others in _NOT_BESIDE.items() if first == name):
        return False
    return not any(name in others and first in life.takes for first, others in _NOT_BESIDE.items())
