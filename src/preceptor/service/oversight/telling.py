"""Figures as a page says them: never without their n and interval, and where there is none, why."""

from __future__ import annotations

from preceptor.supervision.figures import Figure, Interval, Share


def share_in_words(found: Share) -> str:
    """ "12 of 80, 15% (9 to 24%)", or why there is none."""
    if found.value is None or found.interval is None:
        return found.words or "no such cases"
    return f"{found.count:,} of {found.n:,}, {100 * found.value:.0f}% ({interval_in_words(found.interval)})"


def interval_in_words(interval: Interval) -> str:
    """In per cent: "9 to 24%"."""
    return f"{100 * interval.low:.0f} to {100 * interval.high:.0f}%"


def figure_in_words(found: Figure, digits: int = 3) -> str:
    """ "0.123 (0.101 to 0.150), n 80", or why there is none."""
    if found.value is None:
        return found.words
    between = (
        f"{found.interval.low:.{digits}f} to {found.interval.high:.{digits}f}" if found.interval else "no interval"
    )
    return f"{found.value:.{digits}f} ({between}), n {found.n:,}"


def points_in_words(found: Figure) -> str:
    """A difference of shares, in percentage points: "+3 points (-2 to +8), n 80"."""
    if found.value is None:
        return found.words
    between = (
        f"{100 * found.interval.low:+.0f} to {100 * found.interval.high:+.0f}" if found.interval else "no interval"
    )
    return f"{100 * found.value:+.0f} points ({between}), n {found.n:,}"
