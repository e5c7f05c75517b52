"""Have the requests, or the tool's scores, become other than those it was judged on?

Words: can a classifier tell earlier requests from later ones, better than it can when the labels "earlier" and "later"
are shuffled (Lopez-Paz and Oquab, ICLR 2017, arXiv 1610.06545)? Scores: a conformal test martingale, Vovk's simple
jumper (Vovk et al., COPA 2021, arXiv 2102.10439), which may be read at any time. What is found starts an audit sample
and nothing else: drift never changes a tool, a threshold or a standing by itself.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import norm

from preceptor.supervision.figures import Figure, Interval
from preceptor.supervision.resampling import Floats, Ints

FOLDS = 5
SHUFFLES = 199
FEWEST = 50  # texts on each side
WORDS_AT_MOST = 20_000
LEVEL = 0.05
JUMP = 0.01
SEED = 20_161_018


@dataclass(frozen=True, slots=True)
class TextDrift:
    """Whether earlier and later texts can be told apart."""

    auc: Figure  # cross-validated: 0.5 when they cannot, 1 when they always can
    p: float | None
    telling: tuple[str, ...]  # the words that became commoner, most telling first
    starts_audit: bool
    words: str


def text_drift(earlier: Sequence[str], later: Sequence[str]) -> TextDrift:
    """Compare the words of two sets of requests. A text that is there twice within one set counts once."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    old, new = sorted({t.strip() for t in earlier} - {""}), sorted({t.strip() for t in later} - {""})
    n = len(old) + len(new)
    if min(len(old), len(new)) < FEWEST:
        words = f"{FEWEST} different texts are needed on each side; there are {len(old)} and {len(new)}"
        return TextDrift(Figure(None, n, None, words), None, (), False, words)
    vectorizer = TfidfVectorizer(max_features=WORDS_AT_MOST, min_df=2, sublinear_tf=True)
    try:
        # Fitted on all texts without their labels, so that shuffling the labels stays fair.
        table = vectorizer.fit_transform([*old, *new])
    except ValueError:
        words = "no word occurs in two texts: there is nothing to compare"
        return TextDrift(Figure(None, n, None, words), None, (), False, words)
    label = np.r_[np.zeros(len(old), np.int64), np.ones(len(new), np.int64)]
    rng = np.random.default_rng(SEED)
    fold = rng.permutation(n) % FOLDS
    seen, spread = _told_apart(table, label, fold)
    shuffled = [_told_apart(table, rng.permutation(label), fold)[0] for _ in range(SHUFFLES)]
    p = (1 + sum(value >= seen for value in shuffled)) / (1 + SHUFFLES)
    reach = float(norm.ppf(0.975)) * spread
    interval = Interval(max(0.0, seen - reach), min(1.0, seen + reach), "DeLong, over cross-validation folds")
    auc = Figure(seen, n, interval)
    drifted = p <= LEVEL
    said = "can be told apart: an audit sample is due" if drifted else "cannot be told apart by their words"
    words = f"earlier and later requests {said} (AUC {seen:.2f}, p {p:.3f})"
    return TextDrift(auc, p, _telling(table, label, vectorizer.get_feature_names_out()), drifted, words)


def _told_apart(table: Any, label: Ints, fold: Ints) -> tuple[float, float]:
    """Mean AUC over the folds of naive Bayes learnt from the others, and its standard error after DeLong (1988)."""
    from sklearn.naive_bayes import MultinomialNB

    areas, variances = [], []
    for held in range(FOLDS):
        out = fold == held
        model = MultinomialNB(alpha=0.1, fit_prior=False).fit(table[~out], label[~out])
        logs = table[out] @ (model.feature_log_prob_[1] - model.feature_log_prob_[0])
        area, variance = _area(np.asarray(logs), label[out])
        areas.append(area)
        variances.append(variance)
    return float(np.mean(areas)), math.sqrt(float(np.sum(variances))) / FOLDS


