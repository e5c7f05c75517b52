"""A second stage that was learnt here: is it proven, does it fit the encoder that ships, and the model with it."""

from __future__ import annotations

import json
import logging
from functools import lru_cache
from typing import Any

from preceptor.tools import models
from preceptor.tools.models import IN_FORCE, Held, Proven
from preceptor.tools.triage import context
from preceptor.tools.triage.card import VERSION
from preceptor.tools.triage.model.inputs import NAMES
from preceptor.tools.triage.model.judging import ARTEFACT, FILES, HEAD, ArtefactError, Model

TOOL = "triage"
LIMITS = "context_limits"  # in the description: days of the record's rules, where not those that ship
logger = logging.getLogger(__name__)


def in_place(place: str = IN_FORCE) -> Held:
    """The learnt second stage in a place, where it is proven and fits what ships; else why it is refused, or nothing.

    What is refused is not opened: the model that ships goes on.
    """
    found = models.held(TOOL, place)
    if found.model and (why := _misfit(found.model)):
        return Held(found.digest, fault=why)
    return found


def version_of(learnt: Proven | None) -> str:
    """The version that advice carries: the tool's, and which second stage where it is not the one that ships."""
    return VERSION + (learnt.suffix if learnt else "")


def model_with(learnt: Proven, place: str = IN_FORCE) -> Model | None:
    """The model with this second stage; None, with a line in the log, where what ships has been altered."""
    return _model(learnt.digest, place)


@lru_cache(maxsize=4)
def _model(digest: str, place: str) -> Model | None:
    learnt = in_place(place).model
    if learnt is None or learnt.digest != digest:
        return None
    try:
        return Model.load(ARTEFACT, learnt)
    except ArtefactError as wrong:
        logger.error("triage goes on by its rules alone: %s", wrong)
        return None


def limits_of(learnt: Proven) -> dict[str, int]:
    """The limits of the record's rules that were learnt with a second stage, by id; `in_place` has checked them."""
    found: dict[str, int] = learnt.description.get(LIMITS, {})
    return found


def shipped() -> dict[str, Any]:
    """What the description of the model that ships says. Raises OSError or ValueError."""
    said: dict[str, Any] = json.loads((ARTEFACT / "model.json").read_text("utf-8"))
    return said


def _misfit(learnt: Proven) -> str:
    """Why a second stage cannot stand on what ships; empty where it can."""
    described = learnt.description
    try:
        ships = shipped()["sha256"]
        if tuple(described["inputs"]) != NAMES:
            return "it was learnt for other inputs than this version gives: learn again"
        if any(described["sha256"][name] != ships[name] for name in FILES if name != HEAD):
            return "it was learnt beside another encoder than the one installed: learn again"
        if why := _not_a_limit(described.get(LIMITS, {})):
            return why
    except (OSError, KeyError, TypeError, ValueError) as wrong:
        return f"its description, or that of the model that ships, cannot be read: {wrong!r}"
    return ""


def _not_a_limit(said: Any) -> str:
    """Why learnt limits of the record's rules are not taken; empty where they may be."""
    if not isinstance(said, dict):
        return "its limits for what the record answers are not a table of days"
    for name, days in said.items():
        limit = context.limits().get(name)
        if limit is None or type(days) is not int or not limit.allows(days):
            return f"{name} = {str(days)[:20]} is no limit that may be learnt for what the record answers"
    return ""
