"""The sentence encoder: a text in, log-chances of each urgency and presentation out.

all-MiniLM-L6-v2 (Apache-2.0), fine-tuned on the examples by `training/encoder.py` and kept as ONNX with 8-bit weights.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
WINDOW = 160  # tokens that are read at a time
STEP = 110  # tokens from one window's begin to the next's
_KEPT = 64  # texts whose reading is kept: more than are read ahead together
MOST_WINDOWS = 6  # of a longer text the first and the last are read: it says so itself (`input.too_long`)


@dataclass(frozen=True)
class Read:
    """What the encoder makes of a text: natural logarithms of chances."""

    urgency: Floats  # (5,), most urgent first
    presentation: Floats  # (presentations,), in the order of `Encoder.presentations`


class Encoder:
    """Reads one text at a time on one core, so that a service's workers do not fight over cores."""

    def __init__(self, folder: Path, presentations: tuple[str, ...]) -> None:
        self.folder = folder
        self.presentations = presentations
        self._kept = lru_cache(_KEPT)(self._decisive)

    @cached_property
    def _session(self) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        return onnxruntime.InferenceSession(
            str(self.folder / "encoder.onnx"), options, providers=["CPUExecutionProvider"]
        )

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        return Tokenizer.from_file(str(self.folder / "tokenizer.json"))

    def read(self, text: str) -> Read:
        """What the text says; of the last texts it is kept, so that they may be read before they are asked about."""
        return self._kept(text)

    def _decisive(self, text: str) -> Read:
        """Of a long text the window that sounds most urgent decides: danger may stand anywhere."""
        found = [self._read(window) for window in self._windows(text)]
        return max(found, key=lambda read: float(np.exp(read.urgency[:2]).sum()))

    def _windows(self, text: str) -> list[list[int]]:
        ids: list[int] = self._tokenizer.encode(text).ids
        if len(ids) <= WINDOW:
            return [ids]
        first, last, inner = ids[0], ids[-1], ids[1:-1]
        room = WINDOW - 2
        starts = list(range(0, max(1, len(inner) - room + STEP), STEP))
        if len(starts) > MOST_WINDOWS:
            half = MOST_WINDOWS // 2
            starts = starts[:half] + starts[-half:]
        return [[first, *inner[start : start + room], last] for start in starts]

    def _read(self, ids: list[int]) -> Read:
        urgency, presentation = self._session.run(
            ("urgency", "presentation"), {"input_ids": np.array(ids, dtype=np.int64)}
        )
        return Read(_logs(urgency), _logs(presentation))


def _logs(weights: Floats) -> Floats:
    top = weights - weights.max()
    return np.asarray(top - np.log(np.exp(top).sum()), dtype=np.float32)
