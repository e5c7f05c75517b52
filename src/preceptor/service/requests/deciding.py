"""What clinicians do with a request. Each act is one transaction with its entry in the ledger; nothing is edited."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from preceptor.advice import Handler, Urgency
from preceptor.service.accounts.models import User
from preceptor.service.ledger import chain
from preceptor.service.oversight import auditing
from preceptor.service.requests.models import Assessment, Decision, FirstView, Opening, Reopening, Request, State
from preceptor.service.requests.reasons import DifferenceReason
from preceptor.service.requests.states import after
from preceptor.service.requests.visibility import Step, advice_open_to, has_been_shown_advice, step_for

# A page that is open tells us so every 15 seconds; three silences and it counts as closed.
STILL_OPEN = timedelta(seconds=45)


# To go below a red flag takes words, not a letter typed to get past the form.
SHORTEST_WORDS = 10


class Conflict(Exception):
    """Somebody else acted on the request meanwhile. Nothing was changed; the message says who did what."""


class Refused(Exception):
    """It cannot be done as asked; the message says what is needed, and `field` where it is to be typed."""

    def __init__(self, words: str, field: str | None = None) -> None:
        super().__init__(words)
        self.field = field


def open_request(request: Request, user: User) -> Opening:
    """Note that this person has the request open: call it when the page is shown, and while it stays open.

    A page that stays open shows nothing new: what advice was shown is noted by `visibility.advice_shown_to`.
    """
    now = timezone.now()
    opening, is_new = Opening.objects.get_or_create(
        request=request, round=request.round, clinician=user, defaults={"first": now, "last": now}
    )
    if not is_new:
        opening.last = now
        opening.save(update_fields=["last"])
    return opening


def others_here(request: Request, user: User) -> list[Opening]:
    """The other people who have this request open now, the first to come first."""
    return list(
        request.openings.filter(round=request.round, last__gte=timezone.now() - STILL_OPEN)
        .exclude(clinician=user)
        .select_related("clinician")
        .order_by("first", "id")
    )


@transaction.atomic
def give_first_view(request: Request, user: User, *, urgency: Urgency, handler: Handler, version: int) -> FirstView:
    """Save a clinician's own view, before the advice is shown to them. Raises Conflict or Refused."""
    now = _locked(request, user, "first_view", version)
    if step_for(now, user) not in {Step.FIRST_VIEW, Step.DECIDE_WITHOUT_ADVICE} or has_been_shown_advice(now, user):
        raise Refused("Your own view was saved before, or you have seen the advice already.")
    view = _save_first_view(now, user, urgency, handler)
    now.state = State.IN_REVIEW
    now.save(update_fields=["state"])
    _copy_state(now, request)
    return view


@transaction.atomic
def decide(
    request: Request, user: User, *, urgency: Urgency, handler: Handler, reason: str, note: str, version: int
) -> Decision:
    """Save the final decision of this round. Raises Conflict or Refused."""
    now = _locked(request, user, "decide", version)
    step = step_for(now, user)
    if step == Step.FIRST_VIEW:
        raise Refused("Save your own view first; then the advice is shown, and you decide.")
    shown = advice_open_to(now, user)
    _refuse_unless_read(now, user, shown)
    note = note.strip()
    _refuse_without_reason(now, shown, urgency, reason, note)
    first_view = now.first_views.filter(round=now.round, clinician=user).first()
    if first_view is None and step == Step.DECIDE_WITHOUT_ADVICE and not has_been_shown_advice(now, user):
        # Nothing was shown to lead it, so the decision is this person's own view.
        first_view = _save_first_view(now, user, urgency, handler)
    decision = Decision.objects.create(
        request=now,
        round=now.round,
        clinician=user,
        first_view=first_view,
        assessment=shown,
        urgency=urgency,
        handler=handler,
        reason=reason,
        note=note,
        opened=_opened(now, user),
    )
    body = {
        "decision": decision.pk,
        "round": now.round,
        "urgency": urgency,
        "handler": handler,
        "first_view": first_view.pk if first_view else None,
        "assessment": shown.pk if shown else None,
        "reason": reason,
        "note": note,
    }
    _advance(now, "decide", body, user)
    auditing.cast(decision)
    _copy_state(now, request)
    return decision


