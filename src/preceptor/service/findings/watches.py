"""Which watches a practice has switched on, and which version of a watch it is that speaks."""

from __future__ import annotations

import hashlib
from functools import cache

from django.db import transaction

from preceptor.service.accounts.models import User
from preceptor.service.findings.models import PackSetting
from preceptor.service.ledger.chain import SYSTEM, Actor, append
from preceptor.service.practices.models import Practice
from preceptor.tools.watch import PACKS, Watch, all_watches

PACK_TITLES = {
    "results": "Results not acted on",
    "kidney": "Kidneys",
    "diabetes": "Diabetes",
    "monitoring": "Monitoring of medicines",
    "prescribing": "Prescribing safety",
    "cancer": "Signs of cancer",
    "cancer_results": "Results beyond a limit for cancer",
    "symptoms": "Symptoms",
    "heart": "Heart and circulation",
    "qrisk3": "QRISK3",
}
SHORTEST_WHY = 10  # characters: enough for a reason, too many for "ok"


@cache
def version_of(watch: Watch) -> str:
    """Changes with anything in the watch's definition: 12 hex digits of a SHA-256."""
    return hashlib.sha256(repr(watch).encode()).hexdigest()[:12]


@cache
def versions() -> str:
    """One digest of every watch there is."""
    return hashlib.sha256(" ".join(version_of(watch) for watch in all_watches()).encode()).hexdigest()[:12]


def settings_of(practice: Practice) -> dict[str, PackSetting]:
    """The setting that holds of each pack that somebody has spoken for. A pack that nobody spoke for is off."""
    rows = PackSetting.objects.of(practice).filter(pack__in=PACKS).select_related("signed_by").order_by("pk")
    return {row.pack: row for row in rows}


def packs_on(practice: Practice) -> frozenset[str]:
    rows = PackSetting.objects.of(practice).filter(pack__in=PACKS).order_by("pk").values_list("pack", "on")
    return frozenset(pack for pack, on in dict(rows).items() if on)


def watches_on(practice: Practice) -> tuple[Watch, ...]:
    on = packs_on(practice)
    return tuple(watch for watch in all_watches() if watch.pack in on)


@transaction.atomic
def switch(practice: Practice, pack: str, *, on: bool, user: User | None, why: str) -> PackSetting:
    """Switch a pack on or off, with its ledger entry.

    `user` is None only where a practice is made with a setting (the demo). Raises PermissionError if `user` may not
    govern this practice, KeyError for a pack that is not there, ValueError if `why` is no reason.
    """
    if user is not None and not (user.may_govern and user.practice_id == practice.pk):
        raise PermissionError(f"{user.username} may not switch watches at {practice.name}")
    if pack not in PACKS:
        raise KeyError(f"no pack is called {pack!r}")
    why = why.strip()
    if len(why) < SHORTEST_WHY:
        raise ValueError(f"say why, in at least {SHORTEST_WHY} characters")
    row = PackSetting.objects.create(practice=practice, pack=pack, on=on, why=why, signed_by=user)
    body = {"setting": row.pk, "on": on, "why": why, "watches": {each.id: version_of(each) for each in PACKS[pack]}}
    actor = Actor.person(user) if user else SYSTEM
    append("findings.pack", f"pack:{pack}", body, actor=actor, practice=practice)
    return row
