"""The figures that a standing rests on, and the others of a tool's page, from the tables of a practice.

Nothing is measured here: every figure is a measure of `supervision` on a table of `tables`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from django.db.models import Max
from django.utils import timezone

from preceptor.advice import Standing, Urgency
from preceptor.evaluation.groups import small_together
from preceptor.service.oversight import tables
from preceptor.service.oversight.auditing import is_urgent
from preceptor.service.oversight.looking import scores_of
from preceptor.service.oversight.models import AuditAnswer, AuditDraw, AuditSample, Deprivation, Terms, ToolStanding
from preceptor.service.oversight.standing import last_change
from preceptor.service.oversight.tables import Audited, Row
from preceptor.service.oversight.terms import TermsFor, terms_for
from preceptor.service.practices.models import Practice
from preceptor.supervision.calibration import Calibration, NetBenefit, calibration, net_benefit
from preceptor.supervision.decision_theory import Split, split
from preceptor.supervision.drift import ScoreDrift
from preceptor.supervision.e_process import Watched, watch
from preceptor.supervision.figures import Share
from preceptor.supervision.non_inferiority import Comparison, compare
from preceptor.supervision.reliance import Change, Reliance, reliance, rsr_change
from preceptor.supervision.standing import Measured
from preceptor.supervision.subgroups import Subgroups, subgroups
from preceptor.supervision.under_triage import Promise, needed

# RSR is looked at in whole spells of this length, the first at a standing against the latest: four looks a year.
SPELL = timedelta(days=90)
ACT_FROM = (0.02, 0.05, 0.1, 0.2, 0.5)  # chances of "urgent" from which one could act: net benefit at each
GROUPS = ("age", "sex", "ethnicity", "language", "disability", "deprivation")
BOUNDS = 12  # points at most of the running bound over time


@dataclass(frozen=True, slots=True)
class Gates:
    """What `standing.judge` asks for, and how it came about."""

    audited: Audited
    terms: TermsFor
    measured: Measured
    spells: int  # whole spells of RSR at this standing so far
    compared_with: str  # what its advice would stand in for, in words


def gates(practice: Practice, tool: str, version: str, *, today: datetime | None = None) -> Gates:
    """The figures that this version's standing rests on, now."""
    found, terms = tables.audited(practice, tool, version), terms_for(practice, tool, version)
    change = last_change(practice, tool, version)
    spells = _spells(change, today or timezone.now())
    comparison, compared_with = _comparison(practice, tool, version, found, terms)
    measured = Measured(
        comparison=comparison,
        watch=_watch(found.told, terms),
        subgroups=_subgroups(found, terms),
        rsr=_rsr(found, change, spells),
    )
    return Gates(found, terms, measured, spells, compared_with)


def _comparison(
    practice: Practice, tool: str, version: str, found: Audited, terms: TermsFor
) -> tuple[Comparison | None, str]:
    """The tool's calls beside what its advice would stand in for, on the same requests; and what that is.

    That is the version of the same tool whose advice is shown now, where both were asked (a challenger beside its
    champion), and else the clinicians' own first views. Everything that the audit drew evenly is in, answered or not:
    what was not looked at counts against the tool.
    """
    champion = _shown_version(practice, tool, version)
    calls = tables.calls(practice, tool, champion) if champion else {}
    both = [(row, calls[row.request]) for row in found.even if row.request in calls]
    said = f"version {champion}"
    if not both:
        both = [(row, row.first_view) for row in found.even if row.first_view is not None]
        said = "the clinicians’ own first views"
    if not both:
        return None, said
    truths = [row.truth for row, _ in both]
    return compare([row.advice for row, _ in both], [old for _, old in both], truths, terms.thresholds.margin), said


def _shown_version(practice: Practice, tool: str, version: str) -> str:
    """The other version of this tool whose advice is shown here now, the most trusted; empty where there is none."""
    others = ToolStanding.objects.of(practice).filter(tool=tool).exclude(version=version).order_by("pk")
    last = {change.version: change.standing for change in others}  # of each version the last change holds
    for standing in (Standing.FIRST, Standing.SECOND):
        if shown := [each for each, its in last.items() if its == standing]:
            return shown[-1]
    return ""


def _watch(told: Sequence[Row], terms: TermsFor) -> Watched:
    urgent = [row for row in told if is_urgent(row.truth or "")]
    return watch(terms.plan, [not is_urgent(row.advice) for row in urgent], [row.probability for row in urgent])


def _subgroups(found: Audited, terms: TermsFor) -> Subgroups | None:
    """Of audited requests with a known truth: was the advice as urgent as it should have been, or more?"""
    told = [row for row in found.even if row.truth is not None]
    if not told:
        return None
    safe = [_rank(row.advice) <= _rank(row.truth or "") for row in told]
    attributes = {name: small_together([row.attributes.get(name) for row in told]) for name in GROUPS}
    return subgroups(safe, attributes, terms.thresholds.subgroup_margin)


