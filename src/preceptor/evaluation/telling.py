"""An evaluation in words for the terminal, and as JSON: everything that was measured, and of what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

from preceptor.evaluation.evaluation import Evaluation
from preceptor.evaluation.groups import Group
from preceptor.supervision.calibration import Calibration
from preceptor.supervision.figures import Figure, Interval, Share
from preceptor.supervision.figures import as_json as figure_as_json

SHAPE = "preceptor.evaluation/1"
SHOWN = 10  # bad lines on the terminal; the JSON has them all
UNCALIBRATED = "uncalibrated rules: these probabilities only order the options, and are not to be read as chances"
SET_TITLES = {
    "best": "the best answer is in the set",
    "acceptable": "an acceptable answer is in the set",
    "emergency": "emergencies: the set holds emergency",
    "size": "mean number of options in the set",
    "single": "sets of one option",
}
CALIBRATION_TITLES = {
    "brier": "Brier score (0 is best)",
    "ece": "expected calibration error (0 is best)",
    "slope": "slope (1 is right)",
    "intercept": "intercept (0 is right)",
    "index": "integrated calibration index (0 is best)",
}


def as_json(found: Evaluation) -> dict[str, Any]:
    """The whole evaluation. A figure that cannot be had is null, and its `words` say why. Requests by id only."""
    return {
        "shape": SHAPE,
        "tool": found.card.tool,
        "version": found.card.version,
        "preceptor": version("preceptor"),
        "reviewed_by": found.card.reviewed_by,
        "validation": validation(found),
        "when": found.when.isoformat(),
        "data": {"file": found.data.name, "sha256": found.data.sha256, "lines": found.data.lines},
        "n": found.n,
        "bad_lines": [asdict(fault) for fault in found.bad_lines],
        "no_advice": [asdict(fault) for fault in found.no_advice],
        "records_in_words": asdict(found.records),
        "measures": {
            measure.key: {"title": measure.title, "means": measure.means, **share_as_json(share)}
            for measure, share in found.measures
        },
        "weighted_kappa": {
            "linear": figure_as_json(found.kappa.linear),
            "quadratic": figure_as_json(found.kappa.quadratic),
        },
        "calibration": {
            "calibrated": found.calibrated,
            "words": "" if found.calibrated else UNCALIBRATED,
            "of": {title: _calibration_as_json(each) for title, each in found.calibration},
        },
        "prediction_sets": {
            key: figure_as_json(value) if isinstance(value, Figure) else share_as_json(value)
            for key, value in ((key, getattr(found.sets, key)) for key in SET_TITLES)
        },
        "groups": {
            "margin": found.groups.margin,
            "rows": [_group_as_json(group) for group in found.groups.groups],
            "notes": list(found.groups.notes),
        },
        "confusion": {"rows": "best answer", "columns": "advice", "counts": found.confusion},
        "missed": asdict(found.missed),
        "notes": list(found.notes),
    }


def validation(found: Evaluation) -> str:
    """What may not be read into the figures."""
    if found.card.reviewed_by == "none":
        return (
            "No clinician has reviewed or validated this tool. These figures say how well it agrees with the labels "
            "of this file, and no more."
        )
    return f"Reviewed by: {found.card.reviewed_by}. These figures say how well it agrees with the labels of this file."


def share_as_json(share: Share) -> dict[str, Any]:
    return {key: value for key, value in figure_as_json(share).items() if key != "clustered"}


def _calibration_as_json(each: Calibration) -> dict[str, Any]:
    return {
        "prevalence": share_as_json(each.prevalence),
        **{key: figure_as_json(getattr(each, key)) for key in CALIBRATION_TITLES},
        "reliability": [
            {"low": row.low, "high": row.high, "predicted": row.predicted, "happened": share_as_json(row.happened)}
            for row in each.reliability
        ],
        "notes": list(each.notes),
    }


def _group_as_json(group: Group) -> dict[str, Any]:
    return {
        "attribute": group.attribute,
        "value": group.value,
        "n": group.n,
        "acceptable": share_as_json(group.acceptable),
        "under_triage": share_as_json(group.under),
        "over_triage": share_as_json(group.over),
        "emergency_recall": share_as_json(group.recall),
        "sent_to_999": share_as_json(group.needless),
        "as_good_as_others": str(group.as_good),
        "as_safe_as_others": str(group.as_safe),
    }


def percent(share: Share) -> str:
    """ "86.2% (83.1 to 88.9)", or why there is none."""
    if share.value is None or share.interval is None:
        return "none"
    return f"{100 * share.value:.1f}% ({100 * share.interval.low:.1f} to {100 * share.interval.high:.1f})"


def of(share: Share) -> str:
    return f"{share.count:,} of {share.n:,}"


def number(figure: Figure) -> str:
    """ "0.812 (0.770 to 0.850)", or the number without an interval."""
    if figure.value is None:
        return "none"
    return f"{figure.value:.3f}" + (f" ({between(figure.interval)})" if figure.interval else " (no interval)")


def between(interval: Interval) -> str:
    return f"{interval.low:.3f} to {interval.high:.3f}"


def in_words(found: Evaluation) -> Iterator[str]:
    """The evaluation line by line. 95% intervals: Wilson for shares, a seeded bootstrap for kappa and calibration."""
    yield f"{found.card.tool} {found.card.version} on {found.data.name} (sha256 {found.data.sha256[:12]}…)"
    yield f"{found.n:,} requests measured, of {found.data.lines:,} lines. {validation(found)}"
    yield from _faults(found)
    yield from found.notes
    yield f"\n  {'':<43}{'':<17}95% interval"
    for measure, share in found.measures:
        yield f"  {measure.title:<43}{of(share):<17}{percent(share)}"
    yield f"  {'Weighted kappa, linear':<43}{f'{found.kappa.linear.n:,}':<17}{number(found.kappa.linear)}"
    yield f"  {'Weighted kappa, quadratic':<43}{f'{found.kappa.quadratic.n:,}':<17}{number(found.kappa.quadratic)}"
    yield "\nPrediction sets"
    for key, title in SET_TITLES.items():
        value = getattr(found.sets, key)
        shown = (f"{value.n:,}", number(value)) if isinstance(value, Figure) else (of(value), percent(value))
        yield f"  {title:<43}{shown[0]:<17}{shown[1]}"
    yield "\nCalibration" + ("" if found.calibrated else f": {UNCALIBRATED}")
    for title, each in found.calibration:
        yield f"  of {title} ({of(each.prevalence)})"
        for key, name in CALIBRATION_TITLES.items():
            figure = getattr(each, key)
            yield f"    {name:<41}{f'{figure.n:,}':<17}{number(figure)}{f'  {figure.words}' if figure.words else ''}"
    yield from _groups(found)


def _faults(found: Evaluation) -> Iterator[str]:
    if found.bad_lines:
        yield f"{counted(found.bad_lines, 'line')} could not be used, in no figure:"
        yield from (f"  line {f.place}{f' ({f.id})' if f.id else ''}: {f.why}" for f in found.bad_lines[:SHOWN])
    if found.no_advice:
        yield f"{counted(found.no_advice, 'request')} without usable advice, counted against the tool everywhere:"
        yield from (f"  line {f.place} ({f.id}): {f.why}" for f in found.no_advice[:SHOWN])
    if max(len(found.bad_lines), len(found.no_advice)) > SHOWN:
        yield f"  (of each, the first {SHOWN} are shown; --out has them all)"
    if found.records.requests:
        yield records_in_words(found)


def counted(things: Sequence[object], noun: str) -> str:
    """ "1 line", "2 lines"."""
    return f"{len(things):,} {noun}{'' if len(things) == 1 else 's'}"


def records_in_words(found: Evaluation) -> str:
    """What became of records that were given in words."""
    held = found.records
    return (
        f"{held.requests:,} records were given in words, {held.entries:,} entries: {held.without_concept:,} conditions"
        f" or medicines have no concept and are text only, {held.without_day:,} appointments have no day that could be"
        " read"
    )


def _groups(found: Evaluation) -> Iterator[str]:
    margin = f"{100 * found.groups.margin:.0f} points"
    yield f"\nGroups, each beside everybody else (as good: acceptable, as safe: under-triage; margin {margin})"
    attribute = ""
    for group in found.groups.groups:
        if group.attribute != attribute:
            attribute = group.attribute
            yield f"  {attribute:<20}{'n':<6}{'acceptable':<24}{'under-triage':<24}{'as good':<26}as safe"
        yield (
            f"    {group.value:<18}{group.n:<6,}{percent(group.acceptable):<24}{percent(group.under):<24}"
            f"{group.as_good:<26}{group.as_safe}"
        )
    yield from (f"  note: {note}" for note in found.groups.notes)
