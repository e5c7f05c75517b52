"""What the commands share: the application they join, refusing bad input in one line, progress, Django when needed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    from rich.progress import TaskID

    from preceptor.advice import Tool


class Plainly(TyperGroup):
    """What the computer refuses (a file, a folder, the database) is one clear line, whichever command met it."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except Exception as fault:
            if words := _in_words(fault):
                bad_input(words)
            raise


app = typer.Typer(
    cls=Plainly, no_args_is_help=True, add_completion=False, help="AI beside your clinicians, under supervision."
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


def bad_input(words: str) -> NoReturn:
    typer.echo(f"preceptor: {words}", err=True)
    raise typer.Exit(2)


def set_up_django() -> None:
    """Set Django up; only the commands that need the database pay for it."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "preceptor.service.settings")
    try:
        django.setup()
    except ValueError as fault:
        if not os.environ.get("DATABASE_URL"):
            raise
        bad_input(f"DATABASE_URL names no database: {str(fault).partition('.')[0]}")


def is_of_this_version() -> bool:
    """Whether the tables of the configured database are those of this version."""
    set_up_django()
    from preceptor.service.doctor import tables_are_ready

    return tables_are_ready()


def need_tables() -> None:
    """Set Django up, with a database that is ready."""
    if not is_of_this_version():
        bad_input("the database is not set up, or is of an older version: run `preceptor setup` first")


def need_port(host: str, port: int) -> None:
    from preceptor.service.serving import is_free

    if not is_free(host, port):
        bad_input(f"port {port} on {host} is in use or not allowed: stop what uses it, or choose another with --port")


def tool_called(name: str) -> Tool:
    from preceptor.tools import found

    tools = found()
    if name not in tools:
        bad_input(f"no tool is called {name!r}; there are: {', '.join(sorted(tools))}")
    return tools[name]


def need_folder(*paths: Path | None) -> None:
    if missing := [path for path in paths if path and not path.parent.is_dir()]:
        bad_input(f"there is no folder {missing[0].parent}")


@contextmanager
def progress_bars() -> Iterator[Callable[[str, int, int], None]]:
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
