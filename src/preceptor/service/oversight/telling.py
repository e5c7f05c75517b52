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
    between = f"{found.interval.low:.{digits}f} to {found.interval.high:.{digits}f}" if found.interval else _none(found)
    return f"{found.value:.{digits}f} ({between}), n {found.n:,}"


def points_in_words(found: Figure) -> str:
    """A difference of shares, in percentage points: "+3 points (-2 to +8), n 80"."""
    if found.value is None:
        return found.words
    between = f"{100 * found.interval.low:+.0f} to {100 * found.interval.high:+.0f}" if found.interval else _none(found)
    return f"{100 * found.value:+.0f} points ({between}), n {found.n:,}"


def seconds_in_words(found: Figure) -> str:
    """ "42 s (30 to 55), n 80", or "3.5 min (2.1 to 4.0), n 80"."""
    if found.value is None:
        return found.words
    unit, of = ("min", 60.0) if found.value >= 120 else ("s", 1.0)
    digits = 1 if unit == "min" or found.value < 10 else 0
    low_high = found.interval and (found.interval.low / of, found.interval.high / of)
    between = f"{low_high[0]:.{digits}f} to {low_high[1]:.{digits}f}" if low_high else _none(found)
    return f"{found.value / of:.{digits}f} {unit} ({between}), n {found.n:,}"


def times_in_words(found: Figure) -> str:
    """A ratio: "0.92 times (0.85 to 0.99), n 80"."""
    if found.value is None:
        return found.words
    between = f"{found.interval.low:.2f} to {found.interval.high:.2f}" if found.interval else _none(found)
    return f"{found.value:.2f} times ({between}), n {found.n:,}"


def _none(found: Figure) -> str:
    return f"no interval: {found.words}"
