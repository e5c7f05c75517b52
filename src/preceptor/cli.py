"""The command line. Each command is a few lines that call the room which does the work.

Exit codes: 0 done, 1 a finding of fault, 2 bad input with one clear line on standard error.
Heavy imports (Django, the tools) stay inside the commands, so that `--help` is instant.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    from rich.progress import TaskID


class _Plainly(TyperGroup):
    """What the computer refuses (a file, a folder, the database) is one clear line, whichever command met it."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except Exception as fault:
            if words := _in_words(fault):
                _bad_input(words)
            raise


app = typer.Typer(
    cls=_Plainly, no_args_is_help=True, add_completion=False, help="AI beside your clinicians, under supervision."
)


def _in_words(fault: Exception) -> str:
    """What a fault of the surroundings means; empty for a fault of the program's own, which keeps its traceback."""
    if isinstance(fault, OSError) and not isinstance(fault, BrokenPipeError):
        return f"cannot read or write {fault.filename or 'what was asked for'}: {fault.strerror or fault}"
    if "django.db" in sys.modules:
        from django.db import Error

        if isinstance(fault, Error):
            return f"the database cannot be used: {str(fault).partition(chr(10))[0]} (`preceptor doctor` says more)"
    return ""


def _django() -> None:
    """Set Django up; only the commands that need the database pay for it."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "preceptor.service.settings")
    try:
        django.setup()
    except ValueError as fault:
        if not os.environ.get("DATABASE_URL"):
            raise
        _bad_input(f"DATABASE_URL names no database: {str(fault).partition('.')[0]}")


def _is_of_this_version() -> bool:
    """Whether the tables of the configured database are those of this version."""
    _django()
    from preceptor.service.doctor import tables_are_ready

    return tables_are_ready()


def _need_tables() -> None:
    """Set Django up, with a database that is ready."""
    if not _is_of_this_version():
        _bad_input("the database is not set up, or is of an older version: run `preceptor setup` first")


def _need_port(host: str, port: int) -> None:
    from preceptor.service.serving import is_free

    if not is_free(host, port):
        _bad_input(f"port {port} on {host} is in use or not allowed: stop what uses it, or choose another with --port")


def _bad_input(words: str) -> NoReturn:
    typer.echo(f"preceptor: {words}", err=True)
    raise typer.Exit(2)


@app.command()
def demo(
    patients: Annotated[int, typer.Option(min=50, max=20_000, help="How many synthetic patients.")] = 2000,
    seed: Annotated[int, typer.Option(help="The same seed makes the same practice.")] = 1,
    monday: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day of the requests.")] = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = 8000,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Build it and stop.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Start again, forgetting what was clicked before.")] = False,
) -> None:
    """Open a working practice, all of it synthetic, ready to click."""
    from preceptor.demo import opening
    from preceptor.service.home import home

    folder = home() / "demo"
    folder.mkdir(exist_ok=True, mode=0o700)
    os.environ["PRECEPTOR_HOME"] = str(folder)
    if os.environ.pop("DATABASE_URL", None):
        typer.echo("The demo keeps its own database: DATABASE_URL is left alone.", err=True)
    day = monday.date() if monday else opening.latest_monday(date.today())
    if day.weekday() != 0:
        _bad_input(f"--monday {day} is not a Monday")
    if not no_serve:
        _need_port("127.0.0.1", port)  # told before the building, not after it
    wanted = opening.Settings(patients, seed, day)
    stands = not fresh and opening.held(folder) == wanted
    if stands and not _is_of_this_version():
        from django.db import connection

        connection.close()  # its file is about to be replaced
        typer.echo("The demo practice was made by an older version of Preceptor: it is made anew.")
        stands = False
    if not stands:
        opening.clear(folder)
        _django()
        with _progress() as progress:
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


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = 8000,
) -> None:
    """Run the service on the configured database."""
    _need_tables()
    _need_port(host, port)
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
    _django()
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
        _bad_input(str(why))
    typer.echo(f"{practice} is ready. Run `preceptor serve`, sign in as {manager} and add your staff.")


@app.command()
def key(
    name: Annotated[str, typer.Argument(help="Which program the key is for.")],
    practice: Annotated[str, typer.Option(help="ODS code of the practice.")],
    revoke: Annotated[bool, typer.Option("--revoke", help="Let every key of this name open nothing any more.")] = False,
) -> None:
    """Make an API key for a program that sends requests; it is shown this once. Or revoke one."""
    if not name.strip():
        _bad_input("say which program the key is for")
    _need_tables()
    from preceptor.service import setup as starting

    try:
        if revoke:
            typer.echo(f"{starting.revoke_api_keys(practice, name)} revoked.")
        else:
            typer.echo(starting.make_api_key(practice, name))
    except starting.CannotSetUp as why:
        _bad_input(str(why))


@app.command()
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON list instead of words.")] = False,
) -> None:
    """Check the installation, and say in plain words what is wrong and what to do."""
    _django()
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


@app.command("import")
def import_records(
    names: Annotated[list[str], typer.Argument(metavar="PATH...", help="Bundles, NDJSON files, or folders of these.")],
    practice: Annotated[str | None, typer.Option(help="ODS code; needed where there are several practices.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the counts as one JSON object.")] = False,
) -> None:
    """Import patients' records from FHIR R4 JSON. Importing the same again changes nothing."""
    # An empty name (a variable that was not set) would mean the folder one happens to be in.
    if missing := [name for name in names if not name or not Path(name).exists()]:
        _bad_input(f"there is no {missing[0] or 'file of that name: an empty path was given'}")
    paths = [Path(name) for name in names]
    _django()
    from preceptor.service.patients import telling
    from preceptor.service.patients.importing import NoSuchPractice, import_paths, practice_of

    _need_tables()
    try:
        into = practice_of(practice)
    except NoSuchPractice as why:
        _bad_input(str(why))
    with _progress() if sys.stderr.isatty() else nullcontext() as bar:
        progress = (lambda done, of: bar("Importing", done, of)) if bar else None
        report = import_paths(into, paths, progress, tell=lambda problem: typer.echo(problem, err=True))
    typer.echo(json.dumps(report.as_dict()) if as_json else telling.in_words(report))
    if report.reported or report.flagged:
        raise typer.Exit(1)


