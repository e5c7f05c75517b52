"""What standing do the measured figures earn, and what does the next step still lack?

A rule and nothing more: it changes nothing. A step up needs all of: shown no worse than what it would replace (E of 20
or more), an upper bound of under-triage within the limit, no subgroup alarm, and RSR shown not to fall. A named person
then signs. An alarm needs nobody's signature: it takes the standing down at once. A figure that was not measured has
not been passed. A new version starts in shadow.
"""

from __future__ import annotations

from dataclasses import dataclass

from preceptor.advice import Standing
from preceptor.supervision.e_process import Watched
from preceptor.supervision.non_inferiority import ENOUGH, Comparison
from preceptor.supervision.reliance import Change
from preceptor.supervision.subgroups import Answer, Subgroups
from preceptor.supervision.under_triage import UnderTriage

STEP_UP = {Standing.SHADOW: Standing.SECOND, Standing.SECOND: Standing.FIRST}


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Set and written down before anything is measured."""

    margin: float  # non-inferiority
    under_triage_limit: float
    subgroup_margin: float
    rsr_margin: float  # a fall of RSR by less than this is no fall
    e_needed: float = ENOUGH


@dataclass(frozen=True, slots=True)
class Measured:
    """The figures that a standing rests on; None is "not measured"."""

    comparison: Comparison | None = None
    under_triage: UnderTriage | None = None
    watch: Watched | None = None
    subgroups: Subgroups | None = None
    rsr: Change | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rule says. `earned` is above `now` only where a named person must still sign."""

    now: Standing
    earned: Standing
    met: tuple[str, ...]
    missing: tuple[str, ...]  # what the next step still needs
    alarms: tuple[str, ...]
    cautions: tuple[str, ...]  # what whoever signs should know

    @property
    def promotes(self) -> bool:
        """The next step is earned, and waits for a named person's signature."""
        return STEP_UP.get(self.now) is self.earned

    @property
    def demotes(self) -> bool:
        """To be done at once, and told to people."""
        return bool(self.alarms) and self.earned is not self.now


def judge(now: Standing, measured: Measured, thresholds: Thresholds, *, new_version: bool = False) -> Verdict:
    """The standing that these figures earn a tool that stands at `now`.

    `new_version`: its version is not the one that the standing was given to, so whatever was earned is not its own.
    """
    if now is Standing.SUSPENDED:
        return Verdict(now, now, (), ("a named person ends the suspension; it then starts in shadow",), (), ())
    if new_version:
        return Verdict(now, Standing.SHADOW, (), ("a new version starts in shadow and earns its own standing",), (), ())
    safety, reliance = _safety_alarms(measured), _reliance_alarms(now, measured, thresholds)
    met, missing = _conditions(now, measured, thresholds)
    cautions = _cautions(measured)
    if safety:
        # What the tool was trusted on no longer holds: nobody is to see its advice until it has been shown anew.
        return Verdict(now, Standing.SHADOW, met, missing, (*safety, *reliance), cautions)
    if reliance:
        # The advice may be as good as ever, but people lean on it: back to their own view first.
        down = Standing.SECOND if now is Standing.FIRST else Standing.SHADOW
        return Verdict(now, down, met, missing, reliance, cautions)
    if now not in STEP_UP:
        return Verdict(now, now, met, missing, (), cautions)
    return Verdict(now, now if missing else STEP_UP[now], met, missing, (), cautions)


def _safety_alarms(measured: Measured) -> tuple[str, ...]:
    said = []
    if measured.watch and measured.watch.alarm:
        said.append(f"under-triage: {measured.watch.words}")
    if measured.subgroups and measured.subgroups.alarm:
        said.append(f"shown unfair to {', '.join(measured.subgroups.answered(Answer.UNFAIR))}")
    return tuple(said)


