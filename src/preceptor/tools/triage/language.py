"""Whether a text seems to be in another language than English: its commonest words are missing."""

from __future__ import annotations

from preceptor.tools.triage.text.normal import Sentence, word_set

_ENGLISH = word_set(
    "a an the i my me you your he she it we they his her their him them is am are was were be been has have had "
    "do does did not no and or but of in on at to for with from so very just now this that any some can cannot "
    "will would could should feel feeling get getting got going keep up down out off over when if then than what "
    "why how there here please need help want like day days week weeks since about after again all also because "
    "been before more still pain bad blood doctor appointment prescription repeat test results hi hello thanks "
    "thank dr"
)
FEWEST = 4  # words below which nothing is said
LEAST = 0.12  # share of common words; English requests have 0.4 or more


def seems_foreign(sentences: tuple[Sentence, ...]) -> bool:
    """True when hardly any common English word stands in a text of four words or more."""
    spoken = [word for sentence in sentences[:200] for word in sentence.words if not word[0].isdigit()]
    if len(spoken) < FEWEST:
        return any(not word.isascii() for word in spoken)
    return sum(word in _ENGLISH for word in spoken) / len(spoken) < LEAST
