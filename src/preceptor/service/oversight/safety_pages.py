"""The safety officer's pages: hazards, incidents, terms, a look at drift, pace, and everything to take away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from preceptor import tools as installed
from preceptor.service.accounts.signed_in import practice_of, staff_of
from preceptor.service.jinja import moment
from preceptor.service.oversight import leaving, pace_words
from preceptor.service.oversight.auditing import may_audit, queue_for, waiting_since
from preceptor.service.oversight.forms import IncidentForm, NoteForm, TermsForm
from preceptor.service.oversight.gates import alarms_that_hold
from preceptor.service.oversight.hazards import LIKELIHOODS, MATRIX, hazard_log
from preceptor.service.oversight.incidents import add_note, incidents_of, is_closed, report
from preceptor.service.oversight.looking import look
from preceptor.service.oversight.metrics import metrics_of
from preceptor.service.oversight.models import Incident, Severity, Terms
from preceptor.service.oversight.outcomes import summary
from preceptor.service.oversight.pace import pace
from preceptor.service.oversight.sampling import running
from preceptor.service.oversight.sheets import Sheet, as_csv, as_pdf
from preceptor.service.oversight.terms import NUMBERS, set_terms, terms_at
from preceptor.service.oversight.words import STANDING_WORDS, TERMS_WORDS
from preceptor.service.practices.models import Practice

TERMS_SHOWN = 10
MISSED_SHOWN = 20


@require_GET
def safety(http: HttpRequest) -> HttpResponse:
    """What wants looking at now, and the hazard log with its live metrics."""
    practice, user = practice_of(http), staff_of(http)
    waiting, oldest = waiting_since(practice)
    incidents = list(incidents_of(practice))
    context = {
        "alarms": alarms_that_hold(practice),
        "standing_words": STANDING_WORDS,
        "waiting": waiting,
        "oldest": oldest,
        "mine": queue_for(user).count() if may_audit(user) else 0,
        "may_audit": may_audit(user),
        "open_incidents": sum(not is_closed(each) for each in incidents),
        "all_incidents": len(incidents),
        "outcomes": summary(practice, user),
        "missed_shown": MISSED_SHOWN,
        "terms": terms_at(practice),
        "sample": running(practice),
        "log": hazard_log(),
        "metrics": metrics_of(practice),
        "matrix": MATRIX,
        "likelihoods": LIKELIHOODS,
        "severities": list(Severity),
        "may_govern": user.may_govern,
    }
    return render(http, "oversight/safety.jinja", context)


# ---- terms ----


@require_http_methods(["GET", "POST"])
def terms(http: HttpRequest) -> HttpResponse:
    """What a tool must reach here, and how often decisions are audited."""
    practice, user = practice_of(http), staff_of(http)
    now = terms_at(practice)
    form = TermsForm(http.POST or None, initial={name: f"{100 * getattr(now, name):g}" for name in NUMBERS})
    if http.method == "POST":
        if not user.may_govern:
            raise PermissionDenied("Only the practice manager or the clinical safety officer sets the terms.")
        if form.is_valid():
            try:
                set_terms(practice, form.numbers, user=user, why=form.cleaned_data["why"])
            except ValueError as fault:
                form.add_error(None, f"{fault}".capitalize())
            else:
                messages.success(http, "Signed. The terms are in the ledger under your name.")
                return redirect("terms")
    rows = Terms.objects.of(practice).select_related("signed_by").order_by("-pk")[:TERMS_SHOWN]
    context = {
        "now": now, "rows": rows, "form": form, "words": TERMS_WORDS, "names": NUMBERS, "may_change": user.may_govern
    }  # fmt: skip
    return render(http, "oversight/terms.jinja", context, status=422 if form.errors else 200)


# ---- incidents ----


@require_http_methods(["GET", "POST"])
def incidents(http: HttpRequest) -> HttpResponse:
    """Every incident, and the form to report one: for all staff."""
    practice, user = practice_of(http), staff_of(http)
    tools = {tool.card.tool: tool.card.title for tool in installed.found().values()}
    form = IncidentForm(http.POST or None, tools=tools)
    if http.method == "POST" and form.is_valid():
        said = form.cleaned_data | {"harmed": form.cleaned_data["harmed"] == "yes"}
        row = report(user, **said)
        messages.success(http, "Reported. The clinical safety officer sees it on the Safety page.")
        return redirect("incident", row.pk)
    rows = [(each, is_closed(each)) for each in incidents_of(practice)]
    context = {"rows": rows, "form": form}
    return render(http, "oversight/incidents.jinja", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def incident(http: HttpRequest, incident_id: int) -> HttpResponse:
    """One incident with everything that was said of it."""
    practice, user = practice_of(http), staff_of(http)
    row = get_object_or_404(Incident.objects.of(practice).select_related("reported_by"), pk=incident_id)
    closed = is_closed(row)
    form = NoteForm(http.POST or None, initial={"state": "closed" if closed else "open"})
    if http.method == "POST" and form.is_valid():
        closes = form.cleaned_data["state"] == "closed"
        try:
            add_note(row, user, text=form.cleaned_data["text"], closes=closes)
        except PermissionError as why:
            raise PermissionDenied(str(why)) from why
        messages.success(http, "Kept, in the ledger under your name.")
        return redirect("incident", row.pk)
    hazard = next((each for each in hazard_log().hazards if each.id == row.hazard), None)
    context = {
        "row": row, "notes": row.notes.select_related("by").order_by("pk"), "closed": closed, "form": form,
        "hazard": hazard, "may_close": user.may_govern,
    }  # fmt: skip
    return render(http, "oversight/incident.jinja", context, status=422 if form.errors else 200)


# ---- drift of words ----


@require_POST
def words_look(http: HttpRequest) -> HttpResponse:
    """Compare the last 30 days with those before, now. It can start an audit sample and nothing else."""
    practice, user = practice_of(http), staff_of(http)
    if not user.may_govern:
        raise PermissionDenied("Only the practice manager or the clinical safety officer starts this comparison.")
    found = look(practice, user)
    messages.success(http, f"Compared: {found.words}.")
    back = http.POST.get("tool", "")
    return redirect("tool_figures", back) if back in installed.found() else redirect("safety")


# ---- alert fatigue, time and order ----


@require_GET
def pace_page(http: HttpRequest) -> HttpResponse:
    """What becomes of cards, how long decisions take and what their order does: of the practice as a whole."""
    found = pace(practice_of(http))
    context = {
        "found": found,
        "cards": pace_words.of_cards(found.fatigue),
        "time": pace_words.of_time(found.pacing),
        "order": pace_words.of_order(found.pacing),
        "charts": {name: title for name, title in pace_words.CHARTS.items() if pace_words.drawn(found, name)},
    }
    return render(http, "oversight/pace.jinja", context)


@require_GET
def pace_chart(http: HttpRequest, slug: str) -> HttpResponse:
    """One chart of that page, as an image."""
    if slug not in pace_words.CHARTS:
        raise Http404("no such chart")
    svg = pace_words.drawn(pace(practice_of(http)), slug, narrow=http.GET.get("width") == "narrow")
    if not svg:
        raise Http404("nothing to draw")
    return HttpResponse(svg, content_type="image/svg+xml")


# ---- to take away ----


_SHEETS: dict[str, tuple[Callable[[Practice], Sheet], bool]] = {
    # What it is, and whether only those who govern may take it away.
    "hazards": (leaving.hazards, False),
    "incidents": (leaving.incidents, True),
    "audits": (leaving.audits, True),
}


@require_GET
def export(http: HttpRequest, slug: str, form: str) -> HttpResponse:
    """The hazard log, the incidents or the audits, as CSV, as PDF or as a page to print."""
    practice, user = practice_of(http), staff_of(http)
    if slug not in _SHEETS or form not in ("csv", "pdf", "print"):
        raise Http404
    made, governed = _SHEETS[slug]
    if governed and not user.may_govern:
        raise PermissionDenied("Only the practice manager or the clinical safety officer takes these away.")
    sheet = made(practice)
    about = f"{practice.name}, {moment(timezone.now())}, made by {user.shown_name}"
    if practice.synthetic:
        about += ". Synthetic: no patient in it is real"
    if form == "print":
        context: dict[str, Any] = {"sheet": sheet, "about": about}
        return render(http, "oversight/print.jinja", context)
    kind = "text/csv; charset=utf-8" if form == "csv" else "application/pdf"
    answer = HttpResponse(as_csv(sheet) if form == "csv" else as_pdf(sheet, about), content_type=kind)
    name = f"{slug}-{timezone.localdate().isoformat()}.{form}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
