"""Commands of learning: fit a challenger, put it in force under somebody's name, roll it back."""

from __future__ import annotations

import json
import sys
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from preceptor.cli.common import app, bad_input, need_folder, need_tables, progress_bars, tool_called
from preceptor.cli.pooling import start_in, trusted_keys

if TYPE_CHECKING:
    from preceptor.learning.starting import Start
    from preceptor.service.accounts.models import User

Tool = Annotated[str, typer.Argument(help="The tool's name: triage.")]
By = Annotated[
    list[str] | None,
    typer.Option("--by", help="Username of who approves: the practice manager or the clinical safety officer."),
]
Password = Annotated[
    list[str] | None, typer.Option("--password", help="Of the account before it. Left out: you are asked for it.")
]
Why = Annotated[str, typer.Option("--why", help="Why, in at least 10 characters.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of words.")]


@app.command()
def learn(
    tool: Tool,
    export: Annotated[
        Path | None, typer.Option(help="Write here what another site may be sent: weights and counts, no words.")
    ] = None,
    clear: Annotated[
        list[str] | None,
        typer.Option(
            help="An account that an alarm named, and that somebody looked at: it may teach again. With --by."
        ),
    ] = None,
    start: Annotated[
        Path | None,
        typer.Option("--from", help="A starting point that `preceptor pool` made, to learn from. With --trust."),
    ] = None,
    trust: Annotated[
        list[Path] | None, typer.Option(help="The public key (.pub) of who keeps the shared model.")
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="Learn as on this day: what was decided in the 14 days before it and since is kept for the contest.",
        ),
    ] = None,
    by: By = None,
    password: Password = None,
    as_json: AsJson = False,
) -> None:
    """Fit a challenger from what was decided here, and try it. It advises nobody until somebody puts it in force."""
    _need(tool)
    need_folder(export)
    from preceptor.learning.artefacts import Refused
    from preceptor.service.learning import telling
    from preceptor.service.learning.learning import NothingLearnt, update_of
    from preceptor.service.learning.learning import learn as learn_now

    if clear and not by:
        bad_input("--clear lets an account teach again: say with --by who looked at it")
    if until and until.astimezone() > datetime.now().astimezone():
        bad_input(f"--until {until:%Y-%m-%d} is yet to come")
    new_start = _new_start(start, trust, tool)
    people = _people(by, password)
    moment = until.astimezone() if until else None
    try:
        with progress_bars() if sys.stderr.isatty() else nullcontext() as progress:
            learnt = learn_now(progress, people, frozenset(clear or ()), moment, new_start)
        if export:
            export.write_bytes(update_of(learnt))
    except (NothingLearnt, Refused) as why:
        bad_input(str(why))
    figures, version = learnt.figures, learnt.step.version
    if as_json:
        _print({"tool": tool, "version": version, "digest": learnt.step.digest} | figures)
    else:
        for line in telling.in_words(figures, version):
            typer.echo(line)
        typer.echo(f"\nIt is asked beside the champion from now on, and shown to nobody: {learnt.step.digest[:12]}")
        if export:
            typer.echo(f"{export} holds what another site may be sent: no words, no request, no account.")


@app.command()
def promote(
    tool: Tool,
    digest: Annotated[str, typer.Argument(help="Of the challenger, as `preceptor learn` printed it.")] = "",
    by: By = None,
    password: Password = None,
    why: Why = "",
    as_json: AsJson = False,
) -> None:
    """Put the challenger in force, if it has won its challenge. It starts in shadow, as any new version does."""
    _need(tool)
    from preceptor.learning.artefacts import Refused
    from preceptor.service.learning.learning import promote as promote_now

    if not by:
        bad_input("a named person puts a model in force: say who with --by USERNAME, and why with --why")
    people = _people(by, password)
    try:
        step = promote_now(digest, people, why)
    except Refused as fault:
        bad_input(str(fault))
    _said(step, as_json, f"{tool} {step.version} is in force. Until its standing is signed for it is in shadow.")


@app.command()
def rollback(
    tool: Tool,
    by: By = None,
    password: Password = None,
    why: Why = "",
    as_json: AsJson = False,
) -> None:
    """Put the model before the one in force back, in one step; it has the standing that it had."""
    _need(tool)
    from preceptor.learning.artefacts import Refused
    from preceptor.service.learning.steps import roll_back

    if not by or len(by) > 1:
        bad_input("one named person rolls back: say who with --by USERNAME, and why with --why")
    (person,) = _people(by, password)
    try:
        step = roll_back(person, why)
    except Refused as fault:
        bad_input(str(fault))
    _said(step, as_json, f"{tool} {step.version} is in force again.")


def _new_start(path: Path | None, trust: list[Path] | None, tool: str) -> tuple[bytes, Start] | None:
    """A starting point from others, proven; in one line where it is not."""
    from preceptor.learning.updates import NotUsable

    if path is None:
        if trust:
            bad_input("--trust says who may sign what --from gives: there is no --from")
        return None
    try:
        return path.read_bytes(), start_in(path, tool, trusted_keys(trust))
    except NotUsable as why:
        bad_input(str(why))


def _need(tool: str) -> None:
    """A tool that learns, and a database."""
    if tool_called(tool).card.tool != "triage":
        bad_input(f"{tool} does not learn: triage is the only tool that does")
    need_tables()


def _people(names: list[str] | None, passwords: list[str] | None) -> list[User]:
    """The accounts of these names, each by its password; in one line where that cannot be."""
    from preceptor.service.accounts.models import User

    given = list(passwords or ())
    if len(given) > len(names or ()):
        bad_input("there are more passwords than names")
    found = []
    for at, name in enumerate(names or ()):
        user = User.objects.filter(username=name, is_active=True).select_related("practice").first()
        if at >= len(given) and not sys.stdin.isatty():
            bad_input(f"the password of {name} is needed: --password, or a terminal to type it at")
        typed = given[at] if at < len(given) else typer.prompt(f"Password of {name}", hide_input=True)
        # One line for both: who guesses is not told which names there are.
        if user is None or not user.check_password(typed):
            bad_input(f"no account is called {name}, or that is not its password")
        found.append(user)
    if len({user.pk for user in found}) < len(found):
        bad_input("one person was named twice")
    return found


def _said(step: Any, as_json: bool, words: str) -> None:
    if as_json:
        _print({"tool": step.tool, "what": step.what, "version": step.version, "digest": step.digest})
    else:
        typer.echo(f"{words} It is in the ledger under the name of {step.by.shown_name}.")


def _print(told: dict[str, Any]) -> None:
    typer.echo(json.dumps(told, ensure_ascii=False, allow_nan=False))
