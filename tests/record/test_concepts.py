"""Codes and names lead to our concepts; the tables are whole, and every row says where it was seen."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.advice import Code, EventKind
from preceptor.record.check_digits import valid_loinc, valid_sctid
from preceptor.record.concepts import (
    DMD,
    LOINC,
    RXNORM,
    SNOMED,
    all_concepts,
    codes_of,
    concept,
    concept_of,
    drug_named,
    narrower,
    rows,
)

# A code may lead to two concepts only when it is listed here with the reason. None does.
IN_TWO_CONCEPTS: dict[tuple[str, str], str] = {}

SLUGS = [each.slug for each in all_concepts()]
CODES = list(rows("codes"))


def test_a_code_a_medicine_and_a_class_lead_to_our_concepts():
    uk_egfr = Code(SNOMED, "1011481000000105")
    us_egfr = Code(LOINC, "33914-3", "Estimated Glomerular Filtration Rate")
    assert concept_of([uk_egfr]) == concept_of([us_egfr]) == concept("egfr")
    assert concept("egfr").unit == "mL/min/{1.73_m2}"

    apixaban = drug_named("Apixaban 5mg tablets")
    assert apixaban == concept("apixaban")
    assert {"apixaban", "warfarin", "doac", "anticoagulant"} <= narrower("anticoagulant")


def test_an_unknown_slug_is_an_error_that_names_it():
    with pytest.raises(KeyError, match="unicorn"):
        concept("unicorn")
    with pytest.raises(KeyError, match="unicorn"):
        narrower("unicorn")
    with pytest.raises(KeyError, match="unicorn"):
        codes_of("unicorn")


def test_the_first_code_of_ours_decides():
    local = Code("http://example.org/local", "1")
    asthma, gout = Code(SNOMED, "195967001"), Code(SNOMED, "90560007")
    assert concept_of([local, asthma, gout]) == concept("asthma")
    assert concept_of([local, gout, asthma]) == concept("gout")
    assert concept_of([local]) is None
    assert concept_of([]) is None


def test_a_code_counts_only_under_its_own_system():
    assert concept_of([Code(LOINC, "195967001")]) is None
    assert concept_of([Code(RXNORM, "195967001")]) is None
    assert concept_of([Code("", "195967001")]) is None


@pytest.mark.parametrize("system", [DMD, "https://dmd.nhs.uk/", SNOMED])
def test_a_medicine_may_come_as_dm_plus_d_or_as_snomed(system: str):
    assert concept_of([Code(system, "42206511000001102")]) == concept("apixaban")


def test_systems_may_be_written_as_oids():
    assert concept_of([Code("urn:oid:2.16.840.1.113883.6.96", "195967001")]) == concept("asthma")
    assert concept_of([Code("urn:oid:2.16.840.1.113883.6.1", "718-7")]) == concept("haemoglobin")


@pytest.mark.parametrize("slug", ["egfr", "apixaban", "ckd_stage_3a", "knee_pain", "systolic_bp"])
def test_the_codes_of_a_concept_lead_back_to_it_with_our_own_title(slug: str):
    codes = codes_of(slug)
    assert codes
    for code in codes:
        assert code.display == concept(slug).title
        assert concept_of([code]) == concept(slug)


def test_uk_codes_come_first_because_the_demo_writes_the_first():
    for slug in SLUGS:
        systems = [code.system for code in codes_of(slug)]
        assert systems == sorted(systems, key=[SNOMED, DMD, LOINC, RXNORM].index), slug


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Apixaban 5mg tablets", "apixaban"),
        ("ELIQUIS 2.5 mg", "apixaban"),
        ("Sodium  valproate 200mg gastro-resistant tablets", "valproate"),
        ("Epilim 500", "valproate"),
        ("24 HR Metformin hydrochloride 500 MG Extended Release Oral Tablet", "metformin"),
        ("Co-amoxiclav 500mg/125mg tablets", "co_amoxiclav"),
        ("Prednisolone 5mg tablets", "prednisolone"),
        ("Hydrocortisone 10mg tablets", "hydrocortisone"),
        ("Hydrocortisone 1% cream", "topical_steroid"),
        ("Methotrexate 2.5mg tablets", "methotrexate"),
        ("Insulin glargine 100units/ml", "insulin"),
        ("Sacubitril 24mg / Valsartan 26mg tablets", "sacubitril_valsartan"),
        ("Ibuprofen 5% gel", "ibuprofen_gel"),
        ("Ibuprofen 400mg tablets", "ibuprofen"),
        ("Co-codamol 30mg/500mg tablets", "codeine"),
        ("(Warfarin)", "warfarin"),
    ],
)
def test_a_medicine_is_known_by_its_name(text: str, slug: str):
    assert drug_named(text) == concept(slug)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Paracetamolol",
        "Heparinoid 0.3% cream",
        "Prednisolone 0.5% eye drops preservative free",
        "Diclofenac 1.16% gel",
        "Tacrolimus 0.1% ointment",
        "Insulin pen needles 4mm",
        "Dressing, foam",
    ],
)
def test_what_only_looks_like_a_medicine_by_mouth_is_not_taken_for_one(text: str):
    assert drug_named(text) is None


@given(st.text(max_size=60))
def test_any_text_is_read_without_an_error(text: str):
    assert drug_named(text) is None or drug_named(text) in all_concepts()


@given(st.sampled_from(list(rows("drug_names"))), st.sampled_from(["", "\n", "1 "]), st.sampled_from(["", " 5mg", "."]))
def test_every_name_is_found_within_a_text_in_any_letters(row: dict[str, str], before: str, after: str):
    for name in (row["name"], row["name"].upper(), row["name"].lower()):
        assert drug_named(f"{before}{name}{after}") == concept(row["concept"])


@pytest.mark.parametrize(
    ("group", "member"),
    [
        ("gliflozin", "dapagliflozin"),
        ("diabetes_drug", "dapagliflozin"),
        ("diabetes_drug", "insulin"),
        ("immunosuppressant", "methotrexate"),
        ("dmard", "sulfasalazine"),
        ("ace_inhibitor", "ramipril"),
        ("oral_corticosteroid", "prednisolone"),
        ("chemotherapy", "capecitabine"),
        ("antithyroid", "carbimazole"),
        ("antipsychotic", "clozapine"),
        ("nsaid", "naproxen"),
        ("beta_blocker", "propranolol"),
        ("ckd", "ckd_stage_3a"),
        ("ckd_stage_3_to_5", "ckd_stage_5"),
        ("diabetes", "diabetes_type_2"),
        ("adrenal_insufficiency", "addisons_disease"),
        ("organ_transplant", "kidney_transplant"),
        ("opioid", "morphine"),
        ("cancer", "colorectal_cancer"),
        ("symptom", "low_back_pain"),
        ("headache", "migraine"),
        ("care_plan", "self_management_plan"),
        ("smoking_status", "smoker"),
    ],
)
def test_a_class_holds_its_members(group: str, member: str):
    assert member in narrower(group)


def test_a_class_does_not_hold_its_neighbours():
    assert "sulfasalazine" not in narrower("immunosuppressant")
    assert "hydroxychloroquine" not in narrower("immunosuppressant")
    assert "ckd_stage_2" not in narrower("ckd_stage_3_to_5")
    assert "bisoprolol" not in narrower("beta_blocker_non_selective")
    assert "topical_steroid" not in narrower("oral_corticosteroid")
    assert narrower("egfr").isdisjoint(narrower("creatinine_clearance"))


# The tables themselves


def test_there_are_concepts_enough_of_every_sort():
    kinds = Counter(each.kind for each in all_concepts())
    assert len(SLUGS) >= 100
    assert min(kinds[EventKind.RESULT], kinds[EventKind.CONDITION], kinds[EventKind.MEDICATION]) >= 60
    assert len(narrower("symptom")) >= 60


def test_slugs_and_titles_are_unique_and_well_formed():
    assert [slug for slug, times in Counter(SLUGS).items() if times > 1] == []
    titles = Counter(each.title.casefold() for each in all_concepts())
    assert [title for title, times in titles.items() if times > 1] == []
    for each in all_concepts():
        assert each.slug.isidentifier(), each.slug
        assert each.slug == each.slug.lower()
        assert each.title == each.title.strip() != "", each.slug


def test_broader_concepts_exist_and_nothing_stands_above_itself():
    for each in all_concepts():
        above, seen = each.broader, {each.slug}
        while above is not None:
            assert above not in seen, f"{each.slug} stands above itself"
            seen.add(above)
            above = concept(above).broader


def test_narrower_is_transitive():
    for each in all_concepts():
        assert each.slug in narrower(each.slug)
        if each.broader:
            assert narrower(each.slug) < narrower(each.broader)


def test_limits_are_in_order_and_stand_only_where_there_are_numbers():
    for each in all_concepts():
        if each.lowest is not None or each.highest is not None:
            assert each.kind is EventKind.RESULT, each.slug
            assert None not in (each.lowest, each.highest), f"{each.slug} has one limit without the other"
            assert each.lowest < each.highest, each.slug
        if each.unit:
            assert each.highest is not None, f"{each.slug} has a unit and no limits"


def test_every_code_has_a_right_check_digit():
    for row in CODES:
        valid = {SNOMED: valid_sctid, DMD: valid_sctid, LOINC: valid_loinc, RXNORM: str.isdecimal}[row["system"]]
        assert valid(row["code"]), row


def test_no_code_leads_to_two_concepts():
    # dm+d shares its numbers with SNOMED CT, so the two count as one system.
    times = Counter(("sct" if row["system"] in {SNOMED, DMD} else row["system"], row["code"]) for row in CODES)
    assert {code for code, n in times.items() if n > 1} == set(IN_TWO_CONCEPTS)


def test_every_row_belongs_to_a_concept_and_says_where_it_was_seen():
    for row in CODES:
        assert row["concept"] in SLUGS, row
        assert row["seen_in"].strip(), row
        assert row["verified"] in {"yes", "partly", "no"}, row


def test_a_name_of_a_medicine_belongs_to_one_medicine():
    names = Counter(row["name"].casefold() for row in rows("drug_names"))
    assert [name for name, times in names.items() if times > 1] == []
    assert all(concept(row["concept"]).kind is EventKind.MEDICATION for row in rows("drug_names"))


# What was seen, seen again, where the data is at hand


def test_every_code_stands_in_the_file_that_it_is_said_to_stand_in(shared: Path):
    texts: dict[str, str] = {}
    for row in CODES:
        where = row["seen_in"]
        if where.startswith(("codelists/", "fhir/")):
            if where not in texts:
                texts[where] = (shared / "data" / where).read_text(encoding="utf-8")
            assert row["code"] in texts[where], row
        elif where.startswith("knowledge/"):
            with (shared / where).open(encoding="utf-8", newline="") as stream:
                known = {line["loinc"]: line["verified"] for line in csv.DictReader(stream)}
            assert known[row["code"]] == row["verified"], row


def test_the_bundles_map(shared: Path):
    """Every observation, condition and medicine that a GP knows: at least 98, 96 and 97 of 100."""
    seen: Counter[str] = Counter()
    mapped: Counter[str] = Counter()
    for path in sorted((shared / "data/fhir/synthea_r4").glob("*.json")):
        for entry in json.loads(path.read_text(encoding="utf-8"))["entry"]:
            resource = entry["resource"]
            kind = resource["resourceType"]
            if kind not in {"Observation", "Condition", "MedicationRequest"}:
                continue
            said = resource.get("code") or resource.get("medicationCodeableConcept") or {}
            codes = [Code(c["system"], c["code"], c.get("display", "")) for c in said.get("coding", [])]
            seen[kind] += 1
            mapped[kind] += bool(concept_of(codes) or drug_named(said.get("text", "")))
    assert seen == {"Observation": 10734, "Condition": 528, "MedicationRequest": 460}
    assert mapped["Observation"] >= 0.98 * seen["Observation"]
    assert mapped["Condition"] >= 0.96 * seen["Condition"]
    assert mapped["MedicationRequest"] >= 0.97 * seen["MedicationRequest"]
