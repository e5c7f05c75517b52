"""What a machine asks: is it alive, and may it be sent work?"""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from preceptor.service.doctor import tables_are_ready
from preceptor.tools.triage.model.learnt import in_place


@login_not_required
@require_safe
def healthz(_: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@login_not_required
@require_safe
def readyz(_: HttpRequest) -> JsonResponse:
    """The database answers too, and its tables are those of this version."""
    try:
        ready = tables_are_ready()
    except DatabaseError:
        return JsonResponse({"status": "the database does not answer"}, status=503)
    if not ready:
        return JsonResponse({"status": "the tables are not set up for this version"}, status=503)
    if in_place().fault:  # requests are taken and advised on; somebody should look
        return JsonResponse({"status": "ok", "model": "refused: the one that ships advises (see preceptor doctor)"})
    return JsonResponse({"status": "ok"})
