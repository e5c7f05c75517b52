"""The names of FHIR's resource types, and how other versions than R4 give themselves away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# The resource types of FHIR R4 (4.0.1), https://hl7.org/fhir/R4/resourcelist.html
R4 = frozenset(
    """
    Account ActivityDefinition AdverseEvent AllergyIntolerance Appointment AppointmentResponse AuditEvent Basic Binary
    BiologicallyDerivedProduct BodyStructure Bundle CapabilityStatement CarePlan CareTeam CatalogEntry ChargeItem
    ChargeItemDefinition Claim ClaimResponse ClinicalImpression CodeSystem Communication CommunicationRequest
    CompartmentDefinition Composition ConceptMap Condition Consent Contract Coverage CoverageEligibilityRequest
    CoverageEligibilityResponse DetectedIssue Device DeviceDefinition DeviceMetric DeviceRequest DeviceUseStatement
    DiagnosticReport DocumentManifest DocumentReference EffectEvidenceSynthesis Encounter Endpoint EnrollmentRequest
    EnrollmentResponse EpisodeOfCare EventDefinition Evidence EvidenceVariable ExampleScenario ExplanationOfBenefit
    FamilyMemberHistory Flag Goal GraphDefinition Group GuidanceResponse HealthcareService ImagingStudy Immunization
    ImmunizationEvaluation ImmunizationRecommendation ImplementationGuide InsurancePlan Invoice Library Linkage List
    Location Measure MeasureReport Media Medication MedicationAdministration MedicationDispense MedicationKnowledge
    MedicationRequest MedicationStatement MedicinalProduct MedicinalProductAuthorization
    MedicinalProductContraindication MedicinalProductIndication MedicinalProductIngredient MedicinalProductInteraction
    MedicinalProductManufactured MedicinalProductPackaged MedicinalProductPharmaceutical
    MedicinalProductUndesirableEffect MessageDefinition MessageHeader MolecularSequence NamingSystem NutritionOrder
    Observation ObservationDefinition OperationDefinition OperationOutcome Organization OrganizationAffiliation
    Parameters Patient PaymentNotice PaymentReconciliation Person PlanDefinition Practitioner PractitionerRole
    Procedure Provenance Questionnaire QuestionnaireResponse RelatedPerson RequestGroup ResearchDefinition
    ResearchElementDefinition ResearchStudy ResearchSubject RiskAssessment RiskEvidenceSynthesis Schedule
    SearchParameter ServiceRequest Slot Specimen SpecimenDefinition StructureDefinition StructureMap Subscription
    Substance SubstanceNucleicAcid SubstancePolymer SubstanceProtein SubstanceReferenceInformation
    SubstanceSourceMaterial SubstanceSpecification SupplyDelivery SupplyRequest Task TerminologyCapabilities
    TestReport TestScript ValueSet VerificationResult VisionPrescription
    """.split()  # noqa: SIM905 -- names in a paragraph read better than 200 quotes
)

_OLDER = frozenset(
    """
    BodySite ConditionStatement DataElement DeviceComponent DeviceUseRequest DiagnosticOrder EligibilityRequest
    EligibilityResponse ExpansionProfile ImagingManifest ImagingObjectSelection MedicationOrder ProcedureRequest
    ProcessRequest ProcessResponse ReferralRequest Sequence ServiceDefinition
    """.split()  # noqa: SIM905 -- names in a paragraph read better than 200 quotes
)
_NEWER = frozenset(
    """
    ActorDefinition AdministrableProductDefinition ArtifactAssessment BiologicallyDerivedProductDispense Citation
    ClinicalUseDefinition ConditionDefinition DeviceAssociation DeviceDispense DeviceUsage EncounterHistory
    EvidenceReport FormularyItem GenomicStudy ImagingSelection Ingredient InventoryItem InventoryReport
    ManufacturedItemDefinition MedicinalProductDefinition NutritionIntake NutritionProduct
    PackagedProductDefinition Permission RegulatedAuthorization RequestOrchestration Requirements
    SubscriptionStatus SubscriptionTopic SubstanceDefinition TestPlan Transport
    """.split()  # noqa: SIM905 -- names in a paragraph read better than 200 quotes
)

# Fields that only another version has, or that have another shape there.
_OLDER_FIELDS: Mapping[str, tuple[str, ...]] = {
    "AllergyIntolerance": ("assertedDate",),
    "Appointment": ("incomingReferral",),
    "Condition": ("assertedDate",),
    "DocumentReference": ("indexed", "class"),
    "Immunization": ("notGiven", "wasNotGiven", "explanation"),
    "MedicationRequest": ("context", "definition"),
    "MedicationStatement": ("taken", "wasNotTaken"),
    "Observation": ("context", "related"),
    "Procedure": ("context", "notDone", "notPerformed"),
}
_NEWER_FIELDS: Mapping[str, tuple[str, ...]] = {
    "Encounter": ("actualPeriod", "plannedStartDate"),
    "MedicationRequest": ("medication",),
    "MedicationStatement": ("medication", "adherence"),
    "Procedure": ("occurrenceDateTime", "occurrencePeriod"),
}
_TELLING = {
    kind: frozenset((*_OLDER_FIELDS.get(kind, ()), *_NEWER_FIELDS.get(kind, ())))
    for kind in (*_OLDER_FIELDS, *_NEWER_FIELDS)
}
_NO_FIELDS: frozenset[str] = frozenset()


def unknown_type(name: str) -> str:
    """Why this is not a resource type of R4, in words; empty when it is one."""
    if name in R4:
        return ""
    if name in _OLDER:
        return f"{name} is a resource of an older FHIR than R4, which is what this program reads"
    if name in _NEWER:
        return f"{name} is a resource of a newer FHIR than R4, which is what this program reads"
    return f"{name[:60]!r} is not a FHIR R4 resource type"


def other_version(resource: Mapping[str, Any], kind: str) -> str:
    """Why this resource is not R4, in words; empty when nothing says so."""
    meta = resource.get("meta")
    profiles = meta.get("profile") if isinstance(meta, dict) else None
    for profile in profiles if isinstance(profiles, list) else ():
        # The NHS's STU3 profiles: GP Connect's records are of this kind.
        if isinstance(profile, str) and ("/STU3/" in profile or "/DSTU2/" in profile):
            return "is of an older FHIR than R4 (its profile says so), and this program reads R4"
    if isinstance(resource.get("clinicalStatus"), str) and kind in ("Condition", "AllergyIntolerance"):
        return "is of an older FHIR than R4 (clinicalStatus is a word), and this program reads R4"
    if _TELLING.get(kind, _NO_FIELDS).isdisjoint(resource):
        return ""
    for field in _OLDER_FIELDS.get(kind, ()):
        if field in resource:
            return f"is of an older FHIR than R4 (it has {field}), and this program reads R4"
    for field in _NEWER_FIELDS.get(kind, ()):
        if field in resource:
            return f"is of a newer FHIR than R4 (it has {field}), and this program reads R4"
    return ""
