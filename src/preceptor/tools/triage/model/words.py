"""The words by themselves: which words and pairs of words go with which urgency, whatever the sentence means.

A logistic regression over tf-idf, made by `training/triage.py` from the examples. It knows no grammar, and is sure of
things that the sentence encoder is not: the two err on different requests.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from preceptor.advice import Case
from preceptor.tools.triage.model.wording import beginning
from preceptor.tools.triage.reading import Reading

Floats = npt.NDArray[np.float32]
_LEAST = -7.0  # a log-chance below this is read as this: no word is proof
_WORD = re.compile(r"[a-z0-9]+")


def terms(case: Case, reading: Reading) -> list[str]:
    """The words of a request, spelling mended, and each with the next; who it is and what the record holds likewise."""
    parts: list[Sequence[str]] = [_WORD.findall(beginning(case).lower())]
    parts += [sentence.words for sentence in reading.sentences]
    return [term for words in parts for term in (*words, *(f"{a} {b}" for a, b in pairwise(words)))]


class Words:
    """Log-chances of the five urgencies from a request's terms."""

    def __init__(self, vocabulary: Sequence[str], rarity: Floats, weights: Floats, biases: Floats) -> None:
        self.vocabulary = {term: at for at, term in enumerate(vocabulary)}
        self.rarity = rarity  # (terms,): inverse document frequency
        self.weights = weights  # (terms, 5)
        self.biases = biases  # (5,)

    @classmethod
    def load(cls, path: Path) -> Words:
        """From a file that `save` wrote. Raises OSError, KeyError or ValueError where it is none."""
        with np.load(path, allow_pickle=False) as held:
            vocabulary = str(held["vocabulary"]).split("\n")
            return cls(vocabulary, *(held[name].astype(np.float32) for name in ("rarity", "weights", "biases")))

    def save(self, path: Path) -> None:
        """Without pickle: the terms as one text, the numbers in half precision."""
        np.savez_compressed(
            path, vocabulary=np.array("\n".join(self.vocabulary)), rarity=self.rarity.astype(np.float16),
            weights=self.weights.astype(np.float16), biases=self.biases.astype(np.float32),
        )  # fmt: skip

    def read(self, found: Sequence[str]) -> Floats:
        """Natural logarithms of chances, shape (5,), most urgent first; no less than -7."""
        counted = Counter(at for at in map(self.vocabulary.get, found) if at is not None)
        logits = self.biases.astype(np.float64)
        if counted:
            at = np.fromiter(counted, dtype=np.intp)
            heavy = np.array([1 + math.log(times) for times in counted.values()]) * self.rarity[at]
            logits += (heavy / np.linalg.norm(heavy)) @ self.weights[at]
        logits -= logits.max()
        return np.asarray(np.maximum(logits - np.log(np.exp(logits).sum()), _LEAST), dtype=np.float32)
