"""`preceptor learn`, `promote` and `rollback` as a stranger uses them: one clear line where something is amiss."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from typer.testing import CliRunner

from preceptor.cli import app
from preceptor.service.accounts.models import Role
from preceptor.tools.triage import tool
from preceptor.tools.triage.card import VERSION
from service.factories import PASSWORD, a_practice, a_user
from service.learning.pasts import with_a_past

pytestmark = pytest.mark.django_db
WHY = "Read the figures it printed"


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, list(words))
    return done.exit_code, done.output


def refused(*words: str) -> str:
    code, said = run(*words)
    assert code == 2, said
    (line,) = said.splitlines()
    return line.removeprefix("preceptor: ")


def test_learnt_tried_put_in_force_and_rolled_back(tmp_path: Path, quick_fit: None) -> None:
    practice = a_practice()
    manager = a_user(practice, Role.MANAGER, username="manager")
    with_a_past(practice)
    export = tmp_path / "update.json"

    code, said = run("learn", "triage", "--export", str(export))

    assert code == 0, said
    assert "lessons: " in said
    assert "Less urgent than any acceptable answer: " in said
    assert "It has won its challenge." in said
    assert (
        "What the record answers:\n  An appointment up to 1 day away answers a request for the same day, as before"
        in said
    )
    assert json.loads(export.read_text())["payloadType"] == "application/vnd.in-toto+json"
    assert tool.card.version == VERSION
    signed = ("--by", "manager", "--password", PASSWORD, "--why", WHY)
    assert "no account is called manager, or that is not its password" in refused(
        "promote", "triage", "--by", "manager", "--password", "guessed wrongly", "--why", WHY
    )
    code, said = run("promote", "triage", *signed, "--json")
    assert (code, json.loads(said)["what"]) == (0, "promoted")
    assert tool.card.version == json.loads(said)["version"] != VERSION
    code, said = run("rollback", "triage", *signed)
    assert (code, said) == (
        0, f"triage {VERSION} is in force again. It is in the ledger under the name of {manager.shown_name}.\n"
    )  # fmt: skip
    assert "nothing to roll back" in refused("rollback", "triage", *signed)


def test_learnt_as_on_an_earlier_day_all_that_came_since_is_kept_for_the_contest(quick_fit: None) -> None:
    with_a_past(a_practice())
    day = timezone.localtime() - timedelta(days=30)

    code, said = run("learn", "triage", "--until", f"{day:%Y-%m-%d}")

    assert code == 0, said
    assert f"were given in the 14 days before {day:%-d %B %Y} or since, and are kept for the contest." in said


def test_what_is_wrong_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    a_user(a_practice(), Role.GP, username="gp")
    gp = ("--by", "gp", "--password", PASSWORD, "--why", WHY)
    for words, line in (
        (("learn", "triag"), "no tool is called 'triag'; there are: triage"),
        (("learn", "triage"), "no decision has been taken here yet, so there is nothing to learn from"),
        (("learn", "triage", "--export", str(tmp_path / "no" / "x")), f"there is no folder {tmp_path / 'no'}"),
        (("learn", "triage", "--clear", "user:1"), "--clear lets an account teach again"),
        (("promote", "triage"), "a named person puts a model in force: say who with --by USERNAME"),
        (("promote", "triage", "--by", "nobody", "--password", "x"), "no account is called nobody"),
        (("promote", "triage", *gp), "gp may not approve: the practice manager or the clinical safety officer does"),
        (("promote", "triage", "--by", "gp"), "the password of gp is needed"),
        (("promote", "triage", "--by", "gp", "--password", "a", "--password", "b"), "more passwords than names"),
        (("rollback", "triage"), "one named person rolls back"),
        (("rollback", "triage", *gp), "gp may not"),
    ):
        assert line in refused(*words), words


def test_too_few_decisions_are_said_with_how_many_there_are() -> None:
    with_a_past(a_practice(), old=20, live=10)

    assert refused("learn", "triage").startswith("20 lessons about words, 50 are needed; 20 more are younger than 14")
