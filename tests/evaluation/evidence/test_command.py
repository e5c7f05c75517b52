"""The commands, from a key to a transfer; and what cannot be done is one line and exit code 2."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from evaluation.evidence.conftest import Made, labelled
from evaluation.parrot import Parrot
from preceptor import tools
from preceptor.cli import app

Room = Callable[..., Result]


@pytest.fixture
def preceptor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parrot: Parrot) -> Room:
    """Run a command in a folder of its own, where the parrot is installed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PRECEPTOR_SIGNING_KEY", raising=False)
    monkeypatch.setattr(tools, "found", lambda: {"parrot": parrot})

    def run(*words: str, **environment: str) -> Result:
        return CliRunner().invoke(app, words, env=environment)

    return run


@pytest.fixture
def signed(preceptor: Room, file_of: Callable[..., Path]) -> Room:
    """The same, after a key, a registration and a signed evaluation."""
    Path("thresholds.json").write_text('{"acceptable": {"at_least": 0.5}}')
    file_of(*labelled(80, 8), name="there.jsonl")
    assert preceptor("evidence", "key", "--out", "key.pem").exit_code == 0
    register = ("evidence", "register", "parrot", "--thresholds", "thresholds.json", "--out", "registration.json")
    assert preceptor(*register, "--key", "key.pem", "--by", "The safety officer").exit_code == 0
    ran = preceptor(
        *("evaluate", "parrot", "there.jsonl", "--out", "evidence.json", "--registered", "registration.json"),
        PRECEPTOR_SIGNING_KEY="key.pem",
    )
    assert ran.exit_code == 0, ran.output
    assert "acceptable            at least 50.0%    72 of 80: passed" in ran.stdout
    return preceptor


def test_evidence_is_registered_measured_verified_and_compared(signed: Room, file_of: Callable[..., Path]) -> None:
    ran = signed("evidence", "verify", "evidence.json", "--trust", "key.pem.pub", "--data", "there.jsonl")
    assert ran.exit_code == 0
    assert "Proven: parrot@1 was measured on 80 requests" in ran.stdout
    assert signed("evidence", "verify", "registration.json").exit_code == 0

    told = json.loads(signed("evidence", "verify", "evidence.json", "--json").stdout)
    assert (told["proven"], told["altered"]) == (True, [])

    file_of(*labelled(60, 6), name="here.jsonl")
    ran = signed("evidence", "transfer", "evidence.json", "here.jsonl")
    assert ran.exit_code == 1  # not enough evidence is no pass
    assert "The evidence: not enough evidence" in ran.stdout
    file_of(*labelled(60, 60), name="worse.jsonl")
    told = json.loads(signed("evidence", "transfer", "evidence.json", "worse.jsonl", "--json").stdout)
    assert told["answer"] == "does not carry over"

    ran = signed("evidence", "card", "parrot", "--format", "chai", "--evidence", "evidence.json")
    assert ran.exit_code == 0
    assert "estimate_ci" in ran.stdout


def test_evidence_carries_over_between_sites_that_are_alike(preceptor: Room, file_of: Callable[..., Path]) -> None:
    def emergencies(n: int) -> list[dict[str, object]]:
        return [{"id": f"e{i}", "text": "emergency", "label": "emergency"} for i in range(n)]

    file_of(*labelled(600, 0), *emergencies(100), name="there.jsonl")
    file_of(*labelled(500, 0), *emergencies(90), name="here.jsonl")
    assert preceptor("evidence", "key", "--out", "key.pem").exit_code == 0
    preceptor("evaluate", "parrot", "there.jsonl", "--out", "evidence.json", "--key", "key.pem")

    ran = preceptor("evidence", "transfer", "evidence.json", "here.jsonl", "--trust", "key.pem.pub")

    assert "The evidence: carries over within the margin" in ran.stdout
    assert ran.exit_code == 0
    assert "no thresholds were registered" in preceptor("evidence", "verify", "evidence.json").stdout