@app.command()
def reliance(
    decisions: Annotated[Path, typer.Argument(help="CSV: clinician,case,first_view,advice,final,truth[,arm].")],
    scale: Annotated[str, typer.Option(help="The options, most urgent first, with commas between.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of words.")] = False,
) -> None:
    """Measure what people made of advice: when they rightly followed it, and when they rightly did not."""
    from preceptor.supervision import telling
    from preceptor.supervision.decisions import CannotUse
    from preceptor.supervision.reading import read_decisions

    try:
        table = read_decisions(decisions, tuple(word.strip() for word in scale.split(",") if word.strip()))
    except CannotUse as fault:
        _bad_input(str(fault))
    found = telling.report(table)
    if as_json:
        typer.echo(json.dumps(telling.report_as_json(table, found), ensure_ascii=False, allow_nan=False))
    else:
        for line in telling.in_words(found):
            typer.echo(line)


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar on the terminal: call it with what is being done, how much is done, and of how much."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    times = TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn()
    columns = TextColumn("{task.description:<30}"), BarColumn(), TaskProgressColumn(), *times
    with Progress(*columns, console=Console(stderr=True)) as bars:
        tasks: dict[str, TaskID] = {}

        def advance(what: str, done: int, of: int) -> None:
            if what not in tasks:
                for task in tasks.values():
                    bars.update(task, completed=bars.tasks[task].total)
                tasks[what] = bars.add_task(what, total=of)
            bars.update(tasks[what], completed=done, total=of)

        yield advance


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
    import sys
    from dataclasses import asdict

    from preceptor.population import sweep as sweeping
    from preceptor.population.faults import CannotSweep
    from preceptor.tools.watch import all_watches, watch_named

    try:
        watches = tuple(watch_named(name) for name in watch) if watch else all_watches()
        with _progress() if sys.stderr.isatty() else nullcontext() as bar:
            swept = sweeping.sweep(
                source, out, watches, engine=engine, as_of=as_of.date() if as_of else None, living=living,
                today=date.today(), progress=bar or sweeping.silent,
            )  # fmt: skip
    except CannotSweep as why:
        _bad_input(str(why))
    except KeyError as why:
        _bad_input(why.args[0])
    if as_json:
        typer.echo(json.dumps(asdict(swept) | {"as_of": swept.as_of.isoformat(), "out": str(out)}))
        return
    went_on = "went on from where it was stopped; " if swept.resumed else ""
    typer.echo(
        f"{went_on}{swept.findings:,} findings in {swept.patients:,} patients ({swept.events:,} events), "
        f"as of {swept.as_of}: {out}"
    )


