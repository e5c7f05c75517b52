"""Results before a line is put through them: in order, one a time, and without those that look like another unit."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial

import numpy as np

from preceptor.record.concepts import Concept, rows
from preceptor.trends.line import Numbers
from preceptor.trends.variation import Variation

# A result is taken for one in another unit when it lies at least so many times off, and the conversion brings it back
# to within this share of the way.
_FAR_OFF = 1.8
_BROUGHT_BACK = 0.5
# A PSA or a CRP can truly rise tenfold: only of what holds as steady as this (percent within a person), or where the
# units lie as far apart as that, is another unit the likelier reading.
_STEADY = 6.5
_FAR_APART = 50.0


@dataclass(frozen=True)
class Sorted:
    """`times` rise. `left_out` are the places, in what was given, of results that are not used; `notes` say why."""

    times: Numbers
    values: Numbers
    left_out: tuple[int, ...]
    notes: tuple[str, ...]
    units_in_doubt: bool = False


def sort_out(times_in_years: Sequence[float], values: Sequence[float], variation: Variation) -> Sorted:
    """ValueError, in words, for what is no series of results."""
    times, found = _numbers(times_in_years, "time"), _numbers(values, "value")
    if times.size != found.size:
        raise ValueError(f"{times.size} times and {found.size} values: there has to be one of each for a result")
    if not times.size:
        raise ValueError("no results were given")
    about = variation.about
    for value in found:
        if value < 0 or (value == 0 and variation.on_log_scale):
            raise ValueError(f"{value:g} cannot be a value of {about.title}")
    impossible = {place for place, value in enumerate(found) if not _possible(float(value), about)}
    possible = [place for place in range(found.size) if place not in impossible]
    if not possible:
        raise ValueError(f"no value is possible for {about.title} in {about.unit}")
    other_unit, in_doubt = _other_unit([float(found[place]) for place in possible], variation)
    mixed_up = {possible[place] for place in other_unit}
    kept = [place for place in possible if place not in mixed_up]
    notes = []
    if impossible:
        notes.append(f"{_count(impossible)} left out: impossible for {about.title} in {about.unit}.")
    if mixed_up:
        notes.append(f"{_count(mixed_up)} left out: it looks like another unit. Check what was sent.")
    if in_doubt:
        notes.append("The results look like two different units, and which is right cannot be told.")
    merged_times, merged = _one_a_time(times[kept], found[kept], variation)
    if merged.size < len(kept):
        notes.append("Several results of one time are taken as one.")
    return Sorted(merged_times, merged, tuple(sorted(impossible | mixed_up)), tuple(notes), in_doubt)


def _numbers(given: Sequence[float], what: str) -> Numbers:
    try:
        found = np.asarray(list(given), dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"every {what} has to be a number") from None
    if found.ndim != 1:
        raise ValueError(f"{what}s have to be a plain list of numbers")
    for place, number in enumerate(found):
        if not math.isfinite(number):
            raise ValueError(f"{what} {place + 1} of {found.size} is not a finite number")
    return found


def _possible(value: float, about: Concept) -> bool:
    low = about.lowest if about.lowest is not None else -math.inf
    high = about.highest if about.highest is not None else math.inf
    return low <= value <= high


def _one_a_time(times: Numbers, values: Numbers, variation: Variation) -> tuple[Numbers, Numbers]:
    """Results of one moment share what varies in a person: they count once, by their median."""
    times = np.round(times, 8)  # years: what is a third of a second apart is at one time
    moments = np.unique(times)
    scaled = np.log(values) if variation.on_log_scale else values
    middles = np.array([float(np.median(scaled[times == moment])) for moment in moments])
    return moments, np.exp(middles) if variation.on_log_scale else middles


def _other_unit(values: Sequence[float], variation: Variation) -> tuple[set[int], bool]:
    """The places of a minority that another unit would bring to the others; and whether it cannot be told which is
    the minority.
    """
    found = np.asarray(values)
    ordered = np.sort(found)
    # Whichever unit most results are in, one of the two middle ones is in it.
    for centre in (float(ordered[(found.size - 1) // 2]), float(ordered[found.size // 2])):
        off = _times_off(found, centre)
        like = int((off < math.log(_FAR_OFF) / 2).sum())
        for convert in _conversions(variation):
            brought = _times_off(convert(found), centre)
            fits = (off > math.log(_FAR_OFF)) & (brought < np.minimum(_BROUGHT_BACK * off, math.log(_FAR_OFF) / 2))
            other = {int(place) for place in np.flatnonzero(fits)}
            if other and len(other) <= like:
                return (set(), True) if len(other) == like else (other, False)
    return set(), False


def _times_off(values: Numbers, centre: float) -> Numbers:
    """How many times each lies off, as a logarithm; infinitely far where there is none."""
    above = (values > 0) & (centre > 0)
    return np.where(above, np.abs(np.log(np.where(above, values, 1.0) / (centre or 1.0))), math.inf)


@cache
def _conversions(variation: Variation) -> tuple[Callable[[Numbers], Numbers], ...]:
    """From every other unit that is sent for it, and back: a number may have been converted that should not have."""
    return tuple(_each_way(variation))


def _each_way(variation: Variation) -> Iterator[Callable[[Numbers], Numbers]]:
    steady = variation.within_person_percent <= _STEADY
    for row in rows("unit_conversions"):
        factor, offset = float(row["factor"]), float(row["offset"])
        if row["concept"] not in ("*", variation.concept) or row["to_unit"] != variation.unit:
            continue
        if (steady and factor != 1.0) or max(factor, 1 / factor) >= _FAR_APART:
            yield partial(_converted, factor, offset)
            yield partial(_converted, 1 / factor, -offset / factor)


def _converted(factor: float, offset: float, values: Numbers) -> Numbers:
    return values * factor + offset


def _count(places: set[int]) -> str:
    return "One result was" if len(places) == 1 else f"{len(places)} results were"
