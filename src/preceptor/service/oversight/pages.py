"""The tools page: what each tool is, what it is trusted with here and since when, and who signed for that."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from preceptor import tools as installed
from preceptor.advice import Card, Standing
from preceptor.service.accounts.signed_in import practice_of, staff_of
from preceptor.service.oversight.forms import StandingForm
from preceptor.service.oversight.models import ToolStanding
from preceptor.service.oversight.standing import last_change, set_standing
from preceptor.service.oversight.words import STANDING_MEANS, STANDING_WORDS
from preceptor.service.practices.models import Practice


@dataclass(frozen=True, slots=True)
class Held:
    """A tool and its standing at this practice; `change` is None where nobody ever set one."""

    card: Card
    change: ToolStanding | None

    @property
    def standing(self) -> str:
        return self.change.standing if self.change else Standing.SHADOW


@require_GET
def tools(http: HttpRequest) -> HttpResponse:
    practice = practice_of(http)
    cards = sorted((tool.card for tool in installed.found().values()), key=lambda card: card.title.casefold())
    held = [Held(card, last_change(practice, card.tool, card.version)) for card in cards]
    return render(http, "oversight/tools.jinja", _WORDS | {"held": held, "broken": installed.broken()})


@require_http_methods(["GET", "POST"])
def tool(http: HttpRequest, name: str) -> HttpResponse:
    """One tool's card, every change of its standing here, and for those who govern, the form to change it."""
    practice = practice_of(http)
    found = installed.found().get(name)
    if found is None:
        raise Http404
    card = found.card
    held = Held(card, last_change(practice, card.tool, card.version))
    form = StandingForm(http.POST or None, initial={"version": card.version})
    if http.method == "POST":
        if not staff_of(http).may_govern:
            raise PermissionDenied("Only the practice manager or the clinical safety officer changes a standing.")
        if form.is_valid() and _set(http, practice, held, form):
            return redirect("tool", name)
    changes = ToolStanding.objects.of(practice).filter(tool=name).select_related("signed_by").order_by("-pk")[:50]
    context = {"held": held, "card": card, "changes": changes, "form": form, "may_change": staff_of(http).may_govern}
    return render(http, "oversight/tool.jinja", _WORDS | context, status=422 if form.errors else 200)


def _set(http: HttpRequest, practice: Practice, held: Held, form: StandingForm) -> bool:
    card, wanted = held.card, Standing(form.cleaned_data["standing"])
    if form.cleaned_data["version"] != card.version:
        form.add_error(None, f"Version {card.version} was installed meanwhile. Read its card, then decide.")
        return False
    if wanted == held.standing and held.change:
        form.add_error("standing", f"Its standing is {STANDING_WORDS[wanted]} already")
        return False
    try:
        set_standing(practice, card.tool, card.version, wanted, user=staff_of(http), why=form.cleaned_data["why"])
    except ValueError as fault:
        form.add_error("why", f"{fault}".capitalize())
        return False
    said = f"{card.title} {card.version}: {STANDING_WORDS[wanted]}. It is in the ledger under your name."
    messages.success(http, said)
    return True


_WORDS = {"standing_words": STANDING_WORDS, "standing_means": STANDING_MEANS}
