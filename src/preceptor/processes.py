"""Work given to other processes of this machine, which is done though one of them, or all, are killed."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures import wait as wait_for
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Done = TypeVar("Done")

_PATIENCE = 5.0  # seconds that work is waited for, before a look whether the processes live


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Processes:
    """A number of processes beside this one; use it in a `with`. They start when first they are given something."""

    def __init__(self, number: int) -> None:
        self._pool = ProcessPoolExecutor(number, get_context("spawn"), _begin)

    def __enter__(self) -> Processes:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def give(self, work: Callable[Given, Done], *given: Given.args, **named: Given.kwargs) -> Callable[[], Done]:
        """Have one of them do it. What comes back waits for what was done, and raises what the work raised.

        What a killed process was to do is done here, by whoever waits. So the same work may be begun twice: it must
        change nothing.
        """
        try:
            future = self._pool.submit(work, *given, **named)
        except BrokenProcessPool:
            return lambda: work(*given, **named)

        def done() -> Done:
            try:
                return self._waited_for(future)
            except BrokenProcessPool:
                return work(*given, **named)

        return done

    def _waited_for(self, future: Future[Done]) -> Done:
        while not wait_for([future], _PATIENCE).done:
            if not all(process.is_alive() for process in (self._pool._processes or {}).values()):
                self._give_up()
        return future.result()

    def _give_up(self) -> None:
        """Have the pool find out that it is broken.

        A process that is killed while it writes an answer leaves half of it, and the pool waits for the other half as
        long as anybody holds the pipe's end for writing: the pool itself does.
        """
        for process in (self._pool._processes or {}).values():
            process.kill()
        self._pool._result_queue._writer.close()  # type: ignore[attr-defined]


def _begin() -> None:
    """What is asked to stop is the process that asked for this one; with it this one ends, however it ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asked_by = parent_process()
    if asked_by is not None:
        threading.Thread(target=lambda: (wait([asked_by.sentinel]), os._exit(1)), daemon=True).start()
