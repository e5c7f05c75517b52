"""Asking the tools about requests that are already saved.

The requests themselves are the queue: `assessed` says which are still to be asked about. A crash loses nothing,
because whatever was not finished is still marked as waiting. Several assessors at once do no harm: an answer that
another one has kept already is thrown away.
"""

from __future__ import annotations

import logging
import time
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q

from preceptor.advice import Advice, Case, Standing
from preceptor.service.ledger import chain
from preceptor.service.oversight.standing import standing_of
from preceptor.service.requests.cases import case_of
from preceptor.service.requests.models import Assessment, Checked, Request
from preceptor.service.requests.receiving import check_red_flags
from preceptor.service.requests.toolbox import Toolbox, ToolFailed
from preceptor.wire import advice_as_json

MOST_TRIES = 3
_FAILED = Q(assessments__advice__isnull=True, assessments__isnull=False)

log = logging.getLogger(__name__)


def check_waiting() -> int:
    """Check for red flags what arrived just before the service stopped; the number of requests checked."""
    # What is not checked is not assessed either: that is the column with the index.
    waiting = list(
        Request.objects.filter(assessed=Checked.PENDING, red_flags_checked=Checked.PENDING).order_by("received", "id")
    )
    for request in waiting:
        check_red_flags(request)
    return len(waiting)


def assess_next(toolbox: Toolbox, set_aside: set[UUID]) -> bool:
    """Ask about one request that waits for it; False where none does.

    What was never tried goes before what has failed before, the oldest first: a tool that hangs on some requests
    holds up the others once, not three times. A request that cannot be dealt with at all is put into `set_aside`.
    """
    waiting = Request.objects.filter(assessed=Checked.PENDING).exclude(pk__in=set_aside)
    request = waiting.annotate(tries=Count("assessments", filter=_FAILED)).order_by("tries", "received", "id").first()
    if request is None:
        return False
    try:
        assess(request, toolbox)
    except Exception:
        log.exception("request %s could not be dealt with; others go before it", request.id)
        set_aside.add(request.pk)
    return True


def assess(request: Request, toolbox: Toolbox) -> None:
    """Ask every tool that is not suspended about one request, and keep what each says.

    A model that challenges another is asked as well, as a version of its own: what nobody has spoken for is in shadow.
    """
    toolbox.heed_models()
    tools = [
        (card.tool, card.version, standing)
        for card in (*toolbox.cards.values(), *toolbox.challengers.values())
        if (standing := standing_of(request.practice, card.tool, card.version)) != Standing.SUSPENDED
    ]
    still_to_ask = [tool for tool in tools if not _is_done_with(request, *tool[:2])]
    if still_to_ask:
        case = _case(request)
        for tool, version, standing in still_to_ask:
            _ask_and_keep(request, case, toolbox, tool, version, standing)
    if all(_is_done_with(request, tool, version) for tool, version, _ in tools):
        _close(request)


def _is_done_with(request: Request, tool: str, version: str) -> bool:
    """True when this version has answered, or has failed too often to be asked again."""
    tried = request.assessments.filter(tool=tool, version=version)
    return tried.filter(advice__isnull=False).exists() or tried.count() >= MOST_TRIES


@transaction.atomic
def _close(request: Request) -> None:
    now = Request.objects.select_for_update().get(pk=request.pk)
    if now.assessed != Checked.PENDING:
        return  # another assessor has
    answered = now.assessments.filter(advice__isnull=False).exists()
    now.assessed = request.assessed = Checked.DONE if answered else Checked.FAILED
    now.save(update_fields=["assessed"])
    if not answered:
        body = {"tries": now.assessments.count()}
        chain.append("request.not_assessed", f"request:{now.pk}", body, actor=chain.SYSTEM, practice=now.practice)


def _case(request: Request) -> Case | None:
    try:
        return case_of(request)
    except Exception:
        log.exception("the case of request %s could not be made", request.id)
        return None


def _ask_and_keep(
    request: Request, case: Case | None, toolbox: Toolbox, tool: str, version: str, standing: Standing
) -> None:
    began = time.monotonic()
    advice: Advice | None = None
    failure = "" if case else "the record could not be read"
    if case:
        try:
            rival = toolbox.challengers.get(tool)
            is_rival = rival is not None and rival.version == version
            advice = toolbox.ask_challenger(tool, case) if is_rival else toolbox.ask(tool, case)
        except ToolFailed as fault:
            failure = str(fault)
            log.warning("%s %s could not assess request %s: %s", tool, version, request.id, failure)
    seconds = round(time.monotonic() - began, 3)
    with transaction.atomic():
        Request.objects.select_for_update().get(pk=request.pk)
        if request.assessments.filter(tool=tool, version=version, advice__isnull=False).exists():
            return  # another assessor was quicker
        assessment = Assessment.objects.create(
            request=request,
            tool=tool,
            version=version,
            standing=standing,
            advice=advice_as_json(advice) if advice else None,
            failure=failure,
            seconds=seconds,
        )
        chain.append(
            "request.assessed",
            f"request:{request.id}",
            {"assessment": assessment.pk, "standing": standing, "advice": assessment.advice, "failure": failure},
            actor=chain.Actor.tool(tool, version),
            practice=request.practice,
        )
