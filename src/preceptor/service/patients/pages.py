"""The pages about patients: the list, and one record as a summary, results, a timeline, and its requests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from preceptor.advice import EventKind
from preceptor.service.accounts.signed_in import practice_of, staff_of
from preceptor.service.findings.showing import section_of
from preceptor.service.patients import charts, presenters, results
from preceptor.service.patients.histories import histories_of
from preceptor.service.patients.models import Event, Patient
from preceptor.service.patients.search import matching
from preceptor.service.requests.models import Request

PATIENTS_A_PAGE = 25
EVENTS_A_PAGE = 50
REQUESTS_A_PAGE = 10
RECENT_RESULTS = 60  # entries to look through for the summary's latest results
LATEST_RESULTS = 8  # of them, to show
# What only an entry's own page would need: the codes of a record of 1,500 entries are most of its weight.
_SHOWN = (
    "key", "kind", "concept", "when", "precision", "end", "status", "text", "value", "unit", "value_sent", "unit_sent",
    "note", "problem", "resource_id",
)  # fmt: skip


@require_GET
def patients(http: HttpRequest) -> HttpResponse:
    """Search within the practice; no banner, because the page is about several people."""
    words = http.GET.get("q", "").strip()[:200]
    page = _page(http, matching(practice_of(http), words), PATIENTS_A_PAGE)
    return render(http, "patients/list.jinja", {"page": page, "words": words, "query": urlencode({"q": words})})


@require_GET
def patient(http: HttpRequest, patient_id: int) -> HttpResponse:
    """The summary: what somebody should know before they do anything."""
    about = _patient(http, patient_id)
    events = _events(about)
    recent = events.filter(kind=EventKind.RESULT, when__isnull=False).order_by("-when", "-pk")[:RECENT_RESULTS]
    # The last day's first, and within a day in the order of the tables: not by the minute in which each was filed.
    latest = sorted(results.series_of(recent), key=lambda series: timezone.localdate(series.taken), reverse=True)
    context = {
        "summary": presenters.summary_of(events.filter(kind__in=presenters.SUMMARY_KINDS), timezone.now()),
        "latest": latest[:LATEST_RESULTS],
        "requests": about.requests.order_by("-received", "-id")[:3],
        "faulty": events.exclude(problem="").count(),
        "section_": section_of(http, about),
    }
    return _record_page(http, about, "summary", context)


@require_GET
def patient_results(http: HttpRequest, patient_id: int) -> HttpResponse:
    about = _patient(http, patient_id)
    found = results.series_of(_events(about).filter(kind=EventKind.RESULT))
    return _record_page(http, about, "results", {"all_series": found, "sparkline": charts.sparkline})


@require_GET
def patient_result(http: HttpRequest, patient_id: int, slug: str) -> HttpResponse:
    """Every result of one concept: the chart, and beside it the numbers."""
    about = _patient(http, patient_id)
    series = _series(about, slug)
    return _record_page(http, about, "result", {"series": series, "said": _said(series)})


@require_GET
def patient_chart(http: HttpRequest, patient_id: int, slug: str) -> HttpResponse:
    """The chart alone, as an image for the page above."""
    series = _series(_patient(http, patient_id), slug)
    if not series.points:
        raise Http404("no number to draw")
    bands = results.BANDS.get(slug)
    svg = charts.result_chart(series.points, title=series.title, unit=series.unit, bands=bands)
    return HttpResponse(svg, content_type="image/svg+xml")


@require_GET
def patient_timeline(http: HttpRequest, patient_id: int) -> HttpResponse:
    """Everything, newest first; what has no date comes last."""
    about = _patient(http, patient_id)
    words, kind = http.GET.get("q", "").strip()[:200].replace("\0", ""), http.GET.get("kind", "")
    events = _events(about)
    for word in words.split():
        events = events.filter(Q(text__icontains=word) | Q(note__icontains=word) | Q(value_sent__icontains=word))
    if faulty := http.GET.get("problems") == "yes":
        events = events.exclude(problem="")
    counts = dict(events.values_list("kind").annotate(Count("pk")).order_by())
    shown = events.filter(kind=kind) if kind in presenters.KIND_WORDS else events
    kept = {"q": words} | ({"problems": "yes"} if faulty else {})
    context = {
        "page": _page(http, shown.order_by(F("when").desc(nulls_last=True), "-pk"), EVENTS_A_PAGE),
        "kinds": [(name, said, counts[name]) for name, said in presenters.KIND_WORDS.items() if name in counts],
        "kind": kind if kind in presenters.KIND_WORDS else "",
        "total": sum(counts.values()),
        "words": words,
        "faulty": faulty,
        "void": about.events.filter(void=True).count(),
        "query_of": _query_of(kept),
        "given": presenters.given,
        "value": results.value_in_words,
        "kind_words": presenters.KIND_WORDS,
    }
    return _record_page(http, about, "timeline", context)


@require_GET
def patient_requests(http: HttpRequest, patient_id: int) -> HttpResponse:
    """What this patient asked for, and what was decided; advice only as the rules of visibility allow."""
    about = _patient(http, patient_id)
    asked = Request.objects.of(about.practice).filter(patient=about).order_by("-received", "-id")
    page = _page(http, asked, REQUESTS_A_PAGE)
    histories = histories_of(page.object_list, staff_of(http))
    return _record_page(http, about, "requests", {"page": page, "histories": histories})


def _record_page(http: HttpRequest, about: Patient, name: str, context: dict[str, Any]) -> HttpResponse:
    return render(http, f"patients/{name}.jinja", {"patient": about, "tab": name} | context)


def _patient(http: HttpRequest, patient_id: int) -> Patient:
    return get_object_or_404(Patient.objects.of(practice_of(http)).select_related("practice"), pk=patient_id)


def _events(about: Patient) -> QuerySet[Event]:
    """The patient's events, without those entered in error: these are kept, and never shown as true."""
    return Event.objects.of(about.practice).filter(patient=about, void=False).only(*_SHOWN)


def _series(about: Patient, slug: str) -> results.Series:
    events = _events(about).filter(kind=EventKind.RESULT)
    found = [series for series in results.series_of(results.that_may_be(slug, events)) if series.slug == slug]
    if not found:
        raise Http404("no such result")
    return found[0]


def _said(series: results.Series) -> str:
    return charts.in_words(series.points, series.unit) if series.points else ""


def _page(http: HttpRequest, rows: QuerySet, size: int) -> Page:
    return Paginator(rows, size).get_page(http.GET.get("page"))


def _query_of(kept: dict[str, str]) -> Callable[..., str]:
    """A query string with what the reader chose, and these changes."""

    def query(**changes: object) -> str:
        return urlencode({name: value for name, value in (kept | changes).items() if value})

    return query
