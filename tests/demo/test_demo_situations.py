"""What is planted: that it is where the truth file says, that it is what it is called, and that it is all there is.

The definitions are applied here a second time, to the files alone and in other words than the generator's: what they
find must be the planted ones exactly, for every kind that is listed as complete.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest

from demo.demo_files import MONDAY, Made, built, concept_in, patient_of
from preceptor.demo.situations import SITUATIONS


@pytest.fixture(scope="module")
def made() -> Made:
    return built()


class Reader:
    """One patient's entries, as a person with the files and a ruler would read them."""

    def __init__(self, resources: list[dict[str, Any]]) -> None:
        self._resources = resources
        self._results: dict[str | None, list[tuple[date, float]]] = defaultdict(list)
        for each in resources:
            if each["resourceType"] == "Observation" and "valueQuantity" in each:
                day = date.fromisoformat(each["effectiveDateTime"][:10])
                self._results[concept_in(each["code"])].append((day, each["valueQuantity"]["value"]))
        self.patient = next(each for each in resources if each["resourceType"] == "Patient")
        self.age = (MONDAY - date.fromisoformat(self.patient["birthDate"])).days / 365.25

    def results(self, concept: str) -> list[tuple[date, float]]:
        return sorted(self._results.get(concept, ()))

    def pressures(self) -> list[tuple[date, float]]:
        return sorted(
            (date.fromisoformat(each["effectiveDateTime"][:10]), each["component"][0]["valueQuantity"]["value"])
            for each in self._resources
            if each["resourceType"] == "Observation" and "component" in each
        )

    def problem(self, *starts: str) -> bool:
        return any(
            (concept_in(each["code"]) or "").startswith(starts)
            for each in self._resources
            if each["resourceType"] == "Condition" and each["clinicalStatus"]["coding"][0]["code"] == "active"
        )

    def issued(self, *names: str, within: int, before: int = -1) -> bool:
        """A prescription of one of these by name, at most `within` days ago and more than `before`."""
        return any(
            before < (MONDAY - date.fromisoformat(each["authoredOn"])).days <= within
            and any(name in each["medicationCodeableConcept"]["text"].lower() for name in names)
            and "gel" not in each["medicationCodeableConcept"]["text"].split()
            for each in self._resources
            if each["resourceType"] == "MedicationRequest" and each["intent"] == "order"
        )

    def referred(self) -> bool:
        return any(each["resourceType"] == "ServiceRequest" for each in self._resources)

    def reports(self, title: str) -> list[str]:
        return [
            each["conclusion"]
            for each in sorted(
                (each for each in self._resources if each["resourceType"] == "DiagnosticReport"),
                key=lambda each: str(each["effectiveDateTime"]),
            )
            if each["code"]["text"] == title
        ]


def days_ago(day: date) -> int:
    return (MONDAY - day).days


def last(results: list[tuple[date, float]]) -> tuple[date, float] | None:
    return results[-1] if results else None


def stale(results: list[tuple[date, float]], days: int) -> bool:
    latest = last(results)
    return latest is not None and days_ago(latest[0]) > days


def raised_psa(r: Reader) -> bool:
    limit = 3.5 if r.age < 60 else 4.5 if r.age < 70 else 6.5
    latest = last(r.results("psa"))
    return latest is not None and latest[1] > limit and days_ago(latest[0]) > 60 and not r.referred()


def high_potassium(r: Reader) -> bool:
    latest = last(r.results("potassium"))
    return latest is not None and latest[1] >= 5.8 and days_ago(latest[0]) > 14


def uncoded_diabetes(r: Reader) -> bool:
    return [value >= 48 for _, value in r.results("hba1c")][-2:] == [True, True] and not r.problem("diabetes")


def raised_calcium(r: Reader) -> bool:
    latest = last(r.results("calcium_adjusted"))
    return latest is not None and latest[1] > 2.65 and days_ago(latest[0]) > 30 and not r.referred()


def positive_fit(r: Reader) -> bool:
    latest = last(r.results("fit"))
    return latest is not None and latest[1] >= 10 and days_ago(latest[0]) > 14 and not r.referred()


def abnormal_smear(r: Reader) -> bool:
    reports = r.reports("Cervical screening result")
    return bool(reports) and "High-grade" in reports[-1] and not r.referred()


def iron_deficient(r: Reader) -> bool:
    haemoglobin, ferritin = last(r.results("haemoglobin")), last(r.results("ferritin"))
    low = haemoglobin is not None and haemoglobin[1] < 110 and ferritin is not None and ferritin[1] < 15
    return low and not r.issued("ferrous", within=400) and not r.results("fit")


