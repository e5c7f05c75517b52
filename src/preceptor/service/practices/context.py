"""What every page knows: whose practice it shows."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def practice(request: HttpRequest) -> dict[str, Any]:
    """`practice`: the one that a public page is of, or else the signed-in person's; None where there is neither."""
    asked = getattr(request, "practice", None)
    return {"practice": asked or getattr(getattr(request, "user", None), "practice", None)}
