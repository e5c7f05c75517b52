"""Appropriate reliance: do people follow advice when it is right, and stand firm when it is wrong?

RAIR and RSR are as in Schemmer, Kuehl, Benz, Bartos and Satzger, "Appropriate Reliance on AI Advice:
Conceptualization and the Effect of Explanations" (IUI 2023, doi 10.1145/3581641.3584066). Commission and omission
are as in Goddard, Roudsari and Wyatt, "Automation bias" (JAMIA 2012, doi 10.1136/amiajnl-2011-000089).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from preceptor.supervision.decisions import NONE, Decisions
from preceptor.supervision.figures import Figure, Interval, Share, newcombe, share
from preceptor.supervision.resampling import Rows, clustered_ratios, clustered_statistic


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows can speak of what."""

    rows: int
    clinicians: int
    identifiable: int  # first view, advice, final and truth are all known
    no_first_view: int  # not identifiable for RAIR and RSR: counted here, never as zero
    no_advice: int
    no_final: int
    no_truth: int


@dataclass(frozen=True, slots=True)
class Reliance:
    """What people made of the advice. Each is a share of rows, with its numerator and denominator."""

    counts: Counts
    rair: Share  # final right among (first view wrong, advice right)
    rsr: Share  # final right among (first view right, advice wrong)
    over_reliance: Share  # final is the advice, among advice wrong
    under_reliance: Share  # final is not the advice, among advice right
    commissions: Share  # final is the advice, among advice that says more than the truth
    omissions: Share  # final is the advice, among advice that says less than the truth
    first_view_right: Share
    advice_right: Share
    final_right: Share
    notes: tuple[str, ...]

    @property
    def shares(self) -> Mapping[str, Share]:
        """Every share by its name, in the order of a report."""
        names = ("rair", "rsr", "over_reliance", "under_reliance", "commissions", "omissions")
        return {name: cast(Share, getattr(self, name)) for name in (*names, *RIGHT)}


RIGHT = ("first_view_right", "advice_right", "final_right")


def reliance(table: Decisions) -> Reliance:
    """Every measure of reliance on a table of decisions, of whatever size; empty and one-sided tables too."""
    told = table.truth != NONE
    viewed, advised, decided = table.first_view != NONE, table.advice != NONE, table.final != NONE
    first, right, final = (told & (view == table.truth) for view in (table.first_view, table.advice, table.final))
    follows = decided & advised & (table.final == table.advice)
    whole = told & viewed & advised & decided
    judged = told & advised & decided
    # Options run from most to least urgent, so that a smaller number says more.
    more = judged & (table.advice < table.truth) & table.ordered
    less = judged & (table.advice > table.truth) & table.ordered
    parts: dict[str, tuple[Rows, Rows]] = {
        "rair": (final, whole & ~first & right),
        "rsr": (final, whole & first & ~right),
        "over_reliance": (follows, judged & ~right),
        "under_reliance": (~follows, judged & right),
        "commissions": (follows, more),
        "omissions": (follows, less),
        "first_view_right": (first, told & viewed),
        "advice_right": (right, told & advised),
        "final_right": (final, told & decided),
    }
    counts = Counts(
        rows=len(table),
        clinicians=len(np.unique(table.clinician)),
        identifiable=int(whole.sum()),
        no_first_view=int((~viewed).sum()),
        no_advice=int((~advised).sum()),
        no_final=int((~decided).sum()),
        no_truth=int((~told).sum()),
    )
    return Reliance(counts=counts, **_shares(table, parts), notes=_notes(table, counts))


def _shares(table: Decisions, parts: dict[str, tuple[Rows, Rows]]) -> dict[str, Share]:
    ofs = np.column_stack([of for _, of in parts.values()]).astype(float)
    counts = np.column_stack([counted & of for counted, of in parts.values()]).astype(float)
    intervals = clustered_ratios(table.clinician, counts, ofs, "clinician")
    shares = {}
    for i, name in enumerate(parts):
        clustered, words = intervals[i]
        n = int(ofs[:, i].sum())
        shares[name] = share(int(counts[:, i].sum()), n, clustered, words if n else _why_none(table, name))
    return shares