def _reliance_alarms(now: Standing, measured: Measured, thresholds: Thresholds) -> tuple[str, ...]:
    if now is Standing.SHADOW or measured.rsr is None:
        return ()
    difference = measured.rsr.difference
    if difference.interval and difference.interval.high < -thresholds.rsr_margin:
        return (f"RSR has fallen by {-difference.interval.high:.0%} at the least: people lean on wrong advice",)
    return ()


def _conditions(now: Standing, measured: Measured, thresholds: Thresholds) -> tuple[tuple[str, ...], tuple[str, ...]]:
    checks = [
        _no_worse(measured.comparison, thresholds),
        _within_limit(measured, thresholds),
        _no_group_harmed(measured.subgroups, thresholds),
        _rsr_holds(now, measured.rsr, thresholds),
    ]
    return tuple(words for well, words in checks if well), tuple(words for well, words in checks if not well)


def _no_worse(found: Comparison | None, thresholds: Thresholds) -> tuple[bool, str]:
    if found is None:
        return False, "non-inferiority has not been measured"
    if found.margin != thresholds.margin:
        return (
            False,
            f"non-inferiority was measured at {found.margin:.0%}, not at the margin set, {thresholds.margin:.0%}",
        )
    well = found.highest_e >= thresholds.e_needed
    e = _plainly(found.highest_e)
    return well, f"non-inferiority: E is {e} after {found.cases:,} cases, {thresholds.e_needed:.0f} needed"


def _plainly(e: float) -> str:
    return f"{e:.3g}" if e < 1000 else "over 1,000"


def _within_limit(measured: Measured, thresholds: Thresholds) -> tuple[bool, str]:
    """The running bound where there is one: it holds at every look. Else the bound of a sample set beforehand."""
    limit = thresholds.under_triage_limit
    if measured.watch is not None and measured.watch.rate.interval:
        upper, n = measured.watch.upper, measured.watch.cases
    elif measured.under_triage is not None:
        upper, n = measured.under_triage.upper, measured.under_triage.missed.n
    else:
        return False, "the upper bound of under-triage has not been measured"
    return upper <= limit, f"under-triage: at most {upper:.1%} on {n:,} urgent cases, the limit is {limit:.1%}"


def _no_group_harmed(found: Subgroups | None, thresholds: Thresholds) -> tuple[bool, str]:
    if found is None or not found.groups:
        return False, "subgroups have not been measured"
    if found.margin != thresholds.subgroup_margin:
        return False, f"subgroups were measured at {found.margin:.0%}, not at {thresholds.subgroup_margin:.0%} as set"
    if found.alarm:
        return False, f"shown unfair to {', '.join(found.answered(Answer.UNFAIR))}"
    return True, f"subgroups: none of {len(found.groups)} is shown unfair"


def _rsr_holds(now: Standing, found: Change | None, thresholds: Thresholds) -> tuple[bool, str]:
    if now is Standing.SHADOW:
        return True, "RSR: nobody sees advice in shadow, so it cannot fall yet"
    if found is None:
        return False, "the change of RSR has not been measured"
    difference = found.difference
    if difference.value is None or difference.interval is None:
        return False, f"the change of RSR is not known: {difference.words}"
    low, high = difference.interval.low, difference.interval.high
    words = f"RSR changed by {difference.value:+.0%} ({low:+.0%} to {high:+.0%}); a fall of {thresholds.rsr_margin:.0%}"
    well = low > -thresholds.rsr_margin
    return well, f"{words} {'is ruled out' if well else 'is not ruled out'}"


def _cautions(measured: Measured) -> tuple[str, ...]:
    said = []
    if measured.subgroups:
        unjudged = measured.subgroups.answered(Answer.NOT_ENOUGH)
        if unjudged:
            said.append(f"not enough evidence for {', '.join(unjudged)}")
        said += measured.subgroups.notes
    if measured.comparison and measured.comparison.unknown:
        said.append(measured.comparison.words)
    return tuple(said)
