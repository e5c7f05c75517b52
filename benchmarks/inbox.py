"""How the service bears a Monday morning: `python benchmarks/inbox.py [REQUESTS...]`.

Starts the service as `preceptor serve` does, on this machine alone, over a database that holds so many past requests
(and 10,000 patients), 100 of them open. Then 25 requests arrive at once while five clinicians, each after the answer
to the last, read the inbox, a request and the newest line. Times are of the one who waits, in milliseconds.

On two shared cores of a cloud machine (Python 3.11, SQLite, 2026-11), which did three times as much other work at the
same time, so that these are upper bounds:

| requests held | page           |   n |   p50 |   p99 |
|--------------:|----------------|----:|------:|------:|
|         1,000 | POST a request |  25 |  1179 |  3117 |
|         1,000 | inbox          |  60 |   242 |   959 |
|         1,000 | inbox, all     |  60 |   216 |  1020 |
|         1,000 | inbox, search  |  60 |   225 |   499 |
|         1,000 | new requests?  |  60 |    42 |   125 |
|         1,000 | request        |  60 |   437 |  2094 |
|        10,000 | POST a request |  25 |   729 |  1669 |
|        10,000 | inbox          |  60 |   234 |   532 |
|        10,000 | inbox, all     |  60 |   264 |   481 |
|        10,000 | inbox, search  |  60 |   595 |  1021 |
|        10,000 | new requests?  |  60 |    44 |   160 |
|        10,000 | request        |  60 |   420 |  3671 |

Only the search in all past requests grows with their number: it reads each. Alone, in one process, the inbox takes
50 ms of processor with 10,000 requests held, and a request's page 57 ms and 25 questions to the database.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode

PATIENTS, OPEN, BURST, CLINICIANS, ROUNDS = 10_000, 100, 25, 5, 12
PORT, PASSWORD = 8765, "four quiet grey herons"
AT = f"http://127.0.0.1:{PORT}"


def fill(number: int) -> None:
    """A practice whose requests were decided on, but for the last hundred; its API key on standard output."""
    import random
    from datetime import date, timedelta

    from django.core.management import call_command
    from django.utils import timezone

    from preceptor.advice import Standing
    from preceptor.service.accounts.models import Role, User
    from preceptor.service.oversight.models import ToolStanding
    from preceptor.service.patients.models import Event, Patient, Resource
    from preceptor.service.practices.models import ApiKey, Practice
    from preceptor.service.requests.models import Assessment, Checked, Decision, FirstView, Request, State

    call_command("migrate", verbosity=0)
    dice = random.Random(1)  # noqa: S311
    practice = Practice.objects.create(name="Benchmark", ods_code="Z00000", synthetic=True)
    people = [
        User.objects.create_user(f"gp{n}", password=PASSWORD, practice=practice, role=Role.GP)
        for n in range(CLINICIANS)
    ]
    ToolStanding.objects.create(
        practice=practice, tool="triage", version="0.1.0", standing=Standing.SECOND, why="for the benchmark"
    )
    patients = Patient.objects.bulk_create(
        Patient(
            practice=practice, key=f"Patient/{n}", family_name=f"Testley{n % 97}", given_names=f"Pat {n}",
            born=date(1940, 1, 1) + timedelta(days=n * 3), sex="female",
        )
        for n in range(PATIENTS)
    )  # fmt: skip
    # The records of those whose requests are open: 500 entries each.
    now = timezone.now()
    for patient in patients[:OPEN]:
        resource = Resource.objects.create(practice=practice, key=f"B/{patient.pk}", patient=patient, digest=b"0" * 32)
        Event.objects.bulk_create(
            Event(
                practice=practice, patient=patient, resource=resource, key=f"Observation/{patient.pk}-{n}",
                kind="result", concept="egfr", when=now - timedelta(days=n * 7), text="eGFR", value=50.0 + n % 9,
                unit="mL/min/{1.73_m2}", value_sent="50", unit_sent="mL/min/1.73m2",
            )
            for n in range(500)
        )  # fmt: skip
    advice = {
        "urgency": "soon", "probabilities": {"soon": 1.0}, "set": ["soon"], "red_flags": [], "reasons": [],
        "not_considered": [], "kind": "clinical", "handler": "gp", "tool": "triage", "version": "0.1.0",
    }  # fmt: skip
    flag = {
        "id": "f", "title": "Chest pain now", "urgency": "emergency", "action": "Call 999.", "span": [0, 2],
        "spans": [[0, 2]], "events": [],
    }  # fmt: skip
    made = []
    for n in range(number):
        is_open, flagged = n >= number - OPEN, n % 12 == 0
        made.append(
            Request(
                practice=practice, patient=patients[n % OPEN if is_open else dice.randrange(PATIENTS)],
                received=now - timedelta(minutes=3 * (number - n)), source="page", telephone="07700 900123",
                text="My knee has been sore since the weekend and I cannot kneel on it. " * dice.randint(1, 8),
                state=State.WAITING if is_open else State.DECIDED, version=1 if is_open else 2,
                red_flags_checked=Checked.DONE, assessed=Checked.DONE, floor="emergency" if flagged else "",
                red_flags=[flag] if flagged else [],
            )
        )  # fmt: skip
    Request.objects.bulk_create(made, batch_size=500)
    Assessment.objects.bulk_create(
        [
            Assessment(request=r, tool="triage", version="0.1.0", standing="second", advice=advice, seconds=0.1)
            for r in made
        ],
        batch_size=500,
    )
    done = [request for request in made if request.state == State.DECIDED]
    common = {"round": 1, "urgency": "soon", "handler": "gp", "opened": now}
    FirstView.objects.bulk_create([FirstView(request=r, clinician=people[0], **common) for r in done], batch_size=500)
    Decision.objects.bulk_create([Decision(request=r, clinician=people[0], **common) for r in done], batch_size=500)
    print(ApiKey.make(practice, "benchmark"))


class Clinician:
    """Signed in, with a browser that keeps cookies."""

    def __init__(self, name: str) -> None:
        self.browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        token = re.search('name="csrfmiddlewaretoken" value="([^"]+)"', self.read("/accounts/login/"))
        assert token  # noqa: S101
        data = {"login": name, "password": PASSWORD, "csrfmiddlewaretoken": token[1]}
        self.browser.open(f"{AT}/accounts/login/", urlencode(data).encode()).close()

    def read(self, address: str) -> str:
        with self.browser.open(AT + address, timeout=60) as page:
            return str(page.read().decode())


def morning(key: str) -> dict[str, list[float]]:
    took: dict[str, list[float]] = defaultdict(list)
    lock = threading.Lock()

    def timed(what: str, work: object) -> str:
        began = time.perf_counter()
        said = work()  # type: ignore[operator]
        with lock:
            took[what].append(1000 * (time.perf_counter() - began))
        return str(said)

    def arrive(n: int) -> None:
        request = urllib.request.Request(  # noqa: S310
            f"{AT}/api/requests",
            json.dumps({"text": f"My knee has been sore for {n} days."}).encode(),
            {"Authorization": f"Bearer {key}", "Content-Type": "application/json", "Idempotency-Key": f"k{n}"},
        )
        timed("POST a request", lambda: urllib.request.urlopen(request, timeout=60).read())  # noqa: S310

    def work(name: str) -> None:
        clinician = Clinician(name)
        for turn in range(ROUNDS):
            inbox = timed("inbox", lambda: clinician.read("/"))
            requests = re.findall(r'href="(/requests/[0-9a-f-]{36}/)"', inbox)
            address = requests[(turn * CLINICIANS + int(name[-1])) % len(requests)]
            timed("request", lambda address=address: clinician.read(address))
            timed("new requests?", lambda: clinician.read("/requests/new/?total=1&flagged=0"))
            timed("inbox, all", lambda: clinician.read("/?view=all"))
            timed("inbox, search", lambda: clinician.read("/?view=all&search=testley13"))

    warm = Clinician("gp0")
    for _ in range(4):
        warm.read("/")
    with ThreadPoolExecutor(BURST + CLINICIANS) as pool:
        jobs = [pool.submit(work, f"gp{n}") for n in range(CLINICIANS)] + [pool.submit(arrive, n) for n in range(BURST)]
        for job in jobs:
            job.result()
    return took


def tell(held: int, took: dict[str, list[float]]) -> None:
    for what, times in sorted(took.items()):
        times.sort()
        p50, p99 = times[len(times) // 2], times[min(len(times) - 1, round(0.99 * (len(times) - 1)))]
        print(f"| {held:>13,} | {what:<14} | {len(times):>3} | {p50:>5.0f} | {p99:>5.0f} |", flush=True)


def main(sizes: list[str]) -> None:
    if sizes[:1] == ["fill"]:
        import django

        django.setup()
        return fill(int(sizes[1]))
    for size in sizes or ["1000", "10000"]:
        with tempfile.TemporaryDirectory(prefix="preceptor-benchmark-") as home:
            env = os.environ | {"PRECEPTOR_HOME": home, "DJANGO_SETTINGS_MODULE": "preceptor.service.settings"}
            env.pop("DATABASE_URL", None)
            filled = subprocess.run(  # noqa: S603
                [sys.executable, __file__, "fill", size], env=env, check=True, capture_output=True, text=True
            )
            command = [str(Path(sys.executable).parent / "preceptor"), "serve", "--port", str(PORT)]
            with subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL) as service:  # noqa: S603
                try:
                    _wait_until_ready()
                    tell(int(size), morning(filled.stdout.split()[-1]))
                finally:
                    service.terminate()
    return None


def _wait_until_ready() -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{AT}/readyz", timeout=5).close()  # noqa: S310
        except OSError:
            time.sleep(0.2)
        else:
            return
    sys.exit("the service did not start")


if __name__ == "__main__":
    main(sys.argv[1:])
