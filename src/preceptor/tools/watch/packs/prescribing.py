"""Medicines that should not meet each other, this patient, or these kidneys."""

from __future__ import annotations

from preceptor.advice import Priority
from preceptor.tools.watch.criteria import When, all_of, any_of, at_least, holds
from preceptor.tools.watch.nodes import Row, Selection, op
from preceptor.tools.watch.packs.sources import ACE, DMARD_LIMITS, DOAC, LITHIUM, OWN, SAFETY
from preceptor.tools.watch.scores import CREATININE, EGFR, WEIGHT, creatinine_clearance
from preceptor.tools.watch.watch import Source, Watch
from preceptor.tools.watch.words import (
    active,
    age,
    aged,
    conditions,
    ever,
    latest,
    medicines,
    not_taking,
    results,
    taking,
)

_NSAID, _PPI = medicines("nsaid"), medicines("ppi")
_ANTICOAGULANT, _ANTIPLATELET = medicines("anticoagulant"), medicines("antiplatelet")
_OTHER_ANTIPLATELET = medicines("clopidogrel", "ticagrelor", "prasugrel", "dipyridamole")
_ACE_OR_ARB = medicines("ace_inhibitor", "arb")
_RAISES_POTASSIUM = medicines("ace_inhibitor", "arb", "aldosterone_antagonist")
_ULCER = ever(conditions("peptic_ulcer"))

_CLEARANCE = creatinine_clearance()


def _prescribing(
    name: str, title: str, priority: Priority, why: str, ask: str, when: When, where: Source = SAFETY
) -> Watch:
    return Watch(id=name, title=title, pack="prescribing", priority=priority, why=why, ask=ask, when=when, source=where)


def _bleeding(name: str, title: str, *parts: When) -> Watch:
    return _prescribing(
        name, title, Priority.THIS_WEEK,
        "Together these bleed: from the stomach first.",
        "Stop one of them, or protect the stomach.",
        all_of(*parts),
    )  # fmt: skip


def _clearance(low: int | None, high: int) -> When:
    test = high > _CLEARANCE
    words = f"Creatinine clearance: below {high} mL/min"
    if low is not None:
        test, words = test & (low <= _CLEARANCE), f"Creatinine clearance: {low} to below {high} mL/min"
    since = op("greatest", CREATININE.last.day, WEIGHT.last.day)
    return holds(words, test, since, CREATININE.last, WEIGHT.last, value=_CLEARANCE)


def _strength(drug: str, *words: str, but_not: str = "") -> When:
    """The last prescription of it is of this strength, by its text."""
    condition = op("says", Row("said"), *words)
    if but_not:
        condition = condition & ~op("says", Row("said"), but_not)
    taken: Selection = medicines(drug)
    strong = taken.that(condition)
    met = op("if", taken.last.ord >= 0, op("coalesce", strong.last.ord.is_(taken.last.ord), False))
    return holds(f"{taken.title}: last prescribed as {words[0]}", met, strong.last.day, strong.last)


_FRAIL_FOR_APIXABAN = (
    aged(80),
    (latest(WEIGHT) <= 60),
    (latest(CREATININE) >= 133),
)
_IN_FIBRILLATION = ever(conditions("atrial_fibrillation"))

