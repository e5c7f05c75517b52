"""What the second stage weighs: chances by encoder and words beside what the rules found, as numbers with names."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from preceptor.advice import URGENCIES, Kind, RedFlag, Urgency
from preceptor.tools.triage.assessing import as_if
from preceptor.tools.triage.model.encoder import Read
from preceptor.tools.triage.presentations import Presentation
from preceptor.tools.triage.reading import Reading
from preceptor.tools.triage.text.scopes import Meant

Floats = npt.NDArray[np.float32]

# Features of the library that say something of urgency whatever the problem is.
SAID = (
    "severe", "mild", "worsening", "getting_better", "staying_same", "fresh_change", "acute_today", "fever", "vomiting",
    "pregnant", "breastfeeding", "anticoagulant", "immunosuppressed", "chemotherapy", "diabetes", "long_term_steroid",
    "addisons", "cancer_history", "for_other",
)  # fmt: skip
_SENSES = (Meant.NEGATED, Meant.OTHER, Meant.PAST, Meant.MIGHT_BE, Meant.POSSIBLE)
_LIKELY = 4  # of the presentations that the encoder thinks of, how many are tried ...
_LEAST_LIKELY = 0.03  # ... and from what chance
_UNKNOWN_AGE = 35.0  # an age that was not given says nothing of danger: it is read as an adult's
_AGES = (0.25, 1.0, 5.0, 16.0, 40.0, 65.0, 80.0)  # years: each column says "at least this old"
NAMES: tuple[str, ...] = (
    *(f"encoder: {urgency}" for urgency in URGENCIES),
    *(f"words: {urgency}" for urgency in URGENCIES),
    "encoder: how sure of the presentation",
    *(f"likely problem: usually {urgency}" for urgency in URGENCIES),
    *(f"likely problem: here {urgency}" for urgency in URGENCIES),
    *(f"rules: {urgency}" for urgency in URGENCIES),
    *(f"rules: what decides is said to be {sense}" for sense in _SENSES),
    "rules: nothing recognised",
    "rules: problems named",
    "rules: raised by the words",
    "flag: emergency",
    "flag: same_day",
    *(f"kind: {kind}" for kind in Kind),
    *(f"said: {name}" for name in SAID),
    *(f"age: from {years:g}" for years in _AGES),
    "sex: female",
    "sex: male",
    "length: log of words",
    "lasting: log of days",
    "lasting: unknown",
)


def row(
    reading: Reading,
    read: Read,
    words: Floats,
    presentations: Sequence[Presentation | None],
    flags: Sequence[RedFlag],
    found: Sequence[tuple[Presentation, Urgency, bool]],
) -> Floats:
    """The row for one case, shape (len(NAMES),); `words` are the log-chances of `Words.read`.

    `presentations` are the library's in the order of the encoder's: the likeliest are tried, usual urgency and what
    raises or lowers it, as if the rules had recognised them; `found` are those that the rules recognised, the
    one that decides first, each with its urgency and whether the patient's words raised it.
    """
    chances = np.exp(read.presentation)
    usual, here = np.zeros(len(URGENCIES)), np.zeros(len(URGENCIES))
    for at in chances.argsort()[::-1][:_LIKELY]:
        presentation = presentations[at]
        if presentation is not None and chances[at] >= _LEAST_LIKELY:
            usual[presentation.usual.rank] += chances[at]
            here[as_if(reading, presentation).urgency.rank] += chances[at]
    decided = found[0][1] if found else None
    said = reading.only(found[0][0].id) if found else frozenset()
    kinds = {presentation.kind for presentation, _, _ in found}
    ages = reading.ages
    age = min(ages) if ages else _UNKNOWN_AGE
    lasting = reading.lasting
    values = [
        *(max(float(log), -9.0) for log in read.urgency),
        *map(float, words),
        float(chances.max()),
        *usual,
        *here,
        *(float(decided is urgency) for urgency in URGENCIES),
        *(float(sense in said) for sense in _SENSES),
        float(not found),
        math.log1p(len(found)),
        float(any(alarmed for _, _, alarmed in found)),
        float(any(flag.urgency is Urgency.EMERGENCY for flag in flags)),
        float(any(flag.urgency is Urgency.SAME_DAY for flag in flags)),
        *(float(kind in kinds) for kind in Kind),
        *(float(reading.feature(name) is not None) for name in SAID),
        *(float(age >= years) for years in _AGES),
        float(reading.sex == "female"),
        float(reading.sex == "male"),
        math.log1p(sum(len(sentence.words) for sentence in reading.sentences)),
        math.log1p(lasting) if lasting is not None else 0.0,
        float(lasting is None),
    ]
    return np.array(values, dtype=np.float32)
