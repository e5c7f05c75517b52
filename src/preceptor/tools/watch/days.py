"""Dates as the numbers that the nodes compute with."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from preceptor.tools.watch.nodes import ALWAYS

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = date(1970, 1, 1).toordinal()
_MICROSECOND = timedelta(microseconds=1)


def day_number(day: date) -> int:
    """Days since 1 January 1970."""
    return day.toordinal() - _DAY


def date_of(number: int | None) -> date | None:
    """The date of a day number; None for what has no date, or always was so."""
    return date.fromordinal(number + _DAY) if number is not None and number > ALWAYS else None


def microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND


def march_calendar(day: date) -> tuple[int, int]:
    """The year that began in March, and the day in it (0 to 365): 29 February is the last day of its year."""
    year, month = (day.year, day.month - 3) if day.month > 2 else (day.year - 1, day.month + 9)
    return year, (153 * month + 2) // 5 + day.day - 1


def end_of(day: date) -> datetime:
    """The last moment of the day, as of which a record of that day is read."""
    return datetime(day.year, day.month, day.day, 23, 59, 59, 999_999, tzinfo=UTC)
