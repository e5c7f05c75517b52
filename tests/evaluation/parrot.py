"""A tool that answers as it is told."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from preceptor.advice import URGENCIES, Advice, Card, Case, Urgency

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
CARD = Card("parrot", "Says what the text says", "1", "tests", "tests", tuple(URGENCIES), "none", ())


@dataclass
class Parrot:
    """Advises the urgency that is the text's first word; fails on "crash", and answers off its scale on "rubbish"."""

    card: Card = CARD
    chance: float = 0.8
    seen: list[Case] = field(default_factory=list)

    def advise(self, case: Case) -> Advice:
        self.seen.append(case)
        assert case.request is not None
        word = case.request.text.split()[0]
        if word == "crash":
            raise RuntimeError(case.request.text)
        option = Urgency.SOON if word == "rubbish" else Urgency(word)
        rest = (1 - self.chance) / 4
        chances = {str(urgency): self.chance if urgency is option else rest for urgency in URGENCIES}
        advice = Advice(case.id, "parrot", "1", option, tuple(URGENCIES), chances, (option,))
        return replace(advice, version="2") if word == "rubbish" else advice
