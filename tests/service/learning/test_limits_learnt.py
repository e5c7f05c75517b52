"""Reasons about the record teach its rules: decided, learnt, read on the page, put in force, advised, and undone."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from django.urls import reverse

from preceptor.advice import Advice, Effect, Handler, Standing, Urgency
from preceptor.learning import artefacts
from preceptor.learning.artefacts import Refused
from preceptor.learning.watching import Alarm, Kind
from preceptor.service.accounts.models import Role
from preceptor.service.learning import steps
from preceptor.service.learning.gathering import told_since
from preceptor.service.learning.learning import learn, promote, update_of
from preceptor.service.learning.telling import in_words
from preceptor.service.oversight.standing import set_standing
from preceptor.service.requests.cases import case_of
from preceptor.service.requests.deciding import decide, give_first_view, open_request
from preceptor.service.requests.visibility import advice_shown_to
from preceptor.tools.models import CHALLENGER
from preceptor.tools.triage import tool
from preceptor.tools.triage.card import VERSION
from preceptor.tools.triage.model.judging import ARTEFACT
from preceptor.tools.triage.model.learnt import LIMITS, in_place, shipped
from preceptor.tools.triage.noted import Did, Noted
from preceptor.wire import advice_as_json
from service.factories import a_patient, a_practice, a_request, a_user, an_assessment, an_event
from service.learning.pasts import OLD, fit_at_once, with_a_past, with_appointments
from service.pages import as_, text_of
from tools.triage.cases import case, event

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_fit")]
WHY = "Read the figures with the partners"
MOVED = "An appointment up to 10 days away (7 before) now answers a request that could wait a few days: "
# A model that ships later may call one of these otherwise; of all of them, none would be a fault to look at.
ASKED = {
    "Knee pain": "My knee has been painful for the last three weeks, especially on the stairs",
    "Dizziness": "I get dizzy now and again",
    "Back pain": "My lower back has been aching for four weeks",
    "Headache": "I have been getting headaches for a few weeks",
}


@cache
def asked_soon() -> tuple[str, str]:
    """A problem, and words about it that the model that ships calls soon."""
    return next((problem, words) for problem, words in ASKED.items() if tool.advise(case(words)).option == "soon")


def advice_with_an_appointment(days: int, text: str = "") -> Advice:
    problem, words = asked_soon()
    booked = event("appointment", f"{problem} review", -days, status="booked", id="Appointment/1")
    return tool.advise(case(text or words, booked))


def lowered(advice: Advice) -> bool:
    return any(each.effect is Effect.LOWERS and each.event == "Appointment/1" for each in advice.reasons)


@pytest.fixture
def practice():
    practice = a_practice()
    with_a_past(practice)
    return practice


@pytest.fixture
def team(practice):
    return [a_user(practice) for _ in range(5)]


def test_decisions_with_their_reason_carry_a_limit_further_until_it_is_rolled_back(practice, team) -> None:
    manager = a_user(practice, Role.MANAGER)
    with_appointments(practice, team, 9, 30, OLD)
    with_appointments(practice, team, 10, 15, OLD)
    assert advice_with_an_appointment(9).option == "soon"

    made = learn()

    assert made.figures["context"]["limits"][1] == {
        "limit": "booked.soon", "ships": 7, "before": 7, "after": 10, "further": True, "n": 45, "waits": 45,
        "counted": 45, "people": 5, "by_account": {f"user:{who.pk}": 9 for who in team},
        "low": pytest.approx(0.9213, abs=1e-4), "high": 1.0,
    }  # fmt: skip
    said = text_of(as_(manager).get(reverse("learnt")))
    assert f"{MOVED}45 of 45 such decisions here by 5 clinicians (95% interval 92% to 100%)." in said
    assert "The 10 days rest on decisions of " in said
    assert all(f"{who.shown_name} (9)" in said for who in team)
    assert "Already booked: in 45 requests an appointment was there, and its date was beyond the limit." in said
    assert "A problem first recorded 365 days ago, or earlier" in said
    untried = "Already booked, 10 days and not 7, on live decisions: none yet that it would change"
    assert untried in said
    assert not any("Already booked" in words for words in made.figures["challenge"]["met"])
    assert f"  in the contest: already{untried[7:]}" in "\n".join(in_words(made.figures, made.step.version))
    assert team[0].shown_name not in text_of(as_(team[1]).get(reverse("learnt")))
    assert not lowered(advice_with_an_appointment(9))  # a challenger advises nobody

    promote(made.step.digest, [manager], WHY)

    advice = advice_with_an_appointment(9)
    assert (advice.option, lowered(advice)) == ("routine", True)
    assert advice_with_an_appointment(11).option == "soon"
    assert advice_with_an_appointment(9, "Crushing pain in my chest going down my left arm").option == "emergency"
    assert MOVED in text_of(as_(manager).get(reverse("learnt")))

    steps.roll_back(manager, "Appointments of the second week are not kept")

    assert (advice_with_an_appointment(9).option, lowered(advice_with_an_appointment(9))) == ("soon", False)


def test_what_the_tool_said_of_the_record_reaches_learning_as_it_was_shown() -> None:
    practice = a_practice()
    set_standing(practice, "triage", VERSION, Standing.SECOND, user=None, why="for this test alone")
    (problem, words), gp, patient = asked_soon(), a_user(practice), a_patient(practice)
    booked = datetime(2026, 11, 25, 9, tzinfo=UTC)
    an_event(patient, kind="appointment", text=f"{problem} review", when=booked, status="booked")
    request = a_request(practice, patient=patient, text=words)
    shown = an_assessment(request, version=VERSION)
    shown.advice = advice_as_json(tool.advise(case_of(request)))
    shown.save()

    open_request(request, gp)
    answer = {"urgency": Urgency.ROUTINE, "handler": Handler.GP}
    give_first_view(request, gp, version=request.version, **answer)
    advice_shown_to(request, gp)
    decide(request, gp, reason="already_booked", note="", version=request.version, **answer)
    patient.events.update(when=booked - timedelta(days=5), status="cancelled")  # whatever became of it

    (told,) = told_since()

    assert told.decided.noted == (Noted("booked", Did.BEYOND, "booked.soon", 9),)
    assert (told.decided.advised, told.decided.final.urgency) == ("soon", "routine")
    assert told.decided.reason == "already_booked"


def test_a_further_limit_that_live_decisions_are_against_is_not_put_in_force(practice, team) -> None:
    manager = a_user(practice, Role.MANAGER)
    with_appointments(practice, team, 9, 30, OLD)
    live = with_appointments(practice, team, 9, 3, 9)
    made = learn()
    assert made.figures["challenge"]["context"][0]["n"] == 3
    assert made.figures["challenge"]["passed"]
    met = "Already booked, 9 days and not 7, on live decisions: 3 of 3 that it would answer could wait"
    assert met in text_of(as_(manager).get(reverse("learnt")))

    with_appointments(practice, team, 8, 2, 8, final="soon")

    assert len(live) == 3
    with pytest.raises(Refused, match=r"3 of 5 that it would answer could wait .*; more than 20% of them were decided"):
        promote(made.step.digest, [manager], WHY)
    assert not lowered(advice_with_an_appointment(9))


def test_one_account_moves_nothing_and_the_page_says_what_it_would_take(practice, team) -> None:
    with_appointments(practice, team[:1], 9, 60, OLD)

    made = learn()

    assert made.figures["context"]["limits"][1]["after"] == 7
    said = text_of(as_(team[0]).get(reverse("learnt")))
    assert "An appointment up to 7 days away answers a request that could wait a few days, as before: of 60" in said
    assert "To go further takes, at each practice here, 20 or more, by 4 clinicians, none of them above 30%" in said


def test_what_one_practice_supports_is_not_put_upon_another_of_the_installation(practice, team) -> None:
    with_appointments(practice, team, 9, 30, OLD)
    assert learn().figures["context"]["limits"][1]["after"] == 9

    a_practice()

    assert learn().figures["context"]["limits"][1]["after"] == 7


def test_what_others_are_sent_has_nothing_of_it(practice, team) -> None:
    with_appointments(practice, team, 9, 30, OLD)
    made = learn()
    assert made.figures["context"]["limits"][1]["after"] == 9

    sent = json.dumps(json.loads(update_of(made)))
    assert "booked" not in sent
    assert LIMITS not in sent


@pytest.mark.parametrize(
    "limits",
    [
        *({"booked.soon": days} for days in (15, -1, "9", 9.0, True, None, [9])),
        *({"booked.never": 3}, {"booked.emergency": 3}, {"repeat.within": 30}, [7], None),
    ],
)
def test_a_limit_beyond_its_bounds_is_refused_and_the_champion_stays(models: Path, limits) -> None:
    described = shipped() | {LIMITS: limits}
    said = {"parent": "", "lessons": 60}
    digest = artefacts.keep(models, "triage", (ARTEFACT / "head.onnx").read_bytes(), described, said)
    assert "its limits" in in_place(CHALLENGER).fault or "is no limit that may be learnt" in in_place(CHALLENGER).fault

    artefacts.approve(models, "triage", digest, {"approved_by": ["Dr Gee Demoworth"]})

    assert in_place().model is None
    assert advice_with_an_appointment(9).option == "soon"


def test_a_limit_that_was_changed_by_hand_is_refused(models: Path) -> None:
    described, said = shipped() | {LIMITS: {"booked.soon": 9}}, {"parent": "", "lessons": 60}
    digest = artefacts.keep(models, "triage", (ARTEFACT / "head.onnx").read_bytes(), described, said)
    artefacts.approve(models, "triage", digest, {"approved_by": ["Dr Gee Demoworth"]})
    assert advice_with_an_appointment(9).option == "routine"

    file = models / "triage" / digest / "model.json"
    content = file.read_bytes()
    assert content.count(b'"booked.soon": 9') == 1
    file.write_bytes(content.replace(b'"booked.soon": 9', b'"booked.soon": 8'))  # one bit

    assert "is not the file that was signed" in in_place().fault
    assert advice_with_an_appointment(8).option == "soon"


def test_whom_an_alarm_names_carries_nothing_until_somebody_clears_them(practice, team, monkeypatch) -> None:
    with_appointments(practice, team, 9, 30, OLD)
    named = [f"user:{who.pk}" for who in team[:2]]

    def fit_with_an_alarm(*given, **more):
        made = fit_at_once(*given, **more)
        alarm = Alarm(Kind.PAIR, tuple(named), 8, 9.0, "they confirm each other")
        return replace(made, report=replace(made.report, alarms=(alarm,)))

    monkeypatch.setattr("preceptor.service.learning.learning.fit", fit_with_an_alarm)

    assert learn().figures["context"]["limits"][1]["after"] == 7
    assert learn(cleared=frozenset(named)).figures["context"]["limits"][1]["after"] == 9
