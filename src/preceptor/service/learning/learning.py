"""Learn a challenger from what was decided here; let it challenge the champion; put it in force if it won.

The champion, the red flags and the hold-out are read and never written. What a challenger learnt from is not what it
is tried on: decisions after its last lesson are its live traffic. It is fitted from the starting point that the
champion was fitted from, with every lesson again, and not from the champion: so no lesson counts twice, and a practice
does not drift a little further at every learning.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from preceptor.learning import artefacts
from preceptor.learning.artefacts import Refused
from preceptor.learning.fitting import Challenger, TooFew, fit, unmoved
from preceptor.learning.lessons import Lesson, lessons_of
from preceptor.learning.limits import learn_limits
from preceptor.learning.pooling import update_of as what_moved
from preceptor.learning.reading import CannotRead
from preceptor.learning.shared import Shared
from preceptor.learning.stage import as_onnx, stage_in
from preceptor.learning.starting import Start, keep_start, kept_start, stands_on, thresholds_as_json, what_ships
from preceptor.learning.updates import NotUsable, write_update
from preceptor.service.accounts.models import User
from preceptor.service.learning import record_rules, steps, telling
from preceptor.service.learning.gathering import not_read_yet, told_since
from preceptor.service.learning.models import ModelStep, What
from preceptor.service.learning.trying import Champion, Rival, tried
from preceptor.service.practices.models import Practice
from preceptor.tools.models import CHALLENGER, MADE, NotProven, proven
from preceptor.tools.triage.model.judging import ARTEFACT
from preceptor.tools.triage.model.learnt import LIMITS, in_place, limits_of, shipped

Progress = Callable[[str, int, int], None]


class NothingLearnt(Exception):
    """No challenger came of it; the message says why, in one line."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """A challenger as it was kept. `figures` are what `telling` says of it."""

    step: ModelStep
    challenger: Challenger
    champion: Champion
    start: Start

    @property
    def figures(self) -> dict[str, Any]:
        figures: dict[str, Any] = self.step.figures
        return figures


def learn(
    progress: Progress | None = None, by: Sequence[User] = (), cleared: frozenset[str] = frozenset(),
    now: datetime | None = None, new_start: tuple[bytes, Start] | None = None,
) -> Learnt:  # fmt: skip
    """Fit a challenger from every ripe lesson, try it, and keep it in shadow. Raises NothingLearnt or Refused.

    `now`: as if it were then: what was decided in the 14 days before and since is kept for the contest. `new_start`: a
    starting point that was proven, and its file; with too few lessons to move it, it is itself the challenger.
    """
    shared, champion = shared_rows(), the_champion()
    start = new_start[1] if new_start else _start_of(champion)
    try:
        told = told_since(progress=_bar(progress, "Reading what was decided"))
    except CannotRead as why:
        raise NothingLearnt(str(why)) from None
    lessons = lessons_of([each.decided for each in told])
    try:
        if not lessons:
            raise TooFew("no decision has been taken here yet, so there is nothing to learn from")
        challenger = fit(
            shared, lessons, start.stage, home=_home(), as_of=now or timezone.now(), cleared=cleared,
            progress=_bar(progress, "Fitting a challenger"),
        )  # fmt: skip
    except TooFew as why:
        if not new_start:
            raise NothingLearnt(str(why)) from None
        challenger = unmoved(shared, start.stage, lessons)
    head, last = as_onnx(challenger.slopes, challenger.biases), challenger.report.last
    set_aside = frozenset(name for alarm in challenger.report.alarms if alarm.sets_aside for name in alarm.accounts)
    set_aside -= cleared
    practices = list(Practice.objects.values_list("ods_code", flat=True))
    answers = learn_limits([each.decided for each in told], last, set_aside, practices=practices)
    rival = Rival(challenger.stage, answers.moved, last, set_aside)
    figures = {
        "lessons": telling.lessons_as_json(challenger.report)
        | {"cleared": sorted(cleared), "start": start.digest, "pooled_from": start.practices}
        | {"until": now.isoformat() if now else None},
        "context": record_rules.answers_as_json(answers, champion.limits),
        "challenge": tried(shared, champion, rival, told),
    }
    said = {
        "parent": champion.digest,
        "start": start.digest,
        "stands_on": stands_on(),
        "data": data_digest(shared, lessons, challenger),
        "learnt_at": (now or timezone.now()).isoformat(),
        "lessons": challenger.report.used,
        "measures": telling.for_others(figures),
    }
    described = _described(challenger) | {"tool": steps.TOOL, LIMITS: answers.moved} | said
    if new_start:
        keep_start(steps.folder(), steps.TOOL, *new_start)
    digest = artefacts.keep(steps.folder(), steps.TOOL, head, described, said)
    step = steps.note(What.LEARNT, digest, champion.digest, by, "", figures)
    return Learnt(step, challenger, champion, start)


def promote(digest: str, by: Sequence[User], why: str, *, reads: bool = True) -> ModelStep:
    """Put the challenger in force, if it won on all that is known by now. Raises Refused; then the champion stays.

    `reads`: whether requests that nobody has read yet are read now, which takes a moment each.
    """
    steps.refuse_unless_approved(by, why.strip())
    rival = _challenger(digest)
    figures = challenged_now(rival, reads=reads)
    if not figures["passed"]:
        raise Refused(f"the challenge is not won: {'; '.join(figures['missing'])}")
    return steps.put_in_force(rival, by, why, figures)


def challenged_now(digest: str, *, reads: bool = True) -> dict[str, Any]:
    """How a challenger that was learnt before does today: the hold-out, and live traffic since its last lesson."""
    step = steps.learnt(digest)
    if step is None:
        raise Refused(f"the ledger knows of no model {digest[:12]} that was learnt here")
    rival = _rival(digest, step.figures["lessons"])
    if not reads and (waiting := not_read_yet(rival.last)):
        raise Refused(
            f"{waiting:,} decisions since its last lesson are still being read, in the background: try again in a few "
            "minutes, or use `preceptor promote`, which reads them itself"
        )
    return tried(shared_rows(), the_champion(), rival, told_since(rival.last))


def _rival(digest: str, lessons: dict[str, Any]) -> Rival:
    """A challenger as it was kept, and `lessons` as its step tells of them. Raises Refused."""
    room = steps.folder() / steps.TOOL / digest
    try:
        limits = limits_of(proven(room, MADE))
    except NotProven as why:
        raise Refused(f"{why}. It was not put in force: the champion stays") from None
    last = datetime.fromisoformat(lessons["last"]) if lessons["last"] else None
    named = {name for alarm in lessons["alarms"] if alarm["set_aside"] for name in alarm["accounts"]}
    return Rival(stage_in(room), limits, last, frozenset(named - set(lessons["cleared"])))


def _challenger(digest: str) -> str:
    """The digest of the challenger, which must be the one that is meant. Raises Refused."""
    found = in_place(CHALLENGER)
    if found.fault:
        raise Refused(f"{found.fault}. It was not put in force: the champion stays")
    if found.model is None:
        raise Refused("nothing challenges the model in force: `preceptor learn triage` first")
    if digest and not found.digest.startswith(digest.removeprefix("+")):
        raise Refused(f"the challenger is {found.digest[:12]}, not {digest}: another was learnt meanwhile")
    if found.model.said.get("parent", "") != the_champion().digest:
        raise Refused("it was learnt beside another model than the one in force now: learn again")
    return found.digest


def the_champion() -> Champion:
    """The second stage that advises now."""
    held = in_place().model
    room = steps.folder() / steps.TOOL / held.digest if held else ARTEFACT
    try:
        start = str(held.said.get("start", "")) if held else ""
        return Champion(stage_in(room), held.digest if held else "", start, limits_of(held) if held else {})
    except (OSError, KeyError, ValueError) as wrong:
        raise Refused(f"the model in force cannot be read: {wrong}") from None


def _start_of(champion: Champion) -> Start:
    """What the champion was learnt from: what ships, or what others pooled. Raises Refused."""
    try:
        return kept_start(steps.folder(), steps.TOOL, champion.start)
    except (OSError, NotUsable) as why:
        raise Refused(str(why)) from None


def shared_rows() -> Shared:
    """What ships for learning. Raises Refused."""
    try:
        return what_ships()[1]
    except NotUsable as why:
        raise Refused(str(why)) from None


def update_of(learnt: Learnt) -> bytes:
    """What another site may be sent of a challenger: how far its weights moved from the start, and counts.

    Raises Refused where it did not move.
    """
    report, start = learnt.challenger.report, learnt.start
    if not report.used:
        raise Refused("the starting point was taken as it is: nothing was learnt here that could be sent")
    moved = what_moved("", start.stage, learnt.challenger.fitted, report.weight, report.used)
    measures, key = telling.for_others(learnt.figures), artefacts.own_key(steps.folder())
    return write_update(steps.TOOL, learnt.step.version, moved, start.foundation, measures, key)


def data_digest(shared: Shared, lessons: Sequence[Lesson], challenger: Challenger) -> str:
    """SHA-256 over what a challenger learnt from: the shared rows' own digest, and every lesson that was ripe."""
    ripe = challenger.report.last
    lines = [
        [lesson.case, lesson.answer.value, lesson.source.value, lesson.account, lesson.practice, lesson.weight,
         lesson.when.isoformat(), _sha256(lesson.inputs.tobytes())]
        for lesson in lessons
        if ripe and lesson.when <= ripe
    ]  # fmt: skip
    whole = [shipped()["shared"]["sha256"], len(shared.learned), lines]
    return _sha256(json.dumps(whole, separators=(",", ":")).encode())


def _described(challenger: Challenger) -> dict[str, Any]:
    """What the model's own description says: as the one that ships, with its own thresholds."""
    return shipped() | {"thresholds": thresholds_as_json(challenger.thresholds)}


def _home() -> str | None:
    """The practice that the model is for, where this installation has one alone."""
    codes = list(Practice.objects.values_list("ods_code", flat=True)[:2])
    return codes[0] if len(codes) == 1 else None


def _bar(progress: Progress | None, words: str) -> Callable[[int, int], None] | None:
    return (lambda done, of: progress(words, done, of)) if progress else None


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
