"""POST /api/symptoms: the symptom tool for another program. By POST, because an address would be kept in logs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Field, Router, Schema
from ninja.errors import HttpError

from preceptor.tools.triage.symptoms import LONGEST, Answer, CannotLookUp, look_up

router = Router(tags=["Symptoms"])


class SymptomsIn(Schema):
    model_config = {"extra": "forbid"}  # noqa: RUF012 -- pydantic copies it
    words: str = Field(description=f"what the patient says, in at most {LONGEST} characters")
    age: float | None = Field(default=None, description="years; 0.1 is five weeks")
    sex: str | None = Field(default=None, description="female, male, other or unknown")


class Fault(Schema):
    detail: str


@router.post("/symptoms", response={200: Answer, 401: Fault, 422: Any}, summary="Look up what a patient says")
def look_up_words(request: HttpRequest, sent: SymptomsIn) -> Answer:  # noqa: ARG001
    """Red flags, presentations, what to ask next and why. Nothing sent here is kept. It informs; a person decides."""
    try:
        return look_up(sent.words, sent.age, sent.sex)
    except CannotLookUp as why:
        raise HttpError(422, f"{str(why)[0].upper()}{str(why)[1:]}.") from why
