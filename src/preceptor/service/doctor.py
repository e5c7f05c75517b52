"""Is this installation in order? Each check answers in words that a practice manager understands."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

_SEE_HOOKS = "Mend it as how-to/serve-cds-hooks in the documentation tells."
_FIRST_THINGS_FIRST = "Mend the faults above first, then run this again."
_IN_TABLES = frozenset({"Practice", "Model", "Advice", "Ledger"})
LEAST_FREE = 1_000_000_000  # bytes: a year of requests and results for 10,000 patients, several times over
SHORTEST_KEY = 50  # characters


@dataclass(frozen=True, slots=True)
class Check:
    """`mend` says what to do; it is empty when all is well."""

    name: str
    found: str
    mend: str = ""

    @property
    def well(self) -> bool:
        return not self.mend


def examine() -> Iterator[Check]:
    """Every check in turn. None changes anything, and a check that breaks is itself a fault found."""
    tables_are_well = True
    for name, check in _CHECKS:
        if name in _IN_TABLES and not tables_are_well:
            # Nothing is wrong with a ledger that was never begun: nobody is to be alarmed about it.
            yield Check(name, "not checked: it is kept in the tables", _FIRST_THINGS_FIRST)
            continue
        try:
            done = check()
        except Exception as fault:
            done = Check(name, f"this could not be checked: {str(fault).partition(chr(10))[0]}", _FIRST_THINGS_FIRST)
        tables_are_well = tables_are_well and (name != "Tables" or done.well)
        yield done


def _version() -> Check:
    found = f"Preceptor {importlib.metadata.version('preceptor')} on Python {sys.version.split()[0]}"
    return Check("Program", found)


def _home() -> Check:
    folder = Path(settings.HOME)
    if not os.access(folder, os.W_OK):
        return Check(
            "Folder", f"{folder} cannot be written to", f"Give the account that runs Preceptor the folder {folder}."
        )
    if os.name == "posix" and folder.stat().st_mode & 0o077:
        return Check("Folder", f"others on this computer can look into {folder}", f"Run: chmod 700 {folder}")
    return Check("Folder", f"{folder}, for this account alone")


def _files() -> Check:
    own = [Path(settings.HOME) / "secret_key"]
    if connection.vendor == "sqlite":
        database = str(settings.DATABASES["default"]["NAME"])
        own += [Path(database + end) for end in ("", "-wal", "-shm")]
    if os.name == "posix" and (
        open_to_others := [path for path in own if path.exists() and path.stat().st_mode & 0o077]
    ):
        names = " ".join(str(path) for path in open_to_others)
        return Check("Files", f"others on this computer may read {names}", f"Run: chmod 600 {names}")
    if len(settings.SECRET_KEY) < SHORTEST_KEY:
        return Check(
            "Files",
            "the secret key is so short that it may be guessed",
            f"Set PRECEPTOR_SECRET_KEY to {SHORTEST_KEY} random characters or more, or leave it out: one is made.",
        )
    return Check("Files", "the database and the secret key are for this account alone")


def _space() -> Check:
    free = shutil.disk_usage(settings.HOME).free
    found = f"{free / 1e9:.1f} GB free"
    return Check(
        "Disk", found, "" if free >= LEAST_FREE else "Free some space: requests cannot be saved on a full disk."
    )


def _database() -> Check:
    connection.ensure_connection()
    where = settings.DATABASES["default"]
    place = where["NAME"] if connection.vendor == "sqlite" else f"{where['NAME']} at {where['HOST'] or 'this computer'}"
    return Check("Database", f"{connection.display_name} answers: {place}")


def tables_are_ready() -> bool:
    """True when every migration has been applied to the configured database."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _tables() -> Check:
    if tables_are_ready():
        return Check("Tables", "up to date")
    return Check("Tables", "the database is not set up, or is of an older version", "Run: preceptor setup")


def _practice() -> Check:
    from preceptor.service.accounts.models import User
    from preceptor.service.practices.models import Practice

    practices = list(Practice.objects.order_by("ods_code"))
    if not practices:
        return Check("Practice", "there is none yet", "Run: preceptor setup")
    people = User.objects.filter(is_active=True, practice__isnull=False).count()
    names = ", ".join(practice.name + (" (synthetic)" if practice.synthetic else "") for practice in practices)
    found = f"{names}; {people} {'person' if people == 1 else 'people'} may sign in"
    return Check(
        "Practice", found, "" if people else "Restore a backup in which somebody may, or start a practice anew."
    )


