"""The command of who keeps a shared model: many practices' updates become one new starting point for all of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from preceptor.cli.common import app, bad_input, need_folder, tool_called
from preceptor.cli.evidence import signing_key

if TYPE_CHECKING:
    from preceptor.learning.pooling import Pooled
    from preceptor.learning.starting import Start
    from preceptor.learning.updates import Update


@app.command()
def pool(
    tool: Annotated[str, typer.Argument(help="The tool's name: triage.")],
    updates: Annotated[list[Path], typer.Argument(help="Updates, as `preceptor learn --export` wrote them.")],
    trust: Annotated[
        list[Path] | None,
        typer.Option(help="A practice's public key (.pub), or a folder of them; may be given again."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write the new starting point here.")] = None,
    key: Annotated[
        Path | None, typer.Option("--key", envvar="PRECEPTOR_SIGNING_KEY", help="The key to sign it with: a PEM file.")
    ] = None,
    by: Annotated[str, typer.Option("--by", help="Who signs: a name and role, in your own words.")] = "",
    start: Annotated[
        Path | None,
        typer.Option("--from", help="The starting point that they moved, by the same key. Left out: what ships."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of words.")] = False,
) -> None:
    """Pool what practices learnt into one new starting point, none of them with more than 5% of the weight.

    Exit 1 where an update was set aside, or where the hold-out is not held: then nothing is written.
    """
    if tool_called(tool).card.tool != "triage":
        bad_input(f"{tool} does not learn: triage is the only tool that does")
    if out is None or key is None:
        bad_input("say with --out where the new starting point goes, and with --key who signs it")
    need_folder(out)
    from preceptor.learning.pooling import pool as pool_now
    from preceptor.learning.starting import what_ships, write_start
    from preceptor.learning.updates import NotUsable
    from preceptor.signing import keyid_of
    from preceptor.tools.triage.card import VERSION

    signs, trusted = signing_key(key), trusted_keys(trust)
    try:
        ships, shared = what_ships()
        keeper = {keyid_of(signs.public_key()): str(key)}
        before = start_in(start, tool, keeper) if start else ships
        pooled = pool_now(shared, before.stage, [_update_in(path, tool, before, trusted) for path in updates])
    except NotUsable as why:
        bad_input(str(why))
    told = _as_json(pooled, before, trusted)
    if pooled.challenged.passed:
        out.write_bytes(write_start(tool, VERSION, pooled, before, told["measures"], signs, by))
    if as_json:
        typer.echo(json.dumps({"tool": tool, "out": str(out) if pooled.challenged.passed else None} | told))
    else:
        _say(told, pooled, out)
    raise typer.Exit(0 if pooled.challenged.passed and not any(part.alarm for part in pooled.parts) else 1)


def trusted_keys(paths: list[Path] | None) -> dict[str, str]:
    """The files of the public keys in these files and folders, by the ids of the keys; in one line where that fails."""
    from preceptor.signing import CannotSign, keyid_of, public_key

    files = [file for path in paths or () for file in (sorted(path.glob("*.pub")) if path.is_dir() else [path])]
    if not files:
        bad_input("give with --trust the public keys that may sign: .pub files, or a folder of them")
    try:
        return {keyid_of(public_key(file)): file.stem for file in files}
    except CannotSign as why:
        bad_input(str(why))


def start_in(path: Path, tool: str, trusted: dict[str, str]) -> Start:
    """The starting point in a file. Raises NotUsable, with the file's name."""
    from preceptor.learning.starting import read_start
    from preceptor.learning.updates import NotUsable

    try:
        return read_start(path.read_bytes(), tool, trusted)
    except NotUsable as why:
        raise NotUsable(f"{path}: {why}") from None


def _update_in(path: Path, tool: str, before: Start, trusted: dict[str, str]) -> Update:
    from preceptor.learning.updates import NotUsable, read_update

    try:
        return read_update(path.read_bytes(), tool, before.foundation, trusted)
    except NotUsable as why:
        raise NotUsable(f"{path}: {why}") from None


def _as_json(pooled: Pooled, before: Start, trusted: dict[str, str]) -> dict[str, Any]:
    from preceptor.service.learning.telling import measures_as_json

    return {
        "start": before.digest,
        "updates": [
            {
                "practice": trusted[part.update.practice], "key": part.update.practice, "lessons": part.update.lessons,
                "stated": part.update.weight, "weight": round(part.weight, 6), "shortened": part.shortened,
                "alarm": part.alarm,
            }
            for part in pooled.parts
        ],
        "n": pooled.challenged.n,
        "measures": measures_as_json(pooled.challenged),
        "met": list(pooled.challenged.met),
        "missing": list(pooled.challenged.missing),
    }  # fmt: skip


def _say(told: dict[str, Any], pooled: Pooled, out: Path) -> None:
    from preceptor.service.learning.telling import MEASURES, measure_in_words

    for each in told["updates"]:
        words = f"{each['weight']:.1%} of the weight, from {each['lessons']:,} lessons"
        if each["shortened"]:
            words += "; it reached further than such a weight can, and was shortened"
        typer.echo(f"  {each['practice']}: " + (f"ALARM, set aside: {each['alarm']}" if each["alarm"] else words))
    typer.echo(f"\nOn the hold-out ({told['n']:,} synthetic requests), before and after:")
    for name, words, _ in MEASURES:
        typer.echo(measure_in_words(words, told["measures"][name]))
    if not pooled.challenged.passed:
        typer.echo("\nThe hold-out is not held, and nothing was written:")
        for words in told["missing"]:
            typer.echo(f"  {words}")
        return
    typer.echo(f"\n{out} is the new starting point. A practice adapts it: `preceptor learn triage --from {out.name}`.")
    typer.echo("It advises nobody there until it has won that practice's own contest and somebody approves.")
