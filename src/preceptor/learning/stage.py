"""The part of a model that learns: a matrix, biases and thresholds. The champion is one, and so is any challenger.

Read from and written as ONNX without a line of code in the file. What it calls is decided as
`tools.triage.model.deciding` does, for many rows at once, with the red flags' floor on top.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from preceptor.advice import URGENCIES, Urgency
from preceptor.tools.triage.model.deciding import Thresholds
from preceptor.tools.triage.model.inputs import NAMES

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
LEVELS = len(URGENCIES)


@dataclass(frozen=True)
class Stage:
    """A second stage: `slopes` (inputs, 5), `biases` (5,), most urgent first."""

    slopes: Floats
    biases: Floats
    thresholds: Thresholds

    def logits(self, inputs: Floats) -> Floats:
        return inputs @ self.slopes + self.biases

    def chances(self, inputs: Floats) -> Floats:
        """Chances of the five urgencies, (rows, 5), each row summing to one."""
        return softmax(self.logits(inputs))

    def calls(self, inputs: Floats, floors: Ints) -> Ints:
        """The rank that is advised for each row, 0 the most urgent; never below the red flags' floor."""
        return called(self.chances(inputs), advise_of(self.thresholds), floors)


def softmax(logits: Floats) -> Floats:
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def cross_entropy(logits: Floats, wanted: Floats, weight: Floats | None) -> tuple[float, Floats]:
    """The loss, and its slope for each logit."""
    logits = logits - logits.max(axis=1, keepdims=True)
    total = np.exp(logits)
    whole = total.sum(axis=1, keepdims=True)
    each = -(wanted * (logits - np.log(whole))).sum(axis=1)
    slope = total / whole - wanted
    if weight is None:
        return float(each.sum()), slope
    return float(each @ weight), slope * weight[:, None]


def advise_of(thresholds: Thresholds) -> Floats:
    return np.array([thresholds.advise[urgency] for urgency in URGENCIES[:-1]])


def called(chances: Floats, advise: Floats, floors: Ints) -> Ints:
    """The first urgency whose chance of "at least this" reaches its threshold, or the floor where that is above it."""
    at_least = chances.cumsum(axis=1)[:, :-1] >= advise
    ranks = np.where(at_least.any(axis=1), at_least.argmax(axis=1), LEVELS - 1)
    return np.asarray(np.minimum(ranks, floors), dtype=np.int64)


def as_onnx(slopes: Floats, biases: Floats) -> bytes:
    """The second stage as ONNX: "inputs" (n, inputs) to "chances" (n, 5)."""
    import onnx  # a third of a second, which advising need not wait for

    nodes = [
        onnx.helper.make_node("Gemm", ["inputs", "slopes", "biases"], ["logits"]),
        onnx.helper.make_node("Softmax", ["logits"], ["chances"], axis=1),
    ]
    graph = onnx.helper.make_graph(
        nodes, "triage",
        [onnx.helper.make_tensor_value_info("inputs", onnx.TensorProto.FLOAT, ["n", len(slopes)])],
        [onnx.helper.make_tensor_value_info("chances", onnx.TensorProto.FLOAT, ["n", LEVELS])],
        [onnx.numpy_helper.from_array(slopes.astype(np.float32), "slopes"),
         onnx.numpy_helper.from_array(biases.astype(np.float32), "biases")],
    )  # fmt: skip
    made = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(made)
    return bytes(made.SerializeToString())


def from_onnx(head: bytes) -> tuple[Floats, Floats]:
    """Slopes and biases out of what `as_onnx` wrote. Raises ValueError where it is something else."""
    import onnx

    try:
        held = {each.name: onnx.numpy_helper.to_array(each) for each in onnx.load_from_string(head).graph.initializer}
        slopes, biases = held["slopes"].astype(np.float64), held["biases"].astype(np.float64)
    except Exception as wrong:  # the parser's own errors are of many kinds
        raise ValueError("not a second stage as Preceptor writes it") from wrong
    if slopes.ndim != 2 or slopes.shape[1] != LEVELS or biases.shape != (LEVELS,):
        raise ValueError(f"a second stage of {slopes.shape} and {biases.shape} numbers is none")
    return slopes, biases


def stage_in(folder: Path) -> Stage:
    """The second stage of an artefact whose digests were checked. Raises OSError, KeyError or ValueError."""
    description = json.loads((folder / "model.json").read_text("utf-8"))
    slopes, biases = from_onnx((folder / "head.onnx").read_bytes())
    if tuple(description["inputs"]) != NAMES or len(slopes) != len(NAMES):
        raise ValueError("the model was made for other inputs than this version of Preceptor gives")
    said = description["thresholds"]
    return Stage(
        slopes,
        biases,
        Thresholds(
            {Urgency(name): float(value) for name, value in said["advise"].items()},
            {Urgency(name): float(value) for name, value in said["keep"].items()},
            float(said["unsure_below"]),
        ),
    )
