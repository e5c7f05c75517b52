"""Commands of the ledger."""

from __future__ import annotations

from typing import Annotated

import typer

from preceptor.cli.common import app, bad_input, set_up_django

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
    set_up_django()
    from preceptor.service.ledger import telling
    from preceptor.service.ledger.verdict import Anchor
    from preceptor.service.ledger.verify import verify

    if lack := telling.what_lacks():
        bad_input(lack)
    try:
        noted = Anchor.parse(anchor) if anchor is not None else None
    except ValueError as fault:
        bad_input(str(fault))
    verdict = verify(noted)
    typer.echo(telling.as_json(verdict) if as_json else telling.in_words(verdict, noted))
    raise typer.Exit(0 if verdict.whole else 1)
