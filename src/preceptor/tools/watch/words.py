"""The words in which watches are written: `latest(results("potassium")) >= 5.8`, `no(referrals()).since(...)`.

Selections (what to look at) come first, then the criteria (what is so of it). All of them are put together from the
nodes of `nodes`, so every engine knows them all. "The last N days" counts a day exactly N days ago in.
"""

from __future__ import annotations

from dataclasses import dataclass

from preceptor.advice import EventKind
from preceptor.tools.watch.criteria import Criterion
from preceptor.tools.watch.nodes import (
    ALWAYS,
    FOREVER,
    Course,
    Expression,
    Now,
    One,
    Operand,
    Person,
    Row,
    Selection,
    Summary,
    const,
    op,
)

_HALTED = ("stopped", "cancelled", "ended", "not-taken", "draft", "on-hold")
_OVER = ("resolved", "inactive", "remission")
DAY_IN_MICROSECONDS = 86_400_000_000

today = Now("day")


# What to look at ------------------------------------------------------------------------------------------------------


def results(*about: str) -> Selection:
    """Results with a number."""
    return Selection((EventKind.RESULT,), about, valued=True)


def tests(*about: str) -> Selection:
    """Any sign that a test was done: a result with or without a number, a report, a procedure."""
    return Selection((EventKind.RESULT, EventKind.REPORT, EventKind.PROCEDURE), about)


def conditions(*about: str) -> Selection:
    return Selection((EventKind.CONDITION,), about)


def medicines(*about: str) -> Selection:
    return Selection((EventKind.MEDICATION,), about)


def referrals() -> Selection:
    return Selection((EventKind.REFERRAL,))


def letters() -> Selection:
    return Selection((EventKind.DOCUMENT,))


def reports(*about: str) -> Selection:
    return Selection((EventKind.REPORT,), about)


def entries(*kinds: EventKind, about: tuple[str, ...] = ()) -> Selection:
    return Selection(kinds, about)


def saying(selection: Selection, *words: str) -> Selection:
    """The rows in whose text or note one of these lower-case words stands."""
    return selection.that(op("says", Row("said"), *words))


def in_the_last(days: int, selection: Selection) -> Selection:
    return selection.that(today - Row("day") <= days)


def up_to(days: int, one: One, selection: Selection) -> Selection:
    """The rows before `one`, at most so many days."""
    return selection.that(Row("ord") < one.ord, one.day - Row("day") <= days)


def before(one: One, selection: Selection) -> Selection:
    return selection.that(Row("ord") < one.ord)


def previous(selection: Selection) -> One:
    """The row before the last."""
    return before(selection.last, selection).last


def not_over(selection: Selection) -> Selection:
    """Conditions that are not marked as resolved, or not yet so."""
    return selection.that(~Row("status").one_of(*_OVER) | (Row("end_day") > today))


def latest_run(selection: Selection, condition: Expression) -> Selection:
    """The latest rows, back to the last for which the condition was not true."""
    broken = selection.that(~condition).last
    return selection.that(Row("ord") > broken.ord.or_else(-1), condition)


# What is so of the patient --------------------------------------------------------------------------------------------


def birthday(years: int) -> Expression:
    """The day on which the patient became so old; someone born on 29 February has a birthday on 1 March."""
    year = Person("march_year") + years
    return year * 365 + year // 4 - year // 100 + year // 400 + Person("march_day") - 719468


def age() -> Expression:
    """In completed years."""
    before_birthday = op("if", Now("march_day") < Person("march_day"), 1, 0)
    return Now("march_year") - Person("march_year") - before_birthday


def aged(low: int, high: int | None = None) -> Criterion:
    """`low` to `high` years old, both included."""
    old_enough = birthday(low) <= today
    if high is None:
        return Criterion(f"Aged {low} or older", old_enough, birthday(low), value=age())
    young_enough = birthday(high + 1) > today
    return Criterion(f"Aged {low} to {high}", old_enough & young_enough, birthday(low), value=age())


def by_age(*limits: tuple[int, float], until: int | None = None) -> Expression:
    """The limit for the age on the day of the row, as (from this age, limit); None outside them."""
    expression: Expression = const(None)
    for years, limit in limits:
        expression = op("if", birthday(years) <= Row("day"), limit, expression)
    return op("if", birthday(until) > Row("day"), expression) if until is not None else expression


MAN = Criterion("Male", op("if", Person("sex").one_of("male", "female"), Person("sex").is_("male")), const(ALWAYS))
WOMAN = Criterion(
    "Female", op("if", Person("sex").one_of("male", "female"), Person("sex").is_("female")), const(ALWAYS)
)


def by_sex(male: Operand, female: Operand) -> Expression:
    """None where the sex is not known."""
    return op("if", Person("sex").is_("male"), male, op("if", Person("sex").is_("female"), female))


# What is so of entries ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class latest:
    """The last of a selection: compare it with a limit, or ask how long ago it was."""

    selection: Selection

    def __lt__(self, limit: Operand) -> Criterion:
        return self._compared("<", limit, "below")

    def __le__(self, limit: Operand) -> Criterion:
        return self._compared("<=", limit, "at most")

    def __gt__(self, limit: Operand) -> Criterion:
        return self._compared(">", limit, "above")

    def __ge__(self, limit: Operand) -> Criterion:
        return self._compared(">=", limit, "at least")

    def _compared(self, sign: str, limit: Operand, words: str) -> Criterion:
        selection, last = self.selection, self.selection.last
        condition = op(sign, Row("value"), limit)
        run = latest_run(selection, condition)
        met = op("if", run.last.ord.is_(last.ord), True)
        met = op("if", selection.that(~condition).last.ord.is_(last.ord), False, met)
        said = f"{limit:g} {selection.unit}".strip() if isinstance(limit, int | float) else "its limit"
        return Criterion(f"{selection.title}: latest {words} {said}", met, run.first.day, (run.first, last), last.value)

    def days_ago(self, days: int) -> Criterion:
        """At least so many days ago."""
        last = self.selection.last
        return Criterion(f"{self.selection.title}: {days} days on", today - last.day >= days, last.day + days, (last,))

    def in_the_last(self, days: int) -> Criterion:
        """At most so many days ago."""
        return in_force(self.selection, Row("day") + days, f"{self.selection.title}: in the last {days} days")


