"""People who sign in."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models


class Role(models.TextChoices):
    GP = "gp", "GP"
    NURSE = "nurse", "Nurse"
    PHARMACIST = "pharmacist", "Pharmacist"
    CARE_NAVIGATOR = "care_navigator", "Care navigator"
    MANAGER = "manager", "Practice manager"
    SAFETY_OFFICER = "safety_officer", "Clinical safety officer"


# Those whose decision on a request counts; a manager or a safety officer reads, and runs the practice.
DECIDING_ROLES = frozenset({Role.GP, Role.NURSE, Role.PHARMACIST, Role.CARE_NAVIGATOR})
# Those who may change what a tool is trusted with.
GOVERNING_ROLES = frozenset({Role.MANAGER, Role.SAFETY_OFFICER})


class User(AbstractUser):
    """A member of one practice's staff, in one role. An account without a practice sees no patient."""

    practice = models.ForeignKey("practices.Practice", models.PROTECT, null=True, related_name="staff")
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.CARE_NAVIGATOR)
    must_change_password = models.BooleanField(default=False)  # somebody else knows it: a manager read it out

    @property
    def may_decide(self) -> bool:
        return self.practice_id is not None and self.role in DECIDING_ROLES

    @property
    def may_govern(self) -> bool:
        return self.practice_id is not None and self.role in GOVERNING_ROLES

    @property
    def shown_name(self) -> str:
        return self.get_full_name() or self.username
