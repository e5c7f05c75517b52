"""The figures of the page Pace made ready for it, and its charts."""

from __future__ import annotations

from preceptor.evaluation import charts
from preceptor.service.oversight.pace import Pace
from preceptor.service.oversight.sheets import Sheet
from preceptor.service.oversight.telling import (
    points_in_words,
    seconds_in_words,
    share_in_words,
    times_in_words,
)
from preceptor.supervision.fatigue import Fatigue
from preceptor.supervision.pacing import Pacing

CHARTS = {
    "dismissed": "Cards dismissed, by how many came in the hour",
    "followed": "Advice followed where it differed, by place in the sitting",
}


def of_cards(found: Fatigue) -> tuple[Sheet, Sheet]:
    """What became of cards, and the same by load."""
    rows = [
        ("Acted on", share_in_words(found.acted)),
        ("Dismissed", share_in_words(found.dismissed)),
        ("Passed by: not answered by whom they were put before", share_in_words(found.passed_by)),
        ("Time to an answer, median", seconds_in_words(found.seconds)),
        ("Dismissed, with twice the cards an hour", points_in_words(found.dismissed_by_load)),
        ("Passed by, with twice the cards an hour", points_in_words(found.passed_by_load)),
        ("Time to an answer, with twice the cards an hour", times_in_words(found.seconds_by_load)),
    ]
    bands = [
        (
            band.name, f"{band.cards:,}", share_in_words(band.dismissed), share_in_words(band.passed_by),
            seconds_in_words(band.seconds),
        )
        for band in found.bands
    ]  # fmt: skip
    columns = ("Cards in the hour", "Cards", "Dismissed", "Passed by", "Time to an answer, median")
    return (
        Sheet("Cards", ("Measure", "Figure (95% interval)"), tuple(rows), found.notes),
        Sheet("Cards by load", columns, tuple(bands)),
    )


def of_time(found: Pacing) -> Sheet:
    rows = [
        ("From opening a request to its decision", seconds_in_words(found.whole)),
        ("From opening it to the first view", seconds_in_words(found.to_first_view)),
        ("From the first view to the decision, advice agreeing", seconds_in_words(found.after_agreeing)),
        ("From the first view to the decision, advice differing", seconds_in_words(found.after_differing)),
    ]
    return Sheet("Time to decision", ("Medians", "Figure (95% interval)"), tuple(rows), found.notes)


def of_order(found: Pacing) -> tuple[Sheet, Sheet]:
    """Effects of place and of the case before, and the decisions by place."""
    rows = [
        ("Time to decision, at twice the place", times_in_words(found.seconds_by_place)),
        ("Differing advice followed, at twice the place", points_in_words(found.followed_by_place)),
        ("Decision right, at twice the place", points_in_words(found.right_by_place)),
        ("Decided more urgently than advised, after an urgent decision", share_in_words(found.after_urgent)),
        ("Decided more urgently than advised, after any other", share_in_words(found.after_other)),
        ("Difference of these two, within clinicians", points_in_words(found.carried_over)),
    ]
    bands = [
        (
            band.name, f"{band.decisions:,}", seconds_in_words(band.seconds), share_in_words(band.followed),
            share_in_words(band.right),
        )
        for band in found.bands
    ]  # fmt: skip
    columns = ("Place in the sitting", "Decisions", "Time, median", "Differing advice followed", "Right, where audited")
    return (
        Sheet("Order effects", ("Measure", "Figure (95% interval)"), tuple(rows)),
        Sheet("Decisions by place", columns, tuple(bands)),
    )


def drawn(found: Pace, name: str, *, narrow: bool = False) -> str:
    """The SVG of one chart; empty where there is nothing to draw."""
    if name == "dismissed":
        rows = [(f"{band.name} (n {band.dismissed.n:,})", band.dismissed) for band in found.fatigue.bands]
    else:
        rows = [(f"{band.name} (n {band.followed.n:,})", band.followed) for band in found.pacing.bands]
    if not any(share.n for _, share in rows):
        return ""
    return charts.shares(rows, name, CHARTS[name], narrow=narrow)
