"""How often a watch would have fired: a replay of the past year, week by week, over a sample of the practice's records.

A replay sees what the record holds now, as of an earlier day: what was filed late, and a status without a date of its
own (a medicine since stopped), count as if they had been known then.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from django.db import transaction
from django.utils import timezone
from scipy.special import gammaincinv

from preceptor import advice
from preceptor.service.findings.models import Forecast
from preceptor.service.findings.noticing import is_news, marks_of, seen_in
from preceptor.service.findings.watches import version_of
from preceptor.service.patients.models import Patient
from preceptor.service.patients.store import record_of
from preceptor.service.practices.models import Practice
from preceptor.tools.watch import Watch, all_watches, notice
from preceptor.tools.watch.days import end_of

WEEKS = 52
SAMPLE = 200  # patients
SEED = 1

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Expected:
    """What a forecast says, per 1,000 patients. The interval takes fires as independent, which they are not quite."""

    row: Forecast

    @cached_property
    def a_week(self) -> float:
        return self._per(self.row.fires)

    @cached_property
    def interval(self) -> tuple[float, float]:
        """The exact 95% interval of a Poisson count (F. Garwood, 1936), per 1,000 patients a week."""
        fires = self.row.fires
        low = float(gammaincinv(fires, 0.025)) if fires else 0.0
        return self._per(low), self._per(float(gammaincinv(fires + 1, 0.975)))

    @cached_property
    def at_first(self) -> float:
        """On the day it is switched on, for what stood already."""
        return 1000 * self.row.standing / self.row.patients

    def _per(self, fires: float) -> float:
        return 1000 * fires / (self.row.patients * self.row.weeks)


@dataclass
class Replay:
    """One watch over the sample."""

    standing: int = 0
    fires: int = 0


def forecast(
    practice: Practice, *, sample: int = SAMPLE, weeks: int = WEEKS, today: date | None = None,
    progress: Progress | None = None,
) -> int:  # fmt: skip
    """Replay every watch, switched on or not, and keep what came of it. Returns how many patients were replayed."""
    today = today or timezone.localdate()
    living = Patient.objects.of(practice).filter(died=None).order_by("pk")
    everybody = list(living.values_list("pk", flat=True))
    chosen = everybody if len(everybody) <= sample else sorted(random.Random(SEED).sample(everybody, sample))  # noqa: S311 -- a sample, no secret
    watches, replays, who = all_watches(), defaultdict[str, Replay](Replay), defaultdict[str, list[int]](list)
    for number, patient in enumerate(living.filter(pk__in=chosen), start=1):
        fires, standing, now = replay(watches, record_of(patient), weeks, today)
        for watch in standing:
            replays[watch].standing += 1
        for watch, times in fires.items():
            replays[watch].fires += times
        for watch in now:
            who[watch].append(patient.pk)
        if progress:
            progress(number, len(chosen))
    if chosen:
        _keep(practice, watches, replays, who, (len(chosen), len(everybody), weeks, today))
    return len(chosen)


def replay(
    watches: Sequence[Watch], record: advice.Record, weeks: int, today: date
) -> tuple[Counter[str], set[str], set[str]]:
    """One record: how often each watch came with news, which stood on the first day, which stand on the last."""
    marks = marks_of(record.events)
    held: dict[str, _Held] = {}
    fires: Counter[str] = Counter()
    standing: set[str] = set()
    for week in range(weeks, -1, -1):
        found = {one.watch: one for one in notice(watches, record, end_of(today - timedelta(days=7 * week)))}
        for watch, before in held.items():
            before.stands = watch in found
        for watch, one in found.items():
            seen, last = seen_in(one, marks), held.get(watch)
            if last is not None and not is_news(seen, one.since, last.seen, last.since, ended=not last.stood):
                last.since, last.stood = one.since, True
                continue
            held[watch] = _Held(seen, one.since)
            if week == weeks:
                standing.add(watch)
            else:
                fires[watch] += 1
        for before in held.values():
            before.stood = before.stands
    return fires, standing, {watch for watch, last in held.items() if last.stands}


@dataclass
class _Held:
    """The finding of one watch as the replay goes: `stood` a week ago, `stands` now."""

    seen: list[str]
    since: date | None
    stood: bool = True
    stands: bool = True


@transaction.atomic
def _keep(
    practice: Practice, watches: Iterable[Watch], replays: dict[str, Replay], who: dict[str, list[int]],
    of: tuple[int, int, int, date],
) -> None:  # fmt: skip
    patients, of_patients, weeks, today = of
    for watch in watches:
        replayed = replays[watch.id]
        said = {
            "version": version_of(watch), "patients": patients, "of_patients": of_patients, "weeks": weeks,
            "standing": replayed.standing, "fires": replayed.fires, "who": who[watch.id], "as_of": today,
            "at": timezone.now(),
        }  # fmt: skip
        Forecast.objects.update_or_create(practice=practice, watch=watch.id, defaults=said)


def forecasts_of(practice: Practice) -> dict[str, Expected]:
    """By watch: those made of the definition that is installed now."""
    versions = {watch.id: version_of(watch) for watch in all_watches()}
    rows = Forecast.objects.of(practice)
    return {row.watch: Expected(row) for row in rows if versions.get(row.watch) == row.version}
