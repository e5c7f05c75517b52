"""The triage tool: red flags as a floor, a model for what rules do not settle, and what the record knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from preceptor.advice import URGENCIES, Advice, Card, Case, Handler, Kind, Request, Tool, Urgency, most_urgent
from preceptor.tools.models import CHALLENGER, IN_FORCE, Proven
from preceptor.tools.triage.assessing import Assessment, as_likened, assess_all, with_record
from preceptor.tools.triage.card import CARD
from preceptor.tools.triage.explaining import is_foreign, not_considered, of_flag, of_problems, set_aside, why_unread
from preceptor.tools.triage.library import the_library
from preceptor.tools.triage.model.judging import Model, the_model
from preceptor.tools.triage.model.learnt import in_place, limits_of, model_with, version_of
from preceptor.tools.triage.model.wording import as_read
from preceptor.tools.triage.reading import Reading
from preceptor.tools.triage.red_flags import fired
from preceptor.tools.triage.weighing import by_model, by_rules


class Triage:
    """Advises how soon somebody should act on a request. It reads a case and returns advice; it keeps nothing.

    `place` says which second stage it has: the one in force, or the challenger, which is asked and shown to nobody.
    """

    def __init__(self, place: str = IN_FORCE) -> None:
        self.place = place

    @property
    def card(self) -> Card:
        """The card; of a second stage that was learnt here it says so, and whose figures those of the tool are."""
        learnt = in_place(self.place).model
        return _card_of(learnt) if learnt else CARD

    @property
    def challenger(self) -> Tool | None:
        """The tool with the second stage that is being tried; None where none is, or where it is refused."""
        return Triage(CHALLENGER) if self.place == IN_FORCE and in_place(CHALLENGER).model else None

    def ready(self) -> None:
        """Load what the first advice would otherwise wait for: the library, and the model's files."""
        self.advise(Case("ready", datetime(2026, 1, 1, tzinfo=UTC), Request("a cough")))

    def read_ahead(self, cases: Sequence[Case]) -> None:
        """Have the encoder read these together: its weights push all else out of the processor's cache each time."""
        if model := self._model(in_place(self.place).model):
            for case in cases:
                model.encoder.read(as_read(case))

    def advise(self, case: Case) -> Advice:
        """Advice on a case; always an answer, whatever was typed."""
        known = the_library()
        reading = Reading(case, known.features)
        flags = fired(reading, known.rules)
        assessed = assess_all(reading, known.presentations)
        unread = why_unread(reading, bool(assessed or flags))
        if is_foreign(unread):  # what looks like an English word there is none
            assessed = []
        learnt = in_place(self.place).model
        model = None if unread else self._model(learnt)
        if model is not None:
            judged = model.judge(case, reading, flags, assessed)
            if not assessed and judged.like is not None:
                assessed = [as_likened(judged.like, judged.decision.option)]
            weighed = by_model(judged, assessed, reading)
        else:
            weighed = by_rules(assessed, unread, bool(assessed or flags))
        floor = flags[0].urgency if flags else None
        informed = with_record(reading, assessed, weighed.urgency, floor, limits_of(learnt) if learnt else None)
        assessed = informed.assessed
        urgency = most_urgent(informed.urgency, *(flag.urgency for flag in flags))
        return Advice(
            case=case.id,
            tool=CARD.tool,
            version=version_of(learnt),
            option=urgency,
            scale=CARD.scale,
            probabilities=dict(weighed.chances),
            prediction_set=_set(weighed.possible, urgency, floor),
            red_flags=flags,
            reasons=(
                *(of_flag(flag) for flag in flags),
                *weighed.reasons,
                *informed.reasons,
                *of_problems(assessed, urgency, floor),
                *set_aside(reading, known.alarming),
            ),
            not_considered=not_considered(case, reading, assessed, by_rules_alone=model is None),
            kind=Kind.CLINICAL if flags or not assessed else assessed[0].presentation.kind,
            handler=_handler(bool(flags) or informed.raised_by_result, assessed, urgency),
        )

    def _model(self, learnt: Proven | None) -> Model | None:
        return model_with(learnt, self.place) if learnt else the_model()


def _card_of(learnt: Proven) -> Card:
    lessons, by = learnt.said.get("lessons", "?"), learnt.said.get("approved_by")
    where = f"put in force here by {', '.join(by)}" if by else "not put in force: nobody is shown its advice"
    words = (
        f"Its second stage was learnt here from {lessons} lessons, and {where}. Of the one that ships: {CARD.evidence}"
    )
    return replace(CARD, version=version_of(learnt), evidence=f"{words} {CARD.evidence}")


def _set(possible: tuple[Urgency, ...], urgency: Urgency, floor: Urgency | None) -> tuple[Urgency, ...]:
    """What cannot be ruled out, what is advised among it, without a gap; nothing below what a red flag sets."""
    ranks = [u.rank for u in (*possible, urgency) if floor is None or u.at_least(floor)]
    return URGENCIES[min(ranks) : max(ranks) + 1]


def _handler(alarm: bool, assessed: list[Assessment], urgency: Urgency) -> Handler:
    """Who could deal with it; what a red flag or a result makes urgent is a doctor's."""
    if urgency is Urgency.EMERGENCY:
        return Handler.EMERGENCY_SERVICES
    if alarm or not assessed:
        return Handler.GP
    chosen = assessed[0].handler
    if urgency is Urgency.SELF_CARE and assessed[0].presentation.kind is Kind.CLINICAL:
        return chosen if chosen in (Handler.SELF, Handler.COMMUNITY_PHARMACY) else Handler.COMMUNITY_PHARMACY
    return Handler.GP if chosen in (Handler.SELF, Handler.COMMUNITY_PHARMACY) else chosen
