"""Tells requests for paperwork (a letter, a form, a sick note) from all others."""

import re

from preceptor.advice import Advice, Card, Case, Effect, Kind, Reason, Span

CARD = Card(
    tool="paperwork",
    title="Is this a request for paperwork?",
    version="1.0.0",
    purpose="Shows care navigators which requests ask for a letter, a form or a sick note.",
    owner="Your practice",
    scale=("paperwork", "other"),
    evidence="None yet: an example.",
    limits=("Reads a handful of English words, and nothing else.",),
)

WORDS = re.compile(r"\b(sick note|fit note|letter|form|certificate)\b", re.IGNORECASE)


class Paperwork:
    """Looks for a few words. It keeps nothing, writes nothing, and answers whatever it is asked."""

    @property
    def card(self) -> Card:
        return CARD

    def advise(self, case: Case) -> Advice:
        text = case.request.text if case.request else ""
        found = WORDS.search(text)
        option = "paperwork" if found else "other"
        sure = 0.9 if found else 0.7
        return Advice(
            case=case.id,
            tool=CARD.tool,
            version=CARD.version,
            option=option,
            scale=CARD.scale,
            probabilities={name: sure if name == option else 1 - sure for name in CARD.scale},
            prediction_set=(option,),
            reasons=(_why(found),),
            not_considered=("Everything but a few words.",),
            kind=Kind.ADMINISTRATIVE if found else None,
        )


def _why(found: re.Match[str] | None) -> Reason:
    if found is None:
        return Reason("None of the words for paperwork stands in the request", rule="paperwork.words")
    return Reason("It asks for paperwork", Effect.SETS, span=Span(*found.span()), rule="paperwork.words")


tool = Paperwork()
