"""Opening the demo practice: a database of its own, filled through the same doors as a real one."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from preceptor.advice import Standing
from preceptor.demo import Practice as DemoPractice
from preceptor.demo import build, past
from preceptor.demo.dice import Dice, Stream
from preceptor.tools.watch import PACKS

if TYPE_CHECKING:
    from preceptor.service.practices.models import Practice as PracticeRow

PASSWORD = "synthetic-demo-1"  # noqa: S105 -- opens nothing but synthetic data
TELEPHONE = "01632 960000"  # from the range that Ofcom keeps for fiction
SIGN_INS = (
    # username, role, first and last name: plainly nobody
    ("gp", "gp", "Dr Gee", "Demoworth"),
    ("gp2", "gp", "Dr Pea", "Sampleton"),
    ("nurse", "nurse", "Nurse Enn", "Testley"),
    ("navigator", "care_navigator", "Nav", "Igate-Demo"),
    ("manager", "manager", "Man", "Ager-Demo"),
    ("safety", "safety_officer", "Dr Safe", "Officer-Demo"),
)

SLOWEST_ANSWER = 60.0  # seconds

Progress = Callable[[str, int, int], None]  # (what is being done, how much is done, of how much)


@dataclass(frozen=True, slots=True)
class Settings:
    """What makes one demo practice: the same settings make the same practice on any machine."""

    patients: int
    seed: int
    monday: date
    weeks: int = past.WEEKS  # that it has lived through


def latest_monday(today: date) -> date:
    return today - timedelta(days=today.weekday())


def held(home: Path) -> Settings | None:
    """The settings of the demo practice that stands complete in this home, if one does."""
    try:
        kept = json.loads((home / "demo.json").read_text())
    except FileNotFoundError:
        return None
    return Settings(kept["patients"], kept["seed"], date.fromisoformat(kept["monday"]), kept.get("weeks", past.WEEKS))


def clear(home: Path) -> None:
    """Remove the demo practice in this home; the mark that it is complete goes first."""
    (home / "demo.json").unlink(missing_ok=True)
    for database in home.glob("preceptor.sqlite3*"):
        database.unlink()
    for folder in ("practice", "models"):  # and what was learnt there, which the next ledger would know nothing of
        shutil.rmtree(home / folder, ignore_errors=True)


def open_practice(home: Path, settings: Settings, progress: Progress) -> None:
    """Build the practice and fill the configured database with it. Django is set up, the database is empty."""
    from django.core.management import call_command

    progress("Preparing the database", 0, 1)
    call_command("migrate", verbosity=0)
    made = build(
        home / "practice",
        patients=settings.patients,
        seed=settings.seed,
        monday=settings.monday,
        progress=lambda done, of: progress("Writing synthetic records", done, of),
    )
    _fill(made, settings, progress)
    kept = {"patients": settings.patients, "seed": settings.seed, "monday": settings.monday.isoformat()}
    kept["weeks"] = settings.weeks
    (home / "demo.json").write_text(json.dumps(kept))


def give_deciles(practice: PracticeRow, path: Path, seed: int) -> None:
    """Give each synthetic patient a decile of deprivation, evenly by chance: tied to nothing else in their record."""
    from preceptor.service.oversight.deprivation import take_deciles
    from preceptor.service.patients.models import Patient

    keys = Patient.objects.of(practice).order_by("key").values_list("key", flat=True)
    dice = Dice(seed, Stream.AREA)
    path.write_text("patient,decile\n" + "".join(f"{key},{dice.whole(1, 10)}\n" for key in keys))
    take_deciles(practice, path)


def _fill(made: DemoPractice, settings_: Settings, progress: Progress) -> None:
    from django.conf import settings
    from django.db import transaction

    from preceptor.service.accounts.models import User
    from preceptor.service.findings.noticing import notice_all
    from preceptor.service.findings.watches import switch
    from preceptor.service.oversight.standing import set_standing
    from preceptor.service.patients.importing import import_paths
    from preceptor.service.patients.models import Patient
    from preceptor.service.practices.models import Practice
    from preceptor.service.requests.assessing import assess
    from preceptor.service.requests.models import Request
    from preceptor.service.requests.receiving import Arrival, receive
    from preceptor.service.requests.toolbox import Toolbox

    practice = Practice.objects.create(name=made.name, ods_code=made.ods_code, telephone=TELEPHONE, synthetic=True)
    for username, role, first, last in SIGN_INS:
        User.objects.create_user(
            username, password=PASSWORD, role=role, first_name=first, last_name=last, practice=practice
        )
    report = import_paths(
        practice, [made.folder / "fhir"], progress=lambda done, of: progress("Importing them", done, of)
    )
    if report.reported:
        raise RuntimeError(f"the demo's own records did not all import: {report}")
    give_deciles(practice, made.folder / "deprivation.csv", settings_.seed)
    # One transaction for them all: the demo need not survive a power cut between two requests, as a practice must.
    # It waits longer for a tool than a practice does: a busy computer must not leave the demo without advice.
    with Toolbox(max(settings.TOOL_SECONDS, SLOWEST_ANSWER)) as toolbox, transaction.atomic():
        for card in toolbox.cards.values():
            why = "The demo practice opens with every tool as second reader."
            set_standing(practice, card.tool, card.version, Standing.SECOND, user=None, why=why)
        for pack in PACKS:
            switch(practice, pack, on=True, user=None, why="The demo practice opens with every watch switched on.")
        requests = sorted(made.requests, key=lambda request: request.received)
        for number, request in enumerate(requests):
            progress("Receiving a Monday's requests", number, len(requests))
            patient = Patient.objects.of(practice).get(key=f"Patient/{request.patient_id}")
            arrival = Arrival(
                text=request.text,
                source="demo",
                patient=patient,
                name_typed=f"{patient.given_names} {patient.family_name}",
                born_typed=patient.born,
                telephone=patient.telephone,
                writer=request.writer if request.written_by_other else "",
                received=request.received,
            )
            received: Request = receive(practice, arrival).request
            assess(received, toolbox)
        progress("Receiving a Monday's requests", len(requests), len(requests))
        staff = {user.username: user for user in User.objects.filter(practice=practice)}
        past.live_through(
            practice, toolbox, seed=settings_.seed, monday=settings_.monday,
            deciders=[staff[name] for name in ("gp", "gp2", "nurse")], auditor=staff["safety"],
            progress=lambda done, of: progress("Living through the weeks before", done, of),
            weeks=settings_.weeks,
        )  # fmt: skip
    notice_all(practice, lambda done, of: progress("Reading all records with the watches", done, of))
