"""A practice starts with a name, a manager and an entry in the ledger."""

from __future__ import annotations

import pytest

from preceptor.service.accounts.models import Role, User
from preceptor.service.ledger.models import Entry
from preceptor.service.practices.models import ApiKey, Practice
from preceptor.service.setup import CannotSetUp, make_api_key, start_practice

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
