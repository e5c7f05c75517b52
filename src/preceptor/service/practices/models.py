"""Practices, and the keys of the programs that may send them requests."""

from __future__ import annotations

import hashlib
import secrets

from django.db import models


class Practice(models.Model):
    name = models.CharField(max_length=200)
    ods_code = models.CharField(max_length=10, unique=True)
    telephone = models.CharField(max_length=30, blank=True)
    synthetic = models.BooleanField(default=False)  # every page then says that no patient in it is real

    def __str__(self) -> str:
        return self.name


class OfPractice(models.QuerySet):
    """Rows that belong to a practice. Pages and APIs start from `of`, never from `all`."""

    def of(self, practice: Practice | None) -> OfPractice:
        """The rows of this practice; none at all for an account that has no practice."""
        return self.filter(practice=practice)


class ApiKey(models.Model):
    """A program's key. Only its digest is kept: a lost key is replaced, not read back."""

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    made = models.DateTimeField(auto_now_add=True)
    revoked = models.DateTimeField(null=True)

    objects = OfPractice.as_manager()

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def digest_of(key: str) -> str:
        # The key has 256 random bits, so a plain digest is enough: there is nothing to guess.
        return hashlib.sha256(key.encode()).hexdigest()

    @classmethod
    def make(cls, practice: Practice, name: str) -> str:
        """Make a key and return it: the one time that it can be read."""
        key = "pk_" + secrets.token_urlsafe(32)
        cls.objects.create(practice=practice, name=name, digest=cls.digest_of(key))
        return key
