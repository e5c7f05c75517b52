"""The plainest emergencies in other languages are heard; everything else in them is left to a person."""

from __future__ import annotations

import pytest

from preceptor.advice import Handler, Urgency
from preceptor.tools.triage import tool
from preceptor.tools.triage.examples import all_examples
from preceptor.tools.triage.language import may_be_foreign
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


def test_every_phrase_is_one_and_its_words_are_shown() -> None:
    assert set(the_alarms().flags) == {"RF190", "RF191", "RF192", "RF193", "RF194", "RF195"}
    text = "Dzień dobry. Boli mnie w klatce."
    (flag,) = alarms_in(text)
    assert [span.of(text) for span in flag.spans] == ["Boli mnie w klatce"]
