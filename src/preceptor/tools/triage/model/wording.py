"""A case as the model reads it: who it is, what the record holds that matters, then the request in its own words."""

from __future__ import annotations

from preceptor.advice import Case, EventKind
from preceptor.tools.triage import facts

# What of a record changes how soon somebody should act, by concept or any narrower one.
MATTERS: dict[str, tuple[str, ...]] = {
    "pregnant": ("pregnant",),
    "blood thinner": ("anticoagulant",),
    "low immunity": (
        "immunosuppressant", "immunosuppressed", "dmard", "organ_transplant", "asplenia", "leukaemia", "lymphoma",
        "hiv",
    ),
    "chemotherapy": ("chemotherapy",),
    "cancer": ("cancer",),
    "diabetes": ("diabetes",),
    "insulin": ("insulin",),
    "long-term steroids": ("oral_corticosteroid",),
    "adrenal insufficiency": ("adrenal_insufficiency",),
    "heart disease": ("coronary_heart_disease",),
    "heart failure": ("heart_failure",),
    "atrial fibrillation": ("atrial_fibrillation",),
    "stroke": ("cerebrovascular_disease",),
    "clot before": ("dvt", "pulmonary_embolism"),
    "asthma": ("asthma",),
    "copd": ("copd",),
    "kidney disease": ("ckd_stage_3_to_5", "dialysis"),
    "epilepsy": ("epilepsy",),
    "dementia": ("dementia",),
    "frailty": ("frailty",),
    "parkinsons": ("parkinsons_disease",),
    "lithium": ("lithium",),
    "clozapine": ("clozapine",),
    "combined pill or hrt": ("combined_pill", "hrt"),
    "bipolar disorder": ("bipolar_disorder",),
    "schizophrenia": ("schizophrenia",),
    "alcohol dependence": ("alcohol_dependence",),
}  # fmt: skip


def as_read(case: Case) -> str:
    """What the model reads: "54 year old female. record: blood thinner. I hit my head". Empty without text."""
    if case.request is None or not case.request.text.strip():
        return ""
    words = case.request.text.encode("utf-8", "replace").decode()  # half a character cannot be read
    return " ".join([*beginning(case).split(), *words.split()])


def beginning(case: Case) -> str:
    """Who it is and what the record holds that matters: "54 year old female. record: blood thinner."."""
    age = case.request.age if case.request else None
    sex = case.request.sex if case.request else None
    if case.record is not None:
        age = case.record.patient.age_on(case.as_of.date()) if age is None else age
        sex = sex or case.record.patient.sex
    who = " ".join(word for word in (_age(age), sex if sex in ("female", "male") else "") if word)
    held = matters(case)
    return " ".join([f"{who}." if who else "", f"record: {', '.join(held)}." if held else ""]).strip()


def matters(case: Case) -> tuple[str, ...]:
    """What the record holds that may change how soon, in the order of the table."""
    events = facts.active(case, EventKind.CONDITION, EventKind.MEDICATION)
    held = {event.concept for event in events}
    return tuple(words for words, slugs in MATTERS.items() if not held.isdisjoint(facts.covered_by(*slugs)))


def _age(age: float | None) -> str:
    if age is None:
        return ""
    if age < 0.25:
        return f"{round(age * 52)} week old baby"
    if age < 2:
        return f"{round(age * 12)} month old"
    return f"{int(age)} year old"
