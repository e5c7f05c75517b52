"""A watch: what to notice in a record, why, what to ask, and where the rule comes from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from preceptor.advice import Priority
from preceptor.tools.watch.criteria import Criterion, When


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a rule's figures come from. `verified` says how far they were checked against it: yes, partly or no."""

    words: str
    version: str  # of the guideline
    verified: str
    effective: date
    review: date  # to be read again by then


@dataclass(frozen=True, kw_only=True)
class Watch:
    """`when` has to be met for a finding. `also` is told beside it and decides nothing."""

    id: str
    title: str
    pack: str
    priority: Priority
    why: str
    ask: str
    when: When
    also: tuple[Criterion, ...] = ()
    source: Source
    reviewed_by: str = "none"

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """Every criterion that is told with a finding, each once."""
        return tuple(dict.fromkeys((*self.when.leaves, *self.also)))
