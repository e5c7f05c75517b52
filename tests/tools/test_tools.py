"""Tools are found by entry point: ours, and anybody's."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from preceptor.advice import Case, Tool
from preceptor.tools import broken, found
from preceptor.tools.conformance import AS_OF, cases, check, failures_of
from tools.plugins import install

PAPERWORK = Path(__file__).parents[1] / "plugins" / "paperwork"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder where a stranger's package can be installed for one test."""
    monkeypatch.syspath_prepend(str(tmp_path))
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        if getattr(sys.modules[name], "__file__", None) and str(tmp_path) in str(sys.modules[name].__file__):
            del sys.modules[name]


def write_plugin(site: Path, name: str, code: str, points: str | None = None) -> None:
    (site / f"{name}.py").write_text(code, "utf-8")
    info = site / f"{name}-1.0.dist-info"
    info.mkdir()
    info.joinpath("METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", "utf-8")
    info.joinpath("entry_points.txt").write_text(f"[preceptor.tools]\n{points or f'{name} = {name}:tool'}\n", "utf-8")


def test_a_strangers_tool_is_found_beside_ours_and_gives_advice(site: Path) -> None:
    install(PAPERWORK, site)
    tools = found()
    assert {"triage", "paperwork"} <= set(tools)
    assert all(isinstance(tool, Tool) for tool in tools.values())
    case = next(iter(cases()))
    assert tools["paperwork"].advise(case).option == "other"


def test_ours_keeps_to_what_every_tool_must() -> None:
    assert check("triage") == []


def test_the_strangers_tool_keeps_to_it_too(site: Path) -> None:
    install(PAPERWORK, site)
    assert check("paperwork") == []


def test_a_stranger_can_be_asked_on_the_command_line(site: Path) -> None:
    install(PAPERWORK, site)
    done = subprocess.run(
        [sys.executable, "-c", "from preceptor.cli import app; app()", "advise", "paperwork"],
        input='{"id": "r1", "text": "A sick note please"}\n', capture_output=True, text=True, check=True,
        env={"PYTHONPATH": str(site), "PATH": ""},
    )  # fmt: skip
    assert json.loads(done.stdout)["option"] == "paperwork"


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("raise RuntimeError('no licence')", "RuntimeError: no licence"),
        ("import not_there_at_all", "ModuleNotFoundError"),
        ("nothing = 1", "AttributeError"),
        ("tool = 3", "it has no card or no advise(case)"),
        ("class tool:\n    card = None\n    def advise(self, case): ...", "names a class"),
        ("class T:\n    card = None\n    def advise(self, case): ...\ntool = T()", "its card is not a Card"),
    ],
)
def test_a_broken_plug_in_is_named_and_takes_nobody_down(
    site: Path, code: str, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    write_plugin(site, "faulty", code)
    assert "triage" in found()
    assert "faulty" not in found()
    (fault,) = [fault for fault in broken() if fault.name == "faulty"]
    assert why in fault.why
    assert fault.package == "faulty"
    assert "faulty" in caplog.text


def test_a_stranger_cannot_take_the_name_of_ours(site: Path) -> None:
    write_plugin(site, "impostor", "class T: ...\ntool = T()", "triage = impostor:tool")
    assert found()["triage"].card.owner == "Preceptor"
    assert [fault.package for fault in broken()] == ["impostor"]


MISBEHAVIOUR = """
import itertools, random, socket
from preceptor.advice import Advice, Card
CARD = Card("naughty", "t", "1", "p", "o", ("a", "b"), "e", ("l",))
count = itertools.count()

class T:
    card = CARD
    def advise(self, case):
        text = case.request.text if case.request else ""
        {deed}
        return Advice(case.id, "naughty", "1", {option}, ("a", "b"), {{"a": {chance}, "b": 0.5}}, ("a",))

tool = T()
"""


@pytest.mark.parametrize(
    ("deed", "option", "said"),
    [
        ("open('/tmp/preceptor-naughty', 'w')", "'a'", "may not write"),
        ("socket.create_connection(('127.0.0.1', 9))", "'a'", "may not do socket."),
        ("__import__('os').system('true')", "'a'", "may not do os.system"),
        ("pass", "'ab'[hash('x' + case.id) % 2]", "another process gives other advice"),
    ],
)
def test_the_suite_refuses_what_a_tool_must_not_do(site: Path, deed: str, option: str, said: str) -> None:
    write_plugin(site, "naughty", MISBEHAVIOUR.format(deed=deed, option=option, chance=0.5))
    assert said in "\n".join(check("naughty"))


@pytest.mark.parametrize(
    ("deed", "option", "chance", "said"),
    [
        ("pass", "'c'", 0.5, "not on its scale"),
        ("pass", "'a'", 0.9, "probabilities"),
        ("pass", "'a' if next(count) % 2 else 'b'", 0.5, "other advice the second time"),
        ("text[0]", "'a'", 0.5, "empty: raised IndexError"),
        ("object.__setattr__(case, 'id', 'mine')", "'a'", 0.5, "case was changed"),
    ],
)
def test_the_suite_finds_what_is_wrong_with_advice(
    site: Path, deed: str, option: str, chance: float, said: str
) -> None:
    write_plugin(site, "naughty", MISBEHAVIOUR.format(deed=deed, option=option, chance=chance))
    assert said in "\n".join(failures_of(found()["naughty"]))


def test_a_tool_that_is_not_there_is_a_failure() -> None:
    assert check("nobody") == ["no tool is called 'nobody'"]


def test_failures_can_be_asked_for_without_processes() -> None:
    class Silent:
        card = found()["triage"].card

        def advise(self, _: Case) -> None:
            return None

    assert "usual: gave NoneType, not Advice" in list(failures_of(Silent()))  # type: ignore[arg-type]
    assert AS_OF.tzinfo is not None
