"""The form for a new account."""

from __future__ import annotations

from typing import Any

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
