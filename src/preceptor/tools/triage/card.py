"""What the triage tool is, for those who must decide whether to trust it."""

from preceptor.advice import URGENCIES, Card

VERSION = "0.10.3"

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
        "Rules and a model beside them, which learned from 95,881 synthetic examples by sixty-four authors and was "
        "calibrated on 2,707 synthetic requests by four others. On 550 synthetic requests by an author who had read "
        "neither (benchmarks/evaluation/RESULTS.md, November 2026): 494 of 550 acceptable, 89.8% (95% interval 87.0 to "
        "92.1); less urgent than any acceptable answer in 16 of 550, 2.9% (1.8 to 4.7); 0 of 72 emergencies missed "
        "(0.0% to 5.1%); 19 of 431 that were none sent to 999, 4.4% (2.8 to 6.8). On 84 real emergency-department "
        "complaints of experts' levels 1 and 2, with age and sex: 77 advised for the same day or sooner, 91.7% (83.8 "
        "to 95.9; the nurses there 88.1%); its rule for few words was chosen by them. On 300 synthetic vignettes in "
        "clinicians' words: 283 on the right one of three levels, 94.3% (91.1 to 96.4), and 101 of 101 emergencies "
        "called one (96.3 to 100). Its red flags are tested on wordings made up by their authors (figures in "
        "docs/reference/triage.md). No clinician has validated it."
    ),
    limits=(
        "Reads English only; it says so when a request seems to be in another language, and knows the plainest words "
        "for six emergencies in a dozen of them, which no native speaker has checked.",
        "Reads words, not pictures or attachments.",
        "Its chances were calibrated on synthetic requests, weighed as an inbox was supposed to be: yours differs.",
        "Calls too much an emergency more often than too little; weakest on words that only sound alarming, on results "
        "and on medication.",
        "Will miss emergencies in a stranger's words; a line of few words tells it little: silence is not safety.",
        "Learned from texts and labels by the project's authors; no clinician has reviewed one.",
    ),
    hazards=(
        "A red flag in words that no rule knows is not seen, and the model may not see it either.",
        "Where two problems stand side by side, what is said of the harmless one may still hide the other's red flag: "
        "0.5% of 25,520 made-up messages, before the model is asked.",
        "An exception that keeps a harmless request from a red flag may hide an emergency told in its words: of 3,254 "
        "messages written to be hidden so, 124 still lose their flag, before the model is asked.",
        "A context rule may lower the urgency of a problem that has changed without the patient saying so.",
    ),
    reviewed_by="none",
)
