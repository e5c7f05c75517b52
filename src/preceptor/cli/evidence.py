"""Commands of evidence that travels: keys, thresholds registered beforehand, verifying, transfer, cards."""

from __future__ import annotations

import json
import sys
from contextlib import nullcontext
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from preceptor.cli.common import app, bad_input, need_folder, progress_bars, tool_called

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

    from preceptor.evaluation.evidence.verifying import Verification

evidence_app = typer.Typer(
    no_args_is_help=True, help="Signed evidence: make it, verify it, see whether it carries over."
)
app.add_typer(evidence_app, name="evidence")

Key = Annotated[
    Path | None, typer.Option("--key", envvar="PRECEPTOR_SIGNING_KEY", help="The key to sign with: a PEM file.")
]
By = Annotated[str, typer.Option("--by", help="Who signs: a name and role, in your own words.")]
Trust = Annotated[list[Path] | None, typer.Option(help="A public key that you trust (.pub); may be given again.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of words.")]


class Format(StrEnum):
    MARKDOWN = "markdown"
    CHAI = "chai"


def signing_key(path: Path) -> Ed25519PrivateKey:
    from preceptor.signing import CannotSign, private_key

    try:
        return private_key(path)
    except CannotSign as why:
        bad_input(str(why))


def _trusted(paths: list[Path] | None) -> list[Ed25519PublicKey]:
    from preceptor.signing import CannotSign, public_key

    try:
        return [public_key(path) for path in paths or ()]
    except CannotSign as why:
        bad_input(str(why))


def _verified(file: Path, trust: list[Path] | None, data: Path | None = None) -> Verification:
    from preceptor.evaluation.evidence.verifying import verify
    from preceptor.signing import CannotSign
    from preceptor.tools import found

    trusted = _trusted(trust)
    content = file.read_bytes()
    if _is_unsigned(content):
        bad_input(f"{file} is what `preceptor evaluate` writes without a key: it is not signed, and proves nothing")
    try:
        return verify(content, trusted, found(), data)
    except CannotSign as why:
        bad_input(str(why))


def _is_unsigned(content: bytes) -> bool:
    try:
        stated = json.loads(content)
    except (ValueError, RecursionError):
        return False
    return isinstance(stated, dict) and "shape" in stated and "payload" not in stated


@evidence_app.command("key")
def evidence_key(
    out: Annotated[Path, typer.Option(help="Where to keep it; its public half goes beside, as .pub.")],
) -> None:
    """Make a key to sign evidence with. Keep it; give the .pub to those who are to trust you."""
    from preceptor.signing import CannotSign, make_key

    need_folder(out)
    try:
        keyid = make_key(out)
    except CannotSign as why:
        bad_input(str(why))
    typer.echo(f"{out} signs, and is for you alone. {out}.pub is for others.\n{keyid}")


@evidence_app.command("register")
def evidence_register(
    tool: Annotated[str, typer.Argument(help="The tool's name, such as triage.")],
    thresholds: Annotated[Path, typer.Option(help='JSON: {"under_triage": {"at_most": 0.05}, ...}')],
    out: Annotated[Path, typer.Option(help="Write the signed registration here.")],
    key: Key = None,
    by: By = "",
) -> None:
    """Say what a tool is to reach, before anybody measures: signed, dated, for this very version of it."""
    from preceptor.evaluation.evidence.statement import register
    from preceptor.evaluation.evidence.thresholds import read_thresholds
    from preceptor.evaluation.labelled import CannotUse
    from preceptor.signing import CannotSign, written

    if key is None:
        bad_input("a registration is signed: give --key (`preceptor evidence key --out FILE` makes one)")
    signs, asked = signing_key(key), tool_called(tool)
    need_folder(out)
    try:
        said = read_thresholds(thresholds)
        out.write_bytes(written(register(asked, said, signs, by, datetime.now(UTC))))
    except (CannotUse, CannotSign) as why:
        bad_input(str(why))
    typer.echo(
        f"{len(said)} threshold{'' if len(said) == 1 else 's'} registered for {tool} {asked.card.version}: {out}"
    )


