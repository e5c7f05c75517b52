"""A manager looks after the practice's accounts: each password is shown once, each change is in the ledger."""

from __future__ import annotations

import json
import re
from urllib.parse import urlencode

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth import authenticate
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from preceptor.service.accounts.models import Role, User
from preceptor.service.accounts.staff import new_password
from preceptor.service.ledger.models import Entry
from service.factories import PASSWORD as FACTORY_PASSWORD
from service.factories import a_practice, a_user

pytestmark = pytest.mark.django_db
NEW = {"first_name": "Nur", "last_name": "Sely", "username": "nur.sely", "role": "nurse"}
PASSWORD = re.compile(r"<code>([^<]+)</code>")


@pytest.fixture
def practice():
    return a_practice()


@pytest.fixture
def manager(practice):
    return a_user(practice, Role.MANAGER)


@pytest.fixture
def client(manager):
    return as_(manager)


@pytest.fixture
def nurse(practice):
    return a_user(practice, Role.NURSE, first_name="Nur", last_name="Sely")


def as_(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def do(client, name, user=None, **data):
    return client.post(reverse(name, args=[user.pk] if user else []), data)


def test_a_manager_adds_a_nurse_who_can_then_sign_in(practice, manager, client):
    response = do(client, "add_account", **NEW)
    assert response.status_code == 200
    password = PASSWORD.search(response.content.decode())[1]
    nurse = User.objects.get(username="nur.sely")
    assert (nurse.practice, nurse.role, nurse.may_decide, nurse.is_staff) == (practice, Role.NURSE, True, False)
    assert authenticate(username="nur.sely", password=password) == nurse
    entry = Entry.objects.get()
    assert (entry.kind, entry.subject, entry.practice) == ("account.added", f"user:{nurse.pk}", practice.ods_code)
    assert entry.actor.startswith(f"user:{manager.pk} ")
    assert json.loads(entry.body) == {"name": "Nur Sely", "role": "nurse", "username": "nur.sely"}


def test_a_password_is_shown_once_and_kept_nowhere(client, nurse):
    password = PASSWORD.search(do(client, "reset_password", nurse).content.decode())[1]
    assert password not in client.get(reverse("staff")).content.decode()
    assert password not in "".join(Entry.objects.values_list("body", flat=True))
    assert not any(password in str(value) for value in client.session.values())


def test_passwords_are_long_and_never_the_same():
    made = {new_password() for _ in range(200)}
    assert len(made) == 200
    assert all(re.fullmatch(r"([a-z2-9]{4}-){3}[a-z2-9]{4}", password) for password in made)


def test_a_closed_account_is_signed_out_at_once_and_can_be_reopened(client, nurse):
    working = as_(nurse)
    assert working.get(reverse("patients")).status_code == 200
    do(client, "close_account", nurse)
    assert working.get(reverse("patients")).status_code == 302
    do(client, "reopen_account", nurse)
    assert as_(nurse).get(reverse("patients")).status_code == 200
    assert list(Entry.objects.values_list("kind", flat=True)) == ["account.closed", "account.reopened"]


def test_a_new_password_ends_what_the_old_one_opened(client, nurse):
    working = as_(nurse)
    do(client, "reset_password", nurse)
    assert working.get(reverse("patients")).status_code == 302
    assert Entry.objects.get().kind == "account.password_reset"


@pytest.mark.parametrize("name", ["close_account", "reset_password"])
def test_a_manager_cannot_lock_themselves_out(client, manager, name):
    assert do(client, name, manager).status_code == 302
    manager.refresh_from_db()
    assert manager.is_active
    assert not Entry.objects.exists()


@pytest.mark.parametrize("role", [role for role in Role if role != Role.MANAGER])
def test_nobody_else_looks_after_accounts(practice, nurse, role):
    client = as_(a_user(practice, role))
    assert client.get(reverse("staff")).status_code == 403
    assert do(client, "add_account", **NEW).status_code == 403
    for name in ("close_account", "reopen_account", "reset_password"):
        assert do(client, name, nurse).status_code == 403
    assert not Entry.objects.exists()


def test_another_practices_staff_are_not_there(client):
    stranger = a_user(a_practice(), first_name="Else", last_name="Where")
    assert "Else Where" not in client.get(reverse("staff")).content.decode()
    for name in ("close_account", "reopen_account", "reset_password"):
        assert do(client, name, stranger).status_code == 404


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"username": ""}, "Enter a username"),
        ({"first_name": ""}, "Enter their first name"),
        ({"last_name": ""}, "Enter their last name"),
        ({"role": ""}, "Choose what they do"),
        ({"role": "superuser"}, "superuser"),
        ({"username": "a b"}, "valid username"),
    ],
)
def test_what_is_missing_is_said(client, fields, said):
    response = do(client, "add_account", **NEW | fields)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not User.objects.filter(last_name="Sely").exists()


def test_a_username_is_taken_whichever_practice_has_it(client):
    a_user(a_practice(), username="nur.sely")
    response = do(client, "add_account", **NEW)
    assert response.status_code == 422
    assert "That username is taken" in response.content.decode()


