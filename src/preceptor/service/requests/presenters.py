"""What a page says about a request, made ready: templates only lay it out."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from preceptor.advice import Event, Precision, Standing, Urgency
from preceptor.service.accounts.models import User
from preceptor.service.requests.cases import earlier_request_of, id_of_earlier
from preceptor.service.requests.marks import opening_words, quote
from preceptor.service.requests.models import Assessment, Checked, FirstView, Request, State
from preceptor.service.requests.visibility import needs_first_view
from preceptor.service.words import handler_in_words, urgency_in_words

if TYPE_CHECKING:
    from preceptor.tools.triage import Related

log = logging.getLogger(__name__)


# ---- a row of the inbox ----


@dataclass(frozen=True, slots=True)
class Row:
    request: Request
    name: str
    matched: bool
    words: str
    red_flags: tuple[str, ...]
    state: str
    notes: tuple[str, ...]  # what has not been done about it, in words


def row_of(request: Request) -> Row:
    """One row of the inbox. Nothing in it comes from a tool's advice."""
    return Row(
        request=request,
        name=request.patient.shown_name if request.patient else request.name_typed or "Name not given",
        matched=request.patient is not None,
        words=opening_words(request.text),
        red_flags=tuple(map(_flag_in_words, request.red_flags)),
        state=state_of(request),
        notes=undone(request),
    )


def _flag_in_words(flag: dict[str, Any]) -> str:
    return f"Emergency: {flag['title']}" if flag["urgency"] == Urgency.EMERGENCY else str(flag["title"])


def state_of(request: Request) -> str:
    if request.state == State.DECIDED:
        last = max(request.decisions.all(), key=lambda decision: decision.round, default=None)
        return f"Decided: {urgency_in_words(last.urgency)}, {handler_in_words(last.handler)}" if last else "Decided"
    if request.state == State.IN_REVIEW:
        by = [view.clinician.shown_name for view in request.first_views.all() if view.round == request.round]
        return f"In review: {', '.join(by)}" if by else "In review"
    return "Waiting, opened again" if request.round > 1 else "Waiting"


def undone(request: Request) -> tuple[str, ...]:
    notes = []
    if request.red_flags_checked != Checked.DONE:
        notes.append("Not checked for red flags")
    if request.assessed == Checked.FAILED:
        notes.append("Not assessed")
    elif request.assessed == Checked.PENDING:
        notes.append("Not assessed yet")
    return tuple(notes)


def why_no_advice(request: Request) -> str:
    """Why there is none to see, in words."""
    if request.assessed == Checked.PENDING:
        return "Not assessed yet. You need not wait for it."
    if request.assessed == Checked.FAILED:
        return "Not assessed: no tool gave advice about this request."
    return "No advice is shown: the tools that looked at this request are not trusted with showing it."


