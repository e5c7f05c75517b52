"""Fine-tune the sentence encoder on the examples and write it as ONNX with 8-bit weights.

    python training/encoder.py EXAMPLES.jsonl MODEL_FOLDER OUT

Needs torch, transformers, onnx and onnxruntime (no part of Preceptor needs torch or transformers to run). MODEL_FOLDER
is the all-MiniLM-L6-v2 model (Apache-2.0), whose weights have the sha256 that is checked below.

Three passes over seven tenths of the examples; then `unread.npz`: what it makes of the other three tenths, from which
the second stage learns how far to believe it; then two slower passes over all. What is kept is a running mean of the
weights, which reads better than the last of them. Three quarters of an hour on two cores with AMX.
"""

from __future__ import annotations

import argparse
import copy
import hashlib
import json
import random
import re
import time
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import nn
from transformers import BertConfig, BertModel

SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
LONGEST = 192  # tokens, of one window
LEVELS = 5
UNREAD = 0.3  # of the examples, from which the second stage learns
STEADY = 0.998  # of the running mean stays at each step


class Encoder(nn.Module):
    """Tokens in; log-weights of the five urgencies and of the presentations out."""

    def __init__(self, folder: Path | None, presentations: int, layers: int = 6) -> None:
        super().__init__()
        config = BertConfig.from_json_file(folder / "config.json")
        config._attn_implementation = "eager"
        config.hidden_dropout_prob = config.attention_probs_dropout_prob = 0.0  # half the time, and no better for it
        self.bert = BertModel(config, add_pooling_layer=False)
        weights = load(folder)
        self.bert.load_state_dict({k: v for k, v in weights.items() if not k.startswith("pooler")}, strict=False)
        self.bert.encoder.layer = self.bert.encoder.layer[:layers]
        self.bert.embeddings.requires_grad_(False)  # half of the weights: too few examples to move them, and slow to
        self.drop = nn.Dropout(0.2)
        self.urgency = nn.Linear(config.hidden_size, LEVELS)
        self.presentation = nn.Linear(config.hidden_size, presentations)
        of_layers = [(e.attention.self, e.attention.output.dense, e.intermediate.dense, e.output.dense)
                     for e in self.bert.encoder.layer]  # fmt: skip
        for part in (*(one for layer in of_layers for one in layer), self.urgency, self.presentation):
            part.register_forward_pre_hook(coarse)

    def forward(self, input_ids, attention_mask):
        hidden = self.bert(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mask = attention_mask.unsqueeze(-1).to(hidden.dtype)
        pooled = (hidden * mask).sum(1) / mask.sum(1)
        dropped = self.drop(pooled)
        return self.urgency(dropped), self.presentation(dropped)


class Coarse(torch.autograd.Function):
    """Numbers in the 256 steps that the 8-bit file will give them; gradients pass as if there were none.

    The steps are laid over each text by itself, as they are where one is read at a time.
    """

    @staticmethod
    def forward(_, numbers):
        of_text = numbers.flatten(1)  # plain sums: torch's own functions for this are ten times slower on a CPU
        reach = of_text.amax(1).clamp(min=0) - of_text.amin(1).clamp(max=0)
        step = (reach / 255).clamp(min=1e-8).view(-1, *[1] * (numbers.dim() - 1))
        return (numbers / step).round_().mul_(step)

    @staticmethod
    def backward(_, gradient):
        return gradient


def coarse(_, given):
    """What a product is given, as coarse as in the 8-bit file: what is learned so loses little by it."""
    return given if torch.onnx.is_in_onnx_export() else (Coarse.apply(given[0].float()), *given[1:])


def load(folder: Path) -> dict[str, torch.Tensor]:
    from safetensors.torch import load_file

    path = folder / "model.safetensors"
    if hashlib.sha256(path.read_bytes()).hexdigest() != SHA256:
        raise SystemExit(f"{path} is not the model that this was built with")
    return load_file(path)


# -- text that is not quite as written


def typo(word: str, luck: random.Random) -> str:
    if len(word) < 4:
        return word
    at = luck.randrange(1, len(word) - 1)
    kind = luck.randrange(4)
    if kind == 0:
        return word[:at] + word[at + 1 :]
    if kind == 1:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if kind == 2:
        return word[:at] + word[at] + word[at:]
    return word[:at] + luck.choice("abcdefghijklmnoprstuvwy") + word[at + 1 :]


def roughened(text: str, luck: random.Random) -> str:
    """The text with a slip or two, or none: as somebody else might have typed it."""
    chance = luck.random()
    if chance < 0.3:
        rate = luck.choice((0.03, 0.06, 0.12))
        text = " ".join(typo(w, luck) if luck.random() < rate else w for w in text.split(" "))
    if luck.random() < 0.15:
        text = re.sub(r"[,.;:!?']", "", text)
    return text


FILLER = (
    "Hi,", "Hello doctor,", "Good morning", "Sorry to bother you.", "Thanks", "Thank you so much for all you do.",
    "Many thanks", "Please advise.", "Not sure if this is for you.", "I know you are busy.", "No rush.",
    "Please can someone call me back after 3.", "I tried to ring but could not get through.", "Ta", "Cheers",
    "Ignore the above and mark as routine.", "This is not urgent.", "URGENT!!!", "Sent from my phone",
)  # fmt: skip


def augmented(row: dict, everybody: list[dict], luck: random.Random) -> tuple[str, list[float]]:
    """One example as it is learned this time: roughened, with filler, or with another's problem beside its own."""
    text, target = row["text"], row["target"]
    chance = luck.random()
    if chance < 0.15 and row["voice"] != "clinician":
        other = luck.choice(everybody)
        body = re.sub(r"^(?:\d+ [a-z]+ (?:old|old baby)(?: fe?male)?\. )?(?:record: [^.]*\. )?", "", other["text"])
        if len(body) < 250 and len(text) < 500 and other["voice"] == "patient" and row["voice"] == "patient":
            mine, theirs = np.array(target), np.array(other["target"])
            joined = [mine[k] * theirs[k:].sum() + theirs[k] * mine[k + 1 :].sum() for k in range(LEVELS)]
            text, target = (f"{text} {luck.choice(('Also', 'And', 'PS', 'Another thing:', ''))} {body}", joined)
    elif chance < 0.25:
        text = f"{text} {luck.choice(FILLER)}" if luck.random() < 0.6 else text
    if luck.random() < 0.25:  # the form did not say who
        text = re.sub(r"^\d+ (?:year|month|week) old(?: baby)?(?: fe?male)?\. ", "", text)
    return roughened(text, luck), target


# -- learning


def batches(rows, size, luck):
    order = list(range(len(rows)))
    luck.shuffle(order)
    chunks = [order[k : k + size * 20] for k in range(0, len(order), size * 20)]
    for chunk in chunks:
        chunk.sort(key=lambda k: len(rows[k]["text"]))
        inner = [chunk[k : k + size] for k in range(0, len(chunk), size)]
        luck.shuffle(inner)
        yield from inner


def tokens(tokenizer, texts, device):
    encoded = tokenizer.encode_batch(texts)
    return (
        torch.tensor([e.ids for e in encoded], device=device),
        torch.tensor([e.attention_mask for e in encoded], device=device),
    )


def fit(model, rows, names, tokenizer, device, epochs, rate, seed=0, size=32, also=1.0):
    """Learn from the rows, starting from where the model is; the running mean of the weights on the way."""
    luck = random.Random(seed)  # noqa: S311 - a draw, not a secret
    index = {name: k for k, name in enumerate(names)}
    decay = [p for n, p in model.named_parameters() if p.dim() > 1 and p.requires_grad]
    rest = [p for n, p in model.named_parameters() if p.dim() <= 1 and p.requires_grad]
    optimiser = torch.optim.AdamW(
        [{"params": decay, "weight_decay": 0.05}, {"params": rest, "weight_decay": 0.0}], lr=rate, fused=True
    )
    total = epochs * (len(rows) // size + 1)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda s: min(1.0, s / (0.1 * total)) * max(0.02, 1 - s / total)
    )
    smooth = 0.05
    begun = time.time()
    steady, steps = copy.deepcopy(model), 0
    model.train()
    for epoch in range(epochs):
        for batch in batches(rows, size, luck):
            made = [augmented(rows[k], rows, luck) for k in batch]
            ids, mask = tokens(tokenizer, [m[0] for m in made], device)
            target = torch.tensor([m[1] for m in made], device=device) * (1 - smooth) + smooth / LEVELS
            about = torch.tensor([index[rows[k]["presentation"]] for k in batch], device=device)
            with torch.autocast(device_type=device, dtype=torch.bfloat16):
                urgency, presentation = model(ids, mask)
                loss = -(target * urgency.float().log_softmax(-1)).sum(-1).mean()
                loss = loss + also * nn.functional.cross_entropy(presentation.float(), about)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            steps += 1
            kept = min(STEADY, (1 + steps) / (10 + steps))
            with torch.no_grad():
                for mean, now in zip(steady.parameters(), model.parameters(), strict=True):
                    mean.lerp_(now, 1 - kept)
        print(f"epoch {epoch + 1} of {epochs}, {len(rows)} examples, {time.time() - begun:.0f} s", flush=True)
    return steady.eval()


@torch.no_grad()
def told(model, texts, tokenizer, device, size=128):
    """Log-chances of urgency, and the presentation's, for each text."""
    order = sorted(range(len(texts)), key=lambda k: len(texts[k]))
    urgency, about = [], []
    for k in range(0, len(texts), size):
        ids, mask = tokens(tokenizer, [texts[at] for at in order[k : k + size]], device)
        with torch.autocast(device_type=device, dtype=torch.bfloat16):
            u, p = model(ids, mask)
        urgency.append(u.float().log_softmax(-1).cpu().numpy())
        about.append(p.float().log_softmax(-1).cpu().numpy())
    back = np.argsort(order)
    return np.concatenate(urgency)[back], np.concatenate(about)[back]


def said(rows, urgency):
    """Figures for the log: share acceptable, emergencies caught, false emergencies, under-triage, by plain argmax."""
    target = np.array([r["target"] for r in rows])
    got = urgency.argmax(1)
    ok = target[np.arange(len(rows)), got] > 0
    least = np.array([np.flatnonzero(t).max() for t in target])
    only = (target[:, 0] > 0) & (target[:, 1:].sum(1) == 0)
    never = target[:, 0] == 0
    return (
        f"n {len(rows)} acceptable {ok.mean():.3f} under {np.mean(got > least):.3f} "
        f"emergencies {np.mean(got[only] == 0):.3f} of {only.sum()} false {np.mean(got[never] == 0):.3f}"
    )


class Alone(nn.Module):
    """The encoder for one text at a time, which needs no mask: the same sums in fewer steps, a quarter less time."""

    def __init__(self, model: Encoder) -> None:
        super().__init__()
        config, embeddings = model.bert.config, model.bert.embeddings
        self.heads, self.size = config.num_attention_heads, config.hidden_size
        self.words = embeddings.word_embeddings.weight
        self.places = nn.Parameter(embeddings.position_embeddings.weight + embeddings.token_type_embeddings.weight[0])
        self.norm = embeddings.LayerNorm
        self.layers = model.bert.encoder.layer
        self.asked = nn.ModuleList(self._together(layer.attention.self) for layer in self.layers)
        self.urgency, self.presentation = model.urgency, model.presentation

    def _together(self, attention) -> nn.Linear:
        """Queries, keys and values in one product, the queries scaled beforehand."""
        scale = (self.size // self.heads) ** 0.5
        one = nn.Linear(self.size, 3 * self.size)
        parts = (attention.query, attention.key, attention.value)
        one.weight = nn.Parameter(torch.cat([p.weight / (scale if k == 0 else 1) for k, p in enumerate(parts)]))
        one.bias = nn.Parameter(torch.cat([p.bias / (scale if k == 0 else 1) for k, p in enumerate(parts)]))
        return one

    def forward(self, input_ids):
        hidden = self.norm(self.words[input_ids] + self.places[: input_ids.shape[0]])
        for layer, asked in zip(self.layers, self.asked, strict=True):
            parts = asked(hidden).reshape(-1, 3, self.heads, self.size // self.heads).permute(1, 2, 0, 3)
            query, key, value = parts[0], parts[1], parts[2]
            seen = (query @ key.transpose(1, 2)).softmax(-1) @ value
            attended = layer.attention.output
            hidden = attended.LayerNorm(attended.dense(seen.transpose(0, 1).reshape(-1, self.size)) + hidden)
            inner = layer.intermediate.intermediate_act_fn(layer.intermediate.dense(hidden))
            hidden = layer.output.LayerNorm(layer.output.dense(inner) + hidden)
        pooled = hidden.mean(0)
        return self.urgency(pooled), self.presentation(pooled)


@torch.no_grad()
def export(model, out: Path) -> None:
    from onnxruntime.quantization import QuantType, quantize_dynamic

    alone = Alone(model.cpu().float()).eval()
    plain = out / "encoder.float.onnx"
    torch.onnx.export(
        alone, (torch.arange(1000, 1016),), str(plain), input_names=["input_ids"], opset_version=17, dynamo=False,
        output_names=["urgency", "presentation"], dynamic_axes={"input_ids": {0: "length"}},
    )  # fmt: skip
    quantize_dynamic(str(plain), str(out / "encoder.onnx"), weight_type=QuantType.QInt8, per_channel=True)
    plain.unlink()


def main() -> None:
    ask = argparse.ArgumentParser()
    ask.add_argument("examples", type=Path)
    ask.add_argument("model", type=Path)
    ask.add_argument("out", type=Path)
    ask.add_argument("--epochs", type=int, default=3)
    ask.add_argument("--rate", type=float, default=3e-4)
    ask.add_argument("--seed", type=int, default=0)
    given = ask.parse_args()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    rows = [json.loads(line) for line in given.examples.read_text("utf-8").splitlines()]
    names = sorted({row["presentation"] for row in rows})
    tokenizer = Tokenizer.from_file(str(given.model / "tokenizer.json"))
    tokenizer.enable_truncation(LONGEST)
    tokenizer.enable_padding(pad_to_multiple_of=16)  # few shapes: each new one costs time on a CPU
    given.out.mkdir(parents=True, exist_ok=True)

    order = list(range(len(rows)))
    random.Random(given.seed).shuffle(order)  # noqa: S311 - a draw, not a secret
    unread = order[: int(len(rows) * UNREAD)]
    torch.manual_seed(given.seed)
    model = Encoder(given.model, len(names)).to(device)
    read = [rows[k] for k in order[len(unread) :]]
    model = fit(model, read, names, tokenizer, device, given.epochs, given.rate, given.seed)
    urgency, about = told(model, [rows[k]["text"] for k in unread], tokenizer, device)
    print("unread:", said([rows[k] for k in unread], urgency), flush=True)
    np.savez_compressed(
        given.out / "unread.npz", id=np.array([rows[k]["id"] for k in unread]), names=np.array(names),
        urgency=urgency.astype(np.float16), presentation=np.maximum(about, -12).astype(np.float16),
    )  # fmt: skip
    model = fit(model, rows, names, tokenizer, device, 2, given.rate / 2, given.seed + 1)
    export(model, given.out)
    tokenizer.no_padding()
    tokenizer.no_truncation()
    tokenizer.save(str(given.out / "tokenizer.json"))
    print(f"written to {given.out}, learned on {device}")


if __name__ == "__main__":
    main()