def in_force(selection: Selection, covers: Expression, words: str) -> Criterion:
    """Some row covers today; since the first day of the unbroken stretch of rows that cover."""
    until, start = Course(selection, covers, "until"), Course(selection, covers, "start")
    return Criterion(words, (until >= today).or_else(False), start, (selection.last,))


def _covers(days: int) -> Expression:
    """How long a prescription counts: to its end, at least so many days; for ever while it is active and has none."""
    halted = op("if", Row("status").one_of(*_HALTED), Row("end_day").or_else(Row("day") - 1))
    to_its_end = op("greatest", Row("day") + days, Row("end_day"))
    open_ended = op("if", Row("end_day").or_else(ALWAYS).is_(ALWAYS) & Row("status").is_("active"), FOREVER)
    return op("coalesce", halted, open_ended, to_its_end)


def taking(selection: Selection, days: int = 92) -> Criterion:
    """On these medicines now: prescribed in the last so many days or still authorised, and not stopped."""
    return in_force(selection, _covers(days), f"{selection.title}: taking now")


def not_taking(selection: Selection, days: int = 92) -> Criterion:
    until = Course(selection, _covers(days), "until")
    return Criterion(f"{selection.title}: not taking", (until < today).or_else(True), (until + 1).or_else(ALWAYS))


def taking_for(selection: Selection, at_least: int, days: int = 92, below: int | None = None) -> Criterion:
    """On these medicines now, and without a break for at least so many days (and for less than `below`)."""
    start, until = Course(selection, _covers(days), "start"), Course(selection, _covers(days), "until")
    met = (until >= today).or_else(False) & (today - start >= at_least)
    if below is not None:
        met = met & (today - start < below)
    words = f"{at_least} days" if below is None else f"{at_least} to {below - 1} days"
    return Criterion(f"{selection.title}: taking for {words}", met, start + at_least, (selection.last,))


def ever(selection: Selection, words: str = "") -> Criterion:
    first = selection.first
    return Criterion(
        words or f"{selection.title}: on record", op("coalesce", first.day >= ALWAYS, False), first.day, (first,)
    )


def active(selection: Selection) -> Criterion:
    """A condition on record and not marked as over."""
    return ever(not_over(selection))


@dataclass(frozen=True)
class no:
    """None of a selection: ever, since a day, or for so many days."""

    selection: Selection

    @property
    def at_all(self) -> Criterion:
        met = op("if", self.selection.first.day >= ALWAYS, False, True)
        return Criterion(f"{self.selection.title}: none on record", met, const(ALWAYS))

    def since(self, one: One, days_before: int = 0) -> Criterion:
        """None on the day of `one` or later, `one` itself aside."""
        after = self.selection.that(Row("day") >= one.day - days_before, ~Row("ord").is_(one.ord))
        return Criterion(f"{self.selection.title}: none since", after.count.is_(0), one.day.or_else(ALWAYS))

    def for_days(self, days: int) -> Criterion:
        """None in the last so many days."""
        last = self.selection.last
        met = (today - last.day > days).or_else(True)
        since = (last.day + (days + 1)).or_else(ALWAYS)
        return Criterion(f"{self.selection.title}: none in the last {days} days", met, since, (last,))


def repeatedly(selection: Selection, condition: Expression, days: int, words: str) -> Criterion:
    """True of the latest rows without a break, for two of them at least so many days apart; since the second."""
    run = latest_run(selection, condition)
    first = run.first
    second = run.that(Row("day") >= first.day + days).first
    met = op("if", selection.last.ord >= 0, op("if", second.ord >= 0, True, False))
    return Criterion(f"{selection.title}: {words}", met, second.day, (first, second), selection.last.value)


def count_in(days: int, selection: Selection, needed: int) -> Criterion:
    """At least so many in the last so many days; since the one that made up the number."""
    inside = in_the_last(days, selection)
    reached: One = inside.first
    for _ in range(needed - 1):
        reached = inside.that(Row("ord") > reached.ord).first
    return Criterion(
        f"{selection.title}: {needed} or more in {days} days", inside.count >= needed, reached.day,
        (inside.first, inside.last), inside.count,
    )  # fmt: skip


# Own baseline and trend -----------------------------------------------------------------------------------------------


def baseline(selection: Selection, days: int) -> Expression:
    """What is usual for this patient: the median of the results before the last, at most so many days."""
    return up_to(days, selection.last, selection).median


def ratio_to_baseline(selection: Selection, days: int) -> Expression:
    return selection.last.value / baseline(selection, days)


def slope(selection: Selection, days: int) -> Expression:
    """In units a year, over the last result and those at most so many days before it."""
    last = selection.last
    return Summary("slope", selection.that(last.day - Row("day") <= days))


def projected(selection: Selection, days: int, ahead: int) -> Expression:
    """Where the last result is headed so many days on, if its slope goes on."""
    return selection.last.value + slope(selection, days) * (ahead / 365.25)
