"""What of a tool's advice a person may see. Every page and API gets at advice through here, and nowhere else."""

from __future__ import annotations

from enum import Enum, auto

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
    return Step.DECIDE if standing == Standing.FIRST or _has_seen_advice(request, user) else Step.FIRST_VIEW


def needs_first_view(request: Request, user: User) -> bool:
    return step_for(request, user) == Step.FIRST_VIEW


def advice_shown_to(request: Request, user: User) -> Assessment | None:
    """The advice that this person may see now, or None."""
    assessment, standing = _current(request)
    if assessment is None:
        return None
    may_see = standing == Standing.FIRST or request.state == State.DECIDED or _has_seen_advice(request, user)
    return assessment if may_see else None


def _has_seen_advice(request: Request, user: User) -> bool:
    """Once a person has given their own view, or has read the decision with the advice beside it, it is known."""
    return (
        request.first_views.filter(clinician=user).exists()
        or request.openings.filter(clinician=user, advice_shown__isnull=False).exists()
    )


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
