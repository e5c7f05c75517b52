"""The pages around requests, for the practice's staff."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.views.decorators.http import require_GET, require_POST

from preceptor.advice import Handler, Urgency
from preceptor.service.accounts.signed_in import last_here, practice_of, staff_of
from preceptor.service.oversight.gates import lately_taken_down
from preceptor.service.oversight.models import KnownBy
from preceptor.service.oversight.outcomes import MayNot, NotKept, TurnedOut, record, turned_out, ways_open
from preceptor.service.oversight.standing import standing_of
from preceptor.service.oversight.words import STANDING_WORDS
from preceptor.service.requests import inbox as box
from preceptor.service.requests import marks, presenters
from preceptor.service.requests.deciding import (
    Conflict,
    Refused,
    decide,
    find,
    give_first_view,
    open_request,
    others_here,
    reopen,
)
from preceptor.service.requests.forms import DecisionForm, OutcomeForm, ReopenForm, ViewForm
from preceptor.service.requests.models import Opening, Request, State
from preceptor.service.requests.reasons import REASON_WORDS
from preceptor.service.requests.visibility import Step, advice_open_to, advice_shown_to, step_for
from preceptor.service.words import URGENCY_HINTS, ago, handler_in_words, urgency_in_words

ROWS_A_PAGE = 50


# ---- the inbox ----


@require_GET
def inbox(http: HttpRequest) -> HttpResponse:
    practice = practice_of(http)
    wish = box.Filter.from_query(http.GET)
    page = Paginator(box.shown(practice, wish), ROWS_A_PAGE).get_page(http.GET.get("page"))
    total, flagged = box.arrived(practice)
    context = {
        "wish": wish,
        "views": [(name, box.VIEWS[name][0], number) for name, number in box.counts(practice, wish).items()],
        "page": page,
        "rows": [presenters.row_of(request) for request in page],
        "now": timezone.now(),
        "ago": ago,
        "total": total,
        "flagged": flagged,
        "taken_down": [
            (change, STANDING_WORDS[change.standing]) for change in lately_taken_down(practice, last_here(http))
        ],
    }
    return render(http, "requests/inbox.jinja", context)


@require_GET
def new_requests(http: HttpRequest) -> HttpResponse:
    """How many have come since the inbox was shown: a line that is asked for every half minute."""
    total, flagged = box.arrived(practice_of(http))
    new = total - _number(http.GET.get("total"), total)
    new_flagged = flagged - _number(http.GET.get("flagged"), flagged)
    if new <= 0 or new == _number(http.GET.get("told"), 0):
        return HttpResponse(status=204)  # nothing to say: htmx leaves the page as it is
    return render(http, "requests/_new.jinja", {"new": new, "new_flagged": max(new_flagged, 0)})


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else otherwise


# ---- one request ----


@require_GET
def request_page(http: HttpRequest, request_id: UUID) -> HttpResponse:
    request = _request(http, request_id)
    open_request(request, staff_of(http))
    return _show(http, request)


@require_POST
def first_view(http: HttpRequest, request_id: UUID) -> HttpResponse:
    request = _request(http, request_id)
    form = ViewForm(http.POST)
    if not form.is_valid():
        return _show(http, request, form, status=422)
    view = form.cleaned_data
    try:
        give_first_view(
            request,
            staff_of(http),
            urgency=Urgency(view["urgency"]),
            handler=Handler(view["handler"]),
            version=view["version"],
        )
    except (Conflict, Refused) as why:
        return _not_done(http, request, form, why)
    open_request(request, staff_of(http))  # the advice is shown from here on
    return redirect(reverse("request", args=[request.pk]) + "#advice")


@require_POST
def decision(http: HttpRequest, request_id: UUID) -> HttpResponse:
    request = _request(http, request_id)
    form = DecisionForm(http.POST)
    if not form.is_valid():
        return _show(http, request, form, status=422)
    final = form.cleaned_data
    try:
        decide(
            request,
            staff_of(http),
            urgency=Urgency(final["urgency"]),
            handler=Handler(final["handler"]),
            reason=final["reason"],
            note=final["note"],
            version=final["version"],
        )
    except (Conflict, Refused) as why:
        return _not_done(http, request, form, why)
    messages.success(
        http, f"Decision saved: {urgency_in_words(final['urgency'])}, {handler_in_words(final['handler'])}."
    )
    return redirect("request", request.pk)


@require_POST
def reopening(http: HttpRequest, request_id: UUID) -> HttpResponse:
    request = _request(http, request_id)
    form = ReopenForm(http.POST)
    if not form.is_valid():
        return _show(http, request, form, status=422)
    try:
        reopen(request, staff_of(http), why=form.cleaned_data["why"], version=form.cleaned_data["version"])
    except (Conflict, Refused) as why:
        return _not_done(http, request, form, why)
    messages.success(http, "Opened again. The decision before stays in its history.")
    return redirect("request", request.pk)


@require_POST
def outcome(http: HttpRequest, request_id: UUID) -> HttpResponse:
    """What turned out to be right, or a correction of it."""
    request, user = _request(http, request_id), staff_of(http)
    try:
        form = OutcomeForm(http.POST, ways=ways_open(request, user))
        if not form.is_valid():
            return _show(http, request, outcome_form=form, status=422)
        said = form.cleaned_data
        row = record(
            request,
            user,
            urgency=Urgency(said["right"]),
            known_by=KnownBy(said["known_by"]),
            known_on=said["known_on"],
            what=said["what"],
            seen=said["seen"],
        )
    except MayNot as why:
        raise PermissionDenied(str(why)) from why
    except NotKept as why:
        return _outcome_not_kept(http, _request(http, request_id), why)
    messages.success(http, "Kept, in the ledger under your name.")
    if row.urgency == Urgency.EMERGENCY:
        messages.warning(
            http, "If somebody was harmed, or could have been, report it as an incident too, on the Safety page."
        )
    return redirect("request", request.pk)


@require_POST
def presence(http: HttpRequest, request_id: UUID) -> HttpResponse:
    """Who else has it open, and whether it has changed: a line that is asked for every 15 seconds."""
    request = _request(http, request_id)
    opening = open_request(request, staff_of(http))
    others = others_here(request, staff_of(http))
    acted = request.version != _number(http.POST.get("version"), request.version)
    changed = acted or _is_withdrawn(request, opening)
    told = presence_mark(request, [opening.pk for opening in others], changed)
    if told == http.POST.get("told"):
        return HttpResponse(status=204)
    return render(
        http, "requests/_presence.jinja", {"request_": request, "others": others, "changed": changed, "told": told}
    )


def _is_withdrawn(request: Request, opening: Opening) -> bool:
    """True when the page shows advice that may be shown no longer: its tool was suspended, or lost its standing."""
    if opening.showing_id is None:
        return False
    now = advice_open_to(request, opening.clinician)
    return now is None or now.pk != opening.showing_id


def presence_mark(request: Request, others: list[int], changed: bool) -> str:
    """What the line says, in short, so that it is said once."""
    return f"{','.join(map(str, others))}/{request.version if changed else ''}"


# ---- what they have in common ----


def _request(http: HttpRequest, request_id: UUID) -> Request:
    request = find(staff_of(http), request_id)
    if request is None:
        raise Http404
    return request


def _not_done(http: HttpRequest, request: Request, form: Any, why: Conflict | Refused) -> HttpResponse:
    """The page again, as the request stands now, with what was typed and why it was not saved."""
    request = _request(http, request.pk)
    step = step_for(request, staff_of(http))
    form.data = form.data.copy()
    form.data["version"] = request.version  # having read what happened, they may send it again
    if isinstance(why, Conflict) or not _fits(form, step):
        return _show(http, request, form, conflict=str(why), status=409)
    form.add_error(why.field if why.field in form.fields else None, str(why))
    return _show(http, request, form, status=422)


def _outcome_not_kept(http: HttpRequest, request: Request, why: NotKept) -> HttpResponse:
    """The page again, with what was typed; where it can still be sent, in its form."""
    known = turned_out(request, staff_of(http))
    if not known.ways:
        return _show(http, request, conflict=str(why), typed=_typed(http.POST), status=409)
    data = http.POST.copy()
    data["seen"] = str(known.seen)  # having read what was recorded, they may send it again
    form = OutcomeForm(data, ways=known.ways)
    form.add_error(why.field, str(why))
    return _show(http, request, outcome_form=form, status=422 if why.field else 409)


def _show(
    http: HttpRequest,
    request: Request,
    form: Any = None,
    *,
    outcome_form: OutcomeForm | None = None,
    conflict: str = "",
    typed: list[tuple[str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    user = staff_of(http)
    step = step_for(request, user)
    assessment = advice_shown_to(request, user)
    advice = assessment.advice if assessment else None
    others = others_here(request, user)
    own_view = request.first_views.filter(round=request.round, clinician=user).first()
    last = request.decisions.select_related("clinician", "first_view", "assessment").order_by("-round").first()
    decided = last if request.state == State.DECIDED else None
    known = turned_out(request, user) if decided else None
    following, waiting = box.next_after(request)
    context = {
        "request_": request,  # `request` is the HTTP request in every template
        "step": step.name,
        "pieces": marks.pieces_of(request.text, marks.marks_of(request.red_flags, advice)),
        "red_flags": [flag | {"words": marks.quote(request.text, flag["spans"])} for flag in request.red_flags],
        "undone": presenters.undone(request),
        "entries": presenters.entries_of(request),
        "advice": presenters.advice_of(assessment, standing_of(request.practice, assessment.tool, assessment.version))
        if assessment
        else None,
        "why_no_advice": presenters.why_no_advice(request),
        "own_view": own_view,
        "decided": decided,
        "before": last if not decided else None,
        "history": presenters.history_of(request, user),
        "form": form if form is not None and _fits(form, step) else _new_form(request, step, own_view, form),
        "typed": typed or (_typed(form.data) if form is not None and not _fits(form, step) else []),
        "known": known,
        "outcome_form": outcome_form or _new_outcome_form(known),
        "hints": URGENCY_HINTS,
        "reason_words": REASON_WORDS,
        "conflict": conflict,
        "others": others,
        "told": presence_mark(request, [opening.pk for opening in others], changed=False),
        "following": following,
        "waiting": waiting,
        "now": timezone.now(),
        "ago": ago,
    }
    return render(http, "requests/request.jinja", context, status=status)


def _new_form(request: Request, step: Step, own_view: Any, typed: Any) -> Any:
    start: dict[str, Any] = {"version": request.version}
    if typed is not None:
        start |= {name: typed.data.get(name) for name in ("urgency", "handler")}
    if step == Step.FIRST_VIEW:
        return ViewForm(initial=start)
    if step == Step.DECIDED:
        return ReopenForm(initial=start)
    if own_view:
        # The clinician's own view is where the decision starts, never the advice.
        start |= {"urgency": own_view.urgency, "handler": own_view.handler}
    return DecisionForm(initial=start)


def _new_outcome_form(known: TurnedOut | None) -> OutcomeForm | None:
    if known is None or not known.ways:
        return None
    return OutcomeForm(initial={"known_on": timezone.localdate(), "seen": known.seen}, ways=known.ways)


_FORM_FOR = {
    Step.FIRST_VIEW: ViewForm,
    Step.DECIDE: DecisionForm,
    Step.DECIDE_WITHOUT_ADVICE: DecisionForm,
    Step.DECIDED: ReopenForm,
}


def _fits(form: Any, step: Step) -> bool:
    """True when what was typed can still be sent: the request is at the step that the form is for."""
    return type(form) is _FORM_FOR.get(step)


def _typed(data: MultiValueDict[str, str]) -> list[tuple[str, str]]:
    """What was typed into a form that can no longer be sent, for its writer to read and copy."""
    said = {
        "How soon": urgency_in_words(data.get("urgency")),
        "Who": handler_in_words(data.get("handler")),
        "Note": data.get("note", ""),
        "Why open again": data.get("why", ""),
        "Right would have been": urgency_in_words(data.get("right")),
        "What happened": data.get("what", ""),
    }
    return [(label, words) for label, words in said.items() if words]