@app.command()
def advise(tool: Annotated[str, typer.Argument(help="The tool's name, such as triage.")]) -> None:
    """Ask one tool, on its own: preceptor advise triage < requests.jsonl > advice.jsonl

    A line in: {"id": "r1", "text": "...", "age": 54, "sex": "female", "record": "bundle.json"}; text is needed.
    A line that is no request gives {"id": ..., "error": ...} in its place, and the exit code is 1.
    """
    import sys
    from datetime import UTC

    from preceptor.tools import found
    from preceptor.tools.jsonl import advise_lines

    tools = found()
    if tool not in tools:
        _bad_input(f"no tool is called {tool!r}; there are: {', '.join(sorted(tools))}")
    if sys.stdin.isatty():
        _bad_input(f"give the requests as lines of JSON: preceptor advise {tool} < requests.jsonl")
    faulty = False
    for answer in advise_lines(sys.stdin.buffer, tools[tool], datetime.now(UTC)):
        faulty = faulty or "error" in answer
        sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()  # so that a full disk is told, not swallowed
    raise typer.Exit(1 if faulty else 0)


@app.command()
def evaluate(
    tool: Annotated[str, typer.Argument(help="The tool's name, such as triage.")],
    data: Annotated[Path, typer.Argument(help="Labelled requests: JSON lines, or a .csv.")],
    out: Annotated[Path | None, typer.Option(help="Write everything measured here, as JSON.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write a page with charts and tables here.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of words.")] = False,
) -> None:
    """Measure a tool's advice against labelled requests.

    A line is what `advise` takes, and its answer: "label", or "acceptable" (a list) with the best as "urgency".
    """
    from datetime import UTC

    from preceptor.evaluation import page, telling
    from preceptor.evaluation.evaluation import evaluate as measure
    from preceptor.evaluation.labelled import CannotUse
    from preceptor.tools import found as installed

    tools = installed()
    if tool not in tools:
        _bad_input(f"no tool is called {tool!r}; there are: {', '.join(sorted(tools))}")
    if missing := [path for path in (out, html) if path and not path.parent.is_dir()]:
        _bad_input(f"there is no folder {missing[0].parent}")
    try:
        with _progress() if sys.stderr.isatty() else nullcontext() as bar:
            progress = (lambda done, of: bar("Asking", done, of)) if bar else None
            found = measure(tools[tool], data, datetime.now(UTC), progress)
    except CannotUse as fault:
        _bad_input(str(fault))
    told = json.dumps(telling.as_json(found), ensure_ascii=False, allow_nan=False, indent=None if as_json else 2)
    if out:
        out.write_text(told + "\n", encoding="utf-8")
    if html:
        html.write_text(page.page(found), encoding="utf-8")
    if as_json:
        typer.echo(told)
    else:
        for line in telling.in_words(found):
            typer.echo(line)
    raise typer.Exit(1 if found.faulty else 0)


@app.command()
def symptoms(
    words: Annotated[str, typer.Argument(help="What the patient says.")],
    age: Annotated[float | None, typer.Option(help="Age in years; 0.1 is five weeks.")] = None,
    sex: Annotated[str | None, typer.Option(help="female, male, other or unknown.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of words.")] = False,
) -> None:
    """Look up what a patient says: red flags, what to think of, what to ask next and why."""
    from preceptor.tools.triage.symptoms import CannotLookUp, look_up
    from preceptor.tools.triage.symptoms import as_json as answer_as_json
    from preceptor.tools.triage.symptoms.telling import lines_of, show

    try:
        answer = look_up(words, age, sex)
    except CannotLookUp as why:
        _bad_input(str(why))
    if as_json:
        typer.echo(json.dumps(answer_as_json(answer), ensure_ascii=False))
    elif sys.stdout.isatty():
        show(answer)
    else:
        for line in lines_of(answer):
            typer.echo(str(line))


ledger_app = typer.Typer(no_args_is_help=True, help="The append-only account of what was advised and decided.")
app.add_typer(ledger_app, name="ledger")


@ledger_app.command("verify")
def ledger_verify(
    anchor: Annotated[
        str | None, typer.Option(metavar="SEQ:DIGEST", help="What an earlier run printed, kept elsewhere since then.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of words.")] = False,
) -> None:
    """Prove that the ledger is whole, or name the first bad row."""
    _django()
    from preceptor.service.ledger import telling
    from preceptor.service.ledger.verdict import Anchor
    from preceptor.service.ledger.verify import verify

    if lack := telling.what_lacks():
        _bad_input(lack)
    try:
        noted = Anchor.parse(anchor) if anchor is not None else None
    except ValueError as fault:
        _bad_input(str(fault))
    verdict = verify(noted)
    typer.echo(telling.as_json(verdict) if as_json else telling.in_words(verdict, noted))
    raise typer.Exit(0 if verdict.whole else 1)
