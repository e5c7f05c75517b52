"""The page of what was learnt: before and after, on what, who approved, how to undo; and what it shows to whom."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from preceptor.service.accounts.models import Role
from preceptor.service.learning import steps
from preceptor.service.learning.learning import learn
from preceptor.service.learning.presenters import alarms, live, moved_here
from preceptor.service.requests.models import Request, State
from preceptor.tools.triage import tool
from preceptor.tools.triage.card import VERSION
from service.factories import a_practice, a_request, a_user
from service.learning.pasts import with_a_past
from service.pages import as_, text_of

pytestmark = pytest.mark.django_db
WHY = "Read the figures on this page"


def page(user) -> str:
    return text_of(as_(user).get(reverse("learnt")))


def post(user, models, **said):
    read = as_(user).get(reverse("learnt")).content.decode()
    held = {name: re.search(f'name="{name}" value="([0-9a-f]*)"', read) for name in ("in_force", "challenger")}
    given = {name: found[1] if found else "" for name, found in held.items()}
    return as_(user).post(reverse("learnt"), given | {"why": WHY} | said)


def test_before_anything_is_learnt_the_page_says_so_and_offers_nothing() -> None:
    manager = a_user(a_practice(), Role.MANAGER)

    said = page(manager)

    assert f"In force: {VERSION}" in said
    assert "Nothing that was learnt here is in force" in said
    assert "preceptor learn triage" in said
    assert "There is nothing to decide" in said
    assert as_(manager).post(reverse("learnt"), {"step": "rollback", "why": WHY}).status_code == 422


def test_a_manager_reads_what_was_learnt_signs_and_undoes_it(models, quick_fit) -> None:
    practice = a_practice()
    manager, gp = a_user(practice, Role.MANAGER, first_name="Mana", last_name="Gerson"), a_user(practice)
    with_a_past(practice)
    made = learn()
    version = made.step.version

    said = page(manager)
    for words in (
        f"Challenger: {version}",
        "lessons teach: ",
        "It won its challenge",
        "Acceptable advice",
        "Emergencies called one",
        "synthetic requests that nothing was learnt from",
        "100 decisions were taken after its last lesson",
        "Of these the random audit judged 100",
        f"Put {version} in force",
    ):
        assert words in said, words
    assert re.search(r"\d+\.\d% \(\d+\.\d to \d+\.\d\) \d+ of \d+", said)  # each with its n and its interval
    assert "Sign and do it" not in page(gp)
    assert as_(gp).post(reverse("learnt"), {"step": "promote", "why": WHY}).status_code == 403

    stale = as_(manager).post(reverse("learnt"), {"step": "promote", "why": WHY, "challenger": "0" * 64})
    assert stale.status_code == 422
    assert "Another model stands here meanwhile" in text_of(stale)
    assert "Say why in at least 10 characters" in text_of(post(manager, models, step="promote", why="ok"))
    assert "Choose what is to be done" in text_of(post(manager, models))
    assert tool.card.version == VERSION

    assert post(manager, models, step="promote").status_code == 302
    assert tool.card.version == version
    said = page(manager)
    assert f"put in force by Mana Gerson: “{WHY}”" in said
    assert f"It took the place of {VERSION}" in said
    assert "Nothing challenges the model in force" in said

    assert post(manager, models, step="rollback", why="Too many same days").status_code == 302
    assert tool.card.version == VERSION
    assert "rolled back to by Mana Gerson: “Too many same days”" in page(gp)


def test_an_altered_model_is_told_at_the_top(models) -> None:
    practice = a_practice()
    manager = a_user(practice, Role.MANAGER)
    (models / "triage").mkdir(parents=True)
    (models / "triage" / "in_force").write_text("0" * 64)

    assert "is refused, and the one that ships advises in its place" in page(manager)
    assert post(manager, models, step="rollback").status_code == 302
    assert "is refused" not in page(manager)


def a_case(request: Request, before: str, after: str, truth: str | None = None) -> dict[str, str | None]:
    return {
        "request": str(request.pk), "practice": request.practice.ods_code, "before": before, "after": after,
        "decided": "soon", "truth": truth,
    }  # fmt: skip


def test_cases_that_moved_are_this_practices_and_only_while_they_stay_decided() -> None:
    practice, other = a_practice(), a_practice()
    mine = [a_request(practice, text=f"case {n}", state=State.DECIDED) for n in range(3)]
    open_again = a_request(practice, text="opened again", state=State.IN_REVIEW)
    theirs = a_request(other, text="of another practice", state=State.DECIDED)
    cases = [
        a_case(mine[0], "soon", "same_day", "same_day"), a_case(mine[1], "soon", "emergency", "soon"),
        a_case(mine[2], "soon", "routine"), a_case(open_again, "soon", "same_day"),
        a_case(theirs, "soon", "same_day"),
    ]  # fmt: skip
    challenge = {"live_cases": {"cases": cases}}

    raised, lowered = (moved_here(challenge, practice, way) for way in ("raised", "lowered"))

    assert [(case.words, case.before, case.after, case.right, case.verdict) for case in raised] == [
        ("case 0", "Soon", "Same day", "Same day", "better"),
        ("case 1", "Soon", "Emergency", "Soon", "worse"),
    ]
    assert [(case.words, case.right) for case in lowered] == [("case 2", "not audited; decided: Soon")]


def test_an_alarm_names_people_of_this_practice_alone() -> None:
    practice = a_practice()
    here, there = a_user(practice), a_user(a_practice())
    told = [
        {"kind": "one answer to everything", "accounts": [f"user:{who.pk}"], "words": "30 of 30", "set_aside": True}
        for who in (here, there)
    ]

    said = alarms({"alarms": told}, practice)

    assert said == [
        f"{here.shown_name} (user:{here.pk}): one answer to everything. 30 of 30. "
        "Their lessons are set aside until somebody has looked.",
        "1 of other practices of this installation, which are told there.",
    ]


def test_live_traffic_without_an_audit_is_no_evidence() -> None:
    said = live({"live_cases": {"n": 12, "raised": 1, "lowered": 2}, "live": None})

    assert said[1] == "The random audit has judged none of them yet."


def test_the_steps_name_no_password_and_no_patient() -> None:
    officer = a_user(a_practice(), Role.SAFETY_OFFICER)
    steps.note("learnt", "ab" * 32, "", [officer], "", {"lessons": {}, "challenge": {}})

    assert "Learnt: 0.3.0+abababababab" in page(officer).replace(VERSION, "0.3.0")
