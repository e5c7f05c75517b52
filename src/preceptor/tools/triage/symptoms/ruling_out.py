"""Whether what is known rules a condition out: then asking about it would change nothing.

Three answers, in Kleene's logic: it is so, it is not so, or nobody has said. "No fever" denies the fever, and an age
that is given settles every bound on age; what the words do not mention stays open.
"""

from __future__ import annotations

import ast
from functools import lru_cache

from preceptor.advice import Span
from preceptor.tools.triage.logic import When
from preceptor.tools.triage.reading import Reading

_OF_AGE = ("child", "baby")


def is_ruled_out(when: When, reading: Reading) -> bool:
    """True when no answer to an open question could make the condition hold."""
    return _value(_tree(when.source), reading, unsaid=None) is False


def denied(when: When, reading: Reading) -> tuple[Span, ...]:
    """The words that deny a part of the condition."""
    return tuple(span for name in sorted(when.names) for span in _denials(name, reading))


@lru_cache(maxsize=2000)
def _tree(source: str) -> ast.expr:
    return ast.parse(source.strip().replace("\n", " "), mode="eval").body


def _value(tree: ast.expr, reading: Reading, unsaid: bool | None) -> bool | None:
    """`unsaid` is what a measure counts as when no number is given for it."""
    match tree:
        case ast.BoolOp(op=ast.And(), values=values) | ast.Call(args=values):  # `near(a, b)` needs both
            return _all([_value(value, reading, unsaid) for value in values])
        case ast.BoolOp(values=values):
            return _not(_all([_not(_value(value, reading, unsaid)) for value in values]))
        case ast.UnaryOp(operand=operand):
            return _not(_value(operand, reading, unsaid))
        case ast.Name(id=name):
            return _feature(name, reading, unsaid)
        case ast.Compare(left=ast.Name(id=name)):
            holds = _comparison(ast.unparse(tree)).holds(reading) is not None
            return True if holds else False if _is_known(name, reading) else unsaid
        case _:
            return None


@lru_cache(maxsize=2000)
def _comparison(source: str) -> When:
    return When.read(source)


def _all(values: list[bool | None]) -> bool | None:
    return False if False in values else None if None in values else True


def _not(value: bool | None) -> bool | None:
    return None if value is None else not value


def _feature(name: str, reading: Reading, unsaid: bool | None) -> bool | None:
    if reading.feature(name) is not None:
        return True
    if name in _OF_AGE:
        return False if _is_known("age", reading) else None
    if name == "pregnant_in_weeks":
        return unsaid
    feature = reading.library.features.get(name)
    if feature is None:
        return None
    # "No fever" denies the fever although nobody took a temperature.
    built = _value(_tree(feature.when.source), reading, unsaid=False) if feature.when else False
    said = False if reading.denials(name) or not feature.phrases else None
    return False if built is False and said is False else None


def _denials(name: str, reading: Reading) -> tuple[Span, ...]:
    feature = reading.library.features.get(name)
    return reading.denials(name) + (denied(feature.when, reading) if feature and feature.when else ())


def _is_known(measure: str, reading: Reading) -> bool:
    return reading.measure(measure, lambda _: True) is not None