def _why_none(table: Decisions, name: str) -> str:
    if len(table) == 0:
        return "the table holds no decisions"
    if name in ("commissions", "omissions") and not table.ordered:
        return "the options have no order, so saying too much cannot be told from saying too little"
    if not (table.truth != NONE).any():
        return "no row has a known truth"
    if name in ("rair", "rsr", "first_view_right") and not (table.first_view != NONE).any():
        return "not identifiable: no row has a first view"
    return {
        "rair": "not identifiable: the advice was never right where the first view was wrong",
        "rsr": "not identifiable: the advice was never wrong where the first view was right",
        "over_reliance": "the advice was never wrong",
        "under_reliance": "the advice was never right",
        "commissions": "the advice never said more than the truth",
        "omissions": "the advice never said less than the truth",
    }.get(name, "no such rows")


def _notes(table: Decisions, counts: Counts) -> tuple[str, ...]:
    missing = (
        (counts.no_first_view, "have no first view: not identifiable for RAIR and RSR"),
        (counts.no_advice, "have no advice"),
        (counts.no_final, "have no final decision"),
        (counts.no_truth, "have no known truth: no measure can use them"),
    )
    said = [f"{count:,} of {counts.rows:,} rows {words}" for count, words in missing if count]
    both = (table.first_view != NONE) & (table.advice != NONE)
    if both.any() and (table.first_view == table.advice)[both].all():
        said.append("the first view and the advice agree in every row: nothing can be learnt about reliance")
    if counts.clinicians == 1:
        said.append("one clinician only: the figures say nothing of others")
    return (*table.cleaning.words, *said)


@dataclass(frozen=True, slots=True)
class Change:
    """How a share moved from an earlier table to a later one: later minus earlier."""

    earlier: Share
    later: Share
    difference: Figure


def rsr_change(earlier: Decisions, later: Decisions) -> Change:
    """How RSR moved. The interval is the wider of Newcombe's and a bootstrap by clinician, side by side.

    Clinicians are matched by name, so that one who is in both tables is drawn into both or neither.
    """
    before, after = reliance(earlier).rsr, reliance(later).rsr
    n = before.n + after.n
    if before.value is None or after.value is None:
        lacking = "the earlier table" if before.value is None else "the later table"
        words = f"{lacking}: {(before if before.value is None else after).words}"
        return Change(before, after, Figure(None, n, None, words))
    plain = newcombe(after.count, after.n, before.count, before.n)
    clustered, words = _clustered_change(earlier, later)
    low = min(plain.low, clustered.low) if clustered else plain.low
    high = max(plain.high, clustered.high) if clustered else plain.high
    method = "the wider of Newcombe and bootstrap by clinician" if clustered else "Newcombe"
    return Change(before, after, Figure(after.value - before.value, n, Interval(low, high, method), words))


def _clustered_change(earlier: Decisions, later: Decisions) -> tuple[Interval | None, str]:
    names = sorted({*earlier.clinicians, *later.clinicians})
    place = {name: i for i, name in enumerate(names)}
    rows = []
    for start, table in ((0, earlier), (2, later)):
        known = np.array([place[name] for name in table.clinicians], dtype=np.int64)[table.clinician]
        first, right, final = (view == table.truth for view in (table.first_view, table.advice, table.final))
        of = (table.truth != NONE) & (table.advice != NONE) & (table.final != NONE) & first & ~right
        columns = np.zeros((len(table), 4))
        columns[:, start], columns[:, start + 1] = of & final, of
        rows.append((known[of], columns[of]))
    cluster = np.concatenate([known for known, _ in rows])
    columns = np.concatenate([columns for _, columns in rows])
    _, cluster = np.unique(cluster, return_inverse=True)

    def difference(totals: NDArray[np.float64]) -> NDArray[np.float64]:
        with np.errstate(invalid="ignore", divide="ignore"):
            change: NDArray[np.float64] = totals[:, 2] / totals[:, 3] - totals[:, 0] / totals[:, 1]
        return change[:, None]

    return clustered_statistic(cluster.astype(np.int64), columns, difference, "clinician")[0]
