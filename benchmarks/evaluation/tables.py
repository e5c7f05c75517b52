"""What the scripts of this folder share: aggregates as tables of Markdown, and what the tool advised at each level."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from preceptor.advice import URGENCIES
from preceptor.evaluation import telling
from preceptor.evaluation.evaluation import Evaluation, evaluate
from preceptor.tools import found
from preceptor.tools.jsonl import advise_lines

Line = Mapping[str, Any]


def measured(path: Path) -> Evaluation:
    """The triage tool on a file of labelled requests."""
    return evaluate(found()["triage"], path, datetime.now(UTC))


def written(lines: Sequence[Line], path: Path) -> Path:
    """The lines as a file of labelled requests: made at run time, never kept."""
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def said_of(data: Path) -> str:
    """The heading of a result: when, which tool, which data."""
    card = found()["triage"].card
    return f"{datetime.now(UTC):%Y-%m-%d} · triage {card.version} · {data.name}, sha256 `{sha256(data)}`\n"


def advised_by_level(lines: Sequence[Line], levels: Sequence[Any]) -> Iterator[str]:
    """A table of what the tool advised at each level of somebody else's scale; nothing is right or wrong in it."""
    tool, now = found()["triage"], datetime.now(UTC)
    answers = list(advise_lines((json.dumps(line) for line in lines), tool, now))
    counts = Counter((level, answer["urgency"]) for level, answer in zip(levels, answers, strict=True))
    unknown = Counter(level for level, answer in zip(levels, answers, strict=True) if _not_recognised(answer))
    yield f"| level | n | {' | '.join(URGENCIES)} | not recognised (so: same day) |"
    yield f"|---|---|{'---|' * len(URGENCIES)}---|"
    for level in sorted(set(levels), key=_place):
        n = sum(counts[level, urgency] for urgency in URGENCIES)
        advised = " | ".join(str(counts[level, urgency]) for urgency in URGENCIES)
        yield f"| {level} | {n} | {advised} | {unknown[level]} |"


def _place(level: Any) -> tuple[int, str]:
    return (URGENCIES.index(level) if level in URGENCIES else 0, str(level))


def _not_recognised(answer: Mapping[str, Any]) -> bool:
    return any(reason["rule"] == "input.not_recognised" for reason in answer["reasons"])


def main_figures(result: Evaluation) -> Iterator[str]:
    yield "| measure | of | 95% interval |"
    yield "|---|---|---|"
    for measure, share in result.measures:
        if share.n:
            yield f"| {measure.title} | {telling.of(share)} | {telling.percent(share)} |"
    for name, figure in (("linear", result.kappa.linear), ("quadratic", result.kappa.quadratic)):
        if figure.value is not None:
            yield f"| Weighted kappa, {name} | n {figure.n} | {telling.number(figure)} |"
    for key, title in telling.SET_TITLES.items():
        value = getattr(result.sets, key)
        if not value.n:
            continue
        of, shown = (
            (f"n {value.n}", telling.number(value)) if key == "size" else (telling.of(value), telling.percent(value))
        )
        yield f"| Prediction sets: {title} | {of} | {shown} |"


def calibration_figures(result: Evaluation) -> Iterator[str]:
    yield "" if result.calibrated else f"**{telling.UNCALIBRATED.capitalize()}.**\n"
    yield "| probability of | was so | Brier | ECE | slope | intercept |"
    yield "|---|---|---|---|---|---|"
    for title, each in result.calibration:
        figures = [telling.number(figure) for figure in (each.brier, each.ece, each.slope, each.intercept)]
        yield f"| {title} | {telling.of(each.prevalence)} | {' | '.join(figures)} |"


def group_figures(result: Evaluation) -> Iterator[str]:
    yield "| group | n | acceptable | under-triage | emergencies called one | to 999 needlessly | as good | as safe |"
    yield "|---|---|---|---|---|---|---|---|"
    for group in result.groups.groups:
        recall = f"{telling.of(group.recall)}: {telling.percent(group.recall)}" if group.recall.n else "none to call"
        yield (
            f"| {group.attribute}: {group.value} | {group.n} | {telling.percent(group.acceptable)} |"
            f" {telling.percent(group.under)} | {recall} | {telling.percent(group.needless)} |"
            f" {group.as_good} | {group.as_safe} |"
        )
    yield ""
    yield from (f"{note}." for note in result.groups.notes)


def confusion_table(result: Evaluation) -> Iterator[str]:
    yield f"| best answer | {' | '.join(URGENCIES)} |"
    yield f"|---|{'---|' * len(URGENCIES)}"
    for best, counts in result.confusion.items():
        yield f"| {best} | {' | '.join(str(counts[urgency]) for urgency in URGENCIES)} |"


def whole(result: Evaluation, *, groups: bool = True) -> Iterator[str]:
    """Everything that was measured, as aggregates. No id and no word of a request is among it."""
    yield from main_figures(result)
    yield ""
    yield from calibration_figures(result)
    yield ""
    yield from confusion_table(result)
    if groups:
        yield ""
        yield from group_figures(result)
