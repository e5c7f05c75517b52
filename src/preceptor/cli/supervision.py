"""Commands that measure: a tool against labels, and what people made of its advice."""

from __future__ import annotations

import json
import sys
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from preceptor.cli.common import app, bad_input, need_folder, progress_bars, tool_called
from preceptor.cli.evidence import By, Key, signing_key


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
    out: Annotated[
        Path | None, typer.Option(help="Write what was measured here: signed, where there is a key.")
    ] = None,
    html: Annotated[Path | None, typer.Option(help="Write a page with charts and tables here.")] = None,
    registered: Annotated[
        Path | None, typer.Option(help="Thresholds that `preceptor evidence register` signed before this run.")
    ] = None,
    key: Key = None,
    by: By = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of words.")] = False,
) -> None:
    """Measure a tool's advice against labelled requests.

    A line is what `advise` takes, and its answer: "label", or "acceptable" (a list) with the best as "urgency".
    """
    from preceptor.evaluation import page, telling
    from preceptor.evaluation.evaluation import evaluate as measure
    from preceptor.evaluation.evidence.identity import identity
    from preceptor.evaluation.evidence.statement import evaluation_statement, read_registration, thresholds_of
    from preceptor.evaluation.evidence.telling import thresholds_in_words
    from preceptor.evaluation.labelled import CannotUse
    from preceptor.signing import CannotSign, written

    began = datetime.now(UTC)
    asked = tool_called(tool)
    need_folder(out, html)
    if registered and not (key and out):
        bad_input("--registered is for a signed statement: give --key and --out as well")
    signs = signing_key(key) if key and out else None
    try:
        before = identity(asked) if signs else None
        registration = read_registration(registered, asked, began) if registered else None
        with progress_bars() if sys.stderr.isatty() else nullcontext() as bar:
            progress = (lambda done, of: bar("Asking", done, of)) if bar else None
            found = measure(asked, data, began, progress)
        result = telling.as_json(found)
        told = json.dumps(result, ensure_ascii=False, allow_nan=False, indent=None if as_json else 2)
        if out and signs and before:
            statement = evaluation_statement(asked, before, found, signs, by, datetime.now(UTC), registration)
            out.write_bytes(written(statement))
        elif out:
            out.write_text(told + "\n", encoding="utf-8")
    except (CannotUse, CannotSign) as fault:
        bad_input(str(fault))
    if html:
        html.write_text(page.page(found), encoding="utf-8")
    if as_json:
        typer.echo(told)
    else:
        for line in telling.in_words(found):
            typer.echo(line)
        if signs:
            for line in thresholds_in_words(thresholds_of(registration, result)):
                typer.echo(line)
    if out and not signs:
        typer.echo(f"{out} is not signed: nobody else can rely on it (--key signs it)", err=True)
    raise typer.Exit(1 if found.faulty else 0)
