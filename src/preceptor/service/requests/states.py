"""The states of a request and the only ways between them."""

from __future__ import annotations

from preceptor.service.requests.models import State

TRANSITIONS: dict[str, tuple[frozenset[State], State]] = {
    "first_view": (frozenset({State.WAITING, State.IN_REVIEW}), State.IN_REVIEW),
    "decide": (frozenset({State.WAITING, State.IN_REVIEW}), State.DECIDED),
    "reopen": (frozenset({State.DECIDED}), State.WAITING),
}


def after(state: str, action: str) -> State | None:
    """The state after `action`, or None where it cannot be done."""
    allowed, then = TRANSITIONS[action]
    return then if State(state) in allowed else None
