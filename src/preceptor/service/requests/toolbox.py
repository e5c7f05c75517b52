"""Asking a tool in a process of its own, so that one which hangs, crashes or eats memory takes nothing with it.

The child is shut in (see `shut_in`), and what it says comes back as bounded JSON, never as objects: whatever a tool
answers is read, checked and kept, or is a failure of that tool. This holds mistakes in; a tool is still a program
that somebody chose to install, and runs as the user that runs Preceptor.

What a failure says is shown on pages and goes into the log and the ledger, so it never holds the tool's own words:
these may quote the patient, or give away advice that is not to be seen yet.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import threading
import traceback
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from preceptor.advice import Advice, Card, Case, Tool, faults
from preceptor.service.requests.answers import Unreadable, advice_from, advice_to, card_from, card_to
from preceptor.service.requests.shut_in import no_more_files, shut_in
from preceptor.tools import models

# Until the tools are loaded and, where they know how, `ready`: only then does the time for an answer count.
_START_SECONDS = 60.0
LONGEST_ANSWER = 500_000  # bytes
_CHALLENGER = " (challenger)"


class ToolFailed(Exception):
    """The tool gave no advice that may be kept; the message says why, in words of ours."""


class Toolbox:
    """Every tool that is installed, behind one child process. Use it in a `with`; it is not for several threads."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._child: BaseProcess | None = None
        self._pipe: Connection | None = None
        self.cards: dict[str, Card] = {}
        self.challengers: dict[str, Card] = {}  # of tools with another model, asked beside them and shown to nobody
        self._models: object = None  # what the models that were learnt here stood at when the child was started
        self.missing: dict[str, str] = {}  # tools that are installed but do not load, and why

    def __enter__(self) -> Toolbox:
        """Raises ToolFailed where the tools cannot be started."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def ask(self, tool: str, case: Case) -> Advice:
        """One tool's advice. Raises ToolFailed when it fails, is slow, or says what no tool may say."""
        return self._ask(tool, tool, case)

    def ask_challenger(self, tool: str, case: Case) -> Advice:
        """The advice of the tool with the model that challenges its own. Raises ToolFailed as `ask` does."""
        return self._ask(f"{tool}{_CHALLENGER}", tool, case)

    def _ask(self, name: str, tool: str, case: Case) -> Advice:
        if self._child is None or not self._child.is_alive():
            self.start()
        assert self._pipe is not None  # noqa: S101 -- for the type checker: start sets it
        try:
            self._pipe.send((name, case))
            answer = self._answer(self.seconds)
        except TimeoutError:
            self.stop()
            raise ToolFailed(f"gave no answer within {self.seconds:g} seconds") from None
        except (EOFError, OSError, ValueError) as broken:
            self.stop()
            raise ToolFailed("stopped in the middle of its work") from broken
        if answer.get("exhausted"):
            self.stop()  # what it holds on to may starve the next: a fresh child takes over
        if "advice" not in answer:
            raise ToolFailed(str(answer.get("failure")))
        try:
            advice = advice_from(answer["advice"])
        except Unreadable as why:
            raise ToolFailed(f"its advice cannot be used: {why}") from None
        card = self.cards[tool] if name == tool else self.challengers[tool]
        if found := faults(advice, case, card):
            many = f"{len(found)} things are" if len(found) > 1 else "one thing is"
            raise ToolFailed(f"its advice cannot be used: {many} wrong with it (`preceptor advise` names them)")
        return advice

    def heed_models(self) -> None:
        """Start afresh where another model was put in force, or into shadow, since the child was started."""
        if self._models != models.stamp():
            self.start()

    def start(self) -> None:
        """Start the child, afresh where there is one. Raises ToolFailed."""
        self.stop()
        self._models = models.stamp()
        context = multiprocessing.get_context("spawn")
        self._pipe, far_end = context.Pipe()
        self._child = context.Process(
            target=_serve, args=(far_end, str(models.folder())), daemon=True, name="preceptor-tools"
        )
        self._child.start()
        far_end.close()
        try:
            said = self._answer(_START_SECONDS)
            cards = {name: card_from(card) for name, card in said["cards"].items()}
            self.cards = {name: card for name, card in cards.items() if not name.endswith(_CHALLENGER)}
            self.challengers = {card.tool: card for name, card in cards.items() if name.endswith(_CHALLENGER)}
            self.missing = said["missing"]
        except (EOFError, OSError, ValueError, KeyError) as broken:
            self.stop()
            raise ToolFailed("the tools could not be started") from broken

    def stop(self) -> None:
        if self._pipe is not None:
            self._pipe.close()
        if self._child is not None:
            self._kill()
            self._child.join()
        self._child = self._pipe = None

    def _answer(self, seconds: float) -> dict[str, Any]:
        """What the child says next. Raises TimeoutError, EOFError, OSError or ValueError."""
        assert self._pipe is not None  # noqa: S101 -- for the type checker
        if not self._pipe.poll(seconds):
            raise TimeoutError
        # It has begun to speak; should it fall silent in the middle, it is killed, and the reading ends.
        too_long = threading.Timer(seconds, self._kill)
        too_long.start()
        try:
            answer: dict[str, Any] = json.loads(self._pipe.recv_bytes(LONGEST_ANSWER + 1000))
            return answer
        finally:
            too_long.cancel()

    def _kill(self) -> None:
        if self._child is None or self._child.pid is None:
            return
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._child.pid, signal.SIGKILL)  # what the tool started goes with it
        self._child.kill()


