"""What the watches noticed, kept: shown on the patient's page and on the practice's worklist, answered, measured."""
