"""The pages of the tools: what each is, what it is trusted with here and on which figures, and who signed for that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from preceptor import tools as installed
from preceptor.advice import URGENCIES, Card, Standing
from preceptor.evaluation.evaluation import NOT_CALIBRATED
from preceptor.service.accounts.signed_in import practice_of, staff_of
from preceptor.service.oversight import drawing, presenters, tables
from preceptor.service.oversight.forms import StandingForm
from preceptor.service.oversight.gates import NotEarned, alarms_that_hold, judged, sign, what_bars
from preceptor.service.oversight.incidents import incidents_of, is_closed
from preceptor.service.oversight.measuring import kept_figures
from preceptor.service.oversight.models import ToolStanding, WordsLook
from preceptor.service.oversight.sampling import running
from preceptor.service.oversight.standing import last_change, standing_of
from preceptor.service.oversight.words import STANDING_MEANS, STANDING_WORDS
from preceptor.service.practices.models import Practice

EARLIER_SHOWN = 5  # incidents and looks


@dataclass(frozen=True, slots=True)
class Held:
    """A tool and its standing at this practice; `change` is None where nobody ever set one."""

    card: Card
    change: ToolStanding | None

    @property
    def standing(self) -> str:
        return self.change.standing if self.change else Standing.SHADOW

    @property
    def is_measured(self) -> bool:
        """The measures are of advice on urgency."""
        return tuple(self.card.scale) == URGENCIES


@require_GET
def tools(http: HttpRequest) -> HttpResponse:
    practice = practice_of(http)
    cards = sorted((tool.card for tool in installed.found().values()), key=lambda card: card.title.casefold())
    held = [Held(card, last_change(practice, card.tool, card.version)) for card in cards]
    context = {"held": held, "broken": installed.broken(), "alarms": alarms_that_hold(practice)}
    return render(http, "oversight/tools.jinja", _WORDS | context)


@require_http_methods(["GET", "POST"])
def tool(http: HttpRequest, name: str) -> HttpResponse:
    """One tool's card, what its next step needs, every change of its standing, and for those who govern, the form."""
    practice = practice_of(http)
    held = _held(practice, name)
    card = held.card
    form = StandingForm(http.POST or None, initial={"version": card.version})
    if http.method == "POST":
        if not staff_of(http).may_govern:
            raise PermissionDenied("Only the practice manager or the clinical safety officer changes a standing.")
        if form.is_valid() and _set(http, practice, held, form):
            return redirect("tool", name)
    changes = ToolStanding.objects.of(practice).filter(tool=name).select_related("signed_by").order_by("-pk")[:50]
    found = judged(practice, card.tool, card.version)
    allowed = [each for each in Standing if each != held.standing and not what_bars(found.verdict, each)]
    if not held.change and Standing.SHADOW not in allowed:
        allowed = [Standing.SHADOW, *allowed]  # nobody has spoken for it: somebody may, and leave it where it is
    context = {
        "held": held,
        "card": card,
        "changes": changes,
        "form": form,
        "may_change": staff_of(http).may_govern,
        "allowed": [each.value for each in allowed],
        "next": presenters.next_step(found, held.change),
        "terms": found.gates.terms,
        "compared_with": found.gates.compared_with,
        "alarms": [alarm for alarm in alarms_that_hold(practice) if alarm.tool == name],
        "tab": "card",
    }
    return render(http, "oversight/tool.jinja", _WORDS | context, status=422 if form.errors else 200)


def _held(practice: Practice, name: str) -> Held:
    found = installed.found().get(name)
    if found is None:
        raise Http404
    return Held(found.card, last_change(practice, found.card.tool, found.card.version))