def test_what_was_altered_is_named_and_nothing_is_compared_with_it(signed: Room) -> None:
    content = Path("evidence.json").read_text()
    Path("evidence.json").write_text(content.replace('"keyid": "sha256:', '"keyid": "sha256;'))

    ran = signed("evidence", "verify", "evidence.json")
    assert (ran.exit_code, "NOT PROVEN: keyid" in ran.stdout) == (1, True)
    ran = signed("evidence", "transfer", "evidence.json", "there.jsonl")
    assert (ran.exit_code, ran.stdout) == (1, "")
    assert "NOT PROVEN: keyid" in ran.stderr
    assert signed("evidence", "card", "parrot", "--evidence", "evidence.json").exit_code == 1


def test_without_a_key_the_figures_are_written_as_before_and_said_to_be_unsigned(preceptor: Room, made: Made) -> None:
    ran = preceptor("evaluate", "parrot", str(made.data), "--out", "plain.json", "--json")

    assert json.loads(ran.stdout) == json.loads(Path("plain.json").read_text())
    assert ran.stderr.strip() == "plain.json is not signed: nobody else can rely on it (--key signs it)"


REGISTER = ["evidence", "register", "parrot", "--out", "x.json", "--thresholds"]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["evidence", "key", "--out", "key.pem"], "never written over"),
        (["evidence", "key", "--out", "nofolder/key.pem"], "there is no folder nofolder"),
        ([*REGISTER, "thresholds.json"], "a registration is signed"),
        ([*REGISTER, "thresholds.json", "--key", "nokey.pem"], "cannot be read"),
        ([*REGISTER, "thresholds.json", "--key", "key.pem.pub"], "holds no signing key"),
        ([*REGISTER, "nothing.json", "--key", "key.pem"], "nothing.json cannot be read"),
        ([*REGISTER, "there.jsonl", "--key", "key.pem"], "is not JSON"),
        ([*REGISTER, "evidence.json", "--key", "key.pem"], "'payload' is none of acceptable"),
        ([*REGISTER, "upside_down.json", "--key", "key.pem"], "under_triage needs at_most"),
        (["evidence", "register", "nobody", "--thresholds", "thresholds.json", "--out", "x", "--key", "key.pem"],
         "no tool is called 'nobody'"),
        (["evidence", "verify", "nothing.json"], "nothing.json"),
        (["evidence", "verify", "plain.json"], "it is not signed"),
        (["evidence", "verify", "evidence.json", "--trust", "key.pem"], "holds no public key"),
        (["evidence", "verify", "evidence.json", "--data", "nothing.jsonl"], "nothing.jsonl"),
        (["evidence", "transfer", "evidence.json", "there.jsonl"], "the very file"),
        (["evidence", "transfer", "evidence.json", "nothing.jsonl"], "cannot be read"),
        (["evidence", "transfer", "registration.json", "there.jsonl"], "holds no results"),
        (["evidence", "card", "nobody"], "no tool is called 'nobody'"),
        (["evidence", "card", "parrot", "--evidence", "registration.json"], "holds no results of parrot"),
        (["evaluate", "parrot", "there.jsonl", "--registered", "registration.json"], "give --key and --out"),
        (["evaluate", "parrot", "there.jsonl", "--out", "x.json", "--key", "key.pem", "--registered", "evidence.json"],
         "not a registration"),
        (["evaluate", "parrot", "there.jsonl", "--out", "x.json", "--key", "nokey.pem"], "cannot be read"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_one_line(signed: Room, words: list[str], why: str) -> None:
    Path("upside_down.json").write_text('{"under_triage": {"at_least": 0.5}}')
    signed("evaluate", "parrot", "there.jsonl", "--out", "plain.json")

    ran = signed(*words)

    assert ran.exit_code == 2, ran.output
    (line,) = ran.stderr.strip().splitlines()
    assert line.startswith("preceptor: ")
    assert why in line
