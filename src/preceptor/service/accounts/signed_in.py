"""Who is signed in, where a page is for the staff of a practice."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from preceptor.service.accounts.models import User
from preceptor.service.practices.models import Practice


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
