"""Commands that measure: a tool against labels, and what people made of its advice."""

from __future__ import annotations

import json
import sys
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from preceptor.cli.common import app, bad_input, progress_bars


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
        bad_input(str(fault))
    found = telling.report(table)
    if as_json:
        typer.echo(json.dumps(telling.report_as_json(table, found), ensure_ascii=False, allow_nan=False))
    else:
        for line in telling.in_words(found):
            typer.echo(line)


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
    from preceptor.evaluation import page, telling
    from preceptor.evaluation.evaluation import evaluate as measure
    from preceptor.evaluation.labelled import CannotUse
    from preceptor.tools import found as installed

    tools = installed()
    if tool not in tools:
        bad_input(f"no tool is called {tool!r}; there are: {', '.join(sorted(tools))}")
    if missing := [path for path in (out, html) if path and not path.parent.is_dir()]:
        bad_input(f"there is no folder {missing[0].parent}")
    try:
        with progress_bars() if sys.stderr.isatty() else nullcontext() as bar:
            progress = (lambda done, of: bar("Asking", done, of)) if bar else None
            found = measure(tools[tool], data, datetime.now(UTC), progress)
    except CannotUse as fault:
        bad_input(str(fault))
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
