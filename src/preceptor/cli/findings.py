"""Commands that run the watches over the service's own database and keep what comes of it."""

from __future__ import annotations

import json
import sys
from contextlib import nullcontext
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from preceptor.cli.common import app, bad_input, need_tables, progress_bars, set_up_django

if TYPE_CHECKING:
    from preceptor.service.practices.models import Practice

OdsCode = Annotated[str | None, typer.Option("--practice", help="ODS code; needed where there are several practices.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of words.")]


@app.command("notice")
def notice_all(practice: OdsCode = None, as_json: AsJson = False) -> None:
    """Run the watches that are switched on over every record of the database, and keep what they find.

    A record in which nothing changed is not read again. Stopped half-way, the same command goes on from there.
    """
    about = _practice(practice)
    from preceptor.service.findings import noticing
    from preceptor.service.findings.watches import packs_on

    with progress_bars() if sys.stderr.isatty() else nullcontext() as bar:
        progress = (lambda done, of: bar("Noticing", done, of)) if bar else None
        done = noticing.notice_all(about, progress)
    if as_json:
        typer.echo(json.dumps(asdict(done)))
        return
    if not packs_on(about):
        typer.echo("No watch is switched on at this practice: a manager does that on the page of watches.")
    typer.echo(
        f"{done.findings:,} findings stand, in {done.patients:,} patients; {done.read:,} records were read anew."
    )


@app.command("forecast")
def forecast(
    practice: OdsCode = None,
    patients: Annotated[int, typer.Option(min=1, max=100_000, help="How many patients to replay.")] = 200,
    as_json: AsJson = False,
) -> None:
    """Replay the past year, week by week, over a sample of records: how often each watch would have fired."""
    about = _practice(practice)
    from preceptor.service.findings import forecast as forecasting

    with progress_bars() if sys.stderr.isatty() else nullcontext() as bar:
        progress = (lambda done, of: bar("Replaying", done, of)) if bar else None
        replayed = forecasting.forecast(about, sample=patients, progress=progress)
    if as_json:
        typer.echo(json.dumps({"patients": replayed, "weeks": forecasting.WEEKS}))
        return
    typer.echo(
        f"{replayed:,} patients replayed over {forecasting.WEEKS} weeks. The forecasts stand on the page of watches."
    )


def _practice(ods_code: str | None) -> Practice:
    set_up_django()
    from preceptor.service.patients.importing import NoSuchPractice, practice_of

    need_tables()
    try:
        return practice_of(ods_code)
    except NoSuchPractice as why:
        bad_input(str(why))
