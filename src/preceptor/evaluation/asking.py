"""Asking a tool about labelled requests by the door of `preceptor advise`, so that what is measured is what runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from preceptor.advice import Advice, Card, Case, Tool, Urgency, faults
from preceptor.evaluation.labelled import Fault, Labelled
from preceptor.evaluation.record_in_words import Mapped, record_of
from preceptor.tools.jsonl import advise_lines


@dataclass(frozen=True, slots=True)
class Judged:
    """One labelled request, the case that the tool saw, and what it advised: None where it gave nothing usable."""

    request: Labelled
    case: Case
    advice: Advice | None
    why_none: str = ""
    record: Mapped | None = None

    @property
    def advised(self) -> Urgency | None:
        return Urgency(self.advice.option) if self.advice else None

    @property
    def patient(self) -> str:
        """Whom resampling keeps together."""
        return f"patient {self.request.patient}" if self.request.patient else f"request {self.request.id}"


class _Asked:
    """The tool as the door asks it. It gives the case the record in words, and keeps what was asked and answered."""

    def __init__(self, tool: Tool, request: Labelled) -> None:
        self.tool, self.request = tool, request
        self.case: Case | None = None
        self.advice: Advice | None = None
        self.mapped: Mapped | None = None
        self.why = ""

    @property
    def card(self) -> Card:
        return self.tool.card

    def advise(self, case: Case) -> Advice:
        if self.request.words is not None and case.request is not None:
            self.mapped = record_of(self.request.words, case.request.sex, case.as_of)
            case = replace(case, record=self.mapped.record)
        self.case = case
        try:
            advice = self.tool.advise(case)
            wrong = len(faults(advice, case, self.card))
        except Exception as failure:
            self.why = f"the tool failed: {type(failure).__name__}"  # its words may quote the patient's
            raise
        if wrong:
            self.why = (
                f"the advice breaks the contract in {wrong} ways" if wrong > 1 else "the advice breaks a contract"
            )
        else:
            self.advice = advice
        return advice


def ask(
    tool: Tool, requests: Sequence[Labelled], now: datetime, progress: Callable[[int, int], None] | None = None
) -> tuple[tuple[Judged, ...], tuple[Fault, ...]]:
    """What the tool says of each request, and the lines that are no request. `now` is for lines without `as_of`."""
    judged: list[Judged] = []
    bad: list[Fault] = []
    for done, request in enumerate(requests, start=1):
        asked = _Asked(tool, request)
        (answer,) = _answers(request.asked, asked, now)
        if asked.case is None:
            bad.append(Fault(request.place, request.id, str(answer["error"])))
        else:
            judged.append(Judged(request, asked.case, asked.advice, asked.why, asked.mapped))
        if progress:
            progress(done, len(requests))
    return tuple(judged), tuple(bad)


def _answers(line: str, tool: Tool, now: datetime) -> Iterator[dict[str, object]]:
    yield from advise_lines([line], tool, now)
