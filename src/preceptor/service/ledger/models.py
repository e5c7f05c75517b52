"""The ledger's rows. `chain.append` alone writes them."""

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    """One row of the chain: `digest` is over every other column, the digest of the row before among them."""

    seq = models.BigIntegerField(primary_key=True)  # 1, 2, 3, ... without a gap
    at = models.CharField(max_length=32)  # ISO 8601, UTC: kept as text, exactly as it was hashed
    practice = models.CharField(max_length=10)  # ODS code; empty for the installation as a whole
    actor = models.CharField(max_length=200)  # "user:12 Dr A Testley", "patient", "tool:triage 1.0.0", "system"
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=200, db_index=True)  # "request:UUID", "tool:triage", ...
    body = models.TextField()  # canonical JSON, exactly as it was hashed
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.seq} {self.kind} {self.subject}"


class Head(models.Model):
    """The one row that says where the chain ends: locked by a writer, so that two cannot fork it."""

    seq = models.BigIntegerField()
    digest = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.seq}:{self.digest}"
