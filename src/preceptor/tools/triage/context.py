"""What the record knows about a request that the form does not: already booked, a standing plan, long-standing.

Each may lower how soon somebody is needed, down to routine and never below what a red flag sets; a fresh change in the
patient's words cancels it. Each shows the entry of the record that it rests on. Texts, limits, source and dates are in
`context_rules.toml`; a limit in days may be learnt from a practice's decisions, within the bounds stated there.
`noted` reads back what is said here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

from preceptor.advice import Effect, Event, EventKind, Precision, Reason, Urgency
from preceptor.tools.triage import facts
from preceptor.tools.triage.presentations import Presentation
from preceptor.tools.triage.reading import Reading
from preceptor.tools.triage.text.normal import asks

BOOKED = frozenset({"booked", "pending", "arrived"})
_SHOWN = 160  # characters of a plan's own words
# What is said of an entry whose date decided; `noted` reads it back, and a test holds the two together.
BOOKED_FOR = "An appointment about this is booked for"
LEVELS = {Urgency.SAME_DAY: "Same day", Urgency.SOON: "Soon"}  # as the scale is shown
FIRST_RECORDED = "First recorded"
UNCHANGED = "and the request says that it has not changed"
TOO_RECENT = " (not long enough ago)"


@dataclass(frozen=True, slots=True)
class ContextRule:
    """What a context rule is, and the limits in days that it keeps to."""

    id: str
    title: str
    source: str
    version: str
    effective: date
    review: date
    reviewed_by: str
    days: dict[str, int]
    may_learn: dict[str, tuple[int, int]]


@cache
def context_rules() -> dict[str, ContextRule]:
    """The rules by id; `repeat` is for `repeats`."""
    stated = tomllib.loads(files("preceptor.tools.triage").joinpath("context_rules.toml").read_text("utf-8"))
    return {name: ContextRule(id=name, **{"days": {}, "may_learn": {}, **table}) for name, table in stated.items()}


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit in days that may be learnt: what ships, and from the narrowest to the furthest that it can be."""

    id: str  # "booked.soon"
    days: int
    narrowest: int
    furthest: int

    def allows(self, days: int) -> bool:
        return min(self.narrowest, self.furthest) <= days <= max(self.narrowest, self.furthest)

    def reach(self, days: int) -> int:
        """Days as a number that grows with what the rule would answer: an older symptom is nearer, a far day is not."""
        return days if self.furthest > self.narrowest else -days


@cache
def limits() -> dict[str, Limit]:
    """Every limit that may be learnt, by its id."""
    return {
        f"{rule.id}.{name}": Limit(f"{rule.id}.{name}", rule.days[name], *bounds)
        for rule in context_rules().values()
        for name, bounds in rule.may_learn.items()
    }


@dataclass(frozen=True, slots=True)
class Change:
    """How soon the record makes it, and why. `to` is None where the entry is only worth knowing."""

    to: Urgency | None
    reason: Reason


def changes(
    reading: Reading,
    presentation: Presentation,
    urgency: Urgency,
    alarmed: bool,
    elsewhere: frozenset[int] = frozenset(),
    learnt: Mapping[str, int] | None = None,
) -> Iterator[Change]:
    """What the record changes about one presentation that needs somebody as soon as `urgency`.

    `alarmed` says that the patient's words raised it: then nothing is taken for long-standing and unchanged.
    `elsewhere` are the sentences that name other problems: "the same as ever" there is not said of this one.
    `learnt` are limits in days, by id, that stand in place of those that ship.
    """
    if reading.case.record is None:
        return
    days = {name: limit.days for name, limit in limits().items()} | dict(learnt or {})
    changed = reading.feature("fresh_change") is not None
    yield from _plans(reading, presentation, urgency, changed)
    yield from _appointments(reading, presentation, urgency, changed, days)
    yield from _long_standing(reading, presentation, urgency, changed or alarmed, elsewhere, days)


def is_about(event: Event, presentation: Presentation, reading: Reading) -> bool:
    """True when an entry of the record speaks of what the request is about."""
    if event.concept in facts.covered_by(*presentation.concepts):
        return True
    return presentation.is_named_by(reading.said_by(event))


def upcoming(reading: Reading) -> tuple[Event, ...]:
    """Appointments that are booked for today or later, soonest first."""
    if reading.case.record is None:
        return ()
    today = reading.case.as_of.date()
    return tuple(
        event
        for event in reading.case.record.of(EventKind.APPOINTMENT)
        if event.status.casefold() in BOOKED and event.when is not None and event.when.date() >= today
    )


def plans(reading: Reading) -> tuple[Event, ...]:
    """Standing plans and flags that are in force, oldest first."""
    return facts.active(reading.case, EventKind.PLAN, EventKind.FLAG)


