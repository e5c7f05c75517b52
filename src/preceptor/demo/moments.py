"""Clock time in England, without a time zone database (not every machine has one)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

_BST = timezone(timedelta(hours=1), "BST")


def uk_time(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """An aware moment on the clocks of England: BST from the last Sunday of March to the last of October."""
    summer = _last_sunday(day.year, 3) <= day < _last_sunday(day.year, 10)
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=_BST if summer else UTC)


def years_before(day: date, years: float) -> date:
    return day - timedelta(days=round(years * 365.25))


def _last_sunday(year: int, month: int) -> date:
    last = date(year, month, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7)
