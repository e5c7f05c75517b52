"""The symptom tool: what a patient says, looked up."""

from __future__ import annotations

import json
import tomllib
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from preceptor.advice import URGENCIES, Case, Effect, Handler, Kind, Request, Urgency
from preceptor.cli import app
from preceptor.tools.triage import tool
from preceptor.tools.triage.library import LibraryError, the_library
from preceptor.tools.triage.presentations import PharmacyFirst, Presentation, Question
from preceptor.tools.triage.symptoms import LONGEST, CannotLookUp, as_json, look_up
from preceptor.tools.triage.symptoms.telling import HANDLER_WORDS, URGENCY_WORDS, lines_of, pharmacy_first_in_words
from tools.triage.wordings import AS_OF, wordings

SORE_THROAT: dict[str, Any] = tomllib.loads(
    (files("preceptor.tools.triage") / "presentations" / "sore_throat.toml").read_text("utf-8")
)


def would(words: str, age: float | None = None, sex: str | None = None) -> dict[str, str]:
    """What would change the first presentation: text to urgency."""
    return {change.text: str(change.to) for change in look_up(words, age, sex).presentations[0].would_change}


def test_what_a_patient_says_gives_what_to_think_of_and_what_to_ask_and_why() -> None:
    answer = look_up("sore throat for 3 days, and my flibber is wonky. No fever", age=4)

    (found,) = answer.presentations
    assert (found.title, found.usual, found.urgency, found.handler) == ("Sore throat", "self_care", "soon", "gp")
    assert [quote.words for quote in found.words] == ["sore throat"]
    assert [(c.text, c.effect) for c in found.changes] == [
        ("Pharmacy First treats sore throat from five years of age", Effect.RAISES)
    ]
    assert found.must_not_miss[0] == "Quinsy or epiglottitis"
    assert found.ask[2].question == "Able to drink and to swallow saliva?"
    assert "swollen airway" in found.ask[2].why
    assert ("A weakened immune system", "same_day") in [(c.text, c.to) for c in found.would_change]
    assert found.pharmacy_first[0].fits is False
    assert found.origin.reviewed_by == "none"
    assert answer.not_used[0].words == "and my flibber is wonky"
    assert answer.urgency == "soon"
    assert "No clinician has reviewed" in answer.notice


# -- red flags


@pytest.mark.parametrize(
    "wording", [w for w in wordings() if w.case.request and len(w.case.request.text) <= LONGEST][::3]
)
def test_no_red_flag_of_triage_is_lost_here(wording: Any) -> None:
    request = wording.case.request
    advice = tool.advise(Case("", AS_OF, request))
    answer = look_up(request.text, request.age, request.sex)

    assert [flag.id for flag in answer.red_flags] == [flag.id for flag in advice.red_flags]
    for flag in advice.red_flags:
        assert answer.urgency is not None
        assert answer.urgency.at_least(flag.urgency)


def test_where_a_red_flag_stands_nothing_is_lowered_or_sent_to_a_pharmacy() -> None:
    answer = look_up("crushing pain in my chest going down my arm, feels like heartburn", age=40)

    assert [flag.title for flag in answer.red_flags] == ["Possible heart attack"]
    assert answer.red_flags[0].action.startswith("Call 999")
    assert answer.red_flags[0].origin.verified == "yes"
    assert answer.urgency == Urgency.EMERGENCY
    for found in answer.presentations:
        assert found.urgency.at_least(found.usual)
        assert found.handler not in (Handler.SELF, Handler.COMMUNITY_PHARMACY)
        assert not found.pharmacy_first
        assert Effect.LOWERS not in {change.effect for change in found.changes}
        assert Effect.LOWERS not in {change.effect for change in found.would_change}
    first = next(iter(lines_of(answer)))
    assert "RED FLAG" in first.text


def test_what_sounds_like_a_red_flag_and_was_set_aside_is_shown_to_be_checked() -> None:
    answer = look_up("headache. My dad had crushing chest pain going down his arm last year")

    assert any("crushing chest pain" in aside.text for aside in answer.set_aside)


# -- what would change it


