"""Commands of an installation: open the demo, serve, set up a practice, make keys, say what is wrong."""

from __future__ import annotations

import json
import os
import sys
from contextlib import nullcontext
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from preceptor.cli.common import (
    app,
    bad_input,
    is_of_this_version,
    need_port,
    need_tables,
    progress_bars,
    set_up_django,
)

FEWEST, MOST, MOST_IN_A_LAKE = 50, 20_000, 100_000_000


@app.command()
def demo(
    patients: Annotated[int, typer.Option(help="How many synthetic patients.")] = 2000,
    seed: Annotated[int, typer.Option(help="The same seed makes the same practice.")] = 1,
    monday: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day of the requests.")] = None,
    weeks: Annotated[int, typer.Option(min=8, max=52, help="How many weeks of decisions lie behind it.")] = 8,
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = 8000,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Build it and stop.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Start again, forgetting what was clicked before.")] = False,
    lake: Annotated[
        Path | None, typer.Option(help="Make a Parquet lake for `sweep` in this new folder instead, of any size.")
    ] = None,
) -> None:
    """Open a working practice, all of it synthetic, ready to click."""
    if lake is not None:
        _make_lake(lake, patients, seed)
        return
    if not FEWEST <= patients <= MOST:
        bad_input(f"--patients {patients}: a demo practice has {FEWEST} to {MOST:,} patients (a --lake may have more)")
    from preceptor.demo import opening
    from preceptor.service.home import home

    folder = home() / "demo"
    folder.mkdir(exist_ok=True, mode=0o700)
    os.environ["PRECEPTOR_HOME"] = str(folder)
    if os.environ.pop("DATABASE_URL", None):
        typer.echo("The demo keeps its own database: DATABASE_URL is left alone.", err=True)
    day = monday.date() if monday else opening.latest_monday(date.today())
    if day.weekday() != 0:
        bad_input(f"--monday {day} is not a Monday")
    if not no_serve:
        need_port("127.0.0.1", port)  # told before the building, not after it
    wanted = opening.Settings(patients, seed, day, weeks)
    stands = not fresh and opening.held(folder) == wanted
    if stands and not is_of_this_version():
        from django.db import connection

        connection.close()  # its file is about to be replaced
        typer.echo("The demo practice was made by an older version of Preceptor: it is made anew.")
        stands = False
    if not stands:
        opening.clear(folder)
        set_up_django()
        with progress_bars() as progress:
            opening.open_practice(folder, wanted, progress)
    else:
        typer.echo("The demo practice stands as you left it (--fresh starts again).")
    typer.echo(f"\nSynthetic Demo Surgery: {patients:,} synthetic patients. Nobody in it is real. Sign in as:\n")
    for username, role, first, last in opening.SIGN_INS:
        typer.echo(f"  {username:<10} {opening.PASSWORD}   {first} {last} ({role.replace('_', ' ')})")
    if not no_serve:
        typer.echo(f"\n  Inbox        http://127.0.0.1:{port}/")
        typer.echo(f"  Patients ask http://127.0.0.1:{port}/ask/Z99999/\n\nCtrl+C stops it.")
        _serve("127.0.0.1", port)


def _make_lake(folder: Path, patients: int, seed: int) -> None:
    from preceptor.demo.lake import CannotMakeLake, make_lake

    if not 1 <= patients <= MOST_IN_A_LAKE:
        bad_input(f"--patients {patients}: a lake has 1 to {MOST_IN_A_LAKE:,} patients")
    if seed < 0:
        bad_input(f"--seed {seed}: the seed of a lake is 0 or more")
    try:
        with progress_bars() if sys.stderr.isatty() else nullcontext() as bar:
            events = make_lake(folder, patients, seed, bar or (lambda *_: None))
    except CannotMakeLake as why:
        bad_input(f"--lake: {why}")
    typer.echo(f"{folder}: {patients:,} synthetic patients, {events:,} events. Nobody in it is real.")


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = 8000,
) -> None:
    """Run the service on the configured database."""
    need_tables()
    need_port(host, port)
    typer.echo(f"Preceptor on http://{host}:{port}/  (Ctrl+C stops it)")
    _serve(host, port)


def _serve(host: str, port: int) -> NoReturn:
    from preceptor.service.serving import serve

    raise typer.Exit(serve(host, port))


@app.command()
def setup(
    practice: Annotated[str | None, typer.Option(help="The practice's name.")] = None,
    ods_code: Annotated[str | None, typer.Option(help="Its ODS code, such as A81001.")] = None,
    manager: Annotated[str | None, typer.Option(help="Username of the practice manager.")] = None,
    password: Annotated[str | None, typer.Option(help="Left out: you are asked for it.")] = None,
    telephone: Annotated[str | None, typer.Option(help="The number that patients are told to call.")] = None,
) -> None:
    """Set up or upgrade the database; start a practice with its manager's account."""
    set_up_django()
    from preceptor.service import setup as starting
    from preceptor.service.practices.models import Practice

    starting.prepare_database()
    typer.echo("The database is ready.")
    if practice is None and Practice.objects.exists():
        return
    practice = practice or typer.prompt("Name of the practice")
    ods_code = ods_code or typer.prompt("ODS code")
    if telephone is None:
        telephone = typer.prompt("Telephone number that patients are told to call")
    manager = manager or typer.prompt("Username of the practice manager")
    password = password or typer.prompt("Password (12 characters or more)", hide_input=True, confirmation_prompt=True)
    try:
        starting.start_practice(practice, ods_code, manager, password, telephone)
    except starting.CannotSetUp as why:
        bad_input(str(why))
    typer.echo(f"{practice} is ready. Run `preceptor serve`, sign in as {manager} and add your staff.")


@app.command()
def key(
    name: Annotated[str, typer.Argument(help="Which program the key is for.")],
    practice: Annotated[str, typer.Option(help="ODS code of the practice.")],
    revoke: Annotated[bool, typer.Option("--revoke", help="Let every key of this name open nothing any more.")] = False,
) -> None:
    """Make an API key for a program that sends requests; it is shown this once. Or revoke one."""
    if not name.strip():
        bad_input("say which program the key is for")
    need_tables()
    from preceptor.service import setup as starting

    try:
        if revoke:
            typer.echo(f"{starting.revoke_api_keys(practice, name)} revoked.")
        else:
            typer.echo(starting.make_api_key(practice, name))
    except starting.CannotSetUp as why:
        bad_input(str(why))


@app.command()
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON list instead of words.")] = False,
) -> None:
    """Check the installation, and say in plain words what is wrong and what to do."""
    set_up_django()
    from preceptor.service.doctor import examine

    checks = list(examine())
    if as_json:
        rows = [{"name": c.name, "well": c.well, "found": c.found, "mend": c.mend} for c in checks]
        typer.echo(json.dumps(rows, ensure_ascii=False))
    else:
        for check in checks:
            typer.echo(f"{'ok  ' if check.well else 'FIX '} {check.name:<9} {check.found}")
            if check.mend:
                typer.echo(f"               {check.mend}")
    if not all(check.well for check in checks):
        raise typer.Exit(1)
