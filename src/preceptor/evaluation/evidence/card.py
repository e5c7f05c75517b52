"""A tool's card for other people's shelves: Markdown, and CHAI's Applied Model Card (XML, schema v0.2).

CHAI's fields are those of https://github.com/coalition-for-health-ai/mc-schema (v0.2/schema.xsd). What neither the card
nor the evidence says is written "Unknown", with why: an empty field reads as "nothing to report".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

from preceptor.advice import Card
from preceptor.evaluation.evidence.population import in_order
from preceptor.evaluation.evidence.statement import NONE_REGISTERED

NAMESPACE = "https://mc.chai.org/v0.2/schema.xsd"
UNKNOWN = "Unknown: the tool's card does not say."
NOT_MEASURED = "Unknown: no evidence was given."
USEFUL = ("acceptable", "exact", "three_levels")
SAFE = ("under_triage", "emergency_recall", "missed_emergencies", "urgent_caught", "sent_to_999")
Fields = dict[str, Any]  # a text, a list of texts under one name, or further fields


def markdown(card: Card, evidence: Mapping[str, Any] | None = None) -> str:
    """The card as Markdown; `evidence` is a verified statement's predicate."""
    lines = [f"# {card.title}", "", f"`{card.tool}` version {card.version}. Owner: {card.owner}.", ""]
    lines += ["## Purpose", "", card.purpose, "", "## Speaks of", "", ", ".join(map(str, card.scale)), ""]
    lines += ["## Limits", "", *_list(card.limits), "", "## Hazards", "", *_list(card.hazards), ""]
    lines += ["## Reviewed by", "", _reviewed(card), "", "## Evidence, as the card states it", "", card.evidence, ""]
    lines += ["## Evidence, measured and signed", "", *_measured(evidence)]
    return "\n".join(lines).rstrip() + "\n"


def _list(items: tuple[str, ...]) -> list[str]:
    return [f"- {item}" for item in items] or ["None stated."]


def _reviewed(card: Card) -> str:
    return "Nobody: no clinician has reviewed or validated it." if card.reviewed_by == "none" else card.reviewed_by


def _measured(evidence: Mapping[str, Any] | None) -> list[str]:
    if evidence is None:
        return [NOT_MEASURED]
    results = evidence["results"]
    lines = [_tested_on(evidence), "", results["validation"], "", f"Thresholds: {evidence['thresholds']['words']}.", ""]
    lines += [f"- {_threshold(row)}" for row in evidence["thresholds"]["judged"]]
    lines += ["", "| measure | of | share | 95% interval |", "|---|---|---|---|"]
    lines += [f"| {f['title']} | {f['count']:,} of {f['n']:,} | {_shown(f)} |" for f in results["measures"].values()]
    lines += ["", "| group | n | acceptable | 95% interval | as good as others |", "|---|---|---|---|---|"]
    for row in results["groups"]["rows"]:
        whom = _cell(f"{row['attribute']}: {row['value']}")
        lines.append(f"| {whom} | {row['n']:,} | {_shown(row['acceptable'])} | {row['as_good_as_others']} |")
    return lines


def _cell(words: str) -> str:
    """Text of the data as a cell of a table, never as markup."""
    return "".join(f"\\{letter}" if letter in "\\`*_[]<>|#" else letter for letter in " ".join(words.split()))


def _shown(figure: Mapping[str, Any]) -> str:
    if figure["interval"] is None:
        return "none | no such cases"
    low, high = 100 * figure["interval"]["low"], 100 * figure["interval"]["high"]
    return f"{100 * figure['value']:.1f}% | {low:.1f} to {high:.1f}"


def _threshold(row: Mapping[str, Any]) -> str:
    way = "at_least" if "at_least" in row else "at_most"
    return f"{row['measure']} {way.replace('_', ' ')} {row[way]}: {row['verdict']} (n {row['found']['n']:,})"


def _tested_on(evidence: Mapping[str, Any]) -> str:
    data, who = evidence["data"], evidence["signed_by"]
    by = f"{who['name'] or 'a signer who gave no name'}, key {who['keyid']}"
    return (
        f"{evidence['results']['n']:,} labelled requests of {data['name']} (sha256 {data['digest']['sha256']}), "
        f"measured {evidence['evaluated_at']} by {by}."
    )


def chai(card: Card, evidence: Mapping[str, Any] | None = None) -> str:
    """CHAI's Applied Model Card as XML."""
    root = ElementTree.Element("AppliedModelCard", {"xmlns": NAMESPACE})
    _add(root, chai_fields(card, evidence))
    ElementTree.indent(root, "  ")
    text = ElementTree.tostring(root, encoding="unicode", short_empty_elements=True)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _add(parent: ElementTree.Element, fields: Fields) -> None:
    for name, value in fields.items():
        for each in value if isinstance(value, list) else [value]:
            element = ElementTree.SubElement(parent, name)
            if isinstance(each, dict):
                _add(element, each)
            else:
                element.text = "".join(
                    c for c in each if c in "\t\n" or " " <= c < "\ud800" or "\ue000" <= c < "\ufffe"
                )


