"""What decisions say of the rules that read the record: was it right that an entry lowered, and how far may one be?

Each decided request says of each entry that its advice showed whether it could wait as the rule has it. What that does
to a limit in days is for `limits` to say; the rules themselves are never written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from preceptor.advice import Urgency, most_urgent
from preceptor.learning.lessons import Answer, Decided
from preceptor.tools.triage.context import Limit, limits
from preceptor.tools.triage.noted import RULES, Did, Noted

REASON_OF = {"booked": "already_booked", "plan": "standing_plan", "long_standing": "long_standing"}


@dataclass(frozen=True, slots=True)
class Vote:
    """One decided request, asked about one entry: could it wait as the rule has it?

    `account` is whom that rests on, `practice` the code of where. `led`: it only equals the advice that it was taken in
    sight of.
    """

    limit: Limit
    days: int
    account: str
    waits: bool
    led: bool = False
    practice: str = ""

    @property
    def reach(self) -> int:
        return self.limit.reach(self.days)


@dataclass(frozen=True, slots=True)
class Told:
    """What one rule knew, and what people made of it: counts of requests."""

    rule: str
    lowered: int = 0
    put_back: int = 0  # of these, decided sooner than routine
    beyond: int = 0  # would have lowered, but for its limit in days
    noted: int = 0  # there, and not read as lowering for another cause ...
    noted_and_said: int = 0  # ... while somebody gave it as their reason
    unseen: int = 0  # somebody gave it as their reason, and nothing was seen
    people: int = 0  # who gave it as their reason


def ripe(decided: Iterable[Decided], until: datetime | None) -> list[Decided]:
    """Those of which the last word was said by then; none where no moment is given."""
    return [each for each in decided if until is not None and _last_word(each) <= until]


def votes_of(decided: Iterable[Decided], set_aside: Collection[str] = ()) -> list[Vote]:
    """What each request says of a limit, by its best answer.

    What turned out to be right, else an audit, else the clinician's own view: the more urgent where they gave it up for
    the advice. To differ from the advice counts for a rule where its reason was given, and with another reason no truth
    makes it count; to be sooner counts against it whatever the reason. Where a truth and the clinician agree it rests
    on the clinician, else on whoever gave the truth: one auditor cannot speak for all whom they audit. No truth is not
    agreement. Accounts in `set_aside` say nothing.
    """
    asked = [(each, entry) for each in decided for entry in each.noted if entry.days is not None]
    votes = [_vote(each, entry, set_aside) for each, entry in asked]
    return [vote for vote in votes if vote is not None]


def told_of(decided: Iterable[Decided]) -> list[Told]:
    """What each rule knew, and what was made of it, rule by rule."""
    shown = [each for each in decided if each.advised is not None]
    return [_told(rule, shown) for rule in RULES]


def _vote(decided: Decided, entry: Noted, set_aside: Collection[str]) -> Vote | None:
    assert entry.days is not None  # noqa: S101 - `votes_of` asked
    limit, days = limits()[entry.limit], entry.days
    own, led = _own_view(decided)
    trusted = decided.final.account not in set_aside
    about_this = decided.final.urgency == decided.advised or decided.reason == REASON_OF[entry.rule]
    truth = next((each for each in (decided.outcome, decided.audit) if each and each.account not in set_aside), None)
    waits = _waits(truth.urgency if truth else own)
    if waits and _waits(own) and not about_this:  # it could wait, and for another cause
        return None
    if truth is not None:
        account = decided.final.account if waits and _waits(own) and trusted else truth.account
        return Vote(limit, days, account, waits, practice=decided.practice)
    return Vote(limit, days, decided.final.account, waits, led, decided.practice) if trusted else None


def _own_view(decided: Decided) -> tuple[Urgency, bool]:
    """What whoever decided thought themselves, and whether that cannot be told from the advice."""
    final = decided.final
    if final.urgency != decided.advised:
        return final.urgency, False  # against the advice, and in sight of it
    views = [view.urgency for view in decided.first_views if view.account == final.account]
    return (most_urgent(final.urgency, *views), False) if views else (final.urgency, True)


def _waits(urgency: Urgency) -> bool:
    """As little urgent as a rule that lowers would have made it."""
    return urgency.rank >= Urgency.ROUTINE.rank


def _last_word(decided: Decided) -> datetime:
    said: list[Answer | None] = [decided.final, decided.audit, decided.outcome]
    return max(each.when for each in said if each is not None)


def _told(rule: str, shown: list[Decided]) -> Told:
    counts: Counter[str] = Counter()
    people = set()
    for each in shown:
        did = {entry.did for entry in each.noted if entry.rule == rule}
        said = each.reason == REASON_OF[rule]
        people |= {each.final.account} if said else set()
        counts["lowered"] += Did.LOWERED in did
        counts["put_back"] += Did.LOWERED in did and not _waits(each.final.urgency)
        counts["beyond"] += Did.BEYOND in did
        only_noted = bool(did) and did <= {Did.NOTED, Did.RAISED}
        counts["noted"] += only_noted
        counts["noted_and_said"] += only_noted and said
        counts["unseen"] += said and not did
    return Told(rule, **counts, people=len(people))