def test_what_is_denied_or_settled_by_the_age_is_not_asked_again() -> None:
    assert "Headache with fever" in would("headache")
    assert "Headache with fever" not in would("headache, no fever")
    assert would("headache", age=40).get("A child with headaches") is None
    assert would("headache", age=60)["A new headache from the age of 50"] == "soon"
    assert "A child with headaches" in would("headache")
    assert "In pregnancy it needs treating the same day" not in would("stings when i wee, not pregnant", 30, "female")


def test_only_what_changes_how_soon_is_named() -> None:
    for wording in wordings()[::10]:
        assert wording.case.request
        for found in look_up(wording.case.request.text[:LONGEST]).presentations:
            for change in found.would_change:
                assert change.to != found.urgency
                assert (change.effect is Effect.RAISES) == change.to.at_least(found.urgency)


def test_saying_what_would_change_it_changes_it() -> None:
    assert would("headache")["Headache with vomiting"] == "same_day"
    assert look_up("headache and vomiting").presentations[0].urgency == Urgency.SAME_DAY
    assert would("headache")["It sounds like tension"] == "self_care"
    assert look_up("headache from stress").presentations[-1].title == "Headache"


# -- what is not recognised, and what is still typed


def test_what_is_not_recognised_is_said_plainly() -> None:
    answer = look_up("xyzzy plugh")

    assert (answer.urgency, answer.presentations, answer.red_flags) == (None, (), ())
    assert answer.cautions == ("Not recognised: read it as it stands",)
    assert answer.not_used[0].words == "xyzzy plugh"


def test_a_few_words_are_no_foreign_language_but_a_foreign_sentence_is() -> None:
    assert look_up("thunderclap headache, worst ever").cautions == ()
    assert "not to be in English" in look_up("mam bardzo silny ból głowy od wczoraj").cautions[0]


@pytest.mark.parametrize(
    ("typed", "title"),
    [("migr", "Headache"), ("I have a sore thr", "Sore throat"), ("cough and hay f", "Hay fever or allergy")],
)
def test_a_word_that_is_still_typed_says_what_it_may_become(typed: str, title: str) -> None:
    assert title in [each.title for each in look_up(typed).completions]
    assert not look_up(typed + " ").completions, "a space ends the word"


@given(
    st.text(max_size=200).filter(str.strip), st.none() | st.floats(0, 125), st.sampled_from([None, "female", "male"])
)
@settings(max_examples=150, deadline=None)
def test_whatever_is_typed_there_is_an_answer_that_can_be_shown(words: str, age: float | None, sex: str | None) -> None:
    answer = look_up(words, age, sex)

    ranks = [found.urgency.rank for found in answer.presentations]
    assert ranks == sorted(ranks)
    assert json.loads(json.dumps(as_json(answer))) == as_json(answer)
    assert all(str(line).isprintable() or "\n" not in str(line) for line in lines_of(answer))
    for quote in (*answer.not_used, *(q for found in answer.presentations for q in found.words)):
        assert 0 <= quote.start < quote.end <= len(words)
        assert quote.words == " ".join(words[quote.start : quote.end].split())


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        (("", None, None), "type what the patient says"),
        ((" \n", None, None), "type what the patient says"),
        (("x" * (LONGEST + 1), None, None), "2,001 characters"),
        (("cough", -1.0, None), "age -1"),
        (("cough", float("nan"), None), "age nan"),
        (("cough", 126.0, None), "between 0 and 125"),
        (("cough", None, "f"), "none of female, male"),
    ],
)
def test_what_cannot_be_looked_up_is_refused_in_words(given_: tuple[Any, ...], said: str) -> None:
    with pytest.raises(CannotLookUp, match=said):
        look_up(*given_)


# -- the library


def test_every_question_of_the_library_says_why() -> None:
    for presentation in the_library().presentations:
        for question in presentation.ask:
            assert question.why.endswith("."), f"{presentation.id}: {question.question}"


def test_the_library_speaks_of_pharmacy_first_alike_in_both_places() -> None:
    """What a discriminator says of Pharmacy First is also stated as ages, which the page shows."""
    for presentation in the_library().presentations:
        texts = " ".join(row.text for row in (*presentation.raises, *presentation.lowers))
        assert "Pharmacy First" not in texts or presentation.pharmacy_first, presentation.id


