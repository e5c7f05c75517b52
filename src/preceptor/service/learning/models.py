"""The steps of a tool's model, and the numbers that requests were read as. Steps are added, never changed."""

from __future__ import annotations

from django.db import models


class What(models.TextChoices):
    LEARNT = "learnt", "Learnt"
    WITHDRAWN = "withdrawn", "Withdrawn"
    PROMOTED = "promoted", "Put in force"
    ROLLED_BACK = "rolled_back", "Rolled back"


class ModelStep(models.Model):
    """Something that was done with a model of this installation: a model serves every practice in it."""

    tool = models.CharField(max_length=100)
    what = models.CharField(max_length=11, choices=What)
    digest = models.CharField(max_length=64, blank=True)  # of the model that it is about; empty: the one that ships
    version = models.CharField(max_length=50)
    parent = models.CharField(max_length=64, blank=True)  # what was in force when it was learnt, or until this step
    by = models.ForeignKey("accounts.User", models.PROTECT, null=True)  # None: `preceptor learn` on its own
    also = models.JSONField(default=list)  # where there are several practices, those who approved beside
    why = models.TextField(blank=True)
    figures = models.JSONField()  # what it rests on: see `learning.telling`
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.tool} {self.version}: {self.what}"


class KeptInputs(models.Model):
    """What a request is to the second stage, so that it is read by the encoder once and not at every learning."""

    request = models.OneToOneField("requests.Request", models.CASCADE, related_name="kept_inputs")
    made_for = models.CharField(max_length=100)  # of the encoder and rules that read it
    row = models.BinaryField()  # float32, little-endian; empty where the words could not be read
    floor = models.PositiveSmallIntegerField()
    about = models.CharField(max_length=100, blank=True)

    def __str__(self) -> str:
        return f"{self.request_id} as {self.made_for} reads it"
