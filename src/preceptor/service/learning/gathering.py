"""What was decided, as learning takes it: numbers for the words, pseudonyms for the people.

Only the first round of a request counts: what opened it again is not in its words.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np

from preceptor.advice import URGENCIES, Case, Urgency
from preceptor.learning.lessons import Answer, Decided
from preceptor.learning.reading import CannotRead, Readers
from preceptor.service.learning.models import KeptInputs
from preceptor.service.requests.cases import case_of
from preceptor.service.requests.models import Decision, Request
from preceptor.tools.models import CHALLENGER
from preceptor.tools.triage.card import VERSION
from preceptor.tools.triage.model.judging import FILES, HEAD, Inputs
from preceptor.tools.triage.model.learnt import TOOL, in_place, shipped
from preceptor.tools.triage.noted import noted

log = logging.getLogger(__name__)
Progress = Callable[[int, int], None]
AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Told:
    """A decision, and beside it what the measures need."""

    decided: Decided
    request: UUID
    floor: int  # rank of the most urgent red flag
    lot: float | None  # that the audit cast over it
    answered: int | None  # answers of audits are numbered as they came; None: there is none yet


def told_since(moment: datetime | None = None, progress: Progress | None = None) -> list[Told]:
    """Every decision of this installation, or those taken after a moment, the first first. Raises CannotRead.

    Where the words could not be read (another language, nothing there) nothing is told.
    """
    rows = Decision.objects.filter(round=1)
    if moment is not None:
        rows = rows.filter(at__gt=moment)
    keys = list(rows.order_by("at", "pk").values_list("pk", flat=True))
    found: list[Told] = []
    with Readers() as readers:
        for start in range(0, len(keys), AT_ONCE):
            batch = rows.filter(pk__in=keys[start : start + AT_ONCE]).select_related(
                "request__patient", "request__practice", "assessment", "request__audit_draw__answer"
            )
            beside = "request__first_views", "request__outcomes"
            decisions = list(batch.prefetch_related(*beside).order_by("at", "pk"))
            inputs = inputs_of([decision.request for decision in decisions], readers)
            found += [_told(each, inputs[each.request_id]) for each in decisions if each.request_id in inputs]
            if progress:
                progress(start + len(decisions), len(keys))
    return found


def not_read_yet(moment: datetime | None = None) -> int:
    """How many decisions, or how many taken after a moment, are on requests that were not read as they are read now."""
    rows = Decision.objects.filter(round=1).exclude(request__kept_inputs__made_for=reader())
    return (rows.filter(at__gt=moment) if moment else rows).count()


def read_next(set_aside: set[UUID], most: int = 10) -> bool:
    """While a challenger stands, read a few requests that were decided, so that no page waits for them; latest first.

    False where none was left. What cannot be read goes into `set_aside`, and is not tried again while it is there.
    """
    if in_place(CHALLENGER).model is None:
        return False
    rows = Decision.objects.filter(round=1).exclude(request__kept_inputs__made_for=reader())
    rows = rows.exclude(request__in=set_aside).select_related("request__patient", "request__practice")
    requests = [decision.request for decision in rows.order_by("-at", "-pk")[:most]]
    if not requests:
        return False
    try:
        inputs_of(requests, Readers())
    except CannotRead as why:
        log.error("nothing is read for learning: %s", why)
        return False
    kept = KeptInputs.objects.filter(request__in=requests, made_for=reader()).values_list("request_id", flat=True)
    set_aside |= {request.pk for request in requests} - set(kept)
    return True


def inputs_of(requests: Iterable[Request], readers: Readers) -> dict[UUID, Inputs]:
    """What each request is to the second stage, by its id: as kept, or read now and kept."""
    wanted = {request.pk: request for request in requests}
    made_for = reader()
    kept = {each.request_id: each for each in KeptInputs.objects.filter(request__in=wanted, made_for=made_for)}
    lacking = [request for key, request in wanted.items() if key not in kept]
    if lacking:
        cases = [(request, case) for request in lacking if (case := _case(request))]
        given = readers.read([case for _, case in cases])
        read = [_kept(request, made_for, inputs) for (request, _), inputs in zip(cases, given, strict=True)]
        KeptInputs.objects.bulk_create(
            read, update_conflicts=True, unique_fields=["request"], update_fields=["made_for", "row", "floor", "about"]
        )
        kept |= {each.request_id: each for each in read}
    return {key: _inputs(each) for key, each in kept.items() if each.row}


def reader() -> str:
    """What reads requests here: the tool's rules, by its version, with the encoder and the words, by their digests."""
    described = shipped()["sha256"]  # which the files are checked against when they are loaded
    digests = [described[name] for name in FILES if name != HEAD]
    return f"{VERSION} {hashlib.sha256(''.join(digests).encode()).hexdigest()}"


def _case(request: Request) -> Case | None:
    """None, with a line in the log, where the record cannot be read: it then teaches nothing, and the others do."""
    try:
        return case_of(request)
    except Exception:
        log.exception("the case of request %s could not be made", request.pk)
        return None


def _kept(request: Request, made_for: str, found: Inputs | None) -> KeptInputs:
    if found is None:
        return KeptInputs(request=request, made_for=made_for, row=b"", floor=len(URGENCIES) - 1)
    row = np.asarray(found.row, dtype="<f4").tobytes()
    return KeptInputs(request=request, made_for=made_for, row=row, floor=found.floor, about=found.about)


def _inputs(kept: KeptInputs) -> Inputs:
    return Inputs(np.frombuffer(bytes(kept.row), dtype="<f4").astype(np.float32), kept.floor, kept.about)


def _told(decision: Decision, inputs: Inputs) -> Told:
    request, shown = decision.request, decision.assessment
    draw = getattr(request, "audit_draw", None)
    answer = getattr(draw, "answer", None) if draw else None
    outcome = max(request.outcomes.all(), key=lambda each: each.pk, default=None)  # the last holds
    views = [view for view in request.first_views.all() if view.round == decision.round]
    return Told(
        Decided(
            case=str(request.pk),
            practice=request.practice.ods_code,
            inputs=inputs.row,
            about=inputs.about,
            advised=Urgency(shown.urgency) if shown and shown.urgency in URGENCIES else None,
            final=Answer(Urgency(decision.urgency), _account(decision.clinician_id), decision.at),
            first_views=tuple(Answer(Urgency(view.urgency), _account(view.clinician_id), view.at) for view in views),
            reason=decision.reason,
            audit=Answer(Urgency(answer.urgency), _account(answer.auditor_id), answer.at)
            if answer and answer.urgency
            else None,
            audit_probability=draw.probability if draw else 1.0,
            noted=noted(shown.advice, request.received.date()) if shown and shown.advice and shown.tool == TOOL else (),
            outcome=Answer(Urgency(outcome.urgency), _account(outcome.by_id), outcome.at) if outcome else None,
        ),
        request.pk,
        inputs.floor,
        draw.lot if draw else None,
        answer.pk if answer else None,
    )


def _account(key: int) -> str:
    return f"user:{key}"