def film_to_repeat(r: Reader) -> bool:
    reports = r.reports("Chest X-ray")
    return bool(reports) and "Repeat film" in reports[-1]


def high_tsh(r: Reader) -> bool:
    latest = last(r.results("tsh"))
    return (
        latest is not None and latest[1] > 10 and days_ago(latest[0]) > 90 and not r.issued("levothyroxine", within=90)
    )


def severe_pressure(r: Reader) -> bool:
    latest = last(r.pressures())
    return latest is not None and latest[1] >= 180 and days_ago(latest[0]) > 14


def creatinine_jump(r: Reader) -> bool:
    results = r.results("creatinine")
    recent = results[-2:]
    return len(recent) == 2 and recent[1][1] >= 1.5 * recent[0][1] and days_ago(recent[1][0]) > 14


def two_below_60(r: Reader) -> bool:
    run: list[date] = []
    for day, value in r.results("egfr"):
        run = [*run, day] if value < 60 else []
    return bool(run) and (run[-1] - run[0]).days >= 90


def uncoded_ckd(r: Reader) -> bool:
    return two_below_60(r) and not r.problem("ckd")


def acr_missing(r: Reader) -> bool:
    recent = any(days_ago(day) <= 365 for day, _ in r.results("urine_acr"))
    return (two_below_60(r) or r.problem("ckd")) and not recent


def losing_weight(r: Reader) -> bool:
    results = r.results("weight")
    return r.age >= 60 and any(
        b[1] < 0.95 * a[1] and (b[0] - a[0]).days <= 183 for i, a in enumerate(results) for b in results[i:]
    )


def rising_platelets(r: Reader) -> bool:
    values = [value for _, value in r.results("platelets")]
    return len(values) > 2 and min(values[-2:]) > 400 and values[-1] > values[-2] > values[-3]


def falling_sodium(r: Reader) -> bool:
    values = [value for _, value in r.results("sodium")]
    return r.issued("indapamide", within=90) and bool(values) and values[-1] < 132 and max(values) - values[-1] > 5


ORAL_NSAIDS = ("naproxen", "ibuprofen", "diclofenac")
ANTICOAGULANTS = ("apixaban", "edoxaban", "rivaroxaban", "dabigatran", "warfarin")


def nsaid(r: Reader) -> bool:
    return r.issued(*ORAL_NSAIDS, within=92)


def protected(r: Reader) -> bool:
    return r.issued("omeprazole", "lansoprazole", within=92)


def kidneys_below(r: Reader, limit: float) -> bool:
    latest = last(r.results("egfr"))
    return latest is not None and latest[1] < limit


def no_kidney_test_at_75(r: Reader) -> bool:
    long_on = r.issued("ramipril", within=185) and r.issued("ramipril", within=460, before=330)
    return r.age >= 75 and long_on and stale(r.results("creatinine"), 456)


FINDS: dict[str, Callable[[Reader], bool]] = {
    "psa_raised_not_repeated": raised_psa,
    "potassium_high_not_repeated": high_potassium,
    "hba1c_diabetic_uncoded": uncoded_diabetes,
    "calcium_raised_not_acted_on": raised_calcium,
    "fit_positive_not_referred": positive_fit,
    "cervical_screening_not_followed_up": abnormal_smear,
    "iron_deficiency_anaemia_no_action": iron_deficient,
    "chest_x_ray_not_repeated": film_to_repeat,
    "tsh_high_not_repeated": high_tsh,
    "blood_pressure_severe_not_repeated": severe_pressure,
    "creatinine_jump_not_repeated": creatinine_jump,
    "ckd_uncoded": uncoded_ckd,
    "acr_missing_in_ckd": acr_missing,
    "weight_falling": losing_weight,
    "platelets_rising": rising_platelets,
    "sodium_falling": falling_sodium,
    "nsaid_with_anticoagulant": lambda r: nsaid(r) and r.issued(*ANTICOAGULANTS, within=92),
    "nsaid_65_without_ppi": lambda r: r.age >= 65 and nsaid(r) and not protected(r),
    "nsaid_in_ckd": lambda r: nsaid(r) and kidneys_below(r, 45),
    "nsaid_in_heart_failure": lambda r: nsaid(r) and r.problem("heart_failure"),
    "beta_blocker_in_asthma": lambda r: r.issued("propranolol", within=92) and r.problem("asthma"),
    "antiplatelet_after_ulcer_without_ppi": lambda r: (
        r.problem("peptic_ulcer") and r.issued("aspirin", "clopidogrel", within=92) and not protected(r)
    ),
    "methotrexate_without_blood_count": lambda r: (
        r.issued("methotrexate", within=92) and stale(r.results("haemoglobin"), 92)
    ),
    "lithium_level_overdue": lambda r: r.issued("lithium", within=92) and stale(r.results("lithium_level"), 183),
    "amiodarone_without_thyroid_test": lambda r: r.issued("amiodarone", within=92) and stale(r.results("tsh"), 183),
    "ace_inhibitor_75_without_blood_test": no_kidney_test_at_75,
    "metformin_with_egfr_below_30": lambda r: r.issued("metformin", within=92) and kidneys_below(r, 30),
    "anticoagulant_bloods_overdue": lambda r: r.issued("apixaban", within=92) and stale(r.results("creatinine"), 365),
}
COMPLETE = sorted(situation.kind for situation in SITUATIONS if situation.complete)


