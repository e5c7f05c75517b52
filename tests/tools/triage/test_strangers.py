"""Faults that a walk over strangers' requests found, each with what must hold and its look-alike."""

from __future__ import annotations

import pytest

from preceptor.advice import Advice, Handler, Kind, Urgency
from preceptor.tools.triage import red_flags_in, tool
from preceptor.tools.triage.language import seems_foreign
from preceptor.tools.triage.text.normal import sentences
from tools.triage.cases import case, event
from tools.triage.wordings import wordings


def advise(text: str, *events: object, **more: object) -> Advice:
    return tool.advise(case(text, *events, **more))  # type: ignore[arg-type]


def flags(text: str, **more: object) -> set[str]:
    return {flag.id for flag in advise(text, **more).red_flags}


def lowered(advice: Advice) -> bool:
    told = [reason for reason in advice.reasons if reason.rule == "long_standing"]
    return any("has not changed" in reason.text for reason in told) and advice.option == Urgency.ROUTINE


BREAST = event("condition", "Breast lump", 3000, concept="breast_lump", id="Condition/b")
DIZZY = event("condition", "Dizziness", 3000, concept="dizziness", id="Condition/d")
BACK_PASSAGE = event("condition", "Rectal bleeding", 3000, concept="rectal_bleeding", id="Condition/r")


@pytest.mark.parametrize(
    ("text", "entry", "holds"),
    [
        ("I am dizzy, no different from usual", DIZZY, True),
        ("The lump in my breast is exactly the same", BREAST, True),
        ("I am dizzy", DIZZY, False),  # silence is no statement
        ("I am dizzy, have been for 12 years", DIZZY, False),  # nor is how long
        ("I am dizzy as usual but this time it lasts longer", DIZZY, False),
        ("I am dizzy as usual. Now I fall over too", DIZZY, False),
        ("I am dizzy, is it the same as always?", DIZZY, False),
        ("There is a lump in my breast, is it still the same", BREAST, False),
        ("The lump in my breast is exactly the same. Should I be seen?", BREAST, False),
        ("Bleeding from my back passage as always, only darker", BACK_PASSAGE, False),
        ("My cough is the same as ever. I found a lump in my breast", BREAST, False),
    ],
)
def test_only_a_statement_of_no_change_about_this_problem_makes_it_long_standing(
    text: str, entry: object, holds: bool
) -> None:
    assert lowered(advise(text, entry)) is holds


@pytest.mark.parametrize(
    ("text", "fires", "does_not"),
    [
        ("for ten minutes he could not get his words out, his arm went weak", set(), {"RF012", "RF017"}),
        ("so breathless she cannot get her words out", {"RF012"}, set()),
        ("sudden awful headache, like being kicked in the head by a horse", set(), {"RF006", "RF007", "RF081"}),
        ("he kicked me in the head and I have a headache", {"RF081"}, set()),
        ("my side hurts as if I had been punched", set(), {"RF081"}),
        ("my husband punched me in the side", {"RF081"}, set()),
        ("he grabbed my neck in the kitchen", {"RF081"}, set()),
        ("my scarf grabbed my neck funny lol", set(), {"RF081"}),
    ],
)
def test_speech_is_not_breath_and_a_comparison_is_no_injury(text: str, fires: set[str], does_not: set[str]) -> None:
    found = flags(text)
    assert fires <= found
    assert not does_not & found


@pytest.mark.parametrize(
    "text",
    [
        "Me duele la cabeza y tengo fiebre", "estou com muita dor na barriga", "boli mnie głowa",
        "nu pot sa dorm, ma doare", "ho mal di testa da ieri e non dormo", "j'ai mal au ventre depuis hier",
        "mujhe bukhar hai",
        "sar mein dard ho raha hai",
        "ana andi harara", "basim cok agriyor", "calool xanuun ayaa i haya", "labai skauda galva",
        "болит голова", "पेट में दर्द", "胃很痛",
    ],
)  # fmt: skip
def test_a_short_text_in_a_common_language_is_known_for_foreign(text: str) -> None:
    assert "input.language" in {reason.rule for reason in advise(text).reasons}


