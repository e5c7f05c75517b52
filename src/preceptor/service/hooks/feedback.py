"""What clinicians did with their cards: read, checked and kept, in the database and in the ledger."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from preceptor.service.hooks.clients import Client
from preceptor.service.hooks.models import HookCard, HookFeedback
from preceptor.service.hooks.refusing import Refusal
from preceptor.service.hooks.services import Service
from preceptor.service.ledger import chain

MOST = 50  # in one call
LONGEST_COMMENT = 2000  # characters
_OUTCOMES = ("accepted", "overridden")
_CLOCKS_DIFFER = timedelta(minutes=5)


@dataclass(frozen=True)
class Told:
    """What was done with one card."""

    card: str
    outcome: str
    accepted: tuple[str, ...]
    reason: str
    reason_system: str
    comment: str
    at: datetime

    @property
    def digest(self) -> str:
        return hashlib.sha256(orjson.dumps(asdict(self))).hexdigest()


def told(sent: Mapping[str, Any]) -> list[Told]:
    """The feedback in a body. Raises Refusal(400)."""
    items = sent.get("feedback")
    if not isinstance(items, list) or not 1 <= len(items) <= MOST:
        raise Refusal(400, f"feedback has to be a list of 1 to {MOST}.")
    return [_told(item, f"feedback[{place}]") for place, item in enumerate(items)]


@transaction.atomic
def keep(items: list[Told], service: Service, client: Client) -> int:
    """How many were new. Raises Refusal: 404 for a card that this client was not given by this service."""
    given = HookCard.objects.filter(
        pk__in={item.card for item in items}, service=service.id, issuer=client.issuer
    ).select_related("practice")  # fmt: skip
    cards = {str(card.pk): card for card in given}
    if any(item.card not in cards for item in items):
        raise Refusal(404, "A card of this feedback was not given by this service.")
    if any(not set(item.accepted) <= set(cards[item.card].suggestions) for item in items):
        raise Refusal(400, "acceptedSuggestions names a suggestion that its card does not hold.")
    return sum(_kept(item, cards[item.card], client) for item in items)


def _kept(item: Told, card: HookCard, client: Client) -> bool:
    row, is_new = HookFeedback.objects.get_or_create(
        card=card,
        digest=item.digest,
        defaults={
            "outcome": item.outcome, "accepted": list(item.accepted), "reason": item.reason,
            "reason_system": item.reason_system, "comment": item.comment, "at": item.at, "received": timezone.now(),
        },
    )  # fmt: skip
    if is_new:
        body = {
            "feedback": row.pk, "watch": card.watch, "service": card.service, "outcome": item.outcome,
            "accepted": list(item.accepted), "reason": item.reason, "reason_system": item.reason_system,
            "comment": item.comment, "at": item.at.isoformat(),
        }  # fmt: skip
        actor = chain.Actor(f"program:{client.issuer}")
        chain.append("hooks.feedback", f"card:{card.pk}", body, actor=actor, practice=card.practice)
    return is_new


def _told(item: Any, place: str) -> Told:
    if not isinstance(item, dict):
        raise Refusal(400, f"{place} has to be an object.")
    outcome = item.get("outcome")
    if outcome not in _OUTCOMES:
        raise Refusal(400, f"{place}.outcome has to be accepted or overridden.")
    accepted = item.get("acceptedSuggestions", [])
    if not isinstance(accepted, list) or not all(isinstance(each, dict) for each in accepted) or len(accepted) > MOST:
        raise Refusal(400, f"{place}.acceptedSuggestions has to be a list of objects with an id.")
    if outcome == "accepted" and not accepted:
        raise Refusal(400, f"{place}.acceptedSuggestions is needed where the outcome is accepted.")
    override = item.get("overrideReason", {})
    reason = override.get("reason", {}) if isinstance(override, dict) else None
    if not isinstance(override, dict) or not isinstance(reason, dict):
        raise Refusal(400, f"{place}.overrideReason has to be an object, and its reason a Coding.")
    return Told(
        card=_uuid(item.get("card"), f"{place}.card"),
        outcome=str(outcome),
        accepted=tuple(sorted({_uuid(each.get("id"), f"{place}.acceptedSuggestions.id") for each in accepted})),
        reason=_text(reason.get("code", ""), 100, f"{place}.overrideReason.reason.code"),
        reason_system=_text(reason.get("system", ""), 200, f"{place}.overrideReason.reason.system"),
        comment=_text(override.get("userComment", ""), LONGEST_COMMENT, f"{place}.overrideReason.userComment"),
        at=_moment(item.get("outcomeTimestamp"), f"{place}.outcomeTimestamp"),
    )


def _uuid(sent: Any, place: str) -> str:
    try:
        if isinstance(sent, str) and len(sent) <= 45:
            return str(uuid.UUID(sent))
    except ValueError:
        pass
    raise Refusal(400, f"{place} has to be a UUID.")


def _text(sent: Any, longest: int, place: str) -> str:
    if not isinstance(sent, str) or len(sent) > longest:
        raise Refusal(400, f"{place} has to be text of at most {longest:,} characters.")
    return sent.replace("\0", "\ufffd")  # no database text can hold the character NUL


def _moment(sent: Any, place: str) -> datetime:
    try:
        at = parse_datetime(sent) if isinstance(sent, str) and len(sent) <= 40 else None
        # In UTC by arithmetic that fails for a moment beyond the calendar.
        at = at.astimezone(UTC) if at and at.tzinfo else None
    except (ValueError, OverflowError):
        at = None
    if at is None:
        raise Refusal(400, f"{place} has to be a moment with its time zone, such as 2026-11-02T08:15:00Z.")
    if at > timezone.now() + _CLOCKS_DIFFER:
        raise Refusal(400, f"{place} lies in the future.")
    return at
