"""What was lost between people and advice, and where: the split of Guo, Wu, Hartline and Hullman.

"A Decision Theoretic Framework for Measuring AI Reliance" (FAccT 2024, doi 10.1145/3630106.3658901). The payoff is 1
for a right decision and 0 for a wrong one. All agents choose between the first view and the advice:

- baseline: the better of always keeping the first view and always taking the advice;
- benchmark R*: a rational agent that knows the signals and chooses the likelier of the two, never below the baseline;
- R_rho: that agent, held to take the advice, on disagreement, exactly as often as people did;
- reliance loss R* - R_rho: they took the advice too often or too seldom;
- discrimination loss R_rho - observed: they took it in the wrong cases.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np

from preceptor.supervision.decisions import NONE, Decisions
from preceptor.supervision.figures import Figure, Interval, Share, share
from preceptor.supervision.resampling import Floats, Ints, Rows, clustered_ratios, clustered_statistic

FOLDS = 5
Limits = tuple[Interval | None, str]  # an interval and words about it, or none and why
PRIOR_ROWS = 1.0  # how many rows the overall gain weighs, in the estimate for one pair of view and advice


@dataclass(frozen=True, slots=True)
class Split:
    """The split of Guo et al. on the rows whose first view, advice, final and truth are all known."""

    human_alone: Figure
    ai_alone: Figure
    baseline: Figure
    benchmark: Figure  # R*
    matched: Figure  # R_rho
    observed: Figure
    reliance_loss: Figure
    discrimination_loss: Figure
    followed: Share  # rho: final is the advice, among rows where first view and advice differ
    notes: tuple[str, ...]


FIGURES = (
    "human_alone",
    "ai_alone",
    "baseline",
    "benchmark",
    "matched",
    "observed",
    "reliance_loss",
    "discrimination_loss",
)


def split(table: Decisions, signals: Floats | None = None) -> Split:
    """The split on a table of decisions.

    `signals` (rows x signals) is what else was known before the final decision, such as how sure the tool and the
    person were. Without it the agent knows only what the first view and the advice say.

    Intervals are by clinician and speak of the best agent there could be with these signals. An agent learnt from other
    cases does no better than the best, one tried on what it learnt from looks better than it is: the interval
    runs from the lower limit of the one to the upper limit of the other (Mak, Morton and Wood 1999).
    """
    whole = (table.truth != NONE) & (table.first_view != NONE) & (table.advice != NONE) & (table.final != NONE)
    n = int(whole.sum())
    differ = (table.first_view != table.advice) & whole
    if n == 0:
        return _nothing(n, "no row has a first view, advice, a final decision and a truth")
    if not differ.any():
        return _nothing(n, "first view and advice never differ, so there was nothing to choose between")
    first, right, final = (
        (view == table.truth).astype(float) for view in (table.first_view, table.advice, table.final)
    )
    follows = differ & (table.final == table.advice)
    columns = [np.ones(len(table)), first, right, final]
    for learnt_from_others in (True, False):
        gain = _expected_gain(table, differ, (right - first)[differ], signals, learnt_from_others)
        columns += _agents(differ, first, right, gain, int(follows.sum()))
    _, cluster = np.unique(table.clinician[whole], return_inverse=True)
    rows = np.column_stack(columns)[whole]
    values = _figures_of(rows.sum(axis=0, keepdims=True))[0]
    intervals = clustered_statistic(cluster.astype(np.int64), rows, _figures_of, "clinician")
    figures = {
        name: Figure(float(value), n, *_reaching(learnt, tried))
        for name, value, learnt, tried in zip(FIGURES, values, intervals, intervals[len(FIGURES) :], strict=False)
    }
    [(interval, words)] = clustered_ratios(
        cluster.astype(np.int64), follows[whole, None].astype(float), differ[whole, None].astype(float), "clinician"
    )
    followed = share(int(follows.sum()), int(differ.sum()), interval, words)
    neither = int((differ & ~follows & (table.final != table.first_view)).sum())
    return Split(**figures, followed=followed, notes=_notes(figures, neither, len(table) - n))


def _agents(differ: Rows, first: Floats, right: Floats, gain: Floats, times: int) -> tuple[Floats, Floats]:
    """How right each row is by the rational agent's choice, and by that of the agent held to `times` times."""
    chosen, matched = first.copy(), first.copy()
    chosen[differ] += (gain > 0) * (right - first)[differ]
    matched[differ] += _held_to(gain, times) * (right - first)[differ]
    return chosen, matched


