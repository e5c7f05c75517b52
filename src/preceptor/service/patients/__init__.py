"""Patients and their records, as kept."""
