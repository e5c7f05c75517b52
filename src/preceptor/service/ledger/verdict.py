"""What a check of the ledger comes to."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place in the chain, to note down: a row's number and its digest."""

    seq: int
    digest: str

    @classmethod
    def parse(cls, words: str) -> Anchor:
        """Read SEQ:DIGEST. Raises ValueError if it is not one."""
        if not (match := re.fullmatch(r"([0-9]{1,18}):([0-9a-f]{64})", words.strip().lower())):
            raise ValueError("an anchor is a row number, a colon and 64 hexadecimal digits, as this command prints it")
        return cls(int(match[1]), match[2])

    def __str__(self) -> str:
        return f"{self.seq}:{self.digest}"


@dataclass(frozen=True, slots=True)
class Fault:
    """The first bad row, and what is wrong with it in plain words."""

    row: str  # "ledger row 5", or "decision 12" where a table and its entry disagree
    what: str
    seq: int | None = None  # the ledger row's number, where it is one

    def __str__(self) -> str:
        return f"{self.row}: {self.what}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`entries` is how many ledger rows were found good, from the first on; `head` is where a whole chain ends."""

    entries: int
    head: Anchor | None = None
    fault: Fault | None = None

    @property
    def whole(self) -> bool:
        return self.fault is None
