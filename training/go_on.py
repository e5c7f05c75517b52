"""Teach the encoder that ships more examples, without starting over.

    python training/go_on.py EXAMPLES.jsonl MODEL_FOLDER OUT AUTHOR...

Needs what `encoder.py` needs. The weights are read back out of the 8-bit file of the artefact. The examples of the
authors named are new to it: what it makes of them before it learns them goes into `unread.npz`, beside what an earlier
run made of others; from it the second stage learns how far to believe it. Then one pass over the new examples, twice,
and up to three times as many of the old, once. A quarter of an hour on two cores with AMX.
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path

import numpy as np
import onnx
import torch
from encoder import LONGEST, Encoder, export, fit, said, told
from onnx import numpy_helper
from tokenizers import Tokenizer

ARTEFACT = Path(__file__).parents[1] / "src/preceptor/tools/triage/model/artefact"
UNREAD = Path(__file__).parent / "unread.npz"
RATE = 1.5e-4


def weights(path: Path) -> dict[str, torch.Tensor]:
    """Every weight of the file by its name, 8-bit ones as what they stand for; products as (out, in)."""
    held = {each.name: numpy_helper.to_array(each) for each in onnx.load(str(path)).graph.initializer}
    found: dict[str, torch.Tensor] = {}
    for name, values in held.items():
        if name.endswith("_quantized"):
            stem = name.removesuffix("_quantized")
            real = (values.astype(np.float32) - held[f"{stem}_zero_point"]) * held[f"{stem}_scale"]  # of each column
            one = stem.removesuffix("_Transposed")  # so named since torch 2.15
            found[one] = torch.tensor(real if one == "words" else real.T.copy())
        elif not name.endswith(("_scale", "_zero_point")):
            found[name] = torch.tensor(values)
    return found


@torch.no_grad()
def restored(folder: Path, path: Path, names: list[str]) -> Encoder:
    """The encoder of an artefact, which can learn again. `encoder.Alone` is where its weights got their names."""
    model, held = Encoder(folder, len(names)), weights(path)
    embeddings, size = model.bert.embeddings, model.bert.config.hidden_size
    for head in ("urgency", "presentation"):  # the exporter names their weights by a number
        shape = getattr(model, head).weight.shape
        held[f"{head}.weight"] = next(each for each in held.values() if each.shape == shape)
    embeddings.word_embeddings.weight.copy_(held["words"])
    embeddings.position_embeddings.weight.copy_(held["places"])
    embeddings.token_type_embeddings.weight.zero_()  # it is part of the places
    for part in ("weight", "bias"):
        getattr(embeddings.LayerNorm, part).copy_(held[f"norm.{part}"])
        getattr(model.urgency, part).copy_(held[f"urgency.{part}"])
        getattr(model.presentation, part).copy_(held[f"presentation.{part}"])
        for at, layer in enumerate(model.bert.encoder.layer):
            query, key, value = held[f"asked.{at}.{part}"].split(size)
            own = layer.attention.self
            own.query.get_parameter(part).copy_(query * (size // own.num_attention_heads) ** 0.5)
            own.key.get_parameter(part).copy_(key)
            own.value.get_parameter(part).copy_(value)
            for name in (
                "attention.output.dense", "attention.output.LayerNorm", "intermediate.dense", "output.dense",
                "output.LayerNorm",
            ):  # fmt: skip
                layer.get_submodule(name).get_parameter(part).copy_(held[f"layers.{at}.{name}.{part}"])
    return model


def main() -> None:
    ask = argparse.ArgumentParser()
    ask.add_argument("examples", type=Path)
    ask.add_argument("model", type=Path)
    ask.add_argument("out", type=Path)
    ask.add_argument("authors", nargs="*")
    ask.add_argument("--again", type=int, help="how many of the old examples, where not three times the new")
    given = ask.parse_args()
    rows = [json.loads(line) for line in given.examples.read_text("utf-8").splitlines()]
    names = list(json.loads((ARTEFACT / "model.json").read_text("utf-8"))["presentations"])
    tokenizer = Tokenizer.from_file(str(given.model / "tokenizer.json"))
    tokenizer.enable_truncation(LONGEST)
    tokenizer.enable_padding(pad_to_multiple_of=16)
    given.out.mkdir(parents=True, exist_ok=True)

    model = restored(given.model, ARTEFACT / "encoder.onnx", names)
    new = [row for row in rows if row["author"] in given.authors]
    old = [row for row in rows if row["author"] not in given.authors]
    if new:
        urgency, about = told(model.eval(), [row["text"] for row in new], tokenizer, "cpu")
        print("unread:", said(new, urgency), flush=True)
        before = np.load(UNREAD, allow_pickle=False)
        np.savez_compressed(
            given.out / "unread.npz", names=np.array(names),
            id=np.concatenate([before["id"], [row["id"] for row in new]]),
            urgency=np.vstack([before["urgency"], urgency.astype(np.float16)]),
            presentation=np.vstack([before["presentation"], np.maximum(about, -12).astype(np.float16)]),
        )  # fmt: skip
    again = random.Random(0).sample(old, min(len(old), given.again or 3 * len(new)))  # noqa: S311 - a draw, no secret
    torch.manual_seed(0)
    model = fit(model, new * 2 + again, names, tokenizer, "cpu", 1, RATE)
    export(model, given.out)
    (given.out / "tokenizer.json").write_bytes((ARTEFACT / "tokenizer.json").read_bytes())
    print(f"written to {given.out}")


if __name__ == "__main__":
    main()
