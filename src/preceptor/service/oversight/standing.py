"""What a tool version is trusted with at a practice: read it, and change it under somebody's name."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from preceptor.advice import Standing
from preceptor.service.accounts.models import User
from preceptor.service.ledger.chain import SYSTEM, Actor, append
from preceptor.service.oversight.models import ToolStanding
from preceptor.service.practices.models import Practice

SHORTEST_WHY = 10  # characters: enough for a reason, too many for "ok"


def standing_of(practice: Practice, tool: str, version: str) -> Standing:
    """The standing that holds now. A version that nobody has spoken for is in shadow: it starts again."""
    row = last_change(practice, tool, version)
    return Standing(row.standing) if row else Standing.SHADOW


def last_change(practice: Practice, tool: str, version: str) -> ToolStanding | None:
    """The change that holds now: its standing, why, when and who signed; None if nobody ever set one."""
    rows = ToolStanding.objects.of(practice).filter(tool=tool, version=version)
    return rows.select_related("signed_by").order_by("-pk").first()


@transaction.atomic
def set_standing(
    practice: Practice, tool: str, version: str, standing: Standing, *, user: User | None, why: str,
    alarm: bool = False, rests_on: dict[str, Any] | None = None,
) -> ToolStanding:  # fmt: skip
    """Add a change of standing and its ledger entry: both, or neither.

    Whether it is earned is for `gates` to say. `user` is None only where an alarm takes a tool down, and where a
    practice is made with a standing (the demo). `rests_on`: the figures behind it. Raises PermissionError if `user`
    may not govern this practice, ValueError if `why` is no reason.
    """
    if user is not None and not (user.may_govern and user.practice_id == practice.pk):
        raise PermissionError(f"{user.username} may not change what a tool is trusted with at {practice.name}")
    why = why.strip()
    if len(why) < SHORTEST_WHY:
        raise ValueError(f"say why, in at least {SHORTEST_WHY} characters")
    before = standing_of(practice, tool, version)
    row = ToolStanding.objects.create(
        practice=practice, tool=tool, version=version, standing=standing, why=why, signed_by=user,
        alarm=alarm, rests_on=rests_on,
    )  # fmt: skip
    body: dict[str, Any] = {
        "change": row.pk, "version": version, "standing": standing.value, "before": before.value, "why": why,
    }  # fmt: skip
    if rests_on is not None:
        body |= {"alarm": alarm, "rests_on": rests_on}
    actor = Actor.person(user) if user else SYSTEM
    append("tool.standing", f"tool:{tool}", body, actor=actor, practice=practice)
    return row
