"""The JSON shapes that other programs rely on: see "Contracts" in the design."""

from __future__ import annotations

from typing import Any

from preceptor.advice import Advice, Reason, RedFlag, Span


def advice_as_json(advice: Advice) -> dict[str, Any]:
    """An advice as `preceptor advise` prints it and as the service keeps it."""
    return {
        "id": advice.case,
        "urgency": str(advice.option),
        "probabilities": {str(option): round(advice.probabilities[option], 6) for option in advice.scale},
        "set": [str(option) for option in advice.scale if option in advice.prediction_set],
        "red_flags": [red_flag_as_json(flag) for flag in advice.red_flags],
        "reasons": [_reason_as_json(reason) for reason in advice.reasons],
        "not_considered": list(advice.not_considered),
        "kind": str(advice.kind) if advice.kind else None,
        "handler": str(advice.handler) if advice.handler else None,
        "tool": advice.tool,
        "version": advice.version,
    }


def red_flag_as_json(flag: RedFlag) -> dict[str, Any]:
    """`span` is the first of `spans`: the words that fired it."""
    return {
        "id": flag.id,
        "title": flag.title,
        "urgency": str(flag.urgency),
        "action": flag.action,
        "span": _span_as_json(flag.spans[0]),
        "spans": [_span_as_json(span) for span in flag.spans],
        "events": list(flag.events),
    }


def _reason_as_json(reason: Reason) -> dict[str, Any]:
    return {
        "text": reason.text,
        "effect": str(reason.effect),
        "span": _span_as_json(reason.span) if reason.span else None,
        "event": reason.event,
        "rule": reason.rule,
    }


def _span_as_json(span: Span) -> list[int]:
    return [span.start, span.end]
