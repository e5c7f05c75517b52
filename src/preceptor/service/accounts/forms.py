"""The forms around accounts."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm
from django import forms

from preceptor.service.accounts.models import Role, User


class AccountForm(forms.ModelForm):
    """A username is one of the whole installation, so that signing in needs no practice."""

    role = forms.ChoiceField(
        choices=[("", "Choose"), *Role.choices], error_messages={"required": "Choose what they do"}
    )

    class Meta:
        model = User
        fields = ("first_name", "last_name", "username", "role")
        error_messages = {  # noqa: RUF012 -- Django's own way
            "username": {"required": "Enter a username", "unique": "That username is taken: choose another"},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["first_name"].required = self.fields["last_name"].required = True
        self.fields["first_name"].error_messages["required"] = "Enter their first name"
        self.fields["last_name"].error_messages["required"] = "Enter their last name"


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=Role.choices)


class OwnPasswordForm(ChangePasswordForm):
    """allauth's form; but a password that somebody else has read out is not made one's own by typing it again."""

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if typed.get("password1") and typed.get("password1") == typed.get("oldpassword"):
            self.add_error("password1", "Choose a password that is not the one you have")
        return typed
