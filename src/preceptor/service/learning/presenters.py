"""The page of what was learnt: figures as sentences and tables, and the cases that moved, as a person may see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from preceptor.evaluation.groups import AGE_BANDS
from preceptor.service.accounts.models import User
from preceptor.service.learning.models import ModelStep
from preceptor.service.learning.record_rules import contest_in_words, limits_in_words, rules_in_words
from preceptor.service.learning.telling import MEASURES, SOURCES, held_back, started_from
from preceptor.service.oversight.sheets import Sheet
from preceptor.service.practices.models import Practice
from preceptor.service.requests.marks import opening_words
from preceptor.service.requests.models import Request, State
from preceptor.service.requests.reasons import REASON_WORDS
from preceptor.service.words import URGENCY_WORDS

CASES_SHOWN = 20  # moved in each direction
_BANDS = {name: at for at, (_, name) in enumerate(AGE_BANDS)}


@dataclass(frozen=True, slots=True)
class Moved:
    """A case that is called otherwise. `request` is the practice's own, where it is one."""

    words: str
    before: str
    after: str
    right: str
    verdict: str
    request: str = ""


def measures(challenge: Mapping[str, Any]) -> Sheet:
    """Before and after on the hold-out, each with its n and interval."""
    rows = [_row(words, challenge["measures"][name]) for name, words, _ in MEASURES]
    title = f"Before and after, on {challenge['n']:,} synthetic requests that nothing was learnt from"
    return Sheet(title, ("Measure", "Before", "After", "Difference, points"), tuple(rows), ())


def groups(challenge: Mapping[str, Any]) -> Sheet:
    """Acceptable advice by group; the intervals allow for as many looks as there are groups."""
    found = sorted(
        challenge["groups"], key=lambda each: (each["attribute"], _BANDS.get(each["value"], 0), each["value"])
    )
    rows = [_row(f"{each['attribute']}: {each['value']}", each["change"]) for each in found]
    return Sheet("Acceptable advice, by group", ("Group", "Before", "After", "Difference, points"), tuple(rows), ())


def live(challenge: Mapping[str, Any]) -> list[str]:
    """How it did on the decisions after its last lesson, in sentences."""
    cases, found = challenge["live_cases"], challenge["live"]
    said = [
        f"{cases['n']:,} decisions were taken after its last lesson. It would have called {cases['raised']:,} of them "
        f"more urgent than the model in force, and {cases['lowered']:,} less."
    ]
    if found:
        said.append(
            f"Of these the random audit judged {found['cases']:,}: only the challenger was right in "
            f"{found['better']:,}, only the model in force in {found['worse']:,}. "
            f"{found['words'][:1].upper()}{found['words'][1:]}."
        )
    else:
        said.append("The random audit has judged none of them yet.")
    untried = (contest_in_words(each) for each in challenge.get("context", ()) if not each["n"])
    return [*said, *(f"{words[:1].upper()}{words[1:]}." for words in untried)]


def taught(lessons: Mapping[str, Any]) -> list[str]:
    """What it was learnt from, in sentences."""
    by_source = ", ".join(f"{n:,} from {SOURCES[source]}" for source, n in lessons["by_source"].items())
    moved = lessons["moved"]
    if not lessons["used"]:
        return [started_from(lessons), "It is that as it is: too few lessons were ripe here to move it."]
    said = [started_from(lessons), f"{lessons['used']:,} of {lessons['offered']:,} lessons teach: {by_source}."]
    if lessons["first"]:
        said.append(f"They were given from {_day(lessons['first'])} to {_day(lessons['last'])}.")
    said.append(
        f"Together they have {lessons['weight']:.1%} of the whole weight; the rest is shared examples. Of "
        f"{moved['n']:,} synthetic requests it calls {moved['calls']:,} otherwise than the model it was learnt from."
    )
    rest = [
        (lessons["held_back"], held_back(lessons)),
        (lessons["context"], "are about the record: they teach its rules, and the words nothing"),
        (lessons["superseded"], "say what a better answer of the same case says, or teach nothing"),
        (lessons["set_aside"], "are of accounts that an alarm names"),
    ]
    said += [f"{n:,} {words}." for n, words in rest if n]
    return said


def reasons(lessons: Mapping[str, Any]) -> list[str]:
    return [f"{REASON_WORDS.get(reason, reason)}: {n:,}" for reason, n in lessons["by_reason"].items()]


