"""Asking a tool in a process of its own, so that one which hangs, crashes or eats memory takes nothing with it."""

from __future__ import annotations

import multiprocessing
import os
import pickle
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from preceptor.advice import Advice, Card, Case, faults

# What a tool has no business to know.
_PRIVATE = ("DATABASE_URL", "PRECEPTOR_SECRET_KEY", "PRECEPTOR_HOME")
# A tool's first answer waits for its library to load.
_START_SECONDS = 60.0


class ToolFailed(Exception):
    """The tool gave no advice that may be kept; the message says why."""


class Toolbox:
    """Every tool that is installed, behind one child process. Use it in a `with`; it is not for several threads."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._child: BaseProcess | None = None
        self._pipe: Connection | None = None
        self.cards: dict[str, Card] = {}
        self.missing: dict[str, str] = {}  # tools that are installed but do not load, and why

    def __enter__(self) -> Toolbox:
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def ask(self, tool: str, case: Case) -> Advice:
        """One tool's advice. Raises ToolFailed when it fails, is slow, or says what no tool may say."""
        if self._child is None or not self._child.is_alive():
            self._start()
        assert self._pipe is not None  # noqa: S101 -- for the type checker: _start sets it
        try:
            self._pipe.send((tool, case))
            if not self._pipe.poll(self.seconds):
                self._stop()
                raise ToolFailed(f"gave no answer within {self.seconds:g} seconds")
            answer = self._pipe.recv()
        except (EOFError, OSError, pickle.UnpicklingError) as broken:
            self._stop()
            raise ToolFailed("stopped in the middle of its work") from broken
        if not isinstance(answer, Advice):
            raise ToolFailed(str(answer))
        if found := faults(answer, case, self.cards[tool]):
            raise ToolFailed("its advice cannot be used: " + "; ".join(found))
        return answer

    def _start(self) -> None:
        self._stop()
        context = multiprocessing.get_context("spawn")
        self._pipe, far_end = context.Pipe()
        self._child = context.Process(target=_serve, args=(far_end,), daemon=True, name="preceptor-tools")
        self._child.start()
        far_end.close()
        try:
            if not self._pipe.poll(_START_SECONDS):
                raise EOFError
            self.cards, self.missing = self._pipe.recv()
        except (EOFError, OSError) as broken:
            self._stop()
            raise ToolFailed("the tools could not be started") from broken

    def _stop(self) -> None:
        if self._pipe is not None:
            self._pipe.close()
        if self._child is not None:
            self._child.kill()
            self._child.join()
        self._child = self._pipe = None


def _serve(pipe: Connection) -> None:
    """The child: say what there is, then answer until the pipe closes."""
    for name in _PRIVATE:
        os.environ.pop(name, None)
    from preceptor.tools import broken, found

    tools = found()
    missing = {tool.name: tool.why for tool in broken()}
    pipe.send(({name: tool.card for name, tool in tools.items()}, missing))
    while True:
        try:
            name, case = pipe.recv()
        except EOFError:
            return
        try:
            pipe.send(
                tools[name].advise(case) if name in tools else f"is not installed: {missing.get(name, 'unknown')}"
            )
        except Exception as fault:  # a plug-in may raise anything
            pipe.send(f"{type(fault).__name__}: {fault}")
