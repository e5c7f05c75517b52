"""What is known of a patient: FHIR in, dated events out."""
