"""How allauth behaves here."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.db import transaction
from django.http import HttpRequest

from preceptor.service.accounts.models import User
from preceptor.service.accounts.signed_in import remember
from preceptor.service.ledger.chain import Actor, append


class Adapter(DefaultAccountAdapter):
    """Nobody signs up from outside: the practice makes its accounts."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def login(self, request: HttpRequest, user: User) -> None:
        """Signing in overwrites when somebody was last here: the session keeps it, to tell what is new to them."""
        before = user.last_login
        super().login(request, user)
        remember(request, before)

    @transaction.atomic
    def set_password(self, user: User, password: str) -> None:
        """Somebody chose a password of their own."""
        user.set_password(password)
        user.must_change_password = False
        user.save(update_fields=["password", "must_change_password"])
        body = {"username": user.username}
        append("account.password_changed", f"user:{user.pk}", body, actor=Actor.person(user), practice=user.practice)
