"""Write the mean of encoders that learned one after the other: it reads strangers better than the last of them.

    python training/mean.py MODEL_FOLDER OUT SHARE=FOLDER...

Needs what `go_on.py` needs, whose FOLDERs these are, the last one last: OUT gets its tokenizer and its `unread.npz`.
The shares sum to one.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

from encoder import Encoder, export
from go_on import ARTEFACT, UNREAD, restored


def mean(shares: list[float], encoders: list[Encoder]) -> Encoder:
    """One encoder whose every weight is the mean of theirs."""
    held = [encoder.state_dict() for encoder in encoders]
    together = {name: sum(s * h[name] for s, h in zip(shares, held, strict=True)) for name in held[0]}
    encoders[-1].load_state_dict(together)
    return encoders[-1].eval()


def main() -> None:
    ask = argparse.ArgumentParser()
    ask.add_argument("model", type=Path)
    ask.add_argument("out", type=Path)
    ask.add_argument("shares", nargs="+", metavar="SHARE=FOLDER")
    given = ask.parse_args()
    shares = [float(each.split("=", 1)[0]) for each in given.shares]
    folders = [Path(each.split("=", 1)[1]) for each in given.shares]
    if abs(sum(shares) - 1) > 1e-6:
        ask.error(f"the shares sum to {sum(shares):g}, not to 1")
    names = list(json.loads((ARTEFACT / "model.json").read_text("utf-8"))["presentations"])
    given.out.mkdir(parents=True, exist_ok=True)
    export(mean(shares, [restored(given.model, folder / "encoder.onnx", names) for folder in folders]), given.out)
    for name in ("tokenizer.json", UNREAD.name):
        shutil.copyfile(folders[-1] / name, given.out / name)
    print(f"written to {given.out}")


if __name__ == "__main__":
    main()