@pytest.fixture(scope="module")
def readers(made: Made) -> dict[str, Reader]:
    return {patient: Reader(resources) for patient, resources in made.by_patient.items()}


def test_a_raised_psa_was_never_repeated_and_its_counterfeits_were_followed_up(made: Made) -> None:
    shown, counterfeit = made.situations("psa_raised_not_repeated"), made.situations("psa_raised_not_repeated", False)
    for situation in shown:
        (reference,) = situation["evidence"]
        raised = made.resources[reference]
        assert patient_of(raised) == situation["patient"]
        assert Reader(made.by_patient[situation["patient"]]).results("psa")[-1][1] == raised["valueQuantity"]["value"]
        assert MONDAY >= date.fromisoformat(situation["since"]) > date.fromisoformat(raised["effectiveDateTime"][:10])
    for situation in counterfeit:
        assert len(situation["evidence"]) == 2
        assert situation["since"] is None
        assert situation["note"]
    assert shown
    assert counterfeit


def test_every_kind_listed_as_complete_has_a_second_reading() -> None:
    assert set(COMPLETE) == set(FINDS)


@pytest.mark.parametrize("kind", COMPLETE)
def test_a_second_reading_finds_the_planted_ones_and_no_others(
    made: Made, readers: dict[str, Reader], kind: str
) -> None:
    found = {patient for patient, reader in readers.items() if FINDS[kind](reader)}
    assert found == {situation["patient"] for situation in made.situations(kind)}


def test_a_slow_trend_is_a_trend_and_its_counterfeit_is_none(made: Made) -> None:
    for situation in made.truth["situations"]:
        values = [
            made.resources[reference].get("valueQuantity", {}).get("value") for reference in situation["evidence"]
        ]
        if situation["kind"] == "haemoglobin_falling_in_range":
            limit = 130 if Reader(made.by_patient[situation["patient"]]).patient["gender"] == "male" else 115
            assert min(values) >= limit
            assert (values[0] - values[-1] > 10) is situation["shown"]
            assert all(later < earlier + 3 for earlier, later in pairwise(values)) is situation["shown"]
        if situation["kind"] == "egfr_falling_fast":
            assert (values[-1] <= 0.75 * values[0]) is situation["shown"]


def test_evidence_lies_in_the_record_of_the_patient_it_is_about(made: Made) -> None:
    for each in [*made.truth["situations"], *made.truth["requests"]]:
        for reference in each["evidence"]:
            assert patient_of(made.resources[reference]) == each["patient"]
    for each in made.truth["situations"]:
        assert each["evidence"], each
        assert (each["since"] is not None) is each["shown"]
        if each["shown"]:
            assert date.fromisoformat(each["since"]) <= MONDAY, each


def test_a_practice_of_2000_has_five_or_more_of_every_kind_and_counterfeits(made: Made) -> None:
    for situation in SITUATIONS:
        if situation.kind in (
            "ckd_uncoded",
            "acr_missing_in_ckd",
        ):  # come with everybody's CKD: enough at a sixth of it
            assert len(made.situations(situation.kind)) >= 3
            continue
        assert situation.shown_at_2000 >= 5
        assert situation.counterfeits_at_2000 >= 2
        assert made.situations(situation.kind)
        assert made.situations(situation.kind, shown=False)
    assert 60 <= made.truth["measured"]["resources_a_patient"] <= 120


def test_the_day_from_which_it_could_be_seen_is_not_before_its_evidence(made: Made) -> None:
    for each in made.truth["situations"]:
        if each["shown"]:
            first = min(_day(made.resources[reference]) for reference in each["evidence"])
            assert date.fromisoformat(each["since"]) >= first - timedelta(days=1)


def _day(resource: dict[str, Any]) -> date:
    names = ("effectiveDateTime", "authoredOn", "onsetDateTime")
    return date.fromisoformat(next(resource[name] for name in names if name in resource)[:10])
