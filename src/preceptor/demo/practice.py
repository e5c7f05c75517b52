"""Building the practice: the list, the stories given out, every record written, and the truth beside them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO

import orjson

from preceptor.demo import contacts, illness, inbox, kidneys, monitoring, paper, truth
from preceptor.demo.account import Account
from preceptor.demo.coding import Json
from preceptor.demo.dice import Dice, Stream
from preceptor.demo.inbox import Arrival
from preceptor.demo.life import Life
from preceptor.demo.people import Person, made_to_measure, the_list
from preceptor.demo.showcase import SHOWCASES, Showcase
from preceptor.demo.situations import SITUATIONS, Situation
from preceptor.demo.truth import Planted

NAME = "Synthetic Demo Surgery"
ODS_CODE = "Z99999"  # made up
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
    account = Account(monday)
    with _Files(folder / "fhir") as fhir:
        for done, number in enumerate(sorted(people), start=1):
            part = parts.get(number, _Part())
            life, planted, evidence = _live(seed, people[number], part, monday)
            fhir.write(life.chart.entries)
            account.add(life, planted, part.showcase, evidence)
            if progress and (done % 25 == 0 or done == patients):
                progress(done, patients)
    _write_requests(folder / "requests.jsonl", arrivals, monday)
    told = {"name": NAME, "ods_code": ODS_CODE, "patients": patients, "seed": seed, "monday": monday}
    truth.write(folder / "truth.json", account.told(told, arrivals))
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
    illness.fall_ill(life)
    illness.treat(life)
    monitoring.monitor(life)
    contacts.be_seen(life)
    contacts.vaccinate(life)
    contacts.appointments(life)
    paper.correspond(life)
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