# ---- what the record says ----


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the record, as shown beside the request."""

    when: str
    text: str
    note: str
    why: str


def entries_of(request: Request) -> list[Entry] | None:
    """What the record says about this request; None when it could not be searched."""
    if request.patient is None:
        return []
    from preceptor.service.requests.cases import case_of
    from preceptor.tools.triage import related_events

    try:
        return [_entry(related) for related in related_events(case_of(request))]
    except Exception:
        # The page stands without it, and says so.
        log.exception("the record could not be searched for request %s", request.id)
        return None


def _entry(related: Related) -> Entry:
    event = related.event
    return Entry(when=date_of(event), text=text_of(event), note=event.note, why=related.why)


def date_of(event: Event) -> str:
    """As exactly as it was given: 2010, Mar 2010, 1 Mar 2010, 1 Mar 2010 at 8:05am."""
    if event.when is None:
        return "no date"
    local = timezone.localtime(event.when)
    if event.precision == Precision.YEAR:
        return f"{local:%Y}"
    if event.precision == Precision.MONTH:
        return f"{local:%b %Y}"
    return f"{local.day} {local:%b %Y}"


def text_of(event: Event) -> str:
    """What it is, with its value and its status."""
    value = " ".join(part for part in (event.value_sent, event.unit_sent) if part)
    if value and value not in event.text:
        return f"{event.text}: {value}"
    return event.text


# ---- the advice ----

_NOTED = "Noted"
EFFECT_WORDS = {"sets": "Sets it", "raises": "Raises it", "lowers": "Lowers it", "notes": _NOTED}


@dataclass(frozen=True, slots=True)
class ReasonShown:
    effect: str
    text: str
    words: str  # the patient's, that it rests on
    entry: str  # the record's, that it rests on
    rule: str


@dataclass(frozen=True, slots=True)
class Chance:
    option: str
    percent: int
    in_set: bool
    chosen: bool


@dataclass(frozen=True, slots=True)
class AdviceShown:
    urgency: str
    handler: str
    kind: str
    reasons: tuple[ReasonShown, ...]  # that moved it, or that rest on an entry of the record
    noted: tuple[ReasonShown, ...]  # of the words alone, that changed nothing
    chances: tuple[Chance, ...]
    possible: tuple[str, ...]
    not_considered: tuple[str, ...]
    tool: str
    version: str
    standing: str


def advice_of(assessment: Assessment, standing: Standing) -> AdviceShown:
    """Advice in words. Only what `visibility.advice_shown_to` gave may come in here."""
    advice: Any = assessment.advice
    request = assessment.request
    reasons = tuple(dict.fromkeys(_reasons(advice["reasons"], request)))
    return AdviceShown(
        urgency=advice["urgency"],
        handler=advice.get("handler") or "",
        kind=advice.get("kind") or "",
        # What the record says is never folded away: an appointment that is booked often changes what somebody does.
        reasons=tuple(reason for reason in reasons if reason.effect != _NOTED or reason.entry),
        noted=tuple(reason for reason in reasons if reason.effect == _NOTED and not reason.entry),
        chances=tuple(
            Chance(option, round(100 * chance), option in advice["set"], option == advice["urgency"])
            for option, chance in advice["probabilities"].items()
        ),
        possible=tuple(urgency_in_words(option) for option in advice["set"]),
        not_considered=tuple(advice["not_considered"]),
        tool=assessment.tool,
        version=assessment.version,
        standing=standing,
    )


def _reasons(reasons: Sequence[dict[str, Any]], request: Request) -> Iterable[ReasonShown]:
    entries = _entries_named({reason["event"] for reason in reasons if reason["event"]}, request)
    for reason in reasons:
        words = quote(request.text, [reason["span"]])[0] if reason["span"] else ""
        entry = entries.get(reason["event"], "") if reason["event"] else ""
        yield ReasonShown(EFFECT_WORDS[reason["effect"]], reason["text"], words, entry, reason["rule"] or "")


def _entries_named(keys: set[str], request: Request) -> dict[str, str]:
    if not keys or request.patient is None:
        return {}
    stored = request.patient.events.filter(key__in=keys)
    named = {event.key: _on(event.when, event.text) for event in stored}
    asked = [uuid for key in keys if (uuid := earlier_request_of(key))]
    if asked:
        own = Request.objects.of(request.practice).filter(pk__in=asked, patient=request.patient)
        named |= {id_of_earlier(one.pk): _on(one.received, f"“{opening_words(one.text)}”") for one in own}
    return named


def _on(when: datetime | None, words: str) -> str:
    return f"{timezone.localtime(when):%d %b %Y}: {words}".lstrip("0") if when else words


# ---- what has happened to it ----


@dataclass(frozen=True, slots=True)
class Moment:
    at: datetime
    what: str
    detail: str = ""


def history_of(request: Request, user: User) -> list[Moment]:
    """Everything that happened, oldest first. Another person's first view is not told before one's own is saved."""
    moments = [Moment(request.received, "Received", _SOURCES.get(request.source, ""))]
    moments += [_assessed(assessment) for assessment in request.assessments.all()]
    views = list(request.first_views.select_related("clinician"))
    own_rounds = {view.round for view in views if view.clinician_id == user.pk}
    for view in views:
        told = view.round in own_rounds or view.round < request.round or request.state == State.DECIDED
        moments.append(Moment(view.at, f"{view.clinician.shown_name} saved a first view", _view(view) if told else ""))
    # Words about an earlier decision may quote the advice: whoever is still to give their own view does not see them.
    tell_notes = not needs_first_view(request, user)
    for decision in request.decisions.select_related("clinician"):
        said = f"{urgency_in_words(decision.urgency)}, {handler_in_words(decision.handler)}"
        note = f"{said}. {decision.note}" if decision.note and tell_notes else said
        moments.append(Moment(decision.at, f"{decision.clinician.shown_name} decided", note))
    for reopening in request.reopenings.select_related("clinician"):
        moments.append(Moment(reopening.at, f"{reopening.clinician.shown_name} opened it again", reopening.why))
    return sorted(moments, key=lambda moment: moment.at)


_SOURCES = {
    "page": "through the patients’ page",
    "api": "through another program",
    "demo": "made up for the demonstration",
}


def _view(view: FirstView) -> str:
    return f"{urgency_in_words(view.urgency)}, {handler_in_words(view.handler)}"


def _assessed(assessment: Assessment) -> Moment:
    if assessment.failure:
        return Moment(assessment.at, f"{assessment.tool} {assessment.version} gave no advice", assessment.failure)
    return Moment(assessment.at, f"Assessed by {assessment.tool} {assessment.version}")
