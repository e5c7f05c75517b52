"""What every page knows: whose practice it shows."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def practice(request: HttpRequest) -> dict[str, Any]:
    """`practice`: the signed-in person's practice, or None."""
    return {"practice": getattr(getattr(request, "user", None), "practice", None)}
