"""What a patient's words say: sentences, phrases, and whether each is meant of this patient, now."""
