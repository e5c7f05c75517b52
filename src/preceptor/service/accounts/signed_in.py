"""Who is signed in, where a page is for the staff of a practice."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from preceptor.service.accounts.models import User
from preceptor.service.practices.models import Practice

_BEFORE = "signed_in_before"


def staff_of(http: HttpRequest) -> User:
    """The person who is signed in. Raises PermissionDenied for an account that belongs to no practice."""
    user = http.user
    if not isinstance(user, User) or user.practice is None:
        raise PermissionDenied("Your account belongs to no practice. Ask your practice manager.")
    return user


def practice_of(http: HttpRequest) -> Practice:
    """The practice of the person who is signed in; otherwise as `staff_of`."""
    practice = staff_of(http).practice
    assert practice is not None  # noqa: S101 -- staff_of has made sure
    return practice


def remember(http: HttpRequest, before: datetime | None) -> None:
    """Keep in the session when its owner had last signed in before this time."""
    http.session[_BEFORE] = before.isoformat() if before else ""


def last_here(http: HttpRequest) -> datetime | None:
    """When the person who is signed in had signed in last, before this session; None where that is not known."""
    kept = http.session.get(_BEFORE)
    return datetime.fromisoformat(kept) if kept else None
