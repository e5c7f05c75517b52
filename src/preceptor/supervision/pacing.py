"""Time to decision, and order effects: does it matter when in a sitting a case comes, or what came before it?

A sitting is a run of one clinician's decisions with no pause of half an hour. Place: tiredness and haste, as in Linder
et al., "Time of day and the decision to prescribe antibiotics" (JAMA Intern Med 2014, doi
10.1001/jamainternmed.2014.5225). What came before: Chen, Moskowitz and Shue, "Decision making under the gambler's
fallacy" (Q J Econ 2016, doi 10.1093/qje/qjw017), here on departures from the advice, so that cases which are alike
because of how the queue is ordered explain less of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from preceptor.advice import Urgency
from preceptor.supervision.figures import Figure, Share, share
from preceptor.supervision.resampling import Floats, Ints, Rows, clustered_ratios
from preceptor.supervision.within import median, numbered, ratio, slope

PAUSE = 1800.0  # seconds: a longer one begins another sitting, and a case open for longer was left open
BANDS = ((1, 5), (6, 10), (11, 20), (21, 0))  # places in a sitting, from and to; 0 is no upper limit


@dataclass(frozen=True, slots=True)
class Timed:
    """One decision; moments are in seconds from any fixed one."""

    clinician: str
    opened: float
    viewed: float | None  # when the first view was saved; None where there was none
    decided: float
    first_view: Urgency | None
    advice: Urgency | None  # that was in sight
    final: Urgency
    right: bool | None = None  # None: the truth is not known


@dataclass(frozen=True, slots=True)
class Band:
    """Decisions at about this place in their sitting."""

    name: str
    decisions: int
    seconds: Figure  # median, from opening to decision
    followed: Share  # final is the advice, where it differed from the first view
    right: Share


@dataclass(frozen=True, slots=True)
class Pacing:
    """Time to decision, and order effects."""

    decisions: int
    clinicians: int
    sittings: int
    whole: Figure  # median seconds from opening to decision
    to_first_view: Figure
    after_agreeing: Figure  # from the first view to the decision, where the advice said the same
    after_differing: Figure  # and where it said something else
    bands: tuple[Band, ...]
    seconds_by_place: Figure  # times as long at twice the place, within clinicians; 1 is no change
    followed_by_place: Figure  # change of the share at twice the place, within clinicians; 0 is none
    right_by_place: Figure
    after_urgent: Share  # decided more urgently than advised, where the case before was decided urgent
    after_other: Share  # and where it was not
    carried_over: Figure  # the difference of these two, within clinicians; 0 is none
    notes: tuple[str, ...]


def pacing(rows: Iterable[Timed]) -> Pacing:
    """Every measure of time and order, of decisions in any order; of none too."""
    timed = sorted(rows, key=lambda row: (row.clinician, row.decided, row.opened))
    clinician = numbered([row.clinician for row in timed])
    place = places(timed)
    doublings = np.log2(place.astype(float)) if len(place) else np.empty(0)
    seconds = _usable([row.decided - row.opened for row in timed])
    differs = _rows(row.first_view is not None and row.advice not in (None, row.first_view) for row in timed)
    agrees = _rows(row.first_view is not None and row.advice == row.first_view for row in timed)
    follows = _rows(row.final == row.advice for row in timed)
    known, right = _rows(row.right is not None for row in timed), _rows(bool(row.right) for row in timed)
    viewing = _usable([np.nan if row.viewed is None else row.viewed - row.opened for row in timed])
    after = _usable([np.nan if row.viewed is None else row.decided - row.viewed for row in timed])

    def middle(values: Floats, of: Rows | None = None) -> Figure:
        kept = np.isfinite(values) if of is None else np.isfinite(values) & of
        return median(clinician[kept], values[kept])

    def by_place(counted: Rows, of: Rows) -> Figure:
        return slope(_dense(clinician[of]), doublings[of], counted[of].astype(np.float64))

    usable = np.isfinite(seconds)
    after_urgent, after_other, carried_over = _carried_over(timed, clinician, place)
    return Pacing(
        decisions=len(timed),
        clinicians=len(np.unique(clinician)),
        sittings=int((place == 1).sum()),
        whole=middle(seconds),
        to_first_view=middle(viewing),
        after_agreeing=middle(after, agrees),
        after_differing=middle(after, differs),
        bands=tuple(_bands(clinician, place, seconds, (follows, differs), (right, known))),
        seconds_by_place=ratio(_dense(clinician[usable]), doublings[usable], seconds[usable]),
        followed_by_place=by_place(follows, differs),
        right_by_place=by_place(right, known),
        after_urgent=after_urgent,
        after_other=after_other,
        carried_over=carried_over,
        notes=tuple(_notes(timed)),
    )


def places(rows: Sequence[Timed]) -> Ints:
    """The place of each decision in its sitting, from 1; sorted by clinician and moment of decision."""
    found: list[int] = []
    for i, row in enumerate(rows):
        before = rows[i - 1] if i else None
        goes_on = before and before.clinician == row.clinician and row.decided - before.decided <= PAUSE
        found.append(found[-1] + 1 if goes_on else 1)
    return np.array(found, dtype=np.int64)


def _carried_over(rows: Sequence[Timed], clinician: Ints, place: Ints) -> tuple[Share, Share, Figure]:
    advised = _rows(row.advice is not None for row in rows) & (place > 1)
    more = _rows(row.advice is not None and row.final.rank < row.advice.rank for row in rows)
    urgent = _rows(row.final.at_least(Urgency.SAME_DAY) for row in rows)
    before = np.r_[False, urgent[:-1]] if len(rows) else urgent
    return (
        _share(clinician, more, advised & before),
        _share(clinician, more, advised & ~before),
        slope(_dense(clinician[advised]), before[advised].astype(np.float64), more[advised].astype(np.float64)),
    )


def _bands(
    clinician: Ints, place: Ints, seconds: Floats, followed: tuple[Rows, Rows], right: tuple[Rows, Rows]
) -> Iterable[Band]:
    for low, high in BANDS:
        here = (place >= low) & ((place <= high) if high else True)
        timed = here & np.isfinite(seconds)
        yield Band(
            f"{low} to {high}" if high else f"{low} or later",
            int(here.sum()),
            median(clinician[timed], seconds[timed]),
            _share(clinician, followed[0], followed[1] & here),
            _share(clinician, right[0], right[1] & here),
        )


def _share(clinician: Ints, counted: Rows, of: Rows) -> Share:
    [(clustered, words)] = clustered_ratios(
        clinician, (counted & of)[:, None].astype(float), of[:, None].astype(float), "clinician"
    )
    return share(int((counted & of).sum()), int(of.sum()), clustered, words if of.any() else "no such decisions")


def _usable(seconds: Sequence[float]) -> Floats:
    """NaN where no time can be taken: none is known, none has passed, or the case was left open."""
    found = np.array(seconds, dtype=float)
    with np.errstate(invalid="ignore"):
        return np.where((found > 0) & (found <= PAUSE), found, np.nan)


def _rows(values: Iterable[bool]) -> Rows:
    return np.array(list(values), dtype=bool)


def _dense(clinician: Ints) -> Ints:
    return numbered(clinician.astype(str).tolist())


def _notes(rows: Sequence[Timed]) -> Iterable[str]:
    if left := sum(row.decided - row.opened > PAUSE for row in rows):
        yield f"{left:,} requests were open for more than {PAUSE / 60:.0f} minutes: no time is taken from them"
    if odd := sum(row.decided <= row.opened for row in rows):
        yield f"{odd:,} were decided in the moment they were opened, or before: no time is taken from them"
