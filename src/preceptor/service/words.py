"""How things are said on the pages: ages and dates as the NHS writes them, the rest as a colleague would."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from preceptor.advice import Handler, Urgency


def age_in_words(born: date | None, on: date) -> str:
    """54y for an adult, 7y 3m for a child, then 15m 4d, 10w 3d and 12d: the younger, the finer.

    These are the steps of the NHS guidance on the display of age; empty where it is not known.
    """
    if born is None or born > on:
        return ""
    months, days = _months_and_days(born, on)
    total = (on - born).days
    if months >= 18 * 12:
        return f"{months // 12}y"
    if months >= 24:
        return f"{months // 12}y {months % 12}m"
    if months >= 12:
        return f"{months}m {days}d"
    if total >= 28:
        return f"{total // 7}w {total % 7}d"
    return f"{total}d"


def _months_and_days(born: date, on: date) -> tuple[int, int]:
    months = (on.year - born.year) * 12 + on.month - born.month
    if on.day < born.day:
        last_month = on.replace(day=1) - timedelta(days=1)
        return months - 1, (on - last_month.replace(day=min(born.day, last_month.day))).days
    return months, on.day - born.day


def banner_date(when: date | None) -> str:
    """12-Mar-1970, as the NHS writes a date that must not be misread."""
    return f"{when:%d-%b-%Y}" if when else "not known"


def ago(when: datetime, now: datetime) -> str:
    """just now, 5 min ago, 2 h ago, 3 days ago."""
    minutes = int((now - when).total_seconds() // 60)
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} min ago"
    if minutes < 24 * 60:
        return f"{minutes // 60} h ago"
    days = minutes // (24 * 60)
    return f"{days} day{'s' if days > 1 else ''} ago"


URGENCY_WORDS: dict[str, str] = {
    Urgency.EMERGENCY: "Emergency",
    Urgency.SAME_DAY: "Same day",
    Urgency.SOON: "Soon",
    Urgency.ROUTINE: "Routine",
    Urgency.SELF_CARE: "Self-care",
}
URGENCY_HINTS: dict[str, str] = {
    Urgency.EMERGENCY: "999 or A&E now",
    Urgency.SAME_DAY: "today",
    Urgency.SOON: "within 5 days",
    Urgency.ROUTINE: "within weeks",
    Urgency.SELF_CARE: "at home, or with a pharmacy",
}
HANDLER_WORDS: dict[str, str] = {
    Handler.EMERGENCY_SERVICES: "Emergency services",
    Handler.GP: "GP",
    Handler.NURSE: "Nurse",
    Handler.PHARMACIST: "Practice pharmacist",
    Handler.PHYSIOTHERAPIST: "Physiotherapist",
    Handler.MENTAL_HEALTH: "Mental health practitioner",
    Handler.COMMUNITY_PHARMACY: "Community pharmacy",
    Handler.CARE_NAVIGATOR: "Care navigator",
    Handler.SELF: "The patient, with advice",
}


def urgency_in_words(urgency: str | None) -> str:
    return URGENCY_WORDS.get(urgency or "", "")


def handler_in_words(handler: str | None) -> str:
    return HANDLER_WORDS.get(handler or "", "")