def test_nothing_more_than_the_form_asks_can_be_set(client):
    do(client, "add_account", **NEW, is_superuser="on", is_staff="on", practice="1")
    nurse = User.objects.get(username="nur.sely")
    assert not nurse.is_superuser
    assert not nurse.is_staff


@pytest.mark.parametrize("name", ["close_account", "reopen_account", "reset_password"])
def test_reading_changes_nothing(client, nurse, name):
    assert client.get(reverse(name, args=[nurse.pk])).status_code == 405


def sign_in(username: str, password: str, **more) -> Client:
    client = Client()
    client.post(reverse("account_login"), {"login": username, "password": password}, **more)
    return client


def change(client, old, new):
    return client.post(reverse("account_change_password"), {"oldpassword": old, "password1": new, "password2": new})


def test_a_password_that_the_manager_read_out_opens_one_page_alone(client):
    password = PASSWORD.search(do(client, "add_account", **NEW).content.decode())[1]
    nurse = sign_in("nur.sely", password)
    for name in ("inbox", "patients", "tools", "mfa_index"):
        response = nurse.get(reverse(name))
        assert (response.status_code, response.url) == (302, reverse("account_change_password"))
    assert nurse.get(reverse("account_change_password")).status_code == 200

    assert change(nurse, password, password).status_code == 200, "the same again is no password of one's own"
    assert User.objects.get(username="nur.sely").must_change_password
    assert change(nurse, password, "four quiet grey herons").status_code == 302

    assert nurse.get(reverse("inbox")).status_code == 200
    assert not User.objects.get(username="nur.sely").must_change_password
    last = Entry.objects.latest("seq")
    assert (last.kind, last.actor.split()[1:]) == ("account.password_changed", ["Nur", "Sely"])
    assert "herons" not in last.body


def test_a_reset_password_is_to_be_changed_too(client, nurse):
    password = PASSWORD.search(do(client, "reset_password", nurse).content.decode())[1]
    assert sign_in(nurse.username, password).get(reverse("inbox")).url == reverse("account_change_password")


def test_a_role_is_changed_at_once_and_entered(client, nurse):
    working = as_(nurse)
    assert working.get(reverse("staff")).status_code == 403
    do(client, "change_role", nurse, role="manager")
    assert working.get(reverse("staff")).status_code == 200
    do(client, "change_role", nurse, role="emperor")
    nurse.refresh_from_db()
    assert nurse.role == Role.MANAGER
    body = json.loads(Entry.objects.get(kind="account.role_changed").body)
    assert (body["before"], body["role"]) == ("nurse", "manager")


def test_a_lost_second_step_is_reset(client, nurse):
    Authenticator.objects.create(user=nurse, type=Authenticator.Type.TOTP, data={"secret": "x"})
    Authenticator.objects.create(user=nurse, type=Authenticator.Type.RECOVERY_CODES, data={})
    do(client, "reset_second_step", nurse)
    assert not Authenticator.objects.filter(user=nurse).exists()
    assert Entry.objects.get().kind == "account.second_step_reset"


@pytest.mark.parametrize(("name", "data"), [("change_role", {"role": "gp"}), ("reset_second_step", {})])
def test_what_a_manager_may_do_to_others_of_this_practice_alone(practice, client, manager, nurse, name, data):
    assert do(client, name, a_user(a_practice()), **data).status_code == 404
    do(client, name, manager, **data)
    assert do(as_(nurse), name, manager, **data).status_code == 403
    assert client.get(reverse(name, args=[nurse.pk])).status_code == 405
    manager.refresh_from_db()
    assert manager.role == Role.MANAGER
    assert not Entry.objects.exists()


def test_one_who_forgot_a_password_does_not_lock_the_practice_out(practice, nurse):
    cache.clear()
    other = a_user(practice, Role.GP)
    for _ in range(12):
        sign_in(nurse.username, "wrong password")
    assert sign_in(nurse.username, FACTORY_PASSWORD).get(reverse("inbox")).status_code == 302, "slowed down"
    assert sign_in(other.username, FACTORY_PASSWORD).get(reverse("inbox")).status_code == 200
    cache.clear()


def test_a_session_from_before_signing_in_is_worth_nothing_after_it(nurse):
    client = Client()
    session = client.session
    session["planted"] = "yes"
    session.save()
    planted = session.session_key
    client.cookies["sessionid"] = planted
    client.post(reverse("account_login"), {"login": nurse.username, "password": FACTORY_PASSWORD})
    cookie = client.cookies["sessionid"]
    assert cookie.value != planted
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    thief = Client()
    thief.cookies["sessionid"] = planted
    assert thief.get(reverse("inbox")).status_code == 302


@pytest.mark.parametrize("there", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_signing_in_leads_nowhere_else(nurse, there):
    cache.clear()
    response = Client().post(
        reverse("account_login") + "?" + urlencode({"next": there}),
        {"login": nurse.username, "password": FACTORY_PASSWORD, "next": there},
    )
    assert response.status_code == 302
    assert response.url == reverse("inbox")