def _area(score: Floats, label: Ints) -> tuple[float, float]:
    """Area under the ROC curve and its variance; a half, known not at all, where a side is empty."""
    high, low = np.sort(score[label == 1]), np.sort(score[label == 0])
    if len(high) < 2 or len(low) < 2:
        return 0.5, 0.25
    above = (np.searchsorted(low, high, "left") + np.searchsorted(low, high, "right")) / (2 * len(low))
    below = 1 - (np.searchsorted(high, low, "left") + np.searchsorted(high, low, "right")) / (2 * len(high))
    return float(above.mean()), float(above.var(ddof=1) / len(high) + below.var(ddof=1) / len(low))


def _telling(table: Any, label: Ints, names: Any) -> tuple[str, ...]:
    in_new, in_old = ((table[label == side] > 0).mean(axis=0) for side in (1, 0))
    gain = np.asarray(in_new - in_old).ravel()
    return tuple(str(names[i]) for i in np.argsort(-gain, kind="stable")[:10] if gain[i] > 0)


@dataclass(frozen=True, slots=True)
class ScoreDrift:
    """Whether scores still come as from one unchanging source."""

    n: int  # scores watched, after those that it started from
    wealth: tuple[float, ...]  # natural logarithm, after each
    alarm_at: int | None  # counted from 1
    words: str

    @property
    def starts_audit(self) -> bool:
        return self.alarm_at is not None


def score_drift(reference: Sequence[float], scores: Sequence[float], alpha: float = 0.01) -> ScoreDrift:
    """Watch `scores` in the order that they came, after the `reference` that the tool was judged on.

    While scores stay exchangeable, the chance of an alarm, ever, is `alpha` at most. Half of the wealth bets on scores
    that rise or fall, half on scores that spread to both ends or draw together.
    """
    start = [s for s in reference if math.isfinite(s)]
    watched = [s for s in scores if math.isfinite(s)]
    lost = len(scores) - len(watched)
    note = f"; {lost} scores that are no number were left out" if lost else ""
    if len(start) < FEWEST:
        words = f"{FEWEST} scores are needed to start from; there are {len(start)}{note}"
        return ScoreDrift(len(watched), (), None, words)
    if not watched:
        return ScoreDrift(
            0, (), None, f"no score has come since the first {len(start)}, which others are compared with{note}"
        )
    p = _ranks(start, watched)
    wealth = np.logaddexp(_jumper(p), _jumper(np.abs(2 * p - 1))) - math.log(2)
    over = np.flatnonzero(wealth >= -math.log(alpha))
    alarm_at = int(over[0]) + 1 if len(over) else None
    said = f"drifted by score {alarm_at:,}: an audit sample is due" if alarm_at else "show no drift"
    return ScoreDrift(len(watched), tuple(wealth.tolist()), alarm_at, f"{len(watched):,} scores {said}{note}")


def _ranks(start: Sequence[float], scores: Sequence[float]) -> Floats:
    """Conformal p-values: where each score ranks among all so far, itself among them; ties are broken by lot."""
    rng = np.random.default_rng(SEED)
    seen, p = sorted(start), []
    for score in scores:
        below, upto = bisect_left(seen, score), bisect_right(seen, score)
        p.append((below + rng.random() * (upto - below + 1)) / (len(seen) + 1))
        insort(seen, score)
    return np.array(p)


def _jumper(p: Floats) -> Floats:
    """The simple jumper: gamblers bet on low and on high p, one stands by, and a little wealth changes hands."""
    lean = np.array([-1.0, 0.0, 1.0])
    capital, total = np.full(3, 1 / 3), 0.0
    wealth = np.empty(len(p))
    for i, value in enumerate(p):
        capital = (1 - JUMP) * capital + JUMP * capital.sum() / 3
        capital = capital * (1 + lean * (value - 0.5))
        # Kept at a sum of one, with the logarithm beside it, so that long watches cannot overflow.
        total += math.log(capital.sum())
        capital = capital / capital.sum()
        wealth[i] = total
    return wealth
