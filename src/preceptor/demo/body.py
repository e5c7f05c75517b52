"""The steady truth under a patient's results, and the scatter that every measurement adds to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from preceptor.demo.dice import Dice
from preceptor.demo.figures import figure, variation
from preceptor.demo.people import Person

Level = Callable[[date], float]

# (lowest, highest, decimals) of a result in the background. What is outside belongs to a planted situation, so that
# the truth file can say that it lists them all.
_BACKGROUND: dict[str, tuple[float, float, int]] = {
    "haemoglobin": (118, 168, 0),
    "mcv": (82, 98, 0),
    "platelets": (165, 390, 0),
    "white_cell_count": (4.0, 10.8, 1),
    "creatinine": (30, 900, 0),
    "potassium": (3.6, 5.3, 1),
    "sodium": (135, 145, 0),
    "urea": (2.5, 45, 1),
    "alt": (8, 52, 0),
    "alp": (35, 125, 0),
    "bilirubin": (3, 20, 0),
    "albumin": (36, 49, 0),
    "calcium_adjusted": (2.21, 2.58, 2),
    "hba1c": (28, 46, 0),
    "cholesterol_total": (2.4, 9.0, 1),
    "cholesterol_hdl": (0.7, 2.8, 1),
    "tsh": (0.4, 4.2, 2),
    "free_t4": (10.0, 20.0, 1),
    "ferritin": (35, 300, 0),
    "psa": (0.2, 3.0, 1),
    "urine_acr": (0.3, 250, 1),
    "lithium_level": (0.45, 0.75, 2),
    "crp": (1, 8, 0),
    "vitamin_d": (30, 120, 0),
    "vitamin_b12": (220, 700, 0),
    "folate": (4.0, 20.0, 1),
    "inr": (2.0, 3.0, 1),
    "weight": (2.5, 190, 1),
    "systolic_bp": (92, 168, 0),
    "diastolic_bp": (52, 96, 0),
}


class Body:
    """True levels by concept. A story may replace `levels`; `free` lists those that it drives out of range."""

    def __init__(self, person: Person, monday: date, dice: Dice) -> None:
        self.person = person
        self.monday = monday
        self.free: set[str] = set()
        self.levels: dict[str, Level] = {}
        self._egfr: Level = _healthy_kidneys(person, dice.normal(0, 7))
        female = person.sex == "female"
        child = person.age_on(monday) < 16
        for concept, value in {
            "haemoglobin": dice.normal(126 if child else 133 if female else 148, 5),
            "mcv": dice.normal(90, 2.2),
            "platelets": dice.normal(250, 30),
            "white_cell_count": dice.normal(6.8, 0.9),
            "potassium": dice.normal(4.3, 0.18),
            "sodium": dice.normal(140, 1.2),
            "alt": dice.normal(22, 5),
            "alp": dice.normal(74, 12),
            "bilirubin": dice.normal(9, 2),
            "albumin": dice.normal(42, 1.5),
            "calcium_adjusted": dice.normal(2.37, 0.03),
            "hba1c": dice.normal(36.5, 1.6),
            "cholesterol_total": dice.normal(5.2, 0.6),
            "cholesterol_hdl": dice.normal(1.6 if female else 1.3, 0.2),
            "tsh": dice.normal(1.9, 0.4),
            "free_t4": dice.normal(15, 1.2),
            "ferritin": dice.normal(90, 20),
            "psa": dice.normal(1.2, 0.3),
            "urine_acr": dice.between(0.4, 1.6),
            "lithium_level": dice.normal(0.6, 0.04),
            "crp": 3.0,
            "vitamin_d": dice.normal(55, 10),
            "vitamin_b12": dice.normal(400, 60),
            "folate": dice.normal(9, 2),
            "inr": 2.5,
            "systolic_bp": dice.normal(124, 7),
            "diastolic_bp": dice.normal(75, 4),
        }.items():
            self.steady(concept, value)
        self.height_m = dice.normal(1.63 if female else 1.76, 0.06)
        bmi = dice.normal(26.5, 3.4)
        self.steady("weight", bmi * self.height_m**2)

    def steady(self, concept: str, value: float) -> None:
        self.levels[concept] = lambda _day: value

    def drifting(self, concept: str, level: Level) -> None:
        """A story drives this concept: the limits of the background no longer hold for it."""
        self.levels[concept] = level
        self.free.add(concept)

    def kidneys(self, level: Level) -> None:
        self._egfr = level
        self.free.add("egfr")
        self.levels["haemoglobin"] = _paler(self.levels["haemoglobin"], level)

    def egfr(self, day: date) -> float:
        return self._egfr(day)

    def measure(self, concept: str, day: date, dice: Dice) -> float:
        """A result: the level of that day, with within-person and analytical scatter, rounded as it is reported."""
        if concept == "creatinine":
            true = creatinine_for(self._egfr(day), self.person, day)
        elif concept == "urea":
            true = min(40.0, 5.2 * (90 / max(self._egfr(day), 6)) ** 0.7)
        else:
            true = self.levels[concept](day)
        spread = variation("hba1c_without_diabetes" if concept == "hba1c" and true < 42 else concept)
        value = true * (1 + dice.normal(0, spread))
        low, high, decimals = _BACKGROUND[concept]
        if concept not in self.free:
            if concept == "haemoglobin" and self.person.sex == "male" and self.person.age_on(day) >= 16:
                low += 14
            value = min(max(value, low), high)
        rounded = round(value, decimals)
        return rounded if decimals else int(rounded)

    def egfr_from(self, creatinine: float, day: date) -> int:
        value = ckd_epi_2009(creatinine, self.person.sex, self.person.age_on(day))
        return round(value if "egfr" in self.free else max(value, 62))


def ckd_epi_2009(creatinine: float, sex: str, age: float) -> float:
    """eGFR in ml/min/1.73m2 from creatinine in umol/L: CKD-EPI 2009, no ethnicity term, as UK laboratories do."""
    kappa, alpha, factor = (0.7, -0.329, 1.018) if sex == "female" else (0.9, -0.411, 1.0)
    ratio = creatinine / 88.4 / kappa
    return float(141 * min(ratio, 1.0) ** alpha * max(ratio, 1.0) ** -1.209 * 0.993**age * factor)


def creatinine_for(egfr: float, person: Person, day: date) -> float:
    """The creatinine in umol/L at which CKD-EPI 2009 gives this eGFR."""
    kappa, alpha, factor = (0.7, -0.329, 1.018) if person.sex == "female" else (0.9, -0.411, 1.0)
    at_kappa = 141 * 0.993 ** person.age_on(day) * factor
    exponent = 1 / 1.209 if egfr < at_kappa else -1 / alpha
    return float(88.4 * kappa * (at_kappa / egfr) ** exponent)


def declining_kidneys(now: float, monday: date, pace: float = 1.0, ceiling: float = 78.0) -> Level:
    """eGFR that falls at the National CKD Audit's slope of each stage, `pace` times, and is `now` on `monday`."""

    def level(day: date) -> float:
        value, years = now, (monday - day).days / 365.25
        for floor, name in ((15, "ckd_slope_stage_5"), (30, "ckd_slope_stage_4"), (200, "ckd_slope_stage_3")):
            if value >= floor:
                continue
            slope = -figure(name) * pace
            rise = min(slope * years, floor - value)
            value, years = value + rise, years - rise / slope
        return min(value, ceiling)

    return level


def _healthy_kidneys(person: Person, above: float) -> Level:
    def level(day: date) -> float:
        return max(70.0, min(125.0, 118 - 0.6 * max(0.0, person.age_on(day) - 25) + above))

    return level


def _paler(haemoglobin: Level, egfr: Level) -> Level:
    """Haemoglobin goes down a little with the kidneys: up to 14 g/L in stage 5 (own choice)."""
    return lambda day: haemoglobin(day) - max(0.0, min(14.0, (55 - egfr(day)) * 0.3))
