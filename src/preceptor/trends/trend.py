"""What can be said of a series of results."""

from __future__ import annotations

from dataclasses import dataclass

Interval = tuple[float, float]

NO_REASSURANCE = "That is no reassurance: it rules nothing out, and symptoms count as before."


@dataclass(frozen=True, slots=True)
class Crossing:
    """When the line, if it goes on as it is, reaches `threshold`; on the time axis of the results, in years.

    `at` is None when the line does not reach it within 20 years of the last result, or has it behind it. The 95%
    interval runs from `earliest` (from now on; None: not in 20 years) to `latest` (None: perhaps never). A threshold
    that the line itself does not reach can still have an `earliest`.
    """

    threshold: float
    at: float | None
    earliest: float | None
    latest: float | None


@dataclass(frozen=True, slots=True)
class Trend:
    """Of one person's results of one analyte. Figures are None where there is too little to go by; never NaN.

    All intervals are 95% ones. Where the analyte varies in proportion (`scale` "log") a straight line is put through
    the logarithms, so the course is a steady percentage a year, and `slope` its mean over the time observed.
    """

    analyte: str
    unit: str
    scale: str
    n: int  # results that count: those of one time are one
    slope: float | None  # units a year
    slope_interval: Interval | None
    level: float | None  # where results would lie at the last time if they did not vary
    level_interval: Interval | None
    # One less the chance of so large a change where nothing changes: of the drift, or of the last result beside the
    # earlier ones, whichever is surer (allowing for two looks). Two results: by the reference change value.
    p_real_change: float | None
    ratio_to_baseline: float | None  # the last result by the median of those before it
    crossing: Crossing | None
    reference_change_percent: Interval  # between two single results: how far down, how far up
    stands_out: bool  # the last result lies off the others by more than variation: act on it, whatever the slope
    outliers: tuple[int, ...]  # places of results that lie far off the line: they count for little in it
    left_out: tuple[int, ...]  # places of results that are not used at all
    notes: tuple[str, ...]

    def __str__(self) -> str:
        return " ".join(_sentences(self))


def _sentences(trend: Trend) -> list[str]:
    said = []
    if trend.slope is not None and trend.slope_interval is not None:
        low, high = trend.slope_interval
        said.append(f"Slope {trend.slope:+.3g} {trend.unit} a year (95% interval {low:+.3g} to {high:+.3g}, "
                    f"n = {trend.n}).")  # fmt: skip
    if trend.p_real_change is not None:
        sure = trend.p_real_change > 0.95
        said.append("A change beyond variation." if sure else f"No change beyond variation. {NO_REASSURANCE}")
    else:
        said.append(f"Whether there is a change cannot be told. {NO_REASSURANCE}")
    if trend.stands_out:
        said.append("The last result lies off the earlier ones by more than variation: look at it by itself.")
    said.extend(trend.notes)
    return said
