"""Patients' requests, from arrival to decision."""
