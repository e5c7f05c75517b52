"""Chronic kidney disease: who has it, how fast it goes, and how often it is left uncoded or without an ACR."""

from __future__ import annotations

from datetime import date, timedelta

from preceptor.demo.body import declining_kidneys
from preceptor.demo.figures import figure
from preceptor.demo.life import Life, Result
from preceptor.demo.truth import Planted

# Share of adults with a true eGFR below 60, by age from: own split, made to meet 7.3% of adults (figures.csv).
_SHARE = ((80, 0.42), (65, 0.19), (40, 0.03), (18, 0.002))
_STAGES: tuple[tuple[float, float, float], ...] = ((46, 57, 0.60), (32, 44, 0.25), (17, 28, 0.12), (9, 14, 0.03))


def perhaps(life: Life) -> None:
    """Chance decides whether this patient has CKD."""
    if "ckd" in life.barred or "egfr" in life.body.free:
        return
    share = next((share for age, share in _SHARE if life.age >= age), 0.0)
    if life.dice.chance(share):
        low, high, _ = life.dice.weighted(_STAGES, [weight for _, _, weight in _STAGES])
        give(
            life,
            life.dice.between(low, high),
            pace=life.dice.between(0.6, 1.4),
            coded=life.dice.chance(figure("ckd_coded")),
            acr=life.dice.chance(figure("ckd_acr_within_a_year")),
        )


def give(life: Life, now: float, *, pace: float = 1.0, coded: bool, acr: bool) -> None:
    """CKD with this eGFR today. Writes the yearly kidney tests, and an ACR of the last year where `acr`."""
    level = declining_kidneys(now, life.monday, pace)
    life.body.kidneys(level)
    albumin = life.dice.between(0.8, 2.5) if life.dice.chance(0.6) else life.dice.between(3.5, 45)
    life.body.steady("urine_acr", albumin)
    life.barred |= {"naproxen", "ckd"}
    life.kidneys_watched = True
    every = 182 if now < 45 else 330
    day = life.history_starts + timedelta(days=life.dice.whole(0, 200))
    last_acr = life.ago(days=life.dice.whole(400, 1100))
    while day < life.monday:
        life.test(day, "kidneys", "blood_count") if now < 45 else life.test(day, "kidneys")
        if day < last_acr and life.dice.chance(0.3):
            life.test(day, "urine_acr")
        day += timedelta(days=every - life.dice.whole(0, 40))
    if life.ago(days=100) > life.results["egfr"][-1].day:
        life.test(life.ago(days=life.dice.whole(5, 90)), "kidneys")
    if acr:
        life.test(life.ago(days=life.dice.whole(20, 330)), "urine_acr")
    else:
        life.withheld["urine_acr"] = life.ago(days=370)
    if coded:
        _code(life, now)


def _code(life: Life, now: float) -> None:
    confirmed = biochemical(life)
    if not confirmed:
        return
    stage, words = (
        ("3a", "CKD stage 3a") if now >= 45 else ("3b", "CKD stage 3b") if now >= 30 else ("4", "CKD stage 4")
    )
    if now < 15:
        stage, words = "5", "CKD stage 5"
    since = min(confirmed[1].day + timedelta(days=20), life.monday - timedelta(days=1))
    life.diagnose(f"ckd_stage_{stage}", since, words)
    life.problems["ckd"] = life.problems[f"ckd_stage_{stage}"]


def biochemical(life: Life) -> tuple[Result, Result] | None:
    """Two eGFR below 60 at least 90 days apart with none of 60 or more since the first, the last one among them."""
    first: Result | None = None
    second: Result | None = None
    for result in sorted(life.results["egfr"], key=lambda each: (each.day, each.reference)):
        if result.value >= 60:
            first = second = None
        elif first is None:
            first = result
        elif second is None and (result.day - first.day).days >= 90:
            second = result
    return (first, second) if first and second else None


def noticed(life: Life) -> list[Planted]:
    """What a careful reader finds at the end: CKD without a code, CKD without an ACR of the last year."""
    found: list[Planted] = []
    pair = biochemical(life)
    coded = life.problems.get("ckd")
    if pair and not coded:
        found.append(Planted("ckd_uncoded", True, (pair[0].reference, pair[1].reference), pair[1].day))
    if pair or coded:
        year_ago = life.monday - timedelta(days=365)
        tests = sorted(life.results["urine_acr"], key=lambda each: (each.day, each.reference))
        recent = [each for each in tests if each.day >= year_ago]
        known_since: date = pair[1].day if pair else life.since.get("ckd", year_ago)
        evidence = tuple(filter(None, (coded, pair and pair[1].reference)))
        if recent:
            found.append(Planted("acr_missing_in_ckd", False, (recent[-1].reference,), None, "tested within a year"))
        else:
            since = max(known_since, tests[-1].day + timedelta(days=365) if tests else known_since)
            found.append(Planted("acr_missing_in_ckd", True, evidence, since))
    return found
