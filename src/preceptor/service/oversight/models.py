"""The standing of tools."""

from __future__ import annotations

from django.db import models

from preceptor.advice import Standing
from preceptor.service.practices.models import OfPractice, Practice


class ToolStanding(models.Model):
    """One change of a tool version's standing at a practice. Rows are added, never changed: the last one holds."""

    practice = models.ForeignKey(Practice, models.PROTECT)
    tool = models.CharField(max_length=100)
    version = models.CharField(max_length=50)
    standing = models.CharField(max_length=10, choices=[(s, s) for s in Standing])
    why = models.TextField()
    signed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True)  # None: the practice was made with it
    at = models.DateTimeField(auto_now_add=True)

    objects = OfPractice.as_manager()

    def __str__(self) -> str:
        return f"{self.tool} {self.version}: {self.standing}"
