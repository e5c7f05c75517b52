"""A handful of patients whose page shows what a record can hold. The first is the one of the tutorial."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from preceptor.demo import kidneys
from preceptor.demo.life import Life
from preceptor.demo.moments import uk_time


@dataclass(frozen=True, slots=True)
class Showcase:
    why: str
    age: tuple[float, float]
    sex: str
    live: Callable[[Life], None]


def _three_conditions(life: Life) -> None:
    life.barred |= {"depression", "asthma", "appointment", "monitoring"}
    life.diagnose("hypertension", life.ago(years=11), "Hypertension")
    life.diagnose("diabetes_type_2", life.ago(years=8.2))
    start = life.ago(years=8.2)

    def sugar(day: date) -> float:
        years = (life.monday - day).days / 365.25
        # Rose until a second medicine was added three years ago, then came down, and creeps up again.
        return 52 + (8.2 - years) * 3.2 if years > 3 else 58 + (3 - years) * 1.6

    kidneys.give(life, 44.0, pace=1.0, coded=True, acr=True)
    life.body.drifting("hba1c", sugar)
    for months in (98, 92, 86, 79, 73, 67, 61, 55, 49, 43, 37, 31, 25, 19, 13, 7, 1.4):
        life.test(life.ago(months=months), "hba1c", "lipids", "weight")
    for months in (74, 50, 27, 14):
        life.test(life.ago(months=months), "urine_acr")
    for months in (115, 104, 92, 81, 69, 57, 44, 33, 22, 15, 9, 3):
        life.blood_pressure(life.ago(months=months))
    life.prescribe("ramipril", life.ago(years=10.8), product="Ramipril 10mg capsules")
    life.prescribe("amlodipine", life.ago(years=6))
    life.prescribe("metformin", start)
    life.prescribe("empagliflozin", life.ago(years=3))
    life.prescribe("atorvastatin", life.ago(years=8))
    life.chart.allergy(None, "Penicillin", "Rash as a child", life.ago(years=9))
    life.chart.letter(
        life.ago(months=5),
        "Diabetic eye screening",
        "Background changes in both eyes. No treatment needed. Screening again in one year.",
    )
    life.chart.plan(
        "Diabetes and kidney care plan",
        "Agreed goals: blood pressure below 130/80 at home, walk to work three days a week, HbA1c below 58. "
        "Stop metformin, ramipril and empagliflozin on days of vomiting or diarrhoea.",
        life.ago(months=7),
    )
    life.chart.appointment(
        uk_time(life.monday + timedelta(days=9), 9, 40),
        20,
        "Annual diabetes and kidney review",
        "Practice nurse",
        made=life.ago(days=18),
    )


def _frail(life: Life) -> None:
    life.barred |= {"appointment"}
    life.diagnose("atrial_fibrillation", life.ago(years=6))
    life.diagnose("heart_failure", life.ago(years=3.5))
    kidneys.give(life, 38.0, coded=True, acr=False)
    life.prescribe("apixaban", life.ago(years=6), product="Apixaban 2.5mg tablets")
    life.prescribe("bisoprolol", life.ago(years=6))
    life.prescribe("furosemide", life.ago(years=3.4))
    life.chart.flag(
        "Lives alone. Key safe. Daughter is first contact and has consent to speak for her", life.ago(years=1.2)
    )
    life.chart.plan(
        "Advance care plan",
        "Wishes to be treated at home where this can be done. Rescue furosemide at home: an extra tablet for three "
        "days if weight goes up by 2 kg, and ring the practice.",
        life.ago(months=8),
    )


def _young_asthma(life: Life) -> None:
    life.diagnose("asthma", life.ago(years=17))
    life.diagnose("eczema", life.ago(years=20), "Eczema")
    life.diagnose("hay_fever", life.ago(years=12), "Hay fever")
    for name in ("salbutamol", "beclometasone", "cetirizine"):
        life.prescribe(name, life.ago(years=8))
    life.chart.encounter(
        life.ago(months=7), "Asthma attack after a cold. Prednisolone five days. Peak flow 320 rising to 430"
    )
    life.chart.plan(
        "Asthma action plan",
        "Best peak flow 460. Below 345: four puffs by spacer and ring us. Below 230: 999.",
        life.ago(months=6.5),
    )


def _joint_disease(life: Life) -> None:
    life.barred |= {"ckd", "naproxen"}
    life.diagnose("rheumatoid_arthritis", life.ago(years=5.5), "Rheumatoid arthritis")
    life.prescribe("methotrexate", life.ago(years=5), every=28)
    life.prescribe("folic_acid", life.ago(years=5))
    life.chart.letter(
        life.ago(months=4),
        "Rheumatology clinic letter",
        "In remission on methotrexate 15 mg once a week. Blood tests every 12 weeks with the practice.",
    )


def _new_baby(life: Life) -> None:
    life.barred |= {"appointment"}
    life.chart.letter(
        life.person.born + timedelta(days=2),
        "Discharge from maternity",
        "Born at term, 3.4 kg. Breast fed. No concerns.",
    )


SHOWCASES: tuple[Showcase, ...] = (
    Showcase(
        "54 years old, CKD stage 3, type 2 diabetes and hypertension: ten years of results, a care plan, a letter",
        (54.1, 54.9),
        "female",
        _three_conditions,
    ),
    Showcase(
        "Frail, with heart failure, atrial fibrillation and CKD; a flag and an advance care plan",
        (84, 89),
        "female",
        _frail,
    ),
    Showcase("Asthma since childhood, with an action plan", (24, 31), "male", _young_asthma),
    Showcase("Rheumatoid arthritis on methotrexate, monitored in time", (46, 60), "female", _joint_disease),
    Showcase("A baby of a few months: a short record", (0.3, 0.8), "male", _new_baby),
)
