"""What a tool's process may not do: outlive us, eat the machine's memory, write files, or speak into our logs."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from contextlib import suppress

# What a tool has no business to know.
_PRIVATE = ("DATABASE_URL", "PRECEPTOR_SECRET_KEY", "PRECEPTOR_HOME", "PGPASSWORD")
# Address space, not memory in use: libraries of numbers reserve far more than they touch.
MOST_MEMORY = 4 * 1024**3
_PR_SET_PDEATHSIG = 1  # prctl(2)


def shut_in() -> None:
    """Called first thing in the child, before any tool is loaded."""
    os.setsid()  # what a tool starts is of this group, and is ended with it
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            # Whoever kills the assessor leaves no busy tool behind.
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    for name in _PRIVATE:
        os.environ.pop(name, None)
    # A tool may print what it was asked, and a patient's words are not for the log.
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    _limit(resource.RLIMIT_CORE, 0)  # a core dump would hold the record
    _limit(resource.RLIMIT_AS, MOST_MEMORY)


def no_more_files() -> None:
    """Called once the tools are loaded: from here on nothing can be written into any file."""
    _limit(resource.RLIMIT_FSIZE, 0)


def _limit(what: int, most: int) -> None:
    hard = resource.getrlimit(what)[1]
    least = most if hard == resource.RLIM_INFINITY else min(most, hard)
    with suppress(ValueError, OSError):  # not every system knows every limit
        resource.setrlimit(what, (least, least))
