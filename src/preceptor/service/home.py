"""Where an installation keeps its own files: the database when none is named, and the secret key."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def home() -> Path:
    """`PRECEPTOR_HOME`, or `.preceptor` in the user's own folder; made, for the user alone, if it is not there."""
    folder = Path(os.environ.get("PRECEPTOR_HOME") or Path.home() / ".preceptor")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def secret_key(folder: Path) -> str:
    """The key that signs sessions: from the environment, or made once and kept where only its owner reads it."""
    if from_environment := os.environ.get("PRECEPTOR_SECRET_KEY"):
        return from_environment
    path = folder / "secret_key"
    if not path.exists():
        # Written in full under another name first: a program that starts at the same time never reads half a key.
        draft = folder / f"secret_key.{secrets.token_hex(4)}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(64))
            file.flush()
            os.fsync(file.fileno())
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass  # the other one was first: its key is the key
        finally:
            draft.unlink()
    return path.read_text().strip()
