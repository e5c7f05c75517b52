"""Whose key is it?"""

from __future__ import annotations

from preceptor.service.practices.models import ApiKey, Practice


def practice_of_key(key: str) -> Practice | None:
    """The practice that this key is for, or None for a key that is unknown or revoked."""
    held = ApiKey.objects.filter(digest=ApiKey.digest_of(key), revoked=None).select_related("practice").first()
    return held.practice if held else None
