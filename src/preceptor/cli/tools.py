"""Commands that ask a tool on its own: advice on requests, and what a symptom may mean."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from preceptor.cli.common import app, bad_input


@app.command()
def advise(tool: Annotated[str, typer.Argument(help="The tool's name, such as triage.")]) -> None:
    """Ask one tool, on its own: preceptor advise triage < requests.jsonl > advice.jsonl

    A line in: {"id": "r1", "text": "...", "age": 54, "sex": "female", "record": "bundle.json"}; text is needed.
    A line that is no request gives {"id": ..., "error": ...} in its place, and the exit code is 1.
    """
    from preceptor.tools import found
    from preceptor.tools.jsonl import advise_lines, lines_as_they_come

    tools = found()
    if tool not in tools:
        bad_input(f"no tool is called {tool!r}; there are: {', '.join(sorted(tools))}")
    if sys.stdin.isatty():
        bad_input(f"give the requests as lines of JSON: preceptor advise {tool} < requests.jsonl")
    faulty = False
    for lines in lines_as_they_come(sys.stdin.buffer):
        for answer in advise_lines(lines, tools[tool], datetime.now(UTC)):
            faulty = faulty or "error" in answer
            sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()  # whoever waits for these has them, and a full disk is told, not swallowed
    raise typer.Exit(1 if faulty else 0)


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
        bad_input(str(why))
    if as_json:
        typer.echo(json.dumps(answer_as_json(answer), ensure_ascii=False))
    elif sys.stdout.isatty():
        show(answer)
    else:
        for line in lines_of(answer):
            typer.echo(str(line))
