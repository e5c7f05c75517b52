"""Verifications and transfers in words for the terminal, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from preceptor.evaluation.evidence.transfer import EVERYBODY, Compared, Mix, Transfer
from preceptor.evaluation.evidence.verifying import Check, Verification
from preceptor.evaluation.telling import of, share_as_json
from preceptor.supervision.figures import Figure
from preceptor.supervision.figures import as_json as figure_as_json

_MARKS = {True: "ok ", False: "NO ", None: "-- "}


def verification_in_words(found: Verification) -> Iterator[str]:
    yield from (f"{_MARKS[check.well]} {check.part:<11} {check.words}" for check in found.checks)
    if not found.proven:
        yield f"NOT PROVEN: {', '.join(found.altered)}"
        return
    what = "; ".join(_about(found.statement))
    open_ = [check.part for check in found.checks if check.well is None]
    yield f"Proven: {what}" + (f". Not compared: {', '.join(open_)}" if open_ else "")


def _about(statement: Mapping[str, Any]) -> Iterator[str]:
    said = statement["predicate"]
    name = statement["subject"][0]["name"].partition("/")[2]
    signer = said["signed_by"]["name"] or "a signer who gave no name"
    if "results" in said:
        yield f"{name} was measured on {said['results']['n']:,} requests at {said['evaluated_at']}, signed by {signer}"
        yield said["thresholds"]["words"]
    else:
        yield f"thresholds for {name} were registered at {said['registered_at']}, signed by {signer}"


def verification_as_json(found: Verification) -> dict[str, Any]:
    return {
        "proven": found.proven,
        "altered": list(found.altered),
        "checks": [_check_as_json(check) for check in found.checks],
        "statement": found.statement or None,
    }


def _check_as_json(check: Check) -> dict[str, Any]:
    return {"part": check.part, "well": check.well, "words": check.words}


def thresholds_in_words(thresholds: Mapping[str, Any]) -> Iterator[str]:
    """Each threshold with what was found and the verdict."""
    yield f"\nThresholds: {thresholds['words']}"
    for row in thresholds["judged"]:
        way = "at_least" if "at_least" in row else "at_most"
        found = row["found"]
        limit = f"{way.replace('_', ' ')} {100 * row[way]:.1f}%"
        yield f"  {row['measure']:<22}{limit:<18}{found['count']:,} of {found['n']:,}: {row['verdict']}"


def transfer_in_words(found: Transfer) -> Iterator[str]:
    yield f"The same tool, there and here. Worse by, in points, with 95% interval; margin {100 * found.margin:g} points"
    whom = ""
    for each in found.compared:
        if each.whom != whom:
            whom = each.whom
            yield f"  {whom:<27}{'there':<17}{'here':<17}{'worse here by':<25}answer"
        yield f"    {each.title:<25}{of(each.there):<17}{of(each.here):<17}{points(each.worse_by):<25}{each.answer}"
    yield "Who asks: share there and here, and how much more common here, in points"
    attribute = ""
    for mix in found.mixes:
        if mix.attribute != attribute:
            attribute = mix.attribute
            yield f"  {attribute}"
        mark = "differs" if mix.differs else ""
        yield f"    {mix.value:<25}{of(mix.there):<17}{of(mix.here):<17}{points(mix.more_by):<25}{mark}".rstrip()
    yield f"The evidence: {found.answer}"
    yield from (f"  {why}" for why in found.why)
    yield from (f"  note, {note}" for note in found.notes)


def points(figure: Figure) -> str:
    """ "+3.2 (-1.0 to +7.5)", or why there is none."""
    if figure.value is None or figure.interval is None:
        return figure.words
    return f"{100 * figure.value:+.1f} ({100 * figure.interval.low:+.1f} to {100 * figure.interval.high:+.1f})"


def transfer_as_json(found: Transfer) -> dict[str, Any]:
    return {
        "shape": "preceptor.transfer/1",
        "margin": found.margin,
        "answer": str(found.answer),
        "why": list(found.why),
        "notes": list(found.notes),
        "compared": [_compared_as_json(each) for each in found.compared],
        "population": [_mix_as_json(mix) for mix in found.mixes],
    }


def _compared_as_json(each: Compared) -> dict[str, Any]:
    return {
        "measure": each.measure,
        "whom": each.whom,
        "decides": each.whom == EVERYBODY,
        "there": share_as_json(each.there),
        "here": share_as_json(each.here),
        "worse_by": figure_as_json(each.worse_by),
        "p_worse": each.p_worse,
        "answer": str(each.answer),
    }


def _mix_as_json(mix: Mix) -> dict[str, Any]:
    return {
        "attribute": mix.attribute,
        "value": mix.value,
        "there": share_as_json(mix.there),
        "here": share_as_json(mix.here),
        "more_by": figure_as_json(mix.more_by),
        "differs": mix.differs,
    }
