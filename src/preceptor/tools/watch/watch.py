"""A watch: what to notice in a record, why, what to ask, and where the rule comes from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from preceptor.advice import Priority
from preceptor.tools.watch.criteria import Criterion, When


@dataclass(frozen=True, kw_only=True)
class Watch:
    """`when` has to be met for a finding. `also` is told beside it and decides nothing.

    `verified` says how far the figures were checked against the source: yes, partly or no.
    """

    id: str
    title: str
    pack: str
    priority: Priority
    why: str
    ask: str
    when: When
    also: tuple[Criterion, ...] = ()
    source: str
    guideline_version: str
    verified: str
    effective: date
    review: date
    reviewed_by: str = "none"

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """Every criterion that is told with a finding, each once."""
        return tuple(dict.fromkeys((*self.when.leaves, *self.also)))
