"""The page of what was learnt: which model advises, what challenges it, on what, who approved, and how to undo it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from preceptor import tools as installed
from preceptor.learning.artefacts import Refused
from preceptor.service.accounts.models import User
from preceptor.service.accounts.signed_in import practice_of, staff_of
from preceptor.service.learning import presenters, steps
from preceptor.service.learning.forms import PROMOTE, ROLL_BACK, WITHDRAW, StepForm
from preceptor.service.learning.learning import promote
from preceptor.service.learning.models import ModelStep, What
from preceptor.service.oversight.standing import standing_of
from preceptor.service.oversight.tables import versions
from preceptor.service.oversight.words import STANDING_MEANS, STANDING_WORDS
from preceptor.service.practices.models import Practice
from preceptor.tools.models import CHALLENGER, Held
from preceptor.tools.triage.model.learnt import in_place


@require_http_methods(["GET", "POST"])
def learnt(http: HttpRequest) -> HttpResponse:
    """What was learnt, and for those who govern the form that puts it in force, lets it go, or goes back."""
    practice, user = practice_of(http), staff_of(http)
    if steps.TOOL not in installed.found():
        raise Http404
    in_force, challenger = in_place(), in_place(CHALLENGER)
    form = StepForm(http.POST or None, initial={"in_force": in_force.digest, "challenger": challenger.digest})
    if http.method == "POST":
        if not user.may_govern:
            raise PermissionDenied("Only the practice manager or the clinical safety officer decides on a model.")
        if form.is_valid() and _take(http, user, form, in_force, challenger):
            return redirect("learnt")
    context = _context(practice, user, in_force, challenger) | {"form": form}
    return render(http, "learning/learnt.jinja", context, status=422 if form.errors else 200)


def _take(http: HttpRequest, user: User, form: StepForm, in_force: Held, challenger: Held) -> bool:
    said = form.cleaned_data
    if (said["in_force"], said["challenger"]) != (in_force.digest, challenger.digest):
        form.add_error(None, "Another model stands here meanwhile. Read this page as it is now, then decide.")
        return False
    try:
        if said["step"] == PROMOTE:
            row = promote(challenger.digest, [user], said["why"], reads=False)  # a page does not wait
            words = f"Version {row.version} is in force. It starts in shadow: its standing is signed for on its card."
        elif said["step"] == ROLL_BACK:
            row = steps.roll_back(user, said["why"])
            words = f"Version {row.version} is in force again, with the standing that it had."
        else:
            row = steps.withdraw(user, said["why"])
            words = f"Version {row.version} challenges no more."
    except Refused as why:
        form.add_error("step", f"{why}"[:1].upper() + f"{why}"[1:])
        return False
    messages.success(http, f"{words} It is in the ledger under your name.")
    return True


def _context(practice: Practice, user: User, in_force: Held, challenger: Held) -> dict[str, Any]:
    card = installed.found()[steps.TOOL].card
    rows, rival = steps.steps(), steps.version_with(challenger.digest)
    return {
        "card": card,
        "tab": "learnt",
        "standing": standing_of(practice, card.tool, card.version),
        "standing_words": STANDING_WORDS,
        "standing_means": STANDING_MEANS,
        "in_force": _model(practice, user, in_force, _last(rows, What.PROMOTED, in_force.digest)),
        "challenger": _model(practice, user, challenger, _last(rows, What.LEARNT, challenger.digest)),
        "since": next((row for row in rows if row.what in (What.PROMOTED, What.ROLLED_BACK)), None),
        "history": presenters.history(rows),
        "as_the_ledger_says": in_force.digest == steps.should_be_in_force(),
        "wanted": steps.version_with(steps.should_be_in_force()),
        "may_govern": user.may_govern,
        "choices": _choices(in_force, challenger) if user.may_govern else [],
        "has_figures": challenger.model is not None and rival in versions(practice, card.tool),
    }


def _model(practice: Practice, user: User, held: Held, row: ModelStep | None) -> dict[str, Any] | None:
    """What is shown of a model; None where there is none, which in force means the one that ships."""
    if not held.digest and not held.fault:
        return None
    found: dict[str, Any] = {"version": steps.version_with(held.digest), "fault": held.fault, "row": row}
    made = steps.learnt(held.digest)
    if made is None:
        return found
    challenge = row.figures if row and row.what == What.PROMOTED else made.figures["challenge"]
    lessons = made.figures["lessons"]
    found |= {
        "made": made,
        "parent": steps.version_with(made.parent),
        "taught": presenters.taught(lessons),
        "reasons": presenters.reasons(lessons),
        "answers": presenters.answers(made.figures.get("context", {}), practice, user.may_govern),
        "alarms": presenters.alarms(lessons, practice) if user.may_govern else [],
        "hidden_alarms": 0 if user.may_govern else len(lessons["alarms"]),
        "measures": presenters.measures(challenge),
        "groups": presenters.groups(challenge),
        "live": presenters.live(challenge),
        "met": challenge["met"],
        "missing": challenge["missing"],
        "passed": challenge["passed"],
        "counts": challenge["moved"],
        "raised": presenters.moved_on_the_hold_out(challenge, "raised"),
        "lowered": presenters.moved_on_the_hold_out(challenge, "lowered"),
    }
    if user.may_govern:  # it is advice of a tool that may be in shadow: those who judge it, and nobody who decides
        found |= {
            "raised_here": presenters.moved_here(challenge, practice, "raised"),
            "lowered_here": presenters.moved_here(challenge, practice, "lowered"),
        }
    return found


def _choices(in_force: Held, challenger: Held) -> list[tuple[str, str, str]]:
    found = []
    if challenger.model:
        version = steps.version_with(challenger.digest)
        found.append((PROMOTE, f"Put {version} in force", "It is tried once more, on all that is known by now."))
    if in_force.digest or in_force.fault:
        found.append((ROLL_BACK, "Roll back", "The model before it advises again, at once and as it was trusted."))
    if challenger.digest or challenger.fault:
        found.append((WITHDRAW, "Let the challenger go", "It is asked no more; what is in force stays."))
    return found


def _last(rows: list[ModelStep], what: What, digest: str) -> ModelStep | None:
    return next((row for row in rows if row.what == what and row.digest == digest), None)
