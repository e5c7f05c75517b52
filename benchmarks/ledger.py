"""How long `preceptor ledger verify` takes, and how much memory: `python benchmarks/ledger.py [ROWS...]`.

Fills an empty SQLite database with requests as a practice has them (each received, checked, assessed, viewed and
decided: five entries), then verifies it. Seconds are of the clock; memory is the most that the process held.

On two shared cores of a cloud machine (Python 3.11, SQLite, 2026-11), which did other work at the same time:

|    rows | seconds to verify | rows a second | most memory |
|--------:|------------------:|--------------:|------------:|
|   1,000 |               0.1 |        11,014 |       62 MB |
|  10,000 |               2.7 |         3,687 |       74 MB |
| 100,000 |              13.8 |         7,235 |       79 MB |

Seconds grow with the rows; memory all but stays.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time

ENTRIES_A_REQUEST = 5


def fill(rows: int) -> None:
    from django.core.management import call_command
    from django.db import transaction

    from preceptor.advice import Handler, Urgency
    from preceptor.service.accounts.models import Role, User
    from preceptor.service.ledger import chain
    from preceptor.service.practices.models import Practice
    from preceptor.service.requests import receiving
    from preceptor.service.requests.deciding import decide
    from preceptor.service.requests.models import Assessment

    call_command("migrate", verbosity=0)
    receiving._red_flags_of = lambda _: ((), receiving.Checked.DONE)  # the rules are timed elsewhere
    practice = Practice.objects.create(name="Benchmark", ods_code="Z00000", synthetic=True)
    gp = User.objects.create_user("gp", practice=practice, role=Role.GP)
    advice = {
        "urgency": "soon", "probabilities": {"soon": 1.0}, "set": ["soon"], "not_considered": [],
        "reasons": [{"text": "a reason " * 10, "effect": "sets", "span": [0, 4], "event": None, "rule": "r"}] * 5,
    }  # fmt: skip
    with transaction.atomic():
        for number in range(rows // ENTRIES_A_REQUEST):
            arrival = receiving.Arrival(f"My knee has been sore for {number} days. " * 8, "page")
            request = receiving.receive(practice, arrival).request
            kept = Assessment.objects.create(
                request=request, tool="triage", version="1", standing="shadow", advice=advice, seconds=0.1
            )
            body = {"assessment": kept.pk, "standing": "shadow", "advice": advice, "failure": ""}
            chain.append(
                "request.assessed", f"request:{request.pk}", body, actor=chain.Actor.tool("triage", "1"),
                practice=practice,
            )  # fmt: skip
            decide(request, gp, urgency=Urgency.SOON, handler=Handler.GP, reason="", note="Rung back.", version=1)


def measure() -> None:
    from preceptor.service.ledger.verify import verify

    began = time.perf_counter()
    verdict = verify()
    seconds = time.perf_counter() - began
    assert verdict.whole, verdict  # noqa: S101
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"| {verdict.entries:>7,} | {seconds:>17.1f} | {verdict.entries / seconds:>13,.0f} | {most:>8.0f} MB |",
        flush=True,
    )


def main(sizes: list[str]) -> None:
    if sizes[:1] in (["fill"], ["measure"]):
        import django

        django.setup()
        return fill(int(sizes[1])) if sizes[0] == "fill" else measure()
    for size in sizes or ["1000", "10000", "100000"]:
        with tempfile.TemporaryDirectory(prefix="preceptor-benchmark-") as home:
            env = os.environ | {"PRECEPTOR_HOME": home, "DJANGO_SETTINGS_MODULE": "preceptor.service.settings"}
            env.pop("DATABASE_URL", None)
            for work in (["fill", size], ["measure"]):
                subprocess.run([sys.executable, __file__, *work], env=env, check=True)  # noqa: S603
    return None


if __name__ == "__main__":
    main(sys.argv[1:])
