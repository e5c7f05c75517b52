"""How far an entry of the record may be and still answer a request: the limit in days that decisions here support.

Further only on the decisions of several people, who agree for sure, on that very day too; nearer already where what was
lowered is put back up too often. Each learning starts from the limit that ships, with every ripe decision again. One
model advises every practice of an installation, so a limit goes no further than each of them supports by itself.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate

from preceptor.learning.context import Told, Vote, ripe, told_of, votes_of
from preceptor.learning.lessons import Decided
from preceptor.supervision.figures import Interval, wilson
from preceptor.tools.triage.context import Limit, limits

_LONG = 100  # days between the bounds of a limit, from which it moves by months and not by days
_MONTH = 30


@dataclass(frozen=True, slots=True)
class Asked:
    """What a limit needs to move, set beforehand. Changed only in tests, to show what each part is worth."""

    support: float = 0.8  # what the Wilson lower bound of "could wait" must reach for a further limit
    decisions: int = 20
    people: int = 4
    most_of_one: float = 0.3  # of those that say "could wait", the most that one account counts for
    on_the_day: int = (
        5  # of those that say "could wait", on the furthest step itself: they too must be `support` of all
    )
    put_back: int = 4  # decisions that say "sooner", and ...
    too_often: float = 0.2  # ... what the lower bound of their share must be above, for a nearer limit ...
    sureness: float = 0.8  # ... of the interval at this confidence: nearer needs less than further


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of these could wait. `counted` is that number with no account above its share; the interval is of it."""

    waits: int
    n: int
    counted: int
    by_account: Mapping[str, int]
    interval: Interval | None

    @property
    def people(self) -> int:
        return len(self.by_account)

    @property
    def sooner(self) -> int:
        return self.n - self.waits


@dataclass(frozen=True, slots=True)
class Worked:
    """A limit that was worked out. `tally` is of the decisions between the limit that ships and this one, or of those
    beyond the one that ships, where it stays."""

    limit: Limit
    days: int
    tally: Tally


@dataclass(frozen=True, slots=True)
class Answers:
    """What was learnt of the record's rules: each limit, and what each rule knew."""

    limits: tuple[Worked, ...]
    rules: tuple[Told, ...]

    @property
    def moved(self) -> dict[str, int]:
        """The limits that are not those that ship, in days, by id."""
        return {each.limit.id: each.days for each in self.limits if each.days != each.limit.days}


@dataclass(frozen=True, slots=True)
class Contested:
    """A limit on live decisions that it was not learnt from: those between the two limits, and whether they could wait.

    `well` is False where the new one made under-triage worse: it would answer what was decided sooner too often.
    """

    limit: Limit
    before: int
    after: int
    waits: int
    n: int
    interval: Interval | None
    well: bool

    @property
    def is_further(self) -> bool:
        return self.limit.reach(self.after) > self.limit.reach(self.before)


def learn_limits(
    decided: Iterable[Decided], until: datetime | None, set_aside: Collection[str] = (), asked: Asked | None = None,
    practices: Collection[str] = (),
) -> Answers:  # fmt: skip
    """What decisions whose last word was said by `until` support. With no such moment nothing moves.

    `practices`: the codes of those that the limits will hold for, also where nothing was decided there yet.
    """
    kept, asked = ripe(decided, until), asked or Asked()
    votes = votes_of(kept, set_aside)
    everywhere = {*practices, *(each.practice for each in kept)}
    on = {name: [vote for vote in votes if vote.limit == limit] for name, limit in limits().items()}
    worked = {name: _for_each(limit, on[name], everywhere, asked) for name, limit in limits().items()}
    sooner, later = worked["booked.same_day"], worked["booked.soon"]
    if sooner.days > later.days:  # what is needed the same day is not answered by a later appointment than the rest
        worked["booked.same_day"] = _worked(sooner.limit, later.days, on["booked.same_day"], asked)
    return Answers(tuple(worked.values()), tuple(told_of(kept)))


def work_out(limit: Limit, votes: Sequence[Vote], asked: Asked | None = None) -> Worked:
    """The limit that these votes on it support: the one that ships where they support no other."""
    asked = asked or Asked()
    return _worked(limit, _supported(limit, _telling(limit, votes), asked), votes, asked)


def contest(
    live: Iterable[Decided], before: Mapping[str, int], after: Mapping[str, int], set_aside: Collection[str] = (),
    asked: Asked | None = None,
) -> list[Contested]:  # fmt: skip
    """Each limit that differs, on live decisions. `before` and `after` are the learnt ones; others are as they ship."""
    asked, votes, found = asked or Asked(), votes_of(live, set_aside), []
    for name, limit in limits().items():
        was, now = before.get(name, limit.days), after.get(name, limit.days)
        if was == now:
            continue
        low, high = sorted((limit.reach(was), limit.reach(now)))
        between = _between([vote for vote in votes if vote.limit == limit], low, high)
        n, waits = len(between), sum(vote.waits for vote in between)
        further = limit.reach(now) > limit.reach(was)
        well = not further or n - waits <= asked.too_often * n
        found.append(Contested(limit, was, now, waits, n, wilson(waits, n) if n else None, well))
    return found