def _serve(pipe: Connection, learnt: str) -> None:
    """The child: say what there is, then answer until the pipe closes. `learnt` is the folder of learnt models."""
    shut_in()
    models.look_in(Path(learnt))
    from preceptor.tools import broken, found

    tools = found()
    missing = {tool.name: tool.why for tool in broken()}
    for name, tool in list(tools.items()):
        with suppress(Exception):  # a plug-in may raise anything; it then has no challenger
            if isinstance(challenger := getattr(tool, "challenger", None), Tool):
                tools[f"{name}{_CHALLENGER}"] = challenger
    cards = {}
    for tool in tools.values():
        with suppress(Exception):  # what cannot be made ready says so when it is asked
            if callable(ready := getattr(tool, "ready", None)):
                ready()
    for name, tool in tools.items():
        try:
            cards[name] = card_to(tool.card)
        except Exception as fault:  # a card may hold anything
            missing[name] = f"its card cannot be read ({type(fault).__name__})"
    _say(pipe, {"cards": cards, "missing": missing})
    no_more_files()
    while True:
        try:
            name, case = pipe.recv()
        except EOFError:
            return
        if name not in cards:
            _say(pipe, {"failure": "is not installed"})
            continue
        try:
            answer = _asked(tools[name], case)
        except Exception as fault:  # a plug-in may raise anything
            _say(pipe, {"failure": _in_our_words(fault), "exhausted": isinstance(fault, MemoryError)})
        else:
            _say(pipe, answer)


def _asked(tool: Tool, case: Case) -> dict[str, object]:
    advice = tool.advise(case)
    if not isinstance(advice, Advice):
        return {"failure": "gave something that is no advice"}
    return {"advice": advice_to(advice)}


def _say(pipe: Connection, answer: dict[str, object]) -> None:
    try:
        said = json.dumps(answer, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, TypeError, RecursionError):
        said = b'{"failure": "its advice cannot be written down"}'
    if len(said) > LONGEST_ANSWER:
        said = b'{"failure": "its advice is too long"}'
    pipe.send_bytes(said)


def _in_our_words(fault: Exception) -> str:
    """What sort of fault and where in the tool's code; its message may quote the patient."""
    frames = traceback.extract_tb(fault.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(fault).__name__}{where}"
