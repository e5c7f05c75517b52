"""Log lines that say what broke and where, and never what a patient wrote.

The message of an exception may quote what it choked on: a database names the row that it refused, a parser the words
that it could not read. So a traceback is told by its places and the type of the exception. Messages are kept of those
types alone that speak of the machine: a locked database, a full disk, a module that is missing.
"""

from __future__ import annotations

import logging
import traceback
from types import TracebackType

_OF_THE_MACHINE = ("OperationalError", "OSError", "ModuleNotFoundError", "ImportError", "ImproperlyConfigured")


class Wordless(logging.Formatter):
    """The lines of the log, with exceptions as `wordless` tells them."""

    def formatException(self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple) -> str:
        return "\n".join(wordless(ei[1])) if ei[1] else ""


def wordless(fault: BaseException) -> list[str]:
    """Where it was raised, from the outermost call in, and what sort of fault it was; then what caused it."""
    places = [
        f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in traceback.extract_tb(fault.__traceback__)
    ]
    said = f"{type(fault).__module__}.{type(fault).__name__}"
    if type(fault).__name__ in _OF_THE_MACHINE:
        said += f": {str(fault).strip().splitlines()[0] if str(fault).strip() else ''}"
    cause = fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)
    return [*places, said, *(["caused by:", *wordless(cause)] if cause else [])]
