"""What a standing means, in words."""

from __future__ import annotations

from preceptor.advice import Standing

STANDING_WORDS: dict[str, str] = {
    Standing.SHADOW: "In shadow",
    Standing.SECOND: "Second",
    Standing.FIRST: "First",
    Standing.SUSPENDED: "Suspended",
}
STANDING_MEANS: dict[str, str] = {
    Standing.SHADOW: "It is asked and its advice is kept. Nobody sees it.",
    Standing.SECOND: "Its advice is shown after the clinician has saved a view of their own.",
    Standing.FIRST: "Its advice is shown up front, before the clinician has a view. People then tend to follow it.",
    Standing.SUSPENDED: "It is not asked, and what it said before is no longer shown.",
}
