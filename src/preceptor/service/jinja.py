"""The environment of the page templates: NHS.UK frontend's components, and the few words of our own."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib.messages import get_messages
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from jinja2 import ChainableUndefined, ChoiceLoader, Environment, PackageLoader

from preceptor.service.words import age_in_words, banner_date, handler_in_words, urgency_in_words


def environment(**options: Any) -> Environment:
    options["loader"] = ChoiceLoader([options["loader"], PackageLoader("nhsuk_frontend_jinja")])
    # NHS.UK frontend's components ask for optional parameters by attribute.
    env = Environment(**options | {"undefined": ChainableUndefined, "trim_blocks": True, "lstrip_blocks": True})  # noqa: S701 -- Django's backend sets autoescape
    env.globals.update(static=static, url=_url, get_messages=get_messages, now=timezone.now, today=timezone.localdate)
    env.filters.update(nhs_number=nhs_number, day=day, moment=moment, clock=clock, short_day=short_day)
    env.filters.update(age=age_in_words, banner_date=banner_date, urgency=urgency_in_words, handler=handler_in_words)
    return env


def _url(name: str, *args: Any, **kwargs: Any) -> str:
    return reverse(name, args=args, kwargs=kwargs)


def nhs_number(number: str | None) -> str:
    """As the NHS shows it: 999 123 4567."""
    return f"{number[:3]} {number[3:6]} {number[6:]}" if number else "not known"


def day(when: date | datetime | None) -> str:
    """1 Mar 2026, in the practice's own time."""
    if when is None:
        return "date not known"
    local = timezone.localtime(when) if isinstance(when, datetime) else when
    return f"{local.day} {local:%b %Y}"


def short_day(when: datetime) -> str:
    """1 Mar, or 1 Mar 2025 when that is not this year."""
    local = timezone.localtime(when)
    return f"{local.day} {local:%b}" if local.year == timezone.localtime().year else f"{local.day} {local:%b %Y}"


def clock(when: datetime) -> str:
    """8:05am, in the practice's own time."""
    local = timezone.localtime(when)
    return f"{local:%I:%M%p}".lstrip("0").lower()


def moment(when: datetime | None) -> str:
    """1 Mar 2026 at 8:05am."""
    return f"{day(when)} at {clock(when)}" if when else "time not known"
