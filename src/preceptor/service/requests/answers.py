"""Advice and cards on their way out of a tool's process: as plain data, with every number as it was given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from preceptor.advice import Advice, Card, Effect, Handler, Kind, Reason, RedFlag, Span, Urgency


class Unreadable(Exception):
    """It has not the shape of an advice; the message says what is wrong, without quoting it."""


def card_to(card: Card) -> dict[str, Any]:
    return {
        "tool": card.tool, "title": card.title, "version": card.version, "purpose": card.purpose,
        "owner": card.owner, "scale": list(card.scale), "evidence": card.evidence, "limits": list(card.limits),
        "hazards": list(card.hazards), "reviewed_by": card.reviewed_by,
    }  # fmt: skip


def card_from(said: dict[str, Any]) -> Card:
    parts: dict[str, Any] = {n: tuple(part) if isinstance(part, list) else part for n, part in said.items()}
    return Card(**parts)


def advice_to(advice: Advice) -> dict[str, Any]:
    return {
        "case": advice.case,
        "tool": advice.tool,
        "version": advice.version,
        "option": advice.option,
        "scale": list(advice.scale),
        "probabilities": {str(option): float(chance) for option, chance in advice.probabilities.items()},
        "prediction_set": list(advice.prediction_set),
        "red_flags": [
            {
                "id": flag.id, "title": flag.title, "urgency": flag.urgency, "action": flag.action,
                "spans": _spans_to(flag.spans), "events": list(flag.events),
            }
            for flag in advice.red_flags
        ],
        "reasons": [
            {
                "text": reason.text, "effect": reason.effect, "event": reason.event, "rule": reason.rule,
                "span": _spans_to([reason.span])[0] if reason.span else None,
            }
            for reason in advice.reasons
        ],
        "not_considered": list(advice.not_considered),
        "kind": advice.kind,
        "handler": advice.handler,
    }  # fmt: skip


def advice_from(said: Any) -> Advice:
    """The advice that was said. Raises Unreadable."""
    try:
        return Advice(
            case=_text(said["case"]),
            tool=_text(said["tool"]),
            version=_text(said["version"]),
            option=_text(said["option"]),
            scale=_texts(said["scale"]),
            probabilities={_text(option): float(chance) for option, chance in said["probabilities"].items()},
            prediction_set=_texts(said["prediction_set"]),
            red_flags=tuple(map(_red_flag, said["red_flags"])),
            reasons=tuple(map(_reason, said["reasons"])),
            not_considered=_texts(said["not_considered"]),
            kind=Kind(said["kind"]) if said["kind"] else None,
            handler=Handler(said["handler"]) if said["handler"] else None,
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Unreadable("a part of it is not what that part of an advice must be") from None


def _red_flag(said: dict[str, Any]) -> RedFlag:
    return RedFlag(
        id=_text(said["id"]),
        title=_text(said["title"]),
        urgency=Urgency(said["urgency"]),
        action=_text(said["action"]),
        spans=tuple(map(_span, said["spans"])),
        events=_texts(said["events"]),
    )


def _reason(said: dict[str, Any]) -> Reason:
    return Reason(
        text=_text(said["text"]),
        effect=Effect(said["effect"]),
        span=_span(said["span"]) if said["span"] else None,
        event=None if said["event"] is None else _text(said["event"]),
        rule=None if said["rule"] is None else _text(said["rule"]),
    )


def _spans_to(spans: Sequence[Span]) -> list[list[int]]:
    return [[int(span.start), int(span.end)] for span in spans]


def _span(said: Sequence[int]) -> Span:
    start, end = said
    return Span(int(start), int(end))


def _texts(said: Sequence[object]) -> tuple[str, ...]:
    if not isinstance(said, list):
        raise TypeError
    return tuple(map(_text, said))


def _text(said: object) -> str:
    if not isinstance(said, str) or "\0" in said:  # no database keeps a NUL
        raise TypeError
    return said