def _reaching(one: Limits, other: Limits) -> Limits:
    """The interval that holds both, or the one there is."""
    if one[0] is None or other[0] is None:
        return one if other[0] is None else other
    low, high = min(one[0].low, other[0].low), max(one[0].high, other[0].high)
    return Interval(low, high, one[0].method), one[1]


def _expected_gain(
    table: Decisions, differ: Rows, gained: Floats, signals: Floats | None, learnt_from_others: bool
) -> Floats:
    """What taking the advice is expected to gain, for each row that differs, learnt from the other folds' cases only.

    Folds go by the case's name, so that no case is in two folds and the order of rows changes nothing. If it is not
    `learnt_from_others`, each row is among those that are learnt from.
    """
    fold = _folds(table)[differ] if learnt_from_others else np.zeros(len(gained), dtype=np.int64)
    pair = (table.first_view * len(table.options) + table.advice)[differ]
    expected = np.zeros(len(gained))
    for held in range(FOLDS):
        out = fold == held
        learn = ~out if learnt_from_others else out
        if not out.any():
            continue
        if signals is None or not learn.any():
            expected[out] = _mean_by_pair(pair, gained, learn)[out]
        else:
            views = np.column_stack([table.first_view[differ], table.advice[differ], signals[differ]])
            expected[out] = _learnt(views[learn], gained[learn], views[out])
    return expected


def _folds(table: Decisions) -> Ints:
    of_name = np.array([zlib.crc32(name.encode()) % FOLDS for name in table.cases], dtype=np.int64)
    return of_name[table.case]


def _mean_by_pair(pair: Ints, gained: Floats, learn: Rows) -> Floats:
    size = int(pair.max()) + 1
    overall = gained[learn].mean() if learn.any() else 0.0
    total = np.bincount(pair[learn], weights=gained[learn], minlength=size)
    count = np.bincount(pair[learn], minlength=size)
    means: Floats = (total + PRIOR_ROWS * overall) / (count + PRIOR_ROWS)
    return means[pair]


def _learnt(views: Floats, gained: Floats, ask: Floats) -> Floats:
    from sklearn.ensemble import RandomForestRegressor

    order = np.lexsort((gained, *views.T))  # the forest draws rows by their place: their order must not matter
    model = RandomForestRegressor(n_estimators=40, min_samples_leaf=25, max_samples=0.5, random_state=0)
    found: Floats = model.fit(views[order], gained[order]).predict(ask)
    return found


def _held_to(gain: Floats, times: int) -> Floats:
    """How much of each row the agent takes the advice in, when it may do so `times` times: best rows first.

    Rows of equal gain share what is left between them, so that the order of rows cannot matter.
    """
    values, place, count = np.unique(-gain, return_inverse=True, return_counts=True)
    before = np.cumsum(count) - count
    part: Floats = np.clip((times - before) / count, 0, 1)
    return part[place] if len(values) else np.zeros(0)


def _figures_of(totals: Floats) -> Floats:
    """The eight figures, in the order of FIGURES, of each agent in turn.

    `totals`: of rows, first, advice and final, then of chosen and matched for the first agent, and for the second.
    """
    n, first, right, final = totals[:, :4].T
    found = []
    with np.errstate(invalid="ignore", divide="ignore"):
        human, machine, observed = first / n, right / n, final / n
        baseline = np.maximum(human, machine)
        for chosen, matched in (totals[:, 4:6].T, totals[:, 6:8].T):
            star, rho = np.maximum(chosen / n, baseline), matched / n
            found += [human, machine, baseline, star, rho, observed, star - rho, rho - observed]
    return np.column_stack(found)


def _notes(figures: dict[str, Figure], neither: int, left_out: int) -> tuple[str, ...]:
    said = []
    if left_out:
        said.append(f"{left_out:,} rows lack a first view, advice, final decision or truth: not part of the split")
    if neither:
        said.append(f"{neither:,} final decisions are neither the first view nor the advice: the agents never do that")
    if (figures["benchmark"].value or 0) <= (figures["baseline"].value or 0):
        said.append("the signals told the agent nothing that beats the baseline: R* is the baseline")
    if (figures["reliance_loss"].value or 0) < 0:
        said.append("the reliance loss is below zero by chance: no loss from following too often or too seldom is seen")
    if (figures["discrimination_loss"].value or 0) < 0:
        said.append("people chose better than the agent at their own rate: they knew more than the signals say")
    return tuple(said)


def _nothing(n: int, words: str) -> Split:
    none = Figure(None, n, None, words)
    return Split(none, none, none, none, none, none, none, none, share(0, 0, words=words), (words,))
