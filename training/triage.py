"""Fit the second stage of the triage model, calibrate it and set its thresholds; write the artefact.

    python training/triage.py [--encoder FOLDER] [--measure]

Reads the examples (weighed with the chances of an encoder that had not read them, `unread.npz`, and of a model of the
words that had not either) and the calibration requests, written by people who had seen neither library nor examples:
`k` and `t` for calibration and for what is advised, `m` and `u` for the bound on under-triage. FOLDER is what
`encoder.py` wrote, to be taken over first. With `--measure` it prints figures by five-fold cross-validation and writes
nothing. A few minutes on one core.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np
from prepare import target
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.preprocessing import StandardScaler

from preceptor.advice import URGENCIES, Urgency
from preceptor.evaluation.groups import age_band
from preceptor.learning.shared import FILE as SHARED_ROWS
from preceptor.learning.shared import Rows, Shared, as_an_inbox
from preceptor.learning.stage import as_onnx
from preceptor.supervision.under_triage import Promise, guarantee
from preceptor.tools.triage.assessing import assess_all
from preceptor.tools.triage.examples import Example, all_examples, read
from preceptor.tools.triage.library import the_library
from preceptor.tools.triage.model.encoder import Encoder, Read
from preceptor.tools.triage.model.inputs import NAMES, row
from preceptor.tools.triage.model.judging import ARTEFACT, FILES
from preceptor.tools.triage.model.wording import as_read
from preceptor.tools.triage.model.words import Words, terms
from preceptor.tools.triage.reading import Reading
from preceptor.tools.triage.red_flags import fired

CALIBRATION = Path(__file__).parent / "calibration"
CALIBRATES = ("k", "t")
BOUNDS = ("m", "u")
UNREAD = Path(__file__).parent / "unread.npz"
SHARED = 6_000  # examples that every practice learns beside its own: more would drown what a practice says
LIMIT = 0.02  # of truly urgent cases whose set may leave out what is urgent enough, on average
AS_GOOD = 0.0025  # of what thresholds are worth: a third of its standard error on the calibration requests
UNSURE_BELOW = 0.6  # the chance of the advised urgency and its neighbours, below which the tool abstains
C = 0.3  # inverse strength of the second stage's penalty
WORDS_C = 8.0  # and of the words'


@dataclass(frozen=True)
class Table:
    """Rows for the second stage: inputs (n, inputs), weights of the urgencies (n, 5), and the red flags' floor."""

    examples: list[Example]
    inputs: np.ndarray
    targets: np.ndarray
    floors: np.ndarray  # rank of the most urgent red flag, 4 where there is none

    def of(self, at: np.ndarray) -> Table:
        """The rows at these places."""
        return Table([self.examples[k] for k in at], self.inputs[at], self.targets[at], self.floors[at])


def table(examples: list[Example], reads: list[Read], words: Words, names: tuple[str, ...]) -> Table:
    known = the_library()
    by_id = {p.id: p for p in known.presentations}
    presentations = tuple(by_id.get(name) for name in names)
    inputs, floors = [], []
    for example, encoded in zip(examples, reads, strict=True):
        reading = Reading(example.case, known.features)
        flags = fired(reading, known.rules)
        found = [(a.presentation, a.urgency, a.alarmed) for a in assess_all(reading, known.presentations)]
        said = words.read(terms(example.case, reading))
        inputs.append(row(reading, encoded, said, presentations, flags, found))
        floors.append(flags[0].urgency.rank if flags else 4)
    return Table(examples, np.stack(inputs), np.array([target(e) for e in examples]), np.array(floors))


def words_from(examples: list[Example]) -> Words:
    """A logistic regression over the tf-idf of terms that at least two of the examples hold."""
    known = the_library().features
    said = [terms(e.case, Reading(e.case, known)) for e in examples]
    rarity = TfidfVectorizer(analyzer=lambda found: found, sublinear_tf=True, min_df=2)
    rows, levels, weight = expanded(np.array([target(e) for e in examples]))
    inputs = rarity.fit_transform(said)[rows]
    model = LogisticRegression(C=WORDS_C, max_iter=300).fit(inputs, levels, sample_weight=weight)
    vocabulary = rarity.get_feature_names_out().tolist()
    return Words(vocabulary, rarity.idf_.astype(np.float32), model.coef_.T.astype(np.float32),
                 model.intercept_.astype(np.float32))  # fmt: skip


