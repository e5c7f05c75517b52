"""Being seen: contacts with the practice, reviews, vaccines and appointments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from preceptor.demo.dice import working_day
from preceptor.demo.figures import figure, table
from preceptor.demo.life import Life
from preceptor.demo.moments import uk_time


@dataclass(frozen=True, slots=True)
class Contact:
    low: float
    high: float
    sex: str
    by: str
    words: str


@cache
def _contacts() -> tuple[Contact, ...]:
    return tuple(
        Contact(float(row["from"]), float(row["to"]), row["sex"], row["by"], row["words"])
        for row in table("contacts.csv")
    )


def be_seen(life: Life) -> None:
    """Contacts with the practice, thinned for size, and the notes that they leave."""
    rate = figure("appointments_a_year") * figure("appointments_kept")
    rate *= 0.7 if life.age < 40 else 0.95 if life.age < 65 else 1.6
    day = life.history_starts + timedelta(days=life.dice.whole(1, 200))
    seen_for: dict[str, date] = {}  # nobody comes for the same thing again so soon
    while day < life.monday - timedelta(days=10):
        age = life.person.age_on(day)
        fitting = [
            each
            for each in _contacts()
            if each.low <= age <= each.high
            and (not each.sex or each.sex == life.person.sex)
            and (each.words not in seen_for or (day - seen_for[each.words]).days > 1000)
        ]
        if fitting:
            contact = life.dice.pick(fitting)
            seen_for[contact.words] = day
            seen = max(life.person.born, working_day(day))
            mode = "AMB" if life.dice.chance(0.66) else "VR"
            life.chart.encounter(seen, contact.words, by=contact.by, mode=mode, hour=life.dice.whole(8, 17))
        day += timedelta(days=int(life.dice.between(0.3, 1.7) * 365 / rate))
    _reviews(life)


_REVIEWS = {
    "diabetes_type_2": "Annual diabetes review. Feet checked: low risk. Goals agreed",
    "asthma": "Asthma review. Inhaler technique checked, no night symptoms",
    "copd": "COPD review. MRC breathlessness 2, inhaler technique checked",
    "hypertension": "Blood pressure review. Tablets agree with patient",
    "depression": "Mood review. Stable on treatment, no thoughts of self-harm",
    "rheumatoid_arthritis": "Shared care: blood tests seen, joints quiet",
    "dementia": "Dementia review with carer. Care plan updated",
    "heart_failure": "Heart failure review. Weight steady, no ankle swelling",
    "epilepsy": "Epilepsy review. No seizures in the year",
}


def _reviews(life: Life) -> None:
    for concept, words in _REVIEWS.items():
        if concept not in life.problems:
            continue
        day = max(life.since[concept], life.ago(years=4)) + timedelta(days=life.dice.whole(60, 360))
        while day < life.monday - timedelta(days=7):
            if life.dice.chance(0.8):
                life.chart.encounter(working_day(day), words, by="Nurse", hour=life.dice.whole(9, 16))
            day += timedelta(days=life.dice.whole(340, 400))


def vaccinate(life: Life) -> None:
    chart, born = life.chart, life.person.born
    for weeks, name in (
        (8, "6-in-1 vaccine, first dose"),
        (12, "6-in-1 vaccine, second dose"),
        (16, "6-in-1 vaccine, third dose"),
        (53, "MMR vaccine, first dose"),
        (174, "MMR vaccine, second dose"),
    ):
        day = born + timedelta(weeks=weeks, days=life.dice.whole(0, 20))
        if life.history_starts <= day < life.monday and life.dice.chance(0.92):
            chart.immunisation(None, name, day)
    at_risk = life.problems.keys() & {"asthma", "copd", "diabetes_type_2", "diabetes_type_1", "heart_failure", "ckd"}
    if life.age >= 65 or at_risk:
        for years in range(1, 6):
            day = date(life.monday.year - years, 10, 1) + timedelta(days=life.dice.whole(0, 45))
            if day > born and life.dice.chance(0.76):
                chart.immunisation("influenza_vaccination", "Influenza vaccine", working_day(day))
    if life.age >= 75 and life.dice.chance(0.6):
        chart.immunisation(None, "Shingles vaccine", life.ago(years=life.dice.between(0.5, 4)))


_TO_COME: tuple[tuple[str, str, str], ...] = (
    ("diabetes_type_2", "Annual diabetes review", "Practice nurse"),
    ("hypertension", "Blood pressure review", "Practice nurse"),
    ("asthma", "Asthma review", "Practice nurse"),
    ("copd", "COPD review", "Practice nurse"),
    ("depression", "Medication review", "Clinical pharmacist"),
    ("", "Blood test", "Health care assistant"),
    ("", "Routine appointment", "GP"),
    ("", "Ear irrigation", "Practice nurse"),
)


def appointments(life: Life) -> None:
    """Some of the last year, kept or missed, and one to come for about 8% of the list."""
    dice = life.dice
    for _ in range(dice.whole(0, 2)):
        day = life.ago(days=dice.whole(10, 360))
        if day > life.person.born:
            status = "noshow" if dice.chance(0.06) else "cancelled" if dice.chance(0.05) else "fulfilled"
            words = "Routine appointment" if life.age >= 2 else "Baby clinic"
            moment = uk_time(day, dice.whole(8, 17), dice.whole(0, 5) * 10)
            life.chart.appointment(moment, 10, words, "GP", made=day, status=status)
    wanted = dice.chance(figure("booked_ahead"))
    if not wanted or "appointment" in life.barred or life.age < 18:
        return
    fitting = [(words, who) for concept, words, who in _TO_COME if not concept or concept in life.problems]
    words, who = dice.pick(fitting)
    day = working_day(life.monday + timedelta(days=dice.whole(2, 28)))
    made = life.ago(days=dice.whole(1, 30))
    life.chart.appointment(uk_time(day, dice.whole(9, 16), dice.whole(0, 5) * 10), 10, words, who, made=made)
