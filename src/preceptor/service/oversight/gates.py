"""Who is trusted with more, or less, on the figures: a step up needs them all and a signature, an alarm needs neither.

`supervision.standing.judge` is the rule; here it meets the practice's figures, its people and its ledger.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from preceptor.advice import Standing
from preceptor.service.accounts.models import User
from preceptor.service.oversight.measuring import Gates, gates
from preceptor.service.oversight.models import ToolStanding
from preceptor.service.oversight.standing import set_standing, standing_of
from preceptor.service.practices.models import Practice
from preceptor.supervision.figures import Figure, as_json
from preceptor.supervision.standing import Verdict, judge

log = logging.getLogger(__name__)

LATELY = timedelta(days=7)
MOST_TOLD = 5
_HEIGHT = {Standing.SUSPENDED: 0, Standing.SHADOW: 1, Standing.SECOND: 2, Standing.FIRST: 3}


class NotEarned(Exception):
    """The step up is not earned: `missing` says what it still needs, one clause each."""

    def __init__(self, missing: tuple[str, ...]) -> None:
        super().__init__("; ".join(missing))
        self.missing = missing


@dataclass(frozen=True, slots=True)
class Judged:
    """A tool version's verdict, and the figures behind it."""

    gates: Gates
    verdict: Verdict


def judged(practice: Practice, tool: str, version: str) -> Judged:
    """What the figures of this practice say of a tool version's standing, now."""
    held = gates(practice, tool, version)
    return Judged(held, judge(standing_of(practice, tool, version), held.measured, held.terms.thresholds))


def figures_of(found: Judged) -> dict[str, Any]:
    """The figures as they are kept with a change of standing, in its row and in the ledger."""
    measured, terms = found.gates.measured, found.gates.terms
    comparison, watched, groups, rsr = measured.comparison, measured.watch, measured.subgroups, measured.rsr
    return {
        "terms": {
            "signed": terms.terms.pk, "under_triage_limit": terms.plan.limit, "margin": terms.thresholds.margin,
            "subgroup_margin": terms.thresholds.subgroup_margin, "rsr_margin": terms.thresholds.rsr_margin,
            "audit": terms.plan.audit, "follow_up": terms.plan.follow_up,
        },
        "audited": {"drawn": len(found.gates.audited.rows), "told": len(found.gates.audited.told)},
        "non_inferiority": comparison and {
            "with": found.gates.compared_with, "e": _round(comparison.e), "highest_e": _round(comparison.highest_e),
            "cases": comparison.cases, "unknown": comparison.unknown, "difference": _figure(comparison.difference),
        },
        "under_triage": watched and {
            "urgent": watched.cases, "alarm_at": watched.alarm_at, "upper": _round(watched.upper),
            "rate": _figure(watched.rate),
        },
        "subgroups": groups and {f"{g.attribute}: {g.value}": g.answer.value for g in groups.groups},
        "rsr_change": rsr and _figure(rsr.difference),
        "met": list(found.verdict.met),
        "missing": list(found.verdict.missing),
        "alarms": list(found.verdict.alarms),
        "cautions": list(found.verdict.cautions),
    }  # fmt: skip


def _round(value: float) -> float:
    return float(f"{value:.6g}")


def _figure(figure: Figure) -> dict[str, Any]:
    said = as_json(figure)
    if said["value"] is not None:
        said["value"] = _round(said["value"])
    if said["interval"]:
        said["interval"] |= {name: _round(said["interval"][name]) for name in ("low", "high")}
    return said


def sign(practice: Practice, tool: str, version: str, wanted: Standing, *, user: User, why: str) -> ToolStanding:
    """Change a standing under a person's name. A step up is taken one at a time, and only where it is earned.

    A step down, or a suspension, needs nothing but the name and the reason. Raises NotEarned, and what `set_standing`
    raises.
    """
    with transaction.atomic():
        found = judged(practice, tool, version)
        if missing := what_bars(found.verdict, wanted):
            raise NotEarned(missing)
        return set_standing(practice, tool, version, wanted, user=user, why=why, rests_on=figures_of(found))


def what_bars(verdict: Verdict, wanted: Standing) -> tuple[str, ...]:
    """What a change of standing still needs; nothing where it can be signed for."""
    now = verdict.now
    if _HEIGHT[wanted] <= _HEIGHT[now] or (now is Standing.SUSPENDED and wanted is Standing.SHADOW):
        return ()
    if now is Standing.SUSPENDED:
        return ("a suspension ends in shadow",)
    if _HEIGHT[wanted] > _HEIGHT[now] + 1:
        return ("one step is taken at a time: second comes before first",)
    return () if verdict.promotes else (*verdict.alarms, *verdict.missing)


def heed_alarms(practice: Practice) -> list[ToolStanding]:
    """Take down, at once, every tool whose figures raise an alarm; each change is in the ledger with its figures."""
    changes = []
    for tool, version in _trusted(practice):
        try:
            with transaction.atomic():
                changes += _heed(practice, tool, version)
        except Exception:
            # One tool's figures that cannot be made must not keep another's alarm from being heeded.
            log.exception("the alarms of %s %s could not be looked at", tool, version)
    return changes


def _heed(practice: Practice, tool: str, version: str) -> list[ToolStanding]:
    # Two who answer audits at once come to one change: the second waits, and finds it made.
    Practice.objects.select_for_update().get(pk=practice.pk)
    found = judged(practice, tool, version)
    if not found.verdict.demotes:
        return []
    why = f"An alarm: {'; '.join(found.verdict.alarms)}"
    earned, said = found.verdict.earned, figures_of(found)
    return [set_standing(practice, tool, version, earned, user=None, why=why, alarm=True, rests_on=said)]


def _trusted(practice: Practice) -> list[tuple[str, str]]:
    """The tool versions whose advice somebody is shown now."""
    known = ToolStanding.objects.of(practice).values_list("tool", "version").distinct().order_by("tool", "version")
    shown = (Standing.SECOND, Standing.FIRST)
    return [(tool, version) for tool, version in known if standing_of(practice, tool, version) in shown]


def lately_taken_down(practice: Practice, seen: datetime | None) -> list[ToolStanding]:
    """The demotions by alarm of the last seven days, and any since `seen`, when somebody was last here; latest first.

    It is told whether or not somebody has signed for the tool again since.
    """
    since = timezone.now() - LATELY
    since = min(since, seen) if seen else since
    return list(ToolStanding.objects.of(practice).filter(alarm=True, at__gte=since).order_by("-pk")[:MOST_TOLD])


def alarms_that_hold(practice: Practice) -> list[ToolStanding]:
    """The demotions by alarm after which nobody has signed for the tool version again, the latest first."""
    last: dict[tuple[str, str], ToolStanding] = {}
    for change in ToolStanding.objects.of(practice).order_by("pk"):
        last[change.tool, change.version] = change
    return sorted((change for change in last.values() if change.alarm), key=lambda change: -change.pk)
