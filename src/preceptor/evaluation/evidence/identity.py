"""Which tool exactly: a digest over everything that decides what it advises."""

from __future__ import annotations

import hashlib
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from preceptor.advice import Card, Tool
from preceptor.signing import CannotSign, digest_of

MODEL = "model.json"  # the file that describes a model and holds the digests of its other files
_LEFT_OUT = {"__pycache__"}


@dataclass(frozen=True, slots=True)
class Identity:
    """A tool and its card by their digests (SHA-256, in hex), and each model of the tool by its description's."""

    tool: str
    version: str
    digest: str
    card: str
    models: tuple[tuple[str, str], ...]  # path of its model.json within the tool, digest

    def as_subject(self) -> list[dict[str, Any]]:
        """The subject of an in-toto statement: the tool first, then its models, then its card."""
        named = [(f"tool/{self.tool}@{self.version}", self.digest)]
        named += [(f"model/{self.tool}/{path}", digest) for path, digest in self.models]
        named.append((f"card/{self.tool}@{self.version}", self.card))
        return [{"name": name, "digest": {"sha256": digest}} for name, digest in named]


def identity(tool: Tool) -> Identity:
    """The tool as installed. Raises CannotSign where its files cannot be found.

    The digest is over a text: the tool's name and version, a line each, then for each file of its package, by path,
    "<sha256>  <path>". Rules, words, code and models are in it; what the package itself stands on is not.
    """
    card = tool.card
    files = {path: hashlib.sha256(file.read_bytes()).hexdigest() for path, file in _files(tool)}
    lines = [card.tool, card.version, *(f"{digest}  {path}" for path, digest in sorted(files.items()))]
    return Identity(
        tool=card.tool,
        version=card.version,
        digest=hashlib.sha256("".join(f"{line}\n" for line in lines).encode("utf-8")).hexdigest(),
        card=digest_of(card_as_json(card)),
        models=tuple(sorted((path, digest) for path, digest in files.items() if Path(path).name == MODEL)),
    )


def card_as_json(card: Card) -> dict[str, Any]:
    return asdict(card) | {"scale": [str(option) for option in card.scale]}


def _files(tool: Tool) -> list[tuple[str, Path]]:
    """The files of the package that defines the tool, or the one file where it is a module on its own."""
    name = type(tool).__module__
    module = sys.modules[name]
    if not hasattr(module, "__path__") and "." in name:
        parent = sys.modules.get(name.rpartition(".")[0])
        module = parent if parent is not None and getattr(parent, "__file__", None) else module
    if not (file := getattr(module, "__file__", None)):
        raise CannotSign(f"the files of {tool.card.tool} cannot be found: what was measured cannot be named")
    if not hasattr(module, "__path__"):
        return [(Path(file).name, Path(file))]
    room = Path(file).parent
    inside = sorted(path for path in room.rglob("*") if path.is_file())
    return [
        (path.relative_to(room).as_posix(), path)
        for path in inside
        if not _LEFT_OUT & set(path.relative_to(room).parts) and not path.name.startswith(".")
    ]
