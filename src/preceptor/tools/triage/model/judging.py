"""The model as a whole: a case in, calibrated chances of each urgency and what they lead to out.

Its second stage may be one that was learnt and promoted here (`preceptor.tools.models`); encoder and words are always
those that ship.
"""

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
from preceptor.tools.models import Proven
from preceptor.tools.triage.assessing import Assessment, assess_all
from preceptor.tools.triage.explaining import why_unread
from preceptor.tools.triage.library import the_library
from preceptor.tools.triage.model.deciding import Decision, Thresholds, decide
from preceptor.tools.triage.model.encoder import Encoder, Read
from preceptor.tools.triage.model.inputs import NAMES, Floats, row
from preceptor.tools.triage.model.wording import as_read
from preceptor.tools.triage.model.words import Words, terms
from preceptor.tools.triage.presentations import Presentation
from preceptor.tools.triage.reading import Reading
from preceptor.tools.triage.red_flags import fired

ARTEFACT = Path(__file__).parent / "artefact"
HEAD = "head.onnx"  # the second stage
FILES = ("encoder.onnx", "tokenizer.json", "words.npz", HEAD)
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


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the second stage is given of a case."""

    row: Floats  # (len(NAMES),)
    floor: int  # rank of the most urgent red flag, 4 where there is none
    about: str  # the presentation that decides, or that the words are most like


class Model:
    """The encoder and the words, and a second stage that weighs their chances beside what the rules found."""

    def __init__(self, folder: Path, description: dict[str, Any], head: bytes) -> None:
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
        self._head = _session(head)

    @classmethod
    def load(cls, folder: Path, learnt: Proven | None = None) -> Model:
        """The model in a folder, each file checked by its digest before it is opened. Raises ArtefactError.

        With `learnt`, its second stage stands in place of the folder's.
        """
        try:
            description = learnt.description if learnt else json.loads((folder / "model.json").read_text("utf-8"))
            for name in FILES:
                content = learnt.head if learnt and name == HEAD else (folder / name).read_bytes()
                if hashlib.sha256(content).hexdigest() != description["sha256"][name]:
                    raise ArtefactError(f"{folder / name} is not the file that model.json describes")
            if tuple(description["inputs"]) != NAMES:
                raise ArtefactError(f"{folder / 'model.json'} was made for other inputs: rebuild the model")
            return cls(folder, description, learnt.head if learnt else (folder / HEAD).read_bytes())
        except (OSError, KeyError, ValueError) as wrong:
            raise ArtefactError(str(wrong)) from None

    def inputs(self, case: Case) -> Inputs | None:
        """What the second stage would be given of a case; None where a person must read it as it stands."""
        known = the_library()
        reading = Reading(case, known.features)
        flags = fired(reading, known.rules)
        assessed = assess_all(reading, known.presentations)
        if why_unread(reading, bool(assessed or flags)):
            return None
        read, given = self._given(case, reading, flags, assessed)
        about = assessed[0].presentation.id if assessed else self.encoder.presentations[int(read.presentation.argmax())]
        return Inputs(given, flags[0].urgency.rank if flags else len(URGENCIES) - 1, about)

    def judge(self, case: Case, reading: Reading, flags: tuple[RedFlag, ...], assessed: list[Assessment]) -> Judgement:
        """Calibrated chances of each urgency, what they lead to, and what presentation the words are most like."""
        read, given = self._given(case, reading, flags, assessed)
        chances = self._chances(given)
        best = int(read.presentation.argmax())
        how_like = float(np.exp(read.presentation[best]))
        like = self.presentations[best] if how_like >= _LIKELY else None
        return Judgement(chances, decide(chances, self.thresholds), like, how_like)

    def _given(
        self, case: Case, reading: Reading, flags: tuple[RedFlag, ...], assessed: list[Assessment]
    ) -> tuple[Read, Floats]:
        read = self.encoder.read(as_read(case))
        found = [(a.presentation, a.urgency, a.alarmed) for a in assessed]
        words = self.words.read(terms(case, reading))
        return read, row(reading, read, words, self.presentations, flags, found)

    def _chances(self, inputs: Floats) -> dict[str, float]:
        (found,) = self._head.run(None, {"inputs": inputs[None, :]})
        total = float(found[0].astype(float).sum())
        return {urgency: float(chance) / total for urgency, chance in zip(URGENCIES, found[0], strict=True)}


def _session(head: bytes) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(head, options, providers=["CPUExecutionProvider"])


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