def _set(http: HttpRequest, practice: Practice, held: Held, form: StandingForm) -> bool:
    card, wanted = held.card, Standing(form.cleaned_data["standing"])
    if form.cleaned_data["version"] != card.version:
        form.add_error(None, f"Version {card.version} was installed meanwhile. Read its card, then decide.")
        return False
    if wanted == held.standing and held.change:
        form.add_error("standing", f"Its standing is {STANDING_WORDS[wanted]} already")
        return False
    try:
        sign(practice, card.tool, card.version, wanted, user=staff_of(http), why=form.cleaned_data["why"])
    except NotEarned as why:
        form.add_error("standing", f"{STANDING_WORDS[wanted]} is not earned yet: {why}")
        return False
    except ValueError as fault:
        form.add_error("why", f"{fault}".capitalize())
        return False
    said = f"{card.title} {card.version}: {STANDING_WORDS[wanted]}. It is in the ledger under your name."
    messages.success(http, said)
    return True


@require_GET
def tool_figures(http: HttpRequest, name: str) -> HttpResponse:
    """Every figure of one version: from audited decisions of this practice alone."""
    practice = practice_of(http)
    held = _held(practice, name)
    card = held.card
    version = _version_asked_for(http, practice, card)
    context: dict[str, Any] = {"held": held, "card": card, "tab": "figures"}
    context["uses"] = presenters.versions(practice, card.tool)
    if held.is_measured:
        found = kept_figures(practice, card.tool, version)
        own_change = last_change(practice, card.tool, version)
        context |= {
            "next": presenters.next_step(judged(practice, card.tool, version), own_change),
            "compared_with": found.gates.compared_with,
            "found": found,
            "watched": found.gates.measured.watch,
            "deprivation_known": any(row.attributes.get("deprivation") for row in found.gates.audited.even),
            "terms": found.gates.terms,
            "bounds": presenters.bounds(found),
            "bounds_in_words": drawing.bounds_in_words(found) if found.bounds else "",
            "calibration": presenters.calibration(found),
            "uncalibrated": any(NOT_CALIBRATED in limit.casefold() for limit in card.limits),
            "net_benefit": presenters.net_benefit(found),
            "reliance": presenters.reliance(found),
            "split": presenters.split(found),
            "subgroups": presenters.subgroups(found.gates),
            "rates_differ": found.gates.audited.even_below
            and len(found.gates.audited.even) < len(found.gates.audited.rows),
            "looks": WordsLook.objects.of(practice).select_related("asked_by").order_by("-pk")[:EARLIER_SHOWN],
            "sample": running(practice),
        }
    incidents = list(incidents_of(practice, card.tool))
    context |= {
        "version": version,
        "others": [row[0] for row in context["uses"].rows if row[0] != version],
        "standing": standing_of(practice, card.tool, version),
        "incidents": incidents[:EARLIER_SHOWN],
        "open_incidents": sum(not is_closed(each) for each in incidents),
        "all_incidents": len(incidents),
        "is_closed": is_closed,
        "may_change": staff_of(http).may_govern,
    }
    return render(http, "oversight/figures.jinja", _WORDS | context)


def _version_asked_for(http: HttpRequest, practice: Practice, card: Card) -> str:
    """The version that is installed, or another that advised on requests decided here: one that came before, or one
    that challenges it. Raises Http404 for any other."""
    asked = http.GET.get("version", card.version)
    if asked != card.version and asked not in tables.versions(practice, card.tool):
        raise Http404
    return asked


@require_GET
def tool_chart(http: HttpRequest, name: str, slug: str) -> HttpResponse:
    """One chart alone, as an image for the page of figures."""
    practice = practice_of(http)
    held = _held(practice, name)
    if slug not in drawing.CHARTS or not held.is_measured:
        raise Http404("no such chart")
    version = _version_asked_for(http, practice, held.card)
    narrow = http.GET.get("width") == "narrow"
    svg = drawing.drawn(kept_figures(practice, held.card.tool, version), slug, narrow=narrow)
    if not svg:
        raise Http404("nothing to draw")
    return HttpResponse(svg, content_type="image/svg+xml")


_WORDS: dict[str, Any] = {"standing_words": STANDING_WORDS, "standing_means": STANDING_MEANS}
