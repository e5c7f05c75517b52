"""What an advice that was shown said of the record's rules, read back from its own words.

Learning needs to know what was known when somebody decided. The record as it is today would mislead it: the appointment
that a decision led to is in it. So the words that were shown are what counts; `context` writes them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from preceptor.advice import Effect, Urgency
from preceptor.tools.triage.context import BOOKED_FOR, FIRST_RECORDED, LEVELS, TOO_RECENT, UNCHANGED

RULES = ("booked", "plan", "long_standing")
_LASTING = "long_standing.first_recorded_before"
_DAY = r"(\d{1,2} \w+ \d{4})"
_BOOKED = re.compile(rf"{BOOKED_FOR} {_DAY}: .* \((not )?soon enough for “({'|'.join(LEVELS.values())})”\)", re.DOTALL)
_RECORDED = re.compile(rf"{FIRST_RECORDED} {_DAY} \(.*\), {UNCHANGED}(?:{re.escape(TOO_RECENT)})?", re.DOTALL)


class Did(StrEnum):
    """What a rule made of an entry."""

    LOWERED = "lowered"
    BEYOND = "beyond"  # it would have lowered, but for its limit in days
    RAISED = "raised"
    NOTED = "noted"


@dataclass(frozen=True, slots=True)
class Noted:
    """One entry that an advice showed. `limit` and `days` only where a limit in days, and nothing else, decided."""

    rule: str
    did: Did
    limit: str = ""  # its id, "booked.soon"
    days: int | None = None


def noted(advice: Mapping[str, Any], as_of: date) -> tuple[Noted, ...]:
    """What a stored advice (as `wire.advice_as_json`) said of the record's rules. `as_of` is the day of the request."""
    decides = not advice["red_flags"]
    return tuple(
        _noted(reason, Urgency(advice["urgency"]), as_of, decides)
        for reason in advice["reasons"]
        if reason["rule"] in RULES
    )


def _noted(reason: Mapping[str, Any], advised: Urgency, as_of: date, decides: bool) -> Noted:
    rule, effect = reason["rule"], Effect(reason["effect"])
    did = {Effect.LOWERS: Did.LOWERED, Effect.RAISES: Did.RAISED}.get(effect, Did.NOTED)
    plain = Noted(rule, did)
    limit, day, beyond = _limit_of(rule, reason["text"])
    if not limit or not decides or did is Did.RAISED:
        return plain
    # The advice must be this entry's doing: where something else raised or lowered the whole, it teaches nothing.
    if did is Did.LOWERED and advised.rank < Urgency.ROUTINE.rank:
        return plain
    if did is Did.NOTED and (not beyond or advised not in LEVELS or limit not in (f"booked.{advised}", _LASTING)):
        return plain
    days = abs((day - as_of).days)
    return Noted(rule, Did.BEYOND if beyond else did, limit, days)


def _limit_of(rule: str, text: str) -> tuple[str, date, bool]:
    """The limit that decided, the entry's day, and whether it was beyond; "" where none decided."""
    if rule == "booked" and (found := _BOOKED.fullmatch(text)) and (day := _day(found[1])):
        level = next(urgency for urgency, word in LEVELS.items() if word == found[3])
        return f"booked.{level}", day, bool(found[2])
    if rule == "long_standing" and (found := _RECORDED.fullmatch(text)) and (day := _day(found[1])):
        return _LASTING, day, text.endswith(TOO_RECENT)
    return "", date.min, False


def _day(words: str) -> date | None:
    try:
        return datetime.strptime(words, "%d %B %Y").date()
    except ValueError:
        return None
