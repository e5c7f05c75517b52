"""Reliance in words and as JSON: what `preceptor reliance` prints."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from preceptor.supervision.decision_theory import FIGURES, Split, split
from preceptor.supervision.decisions import Decisions
from preceptor.supervision.figures import Figure, Interval, Share, as_json
from preceptor.supervision.reliance import Reliance, reliance

TITLES = {
    "rair": "RAIR: put right by right advice",
    "rsr": "RSR: stood firm against wrong advice",
    "over_reliance": "over-reliance: took wrong advice",
    "under_reliance": "under-reliance: left right advice",
    "commissions": "commissions: took advice saying too much",
    "omissions": "omissions: took advice saying too little",
    "first_view_right": "first view right",
    "advice_right": "advice right",
    "final_right": "final decision right",
    "human_alone": "first view alone",
    "ai_alone": "advice alone",
    "baseline": "baseline: the better of the two",
    "benchmark": "R*: a rational agent choosing",
    "matched": "R_rho: that agent at the observed rate",
    "observed": "observed",
    "reliance_loss": "reliance loss",
    "discrimination_loss": "discrimination loss",
}

Report = dict[str, tuple[Reliance, Split]]


def report(table: Decisions) -> Report:
    """The measures of the whole table, under "all", and of each arm where there are two or more."""
    parts = {"all": table}
    if len(table.arms) > 1:
        parts |= {name or "(no arm)": table.where(table.arm == i) for i, name in enumerate(table.arms)}
    return {name: (reliance(part), split(part)) for name, part in parts.items()}


def report_as_json(table: Decisions, found: Report) -> dict[str, Any]:
    """The whole report; a figure that cannot be had is null and its `words` say why."""
    whole = _part_as_json(*found["all"])
    arms = {name: _part_as_json(*part) for name, part in found.items() if name != "all"}
    return {"options": list(table.options), "options_ordered": table.ordered, **whole, "arms": arms}


def _part_as_json(measured: Reliance, divided: Split) -> dict[str, Any]:
    theory = {name: as_json(getattr(divided, name)) for name in FIGURES}
    return {
        "counts": asdict(measured.counts),
        "measures": {name: as_json(found) for name, found in measured.shares.items()},
        "decision_theory": {**theory, "followed_on_disagreement": as_json(divided.followed)},
        "notes": [*measured.notes, *(note for note in divided.notes if note not in measured.notes)],
    }


def in_words(found: Report) -> Iterator[str]:
    """The report line by line: a figure, its numerator and denominator, its 95% intervals."""
    for name, (measured, divided) in found.items():
        counts = measured.counts
        clinicians = f"{counts.clinicians:,} clinician{'' if counts.clinicians == 1 else 's'}"
        yield ("" if name == "all" else f"\nArm {name}: ") + (
            f"{counts.rows:,} decisions of {clinicians}; {counts.identifiable:,} can speak of reliance,"
            f" {counts.no_first_view:,} have no first view (not identifiable)"
        )
        yield f"\n  {'':<42}{'':>6}  {'of':<19}{'95% Wilson':<17}95% by clinician"
        for key, each in measured.shares.items():
            yield f"  {TITLES[key]:<42}{_line_of_share(each)}"
        yield f"\n  {'The split of Guo et al., share right':<42}{'':>6}  {'n':<19}{'':<17}95% by clinician"
        for key in FIGURES:
            yield f"  {TITLES[key]:<42}{_line_of_figure(getattr(divided, key))}"
        notes = [*measured.notes, *(note for note in divided.notes if note not in measured.notes)]
        yield from (f"  note: {note}" for note in notes)


def _line_of_share(each: Share) -> str:
    if each.value is None:
        return f"{'-':>6}  {each.words}"
    of = f"{each.count:,}/{each.n:,}"
    clustered = _between(each.clustered) if each.clustered else f"none: {each.words}"
    remark = f"  ({each.words})" if each.clustered and each.words else ""
    return f"{each.value:>6.3f}  {of:<19}{_between(each.interval):<17}{clustered}{remark}"


def _line_of_figure(each: Figure) -> str:
    if each.value is None:
        return f"{'-':>6}  {each.words}"
    clustered = _between(each.interval) if each.interval else f"none: {each.words}"
    remark = f"  ({each.words})" if each.interval and each.words else ""
    return f"{each.value:>6.3f}  {each.n:<19,}{'':<17}{clustered}{remark}"


def _between(interval: Interval | None) -> str:
    return f"{interval.low:.3f} to {interval.high:.3f}" if interval else "-"
