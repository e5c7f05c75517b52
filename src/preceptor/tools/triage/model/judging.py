"""The model as a whole: a case in, calibrated chances of each urgency and what they lead to out."""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from preceptor.advice import URGENCIES, Case, RedFlag, Urgency
from preceptor.tools.triage.assessing import Assessment
from preceptor.tools.triage.library import the_library
from preceptor.tools.triage.model.deciding import Decision, Thresholds, decide
from preceptor.tools.triage.model.encoder import Encoder
from preceptor.tools.triage.model.inputs import NAMES, Floats, row
from preceptor.tools.triage.model.wording import as_read
from preceptor.tools.triage.model.words import Words, terms
from preceptor.tools.triage.presentations import Presentation
from preceptor.tools.triage.reading import Reading

ARTEFACT = Path(__file__).parent / "artefact"
FILES = ("encoder.onnx", "tokenizer.json", "words.npz", "head.onnx")
_LIKELY = 0.5  # the chance from which a presentation that no rule recognised is named

logger = logging.getLogger(__name__)


class ArtefactError(ValueError):
    """The model's files are not what its description says; the message names the file."""


@dataclass(frozen=True)
class Judgement:
    """What the model makes of a case: `like` is the presentation that the words are most like, and how likely."""

    chances: dict[str, float]
    decision: Decision
    like: Presentation | None
    how_like: float


class Model:
    """The encoder and the words, and a second stage that weighs their chances beside what the rules found."""

    def __init__(self, folder: Path, description: dict[str, Any]) -> None:
        self.description = description
        self.encoder = Encoder(folder, tuple(description["presentations"]))
        self.words = Words.load(folder / "words.npz")
        known = {p.id: p for p in the_library().presentations}
        self.presentations = tuple(known.get(name) for name in self.encoder.presentations)
        self.thresholds = Thresholds(
            {Urgency(name): value for name, value in description["thresholds"]["advise"].items()},
            {Urgency(name): value for name, value in description["thresholds"]["keep"].items()},
            description["thresholds"]["unsure_below"],
        )
        self._head = _session(folder / "head.onnx")

    @classmethod
    def load(cls, folder: Path) -> Model:
        """The model in a folder, each file checked by its digest before it is opened. Raises ArtefactError."""
        try:
            description = json.loads((folder / "model.json").read_text("utf-8"))
            for name in FILES:
                if hashlib.sha256((folder / name).read_bytes()).hexdigest() != description["sha256"][name]:
                    raise ArtefactError(f"{folder / name} is not the file that model.json describes")
            if tuple(description["inputs"]) != NAMES:
                raise ArtefactError(f"{folder / 'model.json'} was made for other inputs: rebuild the model")
            return cls(folder, description)
        except (OSError, KeyError, ValueError) as wrong:
            raise ArtefactError(str(wrong)) from None

    def judge(self, case: Case, reading: Reading, flags: tuple[RedFlag, ...], assessed: list[Assessment]) -> Judgement:
        """Calibrated chances of each urgency, what they lead to, and what presentation the words are most like."""
        read = self.encoder.read(as_read(case))
        found = [(a.presentation, a.urgency, a.alarmed) for a in assessed]
        words = self.words.read(terms(case, reading))
        chances = self._chances(row(reading, read, words, self.presentations, flags, found))
        best = int(read.presentation.argmax())
        how_like = float(np.exp(read.presentation[best]))
        like = self.presentations[best] if how_like >= _LIKELY else None
        return Judgement(chances, decide(chances, self.thresholds), like, how_like)

    def _chances(self, inputs: Floats) -> dict[str, float]:
        (found,) = self._head.run(None, {"inputs": inputs[None, :]})
        total = float(found[0].astype(float).sum())
        return {urgency: float(chance) / total for urgency, chance in zip(URGENCIES, found[0], strict=True)}


def _session(path: Path) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


@cache
def the_model() -> Model | None:
    """The model that ships with the tool; None, with a line in the log, where its files are missing or changed.

    The rules stand without it, and every advice then says so.
    """
    try:
        return Model.load(ARTEFACT)
    except ArtefactError as wrong:
        logger.error("triage goes on by its rules alone: %s", wrong)
        return None
