"""A practice starts with a name, a manager and an entry in the ledger."""

from __future__ import annotations

import pytest

from preceptor.service.accounts.models import Role, User
from preceptor.service.ledger.models import Entry
from preceptor.service.practices.keys import practice_of_key
from preceptor.service.practices.models import ApiKey, Practice
from preceptor.service.setup import CannotSetUp, make_api_key, revoke_api_keys, start_practice

pytestmark = pytest.mark.django_db
PASSWORD = "four quiet grey herons"


def test_a_practice_is_started_with_its_manager() -> None:
    practice = start_practice("A Surgery", "A81001", "pm", PASSWORD)

    manager = User.objects.get(username="pm")
    assert (manager.practice, manager.role) == (practice, Role.MANAGER)
    assert manager.check_password(PASSWORD)
    assert not practice.synthetic
    assert Entry.objects.get().kind == "practice.started"


@pytest.mark.parametrize(
    ("ods_code", "manager", "password", "why"),
    [
        ("A81001", "pm2", PASSWORD, "is here already"),
        ("A81002", "pm", PASSWORD, "is taken"),
        ("A81002", "pm2", "short", "at least 12 characters"),
    ],
)
def test_what_cannot_be_set_up_is_refused_in_words(ods_code: str, manager: str, password: str, why: str) -> None:
    start_practice("A Surgery", "A81001", "pm", PASSWORD)
    with pytest.raises(CannotSetUp, match=why):
        start_practice("B Surgery", ods_code, manager, password)
    assert Practice.objects.count() == 1


def test_a_key_is_shown_once_and_kept_as_a_digest() -> None:
    start_practice("A Surgery", "A81001", "pm", PASSWORD)
    key = make_api_key("A81001", "the website")
    assert ApiKey.objects.get().digest == ApiKey.digest_of(key)
    assert key not in "".join(Entry.objects.values_list("body", flat=True))
    with pytest.raises(CannotSetUp, match="no practice"):
        make_api_key("B99999", "the website")


def test_an_ods_code_is_one_however_it_is_typed() -> None:
    assert start_practice("A Surgery", " a81001 ", "pm", PASSWORD).ods_code == "A81001"
    with pytest.raises(CannotSetUp, match="is here already"):
        start_practice("A Surgery", "A81001", "pm2", PASSWORD)
    assert make_api_key("a81001", "a program")


@pytest.mark.parametrize("code", ["", "A8", "A81001/x", "../etc", "A81 001", "A810010000000"])
def test_what_is_no_ods_code_is_refused(code: str) -> None:
    with pytest.raises(CannotSetUp, match="no ODS code"):
        start_practice("A Surgery", code, "pm", PASSWORD)


def test_a_key_that_was_revoked_opens_nothing() -> None:
    start_practice("A Surgery", "A81001", "pm", PASSWORD)
    key, other = make_api_key("A81001", "a program"), make_api_key("A81001", "another")
    assert revoke_api_keys("A81001", "a program") == 1
    assert practice_of_key(key) is None
    assert practice_of_key(other)
    assert revoke_api_keys("A81001", "a program") == 0
    assert [entry.kind for entry in Entry.objects.all()].count("practice.api_keys_revoked") == 1


def test_a_practice_has_the_number_that_patients_are_told_to_call() -> None:
    assert start_practice("A Surgery", "A81001", "pm", PASSWORD, " 01632 960001 ").telephone == "01632 960001"