def _appointments(
    reading: Reading, presentation: Presentation, urgency: Urgency, changed: bool, days: Mapping[str, int]
) -> Iterator[Change]:
    limit = days.get(f"booked.{urgency}")
    for event in upcoming(reading):
        if not is_about(event, presentation, reading):
            continue
        assert event.when is not None  # noqa: S101 - `upcoming` holds dated events only
        words = f"{BOOKED_FOR} {day_of(event)}: {event.text}"
        away = event.when.date() - reading.case.as_of.date()
        if limit is not None and not changed:
            soon_enough = away <= timedelta(days=limit)
            words = f"{words} ({'' if soon_enough else 'not '}soon enough for “{LEVELS[urgency]}”)"
            if soon_enough:
                yield Change(Urgency.ROUTINE, Reason(words, Effect.LOWERS, event=event.id, rule="booked"))
                return
        words += " (it has changed since)" if changed else ""
        yield Change(None, Reason(words, Effect.NOTES, event=event.id, rule="booked"))
        return  # the soonest one answers


def _plans(reading: Reading, presentation: Presentation, urgency: Urgency, changed: bool) -> Iterator[Change]:
    for event in plans(reading):
        if not is_about(event, presentation, reading):
            continue
        said = reading.said_by(event)
        words = f"Standing plan of {day_of(event)}: {shown(event)}"
        if "plan_raises" in said and (changed or "plan_lowers" not in said) and not urgency.at_least(Urgency.SAME_DAY):
            yield Change(Urgency.SAME_DAY, Reason(words, Effect.RAISES, event=event.id, rule="plan"))
        elif "plan_lowers" in said and not changed and urgency.rank < Urgency.ROUTINE.rank:
            yield Change(Urgency.ROUTINE, Reason(words, Effect.LOWERS, event=event.id, rule="plan"))
        else:
            yield Change(None, Reason(words, Effect.NOTES, event=event.id, rule="plan"))


def _long_standing(
    reading: Reading, presentation: Presentation, urgency: Urgency, changed: bool, elsewhere: frozenset[int],
    days: Mapping[str, int],
) -> Iterator[Change]:  # fmt: skip
    record = reading.case.record
    assert record is not None  # noqa: S101 - `changes` asked
    entries = [e for e in record.of(EventKind.CONDITION) if e.when and is_about(e, presentation, reading)]
    if not entries or not any(facts.is_active(event, reading.case.as_of) for event in entries):
        return
    first = min(entries, key=lambda event: event.order)
    assert first.when is not None  # noqa: S101 - asked above
    lasted = reading.case.as_of.date() - first.when.date()  # whole days, as they are shown and read back
    limit, may_be = "long_standing.first_recorded_before", limits()["long_standing.first_recorded_before"]
    long_enough = lasted >= timedelta(days=days[limit])
    if not long_enough and lasted < timedelta(days=may_be.furthest):
        return
    recorded = f"{FIRST_RECORDED} {day_of(first)} ({first.text})"
    changed = changed or any(reading.feature(name) is not None for name in ("any_difference", "now_otherwise"))
    stands = _said_unchanged(reading, presentation, elsewhere)
    if changed or not stands:
        why = ", and something has changed" if changed else "; nothing says that it is unchanged"
        if long_enough:
            yield Change(None, Reason(recorded + why, Effect.NOTES, event=first.id, rule="long_standing"))
        return
    words = f"{recorded}, {UNCHANGED}"
    if urgency.rank >= Urgency.ROUTINE.rank or not long_enough:
        words += "" if long_enough else TOO_RECENT
        yield Change(None, Reason(words, Effect.NOTES, event=first.id, rule="long_standing"))
    else:
        yield Change(Urgency.ROUTINE, Reason(words, Effect.LOWERS, event=first.id, rule="long_standing"))


def _said_unchanged(reading: Reading, presentation: Presentation, elsewhere: frozenset[int]) -> bool:
    """True when the words state, and do not ask, that this very problem is as it was.

    Where the problem may be a cancer any question leaves it open: "the same lump as always, should I worry?"
    """
    said, about = reading.feature("unchanged"), reading.feature(presentation.id)
    if said is None or about is None:
        return False
    asking = {number for number, sentence in enumerate(reading.sentences) if asks(sentence)}
    if presentation.may_be_cancer and asking:
        return False
    near = {place + step for place in about.places for step in (-1, 0, 1)}
    beside = near - (set(elsewhere) - set(about.places))
    return bool((set(said.places) - asking) & beside)


def day_of(event: Event) -> str:
    """An event's date as exactly as the record gives it: "3 May 2026", "May 2026" or "2026"."""
    if event.when is None:
        return "unknown date"
    match event.precision:
        case Precision.YEAR:
            return f"{event.when:%Y}"
        case Precision.MONTH:
            return f"{event.when:%B %Y}"
        case _:
            return f"{event.when.day} {event.when:%B %Y}"


def shown(event: Event) -> str:
    """An entry's own words, cut to what fits a line."""
    words = " ".join(f"{event.text}: {event.note}".split()) if event.note else event.text
    return words if len(words) <= _SHOWN else words[: _SHOWN - 1].rstrip() + "…"
