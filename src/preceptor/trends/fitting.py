"""One person's results of one analyte, put into a `Trend`."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy import stats

from preceptor.record.units import ucum
from preceptor.trends.crossing import crossing_of
from preceptor.trends.line import Line, Numbers, flat_through, line_through
from preceptor.trends.sorting import Sorted, sort_out
from preceptor.trends.trend import Interval, Trend
from preceptor.trends.variation import Variation, variation_of

_FAR_OUT = 3.0  # standard deviations off the line
_CERTAIN = 1 - 1e-12


def fit_trend(
    times_in_years: Sequence[float],
    values: Sequence[float],
    analyte: str,
    *,
    threshold: float | None = None,
    unit: str | None = None,
) -> Trend:
    """The trend of one person's results.

    `times_in_years`: one for each value, in any order, from any origin. `values`: in the analyte's own unit (see
    `variation.csv`), every one finite and none below zero. `analyte`: a concept, such as "creatinine"; eGFR is "egfr",
    in mL/min/{1.73_m2}, and no flow in mL/min. `threshold`: to tell when the line would cross it. `unit`: in any
    spelling, to have it checked against the analyte's.

    With fewer than three results, or none at another time, there is no slope, and `notes` say so.
    ValueError, in words, for input that is no series of results of an analyte that we have figures for.
    """
    variation = variation_of(analyte)
    if unit is not None and ucum(unit) != variation.unit:
        raise ValueError(f"{variation.about.title} is in {variation.unit}, not in {unit}")
    if threshold is not None and not (math.isfinite(threshold) and (threshold > 0 or not variation.on_log_scale)):
        raise ValueError(f"{threshold} cannot be a threshold for {variation.about.title}")
    series = sort_out(times_in_years, values, variation)
    heights = np.log(series.values) if variation.on_log_scale else series.values
    spread = variation.spread(float(np.median(series.values))) or variation.relative
    sloped = series.values.size >= 3 and not series.units_in_doubt
    line = line_through(series.times, heights, spread) if sloped else None
    surprise = None if series.units_in_doubt else _last_beside_others(series.times, heights, spread)
    slope, slope_interval = _slope(line, series, variation) if line else (None, None)
    level, level_interval = _level(line, heights, spread, series, variation)
    outliers = _far_off(times_in_years, values, line, series, variation)
    return Trend(
        analyte=variation.concept,
        unit=variation.unit,
        scale=variation.scale,
        n=series.values.size,
        slope=slope,
        slope_interval=slope_interval,
        level=level,
        level_interval=level_interval,
        p_real_change=_real_change(line, surprise),
        ratio_to_baseline=_ratio(series),
        crossing=crossing_of(line, float(series.times[-1]), threshold, variation)
        if line and threshold is not None
        else None,
        reference_change_percent=variation.reference_change,
        stands_out=surprise is not None and surprise < 0.05,
        outliers=outliers,
        left_out=series.left_out,
        notes=(*series.notes, *_what_is_missing(series)),
    )


def _slope(line: Line, series: Sorted, variation: Variation) -> tuple[float, Interval]:
    """In units a year, over the time observed."""
    far = line.reach * line.slope_error
    if not variation.on_log_scale:
        return line.slope, (line.slope - far, line.slope + far)
    first, last = float(series.times[0]), float(series.times[-1])

    def a_year(slope: float) -> float:
        ends = (line.height + slope * (time - line.centre) for time in (first, last))
        low, high = (math.exp(min(end, 700.0)) for end in ends)
        return (high - low) / (last - first)

    slope = a_year(line.slope)
    by_height = slope * line.reach * line.height_error
    low = slope - math.hypot(slope - a_year(line.slope - far), by_height)
    high = slope + math.hypot(a_year(line.slope + far) - slope, by_height)
    return slope, (low, high)


def _level(
    line: Line | None, heights: Numbers, spread: float, series: Sorted, variation: Variation
) -> tuple[float | None, Interval | None]:
    if series.units_in_doubt:
        return None, None
    now = float(series.times[-1])
    if line:
        height, far = line.at(now), line.reach * line.error_at(now)
    elif heights.size == 1 or series.times[0] < now:
        # One result, or two of which the second may be a change: the last, by what is published.
        height, far = float(heights[-1]), 1.96 * spread
    else:
        flat = flat_through(heights, spread)
        height, far = flat.height, flat.reach * flat.height_error
    low, high = height - far, height + far
    if variation.on_log_scale:
        height, low, high = (math.exp(min(each, 700.0)) for each in (height, low, high))
    return height, (low, high)


def _last_beside_others(times: Numbers, heights: Numbers, published: float) -> float | None:
    """p of the last result beside the middle of those before it. How far those spread is judged without the last."""
    before = heights[:-1]
    if not before.size:
        return None
    apart = abs(float(heights[-1] - np.median(before)))
    if before.size == 1:
        return float(2 * stats.norm.sf(apart / (published * math.sqrt(2))))
    own = line_through(times[:-1], before, published) if before.size > 2 else flat_through(before, published)
    # A median of three or more is a little less sure than a mean.
    return own.chance_of(apart, own.spread * math.sqrt(1 + (math.pi / 2 if before.size > 2 else 1.0) / before.size))


def _real_change(line: Line | None, surprise: float | None) -> float | None:
    if surprise is None:
        return None
    if line is None:
        return min(1 - surprise, _CERTAIN)
    drift = line.chance_of(line.slope, line.slope_error)
    return min(1 - min(1.0, 2 * min(drift, surprise)), _CERTAIN)


def _ratio(series: Sorted) -> float | None:
    if series.values.size < 2 or series.units_in_doubt:
        return None
    usual = float(np.median(series.values[:-1]))
    return float(series.values[-1]) / usual if usual else None


def _far_off(
    times: Sequence[float], values: Sequence[float], line: Line | None, series: Sorted, variation: Variation
) -> tuple[int, ...]:
    if line is None:
        return ()
    limit = _FAR_OUT * line.spread
    heights = [
        math.log(value) if variation.on_log_scale and value > 0 else float(value) for value in map(float, values)
    ]
    return tuple(
        place
        for place, (time, height) in enumerate(zip(times, heights, strict=True))
        if place not in series.left_out and abs(height - line.at(float(time))) > limit
    )


def _what_is_missing(series: Sorted) -> tuple[str, ...]:
    if series.units_in_doubt:
        return ()
    if series.values.size == 1:
        return ("One result is no trend: there is no slope.",)
    if series.values.size == 2:
        return ("Two results are no trend: there is no slope, only whether they differ by more than variation.",)
    return ()