def alarms(lessons: Mapping[str, Any], practice: Practice) -> list[str]:
    """Alarms of this practice's accounts by their names; of another's it is only said that there are some."""
    names = {f"user:{user.pk}": user.shown_name for user in User.objects.filter(practice=practice)}
    said, elsewhere = [], 0
    for alarm in lessons["alarms"]:
        if not set(alarm["accounts"]) & set(names):
            elsewhere += 1
            continue
        who = " and ".join(
            f"{names[each]} ({each})" if each in names else "somebody of another practice" for each in alarm["accounts"]
        )
        consequence = " Their lessons are set aside until somebody has looked." if alarm["set_aside"] else ""
        said.append(f"{who}: {alarm['kind']}. {alarm['words'][:1].upper()}{alarm['words'][1:]}.{consequence}")
    if elsewhere:
        said.append(f"{elsewhere} of other practices of this installation, which are told there.")
    return said


def answers(context: Mapping[str, Any], practice: Practice, by_name: bool) -> list[str]:
    """What the record answers with this model, a sentence a limit; on whom it rests; and what its rules knew."""
    if not context:
        return []
    named = _rests_on(context, practice) if by_name else []
    return [*limits_in_words(context), *named, *rules_in_words(context)]


def _rests_on(context: Mapping[str, Any], practice: Practice) -> list[str]:
    """For each limit that went further: this practice's people by name, others' decisions as a number."""
    names = {f"user:{user.pk}": user.shown_name for user in User.objects.filter(practice=practice)}
    said = []
    for each in context["limits"]:
        if each["further"]:
            here = sorted((-n, names[who]) for who, n in each["by_account"].items() if who in names)
            elsewhere = sum(n for who, n in each["by_account"].items() if who not in names)
            people = [
                *(f"{name} ({-n})" for n, name in here),
                *([f"other practices ({elsewhere})"] if elsewhere else []),
            ]
            said.append(f"The {each['after']} days rest on decisions of {', '.join(people)}.")
    return said


def moved_on_the_hold_out(challenge: Mapping[str, Any], direction: str) -> list[Moved]:
    return [
        Moved(
            f"Synthetic request {case['case']}", _urgency(case["before"]), _urgency(case["after"]),
            _urgency(case["right"]), _verdict(case["better"]),
        )
        for case in challenge[direction][:CASES_SHOWN]
    ]  # fmt: skip


def moved_here(challenge: Mapping[str, Any], practice: Practice, direction: str) -> list[Moved]:
    """Live cases of this practice alone, while they stay decided: nobody is led by what they have yet to decide."""
    cases = {
        case["request"]: case
        for case in challenge["live_cases"]["cases"]
        if case["practice"] == practice.ods_code and _is_raised(case) is (direction == "raised")
    }
    rows = Request.objects.of(practice).filter(pk__in=cases, state=State.DECIDED)
    words = {str(key): opening_words(text, 90) for key, text in rows.values_list("pk", "text")}
    return [
        Moved(
            words[key], _urgency(case["before"]), _urgency(case["after"]),
            _urgency(case["truth"]) if case["truth"] else f"not audited; decided: {_urgency(case['decided'])}",
            _live_verdict(case), key,
        )
        for key, case in list(cases.items())[:CASES_SHOWN]
        if key in words
    ]  # fmt: skip


def history(rows: Sequence[ModelStep]) -> list[tuple[ModelStep, str]]:
    """Each step with the version of the model that it came from."""
    from preceptor.service.learning.steps import version_with

    return [(row, version_with(row.parent)) for row in rows]


def _row(name: str, pair: Mapping[str, Any]) -> tuple[str, ...]:
    difference = pair["difference"]
    if difference["value"] is None or difference["low"] is None:
        return name, "none to measure", "none to measure", difference["words"] or "not known"
    points = f"{100 * difference['value']:+.1f} ({100 * difference['low']:+.1f} to {100 * difference['high']:+.1f})"
    counts = f"{pair['gained']} gained, {pair['lost']} lost"
    return name, _share(pair["before"]), _share(pair["after"]), f"{points}\n{counts}"


def _share(found: Mapping[str, Any]) -> str:
    if not found["n"]:
        return "none to measure"
    share = 100 * found["count"] / found["n"]
    return f"{share:.1f}% ({100 * found['low']:.1f} to {100 * found['high']:.1f})\n{found['count']:,} of {found['n']:,}"


def _is_raised(case: Mapping[str, Any]) -> bool:
    order = list(URGENCY_WORDS)
    return order.index(case["after"]) < order.index(case["before"])


def _live_verdict(case: Mapping[str, Any]) -> str:
    if not case["truth"]:
        return ""
    was, now = case["before"] == case["truth"], case["after"] == case["truth"]
    return _verdict(None if was == now else now)


def _verdict(better: bool | None) -> str:
    return {True: "better", False: "worse", None: "neither"}[better]


def _urgency(value: str) -> str:
    return URGENCY_WORDS[value]


def _day(moment: str) -> str:
    when = datetime.fromisoformat(moment)
    return f"{when.day} {when:%B %Y}"
