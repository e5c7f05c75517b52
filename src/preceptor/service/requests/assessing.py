"""Asking the tools about requests that are already saved.

The requests themselves are the queue: `assessed` says which are still to be asked about. A crash loses nothing,
because whatever was not finished is still marked as waiting.
"""

from __future__ import annotations

import logging
import time

from django.db import transaction

from preceptor.advice import Advice, Standing
from preceptor.service.ledger import chain
from preceptor.service.oversight.standing import standing_of
from preceptor.service.requests.cases import case_of
from preceptor.service.requests.models import Assessment, Checked, Request
from preceptor.service.requests.receiving import check_red_flags
from preceptor.service.requests.toolbox import Toolbox, ToolFailed
from preceptor.wire import advice_as_json

MOST_TRIES = 3

log = logging.getLogger(__name__)


def assess_waiting(toolbox: Toolbox) -> int:
    """Ask about every request that waits for it, oldest first; the number of requests that were asked about."""
    for request in Request.objects.filter(red_flags_checked=Checked.PENDING).order_by("received", "id"):
        check_red_flags(request)  # it arrived, and the service stopped before it was checked
    waiting = list(Request.objects.filter(assessed=Checked.PENDING).order_by("received", "id"))
    for request in waiting:
        assess(request, toolbox)
    return len(waiting)


def assess(request: Request, toolbox: Toolbox) -> None:
    """Ask every tool that is not suspended about one request, and keep what each says."""
    tools = [
        (card.tool, card.version, standing)
        for card in toolbox.cards.values()
        if (standing := standing_of(request.practice, card.tool, card.version)) != Standing.SUSPENDED
    ]
    answered = [_ask_and_keep(request, toolbox, tool, version, standing) for tool, version, standing in tools]
    if all(answered) and answered:
        request.assessed = Checked.DONE
    elif request.assessments.filter(advice__isnull=True).count() >= MOST_TRIES * answered.count(False):
        request.assessed = Checked.DONE if any(answered) else Checked.FAILED
    request.save(update_fields=["assessed"])


def _ask_and_keep(request: Request, toolbox: Toolbox, tool: str, version: str, standing: Standing) -> bool:
    if request.assessments.filter(tool=tool, version=version, advice__isnull=False).exists():
        return True
    began = time.monotonic()
    advice: Advice | None = None
    failure = ""
    try:
        advice = toolbox.ask(tool, case_of(request))
    except ToolFailed as fault:
        failure = str(fault)
        log.warning("%s %s could not assess request %s: %s", tool, version, request.id, failure)
    except Exception:
        failure = "the record could not be read"
        log.exception("the case of request %s could not be made", request.id)
    with transaction.atomic():
        assessment = Assessment.objects.create(
            request=request,
            tool=tool,
            version=version,
            standing=standing,
            advice=advice_as_json(advice) if advice else None,
            failure=failure,
            seconds=round(time.monotonic() - began, 3),
        )
        chain.append(
            "request.assessed",
            f"request:{request.id}",
            {"assessment": assessment.pk, "standing": standing, "advice": assessment.advice, "failure": failure},
            actor=chain.Actor.tool(tool, version),
            practice=request.practice,
        )
    return advice is not None
