"""The tables of supervision, from the database: what a tool advised, what people thought and did, what was right.

One row is the first decision on a request that the tool version had advised on, and that the random audit drew. What
is not decided yet is in no table: no figure may hint at advice that somebody has still to give their own view on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Min, QuerySet

from preceptor.advice import URGENCIES
from preceptor.evaluation.groups import age_band
from preceptor.service.oversight.deprivation import quintile_in_words
from preceptor.service.oversight.disability import Known, disabilities, disability_at
from preceptor.service.oversight.models import AuditDraw
from preceptor.service.practices.models import Practice
from preceptor.service.requests.models import Assessment, Decision
from preceptor.supervision.decisions import Decisions, table

SCORES = 5_000  # the latest, for the watch on drift
DAYS_A_YEAR = 365.2425


@dataclass(frozen=True, slots=True)
class Row:
    """One audited decision. `truth` is None until an auditor has answered, and where it could not be told."""

    request: UUID
    patient: str
    clinician: str
    decided: datetime
    first_view: str | None
    advice: str
    urgent_chance: float | None  # of the same day or sooner, as the tool said beforehand
    shown: bool  # the advice was before the clinician when they decided
    final: str
    probability: float
    lot: float
    answered: int | None  # the answers are numbered as they came
    answered_at: datetime | None
    blind: bool | None
    truth: str | None
    attributes: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Audited:
    """Every audited decision that a tool version had advised on, the first to be decided first."""

    rows: tuple[Row, ...]
    even_below: float  # lots below this were drawn whatever had been said: see `even`

    @property
    def told(self) -> tuple[Row, ...]:
        """Those whose truth is known, in the order in which it was found."""
        known = [row for row in self.rows if row.truth is not None]
        return tuple(sorted(known, key=lambda row: row.answered or 0))

    @property
    def even(self) -> tuple[Row, ...]:
        """A sample in which every decision had the same chance, for measures that know no weights.

        A lot below the lowest probability ever used would have been drawn under any of them.
        """
        return tuple(row for row in self.rows if row.lot < self.even_below)

    @property
    def unanswered(self) -> int:
        return sum(row.answered is None for row in self.rows)


def audited(practice: Practice, tool: str, version: str) -> Audited:
    """The audited decisions on which this tool version had advised."""
    draws = _draws(practice, tool, version).order_by("decision_id")
    lowest = draws.aggregate(least=Min("probability"))["least"]
    chances = _chances(practice, tool, version)
    with_all = "decision__first_view", "request__patient__deprivation", "answer"
    drawn = [draw for draw in draws.filter(drawn=True).select_related(*with_all) if draw.request_id in chances]
    known = disabilities(practice, (draw.request.patient_id for draw in drawn if draw.request.patient_id))
    rows = [_row(draw, chances[draw.request_id], known.get(draw.request.patient_id or 0, ())) for draw in drawn]
    return Audited(tuple(rows), lowest if lowest is not None else 0.0)


def _draws(practice: Practice, tool: str, version: str) -> QuerySet[AuditDraw]:
    return AuditDraw.objects.of(practice).filter(
        request__assessments__tool=tool,
        request__assessments__version=version,
        request__assessments__advice__isnull=False,
    )


@dataclass(frozen=True, slots=True)
class _Chance:
    assessment: int
    urgency: str
    urgent: float | None


def _chances(practice: Practice, tool: str, version: str) -> dict[UUID, _Chance]:
    """What was advised, by request, where the audit drew it: without the reasons, which weigh a hundred times more."""
    drawn = Assessment.objects.filter(
        request__practice=practice, request__audit_draw__drawn=True, tool=tool, version=version, advice__isnull=False
    )
    return {
        request: _Chance(pk, urgency, _urgent_chance(emergency, same_day))
        for request, pk, urgency, emergency, same_day in drawn.order_by("-pk").values_list("request_id", "pk", *_PARTS)
        if urgency in URGENCIES
    }


def calls(practice: Practice, tool: str, version: str) -> dict[UUID, str]:
    """What this tool version advised, by request, where the audit drew it."""
    return {request: chance.urgency for request, chance in _chances(practice, tool, version).items()}


_PARTS = ("advice__urgency", "advice__probabilities__emergency", "advice__probabilities__same_day")


def _urgent_chance(emergency: float | None, same_day: float | None) -> float | None:
    return None if emergency is None or same_day is None else min(1.0, float(emergency) + float(same_day))


def _row(draw: AuditDraw, chance: _Chance, disabled: Iterable[Known]) -> Row:
    decision, answer = draw.decision, getattr(draw, "answer", None)
    patient = draw.request.patient
    born, received = patient.born if patient else None, draw.request.received
    deprivation = getattr(patient, "deprivation", None)
    age = (received.date() - born).days / DAYS_A_YEAR if born and born <= received.date() else None
    return Row(
        request=draw.request_id,
        patient=str(draw.request.patient_id or draw.request_id),
        clinician=str(decision.clinician_id),
        decided=decision.at,
        first_view=decision.first_view.urgency if decision.first_view else None,
        advice=chance.urgency,
        urgent_chance=chance.urgent,
        shown=decision.assessment_id == chance.assessment,
        final=decision.urgency,
        probability=draw.probability,
        lot=draw.lot,
        answered=answer.pk if answer else None,
        answered_at=answer.at if answer else None,
        blind=answer.blind if answer else None,
        truth=(answer.urgency or None) if answer else None,
        attributes={
            "age": age_band(age),
            "sex": patient.sex if patient and patient.sex != "unknown" else None,
            "ethnicity": (patient.ethnicity or None) if patient else None,
            "language": (patient.language or None) if patient else None,
            "disability": disability_at(disabled, received) if patient else None,
            "deprivation": quintile_in_words(deprivation.decile) if deprivation else None,
        },
    )


def decisions(rows: Iterable[Row]) -> Decisions:
    """Rows as a table for the measures of reliance: those on which the clinician had the advice before them."""
    return table(
        [
            (row.clinician, str(row.request), row.first_view, row.advice, row.final, row.truth)
            for row in rows
            if row.shown
        ],
        scale=tuple(map(str, URGENCIES)),
    )


def scores(practice: Practice, tool: str, version: str, *, since: datetime | None = None) -> list[float]:
    """The tool's probability of "urgent" for each request that is decided, as they came; the latest of them.

    With `since`, of requests that came after that moment.
    """
    of_decided = Assessment.objects.filter(
        request__practice=practice, request__decisions__round=1, tool=tool, version=version, advice__isnull=False
    )
    if since is not None:
        of_decided = of_decided.filter(request__received__gt=since)
    said = of_decided.order_by("-pk").values_list(*_PARTS[1:])[:SCORES]
    found = [_urgent_chance(*pair) for pair in said]
    return [score for score in reversed(found) if score is not None]


@dataclass(frozen=True, slots=True)
class Use:
    """How far a tool version has been used here, of requests that were decided."""

    version: str
    advised: int  # decided requests that it had advised on
    shown: int  # of these, decided with its advice in sight
    drawn: int  # of these, drawn for the audit
    told: int  # of these, with a known truth


def _of_decided(practice: Practice, tool: str) -> QuerySet[Assessment]:
    return Assessment.objects.filter(
        request__practice=practice, tool=tool, advice__isnull=False, request__decisions__round=1
    )


def versions(practice: Practice, tool: str) -> list[str]:
    """Every version that advised on a request decided here, the latest first."""
    named = _of_decided(practice, tool).values_list("version").annotate(first=Min("pk")).order_by("-first")
    return [version for version, _ in named]


def uses(practice: Practice, tool: str) -> list[Use]:
    """How far each of those versions has been used."""
    of_tool = _of_decided(practice, tool)
    found = []
    for version in versions(practice, tool):
        of_version = of_tool.filter(version=version)
        drawn = of_version.filter(request__audit_draw__drawn=True)
        found.append(
            Use(
                version,
                advised=of_version.count(),
                shown=Decision.objects.filter(round=1, assessment__in=of_version.values("pk")).count(),
                drawn=drawn.count(),
                told=drawn.exclude(request__audit_draw__answer=None)
                .exclude(request__audit_draw__answer__urgency="")
                .count(),
            )
        )
    return found