WATCHES = (
    _bleeding(
        "nsaid_65_without_ppi",
        "Anti-inflammatory at 65 or older without stomach protection",
        taking(_NSAID), aged(65), not_taking(_PPI),
    ),
    _bleeding(
        "nsaid_after_ulcer_without_ppi",
        "Anti-inflammatory after an ulcer without stomach protection",
        taking(_NSAID), _ULCER, not_taking(_PPI),
    ),
    _bleeding(
        "antiplatelet_after_ulcer_without_ppi",
        "Antiplatelet after an ulcer without stomach protection",
        taking(_ANTIPLATELET), _ULCER, not_taking(_PPI),
    ),
    _bleeding(
        "nsaid_with_anticoagulant",
        "Anti-inflammatory with an anticoagulant",
        taking(_NSAID), taking(_ANTICOAGULANT),
    ),
    _bleeding(
        "anticoagulant_with_antiplatelet_without_ppi",
        "Anticoagulant with an antiplatelet, without stomach protection",
        taking(_ANTICOAGULANT), taking(_ANTIPLATELET), not_taking(_PPI),
    ),
    _bleeding(
        "two_antiplatelets_without_ppi",
        "Two antiplatelets without stomach protection",
        taking(medicines("aspirin")), taking(_OTHER_ANTIPLATELET), not_taking(_PPI),
    ),
    _prescribing(
        "beta_blocker_in_asthma",
        "Non-selective beta-blocker in asthma",
        Priority.THIS_WEEK,
        "It can close the airways, and blocks the reliever that would open them.",
        "Change to another medicine.",
        all_of(taking(medicines("beta_blocker_non_selective")), active(conditions("asthma"))),
    ),
    _prescribing(
        "nsaid_in_heart_failure",
        "Anti-inflammatory in heart failure",
        Priority.THIS_WEEK,
        "It holds back salt and water, and brings people with heart failure into hospital.",
        "Stop it; offer another painkiller.",
        all_of(taking(_NSAID), active(conditions("heart_failure"))),
    ),
    _prescribing(
        "nsaid_in_ckd",
        "Anti-inflammatory with poor kidneys",
        Priority.THIS_WEEK,
        "With an eGFR below 45 it can stop the kidneys altogether.",
        "Stop it; repeat kidney function.",
        all_of(taking(_NSAID), latest(EGFR) < 45),
    ),
    _prescribing(
        "triple_whammy",
        "Anti-inflammatory, diuretic and ACE inhibitor or ARB together",
        Priority.THIS_WEEK,
        "The three together take away what keeps the kidneys going when fluid runs short.",
        "Stop the anti-inflammatory; check kidney function.",
        all_of(taking(_NSAID), taking(medicines("diuretic")), taking(_ACE_OR_ARB)),
        OWN,
    ),
    _prescribing(
        "metformin_with_egfr_below_30",
        "Metformin with very poor kidneys",
        Priority.TODAY,
        "Below 30 metformin builds up, and lactic acid with it.",
        "Stop metformin, and review the diabetes treatment.",
        all_of(taking(medicines("metformin")), latest(EGFR) < 30),
        OWN,
    ),
    _prescribing(
        "potassium_high_on_raising_medicine",
        "Potassium 6.0 or more on a medicine that raises it",
        Priority.TODAY,
        "At this level the medicine has to stop until the potassium is down.",
        "Stop it and repeat the potassium today.",
        all_of(latest(results("potassium")) >= 6.0, taking(_RAISES_POTASSIUM)),
        ACE,
    ),
    _prescribing(
        "digoxin_with_low_potassium",
        "Digoxin with a low potassium",
        Priority.TODAY,
        "A low potassium makes digoxin toxic at an ordinary dose.",
        "Correct the potassium; ask about nausea, vision and pulse.",
        all_of(taking(medicines("digoxin")), latest(results("potassium")) < 3.5),
        OWN,
    ),
    _prescribing(
        "methotrexate_with_trimethoprim",
        "Methotrexate with trimethoprim",
        Priority.TODAY,
        "Trimethoprim with methotrexate can stop the bone marrow.",
        "Stop trimethoprim; blood count now.",
        all_of(taking(medicines("methotrexate")), taking(medicines("trimethoprim"), 28)),
        OWN,
    ),
    _prescribing(
        "dmard_blood_count_past_limit",
        "Blood count or liver test past the limit on a DMARD",
        Priority.TODAY,
        "The medicine may be harming marrow or liver: these are the limits at which the specialist is rung.",
        "Withhold it and ring the specialist.",
        all_of(
            taking(medicines("methotrexate", "azathioprine", "mercaptopurine", "leflunomide", "mycophenolate",
                             "sulfasalazine")),
            any_of(
                latest(results("white_cell_count")) < 3.5,
                latest(results("neutrophils")) < 1.6,
                latest(results("platelets")) < 140,
                latest(results("alt")) > 100,
                latest(results("mcv")) > 105,
            ),
        ),
        DMARD_LIMITS,
    ),
    _prescribing(
        "lithium_level_high",
        "Lithium level too high",
        Priority.TODAY,
        "Above 1.0 lithium does harm; near 1.5 it poisons.",
        "Check when it was taken; look for tremor and confusion; repeat, and reduce.",
        all_of(taking(medicines("lithium")), latest(results("lithium_level")) > 1.0),
        LITHIUM,
    ),
    _prescribing(
        "lithium_with_interacting_medicine",
        "Lithium with a medicine that raises its level",
        Priority.TODAY,
        "Anti-inflammatories, ACE inhibitors, ARBs and thiazides hold lithium back in the body.",
        "Check the level within a week, or change the other medicine.",
        all_of(taking(medicines("lithium")), taking(medicines("nsaid", "ace_inhibitor", "arb", "thiazide"))),
        LITHIUM,
    ),
    _prescribing(
        "lithium_with_falling_kidneys",
        "Lithium with an eGFR below 45",
        Priority.THIS_WEEK,
        "Lithium harms kidneys, and poor kidneys hold lithium back.",
        "Review lithium with the specialist.",
        all_of(taking(medicines("lithium")), latest(EGFR) < 45),
        LITHIUM,
    ),
    _prescribing(
        "doac_not_for_these_kidneys",
        "Anticoagulant that these kidneys do not allow",
        Priority.TODAY,
        "With so little clearance the medicine builds up and bleeds.",
        "Change the anticoagulant.",
        any_of(
            all_of(taking(medicines("doac")), _clearance(None, 15)),
            all_of(taking(medicines("dabigatran")), _clearance(None, 30)),
        ),
        DOAC,
    ),
    _prescribing(
        "doac_dose_too_high",
        "Anticoagulant dose too high for kidneys, weight or age",
        Priority.THIS_WEEK,
        "The usual dose is too much at this clearance (Cockcroft-Gault, actual weight), weight or age.",
        "Reduce the dose, after checking weight and creatinine.",
        all_of(
            _IN_FIBRILLATION,
            any_of(
                all_of(taking(medicines("apixaban")), _strength("apixaban", "5mg", "5 mg", but_not="2.5"),
                       any_of(_clearance(15, 30), at_least(2, *_FRAIL_FOR_APIXABAN))),
                all_of(taking(medicines("rivaroxaban")), _strength("rivaroxaban", "20mg", "20 mg"), _clearance(15, 50)),
                all_of(taking(medicines("edoxaban")), _strength("edoxaban", "60mg", "60 mg"),
                       any_of(_clearance(15, 50), latest(WEIGHT) <= 60)),
                all_of(taking(medicines("dabigatran")), _strength("dabigatran", "150mg", "150 mg"),
                       any_of(aged(81), taking(medicines("verapamil")))),
            ),
        ),
        DOAC,
    ),
    _prescribing(
        "apixaban_dose_too_low",
        "Apixaban dose lower than it should be",
        Priority.ROUTINE,
        "Half the dose without a reason leaves the risk of stroke.",
        "Check why; go back to the full dose if there is no reason.",
        all_of(
            _IN_FIBRILLATION,
            taking(medicines("apixaban")),
            _strength("apixaban", "2.5mg", "2.5 mg"),
            holds("Creatinine clearance: 30 mL/min or more", _CLEARANCE >= 30,
                  op("greatest", CREATININE.last.day, WEIGHT.last.day), CREATININE.last, WEIGHT.last, value=_CLEARANCE),
            holds("Fewer than two of: 80 or older, 60 kg or less, creatinine 133 or more",
                  op("not", at_least(2, *_FRAIL_FOR_APIXABAN).met), CREATININE.last.day, value=age()),
        ),
        DOAC,
    ),
    _prescribing(
        "levothyroxine_too_much",
        "TSH suppressed on levothyroxine",
        Priority.ROUTINE,
        "Too much levothyroxine brings atrial fibrillation and thin bones.",
        "Reduce the dose, unless the specialist wants it so.",
        all_of(taking(medicines("levothyroxine")), latest(results("tsh")) < 0.1, latest(results("tsh")).days_ago(28)),
        OWN,
    ),
)  # fmt: skip
