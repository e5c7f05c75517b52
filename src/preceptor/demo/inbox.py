"""The requests of the Monday: which texts, from whom, and when they arrive.

The texts are in data/requests.toml, each written by hand with what it expects. Here they are chosen, given to patients
whom they fit, and what they need of the record (a problem, a medicine, an appointment already booked, a standing plan,
an old symptom) is written into it.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files
from math import fsum
from typing import Any

from preceptor.demo.dice import Dice, Stream
from preceptor.demo.figures import figure
from preceptor.demo.illness import wording
from preceptor.demo.life import Life
from preceptor.demo.moments import uk_time
from preceptor.demo.people import Person, made_to_measure

# Requests a patient: 120 at 2,000 patients. Never fewer than 12, to hold every story, and never more than 120: a
# practice of 10,000 has about a hundred on a Monday, and with more the rare texts would be too many of them.
SHARE_OF_LIST = 0.06
FEWEST, MOST = 12, 120

# Of every hundred requests outside 08:00-10:00, by hour from: own shape, no figure found.
_OTHER_HOURS = ((0, 1), (6, 4), (7, 8), (10, 14), (11, 12), (12, 9), (13, 8), (14, 9), (15, 8), (16, 7), (17, 6),
                (18, 4), (19, 4), (20, 3), (21, 2), (22, 1))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Text:
    """A hand-written request and what its author expects. See truth.py for the meaning of the expectations."""

    id: str
    text: str
    kind: str
    urgency: str
    acceptable: tuple[str, ...]
    from_words_alone: tuple[str, ...]
    ages: tuple[float, float]
    sex: str | None
    writer: str  # "patient", or who wrote it for the patient
    red_flag: str | None
    depends_on: str  # "", booked, plan, long_standing
    counterfeit: bool
    problems: tuple[str, ...]
    takes: tuple[str, ...]
    without: tuple[str, ...]
    entries: tuple[dict[str, Any], ...]
    note: str

    @property
    def stratum(self) -> str:
        if self.depends_on:
            return f"{self.depends_on}{' counterfeit' if self.counterfeit else ''}"
        return "emergency" if self.urgency == "emergency" else self.kind

    def words(self, monday: date) -> str:
        return re.sub(r"\{year-(\d+)\}", lambda match: str(monday.year - int(match[1])), self.text)


@dataclass(frozen=True, slots=True)
class Arrival:
    """One text, the patient it is about and the moment it arrives."""

    text: Text
    person: Person
    received: datetime


CONTEXTS = tuple(f"{story}{kind}" for story in ("booked", "plan", "long_standing") for kind in ("", " counterfeit"))


@cache
def texts() -> tuple[Text, ...]:
    raw = files("preceptor.demo").joinpath("data", "requests.toml").read_text(encoding="utf-8")
    return tuple(_text(entry) for entry in tomllib.loads(raw)["request"])


def how_many(patients: int) -> int:
    return min(MOST, max(FEWEST, round(patients * SHARE_OF_LIST)))


def arrivals(seed: int, people: list[Person], monday: date) -> list[Arrival]:
    """The inbox of the Monday, earliest first; no patient twice."""
    dice = Dice(seed, Stream.INBOX)
    chosen = _choose(dice, how_many(len(people)))
    senders = _senders(dice, chosen, people, monday)
    moments = _moments(dice, len(chosen), monday)
    paired = zip(dice.shuffled(range(len(chosen))), moments, strict=True)
    return [Arrival(chosen[place], senders[place], moment) for place, moment in paired]


def _choose(dice: Dice, wanted: int) -> list[Text]:
    """So many texts: each context story at least once, then by the shares of the figures; the rest are clinical."""
    heaps: dict[str, list[Text]] = defaultdict(list)
    for text in dice.shuffled(texts()):
        heaps[text.stratum].append(text)
    # At the default size nearly all context stories, and in a small practice one of each.
    contexts = max(1, round(wanted / 30))
    chosen = [text for story in CONTEXTS for text in heaps[story][:contexts]]
    emergencies = sum(text.urgency == "emergency" for text in chosen)
    for stratum, share in (
        ("emergency", max(1, round(wanted * figure("requests_emergency"))) - emergencies),
        ("administrative", round(wanted * figure("requests_administrative"))),
        ("medication", max(1, round(wanted * 0.1))),
        ("results", max(1, round(wanted * 0.05))),
    ):
        room = max(0, min(share, wanted - len(chosen)))
        chosen += heaps[stratum][:room]
        heaps[stratum] = heaps[stratum][room:]
    chosen += heaps["clinical"][: wanted - len(chosen)]
    left = [text for stratum in heaps if stratum != "clinical" for text in heaps[stratum] if text not in chosen]
    return chosen + left[: wanted - len(chosen)]


def _senders(dice: Dice, chosen: list[Text], people: list[Person], monday: date) -> list[Person]:
    """A patient for each text, by sex and age, so that the inbox as a whole has the figures' mean age and sexes."""
    sexes = _sexes(dice, chosen)
    room = fsum(text.ages[1] - text.ages[0] for text in chosen)
    below = fsum(figure("requesters_mean_age") - text.ages[0] for text in chosen)
    bend = min(8.0, max(1.5, room / max(below, 1.0))) - 1  # mean of low + (high - low) * u^bend is the wanted mean
    free = {person.number: person for person in people}
    senders: dict[int, Person] = {}
    for place in sorted(range(len(chosen)), key=lambda p: (chosen[p].ages[1] - chosen[p].ages[0], p)):
        low, high = chosen[place].ages
        target = low + (high - low) * dice.between(0, 1) ** bend
        person = _nearest(free.values(), sexes[place], low, high, target, monday)
        if person is None:
            spare = free[max(free)]
            person = made_to_measure(spare, dice, monday, sexes[place], low, high)
        del free[person.number]
        senders[place] = person
    return [senders[place] for place in range(len(chosen))]


