"""The pages of the audit: the queue, one decision to answer for, and what advice did to one's own decisions."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from preceptor.service.accounts.signed_in import practice_of, staff_of
from preceptor.service.oversight import own
from preceptor.service.oversight.auditing import (
    CannotAudit,
    answer,
    find,
    may_audit,
    queue,
    queue_for,
    what_bars,
)
from preceptor.service.oversight.forms import CANNOT_TELL, AuditForm
from preceptor.service.oversight.gates import heed_alarms
from preceptor.service.oversight.models import AuditAnswer
from preceptor.service.oversight.sampling import running
from preceptor.service.oversight.terms import terms_at
from preceptor.service.oversight.words import STANDING_WORDS
from preceptor.service.requests.marks import marks_of, opening_words, pieces_of, quote
from preceptor.service.words import URGENCY_HINTS

SHOWN = 50


@require_GET
def audits(http: HttpRequest) -> HttpResponse:
    """What waits for an auditor, and how much was answered. Nothing here says what was advised or decided."""
    practice, user = practice_of(http), staff_of(http)
    waiting = queue_for(user) if may_audit(user) else queue(practice).none()
    context = {
        "rows": [(draw, opening_words(draw.request.text)) for draw in waiting[:SHOWN]],
        "mine": waiting.count(),
        "all": queue(practice).count(),
        "answered": AuditAnswer.objects.of(practice).count(),
        "may_audit": may_audit(user),
        "terms": terms_at(practice),
        "sample": running(practice),
    }
    return render(http, "oversight/audits.jinja", context)


@require_http_methods(["GET", "POST"])
def audit(http: HttpRequest, request_id: UUID) -> HttpResponse:
    """One request as it came, to say what would have been right; without the decision, the advice, or the chance."""
    user = staff_of(http)
    draw = find(user, request_id)
    if draw is None:
        raise Http404
    if bar := what_bars(draw, user):
        raise PermissionDenied(bar)
    form = AuditForm(http.POST or None)
    if http.method == "POST" and form.is_valid():
        said = form.cleaned_data["urgency"]
        try:
            answer(draw, user, urgency="" if said == CANNOT_TELL else said, note=form.cleaned_data["note"])
        except CannotAudit as why:
            form.add_error("note", str(why))
        else:
            return _done(http)
    request = draw.request
    context = {
        "request_": request,
        "pieces": pieces_of(request.text, marks_of(request.red_flags, None)),
        "red_flags": [flag | {"words": quote(request.text, flag["spans"])} for flag in request.red_flags],
        "form": form,
        "hints": URGENCY_HINTS,
    }
    return render(http, "oversight/audit.jinja", context, status=422 if form.errors else 200)


def _done(http: HttpRequest) -> HttpResponse:
    messages.success(http, "Kept, in the ledger under your name.")
    for change in heed_alarms(practice_of(http)):
        standing = STANDING_WORDS[change.standing].lower()
        messages.warning(http, f"{change.tool} {change.version} is {standing} from now on. {change.why}")
    following = queue_for(staff_of(http)).first()
    return redirect("audit", following.request_id) if following else redirect("audits")


@require_GET
def yours(http: HttpRequest) -> HttpResponse:
    """For the person who is signed in, about themselves. There is no address for anybody else's."""
    user = staff_of(http)
    return render(http, "oversight/yours.jinja", {"own": own.own(user), "decides": user.may_decide})
