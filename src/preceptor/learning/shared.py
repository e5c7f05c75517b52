"""What every practice starts from: rows that learning may use, rows that it is calibrated on, rows that only judge it.

Numbers, no words: `training/triage.py` writes them from synthetic examples as `shared.npz` beside the model, with its
sha256 in `model.json`. The hold-out is frozen: no decision ever taken by anybody reaches it.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from preceptor.learning.stage import LEVELS, Floats, Ints
from preceptor.tools.triage.model.inputs import NAMES

FILE = "shared.npz"
PARTS = ("learned", "calibration", "holdout")
# Of a practice's inbox, as we suppose it: how many need each urgency, most urgent first. The calibration requests hold
# more emergencies than any practice sees, so that misses can be counted; chances are to be true of an inbox.
INBOX = (0.08, 0.25, 0.20, 0.27, 0.20)


def as_an_inbox(targets: Floats) -> Floats:
    """Weights (n,), one on average, with which rows of these targets (n, 5) have an inbox's shares of urgencies."""
    right = targets.argmax(axis=1)
    held = np.bincount(right, minlength=LEVELS) / len(right)
    weights = (np.array(INBOX) / np.maximum(held, 1e-9))[right]
    return np.asarray(weights / weights.mean())


@dataclass(frozen=True)
class Rows:
    """Cases as the second stage sees them, with what would be right.

    `inputs` (n, inputs); `targets` (n, 5): the weight of each urgency that could be defended, summing to one;
    `floors` (n,): rank of the most urgent red flag, 4 where there is none; `about`: presentation; `groups`: for each
    attribute its value in each case, "" where it is not known.
    """

    ids: tuple[str, ...]
    inputs: Floats
    targets: Floats
    floors: Ints
    about: tuple[str, ...]
    groups: Mapping[str, tuple[str, ...]]

    def __len__(self) -> int:
        return len(self.inputs)

    def where(self, kept: Ints) -> Rows:
        """The rows at these places, in this order."""
        return Rows(
            tuple(self.ids[at] for at in kept), self.inputs[kept], self.targets[kept], self.floors[kept],
            tuple(self.about[at] for at in kept),
            {name: tuple(values[at] for at in kept) for name, values in self.groups.items()},
        )  # fmt: skip

    @property
    def right(self) -> Ints:
        """The rank of the best answer."""
        return np.asarray(self.targets.argmax(axis=1), dtype=np.int64)

    @property
    def emergencies(self) -> np.ndarray:
        """True where nothing but an emergency could be defended."""
        return np.asarray(self.targets[:, 0] > 0.999)


@dataclass(frozen=True)
class Shared:
    """What is learnt from, what a challenger is calibrated on, and the frozen hold-out."""

    learned: Rows
    calibration: Rows
    holdout: Rows

    def save(self, path: Path) -> str:
        """Without pickle, in half precision where that loses nothing that matters. Gives its sha256."""
        held: dict[str, np.ndarray] = {"inputs": np.array("\n".join(NAMES))}
        for part in PARTS:
            rows: Rows = getattr(self, part)
            held |= {
                f"{part}/ids": np.array("\n".join(rows.ids)),
                f"{part}/about": np.array("\n".join(rows.about)),
                f"{part}/inputs": rows.inputs.astype(np.float16),
                f"{part}/targets": rows.targets.astype(np.float32),
                f"{part}/floors": rows.floors.astype(np.int8),
                f"{part}/attributes": np.array("\n".join(rows.groups)),
                **{f"{part}/group/{name}": np.array("\n".join(values)) for name, values in rows.groups.items()},
            }
        np.savez_compressed(path, **held)  # type: ignore[arg-type]
        return hashlib.sha256(path.read_bytes()).hexdigest()


def load(path: Path, sha256: str | None = None) -> Shared:
    """What `save` wrote. Raises ValueError where the file is another, or made for other inputs; OSError where none."""
    read = path.read_bytes()
    if sha256 is not None and hashlib.sha256(read).hexdigest() != sha256:
        raise ValueError(f"{path} is not the file that model.json describes")
    with np.load(io.BytesIO(read), allow_pickle=False) as held:
        if tuple(_words(held["inputs"])) != NAMES:
            raise ValueError(f"{path} was made for other inputs: rebuild the model")
        return Shared(*(_rows(held, part) for part in PARTS))


def _rows(held: Mapping[str, np.ndarray], part: str) -> Rows:
    targets = held[f"{part}/targets"].astype(np.float64)
    rows = Rows(
        _words(held[f"{part}/ids"]),
        held[f"{part}/inputs"].astype(np.float64),
        targets / targets.sum(axis=1, keepdims=True),
        held[f"{part}/floors"].astype(np.int64),
        _words(held[f"{part}/about"]),
        {name: _words(held[f"{part}/group/{name}"]) for name in _words(held[f"{part}/attributes"])},
    )
    wanted = {len(rows.ids), len(rows.targets), len(rows.floors), len(rows.about), *map(len, rows.groups.values())}
    if wanted != {len(rows)} or rows.inputs.shape[1] != len(NAMES) or targets.shape[1] != LEVELS:
        raise ValueError(f"the {part} rows do not fit together")
    return rows


def _words(held: np.ndarray) -> tuple[str, ...]:
    return tuple(str(held).split("\n"))