def test_a_question_may_stand_without_a_reason_and_then_nothing_is_made_up() -> None:
    dropped = ("pharmacy_first", "must_not_miss", "think_of")
    bare = {name: entry for name, entry in SORE_THROAT.items() if name not in dropped}
    read = Presentation.read(bare | {"ask": ["How long?"], "safety_net": ["Call 111 if worse"]}, "x.toml")

    assert read.ask == (Question("How long?", ""),)
    assert (read.must_not_miss, read.think_of, read.pharmacy_first) == ((), (), ())
    assert read.safety_net == ("Call 111 if worse",)


@pytest.mark.parametrize(
    "change",
    [{"ask": [{"question": "x", "because": "y"}]}, {"ask": [{"why": "y"}]}, {"pharmacy_first": [{"treats": "x"}]}],
)
def test_a_wrong_question_or_pharmacy_first_is_refused_by_its_files_name(change: dict[str, Any]) -> None:
    with pytest.raises(LibraryError, match=r"sore_throat\.toml"):
        Presentation.read(SORE_THROAT | change, "sore_throat.toml")


@pytest.mark.parametrize(
    ("age", "sex", "fits"),
    [
        (15.9, "female", False), (16, "female", True), (64.9, "female", True), (65, "female", False),
        (30, "male", False), (30, None, None), (30, "other", None), (None, "female", None), (None, "male", False),
    ],
)  # fmt: skip
def test_the_age_limits_of_pharmacy_first_count_whole_years(
    age: float | None, sex: str | None, fits: bool | None
) -> None:
    assert PharmacyFirst("Bladder infection", 16, 64, "female").fits(age, sex) is fits


def test_pharmacy_first_in_words() -> None:
    by_title = {found.title: found for found in look_up("sore throat, earache", age=70).presentations}

    said = [pharmacy_first_in_words(one) for title in sorted(by_title) for one in by_title[title].pharmacy_first]
    assert said[0].startswith("Pharmacy First: middle ear infection, 1 to 17 years (not for the age or sex given)")
    assert said[1].startswith("Pharmacy First: sore throat, from 5 years; not where: pregnant")


def test_every_urgency_and_handler_has_its_words() -> None:
    assert set(URGENCY_WORDS) == set(URGENCIES)
    assert set(HANDLER_WORDS) == set(Handler)


# -- the command


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["symptoms", *arguments])


def test_the_command_prints_plain_lines_when_piped() -> None:
    done = run("sore throat", "--age", "30")

    assert done.exit_code == 0
    assert "\x1b[" not in done.stdout
    assert done.stdout.startswith("Sore throat: self-care, or a pharmacy\n  Usually self-care")


def test_the_command_gives_json() -> None:
    done = run("crushing chest pain", "--sex", "Male", "--json")

    told = json.loads(done.stdout)
    assert told["urgency"] == "emergency"
    assert told["red_flags"][0]["words"][0] == {"words": "crushing chest", "start": 0, "end": 14}
    assert told["presentations"][0]["kind"] == Kind.CLINICAL


@pytest.mark.parametrize("arguments", [("",), ("  ",), ("cough", "--age", "200"), ("cough", "--sex", "x")])
def test_bad_input_gives_one_line_and_two(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)

    assert done.exit_code == 2
    assert len(done.stderr.strip().splitlines()) == 1


def test_on_a_terminal_the_lines_are_the_same_in_colour(capsys: pytest.CaptureFixture[str], monkeypatch: Any) -> None:
    from preceptor.tools.triage.symptoms.telling import show

    monkeypatch.setenv("COLUMNS", "400")
    answer = look_up("sore throat")
    show(answer)

    shown = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert shown == [str(line) for line in lines_of(answer)]


def test_a_request_is_what_triage_reads_too() -> None:
    advice = tool.advise(Case("", AS_OF, Request("sore throat", 30.0)))
    assert look_up("sore throat", 30.0).urgency == advice.option
