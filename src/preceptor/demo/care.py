"""The ordinary care of a practice: problems, medicines that fit them, tests that fit those, contacts, vaccines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from preceptor.demo import kidneys
from preceptor.demo.dice import working_day
from preceptor.demo.figures import figure, table
from preceptor.demo.life import Life, medicines
from preceptor.demo.moments import uk_time

BANDS = (0, 18, 40, 65, 80)

# Of each group, at most one at a time.
_ONE_OF = (
    {"ramipril", "losartan"},
    {"apixaban", "edoxaban", "rivaroxaban", "warfarin"},
    {"sertraline", "citalopram", "mirtazapine"},
    {"desogestrel", "combined_pill"},
)
ANTICOAGULANTS = _ONE_OF[1]

# A medicine that is not given beside a problem or another medicine: the background makes no drug hazard, so that the
# truth file lists them all.
_NOT_BESIDE: dict[str, set[str]] = {
    "aspirin": ANTICOAGULANTS | {"clopidogrel"},
    "clopidogrel": ANTICOAGULANTS,
    "naproxen": ANTICOAGULANTS
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
    sex: str
    medicines: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Contact:
    low: float
    high: float
    sex: str
    by: str
    words: str


@cache
def problems() -> tuple[Problem, ...]:
    return tuple(
        Problem(
            row["concept"],
            row["text"],
            tuple(float(row[f"from_{band}"]) for band in BANDS),
            row["sex"],
            tuple(
                (name, float(share)) for name, _, share in (m.partition(":") for m in row["medicines"].split("|") if m)
            ),
        )
        for row in table("conditions.csv")
    )


@cache
def _contacts() -> tuple[Contact, ...]:
    return tuple(
        Contact(float(row["from"]), float(row["to"]), row["sex"], row["by"], row["words"])
        for row in table("contacts.csv")
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
        years = min(life.age * 0.8, life.dice.between(0.4, 14 if life.age < 60 else 22))
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
                life.prescribe(name, max(life.since[problem.concept], life.person.born))
    if "naproxen" in life.takes and "omeprazole" not in life.takes:
        life.prescribe("omeprazole", life.since["naproxen"])


def _suits(life: Life, name: str) -> bool:
    if name in life.barred or name in life.takes:
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


def monitor(life: Life) -> None:
    """Reviews and blood tests: yearly for long-term problems, and as often as the medicines ask for."""
    if "monitoring" in life.barred:
        return
    panels: dict[str, tuple[int, date]] = {}

    def ask(panel: str, every: int, since: date) -> None:
        before = panels.get(panel)
        panels[panel] = (min(every, before[0]), min(since, before[1])) if before else (every, since)

    for name in life.takes:
        medicine = medicines()[name]
        if medicine.tests and f"tests:{name}" not in life.barred:
            ask(medicine.tests, medicine.every_days, life.since[name])
    for concept in ("diabetes_type_2", "diabetes_type_1"):
        if concept in life.problems:
            for panel in ("hba1c", "kidneys", "lipids", "weight"):
                ask(panel, 365, life.since[concept])
            ask("hba1c", 240, life.since[concept])
            if life.dice.chance(0.7):
                ask("urine_acr", 365, life.since[concept])
    if "hypertension" in life.problems:
        ask("kidneys", 500, life.since["hypertension"])
    if "atrial_fibrillation" in life.problems or "heart_failure" in life.problems:
        ask("blood_count", 420, life.ago(years=5))
    if life.kidneys_watched:
        panels.pop("kidneys", None)
    for panel, (every, since) in panels.items():
        _repeat(life, panel, every, since)
    _now_and_then(life)
    _pressures(life)


def _repeat(life: Life, panel: str, every: int, since: date) -> None:
    first = max(since, life.history_starts, life.ago(years=3) if every < 130 else life.history_starts)
    day = first + timedelta(days=life.dice.whole(0, max(1, every // 3)))
    while day < life.monday:
        life.test(working_day(day) if working_day(day) >= life.person.born else day, panel)
        day += timedelta(days=int(every * life.dice.between(0.82, 0.98)))


def _now_and_then(life: Life) -> None:
    """Blood tests for one reason or another: more with age. Tuned so that the practice comes near 4.9 tests a year."""
    if life.age < 12:
        return
    rate = 0.22 if life.age < 40 else 0.45 if life.age < 65 else 0.6
    day = life.history_starts + timedelta(days=life.dice.whole(0, 900))
    while day < life.monday:
        if life.dice.chance(rate) and (life.monday - day).days > 20 and life.person.age_on(day) >= 12:
            taken = working_day(day)
            life.test(
                taken,
                *life.dice.pick(
                    (
                        ("blood_count", "kidneys"),
                        ("blood_count", "kidneys", "liver", "thyroid"),
                        ("blood_count", "ferritin"),
                        ("kidneys", "lipids", "hba1c"),
                    )
                ),
            )
        day += timedelta(days=life.dice.whole(280, 480))


def _pressures(life: Life) -> None:
    if life.age < 25 or "blood_pressure" in life.barred:
        return
    treated = life.since.get("hypertension")
    if treated:
        life.body.steady("systolic_bp", life.dice.normal(137, 5))
        life.body.steady("diastolic_bp", life.dice.normal(80, 4))
    smokes = life.dice.weighted(("Never smoked", "Ex-smoker", "Smoker, ten a day"), (58, 29, 13))
    every = 300 if life.problems.keys() & {"hypertension", "diabetes_type_2", "ckd"} else 365 * 4
    day = life.history_starts + timedelta(days=life.dice.whole(0, every))
    while day < life.monday:
        if life.person.age_on(day) >= 16:
            life.blood_pressure(day)
            if life.dice.chance(0.5):
                life.test(day, "weight")
            if life.dice.chance(0.3):
                life.chart.finding("smoking_status", day, "Smoking status", smokes)
        day += timedelta(days=life.dice.whole(int(every * 0.7), int(every * 1.2)))


def be_seen(life: Life) -> None:
    """Contacts with the practice, thinned for size, and the notes that they leave."""
    rate = figure("appointments_a_year") * figure("appointments_kept")
    rate *= 0.7 if life.age < 40 else 0.95 if life.age < 65 else 1.6
    day = life.history_starts + timedelta(days=life.dice.whole(1, 200))
    while day < life.monday - timedelta(days=10):
        age = life.person.age_on(day)
        fitting = [
            each
            for each in _contacts()
            if each.low <= age <= each.high and (not each.sex or each.sex == life.person.sex)
        ]
        if fitting:
            contact = life.dice.pick(fitting)
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


def correspond(life: Life) -> None:
    """Letters, reports, referrals, messages, flags, plans and allergies that fit the problems and the age."""
    write = {
        "referral": lambda row, day: life.chart.referral(None, day, row["title"], row["words"], status="completed"),
        "letter": lambda row, day: life.chart.letter(day, row["title"], row["words"]),
        "report": lambda row, day: life.chart.report(row["concept"] or None, day, row["title"], row["words"]),
        "procedure": lambda row, day: life.chart.procedure(row["concept"] or None, day, row["title"]),
        "message": lambda row, day: life.chart.message(day, row["words"]),
        "flag": lambda row, day: life.chart.flag(row["words"], day),
        "plan": lambda row, day: life.chart.plan(row["title"], row["words"], day),
        "allergy": lambda row, day: life.chart.allergy(None, row["title"], row["words"], day),
    }
    for row in table("letters.csv"):
        low, high = float(row["from"]), float(row["to"])
        fits = low <= life.age < high and row["sex"] in ("", life.person.sex)
        if not fits or row["what"] in life.barred or (row["problem"] and row["problem"] not in life.problems):
            continue
        if life.dice.chance(float(row["share"])):
            first = max(life.since[row["problem"]] if row["problem"] else life.history_starts, life.history_starts)
            first = max(first, life.ago(years=max(0.1, life.age - low)))
            write[row["what"]](row, life.dice.day(first, life.ago(days=14)))


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
