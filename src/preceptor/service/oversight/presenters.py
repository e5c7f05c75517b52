"""A tool's figures made ready for its page: every table in words, with n and interval, or with what is lacking."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from preceptor.advice import Standing
from preceptor.evaluation.telling import CALIBRATION_TITLES
from preceptor.service.jinja import day
from preceptor.service.oversight import tables
from preceptor.service.oversight.gates import Judged
from preceptor.service.oversight.measuring import SPELL, Figures, Gates
from preceptor.service.oversight.models import ToolStanding
from preceptor.service.oversight.needing import MOST, cases_for_comparison, more_of_group, urgent_for_bound
from preceptor.service.oversight.sheets import Sheet
from preceptor.service.oversight.telling import figure_in_words, interval_in_words, points_in_words, share_in_words
from preceptor.service.oversight.words import STANDING_WORDS
from preceptor.service.practices.models import Practice
from preceptor.supervision.decision_theory import FIGURES
from preceptor.supervision.figures import Figure
from preceptor.supervision.standing import STEP_UP
from preceptor.supervision.telling import TITLES


@dataclass(frozen=True, slots=True)
class NextStep:
    """What a page says of the next step up. `to` is empty where there is none."""

    to: str
    earned: bool
    met: tuple[str, ...]
    missing: tuple[str, ...]
    alarms: tuple[str, ...]
    cautions: tuple[str, ...]
    needs: tuple[str, ...]  # how many more, in words


def next_step(found: Judged, change: ToolStanding | None) -> NextStep:
    verdict = found.verdict
    to = STEP_UP.get(verdict.now)
    return NextStep(
        to=to.value if to else "",
        earned=verdict.promotes,
        met=verdict.met,
        missing=verdict.missing,
        alarms=verdict.alarms,
        cautions=verdict.cautions,
        needs=_needs(found.gates, verdict.now, change) if to and not verdict.promotes and not verdict.alarms else (),
    )


def _needs(held: Gates, now: Standing, change: ToolStanding | None) -> tuple[str, ...]:
    said = []
    if more := cases_for_comparison(held.measured.comparison, held.terms.thresholds):
        said.append(f"non-inferiority: at least {more:,} more audited decisions, none on which it alone is wrong")
    urgent = urgent_for_bound(held)
    if urgent == MOST:
        said.append(f"under-triage: more than {MOST:,} further urgent cases")
    elif urgent:
        said.append(f"under-triage: {urgent:,} more audited cases that were truly urgent, none of them missed")
    if held.measured.subgroups is None:
        said.append("subgroups: audited decisions on patients whose age or sex is known")
    if now is not Standing.SHADOW and held.spells < 2 and change is not None:
        ends = change.at + 2 * SPELL
        said.append(f"RSR: two whole spells of {SPELL.days} days at this standing; the second ends on {day(ends)}")
    if held.audited.unanswered:
        said.append(f"{held.audited.unanswered:,} decisions are drawn and wait for an auditor's answer")
    return tuple(said)


def bounds(found: Figures) -> Sheet:
    rows = [
        (day(each.at), f"{each.cases:,}", f"{each.missed:,}", f"at most {100 * each.upper:.1f}%")
        for each in found.bounds
    ]
    columns = ("Found by", "Urgent cases", "Missed", "Running bound (95%, at every look)")
    return Sheet("Under-triage and its running bound", columns, tuple(rows))


def calibration(found: Figures) -> tuple[Sheet, Sheet]:
    """The summary figures, and the reliability table."""
    of = found.calibration
    rows = [("truly urgent", share_in_words(of.prevalence))]
    rows += [(title, figure_in_words(getattr(of, key))) for key, title in CALIBRATION_TITLES.items()]
    bins = [
        (f"{100 * row.low:.0f} to {100 * row.high:.0f}%", f"{100 * row.predicted:.0f}%", share_in_words(row.happened))
        for row in of.reliability
    ]
    return (
        Sheet("Calibration of “the same day or sooner”", ("Measure", "Figure (95% interval)"), tuple(rows), of.notes),
        Sheet("Reliability", ("Probability given", "Mean", "Truly urgent"), tuple(bins)),
    )


def net_benefit(found: Figures) -> Sheet:
    rows = [
        (
            f"{100 * each.threshold:.0f}%", figure_in_words(each.tool), figure_in_words(each.act_for_all),
            figure_in_words(each.over_act_for_all),
        )
        for each in found.net_benefit
    ]  # fmt: skip
    columns = ("Acting from a chance of", "The tool", "Acting for all", "The tool less acting for all")
    notes = ("Needed actions a request, less needless ones at the odds of that chance; acting for nobody is worth 0",)
    return Sheet("Net benefit", columns, tuple(rows), notes)


def split(found: Figures) -> Sheet:
    """What was lost between people and advice, and where."""
    rows = [(TITLES[name], figure_in_words(getattr(found.split, name))) for name in FIGURES]
    rows.append(("differing advice taken", share_in_words(found.split.followed)))
    return Sheet("What was lost, and where", ("Share right", "Figure (95% interval)"), tuple(rows), found.split.notes)


def reliance(found: Figures) -> tuple[Sheet, Sheet]:
    """The shares, and the months."""
    of = found.reliance
    rows = [(TITLES[name], share_in_words(share), _clustered(share)) for name, share in of.shares.items()]
    months = [
        (each.name, f"{each.decisions:,}", share_in_words(each.rair), share_in_words(each.rsr)) for each in found.months
    ]
    rsr = found.gates.measured.rsr
    said = (
        f"change of RSR, first spell of {SPELL.days} days to the latest: {points_in_words(rsr.difference)}"
        if rsr
        else ""
    )
    notes = (*of.notes, said) if said else of.notes
    return (
        Sheet("Reliance", ("Measure", "Share (95% interval)", "By clinician"), tuple(rows), notes),
        Sheet("Reliance by month", ("Month", "Audited decisions", "RAIR", "RSR"), tuple(months)),
    )


def _clustered(share: object) -> str:
    interval, words = share.clustered, share.words  # type: ignore[attr-defined]
    return f"{100 * interval.low:.0f} to {100 * interval.high:.0f}%" if interval else words


def subgroups(held: Gates) -> Sheet:
    found = held.measured.subgroups
    columns = ("Group", "Urgent enough", "Others", "Worse by", "Partly pooled", "Answer", "More needed")
    if found is None:
        return Sheet("Subgroups", columns, ())
    rows = []
    for group in found.groups:
        rows.append(
            (
                f"{group.attribute}: {group.value}",
                share_in_words(group.raw),
                share_in_words(group.others),
                points_in_words(group.worse_by),
                _pooled(group.pooled),
                group.answer.value,
                _more(more_of_group(group, held.terms.thresholds, len(found.groups))),
            )
        )
    return Sheet("Subgroups", columns, tuple(rows), found.notes)


def _pooled(found: Figure) -> str:
    if found.value is None or found.interval is None:
        return found.words
    return f"{100 * found.value:.0f}% ({interval_in_words(found.interval)})"


def _more(number: int | None) -> str:
    if number is None:
        return "no number would do at these shares"
    if not number:
        return "none"
    return f"more than {MOST:,}" if number >= MOST else f"about {number:,}"


def versions(practice: Practice, tool: str) -> Sheet:
    """Every version that advised on requests decided here, the latest first."""
    last = {change.version: change.standing for change in _changes(practice, tool)}
    rows = [
        (
            use.version, f"{use.advised:,}", f"{use.shown:,}", f"{use.drawn:,}", f"{use.told:,}",
            STANDING_WORDS[last.get(use.version, Standing.SHADOW)],
        )
        for use in tables.uses(practice, tool)
    ]  # fmt: skip
    columns = ("Version", "Advised on", "In sight", "Drawn", "Truth known", "Standing")
    return Sheet("Versions that advised on requests decided here", columns, tuple(rows))


def _changes(practice: Practice, tool: str) -> QuerySet[ToolStanding]:
    return ToolStanding.objects.of(practice).filter(tool=tool).order_by("pk")
