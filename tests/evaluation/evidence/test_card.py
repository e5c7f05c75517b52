"""A card leaves the house with every field of CHAI's schema, and says of what it does not know that it is unknown."""

from __future__ import annotations

import json
from dataclasses import replace
from xml.etree import ElementTree

from evaluation.evidence.conftest import Made
from evaluation.parrot import CARD
from preceptor.evaluation.evidence.card import NAMESPACE, chai, markdown
from preceptor.signing import opened

NASTY = "</Summary><script>alert(1)</script>\x00 & | `x`"
# v0.2/schema.xsd of the Coalition for Health AI: each type's elements, in the order that the schema demands.
METRIC = [
    "MetricGoal", "Results", "Interpretation", "TestType", "TestingDataDescription",
    "ValidationProcessAndJustification",
]  # fmt: skip
SCHEMA = {
    "AppliedModelCard": [
        "BasicInfo", "ReleaseInfo", "ModelSummary", "UsesAndDirections", "Warnings", "TrustIngredients", "KeyMetrics",
        "Resources", "Bibliography",
    ],
    "BasicInfo": ["ModelName", "ModelDeveloper", "DeveloperContact"],
    "ReleaseInfo": [
        "ReleaseStage", "ReleaseDate", "ReleaseVersion", "GlobalAvailability", "EHRCompatibility",
        "RegulatoryApproval",
    ],
    "ModelSummary": ["Summary", "Keywords"],
    "UsesAndDirections": [
        "IntendedUseAndWorkflow", "PrimaryIntendedUsers", "HowToUse", "TargetedPatientPopulation",
        "CautionedOutOfScopeSettings",
    ],
    "Warnings": ["KnownRisksAndLimitations", "KnownBiasesOrEthicalConsiderations", "ClinicalRiskLevel"],
    "TrustIngredients": ["AISystemFacts", "TransparencyInformation"],
    "AISystemFacts": [
        "OutcomesAndOutputs", "ModelType", "FoundationModels", "InputDataSource", "OutputAndInputDataTypes",
        "DevelopmentDataCharacterization", "BiasMitigationApproaches", "OngoingMaintenance", "Security",
        "Transparency",
    ],
    "TransparencyInformation": ["FundingSource", "ThirdPartyInformation", "StakeholdersConsulted"],
    "KeyMetrics": ["UsefulnessUsabilityEfficacy", "FairnessEquity", "SafetyReliability"],
    "UsefulnessUsabilityEfficacy": METRIC,
    "FairnessEquity": METRIC,
    "SafetyReliability": METRIC,
    "MetricResult": ["Label", "ValueJson"],
    "Resources": [
        "EvaluationReferences", "ClinicalTrial", "PeerReviewedPublications", "ReimbursementStatus",
        "PatientConsentOrDisclosure",
    ],
}  # fmt: skip


def read(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text.encode())  # noqa: S314 -- our own


def every_field_in_order(root: ElementTree.Element) -> None:
    for element in root.iter():
        name = element.tag.removeprefix(f"{{{NAMESPACE}}}")
        inside = [child.tag.removeprefix(f"{{{NAMESPACE}}}") for child in element]
        if name in SCHEMA:
            assert inside == SCHEMA[name], name
        elif name == "Results":
            assert inside
            assert set(inside) == {"MetricResult"}
        elif not inside and name != "Bibliography":
            assert element.text, f"{name} is empty"


def test_a_card_has_every_field_and_names_what_it_does_not_know() -> None:
    root = read(chai(CARD))

    every_field_in_order(root)
    fields = {element.tag.rpartition("}")[2]: element.text or "" for element in root.iter()}
    assert fields["ReleaseVersion"] == "1"
    assert fields["ReleaseDate"] == "Unknown: the tool's card does not say."
    assert "Nobody: no clinician has reviewed" in fields["Transparency"]
    assert fields["Interpretation"] == "Unknown: no evidence was given."


def test_a_card_with_evidence_has_its_figures_with_their_intervals(made: Made) -> None:
    said = opened(made.content).predicate
    root = read(chai(CARD, said))

    every_field_in_order(root)
    results = {result[0].text: json.loads(result[1].text or "") for result in root.iter(f"{{{NAMESPACE}}}MetricResult")}
    assert results["Acceptable (n 81)"] == {
        "kind": "estimate_ci", "estimate": 90.12, "lower": 81.7, "upper": 94.91, "level": 95, "unit": "%",
    }  # fmt: skip
    text = markdown(CARD, said)
    assert "| Acceptable | 73 of 81 | 90.1% | 81.7 to 94.9 |" in text
    assert "under_triage at most 0.01: not passed (n 81)" in text
    assert "No clinician has reviewed or validated" in text


def test_nothing_of_a_card_or_the_data_becomes_markup(made: Made) -> None:
    said = opened(made.content).predicate
    said["results"]["groups"]["rows"][0]["value"] = NASTY

    root = read(chai(replace(CARD, purpose=NASTY), said))

    every_field_in_order(root)
    assert not list(root.iter("script"))
    assert r"\<script\>" in markdown(CARD, said)
    assert "Unknown: no evidence was given." in markdown(CARD)
