import pytest
from django.db import transaction
from preceptor.service.ledger.chain import SYSTEM, append

@pytest.mark.django_db(transaction=True)
def test_x(transactional_db):
    with transaction.atomic():
        e = append("note", "x", {"a": 1}, actor=SYSTEM, practice=None)
    assert e.seq == 1

@pytest.mark.django_db(transaction=True)
def test_y(transactional_db):
    with transaction.atomic():
        e = append("note", "x", {"a": 1}, actor=SYSTEM, practice=None)
    assert e.seq == 1
