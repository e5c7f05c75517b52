"""What was learnt of the rules that read the record: as figures that a step keeps, and in words for whoever reads them.

A limit in days is part of the challenger, so it has its own line in the contest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from preceptor.learning.limits import Answers, Asked, Contested, Worked
from preceptor.supervision.figures import Interval
from preceptor.tools.triage.context import context_rules

_PLACES = 6
_ASKED = Asked()
# What a limit means: what an entry at the limit does, and what lies beyond it.
_MEANS = {
    "booked.same_day": ("An appointment {within}{before} {answers} a request for the same day", "a later one"),
    "booked.soon": (
        "An appointment {within}{before} {answers} a request that could wait a few days", "a later one",
    ),
    "long_standing.first_recorded_before": (
        "A problem first recorded {days} ago{before}, or earlier, and said to be unchanged {answers} as long-standing",
        "a newer one",
    ),
}  # fmt: skip
_ANSWERS = {"long_standing.first_recorded_before": ("now counts", "counts")}
_SHOWN = {"booked": "an appointment", "plan": "a plan", "long_standing": "an old entry"}


def answers_as_json(found: Answers, before: Mapping[str, int]) -> dict[str, Any]:
    """Each limit before and after, with what it rests on; and what each rule knew. `before` are the learnt limits."""
    return {
        "limits": [_limit(each, before.get(each.limit.id, each.limit.days)) for each in found.limits],
        "rules": [
            {
                "rule": told.rule, "lowered": told.lowered, "put_back": told.put_back, "beyond": told.beyond,
                "noted": told.noted, "noted_and_said": told.noted_and_said, "unseen": told.unseen,
                "people": told.people,
            }
            for told in found.rules
        ],
    }  # fmt: skip


def with_contest(challenge: Mapping[str, Any], found: Sequence[Contested]) -> dict[str, Any]:
    """The figures of a challenge, and each limit that differs among what was met or is missing.

    A limit that no live decision was about has met nothing, and lost nothing.
    """
    said = [_contested(each) for each in found]
    met = [contest_in_words(each) for each in said if each["well"] and each["n"]]
    missing = [*challenge["missing"], *(contest_in_words(each) for each in said if not each["well"])]
    return dict(challenge) | {
        "context": said, "met": [*challenge["met"], *met], "missing": missing, "passed": not missing,
    }  # fmt: skip


def limits_in_words(context: Mapping[str, Any]) -> list[str]:
    """One sentence a limit, those that move first."""
    ordered = sorted(context["limits"], key=lambda each: each["before"] == each["after"])
    return [limit_in_words(each) for each in ordered]


def limit_in_words(said: Mapping[str, Any]) -> str:
    means, beyond = _MEANS[said["limit"]]
    moved = said["before"] != said["after"]
    answers = _ANSWERS.get(said["limit"], ("now answers", "answers"))[not moved]
    before = f" ({said['before']} before)" if moved else ""
    line = means.format(days=_days(said["after"]), within=_within(said["after"]), before=before, answers=answers)
    return f"{line}{'' if moved else ', as before'}: {_rests_on(said, beyond)}"


def contest_in_words(said: Mapping[str, Any]) -> str:
    name = context_rules()[said["limit"].split(".")[0]].title.lower()
    line = f"{name}, {said['after']} days and not {said['before']}, on live decisions"
    if not said["n"]:
        return f"{line}: none yet that it would change; it rests on those it was learnt from"
    interval = f" ({said['low']:.0%} to {said['high']:.0%})"
    if said["further"]:
        words = f"{said['waits']} of {said['n']} that it would answer could wait{interval}"
        rest = "" if said["well"] else f"; more than {_ASKED.too_often:.0%} of them were decided sooner"
        return f"{line}: {words}{rest}"
    return f"{line}: of {said['n']} that it would leave as urgent {said['waits']} could wait{interval}"


def rules_in_words(context: Mapping[str, Any]) -> list[str]:
    """What each rule knew and what people made of it; nothing of a rule that nobody met."""
    said = []
    for each in context["rules"]:
        if not (each["lowered"] or each["beyond"] or each["noted"] or each["unseen"]):
            continue
        what, title = _SHOWN[each["rule"]], context_rules()[each["rule"]].title
        put_back = f", and {each['put_back']:,} of them were decided sooner" if each["put_back"] else ""
        parts = (
            (each["lowered"], f"{what} lowered the advice{put_back}"),
            (each["beyond"], f"{what} was there, and its date was beyond the limit"),
            (
                each["noted"],
                f"{what} was there and was not read as lowering; {each['noted_and_said']:,} times somebody gave it as "
                "their reason",
            ),
            (each["unseen"], "somebody gave this reason, and nothing of it was seen in the record"),
        )
        told = "; ".join(f"in {_requests(n)} {words}" for n, words in parts if n)
        mend = each["rule"] == "plan" and each["noted_and_said"] + each["unseen"]
        hint = " Say in the plan’s own words what can wait (“reviews only”), or have the rule mended." if mend else ""
        said.append(f"{title}: {told}.{hint}")
    return said


def _rests_on(said: Mapping[str, Any], beyond: str) -> str:
    n, waits, clinicians = said["n"], said["waits"], _clinicians(said["people"])
    interval = f" (95% interval {said['low']:.0%} to {said['high']:.0%})" if said["low"] is not None else ""
    if said["after"] != said["ships"] and said["further"]:
        capped = f" No clinician counts for more than {_ASKED.most_of_one:.0%}." if said["counted"] < waits else ""
        return f"{waits} of {n} such decisions here by {clinicians}{interval}.{capped}"
    if said["after"] != said["ships"]:
        if n == waits:  # held back by the other limit alone
            return "it goes no further than for a request that could wait a few days."
        return f"of {n} decisions here about {beyond} {n - waits} were for sooner."
    if not n:
        return f"no decision here was about {beyond}."
    return (
        f"of {n} decisions here about {beyond} {waits} could wait, by {clinicians}{interval}. To go further takes, at "
        f"each practice here, {_ASKED.decisions} or more, by {_ASKED.people} clinicians, none of them above "
        f"{_ASKED.most_of_one:.0%}, and {_ASKED.support:.0%} at the lower end."
    )


def _limit(found: Worked, before: int) -> dict[str, Any]:
    limit, tally = found.limit, found.tally
    return {
        "limit": limit.id, "ships": limit.days, "before": before, "after": found.days,
        "further": limit.reach(found.days) > limit.reach(limit.days), "n": tally.n, "waits": tally.waits,
        "counted": tally.counted, "people": tally.people, "by_account": dict(sorted(tally.by_account.items())),
    } | _interval(tally.interval)  # fmt: skip


def _contested(found: Contested) -> dict[str, Any]:
    return {
        "limit": found.limit.id, "before": found.before, "after": found.after, "further": found.is_further,
        "n": found.n, "waits": found.waits, "well": found.well,
    } | _interval(found.interval)  # fmt: skip


def _interval(found: Interval | None) -> dict[str, Any]:
    return {
        "low": round(found.low, _PLACES) if found else None, "high": round(found.high, _PLACES) if found else None,
    }  # fmt: skip


def _clinicians(n: int) -> str:
    return "1 clinician" if n == 1 else f"{n} clinicians"


def _requests(n: int) -> str:
    return "1 request" if n == 1 else f"{n:,} requests"


def _within(n: int) -> str:
    return f"up to {_days(n)} away" if n else "on the very day"


def _days(n: int) -> str:
    return "1 day" if n == 1 else f"{n} days"