def expanded(targets: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """One line for each answer that a GP could defend: which row, which level, and its weight."""
    rows, levels = np.nonzero(targets)
    return rows, levels, targets[rows, levels]


def fit(data: Table, kept: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weights (inputs, 5) and biases (5,) of a multinomial logistic regression, on inputs as they are."""
    rows, y, weight = expanded(data.targets[kept])
    x = data.inputs[kept][rows]
    scaler = StandardScaler().fit(x)
    model = LogisticRegression(C=C, max_iter=500).fit(scaler.transform(x), y, sample_weight=weight)
    slopes = model.coef_ / scaler.scale_
    return slopes.T, model.intercept_ - slopes @ scaler.mean_


def chances(inputs: np.ndarray, slopes: np.ndarray, biases: np.ndarray) -> np.ndarray:
    logits = inputs @ slopes + biases
    logits -= logits.max(1, keepdims=True)
    weights = np.exp(logits)
    return weights / weights.sum(1, keepdims=True)


def calibrated(data: Table, slopes: np.ndarray, biases: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same weights with one temperature and a shift of each urgency, by least log loss on the calibration set.

    It counts as if it were a practice's inbox, in which emergencies are rarer than among these requests.
    """
    from scipy.optimize import minimize

    logits = data.inputs @ slopes + biases
    weights = as_an_inbox(data.targets)

    def loss(found: np.ndarray) -> float:
        moved = logits * np.exp(found[0]) + found[1:]
        moved -= moved.max(1, keepdims=True)
        logs = moved - np.log(np.exp(moved).sum(1, keepdims=True))
        return float(-(weights * (data.targets * logs).sum(1)).mean() + 0.01 * (found[1:] ** 2).sum())

    best = minimize(loss, np.zeros(6), method="L-BFGS-B").x
    return slopes * np.exp(best[0]), biases * np.exp(best[0]) + best[1:]


# -- thresholds


def decided(found: np.ndarray, advise: np.ndarray, floors: np.ndarray) -> np.ndarray:
    at_least = found.cumsum(1)[:, :4] >= advise
    ranks = np.where(at_least.any(1), at_least.argmax(1), 4)
    return np.minimum(ranks, floors)


@dataclass(frozen=True)
class Figures:
    acceptable: float
    under: float
    missed: float
    false: float
    n: int

    def __str__(self) -> str:
        return (
            f"n {self.n}: acceptable {self.acceptable:.1%}, under-triage {self.under:.1%}, emergencies missed "
            f"{self.missed:.1%}, sent to 999 needlessly {self.false:.1%}"
        )


def figures(data: Table, said: np.ndarray, weights: np.ndarray | None = None) -> Figures:
    n = len(said)
    weights = np.ones(n) if weights is None else weights
    allowed = data.targets > 0
    least = 4 - allowed[:, ::-1].argmax(1)
    only = allowed[:, 0] & ~allowed[:, 1:].any(1)
    never = ~allowed[:, 0]
    share = partial(np.average, weights=weights)
    return Figures(
        float(share(allowed[np.arange(n), said])), float(share(said > least)),
        float(np.average(said[only] > 0, weights=weights[only])),
        float(np.average(said[never] == 0, weights=weights[never])), n,
    )  # fmt: skip


def advise_thresholds(data: Table, found: np.ndarray) -> np.ndarray:
    """The thresholds that are right most often of an inbox, a missed emergency or an under-triage weighed more.

    An emergency is advised from one chance in four: to miss one is as bad as to send three to hospital needlessly.
    For the same day, of the thresholds that are as good as far as these requests can tell, the most cautious. Below it
    a mistake weighs as much either way: what is likelier than not is advised.
    """
    grids = [[0.25], np.arange(0.25, 0.61, 0.05), [0.5], [0.5]]
    tried = [(worth(data, found, np.array(each)), each) for each in product(*grids)]
    best = max(tried)[0]
    return np.array(min(each for value, each in tried if value >= best - AS_GOOD))


def worth(data: Table, found: np.ndarray, advise: np.ndarray) -> float:
    f = figures(data, decided(found, advise, data.floors), as_an_inbox(data.targets))
    return f.acceptable - 1.0 * max(0, f.under - 0.025) - 0.4 * f.missed - 1.0 * max(0, f.false - 0.04)


def keep_thresholds(data: Table, found: np.ndarray) -> dict[Urgency, float]:
    """From what chance of "at least as urgent" an urgency stays in the set: at most LIMIT of those are left out."""
    kept = {}
    for urgency in URGENCIES[:-1]:
        truly = data.targets[:, : urgency.rank + 1].sum(1) > 0.999
        scores = found[truly][:, : urgency.rank + 1].sum(1)
        promised = guarantee(Promise.EXPECTED, scores.tolist(), LIMIT)
        print(f"{urgency}: {promised.words}")
        kept[urgency] = promised.threshold if promised.threshold is not None else 0.0
    return kept


# -- the artefact


def rows(data: Table) -> Rows:
    """The table as `preceptor.learning` keeps it: numbers and names, no words of a request."""
    asked = [e.case.request for e in data.examples]
    groups = {
        "age": tuple(age_band(r.age if r else None) or "" for r in asked),
        "sex": tuple((r.sex if r else None) or "" for r in asked),
        "voice": tuple(e.voice for e in data.examples),
    }
    ids, about = tuple(e.id for e in data.examples), tuple(e.presentation for e in data.examples)
    return Rows(ids, data.inputs, data.targets, data.floors, about, groups)


def write(names: tuple[str, ...], made: bytes, advise: np.ndarray, keep: dict[Urgency, float],
          said: dict[str, object]) -> None:  # fmt: skip
    (ARTEFACT / "head.onnx").write_bytes(made)
    description = {
        "presentations": names,
        "inputs": NAMES,
        "thresholds": {
            "advise": dict(zip(URGENCIES[:-1], map(float, advise.round(3)), strict=True)),
            "keep": {urgency: round(value, 4) for urgency, value in keep.items()},
            "unsure_below": UNSURE_BELOW,
        },
        "sha256": {name: hashlib.sha256((ARTEFACT / name).read_bytes()).hexdigest() for name in FILES},
        **said,
    }
    (ARTEFACT / "model.json").write_text(json.dumps(description, indent=1) + "\n", "utf-8")


def unread(path: Path) -> tuple[dict[str, Read], tuple[str, ...]]:
    held = np.load(path)
    names = tuple(str(name) for name in held["names"])
    reads = {
        str(i): Read(u, p)
        for i, u, p in zip(held["id"], held["urgency"].astype(np.float32), held["presentation"].astype(np.float32),
                           strict=True)
    }  # fmt: skip
    return reads, names


def calibration(authors: tuple[str, ...], encoder: Encoder, words: Words, names: tuple[str, ...]) -> Table:
    examples = [e for a in authors for e in read(a, (CALIBRATION / f"{a}.tsv").read_text("utf-8"))]
    return table(examples, [encoder.read(as_read(e.case)) for e in examples], words, names)


def measure(data: Table) -> None:
    """Five folds, a presentation in one only, by plain argmax over what rules and encoder say together and apart."""
    groups = [e.presentation for e in data.examples]
    alone = np.exp(data.inputs[:, :5])
    print("encoder alone      ", figures(data, alone.argmax(1)))
    found = np.zeros((len(groups), 5))
    for kept, left in GroupKFold(5).split(data.inputs, groups=groups):
        found[left] = chances(data.inputs[left], *fit(data, kept))
    print("second stage       ", figures(data, found.argmax(1)))
    print("with red flags' floor", figures(data, np.minimum(found.argmax(1), data.floors)))
    advise = advise_thresholds(data, found)
    print("with thresholds    ", advise.round(2), figures(data, decided(found, advise, data.floors)))
    for voice in ("patient", "carer", "clinician"):
        of = np.array([e.voice == voice for e in data.examples])
        part = Table([e for e in data.examples if e.voice == voice], data.inputs[of], data.targets[of], data.floors[of])
        print(f"  {voice:10}", figures(part, decided(found[of], advise, part.floors)))


def take_over(encoder: Path) -> None:
    ARTEFACT.mkdir(exist_ok=True)
    for name in ("encoder.onnx", "tokenizer.json"):
        shutil.copyfile(encoder / name, ARTEFACT / name)
    shutil.copyfile(encoder / UNREAD.name, UNREAD)


def main() -> None:
    ask = argparse.ArgumentParser()
    ask.add_argument("--encoder", type=Path, help="what encoder.py wrote")
    ask.add_argument("--measure", action="store_true", help="print figures, write nothing")
    given = ask.parse_args()
    if given.encoder:
        take_over(given.encoder)
    reads, names = unread(UNREAD)
    examples = list(all_examples())
    words = words_from([e for e in examples if e.id not in reads])
    weighed = [e for e in examples if e.id in reads]
    learned = table(weighed, [reads[e.id] for e in weighed], words, names)
    if given.measure:
        measure(learned)
        return
    slopes, biases = fit(learned, np.arange(len(weighed)))
    encoder = Encoder(ARTEFACT, names)
    words = words_from(examples)
    words.save(ARTEFACT / "words.npz")
    first = calibration(CALIBRATES, encoder, words, names)
    slopes, biases = calibrated(first, slopes, biases)
    found = chances(first.inputs, slopes, biases)
    advise = advise_thresholds(first, found)
    print("the calibration requests, which set the thresholds:", advise.round(2))
    print(figures(first, decided(found, advise, first.floors)))
    second = calibration(BOUNDS, encoder, words, names)
    found = chances(second.inputs, slopes, biases)
    print("those of the bound, which did not:", figures(second, decided(found, advise, second.floors)))
    keep = keep_thresholds(second, found)
    some = np.random.default_rng(0).permutation(len(weighed))[:SHARED]
    shared = Shared(rows(learned.of(some)), rows(first), rows(second)).save(ARTEFACT / SHARED_ROWS)
    said = {
        "shared": {"file": SHARED_ROWS, "sha256": shared},
        "learned_from": len(examples),
        "calibrated_on": len(first.examples),
        "bounded_on": len(second.examples),
    }
    write(names, as_onnx(slopes, biases), advise, keep, said)


if __name__ == "__main__":
    main()
