"""Starting a practice: its tables, its name and the first account."""

from __future__ import annotations

import re

from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from preceptor.service.accounts.models import Role, User
from preceptor.service.ledger import chain
from preceptor.service.practices.models import ApiKey, Practice


class CannotSetUp(Exception):
    """The message says what stands in the way."""


def prepare_database() -> None:
    """Make or upgrade the tables. Harmless when they are up to date."""
    call_command("migrate", verbosity=0)


@transaction.atomic
def start_practice(name: str, ods_code: str, manager: str, password: str, telephone: str = "") -> Practice:
    """A practice and its manager's account; the manager then makes the other accounts on the Staff page."""
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    ods_code = _ods_code(ods_code)
    if Practice.objects.filter(ods_code=ods_code).exists():
        raise CannotSetUp(f"a practice with the ODS code {ods_code} is here already")
    if User.objects.filter(username=manager).exists():
        raise CannotSetUp(f"the username {manager} is taken")
    try:
        User.username_validator(manager)
        validate_password(password)
    except ValidationError as unfit:
        raise CannotSetUp(" ".join(unfit.messages)) from unfit
    practice = Practice.objects.create(name=name, ods_code=ods_code, telephone=telephone.strip())
    User.objects.create_user(manager, password=password, practice=practice, role=Role.MANAGER)
    body = {"name": name, "ods_code": ods_code, "manager": manager}
    chain.append("practice.started", f"practice:{ods_code}", body, actor=chain.SYSTEM, practice=practice)
    return practice


def _ods_code(typed: str) -> str:
    """As it stands in addresses and in the ledger. Raises CannotSetUp."""
    code = typed.strip().upper()
    if not re.fullmatch("[A-Z0-9]{3,10}", code):
        raise CannotSetUp(f"{typed!r} is no ODS code: it has letters and digits alone, such as A81001")
    return code


@transaction.atomic
def revoke_api_keys(ods_code: str, name: str) -> int:
    """From now on no key of this name opens anything; how many there were."""
    code = _ods_code(ods_code)
    keys = ApiKey.objects.filter(practice__ods_code=code, name=name, revoked=None)
    if revoked := keys.update(revoked=timezone.now()):
        practice = Practice.objects.get(ods_code=code)
        body = {"name": name, "keys": revoked}
        chain.append("practice.api_keys_revoked", f"practice:{code}", body, actor=chain.SYSTEM, practice=practice)
    return revoked


@transaction.atomic
def make_api_key(ods_code: str, name: str) -> str:
    """A key for a program that sends requests; this is the one time that it can be read."""
    practice = Practice.objects.filter(ods_code=_ods_code(ods_code)).first()
    if practice is None:
        raise CannotSetUp(f"there is no practice with the ODS code {ods_code}")
    key = ApiKey.make(practice, name)
    body = {"name": name}
    chain.append("practice.api_key_made", f"practice:{practice.ods_code}", body, actor=chain.SYSTEM, practice=practice)
    return key
