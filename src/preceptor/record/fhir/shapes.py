"""Reading a resource without trusting its shape: a wrong one is a problem in plain words, never an exception."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

Number = int | float | Decimal  # a reader that keeps trailing zeros gives decimals, a quick one floats

_EMPTY: Mapping[str, Any] = {}
_NAMES = {str: "text", bool: "true or false", int: "a number", Decimal: "a number", float: "a number", list: "a list"}


class Node:
    """One JSON object of a resource. What was wrong with it gathers in `problems`, shared with its children."""

    __slots__ = ("data", "problems")

    def __init__(self, data: Mapping[str, Any], problems: list[str]) -> None:
        self.data = data
        self.problems = problems

    def __bool__(self) -> bool:
        return bool(self.data)

    def flag(self, problem: str) -> None:
        if problem not in self.problems:
            self.problems.append(problem)

    def _unexpected(self, name: str, wanted: str, found: object) -> None:
        self.flag(f"{name} should be {wanted}, and is {_NAMES.get(type(found), 'an object')}")

    def text(self, name: str) -> str:
        """A string, trimmed; empty when absent."""
        value = self.data.get(name)
        if type(value) is str:
            # No database text can hold the character NUL.
            return value.replace("\0", "\ufffd").strip() if "\0" in value else value.strip()
        if value is not None:
            self._unexpected(name, "text", value)
        return ""

    def node(self, name: str) -> Node:
        """A child object; an empty one when absent."""
        value = self.data.get(name)
        if type(value) is dict:
            return Node(value, self.problems)
        if value is not None:
            self._unexpected(name, "an object", value)
        return Node(_EMPTY, self.problems)

    def nodes(self, name: str) -> list[Node]:
        """A list of child objects."""
        return [Node(item, self.problems) for item in self._list(name) if self._expect(name, item, dict)]

    def texts(self, name: str) -> list[str]:
        """A list of strings."""
        items = [item for item in self._list(name) if item is not None]
        return [item.replace("\0", "\ufffd").strip() for item in items if self._expect(name, item, str)]

    def _list(self, name: str) -> Sequence[Any]:
        value = self.data.get(name)
        if type(value) is list:
            return value
        if value is not None:
            self._unexpected(name, "a list", value)
        return ()

    def _expect(self, name: str, item: object, wanted: type) -> bool:
        if type(item) is not wanted:
            self._unexpected(f"each {name}", "text" if wanted is str else "an object", item)
            return False
        return True

    def truth(self, name: str) -> bool | None:
        """True or false; None when absent."""
        value = self.data.get(name)
        if value is None or type(value) is bool:
            return value
        self._unexpected(name, "true or false", value)
        return None

    def number(self, name: str) -> Number | None:
        """A finite number, as it was sent; None when absent."""
        value = self.data.get(name)
        if value is None:
            return None
        if type(value) is float or type(value) is int or type(value) is Decimal:
            if is_finite(value):
                return value
            self.flag(f"{name} is a number too large to keep")
            return None
        self._unexpected(name, "a number", value)
        return None


def is_finite(number: Number) -> bool:
    """True when the number fits a float."""
    try:
        return math.isfinite(float(number))
    except (OverflowError, ValueError):
        return False


def shown(number: Number) -> str:
    """A number as it was sent, with its trailing zeros: "6.20", "139.9996742575894", "0.00001"."""
    if isinstance(number, float):
        told = repr(number)
        return told if "e" not in told else shown(Decimal(told))
    if isinstance(number, Decimal):
        return format(number, "f") if -12 < number.adjusted() < 15 else str(number)
    return str(number)


def fitted(node: Node, name: str, text: str, length: int) -> str:
    """The text, cut to what a column holds; cutting is a problem, so that nothing is lost silently."""
    if len(text) > length:
        node.flag(f"{name} has {len(text)} characters and was cut to {length}")
        return text[:length]
    return text