@transaction.atomic
def reopen(request: Request, user: User, *, why: str, version: int) -> Reopening:
    """Open a decided request again, in a new round. The decision stays as it was. Raises Conflict or Refused."""
    now = _locked(request, user, "reopen", version)
    why = why.strip()
    if not why:
        raise Refused("Say why you open it again.", "why")
    now.round += 1
    reopening = Reopening.objects.create(request=now, round=now.round, clinician=user, why=why)
    _advance(now, "reopen", {"reopening": reopening.pk, "round": now.round, "why": why}, user)
    _copy_state(now, request)
    return reopening


def _locked(request: Request, user: User, action: str, version: int) -> Request:
    """The request as it stands now, held until the transaction ends."""
    if not user.may_decide:
        raise Refused("Your account may read requests, not decide on them.")
    now = Request.objects.of(user.practice).select_for_update().get(pk=request.pk)
    if now.version != version or after(now.state, action) is None:
        raise Conflict(_what_happened(now))
    return now


def _what_happened(request: Request) -> str:
    # The last of each is by id: two may carry one moment.
    last = request.decisions.order_by("-id").first()
    if request.state == State.DECIDED and last:
        return (
            f"{last.clinician.shown_name} decided on this request at {_clock(last.at)}, while you had it open. "
            "Your entries were not saved; they are still on this page."
        )
    reopened = request.reopenings.order_by("-id").first()
    if reopened:
        return (
            f"{reopened.clinician.shown_name} opened this request again at {_clock(reopened.at)}, while you had it "
            "open. Your entries were not saved; they are still on this page."
        )
    return "This request has not been decided, so it cannot be opened again."


def _clock(when: datetime) -> str:
    return f"{timezone.localtime(when):%I:%M%p}".lstrip("0").lower()


def _refuse_unless_read(request: Request, user: User, advice: Assessment | None) -> None:
    """A decision is taken on what the page showed: advice that came or went since then is to be read first."""
    opening = request.openings.filter(round=request.round, clinician=user).first()
    was_shown = opening.showing_id if opening else None
    if advice is not None and advice.pk != was_shown:
        raise Refused("Advice has come since you opened this page. It is shown now: read it, then save your decision.")
    if advice is None and was_shown is not None:
        raise Refused(
            "The advice that this page showed has been withdrawn since: its tool is no longer trusted with showing "
            "any. Think again without it, then save your decision."
        )


def _refuse_without_reason(
    request: Request, shown: Assessment | None, urgency: Urgency, reason: str, note: str
) -> None:
    below_a_floor = bool(request.floor) and not Urgency(urgency).at_least(Urgency(request.floor))
    differs = shown is not None and shown.urgency != urgency
    if (differs or below_a_floor) and reason not in DifferenceReason.values:
        raise Refused("Say why your decision differs: choose a reason.", "reason")
    if below_a_floor and len(note) < SHORTEST_WORDS:
        raise Refused("Your decision is less urgent than a red flag. Say in your own words why that is safe.", "note")
    if reason == DifferenceReason.OTHER and not note:
        raise Refused("Say what the other reason is.", "note")


def _save_first_view(request: Request, user: User, urgency: Urgency, handler: Handler) -> FirstView:
    view = FirstView.objects.create(
        request=request,
        round=request.round,
        clinician=user,
        urgency=urgency,
        handler=handler,
        opened=_opened(request, user),
    )
    body = {"first_view": view.pk, "round": request.round, "urgency": urgency, "handler": handler}
    _record("first_view", body, request, user)
    return view


def _opened(request: Request, user: User) -> datetime:
    opening = request.openings.filter(round=request.round, clinician=user).first()
    return opening.first if opening else timezone.now()


def _advance(request: Request, action: str, body: dict[str, object], user: User) -> None:
    state = after(request.state, action)
    assert state is not None  # noqa: S101 -- _locked has made sure
    request.state = state
    request.version += 1
    request.save(update_fields=["state", "round", "version"])
    _record(action, body | {"state": state, "version": request.version}, request, user)


def _record(action: str, body: dict[str, object], request: Request, user: User) -> None:
    chain.append(
        f"request.{action}",
        f"request:{request.id}",
        body,
        actor=chain.Actor.person(user),
        practice=request.practice,
    )


def _copy_state(source: Request, target: Request) -> None:
    target.state, target.round, target.version = source.state, source.round, source.version


def find(user: User, request_id: UUID) -> Request | None:
    """A request of this person's practice, or None."""
    return Request.objects.of(user.practice).select_related("patient", "practice").filter(pk=request_id).first()