def _rank(urgency: str) -> int:
    return Urgency(urgency).rank


def _spells(change: ToolStanding | None, now: datetime) -> int:
    """Whole spells since the standing was given; none where nobody sees the advice."""
    if change is None or change.standing not in (Standing.SECOND, Standing.FIRST):
        return 0
    return max(0, int((now - change.at) / SPELL))


def _rsr(found: Audited, change: ToolStanding | None, spells: int) -> Change | None:
    """RSR of the first whole spell at this standing beside that of the latest; None before there are two."""
    if change is None or spells < 2:
        return None

    def of(spell: int) -> list[Row]:
        start = change.at + spell * SPELL
        return [row for row in found.even if start <= row.decided < start + SPELL]

    return rsr_change(tables.decisions(of(0)), tables.decisions(of(spells - 1)))


# ---- the rest of a tool's page ----


@dataclass(frozen=True, slots=True)
class Bound:
    """The running upper bound of under-triage after some of the urgent cases."""

    at: datetime
    cases: int
    missed: int
    upper: float


@dataclass(frozen=True, slots=True)
class Month:
    """Reliance in one calendar month of the practice's own time."""

    name: str
    decisions: int
    rair: Share
    rsr: Share


@dataclass(frozen=True, slots=True)
class Figures:
    """What a tool's page shows beyond its gates."""

    gates: Gates
    bounds: tuple[Bound, ...]
    urgent_needed: int  # urgent cases, none missed, before any bound of this limit can be kept
    calibration: Calibration
    net_benefit: tuple[NetBenefit, ...]
    reliance: Reliance
    split: Split
    months: tuple[Month, ...]
    drift: ScoreDrift


def figures(practice: Practice, tool: str, version: str) -> Figures:
    """All the figures of a tool version's page."""
    held = gates(practice, tool, version)
    even, terms = held.audited.even, held.terms
    happened = [None if row.truth is None else is_urgent(row.truth) for row in even]
    chances, patients, decided = (
        [row.urgent_chance for row in even],
        [row.patient for row in even],
        tables.decisions(even),
    )
    return Figures(
        gates=held,
        bounds=_bounds(held),
        urgent_needed=needed(Promise.LIKELY, terms.thresholds.under_triage_limit),
        calibration=calibration(chances, happened, patients),
        net_benefit=net_benefit(chances, happened, ACT_FROM, patients),
        reliance=reliance(decided),
        split=split(decided),
        months=_months(even),
        drift=scores_of(practice, tool, version),
    )


def _bounds(held: Gates) -> tuple[Bound, ...]:
    """The bound after every so many urgent cases: a look back changes no look, because it holds at all of them."""
    told = held.audited.told
    urgent = [row for row in told if is_urgent(row.truth or "")]
    step = max(1, -(-len(urgent) // BOUNDS))
    places = sorted({*range(step, len(urgent) + 1, step), len(urgent)} - {0})
    found = []
    for place in places:
        then = _watch(urgent[:place], held.terms)
        last = urgent[place - 1]
        missed = sum(not is_urgent(row.advice) for row in urgent[:place])
        if then.rate.interval and last.answered_at:
            found.append(Bound(last.answered_at, place, missed, then.upper))
    return tuple(found)


def _months(rows: Sequence[Row]) -> tuple[Month, ...]:
    by_month: dict[str, list[Row]] = {}
    for row in rows:
        if row.shown:
            by_month.setdefault(f"{timezone.localtime(row.decided):%b %Y}", []).append(row)
    found = []
    for name, of_month in by_month.items():
        measured = reliance(tables.decisions(of_month))
        found.append(Month(name, measured.counts.rows, measured.rair, measured.rsr))
    return tuple(found)


# ---- kept while nothing changes ----


def kept_figures(practice: Practice, tool: str, version: str) -> Figures:
    """As `figures`, which takes a second or two, but made once for as long as nothing that it rests on has changed."""
    mark = _mark(practice)
    if mark is None:
        return figures(practice, tool, version)
    return _kept(practice, tool, version, mark, timezone.localdate())


@lru_cache(maxsize=16)
def _kept(practice: Practice, tool: str, version: str, _mark: tuple[object, ...], _today: date) -> Figures:
    return figures(practice, tool, version)


def _mark(practice: Practice) -> tuple[object, ...] | None:
    """The moments of the latest draw, answer, standing, terms, sample and decile; None before the first draw."""
    last = [
        rows.objects.of(practice).aggregate(last=Max("at"))["last"]
        for rows in (AuditDraw, AuditAnswer, ToolStanding, Terms, AuditSample, Deprivation)
    ]
    return tuple(last) if last[0] is not None else None