def test_terse_english_is_hardly_ever_taken_for_foreign() -> None:
    texts = [w.case.request.text for w in wordings() if w.case.request]
    assert sum(seems_foreign(sentences(text)) for text in texts) <= 0.01 * len(texts)


@pytest.mark.parametrize(
    ("text", "age", "rule", "urgency"),
    [
        ("painful blisters in a band round my waist", 61.0, "rash", Urgency.SAME_DAY),
        ("bruises on my arms, on warfarin, dentist gave me antibiotics", 70.0, "bleeding_on_thinner", Urgency.SAME_DAY),
        ("I always seem thirsty, peeing constantly and lost weight", 44.0, "new_diabetes", Urgency.SAME_DAY),
        ("redness on my shin has gone past the pen mark on antibiotics", 50.0, "cellulitis", Urgency.SAME_DAY),
        ("came out in a rash on day 4 of flucloxacillin", 30.0, "rash", Urgency.SAME_DAY),
        ("it is personal, please ring", 40.0, "private_matter", Urgency.ROUTINE),
    ],
)
def test_what_was_not_recognised_is(text: str, age: float, rule: str, urgency: Urgency) -> None:
    advice = advise(text, age=age, sex="male")
    assert rule in {reason.rule for reason in advice.reasons}
    assert advice.option == urgency
    assert advice.handler is Handler.GP


def test_the_spreading_redness_is_an_emergency_with_fever() -> None:
    assert "RF076" in flags("the redness has spread past the pen line and I have a fever")
    assert "RF076" not in flags("the redness has spread past the pen line")


def test_who_walks_on_a_hip_after_a_fall_is_seen_the_same_day() -> None:
    walking = advise("I fell on the stairs and my hip hurts but I can walk on it", age=77.0)
    assert Urgency(walking.option).at_least(Urgency.SAME_DAY)
    assert walking.red_flags == ()


def test_who_walks_on_a_hip_after_a_fall_is_not_sent_to_hospital() -> None:
    assert advise("I fell on the stairs and my hip hurts but I can walk on it", age=77.0).option == Urgency.SAME_DAY
    assert "RF075" in flags("I fell on the stairs, my hip hurts and I cannot walk", age=77.0)
    assert "RF075" in flags("fell, hip pain, can stand but my leg is turned out", age=77.0)


TO_A_PHARMACY = pytest.mark.xfail(strict=True, reason="the examples leave one double dose of these to a pharmacist")


@pytest.mark.parametrize(
    ("text", "emergency"),
    [
        pytest.param("took my omeprazole twice this morning by mistake, feel fine", False, marks=TO_A_PHARMACY),
        pytest.param("took my levothyroxine twice by accident today, I am ok", False, marks=TO_A_PHARMACY),
        ("took my omeprazole twice this morning by mistake, feel dizzy", True),
        ("took my apixaban twice this morning by mistake, feel fine", True),
        ("took my morning tablets twice by mistake, feel fine", True),
        ("took my methotrexate twice by mistake, feel fine", True),
        ("took a double dose of paracetamol by mistake, feel fine", True),
        pytest.param(
            "took 12 omeprazole by mistake, feel fine", True,
            marks=pytest.mark.xfail(strict=True, reason="the model thinks it harmless: it is asked about today"),
        ),
    ],
)  # fmt: skip
def test_one_double_dose_of_an_ordinary_medicine_is_for_today(text: str, emergency: bool) -> None:
    advice = advise(text, age=50.0)
    assert advice.option == (Urgency.EMERGENCY if emergency else Urgency.SAME_DAY)


def test_one_double_dose_is_no_emergency_and_a_dozen_tablets_are_asked_about_today() -> None:
    for medicine in ("omeprazole twice this morning", "levothyroxine twice"):
        assert advise(f"took my {medicine} by mistake, feel fine", age=50.0).option != Urgency.EMERGENCY
    assert Urgency(advise("took 12 omeprazole by mistake, feel fine", age=50.0).option).at_least(Urgency.SAME_DAY)


def test_not_been_sick_is_no_vomiting() -> None:
    for text in ("headache, not been sick", "headache. I have not been sick", "headache and she hasn't been sick"):
        assert "Headache with vomiting" not in {r.text for r in advise(text, age=30.0).reasons}
    assert "Headache with vomiting" in {r.text for r in advise("headache, been sick twice", age=30.0).reasons}