def tally(votes: Sequence[Vote], asked: Asked) -> Tally:
    by_account = Counter(vote.account for vote in votes if vote.waits)
    waits, n = by_account.total(), len(votes)
    counted = _shared(list(by_account.values()), asked.most_of_one)
    whole = counted + n - waits
    return Tally(waits, n, counted, dict(by_account), wilson(counted, whole) if whole else None)


def _for_each(limit: Limit, votes: Sequence[Vote], practices: Collection[str], asked: Asked) -> Worked:
    """The furthest that all decisions support together, and those of each practice by itself too."""
    found = work_out(limit, votes, asked)
    alone = [work_out(limit, [vote for vote in votes if vote.practice == each], asked) for each in practices]
    days = min((found.days, *(each.days for each in alone)), key=limit.reach)
    return _worked(limit, days, votes, asked)


def _telling(limit: Limit, votes: Iterable[Vote]) -> list[Vote]:
    """Without what the rule lowered and nobody questioned: for going further it would confirm itself."""
    ships = limit.reach(limit.days)
    return [vote for vote in votes if not (vote.led and vote.waits and vote.reach > ships)]


def _worked(limit: Limit, days: int, votes: Iterable[Vote], asked: Asked) -> Worked:
    ships, at = limit.reach(limit.days), limit.reach(days)
    low, high = (ships, _steps(limit)[-1]) if at == ships else sorted((ships, at))
    return Worked(limit, days, tally(_between(_telling(limit, votes), low, high), asked))


def _supported(limit: Limit, votes: Sequence[Vote], asked: Asked) -> int:
    """In days: the furthest step that these votes support, or the nearest that what was put back leaves."""
    ships, steps = limit.reach(limit.days), _steps(limit)
    poor = _too_often_put_back(steps, votes, asked)
    nearest = max((at for at in steps if at <= ships and at not in poor), default=steps[0])
    if nearest < ships:
        return _days(limit, nearest)
    for step, before in zip(reversed(steps), reversed(steps[:-1]), strict=False):
        if step <= ships:
            break
        whole, last = tally(_between(votes, ships, step), asked), tally(_between(votes, before, step), asked)
        if step not in poor and _is_supported(whole, last, asked):
            return _days(limit, step)
    return limit.days


def _is_supported(whole: Tally, last: Tally, asked: Asked) -> bool:
    return (
        whole.interval is not None
        and whole.interval.low >= asked.support
        and whole.counted + whole.sooner >= asked.decisions
        and whole.people >= asked.people
        and last.counted >= asked.on_the_day
        and last.counted >= asked.support * (last.counted + last.sooner)
    )


def _shared(counts: list[int], most: float) -> int:
    """The largest sum of these counts in which none, cut down to it, has more than `most` of the sum; rounded down."""
    ordered = sorted(counts, reverse=True)
    for cut in range(len(ordered)):
        rest = 1 - most * cut
        if rest <= 0:
            return 0
        whole = sum(ordered[cut:]) / rest
        if ordered[cut] <= most * whole:
            return int(whole + 1e-9)
    return 0


def _too_often_put_back(steps: Sequence[int], votes: Sequence[Vote], asked: Asked) -> set[int]:
    """The steps that cannot be a limit: over some stretch that ends there, too much was decided sooner."""
    waits, sooner = [0] * len(steps), [0] * len(steps)
    for vote in votes:
        at = bisect_left(steps, vote.reach)
        if at < len(steps):
            (waits if vote.waits else sooner)[at] += 1
    waited, put_back = [0, *accumulate(waits)], [0, *accumulate(sooner)]
    return {step for end, step in enumerate(steps, 1) if any(
        put_back[end] - put_back[start] >= asked.put_back
        and _low(put_back[end] - put_back[start], waited[end] - waited[start], asked) > asked.too_often
        for start in range(end)
    )}  # fmt: skip


def _low(put_back: int, waited: int, asked: Asked) -> float:
    return wilson(put_back, put_back + waited, asked.sureness).low


def _steps(limit: Limit) -> list[int]:
    """As reaches, nearest first: the limit that ships, and every one that it could become."""
    near, ships, far = (limit.reach(days) for days in (limit.narrowest, limit.days, limit.furthest))
    step = _MONTH if far - near > _LONG else 1
    return sorted({*range(ships, near - 1, -step), *range(ships, far + 1, step)})


def _days(limit: Limit, reach: int) -> int:
    return reach if limit.furthest > limit.narrowest else -reach


def _between(votes: Iterable[Vote], low: int, high: int) -> list[Vote]:
    return [vote for vote in votes if low < vote.reach <= high]
