"""What tests may need of the machine, and what they share."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
ON_CI = os.environ.get("CI") == "true"


def needed(name: str, found: object) -> None:
    """Skip, visibly, where this machine lacks what a test needs; on CI the lack is a failure."""
    if not found:
        if ON_CI:
            pytest.fail(f"{name} is missing, and CI must have it")
        pytest.skip(f"needs {name}, which this machine lacks")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of third-party data beside the checkout. It is never committed, so it may be absent."""
    folder = REPOSITORY.parent / "shared"
    if not (folder / "data").is_dir():
        pytest.skip("needs ../shared, which this machine lacks")
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Debian's Chromium."""
    path = shutil.which("chromium")
    needed("Chromium", path)
    return str(path)


@pytest.fixture(scope="session")
def java() -> str:
    """The path of Java, for Spark."""
    path = shutil.which("java")
    needed("Java", path)
    return str(path)


@pytest.fixture(autouse=True)
def _ledger_can_be_emptied(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that commits leaves by emptying every table: lift the ledger's guard first. Emptying sets it again."""
    marker = request.node.get_closest_marker("django_db")
    commits = bool(marker and marker.kwargs.get("transaction"))
    if not commits and not {"transactional_db", "live_server"} & set(request.fixturenames):
        yield
        return
    request.getfixturevalue("transactional_db")
    yield
    from preceptor.service.ledger.guard import lift

    lift()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever touches the database is a storage test: it runs on SQLite and on PostgreSQL."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if item.get_closest_marker("django_db") or fixtures & {"db", "transactional_db", "live_server"}:
            item.add_marker("storage")
