"""The weeks before the Monday: requests that were decided, audited and answered, so that the figures have something to
rest on.

What the demo's clinicians thought, and what they made of the advice, is made up here by dice: it says nothing about
real clinicians. What was right is what the author of each text expects of the words alone. The advice is the real
tool's, asked through the same door as on any day.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from preceptor.advice import URGENCIES, Handler, Urgency
from preceptor.demo.dice import Dice, Stream
from preceptor.demo.inbox import Text, texts
from preceptor.demo.moments import uk_time

if TYPE_CHECKING:
    from preceptor.service.accounts.models import User
    from preceptor.service.patients.models import Patient
    from preceptor.service.practices.models import Practice
    from preceptor.service.requests.models import Request
    from preceptor.service.requests.toolbox import Toolbox

WEEKS = 8
A_WEEK = 15  # requests, at most
MOST = WEEKS * A_WEEK
LEFT_TO_AUDIT = 5  # the last of them, for whoever tries the audit
# Chances, made up: that a first view is right, that right advice is followed where it differs, and wrong advice.
RIGHT_AT_FIRST, FOLLOWS_RIGHT, FOLLOWS_WRONG = 0.75, 0.7, 0.3
WHY = "The demo practice audits every decision, so that its pages have something to show."


@dataclass(frozen=True, slots=True)
class Earlier:
    """One request of the weeks before. `patient` is a place among those that were given."""

    text: Text
    patient: int
    received: datetime
    decider: int
    first_view: Urgency
    follows_right: bool
    follows_wrong: bool


def plain_texts() -> list[Text]:
    """Texts whose answer needs nothing of a record."""
    return [
        text
        for text in texts()
        if not (text.entries or text.problems or text.takes or text.without or text.depends_on)
        and text.urgency in text.from_words_alone
    ]


def earlier(
    seed: int, monday: date, patients: Sequence[tuple[str, date | None]], deciders: int, weeks: int = WEEKS
) -> list[Earlier]:  # fmt: skip
    """The requests of the weeks before, the first to come first; patients are (sex, birthday), each asks once."""
    dice = Dice(seed, Stream.PAST)
    free = dice.shuffled(range(len(patients)))
    chosen: list[tuple[Text, int]] = []
    heap: list[Text] = []
    for _ in range(min(weeks * A_WEEK, len(patients) // 3)):
        heap = heap or dice.shuffled(plain_texts())
        text = heap.pop()
        place = next((place for place in free if _fits(text, *patients[place], monday)), None)
        if place is not None:
            free.remove(place)
            chosen.append((text, place))
    days = sorted(monday - timedelta(days=7 * dice.whole(1, weeks)) + timedelta(days=dice.whole(0, 4)) for _ in chosen)
    found = []
    for (text, place), day in zip(chosen, days, strict=True):
        right = Urgency(text.urgency)
        first = right if dice.chance(RIGHT_AT_FIRST) else _beside(right, dice)
        at = uk_time(day, dice.whole(8, 16), dice.whole(0, 59), dice.whole(0, 59))
        follows = dice.chance(FOLLOWS_RIGHT), dice.chance(FOLLOWS_WRONG)
        found.append(Earlier(text, place, at, dice.whole(0, deciders - 1), first, *follows))
    return sorted(found, key=lambda each: each.received)


def _fits(text: Text, sex: str, born: date | None, monday: date) -> bool:
    if born is None or (text.sex and text.sex != sex):
        return False
    low, high = text.ages
    return low + 0.2 <= (monday - born).days / 365.25 <= high - 0.05


def _beside(right: Urgency, dice: Dice) -> Urgency:
    places = [place for place in (right.rank - 1, right.rank + 1) if 0 <= place < len(URGENCIES)]
    return URGENCIES[dice.pick(places)]


def live_through(
    practice: Practice, toolbox: Toolbox, *, seed: int, monday: date, deciders: Sequence[User], auditor: User,
    progress: Callable[[int, int], None], weeks: int = WEEKS,
) -> int:  # fmt: skip
    """Receive, decide and audit them all, through the service's own doors; how many there were.

    Their moments are then set back to the days on which they would have been. The ledger keeps the true ones: that all
    of it was written when the demo was opened.
    """
    from preceptor.service.oversight.auditing import answer
    from preceptor.service.oversight.models import AuditDraw, Terms, ToolStanding
    from preceptor.service.oversight.terms import DEFAULTS, set_terms
    from preceptor.service.patients.models import Patient

    terms = set_terms(practice, DEFAULTS | {"audit": 1.0, "follow_up": 1.0}, user=None, why=WHY)
    # Standing and terms came before what they were applied to.
    began = uk_time(monday - timedelta(weeks=weeks + 1), 9)
    Terms.objects.filter(pk=terms.pk).update(at=began)
    ToolStanding.objects.of(practice).update(at=began)
    living = Patient.objects.of(practice).filter(died=None, requests=None).order_by("key")
    patients = list(living)
    past = earlier(seed, monday, [(each.sex, each.born) for each in patients], len(deciders), weeks)
    for number, each in enumerate(past):
        progress(number, len(past))
        request = _decide(each, practice, patients[each.patient], toolbox, deciders[each.decider])
        draw = AuditDraw.objects.of(practice).get(request=request)
        is_left = number >= len(past) - LEFT_TO_AUDIT
        told = None if is_left else answer(draw, auditor, urgency=each.text.urgency, note="")
        _set_back(request, each.received, bool(told))
    progress(len(past), len(past))
    return len(past)


def _decide(each: Earlier, practice: Practice, patient: Patient, toolbox: Toolbox, user: User) -> Request:
    from preceptor.service.requests.assessing import assess
    from preceptor.service.requests.deciding import decide, give_first_view, open_request
    from preceptor.service.requests.reasons import DifferenceReason
    from preceptor.service.requests.receiving import Arrival, receive
    from preceptor.service.requests.visibility import advice_shown_to

    words = each.text.words(each.received.date())
    writer = "" if each.text.writer == "patient" else each.text.writer
    arrival = Arrival(text=words, source="demo", patient=patient, writer=writer, received=each.received)
    request = receive(practice, arrival).request
    assess(request, toolbox)
    open_request(request, user)
    floor = Urgency(request.floor) if request.floor else None
    first = each.first_view if floor is None or each.first_view.at_least(floor) else floor
    give_first_view(request, user, urgency=first, handler=Handler.GP, version=request.version)
    shown = advice_shown_to(request, user)
    advised = Urgency(shown.urgency) if shown and shown.urgency else first
    follows = each.follows_right if advised == each.text.urgency else each.follows_wrong
    final = advised if follows and (floor is None or advised.at_least(floor)) else first
    reason = DifferenceReason.WRONG_ABOUT_SYMPTOM if final != advised else ""
    decide(request, user, urgency=final, handler=Handler.GP, reason=reason, note="", version=request.version)
    return request


def _set_back(request: Request, received: datetime, is_answered: bool) -> None:
    from preceptor.service.oversight.models import AuditAnswer, AuditDraw
    from preceptor.service.requests.models import Assessment, Decision, FirstView, Opening

    minutes = timedelta(minutes=1)
    Assessment.objects.filter(request=request).update(at=received + minutes)
    Opening.objects.filter(request=request).update(
        first=received + 30 * minutes, last=received + 34 * minutes, advice_shown=received + 32 * minutes
    )
    FirstView.objects.filter(request=request).update(at=received + 32 * minutes, opened=received + 30 * minutes)
    Decision.objects.filter(request=request).update(at=received + 34 * minutes, opened=received + 30 * minutes)
    AuditDraw.objects.filter(request=request).update(at=received + 34 * minutes)
    if is_answered:
        AuditAnswer.objects.filter(draw__request=request).update(at=received + timedelta(days=3))
