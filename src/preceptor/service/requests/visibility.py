"""What of a tool's advice a person may see. Every page and API gets at advice through here, and nowhere else."""

from __future__ import annotations

from enum import Enum, auto

from django.utils import timezone

from preceptor.advice import URGENCIES, Standing
from preceptor.service.accounts.models import User
from preceptor.service.oversight.standing import standing_of
from preceptor.service.requests.models import Assessment, Request, State


class Step(Enum):
    """What a person can do next with a request."""

    READ = auto()  # not one who decides
    FIRST_VIEW = auto()  # advice exists, and is hidden until their own view is saved
    DECIDE = auto()  # they have seen the advice
    DECIDE_WITHOUT_ADVICE = auto()  # there is none to see
    DECIDED = auto()


def step_for(request: Request, user: User) -> Step:
    if request.state == State.DECIDED:
        return Step.DECIDED
    if not user.may_decide:
        return Step.READ
    assessment, standing = _current(request)
    if assessment is None:
        return Step.DECIDE_WITHOUT_ADVICE
    return Step.DECIDE if standing == Standing.FIRST or _may_see_it_now(request, user) else Step.FIRST_VIEW


def needs_first_view(request: Request, user: User) -> bool:
    return step_for(request, user) == Step.FIRST_VIEW


def advice_shown_to(request: Request, user: User) -> Assessment | None:
    """The advice that this person may see now, or None. Call it where it is shown, and only there: that they have
    seen it is noted, for good, and what they decide next is decided on what was shown to them last."""
    advice = advice_open_to(request, user)
    mine = request.openings.filter(round=request.round, clinician=user)
    if advice is None:
        mine.filter(showing__isnull=False).update(showing=None)
    elif not mine.filter(showing=advice).exists():
        now = timezone.now()
        opening, _ = mine.get_or_create(
            request=request, round=request.round, clinician=user, defaults={"first": now, "last": now}
        )
        opening.showing = advice
        opening.advice_shown = opening.advice_shown or now
        opening.save(update_fields=["advice_shown", "showing"])
    return advice


def advice_open_to(request: Request, user: User) -> Assessment | None:
    """The advice that this person may see now, without its being shown."""
    assessment, standing = _current(request)
    if assessment is None:
        return None
    may_see = standing == Standing.FIRST or request.state == State.DECIDED or _may_see_it_now(request, user)
    return assessment if may_see else None


def has_been_shown_advice(request: Request, user: User) -> bool:
    """True from the first time on that a page showed this person any advice about this request."""
    return request.openings.filter(clinician=user, advice_shown__isnull=False).exists()


def _may_see_it_now(request: Request, user: User) -> bool:
    """Once a person has given their own view in this round, or has seen the advice before, it is known to them."""
    given = request.first_views.filter(clinician=user, round=request.round).exists()
    return given or has_been_shown_advice(request, user)


def _current(request: Request) -> tuple[Assessment | None, Standing | None]:
    """The advice of the most trusted tool that gave one on the urgency scale and may be shown at all.

    Standing is the tool's standing now, not when it was asked: advice of a suspended tool disappears at once.
    """
    best: tuple[Assessment | None, Standing | None] = (None, None)
    rank = {Standing.FIRST: 0, Standing.SECOND: 1}
    for assessment in request.assessments.filter(advice__isnull=False).order_by("tool", "-id"):
        standing = standing_of(request.practice, assessment.tool, assessment.version)
        if standing not in rank or assessment.urgency not in URGENCIES:
            continue
        if best[1] is None or rank[standing] < rank[best[1]]:
            best = assessment, standing
    return best