def test_a_sore_throat_near_the_loo_is_no_urine_infection() -> None:
    assert "urine_infection" not in {r.rule for r in advise("fine to wee, sore throat though").reasons}
    assert "urine_infection" in {r.rule for r in advise("it is sore when I wee").reasons}


def test_a_pregnancy_that_nobody_asked_for_is_said() -> None:
    def left_out(text: str, age: float, sex: str) -> bool:
        return any("Pregnancy" in line for line in advise(text, age=age, sex=sex).not_considered)

    burning = "burning when I wee"
    assert left_out(burning, 30.0, "female")
    assert not left_out(f"{burning}, not pregnant", 30.0, "female")
    assert not left_out(burning, 70.0, "female")
    assert not left_out(burning, 30.0, "male")
    assert advise(f"{burning} and my period is late", age=30.0, sex="female").option != Urgency.SELF_CARE


@pytest.mark.parametrize(
    ("text", "kind", "handler"),
    [
        ("my periods are ridiculous, flooding and clots", Kind.CLINICAL, Handler.GP),
        ("my gym will not take me back without a form from the doctor", Kind.ADMINISTRATIVE, Handler.CARE_NAVIGATOR),
        ("my maternity exemption never came", Kind.ADMINISTRATIVE, Handler.CARE_NAVIGATOR),
        ("a copy of my vaccination record to study medicine", Kind.ADMINISTRATIVE, None),
        ("nurse said hba1c borderline 45 and left a message", Kind.RESULTS, None),
        ("blind spots and zigzag lines, then a headache", Kind.CLINICAL, None),
        ("burning stomach after food, thank you", Kind.CLINICAL, None),
    ],
)
def test_kind_and_handler(text: str, kind: Kind, handler: Handler | None) -> None:
    advice = advise(text, age=30.0, sex="female")
    assert advice.kind is kind
    assert handler is None or advice.handler is handler


def test_a_borderline_result_is_no_emergency() -> None:
    text = "nurse said hba1c borderline 45 and left a message"
    assert advise(text, age=30.0, sex="female").handler is Handler.CARE_NAVIGATOR


def test_an_aura_is_no_emergency() -> None:
    assert advise("blind spots and zigzag lines, then a headache", age=30.0, sex="female").handler is Handler.GP


@pytest.mark.xfail(strict=True, reason="the model leaves an itchy rash to a pharmacy at any age")
def test_an_itchy_dry_rash_at_sixty_one_is_routine() -> None:
    assert advise("itchy dry rash under my watch band", age=61.0).option == Urgency.ROUTINE


def test_a_man_has_no_menopause_or_pregnancy() -> None:
    text = "night sweats for a month"
    assert "menopause" not in {r.rule for r in advise(text, age=26.0, sex="male").reasons}
    assert "menopause" in {r.rule for r in advise(text, age=50.0, sex="female").reasons}


