"""A practice with a past that teaches, for tests: decisions whose words were read before, so that none is read now."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.utils import timezone

from preceptor.advice import URGENCIES
from preceptor.learning.fitting import Challenger, Moved, Report
from preceptor.learning.lessons import Lesson
from preceptor.learning.shared import Rows, Shared
from preceptor.learning.stage import Stage
from preceptor.service.accounts.models import User
from preceptor.service.learning.gathering import reader
from preceptor.service.learning.learning import shared_rows, the_champion
from preceptor.service.learning.models import KeptInputs
from preceptor.service.oversight.models import AuditAnswer
from preceptor.service.practices.models import Practice
from preceptor.service.requests.models import FirstView, Request
from service.factories import a_user
from service.oversight.histories import an_auditor, decided

OLD, LIVE = 60, 11  # days ago: ripe, and younger than what waits for review
APART = {OLD: 5, LIVE: 2}  # hours


def lived(practice: Practice, n: int, days_ago: int, clinicians: list[User], auditor: User) -> list[Request]:
    """So many decisions on shared synthetic cases, spread over the clinicians, each audited; all find what is right."""
    rows: Rows = shared_rows().learned
    # Cases that the champion is rightly sure of: a challenger that moved a little calls them the same.
    sure = the_champion().stage.chances(rows.inputs)[np.arange(len(rows)), rows.right] > 0.95
    places = np.flatnonzero(sure & (rows.floors >= rows.right))
    made_for = reader()
    found = []
    for at in range(n):
        place = int(places[(at * 37 + days_ago) % len(places)])
        right = URGENCIES[int(rows.right[place])].value
        moment = timezone.now() - timedelta(days=days_ago, hours=-APART[days_ago] * at)
        (request,) = decided(
            practice, clinicians[at % len(clinicians)], auditor, [(right, right, right, right)],
            shown=False, probability=0.9, lot=0.5, at=moment,
        )  # fmt: skip
        row = np.asarray(rows.inputs[place], dtype="<f4").tobytes()
        KeptInputs.objects.create(
            request=request, made_for=made_for, row=row, floor=int(rows.floors[place]), about=rows.about[place]
        )
        found.append(request)
    return found


def with_a_past(practice: Practice, old: int = 90, live: int = 100) -> list[Request]:
    """Lessons that are ripe, and live traffic after them. Audit answers are as old as what they judge."""
    clinicians, auditor = [a_user(practice) for _ in range(6)], an_auditor(practice)
    found = [*lived(practice, old, OLD, clinicians, auditor), *lived(practice, live, LIVE, clinicians, auditor)]
    for answer in AuditAnswer.objects.filter(draw__request__in=found).select_related("draw__decision"):
        AuditAnswer.objects.filter(pk=answer.pk).update(at=answer.draw.decision.at + timedelta(hours=3))
    for view in FirstView.objects.filter(request__in=found):
        FirstView.objects.filter(pk=view.pk).update(at=view.opened)
    return found


def fit_at_once(
    shared: Shared, lessons: list[Lesson], champion: Stage, *, as_of: datetime, more: float = 0.001, **_: Any
) -> Challenger:
    """The champion, a hair more urgent. `fit` itself is tested in its own place, and once beside the tests of these."""
    ripe = [lesson for lesson in lessons if (as_of - lesson.when).days >= 14]
    biases = champion.biases.copy()
    biases[0] += more
    report = Report(
        lessons=len(lessons), used=len(ripe), by_source={"audit": len(ripe)}, by_reason={}, context=0,
        held_back=len(lessons) - len(ripe), set_aside=0, superseded=0, weight=0.01, weight_by_account={},
        weight_by_practice={}, trust={}, alarms=(), first=ripe[0].when, last=ripe[-1].when,
        moved=Moved(len(shared.calibration), 0.0, 0, 0.0),
    )  # fmt: skip
    stage = replace(champion, biases=biases)
    return Challenger(stage, report, stage)


def with_appointments(
    practice: Practice, clinicians: list[User], days_away: int, n: int, days_ago: int, final: str = "routine"
) -> list[Request]:
    """So many decisions on requests whose advice showed an appointment that many days away and not soon enough.

    "routine" is decided because it is already booked, in sight of an advice that asked for sooner. Read before, and
    drawn for no audit that anybody has answered.
    """
    reason = "already_booked" if final == "routine" else ""
    row = np.asarray(shared_rows().learned.inputs[0], dtype="<f4").tobytes()
    found = []
    for at in range(n):
        moment = timezone.now() - timedelta(days=days_ago, hours=-at)
        (request,) = decided(
            practice, clinicians[at % len(clinicians)], clinicians[0], [(final, "soon", final, None)],
            probability=0.9, lot=0.5, at=moment, answered=False,
        )  # fmt: skip
        day = f"{request.received + timedelta(days=days_away):%-d %B %Y}"
        words = f"An appointment about this is booked for {day}: Knee pain review (not soon enough for “Soon”)"
        shown = request.assessments.get()
        shown.advice["reasons"] = [
            {"text": words, "effect": "notes", "span": None, "event": "Appointment/1", "rule": "booked"}
        ]
        shown.save()
        request.decisions.update(reason=reason)
        request.first_views.update(at=moment)
        KeptInputs.objects.create(request=request, made_for=reader(), row=row, floor=4, about="knee_pain")
        found.append(request)
    return found
