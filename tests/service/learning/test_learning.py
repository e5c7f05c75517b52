"""Decisions become a challenger; it is put in force once it has won and somebody signs; one step undoes it."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from preceptor.advice import Standing
from preceptor.learning.artefacts import Refused
from preceptor.learning.reading import Readers
from preceptor.service.accounts.models import Role
from preceptor.service.doctor import examine
from preceptor.service.learning import steps
from preceptor.service.learning.gathering import inputs_of, not_read_yet, read_next, told_since
from preceptor.service.learning.learning import NothingLearnt, learn, promote, update_of
from preceptor.service.learning.models import KeptInputs, ModelStep, What
from preceptor.service.ledger.models import Entry
from preceptor.service.ledger.verify import verify
from preceptor.service.oversight.standing import set_standing, standing_of
from preceptor.service.requests.models import Decision, Request
from preceptor.tools.models import CHALLENGER
from preceptor.tools.triage import tool
from preceptor.tools.triage.card import VERSION
from preceptor.tools.triage.model.learnt import in_place
from service.factories import a_practice, a_request, a_user
from service.learning.pasts import with_a_past

pytestmark = pytest.mark.django_db
WHY = "Read the figures on the page"


def model_check() -> str:
    return next(check.found for check in examine() if check.name == "Model")


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


def test_a_challenger_is_learnt_wins_is_put_in_force_by_name_and_is_rolled_back() -> None:
    practice = a_practice()
    manager = a_user(practice, Role.MANAGER)
    set_standing(practice, "triage", VERSION, Standing.SECOND, user=None, why="The practice began so")
    with_a_past(practice)
    seen: list[str] = []

    learnt = learn(lambda words, _, __: seen.append(words))

    assert set(seen) == {"Reading what was decided", "Fitting a challenger"}
    assert tool.card.version == VERSION  # nothing has changed for anybody
    assert in_place(CHALLENGER).digest == learnt.step.digest
    lessons, challenge = learnt.figures["lessons"], learnt.figures["challenge"]
    assert lessons["by_source"]["audit"] == 90
    assert lessons["held_back"] > 0
    assert challenge["live_cases"]["n"] == 100
    assert challenge["missing"] == []

    promoted = promote(learnt.step.digest[:12], [manager], WHY)

    assert tool.card.version == promoted.version == f"{VERSION}+{learnt.step.digest[:12]}"
    assert standing_of(practice, "triage", promoted.version) is Standing.SHADOW
    assert model_check() == f"triage {promoted.version}, learnt here"
    approved = in_place().model
    assert approved is not None
    assert approved.said["approved_by"] == [f"{manager.shown_name} (Practice manager, Synthetic Surgery)"]
    assert approved.said["why"] == WHY

    back = steps.roll_back(manager, "It sends too many to the same day")

    assert (back.version, back.parent) == (VERSION, learnt.step.digest)
    assert tool.card.version == VERSION
    assert standing_of(practice, "triage", VERSION) is Standing.SECOND
    assert [json.loads(entry.body)["what"] for entry in Entry.objects.filter(kind="model.step").order_by("seq")] == [
        "learnt", "promoted", "rolled_back"
    ]  # fmt: skip


def test_a_step_that_was_edited_is_named() -> None:
    officer = a_user(a_practice(), Role.SAFETY_OFFICER)
    row = steps.note(What.LEARNT, "ab" * 32, "", [officer], WHY, {"n": 3, "share": 0.1})
    assert verify().whole

    ModelStep.objects.filter(pk=row.pk).update(figures={"n": 3, "share": 0.2})

    assert str(verify().fault).startswith(f"step of a model {row.pk}: its figures was changed")


@pytest.fixture
def learnt(quick_fit):
    practice = a_practice()
    with_a_past(practice)
    return learn(), a_user(practice, Role.SAFETY_OFFICER)


def test_what_is_not_proven_or_not_approved_is_not_put_in_force(learnt, models) -> None:
    made, officer = learnt
    digest = made.step.digest
    gp = a_user(officer.practice)
    for people, why, said in (
        ([gp], WHY, "may not approve"),
        ([officer], "ok", "at least 10 characters"),
        ([], WHY, "nobody approves for Synthetic Surgery"),
    ):
        with pytest.raises(Refused, match=said):
            promote(digest, people, why)
    with pytest.raises(Refused, match="another was learnt meanwhile"):
        promote("0123456789ab", [officer], WHY)
    other = a_practice(name="Another Surgery")
    with pytest.raises(Refused, match="nobody approves for Another Surgery"):
        promote(digest, [officer], WHY)

    flip(models / "triage" / digest / "head.onnx")
    with pytest.raises(Refused, match="the champion stays"):
        promote(digest, [officer, a_user(other, Role.MANAGER)], WHY)

    assert tool.card.version == VERSION
    assert ModelStep.objects.count() == Entry.objects.filter(kind="model.step").count() == 1


def test_a_challenge_that_is_not_won_says_what_is_missing(quick_fit) -> None:
    practice = a_practice()
    with_a_past(practice, live=5)
    made = learn()

    with pytest.raises(Refused, match="the challenge is not won: on live traffic"):
        promote(made.step.digest, [a_user(practice, Role.MANAGER)], WHY)
    assert in_place().digest == ""


def test_a_flipped_byte_and_a_hand_that_points_elsewhere_are_told_by_the_doctor(learnt, models, client) -> None:
    made, officer = learnt
    promote(made.step.digest, [officer], WHY)

    flip(models / "triage" / made.step.digest / "model.json")

    assert "is refused, and the one that ships advises" in model_check()
    assert client.get("/readyz").json()["model"].startswith("refused")
    assert tool.card.version == VERSION
    (models / "triage" / "in_force").unlink()
    assert model_check() == f"triage {VERSION} is in force, and the ledger says {VERSION}+{made.step.digest[:12]}"


def test_a_refused_model_is_rolled_back_in_one_step(learnt, models) -> None:
    made, officer = learnt
    promote(made.step.digest, [officer], WHY)
    flip(models / "triage" / made.step.digest / "head.onnx")

    steps.roll_back(officer, "Its file was altered on the disk")

    assert model_check() == f"triage {VERSION}, as it ships"
    with pytest.raises(Refused, match="nothing to roll back"):
        steps.roll_back(officer, WHY)


def test_a_challenger_learnt_beside_an_earlier_champion_is_refused(learnt, models) -> None:
    made, officer = learnt
    promote(made.step.digest, [officer], WHY)
    (models / "triage" / CHALLENGER).write_text(made.step.digest)

    with pytest.raises(Refused, match="learnt beside another model"):
        promote(made.step.digest, [officer], WHY)


def test_a_challenger_is_let_go(learnt) -> None:
    _, officer = learnt
    steps.withdraw(officer, "It is not what we wanted")

    assert in_place(CHALLENGER).digest == ""
    with pytest.raises(Refused, match="nothing challenges"):
        steps.withdraw(officer, WHY)


def test_nothing_and_too_little_are_said_in_a_line() -> None:
    with pytest.raises(NothingLearnt, match="no decision has been taken here yet"):
        learn()
    with_a_past(a_practice(), old=20, live=10)
    with pytest.raises(NothingLearnt, match=r"20 lessons about words, 50 are needed; .* wait for review"):
        learn()


def test_words_are_read_once_and_what_cannot_be_read_teaches_nothing() -> None:
    practice = a_practice()
    english = a_request(practice, text="I have had a sore throat since yesterday and a bit of a temperature")
    nothing = a_request(practice, text="?")

    readers = Readers()
    found = inputs_of([english, nothing], readers)

    assert set(found) == {english.pk}
    assert KeptInputs.objects.count() == 2
    KeptInputs.objects.filter(request=english).update(floor=0)  # what is kept is what is taken
    assert inputs_of([english], readers)[english.pk].floor == 0
    KeptInputs.objects.update(made_for="an earlier encoder")
    assert inputs_of([english], readers)[english.pk].floor == 4


def test_while_a_challenger_stands_what_was_decided_is_read_beside_the_service(quick_fit) -> None:
    practice = a_practice()
    requests = with_a_past(practice)
    officer = a_user(practice, Role.SAFETY_OFFICER)
    unread = requests[-3:]
    for request in unread:
        request.text = "I have had a sore throat since yesterday"
        request.save()
    KeptInputs.objects.filter(request__in=unread).delete()
    assert not read_next(set())  # nobody challenges: nothing is read

    made = learn()
    KeptInputs.objects.filter(request__in=unread).delete()
    assert not_read_yet() == not_read_yet(made.challenger.report.last) == 3
    with pytest.raises(Refused, match="3 decisions since its last lesson are still being read, in the background"):
        promote(made.step.digest, [officer], WHY, reads=False)

    set_aside: set = set()
    assert read_next(set_aside, most=2)
    assert read_next(set_aside)
    assert not read_next(set_aside)
    assert (not_read_yet(), set_aside) == (0, set())


def test_what_cannot_be_read_is_not_tried_again_and_again(learnt, monkeypatch) -> None:
    request = Request.objects.order_by("pk")[0]
    KeptInputs.objects.filter(request=request).delete()
    monkeypatch.setattr("preceptor.service.learning.gathering._case", lambda _: None)
    set_aside: set = set()
    assert read_next(set_aside)
    assert set_aside == {request.pk}
    assert not read_next(set_aside)


def test_a_second_round_teaches_nothing() -> None:
    practice = a_practice()
    request = with_a_past(practice, old=1, live=0)[0]
    first = Decision.objects.get()
    Decision.objects.create(
        request=request, round=2, clinician=first.clinician, urgency="emergency", handler="gp", opened=first.opened
    )

    (told,) = told_since()

    assert told.decided.final.urgency == first.urgency


def test_what_is_sent_to_others_holds_no_word_no_request_no_account(learnt) -> None:
    made, _ = learnt
    for request in Request.objects.all():
        request.text = f"zebra-striped finger {request.pk}"
        request.save()

    sent = update_of(made)

    statement = json.loads(base64.b64decode(json.loads(sent)["payload"]))
    told = json.dumps(statement)
    assert len(statement["predicate"]["moved"]["biases"]) == 5
    assert statement["predicate"]["measures"]["lessons"]["used"] == made.figures["lessons"]["used"]
    assert "zebra" not in told
    assert "user:" not in told
    for practice_code in {row.practice.ods_code for row in Request.objects.select_related("practice")}:
        assert practice_code not in told
    for key in Request.objects.values_list("pk", flat=True):
        assert str(key) not in told
