"""Nothing is lost, nothing comes twice, and the ledger stays whole, whoever is killed in the middle of whatever.

The service runs as a practice runs it, on a database of its own, while programs send requests and a killer picks web
workers, the assessor and the tools' process at random and kills them outright (SIGKILL).
"""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

pytestmark = [
    pytest.mark.storage,
    pytest.mark.skipif(sys.platform != "linux", reason="finds the processes to kill in /proc"),
]
PRECEPTOR = [sys.executable, "-c", "from preceptor.cli import app; app()"]
SETUP = ["setup", "--practice", "Synthetic Surgery", "--ods-code", "Z00001", "--manager", "pm"]
TELEPHONE = "01632 960001\n"  # typed where it is asked for
PATIENCE = 60  # seconds for a request to be answered at last, and for all of them to be assessed

COUNTS = """
import json, django; django.setup()
from django.db.models import Count, Q
from preceptor.service.ledger.models import Entry
from preceptor.service.requests.models import Request
rows, answered = Request.objects.all(), Q(assessments__advice__isnull=False)
kinds = dict(Entry.objects.values_list("kind").annotate(Count("seq")).order_by())
print(json.dumps({
    "keys": sorted(rows.values_list("idempotency_key", flat=True)), "ids": [str(row.pk) for row in rows],
    "unchecked": rows.exclude(red_flags_checked="done").count(), "unassessed": rows.exclude(assessed="done").count(),
    "kinds": kinds,
    "answers": list(rows.annotate(n=Count("assessments", answered)).values_list("n", flat=True)),
}))
"""


@pytest.fixture
def env(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a new installation: on PostgreSQL where the tests run on it, otherwise on SQLite."""
    own = os.environ | {"PRECEPTOR_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "preceptor.service.settings"}
    if not (server := os.environ.get("DATABASE_URL")):
        yield own
        return
    name = f"kills_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        try:
            yield own | {"DATABASE_URL": urlsplit(server)._replace(path=f"/{name}").geturl()}
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def run(env: dict[str, str], *words: str, program: list[str] = PRECEPTOR) -> str:
    done = subprocess.run([*program, *words], env=env, capture_output=True, text=True, check=False, input=TELEPHONE)  # noqa: S603
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


def counts(env: dict[str, str]) -> dict[str, Any]:
    return dict(json.loads(run(env, program=[sys.executable, "-c", COUNTS])))


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        return int(listening.getsockname()[1])


def processes(root: int) -> dict[str, list[int]]:
    """The processes below the service, by what they are."""
    parents, commands = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            commands[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    masters = [pid for pid, parent in parents.items() if parent == root and "gunicorn" in commands[pid]]
    assessors = [pid for pid, parent in parents.items() if parent == root and "assessor" in commands[pid]]
    return {
        "web": [pid for pid, parent in parents.items() if parent in masters],
        "assessor": assessors,
        "tools": [pid for pid, parent in parents.items() if parent in assessors and "spawn_main" in commands[pid]],
    }


def send(port: int, api_key: str, number: int) -> str:
    """Send a request until it is answered, as a program must: its id."""
    time.sleep(0.5)  # not all at once: there has to be time to kill between them
    body = {"text": f"My knee has been sore for {number} days.", "patient": {"name": f"Pat Testley {number}"}}
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/requests",
        json.dumps(body).encode(),
        {
            "Authorization": f"Bearer {api_key}", "Content-Type": "application/json", "Idempotency-Key": f"k-{number}",
        },
    )  # fmt: skip
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
                return str(json.load(answer)["id"])
        except urllib.error.HTTPError as fault:
            if fault.code < 500:
                raise
        except (OSError, ValueError, http.client.HTTPException):
            pass  # killed before it could answer, or in the middle of its answer
        time.sleep(0.1)
    raise AssertionError(f"request {number} was never answered")


def kill_at_random(root: int, kills: int, stop: threading.Event) -> list[str]:
    """Kill so many, as long as requests are still being sent, and once at least: then the service may get up again."""
    dice = random.Random(kills)  # noqa: S311
    killed: list[str] = []
    while len(killed) < kills and not (stop.wait(dice.uniform(0.1, 0.7)) and killed):
        kind = dice.choice(["web", "assessor", "tools"])
        if living := processes(root)[kind]:
            with suppress(ProcessLookupError):
                os.kill(dice.choice(living), signal.SIGKILL)
                killed.append(kind)
    return killed


def storm(env: dict[str, str], number: int, kills: int) -> None:
    run(env, *SETUP, "--password", "four quiet grey herons")
    api_key = run(env, "key", "a program", "--practice", "Z00001")
    port = free_port()
    with subprocess.Popen([*PRECEPTOR, "serve", "--port", str(port)], env=env, start_new_session=True) as service:  # noqa: S603
        try:
            send(port, api_key, 0)
            stop = threading.Event()
            with ThreadPoolExecutor(9) as pool:
                killer = pool.submit(kill_at_random, service.pid, kills, stop)
                ids = set(pool.map(lambda n: send(port, api_key, n), range(number)))
                stop.set()
                killed = killer.result()
            assert killed
            assert len(ids) == number
            deadline = time.monotonic() + PATIENCE
            while (found := counts(env))["unassessed"] and time.monotonic() < deadline:
                time.sleep(0.5)
        finally:
            os.killpg(service.pid, signal.SIGKILL)
    assert set(found["ids"]) == ids, "each that was answered is there, and no other"
    assert found["keys"] == sorted(f"api:k-{n}" for n in range(number)), "none is there twice"
    assert (found["unchecked"], found["unassessed"]) == (0, 0)
    assert set(found["answers"]) == {1}, "each was assessed once"
    assert found["kinds"]["request.received"] == number
    assert found["kinds"]["request.red_flags"] == number
    assert json.loads(run(env, "ledger", "verify", "--json"))["whole"]


def test_nothing_is_lost_however_often_the_service_is_killed(env: dict[str, str]) -> None:
    storm(env, number=15, kills=6)


@pytest.mark.long
def test_nothing_is_lost_in_a_long_storm(env: dict[str, str]) -> None:
    storm(env, number=600, kills=100)
