"""The paper of a practice: letters, reports, referrals, messages, flags, plans, past problems and allergies."""

from __future__ import annotations

from datetime import timedelta

from preceptor.demo.figures import table
from preceptor.demo.life import Life


def correspond(life: Life) -> None:
    """Letters, reports, referrals, messages, flags, plans, past problems and allergies, by problem, age and sex."""
    write = {
        "referral": lambda row, day: life.chart.referral(None, day, row["title"], row["words"], status="completed"),
        "letter": lambda row, day: life.chart.letter(day, row["title"], row["words"]),
        "report": lambda row, day: life.chart.report(row["concept"] or None, day, row["title"], row["words"]),
        "procedure": lambda row, day: life.chart.procedure(row["concept"] or None, day, row["title"]),
        "message": lambda row, day: life.chart.message(day, row["words"]),
        "flag": lambda row, day: life.chart.flag(row["words"], day),
        "plan": lambda row, day: life.chart.plan(row["title"], row["words"], day),
        "past": lambda row, day: life.chart.condition(
            row["concept"], day, row["title"], ended=day + timedelta(days=10)
        ),
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
