"""A tool that hangs, crashes or talks nonsense takes nothing with it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from preceptor.advice import Advice, Case, Effect, Handler, Kind, Reason, RedFlag, Request, Span, Urgency
from preceptor.learning import artefacts
from preceptor.service.requests.answers import Unreadable, advice_from, advice_to
from preceptor.service.requests.toolbox import Toolbox, ToolFailed
from preceptor.tools.triage.card import VERSION
from preceptor.tools.triage.model.judging import ARTEFACT
from preceptor.tools.triage.model.learnt import shipped


def a_case(words: str) -> Case:
    return Case(id="c1", as_of=datetime(2026, 11, 16, tzinfo=UTC), request=Request(words))


def test_a_tool_answers_from_a_process_of_its_own(faulty_toolbox: Toolbox) -> None:
    assert faulty_toolbox.ask("faulty", a_case("well")).option == "soon"
    assert {"faulty", "triage"} <= set(faulty_toolbox.cards)
    assert set(faulty_toolbox.missing) == {"absent"}


def test_the_time_for_an_answer_counts_from_when_a_tool_is_ready(faulty_toolbox: Toolbox) -> None:
    # Loading the model takes longer than this toolbox gives an answer: it is done before anything is asked.
    assert faulty_toolbox.ask("triage", a_case("sore throat for two days")).option == "self_care"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("raise", r"^RuntimeError at faulty_tools.py:\d+$"),
        ("die", "stopped in the middle"),
        ("hang", "no answer within 1 seconds"),
        ("nonsense", "its advice cannot be used: 2 things are wrong with it"),
        ("words of its own", "its advice cannot be used: one thing is wrong with it"),
        ("memory", "MemoryError"),
        ("write", "FileNotFoundError|OSError"),
        ("huge", "its advice is too long"),
        ("half a letter", "cannot be written down"),
        ("nul", "a part of it is not what"),
        ("an object", "cannot be written down"),
        ("no number", "cannot be written down"),
        ("no mapping", "AttributeError at answers.py"),
        ("a path", "gave something that is no advice"),
        ("kind", "a part of it is not what"),
    ],
)
def test_a_tool_that_goes_wrong_is_a_failure_in_words_and_the_next_case_is_answered(
    faulty_toolbox: Toolbox, words: str, why: str
) -> None:
    with pytest.raises(ToolFailed, match=why):
        faulty_toolbox.ask("faulty", a_case(words))
    assert faulty_toolbox.ask("faulty", a_case("well")).option == "soon"


def test_a_tool_that_is_not_there_is_a_failure(faulty_toolbox: Toolbox) -> None:
    with pytest.raises(ToolFailed, match="is not installed"):
        faulty_toolbox.ask("absent", a_case("well"))


def test_what_a_failure_says_holds_nothing_of_the_patients_or_the_tools_words(faulty_toolbox: Toolbox) -> None:
    for words in ("raise SECRETWORD", "words of its own"):
        with pytest.raises(ToolFailed) as failure:
            faulty_toolbox.ask("faulty", a_case(words))
        assert "SECRETWORD" not in str(failure.value)
        assert "self_care" not in str(failure.value)


def test_any_mapping_will_do(faulty_toolbox: Toolbox) -> None:
    assert faulty_toolbox.ask("faulty", a_case("read only")).option == "soon"


def test_a_tool_is_not_told_where_the_database_is(faulty_toolbox: Toolbox) -> None:
    assert faulty_toolbox.ask("faulty", a_case("secrets")).option == "soon"


def test_what_a_tool_prints_reaches_no_log(faulty_toolbox: Toolbox, capfd: pytest.CaptureFixture[str]) -> None:
    assert faulty_toolbox.ask("faulty", a_case("print SECRETWORD")).option == "soon"
    assert "SECRETWORD" not in "".join(capfd.readouterr())


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_what_a_tool_started_is_ended_with_it(faulty_toolbox: Toolbox) -> None:
    mark = uuid.uuid4().hex
    with pytest.raises(ToolFailed, match="no answer"):
        faulty_toolbox.ask("faulty", a_case(f"fork {mark}"))
    assert gone(lambda: running(mark))


@pytest.mark.skipif(sys.platform != "linux", reason="needs prctl")
def test_a_busy_tool_does_not_outlive_an_assessor_that_was_killed() -> None:
    """The tools' process dies with the process that started it, whatever it is doing."""
    program = (
        "import os, time; from preceptor.service.requests.toolbox import Toolbox;"
        "box = Toolbox(60); box.start(); print(box._child.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as assessor:  # noqa: S603
        assert assessor.stdout
        tools = int(assessor.stdout.readline())
        os.kill(tools, signal.SIGSTOP)  # deaf to its pipe, as one that computes is
        assessor.kill()
    assert gone(lambda: is_alive(tools))


def gone(there: Callable[[], object]) -> bool:
    """A process that was killed takes a moment to go: true when it has, within ten seconds."""
    for _ in range(200):
        if not there():
            return True
        time.sleep(0.05)
    return False


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def running(mark: str) -> list[str]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (folder / "cmdline").read_bytes() and is_alive(int(folder.name)):
                found.append(folder.name)
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def test_numbers_come_back_as_they_were_given() -> None:
    third = 1 / 3
    advice = Advice(
        case="c", tool="t", version="1", option="a", scale=("a", "b", "c"), prediction_set=("a",),
        probabilities={"a": third, "b": third, "c": 1 - 2 * third},
        red_flags=(RedFlag("r", "R", Urgency.EMERGENCY, "Call", (Span(0, 1),), ("Condition/1",)),),
        reasons=(Reason("because", Effect.LOWERS, Span(1, 2), "Condition/1", "rule"),),
        not_considered=("photographs",), kind=Kind.RESULTS, handler=Handler.NURSE,
    )  # fmt: skip
    assert advice_from(json.loads(json.dumps(advice_to(advice)))) == advice


@pytest.mark.parametrize("said", [None, [], "advice", {}, {"case": 1}, {"case": "c", "tool": None}])
def test_what_is_no_advice_is_said_to_be_unreadable(said: object) -> None:
    with pytest.raises(Unreadable):
        advice_from(said)


def test_a_model_that_challenges_is_asked_beside_the_one_in_force_and_heeded_when_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRECEPTOR_MODELS", str(tmp_path / "models"))
    head = (ARTEFACT / "head.onnx").read_bytes()
    with Toolbox(20.0) as toolbox:
        assert toolbox.challengers == {}
        digest = artefacts.keep(tmp_path / "models", "triage", head, shipped(), {"parent": ""})
        toolbox.heed_models()
        assert toolbox.cards["triage"].version == VERSION
        assert toolbox.challengers["triage"].version == f"{VERSION}+{digest[:12]}"
        assert toolbox.ask("triage", a_case("my knee is sore")).version == VERSION
        assert toolbox.ask_challenger("triage", a_case("my knee is sore")).version == f"{VERSION}+{digest[:12]}"

        artefacts.approve(tmp_path / "models", "triage", digest, {"approved_by": ["Dr Gee Demoworth"]})
        toolbox.heed_models()
        assert toolbox.ask("triage", a_case("my knee is sore")).version == f"{VERSION}+{digest[:12]}"
        assert toolbox.challengers == {}
