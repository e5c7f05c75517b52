"""Practices send updates, somebody pools them, and a practice takes the new starting point through its own contest."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from preceptor.cli import app
from preceptor.learning.starting import what_ships
from preceptor.learning.updates import Update, write_update
from preceptor.service.accounts.models import Role
from preceptor.service.learning.learning import learn, promote, the_champion, update_of
from preceptor.signing import make_key, private_key
from preceptor.tools.triage.card import VERSION
from service.factories import a_practice, a_user
from service.learning.pasts import with_a_past

pytestmark = pytest.mark.django_db


@dataclass
class Group:
    """Four practices that sent updates, and who keeps the shared model for them."""

    updates: list[Path]
    keys: Path
    keeper: Path
    out: Path

    def pool(self, *more: str) -> tuple[int, str]:
        words = ("pool", "triage", *map(str, self.updates), "--trust", str(self.keys), "--key", str(self.keeper))
        done = CliRunner().invoke(app, [*words, "--out", str(self.out), *more])
        return done.exit_code, done.output


@pytest.fixture
def group(tmp_path: Path) -> Group:
    keys = tmp_path / "keys"
    keys.mkdir()
    start = what_ships()[0]
    updates = []
    for at, name in enumerate(("north", "south", "east", "west")):
        make_key(keys / name)
        luck = np.random.default_rng([5, at])
        moved = Update("", luck.normal(0, 0.002, start.stage.slopes.shape), luck.normal(0, 0.002, 5), 0.06, 300)
        updates.append(tmp_path / f"{name}.json")
        updates[-1].write_bytes(write_update("triage", VERSION, moved, start.foundation, {}, private_key(keys / name)))
    make_key(tmp_path / "keeper")
    return Group(updates, keys, tmp_path / "keeper", tmp_path / "start.json")


def test_pooled_taken_up_won_put_in_force_and_learnt_from_again(group: Group, quick_fit: None) -> None:
    code, said = group.pool("--by", "Keeper of the group")
    assert code == 0, said
    assert said.count("of the weight, from 300 lessons") == 4
    assert "is the new starting point" in said

    practice = a_practice()
    manager = a_user(practice, Role.MANAGER)
    with_a_past(practice, old=2, live=110)
    done = CliRunner().invoke(
        app, ["learn", "triage", "--from", str(group.out), "--trust", f"{group.keeper}.pub", "--json"]
    )
    assert done.exit_code == 0, done.output
    told = json.loads(done.output)
    start = told["lessons"]["start"]
    assert told["lessons"]["pooled_from"] == 4
    assert told["lessons"]["used"] > 0  # the fit of these tests takes two lessons
    promote(told["digest"], [manager], "Read the figures on the page")
    assert the_champion().start == start

    again = learn()

    # From the starting point once more, not from the champion: no lesson counts twice.
    assert again.start.digest == start
    assert (again.challenger.fitted.slopes == again.start.stage.slopes).all()
    sent = json.loads(base64.b64decode(json.loads(update_of(again))["payload"]))["predicate"]
    assert sent["start"] == start


def test_with_too_few_lessons_the_start_itself_is_the_challenger_and_nothing_can_be_sent(group: Group) -> None:
    group.pool()
    with_a_past(a_practice(), old=5, live=95)
    words = ["learn", "triage", "--from", str(group.out), "--trust", f"{group.keeper}.pub"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    assert "is the new starting point as it is: too few lessons are ripe here" in done.output
    assert "pooled from the updates of 4 practices" in done.output
    done = CliRunner().invoke(app, [*words, "--export", str(group.out.with_name("mine.json"))])
    assert done.exit_code == 2
    assert "nothing was learnt here that could be sent" in done.output


def test_what_was_pooled_can_be_pooled_upon(group: Group, tmp_path: Path) -> None:
    assert group.pool()[0] == 0
    first = group.out
    group.out = tmp_path / "second.json"
    code, said = group.pool("--from", str(first))
    assert code == 2
    assert "it starts from the model that ships, and not from the starting point" in said
    assert group.pool("--from", str(tmp_path / "north.json"))[0] == 2


def test_an_update_that_hurts_is_named_and_exits_1(group: Group) -> None:
    start = what_ships()[0]
    hostile = Update("", np.zeros_like(start.stage.slopes), np.array([-6.0, 0, 0, 0, 0]), 0.5, 9_000)
    key = private_key(group.keys / "west")
    group.updates[3].write_bytes(write_update("triage", VERSION, hostile, start.foundation, {}, key))
    code, said = group.pool("--json")
    assert code == 1
    told = {each["practice"]: each for each in json.loads(said)["updates"]}
    assert "emergencies" in told["west"]["alarm"]
    assert told["west"]["weight"] == 0 < told["north"]["weight"] <= 0.05
    assert group.out.exists()  # of the other three


def test_what_is_amiss_is_one_line_that_names_the_file(group: Group, tmp_path: Path) -> None:
    def refused(*more: str) -> str:
        code, said = group.pool(*more)
        assert code == 2, said
        (line,) = said.splitlines()
        assert not group.out.exists()
        return line

    content = group.updates[0].read_bytes()
    group.updates[0].write_bytes(content[:400] + bytes([content[400] ^ 1]) + content[401:])
    assert refused().startswith(f"preceptor: {group.updates[0]}: ")
    group.updates[0].write_bytes(content)
    (group.keys / "south.pub").unlink()
    assert "whose .pub is not among the keys that you trust" in refused()
    group.updates = [group.updates[0], group.updates[0], group.updates[2]]
    assert "signed two updates" in refused()
    group.updates = group.updates[1:]
    assert "there are 2 updates, 3 are needed" in refused()
    group.updates = [tmp_path / "gone.json"]
    assert "cannot read or write" in refused()
    for words, line in (
        (["pool", "triag", "x"], "no tool is called 'triag'"),
        (["pool", "triage", "x"], "say with --out where"),
        (["learn", "triage", "--trust", f"{group.keeper}.pub"], "there is no --from"),
        (["learn", "triage", "--from", f"{group.keeper}.pub"], "give with --trust the public keys"),
        (["learn", "triage", "--from", str(group.keeper), "--trust", f"{group.keeper}.pub"], "not a signed envelope"),
        (["learn", "triage", "--until", "2999-01-01"], "is yet to come"),
    ):
        done = CliRunner().invoke(app, words)
        assert done.exit_code == 2, words
        assert line in done.output, words