@evidence_app.command("verify")
def evidence_verify(
    file: Annotated[Path, typer.Argument(help="A signed statement, or a registration.")],
    trust: Trust = None,
    data: Annotated[Path | None, typer.Option(help="The file that it was measured on, to compare.")] = None,
    as_json: AsJson = False,
) -> None:
    """Prove a signed statement, or name exactly what was altered."""
    from preceptor.evaluation.evidence import telling

    found = _verified(file, trust, data)
    _print(telling.verification_as_json(found) if as_json else telling.verification_in_words(found))
    raise typer.Exit(0 if found.proven else 1)


@evidence_app.command("transfer")
def evidence_transfer(
    file: Annotated[Path, typer.Argument(help="A signed statement.")],
    data: Annotated[Path, typer.Argument(help="Your own labelled requests: JSON lines, or a .csv.")],
    margin: Annotated[
        float, typer.Option(min=0.001, max=0.5, help="How much worse is still as good, as a share.")
    ] = 0.05,
    trust: Trust = None,
    as_json: AsJson = False,
) -> None:
    """Compare your patients and your results with the statement's: does the evidence carry over? Exit 0 if it does."""
    from preceptor.evaluation.evaluation import evaluate
    from preceptor.evaluation.evidence import telling
    from preceptor.evaluation.evidence.population import population
    from preceptor.evaluation.evidence.statement import results_of
    from preceptor.evaluation.evidence.transfer import Answer, transfer
    from preceptor.evaluation.labelled import CannotUse
    from preceptor.tools import found as installed

    statement = _verified(file, trust)
    if not statement.proven:
        for line in telling.verification_in_words(statement):
            typer.echo(line, err=True)
        raise typer.Exit(1)
    if "results" not in statement.predicate:
        bad_input(f"{file} is a registration: it holds no results to compare with")
    tools = installed()
    if statement.tool not in tools:
        bad_input(f"{statement.tool} is not installed here, so it cannot be measured here")
    try:
        with progress_bars() if sys.stderr.isatty() else nullcontext() as bar:
            progress = (lambda done, of: bar("Asking", done, of)) if bar else None
            here = evaluate(tools[statement.tool], data, datetime.now(UTC), progress)
    except CannotUse as why:
        bad_input(str(why))
    if here.data.sha256 == statement.predicate["data"]["digest"]["sha256"]:
        bad_input(f"{data} is the very file that the evidence was measured on: it cannot say whether it carries over")
    compared = transfer(statement.predicate, {"population": population(here), "results": results_of(here)}, margin)
    if here.faulty:
        words = f"{len(here.bad_lines)} lines could not be used, {len(here.no_advice)} requests got no usable advice"
        typer.echo(f"preceptor: {words} (`preceptor evaluate` names them)", err=True)
    _print(telling.transfer_as_json(compared) if as_json else telling.transfer_in_words(compared))
    raise typer.Exit(0 if compared.answer is Answer.CARRIES and not here.faulty else 1)


@evidence_app.command("card")
def evidence_card(
    tool: Annotated[str, typer.Argument(help="The tool's name, such as triage.")],
    form: Annotated[
        Format, typer.Option("--format", help="markdown, or CHAI's Applied Model Card (XML).")
    ] = Format.MARKDOWN,
    evidence: Annotated[Path | None, typer.Option(help="A signed statement, for the figures.")] = None,
    trust: Trust = None,
    out: Annotated[Path | None, typer.Option(help="Write it here instead of printing it.")] = None,
) -> None:
    """A tool's card for others to read. What is not known is said to be unknown."""
    from preceptor.evaluation.evidence import card, telling

    asked = tool_called(tool).card
    need_folder(out)
    predicate: dict[str, Any] | None = None
    if evidence is not None:
        found = _verified(evidence, trust)
        if not found.proven:
            for line in telling.verification_in_words(found):
                typer.echo(line, err=True)
            raise typer.Exit(1)
        if found.tool != tool or "results" not in found.predicate:
            bad_input(f"{evidence} holds no results of {tool}")
        predicate = found.predicate
    text = (card.chai if form is Format.CHAI else card.markdown)(asked, predicate)
    if out:
        out.write_text(text, encoding="utf-8")
    else:
        typer.echo(text, nl=False)


def _print(told: Any) -> None:
    if isinstance(told, dict):
        typer.echo(json.dumps(told, ensure_ascii=False, allow_nan=False))
    else:
        for line in told:
            typer.echo(line)
