"""Building the practice: the list, the stories given out, every record written, and the truth beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from preceptor.demo import care, inbox, kidneys, truth
from preceptor.demo.coding import Json
from preceptor.demo.dice import Dice, Stream
from preceptor.demo.figures import all_figures
from preceptor.demo.inbox import Arrival
from preceptor.demo.life import YEARS_OF_HISTORY, Life
from preceptor.demo.people import Person, made_to_measure, the_list
from preceptor.demo.showcase import SHOWCASES, Showcase
from preceptor.demo.situations import SITUATIONS, Situation
from preceptor.demo.truth import Planted

NAME = "Synthetic Demo Surgery"
ODS_CODE = "Z99999"  # no such practice
SMALLEST = 50


@dataclass(frozen=True, slots=True)
class DemoRequest:
    """A request of the Monday. No patient sends two."""

    patient_id: str  # the id of the FHIR Patient
    received: datetime
    text: str
    written_by_other: bool
    writer: str  # "patient", "daughter", "mother", "carer", ...


@dataclass(frozen=True, slots=True)
class Practice:
    name: str
    ods_code: str
    patients: int
    folder: Path
    requests: tuple[DemoRequest, ...]  # earliest first


@dataclass(frozen=True, slots=True)
class _Part:
    """What one person plays in the practice, if anything: each plays one part at most."""

    arrival: Arrival | None = None
    situation: Situation | None = None
    shown: bool = True
    showcase: Showcase | None = None


def build(
    folder: Path,
    *,
    patients: int = 2000,
    seed: int = 1,
    monday: date,
    progress: Callable[[int, int], None] | None = None,
) -> Practice:
    """Write a synthetic practice as of the morning of `monday`: the same for the same arguments, on any machine.

    Writes folder/fhir/*.ndjson (FHIR R4, as Bulk Data exports it), folder/requests.jsonl (each line also fits
    `preceptor advise triage`) and folder/truth.json (see `preceptor.demo.truth`). `progress` is called with
    (patients done, patients in all). ValueError when `monday` is none, or with fewer than 50 patients: a smaller list
    cannot hold one of each story.
    """
    if monday.weekday() != 0:
        raise ValueError(f"{monday} is not a Monday")
    if patients < SMALLEST:
        raise ValueError(f"a demo practice needs at least {SMALLEST} patients, to hold one of each story")
    people = {person.number: person for person in the_list(seed, patients, monday)}
    arrivals = inbox.arrivals(seed, list(people.values()), monday)
    parts = {arrival.person.number: _Part(arrival=arrival) for arrival in arrivals}
    people |= {arrival.person.number: arrival.person for arrival in arrivals}
    _give_out(seed, people, parts, monday)

    (folder / "fhir").mkdir(parents=True, exist_ok=True)
    account = _Account(monday)
    with _Files(folder / "fhir") as fhir:
        for done, number in enumerate(sorted(people), start=1):
            part = parts.get(number, _Part())
            life, planted, evidence = _live(seed, people[number], part, monday)
            fhir.write(life.chart.entries)
            account.add(life, part, planted, evidence)
            if progress and (done % 25 == 0 or done == patients):
                progress(done, patients)
    _write_requests(folder / "requests.jsonl", arrivals, monday)
    truth.write(folder / "truth.json", account.told(seed, patients, arrivals))
    return Practice(NAME, ODS_CODE, patients, folder, tuple(_request(arrival, monday) for arrival in arrivals))


def _give_out(seed: int, people: dict[int, Person], parts: dict[int, _Part], monday: date) -> None:
    """A person for each showcase and situation, by age and sex, from those who have no part yet."""
    dice = Dice(seed, Stream.PRACTICE)
    free = [number for number in dice.shuffled(sorted(people)) if number not in parts]

    def cast(sex: str | None, low: float, high: float, part: _Part) -> None:
        for number in free:
            if sex in (None, people[number].sex) and low <= people[number].age_on(monday) < high:
                break
        else:
            number = free[-1]
            people[number] = made_to_measure(people[number], dice, monday, sex, low, high)
        free.remove(number)
        parts[number] = part

    scale = len(people) / 2000
    for showcase in SHOWCASES[: max(1, min(len(SHOWCASES), len(people) // 100))]:
        cast(showcase.sex, *showcase.age, _Part(showcase=showcase))
    for shown in (True, False):
        for situation in SITUATIONS:
            for _ in range(_how_many(situation, shown, scale)):
                cast(situation.sex, *situation.ages, _Part(situation=situation, shown=shown))


def _how_many(situation: Situation, shown: bool, scale: float) -> int:
    if shown:
        return max(1, round(situation.shown_at_2000 * scale))
    # The smallest practices have no room for counterfeits in records; the requests have theirs at every size.
    at_least = 1 if scale >= 0.1 and situation.counterfeits_at_2000 else 0
    return max(at_least, round(situation.counterfeits_at_2000 * scale))


def _live(seed: int, person: Person, part: _Part, monday: date) -> tuple[Life, list[Planted], tuple[str, ...]]:
    """Write one record: the story first, then ordinary care around it."""
    life = Life(person, monday, Dice(seed, Stream.RECORD, person.number))
    planted: list[Planted] = []
    evidence: tuple[str, ...] = ()
    if part.arrival:
        evidence = inbox.prepare(life, part.arrival.text)
    if part.showcase:
        part.showcase.live(life)
    if part.situation:
        life.barred |= part.situation.keeps_out
        planted.append(part.situation.plant(life, part.shown))
    care.fall_ill(life)
    care.treat(life)
    care.monitor(life)
    care.be_seen(life)
    care.vaccinate(life)
    care.correspond(life)
    care.appointments(life)
    planted += kidneys.noticed(life)
    return life, [each for each in planted if each.kind], evidence


class _Files:
    """One NDJSON file for each type of resource, opened when the first of it comes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: dict[str, BinaryIO] = {}

    def __enter__(self) -> _Files:
        for old in self._folder.glob("*.ndjson"):
            old.unlink()
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._open.values():
            file.close()

    def write(self, entries: list[tuple[str, Json]]) -> None:
        for kind, resource in entries:
            if kind not in self._open:
                self._open[kind] = (self._folder / f"{kind}.ndjson").open("wb")
            self._open[kind].write(orjson.dumps(resource, option=orjson.OPT_APPEND_NEWLINE))


class _Account:
    """Keeps what the truth file will say while the records go by."""

    def __init__(self, monday: date) -> None:
        self._monday = monday
        self._situations: list[dict[str, Any]] = []
        self._showcase: list[tuple[int, dict[str, Any]]] = []
        self._evidence: dict[int, tuple[str, ...]] = {}
        self._resources: Counter[str] = Counter()
        self._problems: Counter[str] = Counter()
        self._results = 0
        self._years = 0.0

    def add(self, life: Life, part: _Part, planted: list[Planted], evidence: tuple[str, ...]) -> None:
        patient = life.person.id
        for each in planted:
            self._situations.append(
                {
                    "id": f"s{len(self._situations) + 1:04d}",
                    "kind": each.kind,
                    "shown": each.shown,
                    "patient": patient,
                    "evidence": list(each.evidence),
                    "since": each.since,
                    "note": each.note,
                }
            )
        if part.showcase:
            self._showcase.append((SHOWCASES.index(part.showcase), {"patient": patient, "why": part.showcase.why}))
        if part.arrival:
            self._evidence[life.person.number] = evidence
        self._resources.update(kind for kind, _ in life.chart.entries)
        self._problems.update(life.problems.keys())
        self._results += sum(map(len, life.results.values()))
        self._years += min(YEARS_OF_HISTORY, life.age)

    def told(self, seed: int, patients: int, arrivals: list[Arrival]) -> dict[str, Any]:
        return {
            "practice": {
                "name": NAME,
                "ods_code": ODS_CODE,
                "patients": patients,
                "seed": seed,
                "monday": self._monday,
            },
            "figures": [asdict(figure) for figure in all_figures().values()],
            "kinds": {
                each.kind: {"title": each.title, "definition": each.definition, "complete": each.complete}
                for each in SITUATIONS
            },
            "situations": self._situations,
            "requests": list(self._expected(arrivals)),
            "showcase": [told for _, told in sorted(self._showcase, key=lambda pair: pair[0])],
            "measured": self._measured(patients, arrivals),
        }

    def _expected(self, arrivals: list[Arrival]) -> Iterator[dict[str, Any]]:
        for place, arrival in enumerate(arrivals, start=1):
            text = arrival.text
            yield {
                "id": f"q{place:03d}",
                "patient": arrival.person.id,
                "text_id": text.id,
                "received": arrival.received.isoformat(),
                "kind": text.kind,
                "urgency": text.urgency,
                "acceptable": list(text.acceptable),
                "from_words_alone": list(text.from_words_alone),
                "red_flag": text.red_flag,
                "depends_on": text.depends_on,
                "counterfeit": text.counterfeit,
                "evidence": list(self._evidence[arrival.person.number]),
                "note": text.note,
            }

    def _measured(self, patients: int, arrivals: list[Arrival]) -> dict[str, Any]:
        count = len(arrivals)

        def share(matching: Iterator[bool]) -> float:
            return round(sum(matching) / count, 3)

        return {
            "resources": dict(sorted(self._resources.items())),
            "resources_a_patient": round(self._resources.total() / patients, 1),
            "results_a_patient_year": round(self._results / self._years, 2),
            "problems": dict(sorted(self._problems.items())),
            "requests": count,
            "requests_female": share(each.person.sex == "female" for each in arrivals),
            "requests_mean_age": round(sum(each.person.age_on(self._monday) for each in arrivals) / count, 1),
            "requests_08_to_10": share(each.received.hour in (8, 9) for each in arrivals),
            "requests_administrative": share(each.text.kind == "administrative" for each in arrivals),
            "requests_emergency": share(each.text.urgency == "emergency" for each in arrivals),
            "requests_by_other": share(each.text.writer != "patient" for each in arrivals),
        }


def _request(arrival: Arrival, monday: date) -> DemoRequest:
    text = arrival.text
    return DemoRequest(arrival.person.id, arrival.received, text.words(monday), text.writer != "patient", text.writer)


def _write_requests(path: Path, arrivals: list[Arrival], monday: date) -> None:
    with path.open("wb") as file:
        for place, arrival in enumerate(arrivals, start=1):
            line = {
                "id": f"q{place:03d}",
                "patient": arrival.person.id,
                "received": arrival.received.isoformat(),
                "text": arrival.text.words(monday),
                "age": round(arrival.person.age_on(monday), 2),
                "sex": arrival.person.sex,
                "written_by_other": arrival.text.writer != "patient",
                "writer": arrival.text.writer,
                "synthetic": True,
            }
            file.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
