"""A practice with every pack of watches switched on, and records in which something is to be noticed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from preceptor.service.findings.watches import switch
from preceptor.tools.watch import PACKS
from service.factories import a_patient, a_practice, a_user, an_event


@pytest.fixture
def practice(db):
    practice = a_practice()
    for pack in PACKS:
        switch(practice, pack, on=True, user=None, why="as the tests need it")
    return practice


@pytest.fixture
def gp(practice):
    return a_user(practice)


@pytest.fixture
def patient(practice):
    """High potassium a month ago, and nothing since."""
    patient = a_patient(practice, born=timezone.localdate() - timedelta(days=365 * 35))
    potassium(patient, 6.1, days=30)
    return patient


@pytest.fixture
def client(gp):
    client = Client()
    client.force_login(gp)
    return client


def potassium(patient, value, days):
    when = timezone.now() - timedelta(days=days)
    return an_event(
        patient, kind="result", concept="potassium", text="Potassium", value=value, unit="mmol/L", when=when
    )
