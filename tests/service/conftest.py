"""Who and what most tests of the service begin with. A folder or a file that needs another has its own."""

from __future__ import annotations

import pytest

from service.factories import a_practice, a_user
from service.oversight.histories import an_auditor, decided


@pytest.fixture
def practice():
    return a_practice()


@pytest.fixture
def gp(practice):
    return a_user(practice)


@pytest.fixture
def officer(practice):
    return an_auditor(practice)


@pytest.fixture
def undrawn(practice, gp, officer):
    """A request decided as routine, and not drawn for the audit."""
    [request] = decided(practice, gp, officer, [("routine",) * 4], probability=0.1, lot=0.5, answered=False)
    return request


@pytest.fixture
def waiting(practice, gp, officer):
    """A request decided as routine, drawn for the audit, and not answered yet."""
    [request] = decided(practice, gp, officer, [("routine",) * 4], answered=False)
    return request
