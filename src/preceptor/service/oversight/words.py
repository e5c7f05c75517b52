"""What a standing means, in words, and how the terms are called."""

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
# Each number of the terms: its name, and what it means.
TERMS_WORDS: dict[str, tuple[str, str]] = {
    "under_triage_limit": (
        "Limit of under-triage, %", "Of truly urgent requests, the share that a tool may call less urgent. 20 at most."
    ),
    "margin": ("Margin of non-inferiority, %", "Worse by less than this counts as no worse."),
    "subgroup_margin": ("Margin of subgroups, %", "A group may be worse off than everybody else by less than this."),
    "rsr_margin": ("Margin of RSR, %", "A fall by less than this counts as none."),
    "audit": (
        "Audited where anything said “not urgent”, %",
        "The chance that a decision is drawn, where the clinician or any tool said less than the same day.",
    ),
    "follow_up": (
        "Audited where all said urgent, %",
        "The chance that a decision is drawn, where the clinician and every tool said the same day or sooner.",
    ),
}  # fmt: skip
