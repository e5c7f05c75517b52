"""What leaves the house for others to read: the hazard log, the incidents and the audits, as tables of words."""

from __future__ import annotations

from preceptor.service.jinja import day, moment
from preceptor.service.oversight.hazards import hazard_log
from preceptor.service.oversight.incidents import incidents_of, is_closed
from preceptor.service.oversight.metrics import metrics_of
from preceptor.service.oversight.models import AuditDraw
from preceptor.service.oversight.sheets import Sheet
from preceptor.service.practices.models import Practice
from preceptor.service.words import urgency_in_words


def hazards(practice: Practice) -> Sheet:
    """The log, each metric with its figure as of now."""
    log, metrics = hazard_log(), metrics_of(practice)
    rows = [
        (
            each.id, each.hazard, each.cause, each.effect, str(each.initial), "\n".join(each.controls),
            str(each.residual),
            "\n".join(
                [f"Test: {name}" for name in each.tests]
                + [f"{metrics[name].title}: {metrics[name].words}" for name in each.metrics]
            ),
        )
        for each in log.hazards
    ]  # fmt: skip
    notes = (
        f"Version {log.version}, in use from {day(log.effective)}, to be read again by {day(log.review)}. Reviewed by "
        f"{'nobody: no clinical safety officer has signed for it' if log.reviewed_by == 'none' else log.reviewed_by}.",
        "Risk from 1 (least) to 5 (most). It is the log of the software; a practice keeps its own for its own setting.",
    )
    columns = ("Id", "Hazard", "Cause", "Effect", "Initial risk", "Controls", "Residual risk", "Evidence")
    return Sheet("Hazard log of Preceptor", columns, tuple(rows), notes, (4, 12, 14, 12, 9, 22, 9, 30))


def incidents(practice: Practice) -> Sheet:
    rows = [
        (
            str(each.pk), moment(each.at), each.title, each.what, each.get_severity_display(),
            "yes" if each.harmed else "no", each.tool, each.hazard, each.reported_by.shown_name,
            "closed" if is_closed(each) else "open",
            "\n".join(
                f"{moment(note.at)}, {note.by.shown_name}: {note.text}"
                for note in sorted(each.notes.all(), key=lambda note: note.pk)
            ),
        )
        for each in incidents_of(practice)
    ]  # fmt: skip
    columns = (
        "Id", "Reported", "Title", "What happened", "Severity", "Harm done", "Tool", "Hazard", "By", "State", "Since"
    )  # fmt: skip
    return Sheet("Incidents", columns, tuple(rows), (), (4, 9, 13, 26, 9, 6, 6, 6, 9, 6, 26))


def audits(practice: Practice) -> Sheet:
    """Every decision that was drawn. Of those that wait, nothing is told that could lead their auditor."""
    drawn = AuditDraw.objects.of(practice).filter(drawn=True).order_by("pk")
    rows = []
    for draw in drawn.select_related("decision__first_view", "answer__auditor"):
        answer, decision = getattr(draw, "answer", None), draw.decision
        if answer is None:
            rows.append((str(draw.request_id), moment(decision.at), "", "", "", "waits", "", "", ""))
            continue
        first = decision.first_view
        rows.append(
            (
                str(draw.request_id), moment(decision.at), f"{draw.probability:g}",
                urgency_in_words(first.urgency) if first else "none of their own", urgency_in_words(decision.urgency),
                urgency_in_words(answer.urgency) or "cannot be told", answer.auditor.shown_name,
                "yes" if answer.blind else "no", answer.note,
            )
        )  # fmt: skip
    columns = (
        "Request", "Decided", "Chance of being drawn", "First view", "Decision", "Right would have been", "Auditor",
        "Blind", "Note",
    )  # fmt: skip
    return Sheet("Audits", columns, tuple(rows), (), (20, 11, 8, 9, 9, 10, 11, 5, 25))
