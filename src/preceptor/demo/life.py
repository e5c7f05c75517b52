"""One patient while the record is being written: the chart, the body under it, and what has been decided so far."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from preceptor.demo.body import Body
from preceptor.demo.chart import Chart
from preceptor.demo.dice import Dice, working_day
from preceptor.demo.figures import table
from preceptor.demo.moments import years_before
from preceptor.demo.people import Person

YEARS_OF_HISTORY = 10

# What a laboratory sends back for one request form.
PANELS: dict[str, tuple[str, ...]] = {
    "kidneys": ("creatinine", "potassium", "sodium", "urea"),  # and the eGFR that comes with creatinine
    "blood_count": ("haemoglobin", "mcv", "platelets", "white_cell_count"),
    "liver": ("alt", "alp", "bilirubin", "albumin"),
    "lipids": ("cholesterol_total", "cholesterol_hdl"),
    "thyroid": ("tsh",),
    "hba1c": ("hba1c",),
    "urine_acr": ("urine_acr",),
    "inr": ("inr",),
    "bone": ("calcium_adjusted", "alp", "albumin"),
    "ferritin": ("ferritin",),
    "psa": ("psa",),
    "weight": ("weight",),
}
PANELS |= {
    "doac": PANELS["kidneys"] + PANELS["blood_count"] + PANELS["liver"] + ("weight",),
    "dmard": PANELS["blood_count"] + PANELS["kidneys"] + PANELS["liver"],
    "lithium": ("lithium_level", "tsh", "calcium_adjusted", *PANELS["kidneys"]),
    "amiodarone": ("tsh", *PANELS["liver"], *PANELS["kidneys"]),
}


@dataclass(frozen=True, slots=True)
class Result:
    day: date
    value: float
    reference: str


@dataclass(frozen=True, slots=True)
class Medicine:
    concept: str
    product: str
    dose: str
    tests: str  # the panel that watches over it, or ""
    every_days: int


@cache
def medicines() -> dict[str, Medicine]:
    return {
        row["concept"]: Medicine(row["concept"], row["product"], row["dose"], row["tests"], int(row["every_days"] or 0))
        for row in table("medicines.csv")
    }


class Life:
    """What a story may write to. Everything goes through here, so that later parts know what is already there."""

    def __init__(self, person: Person, monday: date, dice: Dice) -> None:
        self.person = person
        self.monday = monday
        self.dice = dice
        self.chart = Chart(person, monday)
        self.body = Body(person, monday, dice)
        self.age = person.age_on(monday)
        self.problems: dict[str, str] = {}  # concept to the reference of its entry
        self.since: dict[str, date] = {}  # concept of a problem or a medicine to its first day
        self.takes: dict[str, str] = {}  # concept of a current medicine to the reference of its entry
        self.results: dict[str, list[Result]] = defaultdict(list)
        self.barred: set[str] = set()  # problems, medicines and kinds of care that would spoil a story
        self.withheld: dict[str, date] = {}  # a test that is not done again after this day
        self.kidneys_watched = False  # kidney tests are already written, as CKD asks for

    def ago(self, *, days: int = 0, months: float = 0, years: float = 0) -> date:
        """A weekday so long before the Monday, but not before birth."""
        day = (
            self.monday - timedelta(days=days + round(months * 30.44))
            if not years
            else years_before(self.monday, years)
        )
        return max(self.person.born, working_day(min(day, self.monday - timedelta(days=1))))

    @property
    def history_starts(self) -> date:
        return max(self.person.born, self.ago(years=YEARS_OF_HISTORY))

    def diagnose(self, concept: str, onset: date, text: str = "", note: str = "", ended: date | None = None) -> str:
        reference = self.chart.condition(concept, onset, text, note=note, ended=ended)
        if not ended:
            self.problems[concept] = reference
            self.since[concept] = onset
        return reference

    def prescribe(
        self,
        concept: str,
        since: date,
        until: date | None = None,
        *,
        product: str = "",
        dose: str = "",
        every: int = 84,
    ) -> list[str]:
        """Authorise a medicine and write its prescriptions of the last 14 months. Its own entry comes first."""
        known = medicines()[concept]
        product, dose = product or known.product, dose or known.dose
        written = [self.chart.medicine(concept, product, dose, since, until)]
        if not until:
            self.takes[concept] = written[0]
            self.since[concept] = since
        last = until or self.monday
        day = max(since, self.ago(months=14)) + timedelta(days=self.dice.whole(0, 20))
        while day < last:
            written.append(self.chart.issue(concept, product, dose, day, every))
            day += timedelta(days=every)
        return written

    def test(self, day: date, *panels: str) -> dict[str, str]:
        """Take blood (or weigh): writes what each panel measures, except what a story withholds."""
        written: dict[str, str] = {}
        for concept in dict.fromkeys(concept for panel in panels for concept in PANELS[panel]):
            if day > self.withheld.get(concept, self.monday):
                continue
            value = self.body.measure(concept, day, self.dice)
            written[concept] = self.result(concept, day, value)
            if concept == "creatinine":
                written["egfr"] = self.result("egfr", day, self.body.egfr_from(value, day))
        return written

    def result(self, concept: str, day: date, value: float, note: str = "") -> str:
        reference = self.chart.result(concept, day, value, note=note)
        self.results[concept].append(Result(day, value, reference))
        return reference

    def blood_pressure(self, day: date) -> str:
        systolic = self.body.measure("systolic_bp", day, self.dice)
        diastolic = self.body.measure("diastolic_bp", day, self.dice)
        return self.chart.blood_pressure(day, int(systolic), int(min(diastolic, systolic - 25)))
