"""What is done with models here, each step under a name and in the ledger: put in force, rolled back, withdrawn.

A model serves every practice of an installation, so somebody who governs approves for each of them. What was in force
before is one step away.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.db import transaction

from preceptor.learning import artefacts
from preceptor.learning.artefacts import Refused
from preceptor.service.accounts.models import User
from preceptor.service.learning.models import ModelStep, What
from preceptor.service.ledger.chain import SYSTEM, Actor, append
from preceptor.service.practices.models import Practice
from preceptor.tools import models
from preceptor.tools.models import CHALLENGER, IN_FORCE
from preceptor.tools.triage.card import VERSION
from preceptor.tools.triage.model.learnt import in_place

TOOL = "triage"
SHORTEST_WHY = 10  # characters: enough for a reason, too many for "ok"


def folder() -> Path:
    return models.folder()


def version_with(digest: str) -> str:
    return VERSION + (models.suffix_of(digest) if digest else "")


def steps() -> list[ModelStep]:
    """Every step, the latest first."""
    return list(ModelStep.objects.filter(tool=TOOL).select_related("by__practice").order_by("-pk"))


def learnt(digest: str) -> ModelStep | None:
    """The step in which a model was learnt."""
    rows = ModelStep.objects.filter(tool=TOOL, what=What.LEARNT, digest=digest)
    return rows.select_related("by").order_by("-pk").first()


def should_be_in_force() -> str:
    """The digest of the model that the steps say is in force: "" for the one that ships."""
    rows = ModelStep.objects.filter(tool=TOOL, what__in=(What.PROMOTED, What.ROLLED_BACK)).order_by("-pk")
    last = rows.values_list("digest", flat=True).first()
    return last or ""


@transaction.atomic
def note(
    what: What, digest: str, parent: str, by: Sequence[User], why: str, figures: dict[str, Any]
) -> ModelStep:  # fmt: skip
    """Keep a step and its entry in the ledger: both, or neither."""
    first = by[0] if by else None
    row = ModelStep.objects.create(
        tool=TOOL, what=what, digest=digest, version=version_with(digest), parent=parent, by=first,
        also=[_named(user) for user in by[1:]], why=why, figures=figures,
    )  # fmt: skip
    body = {
        "step": row.pk, "what": row.what, "digest": digest, "version": row.version, "parent": parent,
        "also": row.also, "why": why, "figures": figures,
    }  # fmt: skip
    append("model.step", f"tool:{TOOL}", body, actor=Actor.person(first) if first else SYSTEM, practice=None)
    return row


def put_in_force(digest: str, by: Sequence[User], why: str, figures: dict[str, Any]) -> ModelStep:
    """Put a challenger in force, under the names of those who approve. Raises Refused; then nothing has changed.

    Whether it won its challenge is for `learning.promote` to say, which calls this.
    """
    why = why.strip()
    refuse_unless_approved(by, why)
    now = in_place(IN_FORCE)
    with transaction.atomic():
        said = {"approved_by": [_named(user) for user in by], "why": why, "challenge": figures}
        row = note(What.PROMOTED, digest, now.digest, by, why, figures)
        # Last, and within the transaction: what cannot be put in force is not told as if it were.
        artefacts.approve(folder(), TOOL, digest, said)
        if fault := in_place(IN_FORCE).fault:
            _put_back(now.digest)
            raise Refused(f"{fault}. It was not put in force: the champion stays")
    return row


def roll_back(by: User, why: str) -> ModelStep:
    """Put the model before the one in force back. One who governs is enough. Raises Refused."""
    why = why.strip()
    if not by.may_govern:
        raise Refused(f"{by.username} may not: the practice manager or the clinical safety officer rolls back")
    _refuse_without_why(why)
    now = in_place(IN_FORCE)
    with transaction.atomic():
        digest = artefacts.before(folder(), TOOL)
        row = note(What.ROLLED_BACK, digest, now.digest, [by], why, {"fault": now.fault})
        artefacts.roll_back(folder(), TOOL)
    return row


def withdraw(by: User, why: str) -> ModelStep:
    """Let the challenger go: it is asked no more. Raises Refused."""
    why = why.strip()
    if not by.may_govern:
        raise Refused(f"{by.username} may not: the practice manager or the clinical safety officer withdraws it")
    _refuse_without_why(why)
    challenger = in_place(CHALLENGER)
    if not challenger.digest and not challenger.fault:
        raise Refused("nothing challenges the model in force")
    with transaction.atomic():
        row = note(What.WITHDRAWN, challenger.digest, in_place(IN_FORCE).digest, [by], why, {"fault": challenger.fault})
        artefacts.withdraw(folder(), TOOL)
    return row


def refuse_unless_approved(by: Sequence[User], why: str) -> None:
    """Raises Refused unless somebody who governs it approves for every practice of this installation."""
    _refuse_without_why(why)
    for user in by:
        if not user.may_govern:
            raise Refused(f"{user.username} may not approve: the practice manager or the clinical safety officer does")
    approved = {user.practice_id for user in by}
    lacking = [each for each in Practice.objects.order_by("ods_code") if each.pk not in approved]
    if lacking:
        names = ", ".join(f"{practice.name} ({practice.ods_code})" for practice in lacking)
        raise Refused(f"a model serves every practice of this installation: nobody approves for {names}")


def _refuse_without_why(why: str) -> None:
    if len(why) < SHORTEST_WHY:
        raise Refused(f"say why, in at least {SHORTEST_WHY} characters")


def _named(user: User) -> str:
    where = f", {user.practice.name}" if user.practice else ""
    return f"{user.shown_name} ({user.get_role_display()}{where})"


def _put_back(digest: str) -> None:
    artefacts.put_in_place(folder(), TOOL, IN_FORCE, digest)
