"""What was learnt and how it did, as figures that a step keeps: JSON for the ledger, the page and the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from preceptor.learning.challenge import Challenged, MovedCase, Pair
from preceptor.learning.fitting import Report
from preceptor.service.learning.record_rules import contest_in_words, limits_in_words, rules_in_words
from preceptor.supervision.figures import Figure, Share
from preceptor.supervision.non_inferiority import Comparison

if TYPE_CHECKING:  # `preceptor pool` tells figures too, and has no database
    from preceptor.service.learning.trying import LiveCase

MOST_CASES = 40  # moved in each direction, of the hold-out and of live traffic each
# What is measured: key, words, and whether more of it is better.
MEASURES = (
    ("acceptable", "Acceptable advice", True),
    ("emergencies", "Emergencies called one", True),
    ("under_triage", "Less urgent than any acceptable answer", False),
    ("needless", "Sent to 999 needlessly", False),
)
SOURCES = {
    "outcome": "what turned out to be right",
    "audit": "audits",
    "first_view": "views given before the advice was seen",
    "final": "decisions taken against the advice, or after it",
}
_PLACES = 6


def challenge_as_json(found: Challenged, live: Sequence[LiveCase]) -> dict[str, Any]:
    """How a challenger did. Ids of requests, and no words."""
    return {
        "n": found.n,
        "measures": measures_as_json(found),
        "groups": [
            {"attribute": group.attribute, "value": group.value, "change": _pair(group.change)}
            for group in found.groups
        ],
        "holdout": _comparison(found.no_worse),
        "live": _comparison(found.shadow) if found.shadow else None,
        "raised": [_moved(case) for case in found.raised[:MOST_CASES]],
        "lowered": [_moved(case) for case in found.lowered[:MOST_CASES]],
        "moved": {"raised": len(found.raised), "lowered": len(found.lowered)},
        "live_cases": _live(live),
        "met": list(found.met),
        "missing": list(found.missing),
        "passed": found.passed,
    }


def measures_as_json(found: Challenged) -> dict[str, Any]:
    """Before and after of what is measured."""
    return {name: _pair(getattr(found, name)) for name, _, _ in MEASURES}


def for_others(figures: Mapping[str, Any]) -> dict[str, Any]:
    """Of these figures what may leave the practice: counts and shares, no request, no account, no practice."""
    lessons, challenge = figures["lessons"], figures["challenge"]
    counted = ("offered", "used", "context", "held_back", "set_aside", "superseded", "weight", "by_source", "moved")
    return {
        "lessons": {name: lessons[name] for name in counted},
        "alarms": len(lessons["alarms"]),
        "challenge": {
            "n": challenge["n"],
            "measures": challenge["measures"],
            "live": challenge["live"],
            "passed": challenge["passed"],
        },
    }


def in_words(figures: Mapping[str, Any], version: str) -> list[str]:
    """What `preceptor learn` prints."""
    lessons, challenge = figures["lessons"], figures["challenge"]
    by_source = ", ".join(f"{n:,} from {SOURCES[source]}" for source, n in lessons["by_source"].items())
    moved = (
        f"Of {lessons['moved']['n']:,} synthetic requests that neither had read it calls "
        f"{lessons['moved']['calls']:,} otherwise than what it was learnt from."
    )
    if lessons["used"]:
        lines = [
            f"Learnt {version} from {lessons['used']:,} of {lessons['offered']:,} lessons: {by_source}.",
            f"They have {lessons['weight']:.1%} of the whole weight. {moved}",
        ]
    else:
        lines = [f"{version} is the new starting point as it is: too few lessons are ripe here to move it."]
    lines.append(started_from(lessons))
    for words, n in (
        (held_back(lessons), lessons["held_back"]),
        ("are about the record: they teach its rules, and the words nothing", lessons["context"]),
        ("are of accounts that an alarm names", lessons["set_aside"]),
    ):
        if n:
            lines.append(f"{n:,} {words}.")
    lines += [
        f"ALARM, {alarm['kind']}: {', '.join(alarm['accounts'])}: {alarm['words']}" for alarm in lessons["alarms"]
    ]
    if figures.get("context"):  # what was learnt before there was any has none
        lines += ["", "What the record answers:"]
        lines += [f"  {words}" for words in (*limits_in_words(figures["context"]), *rules_in_words(figures["context"]))]
        lines += [f"  in the contest: {contest_in_words(each)}" for each in challenge["context"]]
    lines += ["", f"On the hold-out ({challenge['n']:,} synthetic requests), before and after:"]
    lines += [measure_in_words(words, challenge["measures"][name]) for name, words, _ in MEASURES]
    moved = challenge["moved"]
    lines.append(f"  moved: {moved['raised']} to more urgent, {moved['lowered']} to less")
    lines += ["", "It has won its challenge." if challenge["passed"] else "It has not won its challenge yet:"]
    lines += [f"  still: {words}" for words in challenge["missing"]]
    return lines


def held_back(lessons: Mapping[str, Any]) -> str:
    """Why lessons were held back: too young, or kept for the contest by whoever learnt as on an earlier day."""
    if not lessons.get("until"):
        return "are younger than 14 days and wait, so that somebody can look at them"
    day = datetime.fromisoformat(lessons["until"]).strftime("%-d %B %Y")
    return f"were given in the 14 days before {day} or since, and are kept for the contest"


def started_from(lessons: Mapping[str, Any]) -> str:
    """What it was learnt from, before any lesson of this practice."""
    if not lessons.get("start"):
        return "It starts from the model that ships."
    start, n = lessons["start"][:12], lessons["pooled_from"]
    return f"It starts from {start}, which was pooled from the updates of {n} practices."


def measure_in_words(words: str, pair: Mapping[str, Any]) -> str:
    before, after, difference = pair["before"], pair["after"], pair["difference"]
    if difference["value"] is None or difference["low"] is None:
        return f"  {words}: {difference['words']}"
    return (
        f"  {words}: {_share_in_words(before)} → {_share_in_words(after)}, "
        f"{100 * difference['value']:+.1f} points ({100 * difference['low']:+.1f} to {100 * difference['high']:+.1f})"
    )


def _share_in_words(found: Mapping[str, Any]) -> str:
    if not found["n"]:
        return "none to measure"
    share = found["count"] / found["n"]
    return f"{found['count']:,} of {found['n']:,}, {share:.1%} ({found['low']:.1%} to {found['high']:.1%})"


def lessons_as_json(report: Report) -> dict[str, Any]:
    """What a challenger was learnt from: counts, and weights by account and practice."""
    return {
        "offered": report.lessons,
        "used": report.used,
        "by_source": {str(name): n for name, n in report.by_source.items()},
        "by_reason": {str(name): n for name, n in report.by_reason.items()},
        "context": report.context,
        "held_back": report.held_back,
        "set_aside": report.set_aside,
        "superseded": report.superseded,
        "weight": _rounded(report.weight),
        "by_practice": {name: _rounded(weight) for name, weight in report.weight_by_practice.items()},
        "by_account": {
            name: {"weight": _rounded(weight), "trust": _rounded(report.trust.get(name, 0.0))}
            for name, weight in report.weight_by_account.items()
        },
        "alarms": [
            {
                "kind": alarm.kind.value, "accounts": list(alarm.accounts), "n": alarm.n, "words": alarm.words,
                "set_aside": alarm.sets_aside,
            }
            for alarm in report.alarms
        ],
        "first": report.first.isoformat() if report.first else None,
        "last": report.last.isoformat() if report.last else None,
        "moved": {
            "n": report.moved.n, "calls": report.moved.calls, "chances": _rounded(report.moved.chances),
            "weights": _rounded(report.moved.weights),
        },
    }  # fmt: skip


def _pair(pair: Pair) -> dict[str, Any]:
    return {
        "before": _share(pair.before),
        "after": _share(pair.after),
        "difference": _figure(pair.difference),
        "gained": pair.gained,
        "lost": pair.lost,
    }


def _share(found: Share) -> dict[str, Any]:
    interval = found.interval
    low, high = (_rounded(interval.low), _rounded(interval.high)) if interval else (None, None)
    return {"count": found.count, "n": found.n, "low": low, "high": high}


def _figure(found: Figure) -> dict[str, Any]:
    interval = found.interval
    return {
        "value": None if found.value is None else _rounded(found.value),
        "n": found.n,
        "low": _rounded(interval.low) if interval else None,
        "high": _rounded(interval.high) if interval else None,
        "words": found.words,
    }


def _comparison(found: Comparison) -> dict[str, Any]:
    return {
        "cases": found.cases, "better": found.better, "worse": found.worse, "unknown": found.unknown,
        "e": float(f"{found.highest_e:.6g}"), "shown": found.shown, "words": found.words,
        "difference": _figure(found.difference),
    }  # fmt: skip


def _moved(case: MovedCase) -> dict[str, Any]:
    return {
        "case": case.case, "about": case.about, "before": case.before.value, "after": case.after.value,
        "right": case.right.value, "better": case.better,
    }  # fmt: skip


def _live(live: Sequence[LiveCase]) -> dict[str, Any]:
    moved = [case for case in live if case.before != case.after]
    raised = [case for case in moved if case.after.rank < case.before.rank]
    lowered = [case for case in moved if case.after.rank > case.before.rank]
    return {
        "n": len(live),
        "raised": len(raised),
        "lowered": len(lowered),
        "cases": [
            {
                "request": str(case.request), "practice": case.practice, "before": case.before.value,
                "after": case.after.value, "decided": case.decided.value,
                "truth": case.truth.value if case.truth else None,
            }
            for case in (*raised[:MOST_CASES], *lowered[:MOST_CASES])
        ],
    }  # fmt: skip


def _rounded(value: float) -> float:
    return round(float(value), _PLACES)
