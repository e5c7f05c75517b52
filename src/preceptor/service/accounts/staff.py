"""Accounts of a practice's staff: each change is one transaction with its entry in the ledger."""

from __future__ import annotations

import secrets

from allauth.mfa.models import Authenticator
from django.db import transaction

from preceptor.service.accounts.models import Role, User
from preceptor.service.ledger.chain import Actor, append

# Without letters and digits that are mistaken for one another: 16 of these 30 are more than 78 bits.
_ALPHABET = "abcdefghjkmnpqrstvwxyz23456789"


class Refused(Exception):
    """It cannot be done as asked; the message says why."""


def new_password() -> str:
    """A password to be read out once, such as kxmp-4vtr-9hqs-w2na."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))


@transaction.atomic
def add(manager: User, *, username: str, first_name: str, last_name: str, role: Role) -> tuple[User, str]:
    """A new account in the manager's practice, and its password: the one time that it can be read."""
    _must_manage(manager)
    password = new_password()
    user = User.objects.create_user(
        username,
        password=password,
        practice=manager.practice,
        role=role,
        first_name=first_name,
        last_name=last_name,
        must_change_password=True,
    )
    _record("account.added", user, manager)
    return user, password


@transaction.atomic
def close(manager: User, user: User) -> None:
    """Nobody signs in with it any more, and whoever is signed in with it is signed out. What it did stays."""
    _must_manage(manager, user)
    if user.pk == manager.pk:
        raise Refused("You cannot close your own account: another manager can.")
    user.is_active = False
    user.save(update_fields=["is_active"])
    _record("account.closed", user, manager)


@transaction.atomic
def reopen(manager: User, user: User) -> None:
    _must_manage(manager, user)
    user.is_active = True
    user.save(update_fields=["is_active"])
    _record("account.reopened", user, manager)


@transaction.atomic
def reset_password(manager: User, user: User) -> str:
    """A new password for somebody who lost theirs; whoever is signed in with the old one is signed out."""
    _must_manage(manager, user)
    if user.pk == manager.pk:
        raise Refused("Change your own password under Your account.")
    password = new_password()
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    _record("account.password_reset", user, manager)
    return password


@transaction.atomic
def change_role(manager: User, user: User, role: Role) -> None:
    """From the next page on they may do what this role may. What they did before stays as they did it."""
    _must_manage(manager, user)
    if user.pk == manager.pk:
        raise Refused("You cannot change your own role: another manager can.")
    before = user.role
    user.role = role
    user.save(update_fields=["role"])
    _record("account.role_changed", user, manager, before=str(before))


@transaction.atomic
def reset_second_step(manager: User, user: User) -> None:
    """For somebody who lost their phone: they sign in with the password alone, and can set a second step up again."""
    _must_manage(manager, user)
    if user.pk == manager.pk:
        raise Refused("Turn your own second step off under Your account.")
    Authenticator.objects.filter(user=user).delete()
    _record("account.second_step_reset", user, manager)


def _must_manage(manager: User, user: User | None = None) -> None:
    if manager.role != Role.MANAGER or manager.practice is None:
        raise PermissionError("only the practice manager looks after accounts")
    if user is not None and user.practice_id != manager.practice_id:
        raise PermissionError("that account is not of this practice")


def _record(kind: str, user: User, manager: User, **more: str) -> None:
    body = {"username": user.username, "name": user.get_full_name(), "role": str(user.role)} | more
    append(kind, f"user:{user.pk}", body, actor=Actor.person(manager), practice=manager.practice)
