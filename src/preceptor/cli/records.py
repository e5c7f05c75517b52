"""Commands over records: import them into the service, and sweep a source of them with the watches."""

from __future__ import annotations

import json
import sys
from contextlib import nullcontext
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from preceptor.cli.common import app, bad_input, need_tables, progress_bars, set_up_django


@app.command("import")
def import_records(
    names: Annotated[list[str], typer.Argument(metavar="PATH...", help="Bundles, NDJSON files, or folders of these.")],
    practice: Annotated[str | None, typer.Option(help="ODS code; needed where there are several practices.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the counts as one JSON object.")] = False,
) -> None:
    """Import patients' records from FHIR R4 JSON. Importing the same again changes nothing."""
    # An empty name (a variable that was not set) would mean the folder one happens to be in.
    if missing := [name for name in names if not name or not Path(name).exists()]:
        bad_input(f"there is no {missing[0] or 'file of that name: an empty path was given'}")
    paths = [Path(name) for name in names]
    set_up_django()
    from preceptor.service.patients import telling
    from preceptor.service.patients.importing import NoSuchPractice, import_paths, practice_of

    need_tables()
    try:
        into = practice_of(practice)
    except NoSuchPractice as why:
        bad_input(str(why))
    with progress_bars() if sys.stderr.isatty() else nullcontext() as bar:
        progress = (lambda done, of: bar("Importing", done, of)) if bar else None
        report = import_paths(into, paths, progress, tell=lambda problem: typer.echo(problem, err=True))
    typer.echo(json.dumps(report.as_dict()) if as_json else telling.in_words(report))
    if report.reported or report.flagged:
        raise typer.Exit(1)


@app.command()
def deprivation(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="patient,decile: NHS number or key; 1 to 10.")],
    practice: Annotated[str | None, typer.Option(help="ODS code; needed where there are several practices.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the counts as one JSON object.")] = False,
) -> None:
    """Say how deprived the areas are that patients live in (English IMD decile), for the figures of subgroups.

    All of the file is kept, or nothing. Giving the same again changes nothing.
    """
    if not file.is_file():
        bad_input(f"there is no file {file}")
    set_up_django()
    from preceptor.service.oversight.deprivation import BadTable, take_deciles
    from preceptor.service.patients.importing import NoSuchPractice, practice_of

    need_tables()
    try:
        taken = take_deciles(practice_of(practice), file)
    except (NoSuchPractice, BadTable) as why:
        bad_input(str(why))
    counts = {
        "added": taken.added, "changed": taken.changed, "unchanged": taken.unchanged, "unknown": taken.unknown,
    }  # fmt: skip
    typer.echo(json.dumps(counts) if as_json else ", ".join(f"{count:,} {name}" for name, count in counts.items()))
    if taken.unknown:
        typer.echo(f"{taken.unknown:,} are no patients of this practice: nothing was kept of them", err=True)
        raise typer.Exit(1)


@app.command()
def sweep(
    source: Annotated[str, typer.Argument(help="A folder or file of FHIR, a Parquet lake, or a database's URL.")],
    out: Annotated[Path, typer.Option(help="findings.parquet, .jsonl or .csv")],
    engine: Annotated[str, typer.Option(help="duckdb, or spark where one machine is outgrown.")] = "duckdb",
    as_of: Annotated[
        datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="Read the records as of this day.")
    ] = None,
    watch: Annotated[list[str] | None, typer.Option(help="Only this watch; may be given again.")] = None,
    living: Annotated[bool, typer.Option("--living", help="Leave out who had died by then.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of words.")] = False,
) -> None:
    """Run the watches over every record of a source. Stopped half-way, the same command goes on from there."""
    from dataclasses import asdict

    from preceptor.population import sweep as sweeping
    from preceptor.population.faults import CannotSweep
    from preceptor.tools.watch import all_watches, watch_named

    try:
        watches = tuple(watch_named(name) for name in watch) if watch else all_watches()
        with progress_bars() if sys.stderr.isatty() else nullcontext() as bar:
            swept = sweeping.sweep(
                source, out, watches, engine=engine, as_of=as_of.date() if as_of else None, living=living,
                today=date.today(), progress=bar or sweeping.silent,
            )  # fmt: skip
    except CannotSweep as why:
        bad_input(str(why))
    except KeyError as why:
        bad_input(why.args[0])
    if as_json:
        typer.echo(json.dumps(asdict(swept) | {"as_of": swept.as_of.isoformat(), "out": str(out)}))
        return
    went_on = "went on from where it was stopped; " if swept.resumed else ""
    typer.echo(
        f"{went_on}{swept.findings:,} findings in {swept.patients:,} patients ({swept.events:,} events), "
        f"as of {swept.as_of}: {out}"
    )
