"""Saying no to another program: a status and one sentence, as JSON."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import JsonResponse


class Refusal(Exception):
    """What was asked cannot be done: the HTTP status, and why in words that quote nothing of what was sent."""

    def __init__(self, status: int, why: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(why)
        self.status = status
        self.headers = headers or {}

    @property
    def response(self) -> JsonResponse:
        return JsonResponse({"detail": str(self)}, status=self.status, headers=dict(self.headers))
