from __future__ import annotations

import json

import pytest

from service.hooks.calling import BASE, bearer, told


@pytest.fixture(autouse=True)
def configured(settings):
    """One client, that of the sandbox."""
    settings.CDS_HOOKS = told()
    return settings


@pytest.fixture
def post(client):
    """POST to a service, or below it, as the client that is configured."""

    def post(name, sent, address="", headers=None, **token):
        data = sent if isinstance(sent, str | bytes) else json.dumps(sent)
        url = f"{BASE}/{name}{address}"
        headers = bearer(url, **token) if headers is None else headers
        return client.post(url, data, "application/json", headers=headers)

    return post
