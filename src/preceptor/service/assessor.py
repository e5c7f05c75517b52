"""The process that asks the tools: beside the web server, so that no page ever waits for a tool.

python -m preceptor.service.assessor [PID]

With a process id it stops when that process, which started it, is gone: a service that is started again then finds
no assessor of an older version at work.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from uuid import UUID

PAUSE = 0.5  # seconds between looks at an empty queue
PAUSE_AFTER_FAULT = 5.0
READ_EVERY = 60.0  # seconds between looks for decided requests that learning has not read yet
HEED_EVERY = 3600.0  # seconds between looks at what time alone can bring: alarms (others are heeded at once), drift

log = logging.getLogger(__name__)


def run(beside: int | None = None) -> None:
    """Assess requests as they come, until the process is told to stop or the process `beside` it is gone."""
    from django.conf import settings
    from django.db import close_old_connections

    from preceptor.service.learning.gathering import read_next
    from preceptor.service.requests.assessing import assess_next, check_waiting
    from preceptor.service.requests.toolbox import Toolbox, ToolFailed

    toolbox: Toolbox | None = None
    checked_again = False
    set_aside: set[UUID] = set()
    unreadable: set[UUID] = set()
    heeded_at = read_at = float("-inf")
    while beside is None or os.getppid() == beside:
        try:
            # Red flags come first, and need no tool: they are looked for even where no tool can be started.
            if not checked_again:
                _check_again()
                checked_again = True
            check_waiting()
            if toolbox is None:
                starting = Toolbox(settings.TOOL_SECONDS)
                starting.start()
                toolbox = starting
            busy = assess_next(toolbox, set_aside)
            if not busy and time.monotonic() - heeded_at > HEED_EVERY:
                heeded_at = time.monotonic()
                _heed_alarms()
            # Reading for learning comes after everything that somebody waits for, and a few at a time.
            if not busy and time.monotonic() - read_at > READ_EVERY:
                read_at = time.monotonic()  # first: a fault is not met again at once
                busy = read_next(unreadable)
                read_at = float("-inf") if busy else read_at
                _look_for_drift()
        except ToolFailed:
            log.error("the tools could not be started; requests wait unassessed")
            busy, toolbox = False, None
            time.sleep(PAUSE_AFTER_FAULT)
        except Exception:
            # The database may be away for a moment; the requests are safe in it, so wait and look again.
            log.exception("the assessor met a fault and will go on")
            busy = False
            time.sleep(PAUSE_AFTER_FAULT)
        close_old_connections()
        if not busy:
            if set_aside:
                set_aside.clear()
                time.sleep(PAUSE_AFTER_FAULT)
            time.sleep(PAUSE)
    if toolbox is not None:
        toolbox.stop()


def _heed_alarms() -> None:
    """Take down every tool whose figures raise an alarm by now, at every practice."""
    from preceptor.service.oversight.gates import heed_alarms
    from preceptor.service.practices.models import Practice

    for practice in Practice.objects.order_by("pk"):
        heed_alarms(practice)


def _look_for_drift() -> None:
    """At every practice where a look is due. It takes seconds, so it waits until no request does."""
    from preceptor.service.oversight.looking import look_if_due
    from preceptor.service.practices.models import Practice

    for practice in Practice.objects.order_by("pk"):
        try:
            look_if_due(practice)
        except Exception:
            # One practice's look must not keep another's, or any request, waiting.
            log.exception("drift could not be looked for at %s", practice.ods_code)


def _check_again() -> None:
    """What could not be checked for red flags before may be checkable now: a start is when things are mended."""
    from preceptor.service.requests.models import Checked, Request
    from preceptor.service.requests.receiving import check_red_flags

    for request in Request.objects.filter(red_flags_checked=Checked.FAILED):
        check_red_flags(request)


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "preceptor.service.settings")
    django.setup()
    run(int(sys.argv[1]) if len(sys.argv) > 1 else None)
