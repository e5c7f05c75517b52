"""What the record adds: the triage tool with everything it is given, and with each part left out in turn.

    python benchmarks/evaluation/ablation.py [PATIENTS] [SEEDS]

On the demo practices' requests with their records (PATIENTS each, SEEDS of them), and on the examples whose label leans
on the record. Synthetic throughout, and the tool's rules, and its model where there is one, were made on these texts:
the differences between the rows are what to read, not the rows. It runs with the model where its files are there, and
by rules alone where they are not, and says which.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
from tables import written

from demo import MONDAY, line_of, records_of
from preceptor.advice import URGENCIES, Advice, Card, Case, EventKind, Urgency
from preceptor.demo import build
from preceptor.evaluation import telling
from preceptor.evaluation.asking import Judged, ask
from preceptor.evaluation.labelled import Labelled, read_labelled
from preceptor.evaluation.measures import MEASURES
from preceptor.supervision.resampling import clustered_ratios
from preceptor.tools import found
from preceptor.tools.triage.examples import Example, all_examples
from preceptor.tools.triage.model.judging import the_model

TOLD = tuple(measure for measure in MEASURES if measure.key in ("acceptable", "under_triage", "missed_emergencies"))
Without = Callable[[Case], Case]


def no_record(case: Case) -> Case:
    return replace(case, record=None)


def without(*kinds: EventKind) -> Without:
    def left(case: Case) -> Case:
        if case.record is None:
            return case
        kept = tuple(event for event in case.record.events if event.kind not in kinds)
        return replace(case, record=replace(case.record, events=kept))

    return left


def no_age_or_sex(case: Case) -> Case:
    request = replace(case.request, age=None, sex=None) if case.request else None
    if case.record is None:
        return replace(case, request=request)
    person = replace(case.record.patient, born=None, sex="unknown")
    return replace(case, request=request, record=replace(case.record, patient=person))


PARTS: dict[str, Without] = {
    "the whole record": no_record,
    "problems and medicines": without(EventKind.CONDITION, EventKind.MEDICATION),
    "results": without(EventKind.RESULT),
    "earlier requests": without(EventKind.MESSAGE),
    "appointments": without(EventKind.APPOINTMENT),
    "plans and flags": without(EventKind.PLAN, EventKind.FLAG),
    "age and sex": no_age_or_sex,
}


@dataclass(frozen=True)
class Set:
    """Requests to ask about, and the texts that they are of: what is drawn again and again is texts, never rows."""

    title: str
    asked: Sequence[tuple[Labelled, Case]]
    texts: Sequence[str]


class Blinded:
    """The tool, for which a part of each case is left out. It counts the cases that had such a part."""

    def __init__(self, left: Without | None = None) -> None:
        self.tool, self.left, self.had = found()["triage"], left, 0

    @property
    def card(self) -> Card:
        return self.tool.card

    def advise(self, case: Case) -> Advice:
        seen = self.left(case) if self.left else case
        self.had += seen != case
        return self.tool.advise(seen)


def main(patients: int, seeds: int) -> None:
    print(f"{datetime.now(UTC):%Y-%m-%d} · triage {found()['triage'].card.version} · {_by()}\n")
    with tempfile.TemporaryDirectory() as folder:
        told(_demo(Path(folder), patients, seeds))
    told(_examples())


def _by() -> str:
    model = the_model()
    return "by rules alone: the model's files are not there" if model is None else "rules and model"


def told(requests: Set) -> None:
    whole = _answers(requests, Blinded())
    print(f"### {requests.title}\n")
    print(f"{len(requests.asked):,} requests of {len(set(requests.texts)):,} different texts.\n")
    print(f"| left out | had any | {' | '.join(measure.title for measure in TOLD)} |")
    print(f"|---|---|{'---|' * len(TOLD)}")
    print(f"| nothing | | {' | '.join(_shares(whole))} |")
    differences = []
    for title, left in PARTS.items():
        blinded = Blinded(left)
        answers = _answers(requests, blinded)
        if not blinded.had:
            print(f"| {title} | 0 | nothing to leave out |{' |' * (len(TOLD) - 1)}")
            continue
        print(f"| {title} | {blinded.had:,} | {' | '.join(_shares(answers))} |")
        differences.append(f"| {title} | {' | '.join(_changed(whole, answers, requests.texts))} |")
    print(
        "\nWithout each part, less with everything: percentage points, paired, with 95% bootstrap intervals by text.\n"
    )
    print(f"| left out | advice differs | sooner | later | {' | '.join(measure.title for measure in TOLD)} |")
    print(f"|---|---|---|---|{'---|' * len(TOLD)}")
    print("\n".join(differences), "\n")


def _answers(requests: Set, tool: Blinded) -> list[Judged]:
    return [Judged(request, case, tool.advise(case)) for request, case in requests.asked]


def _shares(answers: Sequence[Judged]) -> Iterator[str]:
    for measure in TOLD:
        share = measure.of(answers)
        yield f"{telling.of(share)}: {telling.percent(share)}" if share.n else "none to miss"


def _changed(whole: Sequence[Judged], less: Sequence[Judged], texts: Sequence[str]) -> Iterator[str]:
    ranks = [(_rank(one), _rank(other)) for one, other in zip(whole, less, strict=True)]
    yield str(sum(one != other for one, other in ranks))
    yield str(sum(other < one for one, other in ranks))
    yield str(sum(other > one for one, other in ranks))
    _, cluster = np.unique(np.array(texts), return_inverse=True)
    among = np.array([[measure.among(each) for measure in TOLD] for each in whole], dtype=float)
    before, after = (
        np.array([[m.among(each) and m.counts(each) for m in TOLD] for each in rows], dtype=float)
        for rows in (whole, less)
    )
    intervals = clustered_ratios(cluster.astype(np.int64), after - before, among, "text")
    for column, (interval, why) in enumerate(intervals):
        n, differs = among[:, column].sum(), (after - before)[:, column]
        if not n or not differs.any():
            yield "the same" if n else "none to miss"
            continue
        shown = f"({100 * interval.low:+.1f} to {100 * interval.high:+.1f})" if interval else f"({why})"
        yield f"{100 * differs.sum() / n:+.1f} {shown}"


def _rank(each: Judged) -> int:
    return each.advised.rank if each.advised else len(URGENCIES)


# -- the two sets


def _demo(folder: Path, patients: int, seeds: int) -> Set:
    asked: list[tuple[Labelled, Case]] = []
    texts: list[str] = []
    for seed in range(1, seeds + 1):
        place = folder / str(seed)
        requests, records = _practice(place, patients, seed, MONDAY)
        truth = {each["id"]: each for each in json.loads((place / "truth.json").read_text())["requests"]}
        lines = [line_of(r, truth[r["id"]]) | {"record": str(records[r["patient"]])} for r in requests]
        data = read_labelled(written(lines, place / "asked.jsonl"))
        judged, refused = ask(found()["triage"], data.requests, datetime.now(UTC))
        if refused or data.faults:
            raise SystemExit(f"seed {seed}: {len(refused) + len(data.faults)} of the demo's requests could not be read")
        asked += [(each.request, each.case) for each in judged]
        texts += [truth[each.request.id]["text_id"] for each in judged]
    title = f"The demo: {seeds} practices of {patients:,} patients (seeds 1 to {seeds}), with their records"
    return Set(title, asked, texts)


def _practice(place: Path, patients: int, seed: int, monday: date) -> tuple[list[dict[str, Any]], dict[str, Path]]:
    build(place, patients=patients, seed=seed, monday=monday)
    requests = [json.loads(line) for line in (place / "requests.jsonl").read_text().splitlines()]
    return requests, records_of(place, {request["patient"] for request in requests})


def _examples() -> Set:
    leaning = [one for one in all_examples() if one.record]
    title = "The examples whose label leans on the record (problems and medicines only)"
    return Set(title, [(_labelled(one), one.case) for one in leaning], [one.id for one in leaning])


def _labelled(one: Example) -> Labelled:
    return Labelled(one.id, 0, "", Urgency(one.urgency), one.acceptable, {})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("patients", type=int, nargs="?", default=1000, help="of each demo practice (1000)")
    parser.add_argument("practices", type=int, nargs="?", default=4, help="one for each seed (4)")
    given = parser.parse_args()
    main(given.patients, given.practices)
