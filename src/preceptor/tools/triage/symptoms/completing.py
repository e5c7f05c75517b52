"""A word that is still being typed: what it may become, so that the answer does not wait for its last letter."""

from __future__ import annotations

import re
from functools import cache

from preceptor.tools.triage.library import the_library
from preceptor.tools.triage.symptoms.answer import Completion

SHORTEST = 3  # characters: fewer begin too many words
MOST = 4
_ENDING = re.compile(r"[^\W\d_]+(?: [^\W\d_]+){0,2}$")


def completions(text: str, recognised: set[str]) -> tuple[Completion, ...]:
    """Phrases that recognise a presentation by themselves and begin with the last words; none already recognised."""
    ending = _ENDING.search(" ".join(text.casefold().split()) if not text[-1:].isspace() else "")
    words = ending.group().split() if ending else []
    beginnings = [" ".join(words[at:]) for at in range(len(words))]
    found: dict[str, Completion] = {}
    for beginning in (each for each in beginnings if len(each) >= SHORTEST):  # the longer one says more
        for phrase, title in _phrases():
            if phrase.startswith(beginning) and phrase != beginning and title not in recognised:
                found.setdefault(title, Completion(phrase, title))
    return tuple(found.values())[:MOST]


@cache
def _phrases() -> tuple[tuple[str, str], ...]:
    """Every title, and every wording that needs no other word beside it; the shortest first."""
    phrases: set[tuple[str, str]] = set()
    for presentation in the_library().presentations:
        phrases |= {(part.casefold(), presentation.title) for part in re.split(", | or ", presentation.title)}
        alone = [wording for wording in presentation.wordings if re.fullmatch(r"[\w|]+", wording)]
        phrases |= {(word.replace("_", " "), presentation.title) for line in alone for word in line.split("|")}
    return tuple(sorted(phrases, key=lambda pair: (len(pair[0]), pair)))
