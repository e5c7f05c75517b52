import pytest
from django.db import OperationalError

pytestmark = pytest.mark.django_db


def test_both_answer_without_signing_in(client):
    for address in ("/healthz", "/readyz"):
        answer = client.get(address)
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_not_ready_while_the_tables_are_of_another_version(client, monkeypatch):
    monkeypatch.setattr("preceptor.service.health.tables_are_ready", lambda: False)

    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200


def test_not_ready_without_a_database(client, monkeypatch):
    def down():
        raise OperationalError

    monkeypatch.setattr("preceptor.service.health.tables_are_ready", down)

    assert client.get("/readyz").status_code == 503
