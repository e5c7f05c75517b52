"""Reviews and tests: yearly for long-term problems, and as often as the medicines ask for."""

from __future__ import annotations

from datetime import date, timedelta

from preceptor.demo.dice import working_day
from preceptor.demo.life import Life, medicines


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
