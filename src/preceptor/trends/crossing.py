"""When a line, going on as it is, would cross a threshold (Fieller's interval)."""

from __future__ import annotations

import math

from preceptor.trends.line import Line
from preceptor.trends.trend import Crossing
from preceptor.trends.variation import Variation

HORIZON = 20.0  # years: nothing is projected further


def crossing_of(line: Line, now: float, threshold: float, variation: Variation) -> Crossing:
    """From `now`, the time of the last result, on."""
    height = math.log(threshold) if variation.on_log_scale else threshold
    at = line.centre + (height - line.height) / line.slope if line.slope else None
    earliest, latest = _interval(line, height, now)
    ahead = at if at is not None and at >= now else None
    return Crossing(threshold, _within(ahead, now), _within(earliest, now), _within(latest, now))


def _interval(line: Line, height: float, now: float) -> tuple[float | None, float | None]:
    """The times from `now` on at which the threshold lies within the line's 95% band, first and last (None: no end).

    Within the band is where (to_go - slope t)^2 <= reach^2 (height_error^2 + slope_error^2 t^2), t from the centre.
    """
    to_go, reach = height - line.height, line.reach
    a = line.slope**2 - (reach * line.slope_error) ** 2
    b = -2 * line.slope * to_go
    c = to_go**2 - (reach * line.height_error) ** 2

    def inside(t: float) -> bool:
        return a * t * t + b * t + c <= 0

    inner = b * b - 4 * a * c
    start = now - line.centre
    roots = [(-b + sign * math.sqrt(inner)) / (2 * a) for sign in (-1, 1)] if a and inner >= 0 else []
    ahead = [line.centre + root for root in sorted(roots) if root > start]
    if inside(start):
        return now, (ahead[0] if ahead and a > 0 else None)
    if not ahead:
        return None, None
    return ahead[0], (ahead[1] if len(ahead) > 1 else None)


def _within(time: float | None, now: float) -> float | None:
    return time if time is not None and time - now <= HORIZON else None