def chai_fields(card: Card, evidence: Mapping[str, Any] | None = None) -> Fields:
    """Every field of CHAI's schema, in its order."""
    limits = "\n".join(f"- {limit}" for limit in card.limits) or UNKNOWN
    risks = "\n".join(f"- {each}" for each in (*card.limits, *card.hazards)) or UNKNOWN
    options = ", ".join(map(str, card.scale))
    return {
        "BasicInfo": {
            "ModelName": f"{card.title} ({card.tool})",
            "ModelDeveloper": card.owner,
            "DeveloperContact": UNKNOWN,
        },
        "ReleaseInfo": {
            "ReleaseStage": UNKNOWN,
            "ReleaseDate": UNKNOWN,
            "ReleaseVersion": card.version,
            "GlobalAvailability": UNKNOWN,
            "EHRCompatibility": {"EHR": UNKNOWN},
            "RegulatoryApproval": UNKNOWN,
        },
        "ModelSummary": {"Summary": card.purpose, "Keywords": {"Keyword": card.tool}},
        "UsesAndDirections": {
            "IntendedUseAndWorkflow": card.purpose,
            "PrimaryIntendedUsers": UNKNOWN,
            "HowToUse": UNKNOWN,
            "TargetedPatientPopulation": UNKNOWN,
            "CautionedOutOfScopeSettings": limits,
        },
        "Warnings": {
            "KnownRisksAndLimitations": risks,
            "KnownBiasesOrEthicalConsiderations": _biases(evidence),
            "ClinicalRiskLevel": UNKNOWN,
        },
        "TrustIngredients": {
            "AISystemFacts": {
                "OutcomesAndOutputs": f"One option of a scale ({options}), with probabilities, the options that cannot "
                "be ruled out, reasons, red flags and what was not considered. A clinician decides.",
                "ModelType": UNKNOWN,
                "FoundationModels": UNKNOWN,
                "InputDataSource": "A request in the patient's or another person's words, and the patient's record "
                "where there is one.",
                "OutputAndInputDataTypes": "Input: text, age in years, sex, record (FHIR R4). Output: JSON.",
                "DevelopmentDataCharacterization": UNKNOWN,
                "BiasMitigationApproaches": UNKNOWN,
                "OngoingMaintenance": UNKNOWN,
                "Security": UNKNOWN,
                "Transparency": f"Reviewed by: {_reviewed(card)}",
            },
            "TransparencyInformation": {
                "FundingSource": UNKNOWN,
                "ThirdPartyInformation": UNKNOWN,
                "StakeholdersConsulted": UNKNOWN,
            },
        },
        "KeyMetrics": {
            "UsefulnessUsabilityEfficacy": _metrics("Agreement with labels", evidence, USEFUL),
            "FairnessEquity": _metrics("Acceptable advice in every group, within 5 points", evidence, ()),
            "SafetyReliability": _metrics("Urgent requests found, others not sent to 999", evidence, SAFE),
        },
        "Resources": {
            "EvaluationReferences": card.evidence or UNKNOWN,
            "ClinicalTrial": UNKNOWN,
            "PeerReviewedPublications": UNKNOWN,
            "ReimbursementStatus": UNKNOWN,
            "PatientConsentOrDisclosure": UNKNOWN,
        },
        "Bibliography": "",
    }


def _biases(evidence: Mapping[str, Any] | None) -> str:
    if evidence is None:
        return f"{UNKNOWN} {NOT_MEASURED}"
    answers = [
        f"- {row['attribute']}: {row['value']} (n {row['n']:,}): as good as others: {row['as_good_as_others']}; "
        f"as safe: {row['as_safe_as_others']}"
        for row in evidence["results"]["groups"]["rows"]
    ]
    return "\n".join(answers) or "Unknown: no group was large enough to be judged."


def _metrics(goal: str, evidence: Mapping[str, Any] | None, keys: tuple[str, ...]) -> Fields:
    """One of CHAI's three key metrics: the named measures, or acceptable advice by group where none is named."""
    if evidence is None:
        return {
            "MetricGoal": goal,
            "Results": {"MetricResult": {"Label": "not measured", "ValueJson": json.dumps({"kind": "unknown"})}},
            "Interpretation": NOT_MEASURED,
            "TestType": NOT_MEASURED,
            "TestingDataDescription": NOT_MEASURED,
            "ValidationProcessAndJustification": NOT_MEASURED,
        }
    results = evidence["results"]
    shown = [(results["measures"][key]["title"], results["measures"][key]) for key in keys] or [
        (f"Acceptable, {row['attribute']}: {row['value']}", row["acceptable"]) for row in results["groups"]["rows"]
    ]
    judged = [_threshold(row) for row in evidence["thresholds"]["judged"] if row["measure"] in keys]
    return {
        "MetricGoal": f"{goal}; {'; '.join(judged) or NONE_REGISTERED}",
        "Results": {"MetricResult": [_result(label, figure) for label, figure in shown] or [_result("none", None)]},
        "Interpretation": results["validation"],
        "TestType": "Agreement with labels of a file of requests, by the program alone",
        "TestingDataDescription": f"{_tested_on(evidence)} {_profile(evidence['population'])}",
        "ValidationProcessAndJustification": "Signed evidence: digests of tool, card and data are in the statement.",
    }


def _result(label: str, figure: Mapping[str, Any] | None) -> Fields:
    """As CHAI's own examples give an estimate with its interval, in per cent."""
    if figure is None or figure["interval"] is None:
        return {"Label": label, "ValueJson": json.dumps({"kind": "unknown"})}
    value = {
        "kind": "estimate_ci",
        "estimate": round(100 * figure["value"], 2),
        "lower": round(100 * figure["interval"]["low"], 2),
        "upper": round(100 * figure["interval"]["high"], 2),
        "level": 95,
        "unit": "%",
    }
    return {"Label": f"{label} (n {figure['n']:,})", "ValueJson": json.dumps(value)}


def _profile(population: Mapping[str, Any]) -> str:
    counts = population["counts"]
    return "; ".join(f"{attribute} {value}: {counts[attribute][value]:,}" for attribute, value in in_order(counts))
