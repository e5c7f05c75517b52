"""The plainest emergencies in other languages are heard; everything else in them is left to a person."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from preceptor.advice import Handler, Urgency
from preceptor.tools.triage import tool
from preceptor.tools.triage.examples import all_examples
from preceptor.tools.triage.language import may_be_foreign, seems_foreign
from preceptor.tools.triage.other_languages import alarms_in, the_alarms
from preceptor.tools.triage.text.normal import sentences
from tools.triage.cases import case

EMERGENCIES = (
    ("Ból w klatce piersiowej od rana, nie mogę oddychać", {"RF190", "RF191"}),
    ("mă doare foarte tare în piept", {"RF190"}),
    ("Estou com muita dor no peito desde ontem", {"RF190"}),
    ("me duele mucho el pecho y el brazo izquierdo", {"RF190"}),
    ("ho un forte dolore al petto da ieri", {"RF190"}),
    ("je n'arrive pas à respirer depuis ce matin", {"RF191"}),
    ("mujhe seene mein bahut dard ho raha hai", {"RF190"}),
    ("saans nahi aa raha", {"RF191"}),
    ("göğsümde çok ağrı var", {"RF190"}),
    ("nefes alamıyorum", {"RF191"}),
    ("labai skauda krūtinę", {"RF190"}),
    ("У меня сильная боль в груди", {"RF190"}),
    ("عندي ألم شديد في الصدر", {"RF190"}),
    ("لا أستطيع التنفس", {"RF191"}),
    ("quiero morir", {"RF194"}),
    ("dziecko nie oddycha", {"RF191", "RF195"}),
    ("mój mąż jest nieprzytomny", {"RF192"}),
    ("sângerez foarte tare, nu se oprește", {"RF193"}),
)  # fmt: skip


@pytest.mark.parametrize(("text", "flags"), EMERGENCIES)
def test_a_plain_emergency_in_another_language_is_called_one(text: str, flags: set[str]) -> None:
    advice = tool.advise(case(text))
    assert flags <= {flag.id for flag in advice.red_flags}
    assert (advice.option, advice.handler) == (Urgency.EMERGENCY, Handler.EMERGENCY_SERVICES)


@pytest.mark.parametrize(
    "text",
    [
        "boli mnie gardło, nie mam bólu w klatce piersiowej",
        "Nie boli mnie w klatce, tylko kaszel",
        "no tengo dolor en el pecho, solo tos",
        "Dzień dobry, od dwóch tygodni mam kaszel i katar, gardło trochę boli.",
        "necesito receta para mi hijo, gracias",
        "Vreau o programare pentru copilul meu, are febră",
        "Bonjour j'ai mal au ventre depuis hier",
    ],
)
def test_what_is_denied_or_plain_is_left_to_a_person_the_same_day(text: str) -> None:
    advice = tool.advise(case(text))
    assert not advice.red_flags
    assert advice.option == Urgency.SAME_DAY
    assert "input.language" in {reason.rule for reason in advice.reasons}


def test_english_never_sounds_like_it() -> None:
    fooled = [one.id for one in all_examples() if may_be_foreign(sentences(one.text)) and alarms_in(one.text)]
    assert fooled == []


def _table(known: str, least: int = 1) -> list[object]:
    """The lines of the table, those marked with what is `known` not to work as expected failures."""
    with Path(__file__).with_name("other_languages.tsv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [
        pytest.param(
            line["text"],
            line["flag"],
            id=f"{line['language']}-{line['flag'] or 'plain'}-{at}",
            marks=[pytest.mark.xfail(strict=True, reason=known)] if known in line["known"].split() else [],
        )
        for at, line in enumerate(lines)
        if len(sentences(line["text"])[0].words) >= least
    ]


@pytest.mark.parametrize(("text", "flag"), _table("missed"))
def test_a_request_raises_the_flag_that_it_should_or_none(text: str, flag: str) -> None:
    found = {alarm.id for alarm in alarms_in(text)} if may_be_foreign(sentences(text)) else set()
    assert flag in found if flag else not found


@pytest.mark.parametrize(("text", "flag"), _table("read_as_english", least=4))
def test_a_request_of_four_words_is_known_for_another_language(text: str, flag: str) -> None:
    assert seems_foreign(sentences(text))


@pytest.mark.parametrize(
    ("denied", "said"),
    [
        ("nie mam bólu w klatce piersiowej", "nie mogę spać, ból w klatce piersiowej"),
        ("no tengo fiebre ni dolor en el pecho", "no puedo dormir con este dolor en el pecho"),
        ("fara durere in piept", "nu pot dormi, durere in piept"),
        ("seene mein dard nahi hai", "seene mein dard hai aur neend nahi aati"),
        ("seene mein dard bilkul nahi", "seene mein dard nahi ruk raha"),
        ("chhati ma dukhavo nathi", "chhati ma dukhavo thay chhe"),
        ("buke byatha nai", "buke byatha, ghum nai"),
        ("göğsümde ağrı yok", "göğsümde ağrı var, uyku yok"),
        ("我没有胸痛", "我胸痛，没有咳嗽"),
        ("নাই কিছু, বুকে ব্যথা নেই", "বুকে ব্যথা"),
        ("مجھے سینے میں درد نہیں ہے", "مجھے سینے میں درد ہے"),
    ],
)
def test_a_denial_takes_a_phrase_away_and_what_cannot_be_done_does_not(denied: str, said: str) -> None:
    assert "RF190" not in {flag.id for flag in alarms_in(denied)}
    assert "RF190" in {flag.id for flag in alarms_in(said)}


@pytest.mark.parametrize(
    "text",
    [
        "nie przechodzi ból w klatce",
        "bez przerwy boli mnie w klatce",
        "nie wytrzymuję bólu w klatce",
        "ból w klatce na wdechu",
        "mam duszności na leżąco",
        "no pasa el dolor de pecho",
        "no aguanto el dolor de pecho",
        "não aguento a dor no peito",
        "não passa a dor no peito",
        "desmaiou na rua",
        "teve uma convulsão na escola",
        "estava no banho e desmaiou",
        "acordou no chão inconsciente",
        "no peito dói muito",
        "non passa il dolore al petto",
        "dolore al petto nei momenti di sforzo",
        "non sopporto il dolore al petto",
        "nu trece durerea în piept",
        "am durerea în piept de azi",
        "la douleur dans la poitrine ne passe pas",
        "je ne supporte pas la douleur dans la poitrine",
        "j'ai sans arrêt mal à la poitrine",
        "не проходит боль в груди",
        "не проходить біль у грудях",
        "болит сердце нет сил",
        "не только болит сердце",
        "ما زال الم في صدري",
        "لا يزال الم في صدري",
        "لا اتحمل الم الصدر",
        "silnaya bol v grudi na levoy storone",
        "pappa nu modhu vanku thai gayu",
        "mara dikra ni jibh suji gayi che",
        "mere papa nu falij ho gaya",
        "mummy nu dil da daura",
        "mummy nu dil ka daura pya",
        "mummy nu chest vich dard hunda",
        "ani 3andi waja3 fi sadri",
        "无缘无故胸口痛",
        "没力气胸口痛",
        "没法睡觉胸口痛",
        "chhati ma dukhavo nathi matato",
        "je peux pas dormir douleur dans la poitrine",
        "mi hijo sin parar vomita sangre",
    ],
)
def test_what_does_not_stop_or_cannot_be_borne_is_not_denied_nor_is_a_word_that_only_looks_like_a_denial(
    text: str,
) -> None:
    assert alarms_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "boli mnie gardło nie ma gorączki ani bólu w klatce",
        "no tengo dolor de pecho",
        "não tenho dor no peito",
        "non ho dolore al petto",
        "nessun dolore al petto",
        "ninguna dificultad para respirar",
        "je n'ai pas mal à la poitrine",
        "нет боли в груди",
        "только кашель без боли в груди",
        "nu am dureri în piept",
        "buke betha na",
        "buke betha nei shudhu kashi",
        "seene mein dard nahi hai",
        "لا يوجد الم في الصدر",
        "سعال بس ما في الم صدر",
        "没有胸口痛",
    ],
)
def test_a_plain_denial_still_takes_a_phrase_away(text: str) -> None:
    assert not alarms_in(text)


@pytest.mark.parametrize(
    ("text", "bleeding"),
    [
        ("necesito un análisis de sangre, hace mucho que no me hago", "después del análisis de sangre sangro mucho"),
        ("preciso análise de sangue há muito tempo", "depois da análise perdi muito sangue"),
        ("analisi del sangue, molto tempo fa", "dopo le analisi perdo molto sangue"),
        ("vreau analize de sânge, mult timp", "după analize curge sânge"),
        ("proszę o badanie krwi, bardzo pilne", "po badaniu krew leci mocno"),
        ("kan tahlilim çıkmadı çok bekledim", "kan tahlilinden sonra kanama durmuyor"),
        ("khoon ka test bahut din se nahi hua", "test ke baad khoon bahut beh raha hai"),
        ("анализ крови, много времени", "после анализа кровь не останавливается"),
        ("تحليل دم كثير", "بعد التحليل نزيف شديد"),
    ],
)
def test_a_blood_test_is_no_bleeding_and_bleeding_after_one_is(text: str, bleeding: str) -> None:
    assert not alarms_in(text)
    assert "RF193" in {flag.id for flag in alarms_in(bleeding)}


def test_a_chinese_worry_is_no_heart() -> None:
    assert not alarms_in("我担心头痛")
    assert not alarms_in("我心情压力大")
    assert {flag.id for flag in alarms_in("我担心，胸口痛")} == {"RF190"}


def test_sick_to_the_heart_is_french_for_nausea() -> None:
    assert not alarms_in("j'ai mal au coeur le matin")
    assert {flag.id for flag in alarms_in("j'ai une douleur au coeur")} == {"RF190"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("医生您好，我胸口很痛。", "胸口很痛"),
        ("ਮੈਨੂੰ ਸਾਹ ਨਹੀਂ ਆ ਰਿਹਾ", "ਸਾਹ ਨਹੀਂ"),
        ("3andi waja3 fi sadri", "waja3 fi sadri"),
        ("Mój mąż ma ból w klatce.", "ból w klatce"),
    ],
)
def test_the_words_shown_are_those_of_the_request(text: str, words: str) -> None:
    assert words in {span.of(text) for flag in alarms_in(text) for span in flag.spans}


def test_accents_and_keyboards_make_no_difference() -> None:
    for written in ("nie mogę złapać oddechu", "nie moge zlapac oddechu", "NIE MOGĘ ZŁAPAĆ ODDECHU"):
        assert "RF191" in {flag.id for flag in alarms_in(written)}


def test_new_confusion_is_for_the_same_day_and_all_else_an_emergency() -> None:
    urgencies = {flag.id: flag.urgency for flag in the_alarms().flags.values()}
    assert {name for name, urgency in urgencies.items() if urgency is not Urgency.EMERGENCY} == {"RF205"}
    assert urgencies["RF205"] is Urgency.SAME_DAY


def test_every_phrase_is_one_and_its_words_are_shown() -> None:
    assert set(the_alarms().flags) == {f"RF{number}" for number in range(190, 209)}
    text = "Dzień dobry. Boli mnie w klatce."
    (flag,) = alarms_in(text)
    assert [span.of(text) for span in flag.spans] == ["Boli mnie w klatce"]
