"""What tests may need of the machine, and what they share."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from machine import REPOSITORY, needed


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


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--run-long", action="store_true", help="run the tests marked long, too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Whatever touches the database is a storage test: it runs on SQLite and on PostgreSQL. Long ones wait."""
    for item in items:
        if item.get_closest_marker("long") and not config.getoption("--run-long"):
            item.add_marker(pytest.mark.skip(reason="long: run with --run-long (make test-long)"))
        fixtures = set(getattr(item, "fixturenames", ()))
        if item.get_closest_marker("django_db") or fixtures & {"db", "transactional_db", "live_server"}:
            item.add_marker("storage")
