"""`preceptor advise triage`: lines of JSON in, lines of JSON out, in the same order."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from preceptor.advice import URGENCIES, Advice, Card, Case
from preceptor.tools.jsonl import advise_lines, lines_as_they_come
from preceptor.tools.triage import tool

COMMAND = [sys.executable, "-c", "from preceptor.cli import app; app()", "advise", "triage"]
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
STATED = "id urgency probabilities set red_flags reasons not_considered kind handler tool version"
KEYS = set(STATED.split())


def answers(*lines: str | bytes) -> list[dict[str, Any]]:
    return list(advise_lines(lines, tool, NOW))


def command(text: str, *, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own command
        COMMAND,
        input=text, capture_output=True, text=True, check=False, cwd=cwd,
    )  # fmt: skip


def test_a_line_in_gives_a_line_out_with_every_key_of_the_contract() -> None:
    done = command('{"id": "r1", "text": "Crushing pain in my chest", "age": 54, "sex": "female"}\n')
    (answer,) = (json.loads(line) for line in done.stdout.splitlines())
    assert done.returncode == 0
    assert set(answer) == KEYS
    assert (answer["id"], answer["urgency"], answer["tool"], answer["kind"]) == (
        "r1",
        "emergency",
        "triage",
        "clinical",
    )
    assert list(answer["probabilities"]) == [str(urgency) for urgency in URGENCIES]
    assert abs(sum(answer["probabilities"].values()) - 1) < 1e-4
    (flag,) = answer["red_flags"]
    assert (flag["id"], flag["span"]) == ("RF009", [0, 25])
    assert answer["set"] == ["emergency"]


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("not json", "not JSON"),
        ('{"id": "x", "text": "a', "not JSON"),
        ("[1, 2]", "not a JSON object"),
        ('{"id": "x"}', "no text"),
        ('{"id": "x", "text": 5}', "text is not a string"),
        ('{"id": "x", "text": "a", "age": -1}', "age -1 is not between"),
        ('{"id": "x", "text": "a", "age": "54"}', "age is not a number"),
        ('{"id": "x", "text": "a", "age": NaN}', "not JSON"),
        ('{"id": "x", "text": "a", "age": true}', "age is not a number"),
        ('{"id": "x", "text": "a", "sex": "f"}', "sex 'f' is none of"),
        ('{"id": "x", "text": "a", "record": "nowhere.json"}', "record nowhere.json is not there"),
        ('{"id": "x", "text": "a", "record": 4}', "record is not a path"),
        ('{"id": "x", "text": "a", "as_of": "soon"}', "is not a moment"),
        (b'{"id": "x", "text": "\xff"}', "not UTF-8"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_a_bad_line_gives_an_error_in_its_place_and_the_run_goes_on(line: str | bytes, error: str) -> None:
    good = '{"id": "good", "text": "sore throat"}'
    first, bad, last = answers(good, line, good)
    assert error in bad["error"]
    assert set(bad) == {"id", "error"}
    assert first == last
    assert first["urgency"] == "self_care"


def test_the_exit_code_tells_whether_every_line_was_good() -> None:
    done = command('{"text": "sore throat"}\n\nnot json\n{"id": 3, "text": "cough"}\n')
    first, second, third = (json.loads(line) for line in done.stdout.splitlines())
    assert done.returncode == 1
    assert (first["id"], second["id"], third["id"]) == (None, None, 3)
    assert "error" in second


def test_a_tool_that_is_not_there_is_bad_input() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from preceptor.cli import app; app()", "advise", "nobody"],
        input="", capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "triage" in done.stderr


def test_the_record_is_read_from_a_bundle(tmp_path: Path) -> None:
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [
            {"resource": {"resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "1950-01-01"}},
            {
                "resource": {
                    "resourceType": "MedicationRequest", "id": "m1", "status": "active", "intent": "order",
                    "authoredOn": "2026-10-20", "subject": {"reference": "Patient/p1"},
                    "medicationCodeableConcept": {"text": "Apixaban 5mg tablets"},
                }
            },
        ],
    }  # fmt: skip
    (tmp_path / "bundle.json").write_text(json.dumps(bundle), "utf-8")
    line = {"id": "r1", "text": "I banged my head", "record": "bundle.json", "as_of": "2026-11-02T09:00:00Z"}
    done = command(json.dumps(line) + "\n", cwd=tmp_path)
    answer = json.loads(done.stdout)
    assert answer["urgency"] == "emergency"
    assert [flag["events"] for flag in answer["red_flags"]] == [["MedicationRequest/m1"]]
    (tmp_path / "bundle.json").write_text("{", "utf-8")
    assert "error" in json.loads(command(json.dumps(line) + "\n", cwd=tmp_path).stdout)


def test_lines_are_answered_one_at_a_time() -> None:
    def endless() -> Any:
        while True:
            yield '{"text": "sore throat"}'

    stream = advise_lines(endless(), tool, NOW)
    assert [next(stream)["urgency"] for _ in range(3)] == ["self_care"] * 3


class ReadsAhead:
    """Triage, which tells what it was asked to read ahead."""

    def __init__(self, fails: bool = False) -> None:
        self.fails, self.ahead = fails, list[int]()

    @property
    def card(self) -> Card:
        return tool.card

    def read_ahead(self, cases: Sequence[Case]) -> None:
        self.ahead.append(len(cases))
        if self.fails:
            raise OSError("the disk is gone")

    def advise(self, case: Case) -> Advice:
        return tool.advise(case)


@pytest.mark.parametrize("fails", [False, True])
def test_what_is_read_ahead_changes_no_answer(fails: bool) -> None:
    lines = [json.dumps({"id": str(at), "text": f"sore throat for {at} days"}) for at in range(1, 40)] + ["no request"]
    asked = ReadsAhead(fails)
    together = list(advise_lines(lines, asked, NOW))
    assert sum(asked.ahead) == 39
    assert len(asked.ahead) == 2, "a long file is not held in memory"
    assert together == [answer for line in lines for answer in answers(line)]


def test_a_line_that_has_come_is_answered_before_the_next_is_sent() -> None:
    pipe = subprocess.PIPE
    with subprocess.Popen(COMMAND, stdin=pipe, stdout=pipe, text=True) as process:  # noqa: S603 - our own command
        assert process.stdin is not None
        assert process.stdout is not None
        for number in ("r1", "r2"):
            process.stdin.write(json.dumps({"id": number, "text": "sore throat"}) + "\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == number
        process.stdin.close()
    assert process.returncode == 0


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize("text", [b"", b"one", b"one\n", b"one\ntwo", b"\n\none\n\nt\r\nthree\n"])
def test_lines_are_whole_however_they_come(text: bytes, size: int) -> None:
    class Trickle(io.BytesIO):
        def read1(self, _: int | None = -1, /) -> bytes:
            return super().read1(size)

    come = [line for lines in lines_as_they_come(Trickle(text)) for line in lines]
    assert [line for line in come if line] == [line for line in text.split(b"\n") if line]


def test_the_same_lines_give_the_same_bytes_in_another_process() -> None:
    text = (
        '{"id": "r1", "text": "dizzy, sore knee, repeat prescription, chest pain and a rash", "as_of": "2026-11-02"}\n'
    )
    assert command(text).stdout == command(text).stdout