def _sexes(dice: Dice, chosen: list[Text]) -> list[str]:
    either = dice.shuffled([place for place, text in enumerate(chosen) if text.sex is None])
    women = round(len(chosen) * figure("requesters_female")) - sum(text.sex == "female" for text in chosen)
    female = set(either[: max(0, women)])
    return [text.sex or ("female" if place in female else "male") for place, text in enumerate(chosen)]


def _nearest(people: Iterable[Person], sex: str, low: float, high: float, target: float, monday: date) -> Person | None:
    # A few days inside the range, so that an age that the text names is not a matter of a birthday.
    fitting = [p for p in people if p.sex == sex and low + 0.02 <= p.age_on(monday) <= high - 0.02]
    return min(fitting, key=lambda p: (abs(p.age_on(monday) - target), p.number), default=None)


def _moments(dice: Dice, wanted: int, monday: date) -> list[datetime]:
    at_eight = round(wanted * figure("requests_08_to_09"))
    at_nine = max(round(wanted * figure("requests_08_to_10")) - at_eight, 0)
    hours = [8] * at_eight + [9] * at_nine
    options = [hour for hour, _ in _OTHER_HOURS]
    hours += [dice.weighted(options, [share for _, share in _OTHER_HOURS]) for _ in range(wanted - at_eight - at_nine)]
    return sorted(uk_time(monday, hour, dice.whole(0, 59), dice.whole(0, 59)) for hour in hours)


def prepare(life: Life, text: Text) -> tuple[str, ...]:
    """Write what the text needs of the record; gives the references that its answer rests on."""
    # Nothing else booked and no other plan or flag: the answer would not be the one expected.
    life.barred |= {"appointment", "plan", "flag", *text.without}
    evidence: list[str] = []
    for entry in text.entries:
        reference = _plant(life, entry)
        if entry.get("shows", True):
            evidence.append(reference)
    for concept in text.problems:
        if concept not in life.problems:
            years = min(life.age * 0.7, life.dice.between(1.5, 9))
            evidence.append(life.diagnose(concept, life.ago(years=years), wording(concept)))
    for name in text.takes:
        if name not in life.takes:
            evidence.append(life.prescribe(name, life.ago(years=min(life.age * 0.6, life.dice.between(1.2, 5))))[0])
    return tuple(evidence)


def _plant(life: Life, entry: dict[str, Any]) -> str:
    """One [[request.entry]] of the data file: `what` it is, how long ago (or in how many days), its words."""
    what, words = entry["what"], entry["words"]
    if what == "appointment":
        day = life.monday + timedelta(days=entry["in_days"])
        hour, minute = (int(part) for part in entry.get("at", "10:20").split(":"))
        made = life.ago(days=entry.get("made_days_ago", 6))
        return life.chart.appointment(
            uk_time(day, hour, minute), entry.get("minutes", 15), words, entry["with"], made=made
        )
    day = life.ago(days=entry.get("days_ago", 0), months=entry.get("months_ago", 0), years=entry.get("years_ago", 0))
    concept = entry.get("concept")
    title = entry.get("title", "")
    if what == "condition":
        reference = life.chart.condition(concept, day, words, note=entry.get("note", ""))
        if concept:
            life.problems[concept] = reference
            life.since[concept] = day
        return reference
    if what == "result":
        return life.result(concept, day, entry["value"], note=words)  # type: ignore[arg-type]
    if what == "medicine":
        return life.prescribe(str(concept), day)[0]
    if what == "allergy":
        return life.chart.allergy(concept, title, words, day)
    if what == "encounter":
        return life.chart.encounter(day, words, concept=concept, mode=entry.get("mode", "AMB"))
    if what == "referral":
        return life.chart.referral(concept, day, title, words, urgent=entry.get("urgent", False))
    if what == "report":
        return life.chart.report(concept, day, title, words)
    if what == "letter":
        return life.chart.letter(day, title, words)
    if what == "plan":
        return life.chart.plan(title, words, day)
    if what == "flag":
        return life.chart.flag(words, day)
    if what == "message":
        return life.chart.message(day, words)
    raise ValueError(f"requests.toml: an entry cannot be {what!r}")


def _text(entry: dict[str, Any]) -> Text:
    acceptable = tuple(entry.get("acceptable", [entry["urgency"]]))
    low, high = entry.get("ages", [18, 85])
    return Text(
        id=entry["id"],
        text=entry["text"].strip(),
        kind=entry["kind"],
        urgency=entry["urgency"],
        acceptable=acceptable,
        from_words_alone=tuple(entry.get("from_words_alone", acceptable)),
        ages=(low, high),
        sex=entry.get("sex"),
        writer=entry.get("writer", "patient"),
        red_flag=entry.get("red_flag"),
        depends_on=entry.get("depends_on", ""),
        counterfeit=entry.get("counterfeit", False),
        problems=tuple(entry.get("problems", ())),
        takes=tuple(entry.get("takes", ())),
        without=tuple(entry.get("without", ())),
        entries=tuple(entry.get("entry", ())),
        note=entry.get("note", ""),
    )
