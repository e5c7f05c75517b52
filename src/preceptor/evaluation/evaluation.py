"""One evaluation: a tool, a file of labelled requests, and everything that was measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from preceptor.advice import URGENCIES, Card, Tool, Urgency
from preceptor.evaluation.asking import Judged, ask
from preceptor.evaluation.groups import Groups, by_group
from preceptor.evaluation.labelled import CannotUse, Data, Fault, read_labelled
from preceptor.evaluation.measures import (
    MEASURES,
    Kappa,
    Measure,
    Sets,
    confusion,
    is_acceptable,
    is_missed_emergency,
    is_sent_needlessly,
    is_under_triaged,
    kappa,
    sets,
)
from preceptor.supervision.calibration import Calibration, calibration
from preceptor.supervision.figures import Share

NOT_CALIBRATED = "not calibrated"  # how a card says that its probabilities only order the options


@dataclass(frozen=True, slots=True)
class RecordsInWords:
    """Records that came in words, and what of them could not be mapped."""

    requests: int
    entries: int
    without_concept: int
    without_day: int


@dataclass(frozen=True, slots=True)
class Missed:
    """Ids of the requests that went wrong in the ways that matter most: ids, never words."""

    emergencies: tuple[str, ...]
    under_triaged: tuple[str, ...]
    sent_to_999: tuple[str, ...]
    no_advice: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything that was measured of one tool on one file."""

    card: Card
    data: Data
    when: datetime
    n: int
    bad_lines: tuple[Fault, ...]
    no_advice: tuple[Fault, ...]
    records: RecordsInWords
    measures: tuple[tuple[Measure, Share], ...]
    kappa: Kappa
    calibrated: bool  # False where the card says that its probabilities are not
    calibration: tuple[tuple[str, Calibration], ...]  # of each thing that a probability is given for
    sets: Sets
    groups: Groups
    confusion: dict[Urgency, dict[str, int]]
    missed: Missed
    notes: tuple[str, ...]

    @property
    def faulty(self) -> bool:
        """Some line could not be used, or the tool gave no usable advice on one."""
        return bool(self.bad_lines or self.no_advice)

    def share(self, key: str) -> Share:
        return next(found for measure, found in self.measures if measure.key == key)


def evaluate(tool: Tool, path: Path, when: datetime, progress: Callable[[int, int], None] | None = None) -> Evaluation:
    """Measure a tool on a file. `when` is the moment of the run, and that of requests that do not state theirs.

    Raises CannotUse, in one line, where the tool does not speak of urgency or the file holds nothing to measure on.
    """
    if tool.card.scale != URGENCIES:
        raise CannotUse(f"{tool.card.tool} does not advise on urgency, which is what can be evaluated")
    data = read_labelled(path)
    judged, refused = ask(tool, data.requests, when, progress)
    bad = tuple(sorted((*data.faults, *refused), key=lambda fault: fault.place))
    if not judged:
        raise CannotUse(f"{path} holds no request that can be asked; line {bad[0].place}: {bad[0].why}")
    silent = tuple(Fault(e.request.place, e.request.id, e.why_none) for e in judged if e.advice is None)
    return Evaluation(
        card=tool.card,
        data=data,
        when=when,
        n=len(judged),
        bad_lines=bad,
        no_advice=silent,
        records=_records(judged),
        measures=tuple((measure, measure.of(judged)) for measure in MEASURES),
        kappa=kappa(judged),
        calibrated=not any(NOT_CALIBRATED in limit.casefold() for limit in tool.card.limits),
        calibration=_calibration(judged),
        sets=sets(judged),
        groups=by_group(judged),
        confusion=confusion(judged),
        missed=_missed(judged),
        notes=_notes(judged),
    )


def _records(judged: tuple[Judged, ...]) -> RecordsInWords:
    mapped = [each.record for each in judged if each.record is not None]
    return RecordsInWords(
        requests=len(mapped),
        entries=sum(each.entries for each in mapped),
        without_concept=sum(each.without_concept for each in mapped),
        without_day=sum(each.without_day for each in mapped),
    )


def _calibration(judged: tuple[Judged, ...]) -> tuple[tuple[str, Calibration], ...]:
    """Of an emergency, of the same day or sooner (each against the best answer), and of the option advised."""
    patients = [each.patient for each in judged]
    found = []
    for title, floor in (
        ("an emergency", Urgency.EMERGENCY),
        ("the same day or sooner", Urgency.SAME_DAY),
    ):
        chances = [_chance(each, *URGENCIES[: floor.rank + 1]) for each in judged]
        happened = [each.request.best.at_least(floor) for each in judged]
        found.append((title, calibration(chances, happened, patients)))
    of_advised = [_chance(each, *([each.advised] if each.advised else [])) for each in judged]
    happened = [is_acceptable(each) for each in judged]
    found.append(("the advice is acceptable", calibration(of_advised, happened, patients)))
    return tuple(found)


def _chance(each: Judged, *options: Urgency) -> float | None:
    if each.advice is None:
        return None
    return min(1.0, sum(each.advice.probabilities[option] for option in options))


def _notes(judged: tuple[Judged, ...]) -> tuple[str, ...]:
    patients = len({each.patient for each in judged})
    if patients == len(judged):
        return ()
    words = "Wilson's intervals take requests as independent, and are too narrow"
    return (f"{len(judged):,} requests are of {patients:,} patients: {words}",)


def _missed(judged: tuple[Judged, ...]) -> Missed:
    def ids(counts: Callable[[Judged], bool]) -> tuple[str, ...]:
        return tuple(each.request.id for each in judged if counts(each))

    return Missed(
        emergencies=ids(is_missed_emergency),
        under_triaged=ids(is_under_triaged),
        sent_to_999=ids(is_sent_needlessly),
        no_advice=ids(lambda each: each.advice is None),
    )