@pytest.mark.parametrize(
    ("harmless", "danger", "flag"),
    [
        ("TIA in spring, clopidogrel runs out on Friday", "had a TIA yesterday", "RF001"),
        ("found a lump, right breast, pea sized, doesn't move", "her right side doesn't move", "RF001"),
        ("band across my chest on the bike that goes if I stop, 2 months, same each time, not at rest",
         "band across my chest on the bike, and now it comes at rest", "RF009"),
        ("my panic attacks again, can't breathe, gone in ten mins", "can't breathe, came on ten mins ago", "RF012"),
        ("peak flow 330, usual 480, talking fine", "peak flow 150, usual 480, talking fine", "RF017"),
        ("the leaflet also says throat swelling. No swelling of anything", "my throat is swelling", "RF018"),
        ("registered blind, I need a copy of the certificate", "went blind in one eye this morning", "RF039"),
        ("she was born at 29 weeks, does she still have her jabs now", "29 weeks and she has not moved today", "RF044"),
        ("took my 5mg amlodipine twice this morning, feel fine", "swallowed two packets of aspirin", "RF058"),
        ("the form asks: overdose at 17", "she took an overdose at lunchtime", "RF058"),
        ("the patches leave black sticky marks", "my poo is black and sticky", "RF063"),
        ("headache most days, not sick, not waking at night", "headache, and he is not waking up", "RF082"),
        ("headaches after school for a month, not waking him up",
         "he fell down the stairs and is not waking up", "RF082"),
        ("she is ten weeks old, milk comes up after bottles, nothing green",
         "ten weeks old and her sick is green", "RF154"),
        ("the plaster came off my ankle 2 weeks ago, still a bit swollen by evening",
         "the plaster on my leg is too tight, my toes are swollen and blue", "RF181"),
        ("dead on my feet with this cold, sore throat", "my foot has suddenly gone cold and white and sore", "RF074"),
        ("hay fever, my eyes feel like they are on fire",
         "his shirt caught fire, blisters all over his chest", "RF182"),
        ("sore ear all night, then yellow goo came out of it this morning",
         "dad is out of it since this morning", "RF083"),
        ("eczema flaring behind her knees, she is 8 months old",
         "she is 8 months old, breathes hard, nostrils flaring", "RF027"),
        ("an overdose warning came up when I ordered my thyroxine", "she has taken an overdose", "RF058"),
        ("type 1, was in DKA at Christmas, fine since", "type 1, I think I am in DKA", "RF048"),
        ("Mum is muddled since yesterday, smelly wee. No fever, drinking",
         "stopped drinking two days ago, now muddled and seeing things", "RF178"),
        ("shingles, a band of blisters, hurts like a burn", "burnt both hands on the hob, blisters all over", "RF182"),
    ],
)  # fmt: skip
def test_harmless_requests_in_a_flags_words_raise_no_emergency_and_their_twins_do(
    harmless: str, danger: str, flag: str
) -> None:
    assert not [each for each in red_flags_in(case(harmless)) if each.urgency is Urgency.EMERGENCY]
    assert flag in [each.id for each in red_flags_in(case(danger))]


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("30 weeks, she still has not moved since last night", "RF044"),
        ("he is drooling, no voice", "RF018"),
        ("she is choking, no air", "RF018"),
        ("did first aid and he is still choking", "RF018"),
        ("my mate hanged himself and I'm going to end it tonight", "RF055"),
        ("breast cancer before, and my left arm does not move", "RF001"),
        ("he is not waking since last night", "RF082"),
        ("can't breathe, gone downhill in ten minutes", "RF012"),
        ("purple spots on her skin that do not fade", "RF019"),
        ("on fentanyl patches and my poo is black", "RF063"),
        ("cut not deep but hasn't stopped bleeding for an hour", "RF065"),
        ("tummy burnt with boiling water, blisters all over", "RF182"),
        ("blind in my left eye since this morning", "RF039"),
        ("symptoms of TIA", "RF001"),
        ("mum had a mini stroke this morning", "RF001"),
        ("nothing green at first, now her vomit is bright green, she is 3 weeks old", "RF154"),
        ("goo in his ear since Monday and today he is out of it", "RF083"),
        ("headaches all week and now he is not waking up", "RF082"),
        ("was in DKA at Christmas, now I am in DKA again", "RF048"),
        ("dead on my feet, and my left foot is suddenly cold, white and painful", "RF074"),
        ("his eczema is flaring and he is breathing hard, 5 months old", "RF027"),
        ("she is 5 months old, has a rash and her nostrils are flaring", "RF027"),
        ("hit his head, bleeding and out of it since this morning", "RF083"),
        ("pus in his ear and he is out of it since yesterday", "RF083"),
        ("she is snoring and shouting is not waking her", "RF082"),
        ("eating nothing, green vomit, she is 3 weeks old", "RF154"),
        ("took an overdose, alert and talking", "RF058"),
        ("she took an overdose, message me back", "RF058"),
        ("plaster came off, toes numb and blue 2 days", "RF181"),
    ],
)
def test_an_exception_for_a_harmless_request_hides_no_alarm_that_sounds_like_it(text: str, flag: str) -> None:
    assert flag in [each.id for each in red_flags_in(case(text))]


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("slid down in the wet room and cut her eyebrow open, takes warfarin", True),
        ("my eyebrow is growing back after the wax, I take warfarin", False),
    ],
)
def test_a_cut_brow_is_an_injured_head(text: str, holds: bool) -> None:
    assert ("RF007" in flags(text)) is holds
