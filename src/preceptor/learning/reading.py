"""Many requests as the second stage sees them: on as many cores as there are, where there are enough to be worth it."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor

from preceptor.advice import Case
from preceptor.tools.triage.model.judging import Inputs, the_model

WORTH_IT = 100  # cases at once, below which a second process would take longer to start than it saves
MOST_READERS = 8


class CannotRead(Exception):
    """Requests cannot be read; the message says why."""


class Readers:
    """Reads cases; use it in a `with`. Processes are started when first there is much to read."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Readers:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def read(self, cases: Sequence[Case]) -> list[Inputs | None]:
        """What each case is to the second stage, None where a person must read it as it stands. Raises CannotRead."""
        cores = min(os.cpu_count() or 1, MOST_READERS)
        if len(cases) < WORTH_IT or cores < 2:
            return [_read(case) for case in cases]
        if self._pool is None:
            self._pool = ProcessPoolExecutor(cores, mp_context=multiprocessing.get_context("spawn"))
        return list(self._pool.map(_read, cases, chunksize=20))


def _read(case: Case) -> Inputs | None:
    model = the_model()
    if model is None:
        raise CannotRead("the triage model that ships is missing or altered: reinstall Preceptor")
    return model.inputs(case)
