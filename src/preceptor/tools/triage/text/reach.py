"""How far an exception reaches: it speaks of what stands near it, not of every other problem in the message.

"Itchy for months, also my face has dropped" is two problems. What makes the first one slow says nothing of the second,
and patients write both in one breath, without a full stop. Where it is doubtful, an exception does not hold: that can
only raise the advice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from preceptor.advice import Span

REACH = 60  # characters, about twelve words ...
_BORDER = 20  # ... of which each comma, full stop or dash costs so many
_BORDERS = re.compile(r"[,;:.!?()\n]+|(?<=\s)[-–—]+(?=\s)")
_ANOTHER_MATTER = re.compile(
    r"\b(?:also|plus|p\.?s|secondly|separately|unrelated|(?:an)?other thing)\b|\n|(?<=\s)[-–—](?=\s)", re.IGNORECASE
)


def reaches(text: str, exception: Iterable[Span], said: Iterable[Span]) -> bool:
    """True when one of the exception's places is near one of those of what was said."""
    places = tuple(said)
    return any(_near(text, one, other) for one in exception for other in places)


def _near(text: str, one: Span, other: Span) -> bool:
    first, second = sorted((one, other))
    if second.start - first.end > REACH:
        return False
    between = text[first.end : second.start]
    apart = len(between) + _BORDER * len(_BORDERS.findall(between))
    return apart <= REACH and not _ANOTHER_MATTER.search(between)