def _tools() -> Check:
    from preceptor import tools

    found = ", ".join(f"{tool.card.tool} {tool.card.version}" for tool in tools.found().values()) or "none"
    if faulty := tools.broken():
        words = "; ".join(f"{tool.name} of {tool.package}: {tool.why}" for tool in faulty)
        return Check("Tools", f"{found}. Not working: {words}", "Reinstall or remove the tools that do not work.")
    return Check("Tools", found)


def _model() -> Check:
    from preceptor.service.learning.steps import should_be_in_force, version_with
    from preceptor.tools.triage.model.learnt import in_place

    found, wanted = in_place(), should_be_in_force()
    if found.fault:
        return Check(
            "Model",
            f"the triage model that was put in force is refused, and the one that ships advises: {found.fault}",
            "Put its folder back from a backup, or run: preceptor rollback triage",
        )
    if found.digest != wanted:
        return Check(
            "Model",
            f"triage {version_with(found.digest)} is in force, and the ledger says {version_with(wanted)}",
            "Put the folder of models back from a backup, and tell your clinical safety officer today.",
        )
    return Check("Model", f"triage {version_with(found.digest)}{', learnt here' if found.digest else ', as it ships'}")


def _assessor() -> Check:
    from datetime import timedelta

    from django.utils import timezone

    from preceptor.service.requests.models import Checked, Request

    late = Request.objects.filter(assessed=Checked.PENDING, received__lt=timezone.now() - timedelta(minutes=5)).count()
    failed = Request.objects.filter(assessed=Checked.FAILED).count()
    found = f"{late} requests wait for advice longer than five minutes; {failed} could not be assessed"
    return Check("Advice", found, "Check that `preceptor serve` is running; look at its messages." if late else "")


def _ledger() -> Check:
    from preceptor.service.ledger.verify import verify

    verdict = verify()
    if verdict.whole:
        return Check("Ledger", f"{verdict.entries:,} entries, unbroken")
    return Check(
        "Ledger", str(verdict.fault), "Keep the database as it is and tell your clinical safety officer today."
    )


def _reach() -> Check:
    hosts = ", ".join(settings.ALLOWED_HOSTS)
    beyond_this_machine = set(settings.ALLOWED_HOSTS) - {"127.0.0.1", "localhost", "[::1]"}
    if beyond_this_machine and not settings.HTTPS:
        return Check(
            "Reach",
            f"answers to {hosts}, without HTTPS",
            "Serve it behind HTTPS and set PRECEPTOR_HTTPS=1: patients' words must not cross a network bare.",
        )
    return Check("Reach", f"answers to {hosts}")


def _hooks() -> Check:
    from preceptor.service.hooks.clients import BadSettings, hooks
    from preceptor.service.practices.models import Practice

    path = settings.CDS_HOOKS
    if isinstance(path, Path) and not path.exists():
        return Check("Hooks", f"off: there is no {path}")
    try:
        found = hooks()
    except BadSettings as fault:
        return Check("Hooks", f"off, because of a fault in {path}: {fault}", _SEE_HOOKS)
    if found.unauthenticated:
        return Check("Hooks", f"{path} lets calls in without a token", f"Take `unauthenticated` out of {path}.")
    if not found.clients:
        return Check("Hooks", f"off: {path} names no client")
    if os.name == "posix" and isinstance(path, Path) and path.stat().st_mode & 0o022:
        return Check("Hooks", f"others on this computer may change who calls: {path}", f"Run: chmod go-w {path}")
    named = {client.practice for client in found.clients.values() if client.practice}
    if tables_are_ready() and (unknown := named - set(Practice.objects.values_list("ods_code", flat=True))):
        return Check("Hooks", f"{path} names {min(unknown)}, which is no practice here", _SEE_HOOKS)
    keys = sum(len(client.keys) for client in found.clients.values())
    pages = ", ".join(sorted(found.origins)) or "no browser page"
    issuers = ", ".join(sorted(found.clients))
    return Check("Hooks", f"{issuers} may call, with {keys} valid {'key' if keys == 1 else 'keys'}; from {pages}")


_CHECKS: tuple[tuple[str, Callable[[], Check]], ...] = (
    ("Program", _version),
    ("Folder", _home),
    ("Files", _files),
    ("Disk", _space),
    ("Database", _database),
    ("Tables", _tables),
    ("Practice", _practice),
    ("Tools", _tools),
    ("Model", _model),
    ("Advice", _assessor),
    ("Ledger", _ledger),
    ("Reach", _reach),
    ("Hooks", _hooks),
)
