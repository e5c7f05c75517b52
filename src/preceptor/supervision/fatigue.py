"""Alert fatigue: are cards dismissed, or passed by, more often and sooner, the more of them come in an hour?

Dismissal against the load is as in Ancker et al., "Effects of workload, work complexity, and repeated alerts on alert
fatigue in a clinical decision support system" (BMC Med Inform Decis Mak 2017, doi 10.1186/s12911-017-0430-8); the time
spent is the alert dwell time of McDaniel et al. (JAMIA 2016, doi 10.1093/jamia/ocv144).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from preceptor.supervision.figures import Figure, Share, share
from preceptor.supervision.resampling import Floats, Ints, Rows, clustered_ratios
from preceptor.supervision.within import median, numbered, ratio, slope

HOUR = 3600.0  # seconds
LEFT_OPEN = 1800.0  # an answer after longer than this says nothing of time spent on the card
BANDS = ((1, 2), (3, 5), (6, 10), (11, 0))  # cards an hour, from and to; 0 is no upper limit


class Fate(StrEnum):
    """What was done with a card by the clinician whom it was put before."""

    ACTED = "acted on"
    DISMISSED = "dismissed"
    PUT_OFF = "put off"
    PASSED_BY = "passed by"  # not answered by them


@dataclass(frozen=True, slots=True)
class Shown:
    """A card was put before a clinician. `at` is in seconds from any fixed moment."""

    clinician: str
    at: float
    fate: Fate | None  # None: not known; the card still counts to the load
    seconds: float | None = None  # from being shown to being answered


@dataclass(frozen=True, slots=True)
class Band:
    """The cards that came at about this load."""

    name: str
    cards: int  # whose fate is known
    dismissed: Share
    passed_by: Share
    seconds: Figure  # median, of those that were answered


@dataclass(frozen=True, slots=True)
class Fatigue:
    """What became of cards, and how it goes with how many come."""

    cards: int
    unknown: int  # of these, of no known fate: in the load alone
    clinicians: int
    acted: Share
    dismissed: Share
    passed_by: Share
    seconds: Figure  # median time to an answer
    per_hour: Figure  # median load
    bands: tuple[Band, ...]
    dismissed_by_load: Figure  # change of the share dismissed with twice the load, within clinicians; 0 is none
    passed_by_load: Figure
    seconds_by_load: Figure  # times as long with twice the load, within clinicians; 1 is no change
    notes: tuple[str, ...]


def fatigue(shown: Iterable[Shown]) -> Fatigue:
    """Every measure of alert fatigue, of the cards in any order; of none too."""
    cards = sorted(shown, key=lambda card: (card.clinician, card.at))
    clinician = numbered([card.clinician for card in cards])
    load = cards_an_hour(clinician, np.array([card.at for card in cards], dtype=float))
    fate = np.array([card.fate.value if card.fate else "" for card in cards], dtype=str)
    known, seconds = fate != "", np.array([np.nan if c.seconds is None else c.seconds for c in cards], dtype=float)
    timed = known & (fate != Fate.PASSED_BY) & (seconds > 0) & (seconds <= LEFT_OPEN)
    doublings = np.log2(np.maximum(load, 1.0))

    def of(what: Fate) -> Share:
        return _share(clinician, fate == what, known)

    def by_load(what: Fate) -> Figure:
        return slope(
            numbered(clinician[known].astype(str).tolist()), doublings[known], (fate[known] == what).astype(np.float64)
        )

    return Fatigue(
        cards=len(cards),
        unknown=int((~known).sum()),
        clinicians=len(np.unique(clinician)),
        acted=of(Fate.ACTED),
        dismissed=of(Fate.DISMISSED),
        passed_by=of(Fate.PASSED_BY),
        seconds=median(clinician[timed], seconds[timed]),
        per_hour=median(clinician, load),
        bands=tuple(_bands(clinician, load, fate, known, np.where(timed, seconds, np.nan))),
        dismissed_by_load=by_load(Fate.DISMISSED),
        passed_by_load=by_load(Fate.PASSED_BY),
        seconds_by_load=ratio(numbered(clinician[timed].astype(str).tolist()), doublings[timed], seconds[timed]),
        notes=tuple(_notes(cards)),
    )


def cards_an_hour(clinician: Ints, at: Floats) -> Floats:
    """For each card how many were put before its clinician in the hour up to it, itself and those beside it included.

    Sorted by clinician and moment.
    """
    load = np.zeros(len(at))
    for each in np.unique(clinician):
        rows = np.flatnonzero(clinician == each)
        moments = at[rows]
        load[rows] = np.searchsorted(moments, moments, "right") - np.searchsorted(moments, moments - HOUR, "right")
    return load


def _share(clinician: Ints, counted: Rows, of: Rows) -> Share:
    [(clustered, words)] = clustered_ratios(
        clinician, (counted & of)[:, None].astype(float), of[:, None].astype(float), "clinician"
    )
    return share(int((counted & of).sum()), int(of.sum()), clustered, words if of.any() else "no card was shown")


def _bands(clinician: Ints, load: Floats, fate: np.ndarray, known: Rows, seconds: Floats) -> Iterable[Band]:
    for low, high in BANDS:
        here = known & (load >= low) & ((load <= high) if high else True)
        timed = here & np.isfinite(seconds)
        yield Band(
            f"{low} to {high}" if high else f"{low} or more",
            int(here.sum()),
            _share(clinician, fate == Fate.DISMISSED, here),
            _share(clinician, fate == Fate.PASSED_BY, here),
            median(clinician[timed], seconds[timed]),
        )


def _notes(cards: Sequence[Shown]) -> Iterable[str]:
    if unknown := sum(card.fate is None for card in cards):
        yield f"{unknown:,} cards have no known fate: they count to the load alone"
    late = sum(card.seconds is not None and card.seconds > LEFT_OPEN for card in cards)
    if late:
        yield f"{late:,} cards were answered after more than {LEFT_OPEN / 60:.0f} minutes: no time is taken from them"
    if odd := sum(card.seconds is not None and card.seconds <= 0 for card in cards):
        yield f"{odd:,} cards were answered before they were shown, or at once: no time is taken from them"
