"""What the triage tool is, for those who must decide whether to trust it."""

from preceptor.advice import URGENCIES, Card

VERSION = "0.2.0"

CARD = Card(
    tool="triage",
    title="Triage: how soon should somebody act on this request?",
    version=VERSION,
    purpose=(
        "Advises a practice's clinicians on how soon an incoming patient request needs somebody, what kind of request "
        "it is and who could deal with it, from the patient's words and the record. A clinician decides."
    ),
    owner="Preceptor",
    scale=tuple(URGENCIES),
    evidence=(
        "Rules only, no model. Its red flags are tested on wordings made up for the purpose by their authors "
        "(tests/tools/triage/red_flag_wordings.csv; figures in docs/reference/triage.md): synthetic, not patients'. "
        "On 550 synthetic requests by an author who had not read the rules (benchmarks/evaluation/RESULTS.md, "
        "November 2026, version 0.1.0): 285 of 550 acceptable, 51.8% (95% interval 47.6 to 56.0); 26 of 72 "
        "emergencies missed, "
        "36.1% (26.0 to 47.6); 23 of 431 that were none sent to 999, 5.3% (3.6 to 7.9). No clinician has validated it."
    ),
    limits=(
        "Reads English only; it says so when a request seems to be in another language.",
        "Reads words, not pictures or attachments.",
        "Its probabilities come from rules and are not calibrated.",
        "Knows a first set of presentations; what it does not recognise it says and leaves to a person.",
        "Red flags catch the wordings that they were written for, and missed a third of emergencies in a stranger's "
        "words: silence is not safety.",
    ),
    hazards=(
        "A red flag in words that no rule knows is not seen.",
        "A context rule may lower the urgency of a problem that has changed without the patient saying so.",
    ),
    reviewed_by="none",
)
