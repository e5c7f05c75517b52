"""The practice's staff, for its manager: who has an account, a new one, and what to do when somebody leaves."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from preceptor.service.accounts import staff as looking_after
from preceptor.service.accounts.forms import AccountForm, RoleForm
from preceptor.service.accounts.models import Role, User
from preceptor.service.accounts.signed_in import practice_of, staff_of


@require_GET
def staff(http: HttpRequest) -> HttpResponse:
    _manager(http)
    practice = practice_of(http)
    people = practice.staff.order_by("-is_active", "last_name", "first_name", "username")
    two_steps = set(
        Authenticator.objects.filter(user__practice=practice, type=Authenticator.Type.TOTP).values_list(
            "user_id", flat=True
        )
    )
    return render(http, "accounts/staff.jinja", {"people": people, "two_steps": two_steps, "roles": Role.choices})


@require_http_methods(["GET", "POST"])
def add_account(http: HttpRequest) -> HttpResponse:
    manager = _manager(http)
    form = AccountForm(http.POST or None)
    if http.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        person, password = looking_after.add(
            manager,
            username=asked["username"],
            first_name=asked["first_name"],
            last_name=asked["last_name"],
            role=Role(asked["role"]),
        )
        # Shown in the answer itself, and kept nowhere: not in the session, not in an address.
        return render(http, "accounts/password.jinja", {"person": person, "password": password, "is_new": True})
    return render(http, "accounts/add.jinja", {"form": form}, status=422 if form.errors else 200)


@require_POST
def close_account(http: HttpRequest, user_id: int) -> HttpResponse:
    manager, person = _manager(http), _person(http, user_id)
    try:
        looking_after.close(manager, person)
    except looking_after.Refused as why:
        messages.error(http, str(why))
    else:
        messages.success(http, f"{person.shown_name} can no longer sign in.")
    return redirect("staff")


@require_POST
def reopen_account(http: HttpRequest, user_id: int) -> HttpResponse:
    manager, person = _manager(http), _person(http, user_id)
    looking_after.reopen(manager, person)
    messages.success(http, f"{person.shown_name} can sign in again, with the password they had.")
    return redirect("staff")


@require_POST
def reset_password(http: HttpRequest, user_id: int) -> HttpResponse:
    manager, person = _manager(http), _person(http, user_id)
    try:
        password = looking_after.reset_password(manager, person)
    except looking_after.Refused as why:
        messages.error(http, str(why))
        return redirect("staff")
    return render(http, "accounts/password.jinja", {"person": person, "password": password, "is_new": False})


@require_POST
def change_role(http: HttpRequest, user_id: int) -> HttpResponse:
    manager, person = _manager(http), _person(http, user_id)
    form = RoleForm(http.POST)
    if not form.is_valid():
        messages.error(http, "Choose one of the roles.")
        return redirect("staff")
    try:
        looking_after.change_role(manager, person, Role(form.cleaned_data["role"]))
    except looking_after.Refused as why:
        messages.error(http, str(why))
    else:
        messages.success(http, f"{person.shown_name} is now: {person.get_role_display()}.")
    return redirect("staff")


@require_POST
def reset_second_step(http: HttpRequest, user_id: int) -> HttpResponse:
    manager, person = _manager(http), _person(http, user_id)
    try:
        looking_after.reset_second_step(manager, person)
    except looking_after.Refused as why:
        messages.error(http, str(why))
    else:
        messages.success(http, f"{person.shown_name} signs in with the password alone until they set it up again.")
    return redirect("staff")


def _manager(http: HttpRequest) -> User:
    user = staff_of(http)
    if user.role != Role.MANAGER:
        raise PermissionDenied("Only the practice manager looks after accounts.")
    return user


def _person(http: HttpRequest, user_id: int) -> User:
    return get_object_or_404(User, practice=_manager(http).practice, pk=user_id)
