"""What the triage tool is, for those who must decide whether to trust it."""

from preceptor.advice import URGENCIES, Card

VERSION = "0.4.0"

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
        "Rules and a model beside them, which learned from 10,272 synthetic examples by eight authors and was "
        "calibrated on 420 synthetic requests by a ninth. On 550 synthetic requests by an author who had read neither "
        "(benchmarks/evaluation/RESULTS.md, November 2026): 434 of 550 acceptable, 78.9% (95% interval 75.3 to 82.1); "
        "less urgent than any acceptable answer in 32 of 550, 5.8% (4.2 to 8.1); 6 of 72 emergencies missed, 8.3% "
        "(3.9 to 17.0); 25 of 431 that were none sent to 999, 5.8% (4.0 to 8.4). On 84 real emergency-department "
        "complaints of experts' levels 1 and 2, with age and sex: 66 advised for the same day or sooner, 78.6% (68.7 "
        "to 86.0; the nurses there 88.1%). Its red flags are tested on wordings made up by their authors (figures in "
        "docs/reference/triage.md). No clinician has validated it."
    ),
    limits=(
        "Reads English only; it says so when a request seems to be in another language.",
        "Reads words, not pictures or attachments.",
        "Its chances were calibrated on synthetic requests by one author: a practice's own requests differ.",
        "Misses some emergencies in a stranger's words; a line of a few words tells it little: silence is not safety.",
        "Learned from texts and labels by the project's authors; no clinician has reviewed one.",
    ),
    hazards=(
        "A red flag in words that no rule knows is not seen, and the model may not see it either.",
        "A context rule may lower the urgency of a problem that has changed without the patient saying so.",
    ),
    reviewed_by="none",
)
