"""`preceptor learn` on a practice's database of fifty thousand decisions: time, processor time and memory of each part.

    python benchmarks/learning/fifty_thousand.py [DECISIONS] [READ_NOW]

Synthetic decisions in a database of their own (SQLite, in a temporary folder), written as rows; then the very function
that the command calls. All words but those of READ_NOW requests (200) were read before, as a service that has learnt
once keeps them; what reading costs is measured on those and told for one request. The machine may be busy: processor
time, of this process and of those it started, is what can be compared.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import numpy as np

WORDS = "I have had a sore throat and a bit of a temperature for {} days, and it hurts to swallow. Should I be seen?"


@contextmanager
def told(words: str) -> Iterator[None]:
    def cpu() -> float:
        return sum(
            resource.getrusage(who).ru_utime + resource.getrusage(who).ru_stime
            for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        )

    begun, spent = time.perf_counter(), cpu()
    yield
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{words}: {cpu() - spent:,.1f} s of processor time, {time.perf_counter() - begun:,.1f} s by the clock, "
        f"{most:,.0f} MiB at most",
        flush=True,
    )


def fill(n: int, read_now: int) -> None:
    from django.db import transaction
    from django.utils import timezone

    from preceptor.advice import URGENCIES
    from preceptor.learning.simulation import Practice as Simulated
    from preceptor.learning.simulation import team
    from preceptor.service.accounts.models import User
    from preceptor.service.learning.gathering import reader
    from preceptor.service.learning.learning import shared_rows, the_champion
    from preceptor.service.learning.models import KeptInputs
    from preceptor.service.oversight.models import AuditAnswer, AuditDraw
    from preceptor.service.practices.models import Practice
    from preceptor.service.requests.models import Assessment, Checked, Decision, FirstView, Request, State

    rows, champion, luck = shared_rows().learned, the_champion().stage, np.random.default_rng(1)
    practice = Practice.objects.create(name="Synthetic Large Surgery", ods_code="Z99998", telephone="", synthetic=True)
    people = team(40, 0.4, luck)
    users = {who.account: User.objects.create(username=who.account, role="gp", practice=practice) for who in people}
    calls = champion.calls(rows.inputs, rows.floors)
    start = timezone.now() - timedelta(days=365)
    decided = Simulated("p", people, rows, followed=0.0).decisions(n, calls, luck, start)
    made_for = reader()
    with transaction.atomic():
        for begin in range(0, n, 5_000):
            some = decided[begin : begin + 5_000]
            requests = [
                Request(practice=practice, received=each.final.when, text=WORDS.format(2 + at % 7), source="api",
                        state=State.DECIDED, version=2, red_flags_checked=Checked.DONE)
                for at, each in enumerate(some)
            ]  # fmt: skip
            Request.objects.bulk_create(requests)
            shown = [
                Assessment(request=request, tool="triage", version="1", standing="second", seconds=0.1,
                           advice={"urgency": each.advised.value if each.advised else ""})
                for request, each in zip(requests, some, strict=True)
            ]  # fmt: skip
            Assessment.objects.bulk_create(shown)
            views = [
                FirstView(request=request, round=1, clinician=users[each.final.account], handler="gp",
                          urgency=each.first_views[0].urgency.value, opened=each.final.when)
                for request, each in zip(requests, some, strict=True)
            ]  # fmt: skip
            FirstView.objects.bulk_create(views)
            decisions = [
                Decision(request=request, round=1, clinician=users[each.final.account], first_view=view,
                         assessment=advice, urgency=each.final.urgency.value, handler="gp", reason=each.reason,
                         opened=each.final.when)
                for request, each, view, advice in zip(requests, some, views, shown, strict=True)
            ]  # fmt: skip
            Decision.objects.bulk_create(decisions)
            for decision, view, each in zip(decisions, views, some, strict=True):
                decision.at = view.at = each.final.when  # which only an update can set
            Decision.objects.bulk_update(decisions, ["at"], batch_size=500)
            FirstView.objects.bulk_update(views, ["at"], batch_size=500)
            draws = [
                AuditDraw(practice=practice, request=request, decision=decision, probability=0.1,
                          lot=0.05 if each.audit else 0.5, drawn=bool(each.audit))
                for request, decision, each in zip(requests, decisions, some, strict=True)
            ]  # fmt: skip
            AuditDraw.objects.bulk_create(draws)
            answers = [
                AuditAnswer(practice=practice, draw=draw, auditor=users[each.audit.account], blind=True,
                            urgency=each.audit.urgency.value)
                for draw, each in zip(draws, some, strict=True)
                if each.audit
            ]  # fmt: skip
            AuditAnswer.objects.bulk_create(answers)
            for answer, each in zip(answers, [each for each in some if each.audit], strict=True):
                answer.at = each.audit.when  # type: ignore[union-attr]
            AuditAnswer.objects.bulk_update(answers, ["at"], batch_size=500)
            kept = [
                KeptInputs(request=request, made_for=made_for, about=each.about, floor=len(URGENCIES) - 1,
                           row=np.asarray(each.inputs, dtype="<f4").tobytes())
                for at, (request, each) in enumerate(zip(requests, some, strict=True))
                if begin + at >= read_now
            ]  # fmt: skip
            KeptInputs.objects.bulk_create(kept)


def main(n: int, read_now: int) -> None:
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"PRECEPTOR_HOME": home, "DJANGO_SETTINGS_MODULE": "preceptor.service.settings"}
        os.environ.pop("DATABASE_URL", None)
        os.environ.pop("PRECEPTOR_MODELS", None)
        import django

        django.setup()
        from django.core.management import call_command
        from django.utils import timezone

        call_command("migrate", verbosity=0)
        from preceptor.service.learning.gathering import told_since
        from preceptor.service.learning.learning import learn

        with told(f"Writing {n:,} synthetic decisions, which is not what is measured"):
            fill(n, read_now)
        early = timezone.now() - timedelta(days=380)
        with told(f"Reading the words of {read_now:,} requests, and the rows of all"):
            first = told_since(early)
        with told(f"Rows of {len(first):,} decisions whose words were read before"):
            told_since(early)
        with told("`learn`: rows, lessons, alarms, fit, contest, artefact, ledger"):
            made = learn()
        lessons = made.figures["lessons"]
        print(f"{lessons['used']:,} of {lessons['offered']:,} lessons teach, {len(lessons['alarms'])} alarms")


if __name__ == "__main__":
    given = [int(each) for each in sys.argv[1:]]
    main(*(given + [50_000, 200][len(given) :]))
