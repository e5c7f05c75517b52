"""Many requests as the second stage sees them: on as many cores as there are, where there are enough to be worth it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack

from preceptor.advice import Case
from preceptor.processes import Processes, cores
from preceptor.tools.triage.model.judging import Inputs, the_model

WORTH_IT = 100  # cases at once, below which a second process would take longer to start than it saves
MOST_READERS = 8
_AT_A_TIME = 20  # cases that a process is given


class CannotRead(Exception):
    """Requests cannot be read; the message says why."""


class Readers:
    """Reads cases; use it in a `with`. Processes are started when first there is much to read."""

    def __init__(self) -> None:
        self._begun = ExitStack()
        self._others: Processes | None = None

    def __enter__(self) -> Readers:
        return self

    def __exit__(self, *_: object) -> None:
        self._begun.close()

    def read(self, cases: Sequence[Case]) -> list[Inputs | None]:
        """What each case is to the second stage, None where a person must read it as it stands. Raises CannotRead."""
        number = min(cores(), MOST_READERS)
        if len(cases) < WORTH_IT or number < 2:
            return _read(cases)
        if self._others is None:
            self._others = self._begun.enter_context(Processes(number))
        parts = [cases[at : at + _AT_A_TIME] for at in range(0, len(cases), _AT_A_TIME)]
        given = [self._others.give(_read, part) for part in parts]
        return [inputs for done in given for inputs in done()]


def _read(cases: Sequence[Case]) -> list[Inputs | None]:
    model = the_model()
    if model is None:
        raise CannotRead("the triage model that ships is missing or altered: reinstall Preceptor")
    return [model.inputs(case) for case in cases]
